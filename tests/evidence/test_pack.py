"""The pack as files: every number linked, nothing typed can run, a failed run leaves the last good pack."""

import csv
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from small_region import NAMES

from parentis.errors import UserError
from parentis.evidence import Material, render_pack
from parentis.figures import Catalogue, Chart, ChartKind, FigureTable, Headline, Prose, Section
from parentis.services import pack, packs

SECTIONS = (
    Section(
        id="m.head",
        title="Head",
        packs={"spending-review": 2},
        blocks=(
            Prose(text="Over by **{m.variance}** <script>alert(1)</script> [x](javascript:x)\n\n- {m.budget}"),
            Headline(measures=("m.variance", "m.percent")),
            FigureTable(title="=By authority", measures=("m.budget", "m.variance", "m.children")),
            Chart(kind=ChartKind.BAR, title="Bars", measures=("m.variance",), description="Bars of variance"),
        ),
    ),
    Section(id="m.first", title="First", packs={"spending-review": 1}, blocks=(Prose(text="Begin."),)),
    Section(id="m.other", title="Elsewhere", packs={"another": 1}, blocks=(Prose(text="Not here."),)),
)


@pytest.fixture
def written(tmp_path: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame) -> Path:
    render(tmp_path / "out", figures, catalogue, provenance)
    return tmp_path / "out"


def render(out: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame) -> None:
    render_pack(Material(
        id="spending-review", title="Funding pressures", subtitle="Evidence",
        sections=SECTIONS, figures=figures, catalogue=catalogue, provenance=provenance,
        geography="reg", areas=("A1", "A2", "A3"), footprints={"reg": "region"}, names=NAMES, tiles={},
        made=frozenset(figures.select("measure", "geography").iter_rows()),
        warnings=("Synthetic practice data.",), facts=(("Code", "0"),), at=datetime(2026, 11, 29, tzinfo=UTC),
    ), out=out
    )  # fmt: skip


@pytest.mark.integration
def test_sections_come_in_the_order_they_ask_for_and_only_where_asked(written: Path) -> None:
    html = (written / "index.html").read_text()
    assert re.findall(r'<h2 id="([^"]+)"', html) == [
        "m-first", "m-head", "brief-A1", "brief-A2", "brief-A3", "assurance", "measures",
    ]  # fmt: skip
    assert "Not here." not in html


@pytest.mark.integration
def test_every_number_links_to_an_entry_that_names_submission_hash_and_rows(written: Path) -> None:
    html, sources = (written / "index.html").read_text(), (written / "sources.html").read_text()
    linked = set(re.findall(r'href="sources.html#([^"]+)"', html))
    entries = re.split(r'<section class="source" ', sources)[1:]
    listed = {anchor: entry for entry in entries for anchor in re.findall(r' id="(f\d+)"', entry)}
    assert linked
    assert linked == set(listed)
    assert all('href="#s1"' in entry for entry in listed.values())
    assert "s-1" in sources
    assert "0" * 64 in sources
    assert "rows 0, 2:" in sources
    assert set(re.findall(r'href="#(s\d+)"', sources)) == set(re.findall(r'<tr id="(s\d+)"', sources)) == {"s1"}


@pytest.mark.integration
def test_what_a_submitter_typed_is_text(written: Path) -> None:
    html = (written / "index.html").read_text()
    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert "Birch &amp; &lt;Beech&gt;" in html


@pytest.mark.integration
def test_the_page_says_synthetic_and_marks_the_provisional(written: Path) -> None:
    html = (written / "index.html").read_text()
    assert "Synthetic practice data." in html
    assert html.count('class="provisional"') == 3  # Birch's variance: table, bars, brief


@pytest.mark.integration
@pytest.mark.parametrize("provisional", [True, False])
def test_where_all_or_none_are_provisional_no_number_is_marked(
    tmp_path: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame, provisional: bool
) -> None:
    render(tmp_path / "out", figures.with_columns(provisional=pl.lit(provisional)), catalogue, provenance)
    html = (tmp_path / "out" / "index.html").read_text()
    assert 'class="provisional"' not in html
    assert "A small p marks" not in html
    book = openpyxl.load_workbook(BytesIO((tmp_path / "out" / "spending-review.xlsx").read_bytes()))
    told = {row[15].value for row in book["Figures"].iter_rows(min_row=5) if row[0].value}
    assert told == ({"provisional"} if provisional else {""})  # in the file every figure says what it is


@pytest.mark.integration
def test_the_workbook_follows_the_rules_for_accessible_tables(written: Path) -> None:
    book = openpyxl.load_workbook(BytesIO((written / "spending-review.xlsx").read_bytes()))
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    for sheet in book:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) == 1
        table = next(iter(sheet.tables.values()))
        cells = list(sheet[table.ref])
        headings = [cell.value for cell in cells[0]]
        assert len(set(headings)) == len(headings)
        assert None not in headings
        assert all(cell.data_type != "f" for row in cells for cell in row)
    rows = list(book["Table 1"].iter_rows(min_row=5, values_only=True))
    assert rows[1] == ("Birch & <Beech>", 40, 6, 40)
    assert rows[0][3] == "[c]"


@pytest.mark.integration
def test_the_csv_holds_unrounded_values_and_no_formula(written: Path) -> None:
    with (written / "data" / "m-head-3.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Authority", "Budget (£ million)", "Variance (£ million)", "Children (count)"]
    assert rows[1] == ["Alder", "50.0", "-1.5", "[c]"]


@pytest.mark.integration
def test_a_failed_run_leaves_the_last_good_pack(
    written: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame
) -> None:
    before = (written / "index.html").read_bytes()
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        render(written, figures.drop("geography_name"), catalogue, provenance)
    assert (written / "index.html").read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == ["out"]


@pytest.mark.integration
def test_a_folder_of_other_files_is_not_replaced(
    tmp_path: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(UserError, match="other files"):
        render(tmp_path / "letters", figures, catalogue, provenance)
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


@pytest.mark.unit
def test_pack_ids_are_unique_and_an_unknown_one_says_which_there_are() -> None:
    assert packs()[0].id == "spending-review"
    with pytest.raises(UserError, match="spending-review"):
        pack("spending")
