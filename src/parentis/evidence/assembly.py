"""Assembles a document from sections and figures: resolves every block to the cells it shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from parentis.evidence.absence import Absence, sentence
from parentis.evidence.document import (
    Chapter,
    Drawn,
    Grid,
    Paragraphs,
    Span,
    Tile,
    Tiles,
)
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.findings import PERIOD, first_that_holds
from parentis.evidence.formats import MISSING, in_prose, period_words
from parentis.evidence.grids import Line, grid, letters
from parentis.evidence.pictures import ROWS_OF, picture
from parentis.evidence.placeholders import PLACEHOLDER, spans
from parentis.figures import (
    Block,
    Chart,
    FigureTable,
    Finding,
    Headline,
    Prose,
    Section,
    Summary,
)


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
    if said := first_that_holds(summary.claim, book):
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
    if said := first_that_holds([one for one in part if isinstance(one, Finding)], book):
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
            drawn = picture(block, book, tiles, name)
            return drawn if _says_something(drawn.grid) else _nothing_to_see(block, book)


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
    return (block.rows if isinstance(block, FigureTable) else ROWS_OF[block.kind]) == "authority"


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
    said = letters([Line(label=row.label, cells=row.cells) for row in kept])
    notes = (*(note for note in table.notes if not note.startswith("[")), *said)
    return replace(table, rows=kept, notes=(f"{', '.join(left)} {one} no figures in this table.", *notes))


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
