"""An editor's version of a pack: narrative added to chapters, their order, who answers for it.

A number stands in narrative only as a reference to a figure, `{measure|place|period|breakdown}`, so that it cannot
contradict the tables. A typed number is found and named.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parentis.evidence.document import Chapter, Document, Paragraphs, Picture, Tiles, key_of
from parentis.evidence.figure_lookup import Cell, FigureLookup
from parentis.evidence.formats import in_column, in_prose
from parentis.evidence.placeholders import PLACEHOLDER, spans
from parentis.figures import Catalogue

ROLES = ("Commissioner", "Analyst", "Analytical assurer", "Approver")
"Who answers for an analysis, as HM Treasury's Aqua Book names them."
_NUMBER = re.compile(r"(?<![\w.,])[−-]?£?\d[\d,]*(?:\.\d+)?(?:bn|m|k|%)?(?!\w)")
_ALLOWED = re.compile(
    r"""(?ix)
    \b(?:section|sections|s\.|part|schedule|regulation|article|chapter|table|annex|clause|paragraph|page|form)\s*\d+[a-z]*
    | \b(?:19|20)\d\d(?:[-–/]\d{2,4})?\b          # a year, or a financial year
    | \b\d{1,2}\s(?:january|february|march|april|may|june|july|august|september|october|november|december)\b
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who answers for the pack in a role, and since when."""

    role: str
    name: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What an editor made of a pack."""

    order: tuple[str, ...] = ()
    "Ids of chapters, first to last; those not named follow in the pack's own order."
    narrative: Mapping[str, str] = field(default_factory=dict)
    "Chapter id → text as in `Prose`, shown before the chapter's own blocks."
    signatures: tuple[Signature, ...] = ()
    mark: str = ""
    "Which version it is, at the foot of every page."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A number that was typed in narrative."""

    chapter: str
    text: str
    same: str
    "The reference of a figure shown in these words; '' where none is."


def edited(chapters: Sequence[Chapter], edition: Edition, book: FigureLookup) -> tuple[Chapter, ...]:
    """The chapters in the editor's order, with the editor's text. Annexes stay behind, the summary in front."""
    place = {chapter: at for at, chapter in enumerate(edition.order)}
    ordered = sorted(chapters, key=lambda one: (_RANK[one.part], place.get(one.id, len(place))))
    return tuple(
        replace(one, blocks=(Paragraphs(spans=spans(_known(text, book), book)), *one.blocks))
        if (text := edition.narrative.get(one.id, "").strip())
        else one
        for one in ordered
    )


def _known(text: str, book: FigureLookup) -> str:
    """The text with references to measures that there are; others stand as words, and `unknown_references` has them."""
    return PLACEHOLDER.sub(lambda one: one[0] if one[1].split("|")[0] in book.catalogue else f"[{one[1]}]", text)


_RANK = {"summary": 0, "body": 1, "brief": 2, "annex": 3}


def reference(cell: Cell, geography: str) -> str:
    """How narrative refers to the figure in a pack about `geography`."""
    place = "" if cell.geography == geography else cell.geography
    return "{" + "|".join((cell.measure, place, cell.period, cell.breakdown)).rstrip("|") + "}"


def typed_numbers(narrative: Mapping[str, str], shown: Mapping[str, str]) -> tuple[Typed, ...]:
    """The numbers that narrative types out, each with the reference that belongs in its place if a figure has it.
    `shown` is as `shown_texts` gives it. Years, days and numbers of sections of the law are no figures."""
    found = []
    for chapter, text in narrative.items():
        free = _ALLOWED.sub(" ", PLACEHOLDER.sub(" ", text))
        for match in _NUMBER.finditer(free):
            same = shown.get(match[0].replace("-", "−"), "")
            found.append(Typed(chapter=chapter, text=match[0], same=same))
    return tuple(found)


def unknown_references(narrative: Mapping[str, str], known: Collection[str]) -> tuple[Typed, ...]:
    """References to figures that the pack does not show. `known` are those of `shown_texts`."""
    held = set(known)
    return tuple(
        Typed(chapter=chapter, text=match[0], same="")
        for chapter, text in narrative.items()
        for match in PLACEHOLDER.finditer(text)
        if match[0] not in held
    )


def shown_texts(document: Document, catalogue: Catalogue, geography: str) -> Mapping[str, str]:
    """Every way in which a figure of the document is written → its reference; the first where several are."""
    found: dict[str, str] = {}
    for cell in document.cells():
        if cell.value is not None:
            found.setdefault(in_prose(cell.value, None, catalogue[cell.measure]), reference(cell, geography))
    for grid in document.grids():
        for row in grid.rows:
            for cell, heading in zip(row.cells, grid.headings, strict=True):
                if cell.value is not None:
                    found.setdefault(in_column(cell.value, None, heading.scale), reference(cell, geography))
    return found


def references(
    chapters: Iterable[Chapter], catalogue: Catalogue, geography: str
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Chapter id → the figures in its text, tiles and findings, as reference and words, for an editor to copy."""
    return {
        chapter.id: [
            (reference(cell, geography), _words(cell, catalogue))
            for cell in _first_of_each(chapter)
            if cell.value is not None
        ]
        for chapter in chapters
    }


def _words(cell: Cell, catalogue: Catalogue) -> str:
    measure = catalogue[cell.measure]
    return f"{measure.title}, {cell.geography_name}, {cell.period}: {in_prose(cell.value, None, measure)}"


def _first_of_each(chapter: Chapter) -> Iterable[Cell]:
    cells: dict[tuple[str, str, str, str], Cell] = {}
    for block in chapter.blocks:
        if isinstance(block, Paragraphs):
            cells |= {key_of(one.cell): one.cell for one in block.spans if one.cell is not None}
        elif isinstance(block, Tiles):
            cells |= {key_of(one.cell): one.cell for one in block.tiles}
        elif isinstance(block, Picture):
            cells |= {key_of(one.cell): one.cell for one in block.finding if one.cell is not None}
    return cells.values()
