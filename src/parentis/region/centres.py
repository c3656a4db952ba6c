"""Locations of authorities and regions, for straight-line distances where no closer location is known."""

from functools import cache

from parentis.region.reference import rows


@cache
def centres() -> dict[str, tuple[float, float]]:
    """Latitude and longitude in degrees of London's authorities and England's regions, by ONS code."""
    return {row["area"]: (float(row["latitude"]), float(row["longitude"])) for row in rows("centres")}
