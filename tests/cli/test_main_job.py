"""The main job on the published files: budgets and outturns in, the region's variance out, every row traced."""

import json
from pathlib import Path

import openpyxl
import pytest
from conftest_types import Run

FINANCE = "finance"


@pytest.fixture(scope="module")
def built(parentis_of_module: Run, shared_data: Path) -> Run:
    parentis = parentis_of_module
    files = [shared_data / FINANCE / name for name in ("RA_2017-18_budget_by_LA.xlsx", "RS_2017-18_outturn_by_LA.xlsx")]
    submitted = parentis("submit", *files)
    assert submitted.returncode == 0, submitted.stderr
    made = parentis("build")
    assert made.returncode == 0, made.stderr
    return parentis


def london(parentis: Run, measure: str) -> dict[str, object]:
    ran = parentis("figures", "--measure", measure, "--period", "2017-18", "--geography", "london", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    (figure,) = json.loads(ran.stdout)
    return dict(figure)


@pytest.mark.functional
@pytest.mark.real
def test_london_2017_18(built: Run) -> None:
    variance = london(built, "funding.csc.variance")
    assert variance["value"] == pytest.approx(208.5e6, abs=0.05e6)
    assert variance["method"] == "original budget to outturn, RA/RS basis"
    assert "overspend" not in str(variance["title"]).casefold()
    assert variance["authority_set"] == "33 of 33 London authorities"
    expected = {
        "funding.csc.budget": 1476.2e6,
        "funding.csc.outturn": 1684.8e6,
        "funding.csc.variance_gross": 213.4e6,
        "funding.asc.variance": -4.0e6,
    }
    for measure, pounds in expected.items():
        assert london(built, measure)["value"] == pytest.approx(pounds, abs=0.05e6), measure
    counts = {
        "funding.csc.overspending_authorities": 30,
        "funding.csc.overspending_authorities.over_1_percent": 26,
        "funding.csc.variance_above_adults_percent": 29,
        "funding.csc.variance_above_adults_pounds": 28,
    }
    for measure, count in counts.items():
        assert london(built, measure)["value"] == count, measure


@pytest.mark.functional
@pytest.mark.real
@pytest.mark.filterwarnings("ignore:Print area cannot be set")
def test_the_published_cells_add_up_to_the_figure_and_its_trace_names_them(built: Run, shared_data: Path) -> None:
    """The second route: open the two workbooks as a person would, and add up column 330 of the 33 rows."""
    figure = london(built, "funding.csc.variance")
    traced = built("trace", str(figure["provenance_id"]), "--format", "json")
    inputs = json.loads(traced.stdout)
    assert sorted(len(one["rows"]) for one in inputs) == [33, 33]
    assert {one["return_id"] for one in inputs} == {"finance.ra", "finance.rs"}
    assert all(len(file["sha256"]) == 64 for one in inputs for file in one["files"])
    by_hand = _total(shared_data / FINANCE / "RS_2017-18_outturn_by_LA.xlsx", "RS LA Data 2017-18") - _total(
        shared_data / FINANCE / "RA_2017-18_budget_by_LA.xlsx", None
    )
    assert figure["value"] == pytest.approx(by_hand * 1000, abs=100)


def _total(path: Path, sheet: str | None) -> float:
    """Line 330 over the rows whose ONS code is a London authority's, thousands of pounds."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for name in [sheet] if sheet else book.sheetnames:
        rows = list(book[name].iter_rows(values_only=True))
        heads = [row for row in rows[:15] if any(str(cell).strip() in {"330", "330.0"} for cell in row if cell)]
        if not heads:
            continue
        column = next(i for i, cell in enumerate(heads[0]) if str(cell).strip() in {"330", "330.0"})
        london = [row for row in rows if any(str(cell).startswith("E090000") for cell in row[:5])]
        assert len(london) == 33
        return sum(float(row[column]) for row in london)
    raise LookupError(f"no sheet of {path.name} has line 330")


@pytest.mark.functional
@pytest.mark.real
def test_the_same_bytes_again_change_nothing_and_say_so(built: Run, shared_data: Path) -> None:
    before = json.loads(built("register", "--format", "json").stdout)
    again = built("submit", shared_data / FINANCE / "RA_2017-18_budget_by_LA.xlsx")
    assert again.returncode == 0
    assert "the same bytes" in again.stderr
    assert json.loads(built("register", "--format", "json").stdout) == before


@pytest.mark.functional
@pytest.mark.real
def test_a_pack_is_made_and_doctor_finds_nothing(built: Run, tmp_path: Path) -> None:
    made = built("pack", "spending-review", "--out", tmp_path / "pack")
    assert made.returncode == 0, made.stderr
    html = (tmp_path / "pack" / "index.html").read_text()
    assert "£208.5m" in html
    assert "SYNTHETIC" not in html
    healthy = built("doctor", "--format", "json")
    assert healthy.returncode == 0, healthy.stdout
    assert not [one for one in json.loads(healthy.stdout) if one["severity"] == "error"]
