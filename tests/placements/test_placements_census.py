"""The placements census: two of one year stand side by side, whatever their files are called."""

from pathlib import Path

import pytest

from parentis.returns import Reading, read

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
    ("name", "raw", "part", "period", "told_by"),
    [
        ("a.csv", census("Placements census as at 28 February 2025,,"), "2025-02", "2024-25", None),
        ("a_2019_jul.csv", census("Census date: 31/07/2024,,"), "2024-07", "2024-25", None),
        ("a.csv", census("Census date: 31/03/2025,,"), "2025-03", "2024-25", None),
        ("a.csv", census("Census date: 01/04/2025,,"), "2025-04", "2025-26", None),
        ("a.csv", census("Census date: 30/04/2025,,"), "2025-04", "2025-26", None),
        ("pnw_2025_feb.csv", census(), "2025-02", "2024-25", "its name"),
        ("Census July 2024.csv", census(), "2024-07", "2024-25", "its name"),
        ("export.csv", census(), "2024-05", "2024-25", "its last placement"),
    ],
)
def test_a_census_is_told_by_its_day(
    tmp_path: Path, name: str, raw: bytes, part: str, period: str, told_by: str | None
) -> None:
    found = reading(tmp_path, name, raw)
    assert (found.return_id, found.part, found.period) == ("placements.census", part, period)
    told = [problem.message for problem in found.problems if "day of the census" in problem.message]
    assert len(told) == (told_by is not None)
    assert all(message.endswith(f"taken from {told_by}") for message in told)
    assert (found.taken[0].rows, found.taken[0].kept) == (1, 1)


@pytest.mark.spec
def test_an_edition_without_a_column_reads_and_says_so(tmp_path: Path) -> None:
    head = HEAD.replace("How the placement was sourced (list)", "Gender")
    found = reading(tmp_path, "pnw_2019_feb.csv", census(head=head))
    assert any("this edition lacks: How the placement was sourced" in p.message for p in found.problems)
