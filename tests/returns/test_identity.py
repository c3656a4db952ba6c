"""Which data set a file is, by what it holds: order, numbers and names make no difference, everything else does."""

from pathlib import Path

import pytest

from parentis.returns import read, words_of

PLACE = "time_period,geographic_level,country_code,region_code,region_name,old_la_code,la_name,new_la_code"
CAMDEN = "Local authority,E92000001,E12000007,London,202,Camden,E09000007"
BARNET = "Local authority,E92000001,E12000007,London,302,Barnet,E09000003"
LONDON = "Regional,E92000001,E12000007,London,,,"

USUAL = (f"{PLACE},age,number", f"2024,{CAMDEN},Under 1,5", f"2024,{BARNET},Under 1,6")


def part(folder: Path, *lines: str, name: str = "landings.csv") -> str:
    (folder / name).write_text("\n".join(lines) + "\n")
    [reading] = read([folder / name])
    return reading.part


@pytest.mark.spec
@pytest.mark.parametrize(
    "lines",
    [
        (USUAL[0], USUAL[2], USUAL[1]),
        (USUAL[0], f"2024,{CAMDEN},Under 1,9", f"2024,{BARNET},Under 1,c"),
        (USUAL[0], f"2024,{CAMDEN},under 1 ,5", USUAL[2]),
    ],
    ids=["order", "numbers", "case and spaces"],
)
def test_the_same_things_told_otherwise_are_the_same_data_set(tmp_path: Path, lines: tuple[str, ...]) -> None:
    usual = part(tmp_path, *USUAL)
    assert words_of(usual) == "number_by_age"
    assert part(tmp_path, *lines, name="another name 2019.csv") == usual


@pytest.mark.spec
@pytest.mark.parametrize(
    "lines",
    [
        (USUAL[0].replace("number", "rate"), *USUAL[1:]),
        (USUAL[0].replace("age", "ages"), *USUAL[1:]),
        (USUAL[0], f"2024,{CAMDEN},22 to 25,5", f"2024,{BARNET},22 to 25,6"),
        (USUAL[0], f"2023,{CAMDEN},Under 1,5", f"2024,{BARNET},Under 1,6"),
        (USUAL[0], f"2024,{LONDON},Under 1,11"),
        (USUAL[0], USUAL[1]),
    ],
    ids=["indicator", "filter", "filter's values", "periods", "level", "places"],
)
def test_other_things_are_another_data_set(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert part(tmp_path, *lines) != part(tmp_path, *USUAL)
