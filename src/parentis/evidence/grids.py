"""Tables of figures: the rows, headings and notes of a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parentis.errors import DeclarationError
from parentis.evidence.document import (
    Grid,
    Heading,
    Row,
)
from parentis.evidence.figure_lookup import Cell, FigureLookup
from parentis.evidence.formats import MISSING, SHORTHAND, period_words, scale_of
from parentis.figures import (
    Chart,
    FigureTable,
    parts,
    references_said,
)

EVEN_FROM = 10_000.0
ROWS = ("authority", "footprint", "region", "period", "breakdown", "breakdown-period")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row before it is formatted: its label and its cells."""

    label: str
    cells: tuple[Cell, ...]


def grid(block: FigureTable, book: FigureLookup, name: str) -> Grid:
    """The table of `block`. If sorted, those without a rank come last in their usual order, with a note on why."""
    period = book.latest(block.measures)
    lines, label = _lines(block, book, period)
    notes = [block.note] if block.note else []
    if "period" not in block.rows and period:
        notes.append(f"Period: {period_words(period)}.")
    if block.sort_by is not None:
        unranked = _unranked(block.sort_by, book, period)
        column = block.measures.index(block.sort_by)
        ranked = sorted((one for one in lines if one.label not in unranked), key=lambda one: -_rank(one.cells[column]))
        lines = [*ranked, *(one for one in lines if one.label in unranked)]
        notes.extend(text for text in (_said_of(unranked, block.sort_by, book),) if text)
    return Grid(
        name=name,
        title=block.title,
        label=label,
        headings=_even(
            [
                heading_of(measure, title, [line.cells[at] for line in lines], book)
                for at, (measure, title) in enumerate(zip(block.measures, titles(block, book), strict=True))
            ],
            lines,
            book,
        ),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=(*notes, *_references(lines), *letters(lines)),
    )


def _even(headings: Sequence[Heading], lines: Sequence[Line], book: FigureLookup) -> tuple[Heading, ...]:
    """Gives all columns of pounds the unit of the smallest, so that nobody compares thousands with millions."""
    largest = {
        at: max((abs(line.cells[at].value or 0.0) for line in lines), default=0.0)
        for at, one in enumerate(headings)
        if book.measure(one.measure).unit == "£"
    }
    there = [one for one in largest.values() if one]
    if len(there) < 2:
        return tuple(headings)
    # Single pounds for a column below ten thousand would make the others unreadable: then all are in thousands.
    shared = max(min(there), EVEN_FROM if max(there) >= EVEN_FROM else 0.0)
    return tuple(
        replace(one, scale=scale_of(book.measure(one.measure), shared)) if at in largest else one
        for at, one in enumerate(headings)
    )


def _references(lines: Sequence[Line]) -> tuple[str, ...]:
    """The sources of the table's price base and of the population it divides by."""
    said = references_said(cell.method for line in lines for cell in line.cells if cell.value is not None)
    return tuple(f"{text[:1].upper()}{text[1:]}." for text in said)


def _rank(cell: Cell) -> float:
    return float("-inf") if cell.value is None else cell.value


def titles(block: FigureTable | Chart, book: FigureLookup) -> tuple[str, ...]:
    """The headings of a block: those declared, else its measures' titles."""
    return block.headings or tuple(book.measure(measure).title for measure in block.measures)


def breakdown_words(breakdown: str, labels: Mapping[str, str]) -> str:
    """A breakdown as people read it: `placement=foster_kin` → its label, or else `Foster kin`."""
    return " · ".join(labels.get(value, _plain(value)) for value in parts(breakdown).values())


def _plain(value: str) -> str:
    """A code word as words, with a capital to begin a line."""
    words = value.replace("_", " ")
    return words[:1].upper() + words[1:]


def _lines(block: FigureTable, book: FigureLookup, period: str | None) -> tuple[list[Line], str]:
    when, measures = period or "", block.measures
    match block.rows:
        case "authority":
            return [
                Line(label=book.name(area), cells=tuple(book.cell(m, area, when) for m in measures))
                for area in book.areas
            ], "Authority"
        case "footprint":
            return [
                Line(label=book.name(place), cells=tuple(book.cell(m, place, when) for m in measures))
                for place in book.footprints_with(measures, when, block.footprint_kinds)
            ], "Footprint"
        case "region":
            return [
                Line(label=book.name(place), cells=tuple(book.cell(m, place, when) for m in measures))
                for place in book.regions_with(measures, when)
            ], "Region"
        case "period":
            held = {p: None for m in measures for p in book.periods(m)}
            return [
                Line(label=period_words(p), cells=tuple(book.cell(m, period=p) for m in measures)) for p in sorted(held)
            ], "Period"
        case "breakdown":
            kinds = {b: None for m in measures for b in book.breakdowns(m, when)}
            return [
                Line(
                    label=breakdown_words(b, block.labels),
                    cells=tuple(book.cell(m, period=when, breakdown=b) for m in measures),
                )
                for b in kinds
            ], "Kind"
        case "breakdown-period":
            both = {(p, b): None for m in measures for p in book.periods(m) for b in book.breakdowns(m, p)}
            return [
                Line(
                    label=f"{period_words(p)}: {breakdown_words(b, block.labels)}",
                    cells=tuple(book.cell(m, period=p, breakdown=b) for m in measures),
                )
                for p, b in sorted(both)
            ], "Period and line"
    raise DeclarationError(f"a table's rows are {', '.join(ROWS)}, not {block.rows!r}")


def heading_of(measure_id: str, title: str, cells: Sequence[Cell], book: FigureLookup) -> Heading:
    """A column's heading, with the scale that its cells need."""
    largest = max((abs(cell.value) for cell in cells if cell.value is not None), default=0.0)
    return Heading(measure=measure_id, title=title, scale=scale_of(book.measure(measure_id), largest))


def _unranked(measure_id: str, book: FigureLookup, period: str | None) -> frozenset[str]:
    """Names of the authorities whose figure is flagged or could not be tested: they have no rank."""
    test = book.measure(measure_id).comparable_by
    if not test:
        return frozenset()
    when = period or ""
    return frozenset(
        book.name(area)
        for area in book.areas
        if book.cell(measure_id, area, when).value is not None and book.cell(test, area, when).value != 1
    )


def _said_of(unranked: frozenset[str], measure_id: str, book: FigureLookup) -> str:
    if not unranked:
        return ""
    return (
        f"Without a rank, at the end: {', '.join(sorted(unranked))}. Their figures may not be comparable with the "
        f"others', or could not be tested. See “{book.measure(book.measure(measure_id).comparable_by).title}”."
    )


def letters(lines: Sequence[Line]) -> tuple[str, ...]:
    """Notes on the letters in the cells: `[c]`, `[x]` and the like."""
    used = sorted({cell.suppressed or MISSING for line in lines for cell in line.cells if cell.value is None})
    return tuple(f"[{letter}]: {SHORTHAND[letter]}." for letter in used)
