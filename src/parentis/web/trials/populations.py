"""The populations that a protocol can name: versions of cohort definitions, each frozen by its own hash."""

from parentis.web.cohort.written import in_use


def known() -> dict[str, str]:
    """`id@version` of each version that there is, with its SHA-256: those that come with Parentis, and those that were
    written on the site and accepted by a second person."""
    return {f"{one.id}@{one.version}": one.sha256 for one in in_use()}
