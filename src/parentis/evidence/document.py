"""A pack between its declaration and its forms: sections resolved to text, tables and pictures with their cells.

HTML, workbook and every later form draw this one document, so they cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from parentis.evidence.book import Cell
from parentis.evidence.formats import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a paragraph: plain Markdown text, or a figure within it."""

    text: str
    cell: Cell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraphs:
    spans: tuple[Span, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of a grid: what it measures, in what unit, on what basis."""

    measure: str
    title: str
    scale: Scale
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: one label column, then one column a measure."""

    name: str
    "Unique in the document, letters, digits and hyphens: anchor and file name."
    title: str
    label: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart, its words, and the grid it was drawn from."""

    name: str
    title: str
    description: str
    svg: str
    grid: Grid


Drawn: TypeAlias = Paragraphs | Tiles | Grid | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    id: str
    title: str
    blocks: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a pack says, in order, with what it rests on."""

    id: str
    title: str
    subtitle: str
    warnings: tuple[str, ...]
    "Shown before anything else: synthetic data, provisional figures."
    chapters: tuple[Chapter, ...]
    facts: tuple[tuple[str, str], ...] = field(default=())
    "Name and value pairs for the cover: code version, as-at, footprint."

    @property
    def provisional(self) -> bool:
        return any(cell.provisional for cell in self.cells())

    def cells(self) -> Iterator[Cell]:
        """Every figure shown, in reading order, repeats included."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                match block:
                    case Paragraphs():
                        yield from (span.cell for span in block.spans if span.cell is not None)
                    case Tiles():
                        yield from (tile.cell for tile in block.tiles)
                    case Grid():
                        yield from (cell for row in block.rows for cell in row.cells)
                    case Picture():
                        yield from (cell for row in block.grid.rows for cell in row.cells)

    def grids(self) -> Iterator[Grid]:
        """Every table, and the table behind every picture."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Grid):
                    yield block
                elif isinstance(block, Picture):
                    yield block.grid
