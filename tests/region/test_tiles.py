"""The tile-grid map is a map."""

from datetime import date

import pytest

from parentis.region import authority, members, tiles

NEIGHBOURS = [
    ("Enfield", "Haringey"), ("Enfield", "Barnet"), ("Barnet", "Harrow"), ("Brent", "Camden"),
    ("Camden", "Islington"), ("Islington", "Hackney"), ("Waltham Forest", "Redbridge"), ("Redbridge", "Havering"),
    ("Newham", "Tower Hamlets"),
    ("Westminster", "City of London"), ("Westminster", "Kensington and Chelsea"), ("Lambeth", "Southwark"),
    ("Southwark", "Lewisham"), ("Lewisham", "Greenwich"), ("Greenwich", "Bexley"), ("Bromley", "Croydon"),
    ("Merton", "Sutton"), ("Kingston upon Thames", "Merton"), ("Richmond upon Thames", "Hounslow"),
    ("Hillingdon", "Ealing"), ("Hillingdon", "Hounslow"), ("Ealing", "Hammersmith and Fulham"),
    ("Havering", "Barking and Dagenham"), ("Wandsworth", "Lambeth"),
]  # fmt: skip


def cells() -> dict[str, tuple[int, int]]:
    return {row["authority"]: (row["column"], row["row"]) for row in tiles().iter_rows(named=True)}


@pytest.mark.unit
def test_each_region_has_each_of_its_authorities_in_a_cell_of_its_own() -> None:
    for footprint, drawn in ((name[0], part) for name, part in tiles().group_by("footprint")):
        assert sorted(drawn.get_column("authority")) == list(members(footprint, date(2025, 1, 1)))
        assert not drawn.select("column", "row").is_duplicated().any()


@pytest.mark.spec
@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_touch(one: str, other: str) -> None:
    (a, b), (c, d) = (cells()[authority(name).gss] for name in (one, other))
    assert max(abs(a - c), abs(b - d)) == 1
