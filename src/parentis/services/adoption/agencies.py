"""Which adoption agency each borough belongs to on a day."""

from collections.abc import Sequence
from datetime import date

from parentis.region import footprints, members


def agencies_on(day: date, boroughs: Sequence[str]) -> dict[str, str]:
    """Each borough's adoption agency (footprint) on a day; a borough in none counts as its own agency."""
    found = {gss: one.id for one in footprints() if one.kind == "raa" for gss in members(one.id, day)}
    return {gss: found.get(gss, gss) for gss in boroughs}
