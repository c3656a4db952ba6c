"""Findings: sentences that are true of the figures, as titles of charts and lines of a summary.

A declared finding is used where its conditions hold. Otherwise the chart's kind says what to look for: the highest
and lowest place, the way from the first period to the last, the largest part, the widest interval.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from parentis.evidence.document import Grid, Row, Span
from parentis.evidence.figure_lookup import Cell, FigureLookup
from parentis.evidence.formats import in_prose, period_words
from parentis.evidence.placeholders import spans
from parentis.figures import Chart, ChartKind, Finding

PERIOD = "{period}"
_DAY = re.compile(r"\d{1,2} \w{3} \d{4}$")


def holds(finding: Finding, book: FigureLookup) -> tuple[Span, ...]:
    """The finding's text with its figures; nothing where it is not true, or a figure is missing."""
    named = (*finding.measures, *_named(finding.text))
    if any(measure not in book.catalogue for measure in named):
        return ()
    values = {measure: book.cell(measure).value for measure in finding.measures}
    if any(value is None for value in values.values()):
        return ()
    known = {measure: value for measure, value in values.items() if value is not None}
    if finding.largest and not all(known[finding.largest] > known[one] for one in finding.of):
        return ()
    if finding.largest and known[finding.largest] <= 0:
        return ()
    if any(known[one] <= 0 for one in finding.above_zero) or any(known[one] >= 0 for one in finding.below_zero):
        return ()
    periods = {_last_period(measure, book) for measure in _without_period(finding.text)}
    if len(periods) > 1 and not finding.several_periods:
        return ()
    said = spans(finding.text.replace(PERIOD, period_words(max(periods, default=""))), book)
    return said if all(span.cell is None or span.cell.value is not None for span in said) else ()


def _placeholders(text: str) -> list[list[str]]:
    return [one.split("|") for one in re.findall(r"\{([^{}]+)\}", text.replace(PERIOD, ""))]


def _named(text: str) -> list[str]:
    return [parts[0] for parts in _placeholders(text)]


def _without_period(text: str) -> list[str]:
    """The measures of the placeholders that name no period."""
    return [parts[0] for parts in _placeholders(text) if len(parts) < 3 or not parts[2]]


def _last_period(measure: str, book: FigureLookup) -> str:
    return book.cell(measure).period


def first_that_holds(findings: Iterable[Finding], book: FigureLookup) -> tuple[Span, ...]:
    """The first finding that is true; nothing where none is."""
    return next((said for one in findings if (said := holds(one, book))), ())


def finding_of(chart: Chart, grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """What the chart shows: a declared finding, or what stands out by its kind; nothing where nothing does."""
    declared = first_that_holds(chart.findings, book)
    return declared or _BY_KIND[chart.kind](grid, book)


def _said(cell: Cell, book: FigureLookup) -> Span:
    return Span(text=in_prose(cell.value, cell.suppressed, book.measure(cell.measure)), cell=cell)


def _with_value(grid: Grid, column: int = 0) -> list[Row]:
    return [row for row in grid.rows if row.cells[column].value is not None]


def _value(row: Row, column: int = 0) -> float:
    return row.cells[column].value or 0.0


def _places(grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """The highest and the lowest, among those that may be ranked."""
    ranked = [row for row in _with_value(grid) if _has_rank(row.cells[0], book)]
    if len(ranked) < 2:
        return ()
    high, low = max(ranked, key=_value), min(ranked, key=_value)
    if _value(high) == _value(low):
        return ()
    return (
        Span(text=f"Highest in {high.label}, "),
        _said(high.cells[0], book),
        Span(text=f"; lowest in {low.label}, "),
        _said(low.cells[0], book),
    )


def _has_rank(cell: Cell, book: FigureLookup) -> bool:
    test = book.measure(cell.measure).comparable_by
    return not test or book.cell(test, cell.geography, cell.period).value == 1


def _over_time(grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """From the first period to the last: of the first line, or on to the last value of the next where it ends."""
    cells = [
        (row.label, cell)
        for at in range(len(grid.headings))
        for row in grid.rows
        if (cell := row.cells[at]).value is not None
    ]
    first_line = [one for one in cells if one[1].measure == grid.headings[0].measure]
    if len(first_line) < 2:
        return ()
    (begun, before), (ended, after) = first_line[0], first_line[-1]
    later = [one for one in cells if one[1].period > after.period]
    if later:  # a forecast goes on where history ends
        (begun, before), (ended, after) = (ended, after), max(later, key=lambda one: one[1].period)
    name = grid.headings[0].title if not later else next(h.title for h in grid.headings if h.measure == after.measure)
    return _change(name, (begun, before), (ended, after), book)


def _change(name: str, one: tuple[str, Cell], other: tuple[str, Cell], book: FigureLookup) -> tuple[Span, ...]:
    before, after = one[1].value or 0.0, other[1].value or 0.0
    words = "rises" if after > before else "falls" if after < before else "stays"
    shown = (_said(one[1], book), _said(other[1], book))
    begun, ended = _when(one[0]), _when(other[0])
    if shown[0].text == shown[1].text:
        return (Span(text=f"{name}: "), shown[0], Span(text=f" {begun} and {ended}"))
    return (
        Span(text=f"{name} {words} from "), shown[0], Span(text=f" {begun} to "), shown[1], Span(text=f" {ended}"),
    )  # fmt: skip


def _when(period: str) -> str:
    """`in 2017-18`, `on 31 Mar 2025`."""
    return f"on {period}" if _DAY.match(period) else f"in {period}"


def _parts(grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """The largest step, either way, and what the steps come to."""
    rows = _with_value(grid)
    if len(rows) < 2 or rows[-1] is not grid.rows[-1]:
        return ()
    *steps, total = rows
    most = max(steps, key=lambda row: abs(_value(row)))
    return (
        Span(text=f"{most.label} is the largest step, "), _said(most.cells[0], book),
        Span(text=f"; {total.label.lower()} is "), _said(total.cells[0], book),
    )  # fmt: skip


def _stack(grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """The largest part of the last period."""
    rows = [row for row in grid.rows if any(cell.value is not None for cell in row.cells)]
    if not rows or len(grid.headings) < 2:
        return ()
    last = rows[-1]
    most = max(range(len(grid.headings)), key=lambda at: last.cells[at].value or float("-inf"))
    return (
        Span(text=f"{grid.headings[most].title} is the largest part in {last.label}, "),
        _said(last.cells[most], book),
    )  # fmt: skip


def _apart(grid: Grid, book: FigureLookup) -> tuple[Span, ...]:
    """Where the two measures are furthest apart, if they have one unit."""
    both = [row for row in _with_value(grid, 0) if row.cells[1].value is not None]
    across, up = grid.headings[:2]
    if len(both) < 2 or book.measure(across.measure).unit != book.measure(up.measure).unit:
        return ()
    most = max(both, key=lambda row: abs(_value(row, 1) - _value(row, 0)))
    return (
        Span(text=f"Furthest apart in {most.label}: {up.title.lower()} "), _said(most.cells[1], book),
        Span(text=f", {across.title.lower()} "), _said(most.cells[0], book),
    )  # fmt: skip


def _widest(grid: Grid, _: FigureLookup) -> tuple[Span, ...]:
    wide = [row for row in grid.rows if row.cells[0].low is not None and row.cells[0].high is not None]
    return (Span(text=f"“{wide[0].label}” moves it most"),) if len(wide) > 1 else ()


_BY_KIND: Mapping[ChartKind, Callable[[Grid, FigureLookup], tuple[Span, ...]]] = {
    ChartKind.BAR: _places,
    ChartKind.TILE_MAP: _places,
    ChartKind.SCATTER: _apart,
    ChartKind.TREND: _over_time,
    ChartKind.FAN: _over_time,
    ChartKind.STACK: _stack,
    ChartKind.WATERFALL: _parts,
    ChartKind.TORNADO: _widest,
}
