"""Assembles a document from sections and figures: resolves every block to the cells it shows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from parentis.errors import DeclarationError
from parentis.evidence.absence import Absence, sentence
from parentis.evidence.charts import draw
from parentis.evidence.document import (
    Chapter,
    Drawn,
    Grid,
    Heading,
    Paragraphs,
    Picture,
    Row,
    Span,
    Tile,
    Tiles,
)
from parentis.evidence.figure_lookup import LATEST, Cell, FigureLookup
from parentis.evidence.findings import PERIOD, finding_of, first_that_holds
from parentis.evidence.formats import MISSING, SHORTHAND, in_prose, period_words, scale_of
from parentis.figures import (
    WHOLE,
    Block,
    Chart,
    ChartKind,
    FigureTable,
    Finding,
    Headline,
    Prose,
    Section,
    Summary,
    parts,
    references_said,
)

PLACEHOLDER = re.compile(r"\{([a-z0-9_.-]+(?:\|[^{}|]*){0,3})\}")
EVEN_FROM = 10_000.0
ROWS = ("authority", "footprint", "region", "period", "breakdown", "breakdown-period")
_ROWS_OF: Mapping[ChartKind, str] = {
    ChartKind.BAR: "authority",
    ChartKind.TILE_MAP: "authority",
    ChartKind.SCATTER: "authority",
    ChartKind.TREND: "period",
    ChartKind.FAN: "period",
    ChartKind.STACK: "period",
    ChartKind.WATERFALL: "measure",
    ChartKind.TORNADO: "breakdown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A row before it is formatted: its label and its cells."""

    label: str
    cells: tuple[Cell, ...]


def chapters(
    sections: Sequence[Section], book: FigureLookup, tiles: Mapping[str, tuple[int, int]]
) -> tuple[Chapter, ...]:
    """A chapter for each section that has content, in the order given; if none has, one chapter that says why."""
    found = [chapter for section in sections if (chapter := _chapter(section, book, tiles)).blocks]
    named = sorted({measure for section in sections for measure in measures_named(section)})
    if found or not named:
        return tuple(found)
    said = Paragraphs(spans=(Span(text=_why_empty(named, book)),), absence=True)
    return (Chapter(id="nothing", title="No figures", blocks=(said,)),)


def _chapter(section: Section, book: FigureLookup, tiles: Mapping[str, tuple[int, int]]) -> Chapter:
    name = section.id.replace(".", "-")
    shown = [
        (number, block)
        for number, block in enumerate(section.blocks, start=1)
        if not block.only_with or book.latest([block.only_with]) is not None
    ]
    waits = any(block.only_with for block in section.blocks)
    blocks = tuple(_block(block, book, tiles, f"{name}-{number}") for number, block in shown)
    if waits and not any(block.only_with for _, block in shown):
        named = [block.only_with for block in section.blocks if block.only_with]
        said = _why_empty(named, book)
        if all(book.absence(one) is Absence.NOTHING for one in named):
            said = f"{said} {section.otherwise}"  # what is missing is what would have to be submitted
        blocks = (Paragraphs(spans=(Span(text=said),), absence=True),) if section.otherwise else ()
    return Chapter(id=name, title=section.title, blocks=blocks, part="annex" if section.annex else "body")


def without_absences(found: Sequence[Chapter]) -> tuple[tuple[Chapter, ...], tuple[tuple[str, str], ...]]:
    """The chapters without what is not there, for a document that argues; and what was left out: chapter and why.
    A chapter of which nothing remains is left out as a whole."""
    kept: list[Chapter] = []
    left: list[tuple[str, str]] = []
    for chapter in found:
        blocks = tuple(block for block in chapter.blocks if not (isinstance(block, Paragraphs) and block.absence))
        missing = [block for block in chapter.blocks if isinstance(block, Paragraphs) and block.absence]
        left.extend((chapter.title, "".join(span.text for span in block.spans).replace("**", "")) for block in missing)
        if blocks:
            kept.append(replace(chapter, blocks=blocks))
    return tuple(kept), tuple(left)


def says_something(section: Section, book: FigureLookup) -> bool:
    """Whether the section would give a chapter, found without drawing it."""
    waits = any(block.only_with for block in section.blocks)
    shown = [block for block in section.blocks if not block.only_with or book.latest([block.only_with]) is not None]
    if waits and not any(block.only_with for block in shown):
        return bool(section.otherwise)
    return bool(shown)


def answers(sections: Sequence[Section], book: FigureLookup, wanted: Sequence[str] = (), most: int = 3) -> Tiles:
    """The figures at the top of a page: the first `most` that the place has, from `wanted`, then from headlines, then
    from other blocks."""
    blocks = [block for section in sections for block in section.blocks]
    heads = [measure for block in blocks if isinstance(block, Headline) for measure in block.measures]
    others = [measure for block in blocks if not isinstance(block, (Headline, Prose)) for measure in block.measures]
    tiles = (_tile(measure, book) for measure in dict.fromkeys([*wanted, *heads, *others]))
    there = (tile for tile in tiles if tile.cell.value is not None)
    return Tiles(tiles=tuple(islice(there, most)))


def _why_empty(measures: Sequence[str], book: FigureLookup) -> str:
    """Why a chapter shows nothing: nothing was submitted, nothing covers this place, or its readers may not see it."""
    reasons = {book.absence(measure) for measure in measures}
    if reasons == {Absence.NOTHING}:
        return "Nothing has been submitted that could be shown here."
    why = Absence.ELSEWHERE if Absence.ELSEWHERE in reasons else Absence.CLOSED
    return sentence(why, "What stands here", book.name(book.geography))


def measures_named(section: Section) -> frozenset[str]:
    """Ids of the measures that a section's blocks show or depend on."""
    found: set[str] = set()
    for block in section.blocks:
        if isinstance(block, Prose):
            found.update(match[1].split("|")[0] for match in PLACEHOLDER.finditer(block.text))
        else:
            found.update(block.measures)
        if isinstance(block, Chart):
            found.update(one for each in block.findings for one in _named_by(each))
        found.add(block.only_with)
    return frozenset(found - {""})


def _named_by(finding: Finding) -> Iterator[str]:
    yield from finding.measures
    yield from (match[1].split("|")[0] for match in PLACEHOLDER.finditer(finding.text.replace(PERIOD, "")))


def summary_measures(summary: Summary) -> frozenset[str]:
    """Ids of the measures that a summary names, other than its outcomes."""
    found: set[str] = set()
    for one in (*summary.claim, *(each for _, part in summary.parts() for each in part)):
        found.update(_named_by(one) if isinstance(one, Finding) else one.measures)
    return frozenset(found)


def summary_chapter(summary: Summary, book: FigureLookup) -> Chapter:
    """The first page: the claim, then part by part what can be said; what cannot is named in a note."""
    blocks: list[Drawn] = []
    if said := first_that_holds(summary.claim, book, spans):
        blocks.append(Paragraphs(spans=(Span(text="**"), *said, Span(text="**"))))
    missing = [] if blocks else ["the claim"]
    for title, part in summary.parts():
        found = list(_part(title, part, book))
        blocks.extend(found)
        if part and not found:
            missing.append(title.lower())
    if outcomes := _outcomes(summary, book):
        blocks.append(outcomes)
    if missing:
        said_of = f"Not in this summary, because figures it needs are missing or say otherwise: {', '.join(missing)}."
        blocks.append(Paragraphs(spans=(Span(text=said_of),), note=True))
    return Chapter(id="summary", title="Summary", blocks=tuple(blocks), part="summary")


def _part(title: str, part: Sequence[Finding | FigureTable], book: FigureLookup) -> Iterator[Drawn]:
    if said := first_that_holds([one for one in part if isinstance(one, Finding)], book, spans):
        yield Paragraphs(spans=(Span(text=f"**{title}.** "), *said))
    name = title.lower().replace(" ", "-")
    for at, one in enumerate(part):
        known = isinstance(one, FigureTable) and all(measure in book.catalogue for measure in one.measures)
        if known and isinstance(one, FigureTable) and _says_something(table := grid(one, book, f"summary-{name}-{at}")):
            yield table


def _outcomes(summary: Summary, book: FigureLookup) -> Drawn | None:
    """What children get: each measure's first period and its last."""
    rows = []
    for measure in summary.outcomes:
        if measure not in book.catalogue:
            continue  # a publisher's measure, of which nothing has been submitted
        held = [one for one in book.periods(measure) if book.cell(measure, period=one).value is not None]
        if len(held) > 1:
            first, last = _said_cell(measure, held[0], book), _said_cell(measure, held[-1], book)
            name = book.measure(measure).title
            rows += [
                Span(text=f"\n- {name}: "), first, Span(text=f" ({period_words(held[0])}), "), last,
                Span(text=f" ({period_words(held[-1])})"),
            ]  # fmt: skip
    return Paragraphs(spans=(Span(text="**What children get, beside the pounds.**\n"), *rows)) if rows else None


def _said_cell(measure: str, period: str, book: FigureLookup) -> Span:
    cell = book.cell(measure, period=period)
    return Span(text=in_prose(cell.value, cell.suppressed, book.measure(measure)), cell=cell)


def _block(block: Block, book: FigureLookup, tiles: Mapping[str, tuple[int, int]], name: str) -> Drawn:
    match block:
        case Prose():
            return Paragraphs(spans=spans(block.text, book))
        case Headline():
            return _tiles(block, book)
        case FigureTable():
            table = grid(block, book, name)
            return _without_empty_rows(table) if _says_something(table) else _nothing_to_see(block, book)
        case Chart():
            picture = _picture(block, book, tiles, name)
            return picture if _says_something(picture.grid) else _nothing_to_see(block, book)


def _says_something(table: Grid) -> bool:
    """Whether the table has any figure, or one withheld for a reason other than that it does not exist."""
    return any(
        cell.value is not None or cell.suppressed not in {None, MISSING} for row in table.rows for cell in row.cells
    )


def _nothing_to_see(block: FigureTable | Chart, book: FigureLookup) -> Paragraphs:
    """One sentence instead of a table full of `[x]`."""
    places = (book.geography, *book.areas) if _by_authority(block) else (book.geography,)
    reasons = {book.absence(measure, place) for measure in block.measures for place in places}
    why = next(one for one in (Absence.CLOSED, Absence.ELSEWHERE, Absence.NOTHING, *Absence) if one in reasons)
    return Paragraphs(spans=(Span(text=sentence(why, f"**{block.title}**", book.name(book.geography))),), absence=True)


def _by_authority(block: FigureTable | Chart) -> bool:
    return (block.rows if isinstance(block, FigureTable) else _ROWS_OF[block.kind]) == "authority"


def _tiles(block: Headline, book: FigureLookup) -> Tiles | Paragraphs:
    """Tiles for the figures that exist, and a sentence for each of the others instead of an empty tile."""
    tiles = tuple(_tile(measure, book) for measure in block.measures)
    shown = tuple(one for one in tiles if one.cell.value is not None)
    if shown:
        return Tiles(tiles=shown, notes=tuple(_absent(one, book) for one in tiles if one.cell.value is None))
    return Paragraphs(spans=(Span(text="\n\n".join(_absent(one, book) for one in tiles)),), absence=True)


def _absent(tile: Tile, book: FigureLookup) -> str:
    cell = tile.cell
    why = book.absence(cell.measure, cell.geography, cell.suppressed)
    return sentence(why, f"“{tile.title}”", book.name(cell.geography))


def _without_empty_rows(table: Grid) -> Grid:
    """Removes places without any figure from the table and names them in a note, instead of showing rows of `[x]`."""
    if table.label not in {"Authority", "Footprint", "Region"}:
        return table
    kept = tuple(
        row
        for row in table.rows
        if any(cell.value is not None or cell.suppressed not in {None, MISSING} for cell in row.cells)
    )
    left = [row.label for row in table.rows if row not in kept]
    if not left:
        return table
    one = "has" if len(left) == 1 else "have"
    letters = _letters([_Line(label=row.label, cells=row.cells) for row in kept])
    notes = (*(note for note in table.notes if not note.startswith("[")), *letters)
    return replace(table, rows=kept, notes=(f"{', '.join(left)} {one} no figures in this table.", *notes))


def spans(text: str, book: FigureLookup) -> tuple[Span, ...]:
    """Prose split at its placeholders, `{measure|geography|period|breakdown}`; the later parts may be left out."""
    found: list[Span] = []
    at = 0
    for match in PLACEHOLDER.finditer(text):
        measure, *rest = match[1].split("|")
        geography, period, breakdown = (*rest, "", "", "")[:3]
        cell = book.cell(measure, geography, period or LATEST, breakdown)
        found.append(Span(text=text[at : match.start()]))
        found.append(
            Span(text=in_prose(cell.value, cell.suppressed, book.measure(measure), book.words(cell)), cell=cell)
        )
        at = match.end()
    found.append(Span(text=text[at:]))
    return tuple(span for span in found if span.text)


def _tile(measure_id: str, book: FigureLookup) -> Tile:
    cell, measure = book.cell(measure_id), book.measure(measure_id)
    labels = (
        period_words(cell.period),
        cell.authority_set,
        measure.gross_net,
        measure.cumulative,
        measure.netted,
        cell.method,
    )
    return Tile(
        title=measure.title,
        text=in_prose(cell.value, cell.suppressed, measure),
        note=", ".join(label for label in labels if label),
        cell=cell,
    )


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
                _heading(measure, title, [line.cells[at] for line in lines], book)
                for at, (measure, title) in enumerate(zip(block.measures, _titles(block, book), strict=True))
            ],
            lines,
            book,
        ),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=(*notes, *_references(lines), *_letters(lines)),
    )


def _even(headings: Sequence[Heading], lines: Sequence[_Line], book: FigureLookup) -> tuple[Heading, ...]:
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


def _references(lines: Sequence[_Line]) -> tuple[str, ...]:
    """The sources of the table's price base and of the population it divides by."""
    said = references_said(cell.method for line in lines for cell in line.cells if cell.value is not None)
    return tuple(f"{text[:1].upper()}{text[1:]}." for text in said)


def _rank(cell: Cell) -> float:
    return float("-inf") if cell.value is None else cell.value


def _titles(block: FigureTable | Chart, book: FigureLookup) -> tuple[str, ...]:
    return block.headings or tuple(book.measure(measure).title for measure in block.measures)


def _words(breakdown: str, labels: Mapping[str, str]) -> str:
    """A breakdown as people read it: `placement=foster_kin` → its label, or else `Foster kin`."""
    return " · ".join(labels.get(value, _plain(value)) for value in parts(breakdown).values())


def _plain(value: str) -> str:
    """A code word as words, with a capital to begin a line."""
    words = value.replace("_", " ")
    return words[:1].upper() + words[1:]


def _lines(block: FigureTable, book: FigureLookup, period: str | None) -> tuple[list[_Line], str]:
    when, measures = period or "", block.measures
    match block.rows:
        case "authority":
            return [
                _Line(label=book.name(area), cells=tuple(book.cell(m, area, when) for m in measures))
                for area in book.areas
            ], "Authority"
        case "footprint":
            return [
                _Line(label=book.name(place), cells=tuple(book.cell(m, place, when) for m in measures))
                for place in book.footprints_with(measures, when, block.footprint_kinds)
            ], "Footprint"
        case "region":
            return [
                _Line(label=book.name(place), cells=tuple(book.cell(m, place, when) for m in measures))
                for place in book.regions_with(measures, when)
            ], "Region"
        case "period":
            held = {p: None for m in measures for p in book.periods(m)}
            return [
                _Line(label=period_words(p), cells=tuple(book.cell(m, period=p) for m in measures))
                for p in sorted(held)
            ], "Period"
        case "breakdown":
            kinds = {b: None for m in measures for b in book.breakdowns(m, when)}
            return [
                _Line(
                    label=_words(b, block.labels),
                    cells=tuple(book.cell(m, period=when, breakdown=b) for m in measures),
                )
                for b in kinds
            ], "Kind"
        case "breakdown-period":
            both = {(p, b): None for m in measures for p in book.periods(m) for b in book.breakdowns(m, p)}
            return [
                _Line(
                    label=f"{period_words(p)}: {_words(b, block.labels)}",
                    cells=tuple(book.cell(m, period=p, breakdown=b) for m in measures),
                )
                for p, b in sorted(both)
            ], "Period and line"
    raise DeclarationError(f"a table's rows are {', '.join(ROWS)}, not {block.rows!r}")


def _heading(measure_id: str, title: str, cells: Sequence[Cell], book: FigureLookup) -> Heading:
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


def _letters(lines: Sequence[_Line]) -> tuple[str, ...]:
    used = sorted({cell.suppressed or MISSING for line in lines for cell in line.cells if cell.value is None})
    return tuple(f"[{letter}]: {SHORTHAND[letter]}." for letter in used)


def _picture(block: Chart, book: FigureLookup, tiles: Mapping[str, tuple[int, int]], name: str) -> Picture:
    rows = _ROWS_OF[block.kind]
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
        finding=finding_of(block, drawn, book, spans),
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
    lines = [_Line(label=title, cells=(c,)) for title, c in zip(_titles(block, book), cells, strict=True)]
    heading = _heading(block.measures[-1], "Amount", cells, book)
    return Grid(
        name=name,
        title=block.title,
        label="Part",
        headings=(heading,),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=((f"Period: {period_words(period)}.",) if period else ()) + _letters(lines),
    )


def _stack_grid(block: Chart, book: FigureLookup, name: str) -> Grid:
    """Periods in rows, the first measure's breakdowns in columns."""
    measure = block.measures[0]
    periods = book.periods(measure)
    kinds = list(dict.fromkeys(b for p in periods for b in book.breakdowns(measure, p)))
    lines = [
        _Line(label=period_words(p), cells=tuple(book.cell(measure, period=p, breakdown=b) for b in kinds))
        for p in periods
    ]
    cells = [cell for line in lines for cell in line.cells]
    shared = _heading(measure, _titles(block, book)[0], cells, book)
    return Grid(
        name=name,
        title=block.title,
        label="Period",
        headings=tuple(replace(shared, title=_words(b, block.labels) if b != WHOLE else shared.title) for b in kinds),
        rows=tuple(Row(label=line.label, cells=line.cells) for line in lines),
        notes=_letters(lines),
    )
