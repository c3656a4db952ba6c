"""Sections resolved to cells: which figure stands where, in what order, and what has no rank."""

import re
from dataclasses import replace

import polars as pl
import pytest

from parentis.errors import DeclarationError
from parentis.evidence.absence import Absence, sentence
from parentis.evidence.assembly import chapters
from parentis.evidence.document import Grid, Paragraphs, Picture, Tiles
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.grids import breakdown_words, grid
from parentis.evidence.placeholders import spans
from parentis.figures import Catalogue, Chart, ChartKind, Counts, FigureTable, Headline, Population, Prose, Section

TABLE = FigureTable(title="T", measures=("m.budget", "m.variance"), rows="authority")
TILES = {"A1": (0, 0), "A2": (1, 0), "A3": (1, 1)}


@pytest.mark.spec
def test_prose_takes_its_figures_by_measure_place_and_period(book: FigureLookup) -> None:
    text = "All: {m.variance}. Birch: {m.variance|A2}. Before: {m.budget||2016-17}. Few: {m.children|A1|latest}. {No}"
    assert "".join(span.text for span in spans(text, book)) == (
        "All: £6.5m. Birch: £6.0m. Before: £102.0m. Few: suppressed [c]. {No}"
    )


@pytest.mark.spec
def test_prose_that_names_no_measure_of_ours_is_refused(book: FigureLookup) -> None:
    with pytest.raises(Exception, match="the id of a measure"):
        spans("{m.nothing}", book)


@pytest.mark.spec
def test_a_table_by_authority_keeps_missing_cells_and_says_what_the_letters_mean(book: FigureLookup) -> None:
    table = grid(FigureTable(title="T", measures=("m.percent", "m.children")), book, "t")
    assert [row.label for row in table.rows] == ["Alder", "Birch & <Beech>", "Cedar"]
    assert [[cell.value for cell in row.cells] for row in table.rows] == [[-3.0, None], [15.0, 40.0], [None, None]]
    assert [note[:3] for note in table.notes] == ["Per", "[c]", "[x]"]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("tests", "order", "unranked"),
    [
        ({"A1": 1, "A2": 1, "A3": 1}, ["Birch & <Beech>", "Cedar", "Alder"], ""),
        ({"A1": 1, "A2": 0, "A3": 1}, ["Cedar", "Alder", "Birch & <Beech>"], "Birch & <Beech>"),
        ({"A1": 0, "A3": 1}, ["Cedar", "Alder", "Birch & <Beech>"], "Alder, Birch & <Beech>"),  # A2 was not tested
        ({}, ["Alder", "Birch & <Beech>", "Cedar"], "Alder, Birch & <Beech>, Cedar"),
    ],
)
def test_what_is_not_comparable_has_no_rank(
    figures: pl.DataFrame, catalogue: Catalogue, tests: dict[str, float], order: list[str], unranked: str
) -> None:
    """Variances are −1.5, 6 and 2."""
    flags = [
        figures.filter(measure="m.variance", geography=place).with_columns(
            measure=pl.lit("m.comparable"), value=pl.lit(float(value))
        )
        for place, value in tests.items()
    ]
    book = FigureLookup(pl.concat([figures, *flags]), catalogue, geography="reg", areas=("A1", "A2", "A3"))
    table = grid(FigureTable(title="T", measures=("m.variance",), sort_by="m.variance"), book, "t")
    assert [row.label for row in table.rows] == order
    said = [note for note in table.notes if note.startswith("Without a rank")]
    assert [note.partition(".")[0] for note in said] == (
        [f"Without a rank, at the end: {unranked}"] if unranked else []
    )


@pytest.mark.spec
def test_rows_by_period_and_by_breakdown(book: FigureLookup) -> None:
    by_period = grid(FigureTable(title="T", measures=("m.budget", "m.variance"), rows="period"), book, "t")
    assert [(row.label, row.cells[1].value) for row in by_period.rows] == [("2016-17", None), ("2017-18", 6.5e6)]
    by_line = grid(FigureTable(title="T", measures=("m.budget",), rows="breakdown"), book, "t")
    assert [(row.label, row.cells[0].value) for row in by_line.rows] == [
        ("Fostering", 60e6),
        ("Residential", 42e6),
    ]


@pytest.mark.unit
def test_rows_by_region_are_englands_whosever_the_pack_is(catalogue: Catalogue, figures: pl.DataFrame) -> None:
    elsewhere = figures.filter(pl.col("geography") == "reg", pl.col("breakdown") == "").with_columns(
        geography=pl.lit("region-east-midlands"), geography_name=pl.lit("East Midlands")
    )
    book = FigureLookup(pl.concat([figures, elsewhere]), catalogue, geography="reg", areas=("A1", "A2", "A3"))
    found = grid(FigureTable(title="T", measures=("m.budget",), rows="region"), book, "t")
    assert [(row.label, row.cells[0].value) for row in found.rows] == [("East Midlands", 102e6)]


@pytest.mark.unit
def test_unknown_rows_are_a_fault_of_the_declaration(book: FigureLookup) -> None:
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
        (ChartKind.STACK, ("m.budget",), ["Fostering", "Residential"]),
        (ChartKind.TORNADO, ("m.swing",), ["Fostering", "Residential"]),
    ],
)
def test_each_kind_of_picture_shows_its_figures(
    book: FigureLookup, kind: ChartKind, measures: tuple[str, ...], shown: list[str]
) -> None:
    section = Section(id="s", title="S", blocks=(Chart(kind=kind, title="C", measures=measures, description="d"),))
    picture = chapters([section], book, TILES)[0].blocks[0]
    assert isinstance(picture, Picture)
    assert picture.svg.startswith("<svg")
    for text in shown:
        assert text in picture.svg
    assert picture.grid.rows


@pytest.mark.integration
def test_a_tornado_has_its_widest_bar_first(book: FigureLookup) -> None:
    chart = Chart(kind=ChartKind.TORNADO, title="C", measures=("m.swing",), description="d")
    picture = chapters([Section(id="s", title="S", blocks=(chart,))], book, TILES)[0].blocks[0]
    assert isinstance(picture, Picture)
    assert [row.label for row in picture.grid.rows] == ["Residential", "Fostering"]


@pytest.mark.integration
@pytest.mark.parametrize("kind", [*ChartKind, None], ids=str)
def test_a_block_of_which_no_figure_may_be_seen_is_a_sentence(
    catalogue: Catalogue, figures: pl.DataFrame, kind: ChartKind | None
) -> None:
    empty = FigureLookup(figures.clear(), catalogue, geography="reg", areas=("a", "b"))
    measures = ("m.budget", "m.variance")
    block = (
        FigureTable(title="C", measures=measures)
        if kind is None
        else Chart(kind=kind, title="C", measures=measures, description="d")
    )
    said = chapters([Section(id="s", title="S", blocks=(block,))], empty, {})[0].blocks[0]
    assert isinstance(said, Paragraphs)
    assert said.spans[0].text == "**C**: nothing has been submitted that it could be made from."


@pytest.mark.spec
@pytest.mark.parametrize(
    ("code", "label"),
    [("foster_kin", "Foster kin"), ("fostering in-house", "Fostering in-house"), ("EHC plans", "EHC plans")],
)
def test_a_breakdown_is_read_as_words_with_a_capital(code: str, label: str) -> None:
    assert breakdown_words(f"placement={code}", {}) == label


@pytest.mark.unit
def test_a_block_whose_subject_nobody_submitted_is_left_out(book: FigureLookup) -> None:
    blocks = (
        FigureTable(title="Held", measures=("m.budget",), only_with="m.budget"),
        FigureTable(title="Not held", measures=("m.budget",), only_with="m.comparable"),
    )
    [chapter] = chapters([Section(id="s", title="S", blocks=blocks)], book, {})
    assert [block.title for block in chapter.blocks if isinstance(block, Grid)] == ["Held"]


WAITING = (Prose(text="Always."), FigureTable(title="Waits", measures=("m.budget",), only_with="m.comparable"))


@pytest.mark.spec
def test_a_chapter_whose_every_figure_is_missing_says_what_it_needs_or_is_left_out(book: FigureLookup) -> None:
    says = Section(id="s", title="S", blocks=WAITING, otherwise="It needs returns.")
    silent = Section(id="t", title="T", blocks=WAITING)
    [chapter] = chapters([says, silent], book, {})
    [said] = chapter.blocks
    assert isinstance(said, Paragraphs)
    assert said.spans[0].text == "Nothing has been submitted that could be shown here. It needs returns."


@pytest.mark.spec
def test_an_empty_chapter_says_which_emptiness_it_is(figures: pl.DataFrame, catalogue: Catalogue) -> None:
    """Made and not open; made and open for another place; not made at all (the test above)."""
    says = Section(id="s", title="S", blocks=WAITING)
    says = replace(says, otherwise="It needs returns.")
    closed = FigureLookup(
        figures,
        catalogue,
        geography="reg",
        areas=("A1",),
        made=frozenset({("m.comparable", "reg"), ("m.budget", "reg")}),
    )
    elsewhere = figures.filter(measure="m.variance", geography="A3").with_columns(measure=pl.lit("m.comparable"))
    other = FigureLookup(pl.concat([figures, elsewhere]), catalogue, geography="reg", areas=("A1",))
    told = []
    for lookup in (closed, other):
        [chapter] = chapters([says], lookup, {})
        [said] = chapter.blocks
        assert isinstance(said, Paragraphs)
        told.append(said.spans[0].text)
    assert told[0].startswith("What stands here has been made, and is not open to the readers of this page.")
    assert told[1].startswith(f"What stands here has been made for other places, and not for {other.name('reg')}.")


@pytest.mark.spec
def test_short_headings_and_words_for_codes(book: FigureLookup) -> None:
    block = FigureTable(
        title="T",
        measures=("m.budget",),
        rows="breakdown",
        headings=("Money",),
        labels={"fostering": "Foster care"},
    )
    table = grid(block, book, "t")
    assert [heading.title for heading in table.headings] == ["Money"]
    assert [row.label for row in table.rows] == ["Foster care", "Residential"]


@pytest.mark.unit
def test_as_many_headings_as_measures(book: FigureLookup) -> None:
    with pytest.raises(ValueError, match="zip"):
        grid(FigureTable(title="T", measures=("m.budget", "m.variance"), headings=("Money",)), book, "t")


@pytest.mark.spec
def test_rows_by_breakdown_and_period_keep_every_period(figures: pl.DataFrame, catalogue: Catalogue) -> None:
    earlier = figures.filter(pl.col("breakdown") == "line=fostering").with_columns(period=pl.lit("2016-17"))
    book = FigureLookup(pl.concat([figures, earlier]), catalogue, geography="reg", areas=())
    table = grid(FigureTable(title="T", measures=("m.budget",), rows="breakdown-period"), book, "t")
    assert [row.label for row in table.rows] == ["2016-17: Fostering", "2017-18: Fostering", "2017-18: Residential"]


@pytest.mark.spec
def test_an_authority_without_figures_has_its_name_all_the_same(figures: pl.DataFrame, catalogue: Catalogue) -> None:
    book = FigureLookup(figures, catalogue, geography="reg", areas=("A1", "A9"), names={"A9": "Elder"})
    table = grid(TABLE, book, "t")
    assert [row.label for row in table.rows] == ["Alder", "Elder"]


@pytest.mark.spec
def test_footprints_listed_are_those_asked_for(figures: pl.DataFrame, catalogue: Catalogue) -> None:
    listed = {"reg": "region", "A1": "icb"}
    book = FigureLookup(figures, catalogue, geography="reg", areas=(), footprints=listed)
    for kinds, labels in (((), ["The region", "Alder"]), (("icb",), ["Alder"])):
        block = FigureTable(title="T", measures=("m.budget",), rows="footprint", footprint_kinds=kinds)
        assert [row.label for row in grid(block, book, "t").rows] == labels


@pytest.mark.spec
def test_an_interval_stands_beside_its_value_and_in_columns_of_its_own(
    figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    fan = figures.with_columns(low=pl.col("value") - 1e6, high=pl.col("value") + 1e6)
    book = FigureLookup(fan, catalogue, geography="reg", areas=("A1",))
    [value, low, high] = grid(FigureTable(title="T", measures=("m.budget",)), book, "t").columns()
    assert (value.title, low.title, high.title) == (
        "Budget (£ million)",
        "Budget, low (£ million)",
        "Budget, high (£ million)",
    )
    assert (value.values, low.values, high.values) == ((50.0,), (49.0,), (51.0,))


@pytest.mark.integration
def test_a_forecast_is_drawn_after_its_history(figures: pl.DataFrame, catalogue: Catalogue) -> None:
    ahead = figures.filter(pl.col("measure") == "m.change").with_columns(
        period=pl.lit("2018-19"), low=pl.lit(5e6), high=pl.lit(8e6)
    )
    book = FigureLookup(pl.concat([figures, ahead]), catalogue, geography="reg", areas=())
    fan = Chart(kind=ChartKind.FAN, title="C", measures=("m.budget", "m.change"), description="d")
    picture = chapters([Section(id="s", title="S", blocks=(fan,))], book, {})[0].blocks[0]
    assert isinstance(picture, Picture)
    years = re.findall(r">(20\d\d-\d\d)<", picture.svg)
    assert years == sorted(years)
    assert ">Budget<" in picture.svg  # the legend


@pytest.mark.spec
@pytest.mark.parametrize(
    ("made", "seen", "letter", "why"),
    [
        ([], [], None, Absence.NOTHING),
        (["A1", "A2"], [], None, Absence.CLOSED),
        (["A2"], ["A2"], None, Absence.ELSEWHERE),
        (["A1", "A2"], ["A2"], None, Absence.CLOSED),
        (["A1"], ["A1"], "c", Absence.SUPPRESSED),
    ],
)
def test_what_is_not_there_has_one_of_four_reasons(
    made: list[str], seen: list[str], letter: str | None, why: Absence, figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    shown = figures.filter(pl.col("measure") == "m.budget", pl.col("geography").is_in(seen))
    book = FigureLookup(
        shown, catalogue, geography="A1", areas=("A1", "A2"), made=frozenset(("m.budget", place) for place in made)
    )
    assert book.absence("m.budget", "A1", letter) is why


@pytest.mark.spec
def test_that_somebody_is_counted_is_not_told_by_why_a_count_is_missing(
    figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    """A count of children that only places with any have: whether a place has one is not for others to know."""
    shown = figures.filter(pl.col("measure") == "m.children", pl.col("geography") == "A2")
    counts = replace(catalogue["m.children"], people=(Counts(of=Population(id="children"), value=1),))
    guarded = Catalogue([counts if one.id == "m.children" else one for one in catalogue])
    told = {
        FigureLookup(shown, guarded, geography="A1", areas=(), made=frozenset(made)).absence("m.children", "A1")
        for made in ([("m.children", "A2")], [("m.children", "A1"), ("m.children", "A2")])
    }
    assert len(told) == 1


@pytest.mark.spec
def test_the_four_sentences_differ_and_say_who_can_open_a_figure() -> None:
    four = (Absence.NOTHING, Absence.CLOSED, Absence.ELSEWHERE, Absence.SUPPRESSED)
    said = [sentence(why, "The gap", "Camden") for why in four]
    assert len(set(said)) == 4
    assert "section 151 officer" in said[1]
    assert all(text.startswith("The gap") for text in said)


@pytest.mark.spec
def test_a_headline_has_no_empty_tile_and_a_table_no_line_of_nothing(book: FigureLookup) -> None:
    section = Section(
        id="s",
        title="S",
        blocks=(
            Headline(measures=("m.budget", "m.comparable")),
            FigureTable(title="T", measures=("m.percent",), rows="authority"),
        ),
    )
    [chapter] = chapters([section], book, {})
    tiles, table = chapter.blocks
    assert isinstance(tiles, Tiles)
    assert isinstance(table, Grid)
    assert [tile.cell.measure for tile in tiles.tiles] == ["m.budget"]
    assert [note.endswith("could be made from.") for note in tiles.notes] == [True]
    assert [row.label for row in table.rows] == ["Alder", "Birch & <Beech>"]
    assert table.notes[0] == "Cedar has no figures in this table."
    assert not any(note.startswith("[x]") for note in table.notes)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("budget", "variance", "units"),
    [
        (60e6, 2e6, ["£ million", "£ million"]),
        (60e6, 200e3, ["£ thousand", "£ thousand"]),
        (60e6, 200.0, ["£ thousand", "£ thousand"]),
        (6e3, 200.0, ["£", "£"]),
    ],
)
def test_columns_of_pounds_that_stand_side_by_side_have_one_unit(
    budget: float, variance: float, units: list[str], figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    values = {"m.budget": budget, "m.variance": variance}
    held = figures.filter(pl.col("measure").is_in(list(values)), pl.col("geography") == "A1", period="2017-18")
    held = held.unique("measure").with_columns(value=pl.col("measure").replace_strict(values, return_dtype=pl.Float64))
    book = FigureLookup(held, catalogue, geography="reg", areas=("A1",))
    assert [one.scale.unit for one in grid(TABLE, book, "t").headings] == units


@pytest.mark.integration
@pytest.mark.parametrize("kind", [ChartKind.BAR, ChartKind.TILE_MAP, ChartKind.SCATTER], ids=str)
def test_a_charts_own_place_is_marked(kind: ChartKind, figures: pl.DataFrame, catalogue: Catalogue) -> None:
    chart = Chart(kind=kind, title="C", measures=("m.budget", "m.variance"), description="d")
    drawn = []
    for place in ("A1", "reg"):
        book = FigureLookup(figures, catalogue, geography=place, areas=("A1", "A2", "A3"))
        picture = chapters([Section(id="s", title="S", blocks=(chart,))], book, TILES)[0].blocks[0]
        assert isinstance(picture, Picture)
        drawn.append(picture.svg)
    assert drawn[0] != drawn[1]
    if kind is ChartKind.BAR:
        assert ["◂" in svg for svg in drawn] == [True, False]


@pytest.mark.integration
def test_few_lines_have_their_names_at_their_ends_and_no_legend(book: FigureLookup) -> None:
    chart = Chart(
        kind=ChartKind.TREND, title="C", measures=("m.budget", "m.variance"), headings=("Plan", "Gap"), description="d"
    )
    picture = chapters([Section(id="s", title="S", blocks=(chart,))], book, TILES)[0].blocks[0]
    assert isinstance(picture, Picture)
    assert "role-legend" not in picture.svg
    assert all(picture.svg.count(f">{name}</text>") == 1 for name in ("Plan", "Gap"))
