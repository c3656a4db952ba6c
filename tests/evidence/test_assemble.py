"""Sections resolved to cells: which figure stands where, in what order, and when a ranking is refused."""

import polars as pl
import pytest

from parentis.errors import DeclarationError
from parentis.evidence.assemble import chapters, grid, spans
from parentis.evidence.book import FigureBook
from parentis.evidence.document import Grid, Picture
from parentis.figures import Catalogue, Chart, ChartKind, FigureTable, Section

TABLE = FigureTable(title="T", measures=("m.budget", "m.variance"), rows="authority")
TILES = {"A1": (0, 0), "A2": (1, 0), "A3": (1, 1)}


@pytest.mark.spec
def test_prose_takes_its_figures_by_measure_place_and_period(book: FigureBook) -> None:
    text = (
        "All: {m.variance}. Birch: {m.variance|A2}. Before: {m.budget||2016-17}. Few: {m.children|A1|latest}. {No}"
    )
    assert "".join(span.text for span in spans(text, book)) == (
        "All: £6.5m. Birch: £6.0m. Before: £102.0m. Few: not available [c]. {No}"
    )


@pytest.mark.spec
def test_prose_that_names_no_measure_of_ours_is_refused(book: FigureBook) -> None:
    with pytest.raises(Exception, match="the id of a measure"):
        spans("{m.nothing}", book)


@pytest.mark.spec
def test_a_table_by_authority_keeps_missing_cells_and_says_what_the_letters_mean(book: FigureBook) -> None:
    table = grid(FigureTable(title="T", measures=("m.percent", "m.children")), book, "t")
    assert [row.label for row in table.rows] == ["Alder", "Birch & <Beech>", "Cedar"]
    assert [[cell.value for cell in row.cells] for row in table.rows] == [[-3.0, None], [15.0, 40.0], [None, None]]
    assert [note[:3] for note in table.notes] == ["Per", "[c]", "[x]"]


@pytest.mark.spec
def test_rows_are_sorted_by_the_measure_asked_for(book: FigureBook) -> None:
    table = grid(FigureTable(title="T", measures=("m.budget", "m.variance"), sort_by="m.variance"), book, "t")
    assert [row.cells[1].value for row in table.rows] == [6e6, 2e6, -1.5e6]


@pytest.mark.spec
def test_a_ranking_is_refused_where_one_authority_is_not_comparable(
    figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    flag = figures.filter(measure="m.variance", geography="A3").with_columns(
        measure=pl.lit("m.comparable"), value=pl.lit(0.0)
    )
    book = FigureBook(pl.concat([figures, flag]), catalogue, geography="reg", areas=("A1", "A2", "A3"))
    table = grid(FigureTable(title="T", measures=("m.variance",), sort_by="m.variance"), book, "t")
    assert [row.label for row in table.rows] == ["Alder", "Birch & <Beech>", "Cedar"]
    assert any("Not ranked" in note and "Cedar" in note for note in table.notes)


@pytest.mark.spec
def test_rows_by_period_and_by_breakdown(book: FigureBook) -> None:
    by_period = grid(FigureTable(title="T", measures=("m.budget", "m.variance"), rows="period"), book, "t")
    assert [(row.label, row.cells[1].value) for row in by_period.rows] == [("2016-17", None), ("2017-18", 6.5e6)]
    by_line = grid(FigureTable(title="T", measures=("m.budget",), rows="breakdown"), book, "t")
    assert [(row.label, row.cells[0].value) for row in by_line.rows] == [
        ("fostering", 60e6),
        ("residential", 42e6),
    ]


@pytest.mark.unit
def test_unknown_rows_are_a_fault_of_the_declaration(book: FigureBook) -> None:
    with pytest.raises(DeclarationError):
        grid(FigureTable(title="T", measures=("m.budget",), rows="borough"), book, "t")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("kind", "measures", "shown"),
    [
        (ChartKind.BAR, ("m.variance",), ["Alder", "Cedar", "−1.5"]),
        (ChartKind.TILE_MAP, ("m.variance",), ["Alder", "Cedar", "6.0"]),
        (ChartKind.TREND, ("m.budget", "m.variance"), ["2016-17", "2017-18", "Budget", "Variance"]),
        (ChartKind.FAN, ("m.budget",), ["2016-17"]),
        (ChartKind.SCATTER, ("m.budget", "m.variance"), ["Alder", "Budget (£ million)"]),
        (ChartKind.WATERFALL, ("m.volume", "m.price", "m.change"), ["Volume", "Price", "Change", "6.5"]),
        (ChartKind.STACK, ("m.budget",), ["fostering", "residential"]),
    ],
)
def test_each_kind_of_picture_shows_its_figures(
    book: FigureBook, kind: ChartKind, measures: tuple[str, ...], shown: list[str]
) -> None:
    section = Section(id="s", title="S", blocks=(Chart(kind=kind, title="C", measures=measures, description="d"),))
    picture = chapters([section], book, TILES)[0].blocks[0]
    assert isinstance(picture, Picture)
    assert picture.svg.startswith("<svg")
    for text in shown:
        assert text in picture.svg
    assert picture.grid.rows


@pytest.mark.integration
@pytest.mark.parametrize("kind", list(ChartKind))
def test_a_picture_of_nothing_is_drawn_empty(catalogue: Catalogue, figures: pl.DataFrame, kind: ChartKind) -> None:
    empty = FigureBook(figures.clear(), catalogue, geography="reg", areas=())
    chart = Chart(kind=kind, title="C", measures=("m.budget", "m.variance"), description="d")
    picture = chapters([Section(id="s", title="S", blocks=(chart,))], empty, {})[0].blocks[0]
    assert isinstance(picture, Picture)
    assert picture.svg.startswith("<svg")


@pytest.mark.unit
def test_a_block_whose_subject_nobody_submitted_is_left_out(book: FigureBook) -> None:
    blocks = (
        FigureTable(title="Held", measures=("m.budget",), only_with="m.budget"),
        FigureTable(title="Not held", measures=("m.budget",), only_with="m.comparable"),
    )
    [chapter] = chapters([Section(id="s", title="S", blocks=blocks)], book, {})
    assert [block.title for block in chapter.blocks if isinstance(block, Grid)] == ["Held"]
