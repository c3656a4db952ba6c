"""The placements census: two of one year stand side by side, whatever their files are called."""

from pathlib import Path

import pytest

from parentis.errors import PeriodError
from parentis.returns import Reading, read, the_return
from parentis.returns.placements.census_headings import named

HEAD = (
    '"Placing Authority\nThe corporate parent",Identifier,Age,How the placement was sourced (list),'
    "Placement start date (DD/MM/YYYY),Type of provision,Total weekly cost"
)
ROW = "Camden,{child},12,Framework,{start},Fostering,845.20"


def census(*above: str, start: str = "02/05/2024", child: str = "A", head: str = HEAD) -> bytes:
    return "\n".join((*above, head, ROW.format(child=child, start=start), "")).encode()


def reading(folder: Path, name: str, raw: bytes) -> Reading:
    (folder / name).write_bytes(raw)
    [found] = read([folder / name])
    return found


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "raw", "period", "told_by"),
    [
        ("a.csv", census("Placements census as at 28 February 2025,,"), "2025-02-28", None),
        ("a_2019_jul.csv", census("Census date: 31/07/2024,,"), "2024-07-31", None),
        ("a.csv", census("Census date: 01/04/2025,,"), "2025-04-01", None),
        ("a.csv", census("Census date: 30/04/2025,,"), "2025-04-30", None),
        ("pnw_2024_feb.csv", census(), "2024-02-29", "its name"),
        ("Census July 2024.csv", census(), "2024-07-31", "its name"),
        ("census 2025-12-31.csv", census(), "2025-12-31", "its name"),
    ],
)
def test_a_census_is_told_by_its_day(tmp_path: Path, name: str, raw: bytes, period: str, told_by: str | None) -> None:
    found = reading(tmp_path, name, raw)
    assert (found.return_id, found.part, found.period) == ("placements.census", "", period)
    told = [problem.message for problem in found.problems if "day of the census" in problem.message]
    assert len(told) == (told_by is not None)
    assert all(message.endswith(f"taken from {told_by}") for message in told)
    assert (found.taken[0].rows, found.taken[0].kept) == (1, 1)


@pytest.mark.spec
def test_a_day_that_nothing_tells_is_asked_for_and_not_guessed(tmp_path: Path) -> None:
    found = reading(tmp_path, "export.csv", census())
    assert found.period is None
    said = "nothing in it says the day of the census; the last placement in it began on 2 May 2024: give the day"
    assert said in [problem.message for problem in found.problems]
    with pytest.raises(PeriodError, match="--period 2025-12-31"):
        the_return("placements.census").spec.at("")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("day", "has", "lacks"),
    [
        ("2019-05-31", {"Host Authority"}, {"Placement start date", "Registration type"}),
        ("2020-11-30", {"Host Authority"}, {"Placement start date", "SEND"}),
        ("2020-12-01", {"Placement start date", "Ethnic Group", "SEND"}, {"Primary SEND need"}),
        ("2021-03-31", {"Primary SEND need", "Primary SEND category"}, {"Registration type"}),
        ("2022-03-31", {"Registration type", "Primary Placing at Distance Reason"}, {"Provider Company number"}),
        ("2025-11-30", {"Registration type", "Host Authority"}, {"Primary registration type"}),
        ("2025-12-31", {"Primary registration type", "Placing at Distance Reason", "Provider Company number",
                        "Does this placement cost include additional packages",
                        "Deprivation of Liberty Safeguards in place", "Does this CYP require a solo placement"},
         {"Registration type", "Primary Placing at Distance Reason", "Host Authority", "SEND", "Primary SEND need"}),
    ],
)  # fmt: skip
def test_each_edition_has_its_columns(day: str, has: set[str], lacks: set[str]) -> None:
    year = the_return("placements.census").spec.at(day)
    held = {column.name for column in year.tables["placements"].columns}
    assert year.period == day
    assert has <= held
    assert not lacks & held


@pytest.mark.spec
@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Provider Ofsted (or equivalent) URN", "Provider ID"),
        ("Establishment URN\nAs on the register", "Establishment registration URN"),
        ("Does this CYP require a solo placement? (select)", "Does this CYP require a solo placement"),
        ("Looked after child? All placements here", "Looked after child"),
        ("Colour of door", None),
    ],
)
def test_headings_of_december_2025_are_known(heading: str, column: str | None) -> None:
    assert named(heading) == column


@pytest.mark.spec
def test_an_edition_without_a_column_reads_and_says_so(tmp_path: Path) -> None:
    head = HEAD.replace("How the placement was sourced (list)", "Gender")
    found = reading(tmp_path, "pnw_2019_feb.csv", census(head=head))
    assert any("this edition lacks: How the placement was sourced" in p.message for p in found.problems)
