"""A document as pages: headings, text, tables and charts in reading order, as PDF and Word both print them.

A number is a link to its line in the annex of sources, under the anchor that `Document.numbers` gives it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from parentis.evidence.document import (
    Chapter,
    Document,
    Drawn,
    FigureKey,
    Grid,
    Paragraphs,
    Picture,
    Span,
    TextTable,
    Tile,
    Tiles,
    key_of,
)
from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import Scale, in_column, interval
from parentis.evidence.prose import lines
from parentis.evidence.shown import Listed, figures_by_source, measures_shown
from parentis.evidence.sources import Origins, Source, Submission
from parentis.figures import Catalogue

Style: TypeAlias = Literal["text", "bullet", "number", "note", "lead", "warning", "finding", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    to: str = ""
    "The anchor that it links to; `https://…` is a page of the web."
    anchor: str = ""
    "The anchor that it is."
    about: str = ""
    "Of a number: which figure it is, in words."


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A heading: 1 is the document's title, 2 a chapter's, 3 that of a table or chart."""

    level: int
    text: str
    anchor: str = ""
    new_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    style: Style
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One row of headings, then rows of as many cells; the first cell of a row names it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[tuple[Words, ...], ...], ...]
    numeric: bool
    "Whether the columns after the first hold numbers."
    shares: tuple[int, ...] = ()
    "Of the page's width, for columns of words; by their length if empty."


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    name: str
    svg: str
    alt: str


Printed: TypeAlias = Title | Text | Table | Image


def printed(document: Document, origins: Origins, catalogue: Catalogue) -> tuple[Printed, ...]:
    """The whole document with its annexes: figures behind the charts, measures, sources, submissions."""
    numbers, sources = document.numbers(), figures_by_source(document, catalogue)
    about = {one.anchor: one.words for listed in sources.values() for one in listed}
    writer = _Writer(numbers, about, marked=document.provisional == "some")
    return (
        *_front(document),
        *(block for chapter in document.chapters for block in writer.chapter(chapter)),
        *_facts(document),
        *writer.behind_charts(document),
        *_measures(document, catalogue),
        *_sources(origins, sources),
        *_submissions(origins.submissions),
    )


def _front(document: Document) -> Iterator[Printed]:
    yield Title(level=1, text=document.title)
    yield _text("lead", document.subtitle)
    yield from (_text("warning", text) for text in document.warnings)


def _facts(document: Document) -> Iterator[Printed]:
    yield Title(level=2, text="About this pack", anchor="about")
    rows = tuple(tuple((Words(text=text),) for text in pair) for pair in document.facts)
    yield Table(title="About this pack", headings=("What", "Value"), rows=rows, numeric=False, shares=(1, 3))


class _Writer:
    """Turns a chapter's blocks into printed ones, with numbers as links."""

    def __init__(self, numbers: Mapping[FigureKey, str], about: Mapping[str, str], *, marked: bool) -> None:
        self._numbers = numbers
        self._about = about
        self._marked = marked

    def chapter(self, chapter: Chapter) -> Iterator[Printed]:
        yield Title(level=2, text=chapter.title, anchor=chapter.id, new_page=chapter.new_page)
        for block in chapter.blocks:
            yield from self._block(block)

    def _block(self, block: Drawn) -> Iterator[Printed]:
        match block:
            case Paragraphs():
                yield from self._prose(block)
            case Tiles():
                yield self._tiles(block.tiles)
                yield from (_text("note", note) for note in block.notes)
            case Grid():
                yield from self.grid(block)
            case TextTable():
                yield Title(level=3, text=block.title)
                rows = tuple(tuple((Words(text=text),) for text in row) for row in block.rows)
                yield Table(title=block.title, headings=block.headings, rows=rows, numeric=False)
            case Picture():
                yield Title(level=3, text=block.title)
                if block.finding:
                    yield Text(style="finding", words=self._spans(block.finding))
                said = "".join(span.text for span in block.finding)
                yield Image(name=block.name, svg=block.svg, alt=" ".join(filter(None, (said, block.description))))
                yield _text("note", block.description)

    def _prose(self, block: Paragraphs) -> Iterator[Printed]:
        for line in lines(block):
            words = tuple(
                piece
                for run in line.runs
                for piece in (
                    self._number(run.text, run.cell, bold=run.bold)
                    if run.cell is not None
                    else (Words(text=run.text, bold=run.bold, italic=run.italic, code=run.code, to=run.href),)
                )
            )
            yield Text(style="note" if block.note and line.kind == "text" else line.kind, words=words)

    def _spans(self, spans: Iterable[Span]) -> tuple[Words, ...]:
        return tuple(
            piece
            for span in spans
            for piece in ((Words(text=span.text),) if span.cell is None else self._number(span.text, span.cell))
        )

    def _number(self, text: str, cell: Cell, *, bold: bool = False) -> tuple[Words, ...]:
        if not cell.present:
            return (Words(text=text),)
        anchor = self._numbers[key_of(cell)]
        number = Words(text=text, bold=bold, to=anchor, about=self._about[anchor])
        return (number, Words(text=" p")) if cell.provisional and self._marked else (number,)

    def _tiles(self, tiles: Iterable[Tile]) -> Table:
        rows = tuple(
            ((Words(text=one.title),), self._number(one.text, one.cell, bold=True), (Words(text=one.note),))
            for one in tiles
        )
        return Table(
            title="Main figures", headings=("What", "Figure", "Basis"), rows=rows, numeric=False, shares=(3, 2, 5)
        )

    def grid(self, grid: Grid) -> Iterator[Printed]:
        yield Title(level=3, text=grid.title)
        # A unit is not parted over two lines.
        units = (
            f" ({one.scale.unit})".replace("£ ", "£\N{NO-BREAK SPACE}") if one.scale.unit else ""
            for one in grid.headings
        )
        headings = (
            grid.label, *(f"{one.title}{unit}" for one, unit in zip(grid.headings, units, strict=True))
        )  # fmt: skip
        rows = tuple(
            (
                (Words(text=row.label),),
                *(self._cell(cell, one.scale) for cell, one in zip(row.cells, grid.headings, strict=True)),
            )
            for row in grid.rows
        )
        yield Table(title=grid.title, headings=headings, rows=rows, numeric=True)
        if grid.notes:
            yield _text("note", " ".join(grid.notes))

    def _cell(self, cell: Cell, scale: Scale) -> tuple[Words, ...]:
        number = self._number(in_column(cell.value, cell.suppressed, scale), cell)
        between = interval(cell.low, cell.high, scale)
        return (*number, Words(text=f" {between}")) if between else number

    def behind_charts(self, document: Document) -> Iterator[Printed]:
        pictures = [one for chapter in document.chapters for one in chapter.blocks if isinstance(one, Picture)]
        if pictures:
            yield Title(level=2, text="The figures behind the charts", anchor="behind-charts", new_page=True)
        for picture in pictures:
            yield from self.grid(picture.grid)


def _text(style: Style, text: str) -> Text:
    return Text(style=style, words=(Words(text=text),))


def _measures(document: Document, catalogue: Catalogue) -> Iterator[Printed]:
    yield Title(level=2, text="What each measure means", anchor="measures", new_page=True)
    rows = tuple(
        tuple((Words(text=text),) for text in (one.title, one.definition, one.unit, one.source))
        for one in measures_shown(document, catalogue)
    )
    headings = ("Measure", "What it means", "Unit", "Source")
    yield Table(title="What each measure means", headings=headings, rows=rows, numeric=False)


def _sources(origins: Origins, figures: Mapping[str, tuple[Listed, ...]]) -> Iterator[Printed]:
    yield Title(level=2, text="Where each number comes from", anchor="sources", new_page=True)
    yield _text(
        "text",
        "Each entry names the figures, and the rows of the submissions they were made from. Rows count from 0, the "
        "first row of data in the file. The submissions, with their files and hashes, stand at the end.",
    )
    for entry in origins.entries:
        yield Text(style="source", words=tuple(_entry(entry, figures[entry.provenance_id])))


def _entry(entry: Source, listed: Iterable[Listed]) -> Iterator[Words]:
    for at, one in enumerate(listed):
        yield Words(text=f"{'; ' if at else ''}{one.words}", bold=True, anchor=one.anchor)
    for used in entry.used:
        yield Words(text=f". {used.table}, {used.rows}, submissions ")
        yield from _ranges(used.submissions)
    if not entry.used:
        yield Words(text=". No submission stands behind this figure: it is a parameter or a constant of the service")
    seed = "" if entry.seed is None else f", seed {entry.seed}"
    yield Words(
        text=f". Service {entry.service}, code {entry.code_version}, parameters {entry.parameters}{seed}, "
        f"provenance {entry.provenance_id}."
    )


def _ranges(submissions: Iterable[Submission]) -> Iterator[Words]:
    """`1 to 33, 40`: their numbers, each run of them linked to its first."""
    runs: list[list[Submission]] = []
    for one in submissions:
        if runs and runs[-1][-1].number == one.number - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    for at, run in enumerate(runs):
        said = f"{run[0].number}" if len(run) == 1 else f"{run[0].number} to {run[-1].number}"
        yield Words(text=f"{', ' if at else ''}{said}", to=run[0].anchor)


def _submissions(submissions: Iterable[Submission]) -> Iterator[Printed]:
    yield Title(level=2, text="Submissions", anchor="submissions", new_page=True)
    yield _text("text", "A hash is the SHA-256 of the file as it was received.")
    rows = tuple(
        (
            (Words(text=str(one.number), anchor=one.anchor),),
            (Words(text=one.submission_id),),
            (Words(text=one.submitter),),
            (Words(text=f"{one.return_id}, {one.period}"),),
            (Words(text="; ".join(f"{name} {sha256}" for name, sha256 in one.files)),),
        )
        for one in submissions
    )
    headings = ("Number", "Submission", "Submitter", "Return and period", "Files and hashes")
    yield Table(title="Submissions", headings=headings, rows=rows, numeric=False)
