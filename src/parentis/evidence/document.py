"""A pack as a document, before rendering: sections resolved to text, tables and charts with their cells.

HTML, workbook and any further format render this one document, so they cannot disagree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a paragraph: plain Markdown text, or a figure within it."""

    text: str
    cell: Cell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraphs:
    spans: tuple[Span, ...]
    note: bool = False
    "Whether it is set small, below the argument."
    absence: bool = False
    "Whether it says only why something is not there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One large figure."""

    title: str
    text: str
    note: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    tiles: tuple[Tile, ...]
    notes: tuple[str, ...] = ()
    "Why figures that belong with them are not there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of a grid: what it measures, and in what unit."""

    measure: str
    title: str
    "Unique in its grid."
    scale: Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: one label column, then one column per measure."""

    name: str
    "Unique in the document, letters, digits and hyphens: anchor and file name."
    title: str
    label: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def columns(self) -> tuple["Column", ...]:
        """The unrounded numbers for files, with each interval's bounds in separate columns."""
        return tuple(
            column
            for at, heading in enumerate(self.headings)
            for column in _columns(heading, [row.cells[at] for row in self.rows])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of numbers under a heading that gives its unit; a text value is a letter in brackets."""

    title: str
    decimals: int
    values: tuple[float | str, ...]


def _columns(heading: Heading, cells: Sequence[Cell]) -> Iterator[Column]:
    unit = f" ({heading.scale.unit})" if heading.scale.unit else ""
    bounds = ("value", "low", "high") if any(cell.low is not None for cell in cells) else ("value",)
    for bound in bounds:
        words = "" if bound == "value" else f", {bound}"
        yield Column(
            title=f"{heading.title}{words}{unit}",
            decimals=heading.scale.decimals,
            values=tuple(_number(cell, bound, heading.scale) for cell in cells),
        )


def _number(cell: Cell, bound: str, scale: Scale) -> float | str:
    number = getattr(cell, bound)
    if number is None:
        return f"[{cell.suppressed or ('x' if bound == 'value' else 'z')}]"
    return float(number / scale.divisor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart, its title and description, and the grid it was drawn from."""

    name: str
    title: str
    description: str
    svg: str
    grid: Grid
    finding: tuple[Span, ...] = ()
    "What the chart shows, in a sentence with its figures; empty where nothing stands out."


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table of words: definitions, checks, signatures. The first column names its row."""

    name: str
    "As a grid's."
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Drawn: TypeAlias = Paragraphs | Tiles | Grid | Picture | TextTable
Part: TypeAlias = Literal["summary", "body", "brief", "annex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    id: str
    title: str
    blocks: tuple[Drawn, ...]
    part: Part = "body"
    new_page: bool = False
    "Whether it begins a page in print."


FigureKey: TypeAlias = tuple[str, str, str, str]
"Measure, geography, period and breakdown."


def key_of(cell: Cell) -> FigureKey:
    return (cell.measure, cell.geography, cell.period, cell.breakdown)


def cells_of(chapters: Iterable[Chapter]) -> Iterator[Cell]:
    """Every figure shown in the chapters, in reading order, repeats included."""
    for chapter in chapters:
        for block in chapter.blocks:
            match block:
                case Paragraphs():
                    yield from (span.cell for span in block.spans if span.cell is not None)
                case Tiles():
                    yield from (tile.cell for tile in block.tiles)
                case Grid():
                    yield from (cell for row in block.rows for cell in row.cells)
                case Picture():
                    yield from (span.cell for span in block.finding if span.cell is not None)
                    yield from (cell for row in block.grid.rows for cell in row.cells)
                case TextTable():
                    pass


Provisional: TypeAlias = Literal["none", "some", "all"]


def provisional(chapters: Iterable[Chapter]) -> Provisional:
    """How many of the numbers shown are provisional. Marking each is useful only if some are and some are not."""
    found = {cell.provisional for cell in cells_of(chapters) if cell.value is not None}
    if True not in found:
        return "none"
    return "some" if False in found else "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The contents of a pack, in order, with their sources."""

    id: str
    title: str
    subtitle: str
    warnings: tuple[str, ...]
    "Shown before anything else: synthetic data, provisional figures."
    chapters: tuple[Chapter, ...]
    facts: tuple[tuple[str, str], ...] = field(default=())
    "Name and value pairs for the cover: code version, as-at, footprint."

    at: datetime = datetime(1980, 1, 1, tzinfo=UTC)
    "When its figures were built."
    mark: str = ""
    "Which version this is, at the foot of every page."

    @property
    def provisional(self) -> "Provisional":
        return provisional(self.chapters)

    @property
    def has_briefs(self) -> bool:
        return any(chapter.part == "brief" for chapter in self.chapters)

    def cells(self) -> Iterator[Cell]:
        """Every figure shown, in reading order, repeats included."""
        return cells_of(self.chapters)

    def numbers(self) -> "Mapping[FigureKey, str]":
        """Each figure shown → its anchor, `f1`, `f2` …, in the order of their first appearance: one for all formats."""
        keys = dict.fromkeys(key_of(cell) for cell in self.cells() if cell.present)
        return {key: f"f{number}" for number, key in enumerate(keys, start=1)}

    def grids(self) -> Iterator[Grid]:
        """Every table, and the table behind every chart."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Grid):
                    yield block
                elif isinstance(block, Picture):
                    yield block.grid
