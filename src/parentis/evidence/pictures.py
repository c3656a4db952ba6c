"""Pictures of figures: the grid that a chart draws, and its drawing."""

from collections.abc import Mapping
from dataclasses import replace

from parentis.evidence.charts import draw
from parentis.evidence.document import (
    Grid,
    Picture,
    Row,
)
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.findings import finding_of
from parentis.evidence.formats import period_words, scale_of
from parentis.evidence.grids import Line, breakdown_words, grid, heading_of, letters, titles
from parentis.figures import (
    WHOLE,
    Chart,
    ChartKind,
    FigureTable,
)

ROWS_OF: Mapping[ChartKind, str] = {
    ChartKind.BAR: "authority",
    ChartKind.TILE_MAP: "authority",
    ChartKind.SCATTER: "authority",
    ChartKind.TREND: "period",
    ChartKind.FAN: "period",
    ChartKind.STACK: "period",
    ChartKind.WATERFALL: "measure",
    ChartKind.TORNADO: "breakdown",
}


def picture(block: Chart, book: FigureLookup, tiles: Mapping[str, tuple[int, int]], name: str) -> Picture:
    """The grid that a chart draws, its drawing as SVG, and the sentence on what it shows."""
    rows = ROWS_OF[block.kind]
    if rows == "measure":
        drawn = _parts_grid(block, book, name)
    elif block.kind is ChartKind.STACK:
        drawn = _stack_grid(block, book, name)
    else:
        sort_by = block.measures[0] if block.kind is ChartKind.BAR else None
        table = FigureTable(
            title=block.title,
            measures=block.measures,
            rows=rows,
            sort_by=sort_by,
            headings=block.headings,
            labels=block.labels,
        )
        drawn = grid(table, book, name)
    if block.kind is ChartKind.TORNADO:
        drawn = replace(drawn, rows=tuple(sorted(drawn.rows, key=_width, reverse=True)))
    if block.kind in {ChartKind.TREND, ChartKind.FAN}:
        drawn = _one_scale(drawn, book)
    return Picture(
        name=name,
        title=block.title,
        description=block.description,
        svg=draw(block.kind, drawn, tiles, book.geography),
        grid=drawn,
        finding=finding_of(block, drawn, book),
    )


def _width(row: Row) -> float:
    """The width of the interval of a row's only cell."""
    cell = row.cells[0]
    return 0.0 if cell.low is None or cell.high is None else cell.high - cell.low


def _one_scale(of: Grid, book: FigureLookup) -> Grid:
    """Gives all lines the scale of the largest, because they share an axis."""
    cells = [cell for row in of.rows for cell in row.cells if cell.value is not None]
    largest = max((abs(cell.value) for cell in cells if cell.value is not None), default=0.0)
    return replace(
        of, headings=tuple(replace(h, scale=scale_of(book.measure(h.measure), largest)) for h in of.headings)
    )


def _parts_grid(block: Chart, book: FigureLookup, name: str) -> Grid:
    """One row per measure: parts, then their total."""
    period = book.latest(block.measures)
    cells = [book.cell(m, period=period or "") for m in block.measures]
    lines = [Line(label=title, cells=(c,)) for title, c in zip(titles(block, book), cells, strict=True)]
    heading = heading_of(block.measures[-1], "Amount", cells, book)
    return Grid(
        name=name,
        title=block.title,
        label="Part",
        headings=(heading,),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=((f"Period: {period_words(period)}.",) if period else ()) + letters(lines),
    )


def _stack_grid(block: Chart, book: FigureLookup, name: str) -> Grid:
    """Periods in rows, the first measure's breakdowns in columns."""
    measure = block.measures[0]
    periods = book.periods(measure)
    kinds = list(dict.fromkeys(b for p in periods for b in book.breakdowns(measure, p)))
    lines = [
        Line(label=period_words(p), cells=tuple(book.cell(measure, period=p, breakdown=b) for b in kinds))
        for p in periods
    ]
    cells = [cell for line in lines for cell in line.cells]
    shared = heading_of(measure, titles(block, book)[0], cells, book)
    return Grid(
        name=name,
        title=block.title,
        label="Period",
        headings=tuple(
            replace(shared, title=breakdown_words(b, block.labels) if b != WHOLE else shared.title) for b in kinds
        ),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=letters(lines),
    )
