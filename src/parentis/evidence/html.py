"""Renders a document as accessible HTML that works without script, prints well and links every number to its source."""

import csv
import io
from collections.abc import Callable, Mapping
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from parentis.evidence.document import Document, Grid, Paragraphs
from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import in_column, interval, period_words
from parentis.evidence.sources import Origins
from parentis.figures import Catalogue, parts

SOURCES_PAGE = "sources.html"
# A private-use character marks where a figure stands while the prose goes through Markdown.
_MARK = "\ue000"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("parentis.evidence"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(anchor=anchor, prose=prose, figure=figure, in_column=in_column, interval=interval)
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment


def anchor(measure_id: str) -> str:
    """The HTML id of a measure's definition in the pack."""
    return f"m-{measure_id.replace('.', '-')}"


def figure(text: str, cell: Cell, *, marked: bool = True) -> Markup:
    """A number as a link to its source, with a mark if it is provisional and `marked`; a missing one as plain text."""
    mark = Markup('<sup class="provisional">p</sup>')
    if not cell.present:
        return Markup('<span class="absent">{}</span>').format(text)
    link = Markup('<a class="figure" href="{}#p-{}">{}</a>').format(SOURCES_PAGE, cell.provenance_id, text)
    return link + mark if cell.provisional and marked else link


def prose(block: Paragraphs, figure: Callable[[str, Cell], Markup] = figure) -> Markup:
    """Paragraphs, lists and emphasis; raw HTML in the text is shown as text. `figure` renders the numbers."""
    text = "".join(span.text if span.cell is None else _MARK for span in block.spans)
    rendered = MarkdownIt("commonmark", {"html": False}).render(text)
    # The renderer has escaped the text; only our own links are put back between the pieces.
    pieces = [Markup(piece) for piece in rendered.split(_MARK)]  # noqa: S704
    shown = [figure(span.text, span.cell) for span in block.spans if span.cell is not None]
    pairs = zip(pieces, [*shown, Markup("")], strict=True)
    return Markup("").join(part for pair in pairs for part in pair)


def pages(document: Document, origins: Origins, catalogue: Catalogue) -> Mapping[str, str]:
    """File name → HTML: the pack itself and the page of its sources."""
    environment = _environment()
    used = sorted({cell.measure for cell in document.cells()})
    measures = [catalogue[measure] for measure in used]
    draw = partial(figure, marked=document.provisional == "some")
    return {
        "index.html": environment.get_template("pack.html.j2").render(
            document=document, measures=measures, figure=draw, prose=partial(prose, figure=draw)
        ),
        SOURCES_PAGE: environment.get_template("sources.html.j2").render(
            document=document, origins=origins, figures=_figures_by_source(document, catalogue)
        ),
    }


def _figures_by_source(document: Document, catalogue: Catalogue) -> dict[str, list[str]]:
    """The figures that each provenance belongs to, in words."""
    found: dict[str, dict[str, None]] = {}
    for cell in document.cells():
        if cell.present:
            title = catalogue[cell.measure].title
            words = ", ".join([title, cell.geography_name, period_words(cell.period), *parts(cell.breakdown).values()])
            found.setdefault(cell.provenance_id, {})[words] = None
    return {key: list(words) for key, words in found.items()}


def grid_csv(grid: Grid) -> str:
    """The grid's unrounded values as CSV. Text that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = grid.columns()
    writer.writerow([_safe(text) for text in (grid.label, *(column.title for column in columns))])
    for at, row in enumerate(grid.rows):
        writer.writerow([_safe(row.label), *(column.values[at] for column in columns)])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
