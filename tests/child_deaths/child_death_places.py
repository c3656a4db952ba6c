"""London's children and boroughs, as these tests use them."""

import csv
from datetime import date
from pathlib import Path

from parentis.region import footprints, members
from parentis.region.reference import rows
from parentis.services.child_deaths.expected import boroughs

DAY = date(2025, 1, 1)
LONDON = {
    row["authority"]: float(row["2024"])
    for row in rows("population_0_17")
    if row["2024"] and row["authority"] in members("london", DAY)
}
PLACES = boroughs()


def of_kind(kind: str, on: date = DAY) -> dict[str, str]:
    """Authority to its footprint of a kind."""
    return {each: one.id for one in footprints() if one.kind == kind for each in members(one.id, on)}


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
