"""The populations that a protocol can name: versions of cohort definitions, each frozen by its own hash."""

from parentis.services.cohort import definitions


def known() -> dict[str, str]:
    """`id@version` of each version that there is, with its SHA-256."""
    return {f"{one.id}@{one.version}": one.sha256 for one in definitions()}
