"""Renders a document as accessible HTML that works without script, prints well and links every number to its source."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import groupby
from typing import TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from parentis.evidence.document import Document, FigureKey, Grid, Paragraphs, key_of
from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import in_column, interval
from parentis.evidence.prose import Run, lines
from parentis.evidence.shown import figures_by_source, measures_shown
from parentis.evidence.sources import Origins
from parentis.figures import Catalogue

SOURCES_PAGE = "sources.html"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("parentis.evidence"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(anchor=anchor, in_column=in_column, interval=interval)
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment


def anchor(measure_id: str) -> str:
    """The HTML id of a measure's definition in the pack."""
    return f"m-{measure_id.replace('.', '-')}"


def figure(text: str, cell: Cell, *, numbers: Mapping[FigureKey, str], marked: bool = True) -> Markup:
    """A number as a link to its source, with a mark if it is provisional and `marked`; a missing one as plain text."""
    mark = Markup('<sup class="provisional">p</sup>')
    if not cell.present:
        return Markup('<span class="absent">{}</span>').format(text)
    link = Markup('<a class="figure" href="{}#{}">{}</a>').format(SOURCES_PAGE, numbers[key_of(cell)], text)
    return link + mark if cell.provisional and marked else link


_Draw: TypeAlias = Callable[[str, Cell], Markup]
_LISTS = {
    "bullet": Markup("<ul>\n{}\n</ul>\n"),
    "number": Markup("<ol>\n{}\n</ol>\n"),
}
_STYLES = {"code": Markup("<code>{}</code>"), "italic": Markup("<em>{}</em>"), "bold": Markup("<strong>{}</strong>")}


def prose(block: Paragraphs, figure: _Draw) -> Markup:
    """Paragraphs, lists and emphasis; raw HTML in the text is shown as text. `figure` renders the numbers."""
    out = Markup("")
    for kind, items in groupby(lines(block), key=lambda line: line.kind):
        if kind == "text":
            out += Markup("").join(Markup("<p>{}</p>\n").format(inline(one.runs, figure)) for one in items)
        else:
            listed = Markup("\n").join(Markup("<li>{}</li>").format(inline(one.runs, figure)) for one in items)
            out += _LISTS[kind].format(listed)
    return out


def inline(runs: Iterable[Run], figure: _Draw) -> Markup:
    return Markup("").join(_run(run, figure) for run in runs)


def _run(run: Run, figure: _Draw) -> Markup:
    text = figure(run.text, run.cell) if run.cell is not None else Markup("{}").format(run.text)
    for name, style in _STYLES.items():
        if getattr(run, name):
            text = style.format(text)
    return Markup('<a href="{}">{}</a>').format(run.href, text) if run.href else text


def pages(document: Document, origins: Origins, catalogue: Catalogue) -> Mapping[str, str]:
    """File name → HTML: the pack itself and the page of its sources."""
    environment = _environment()
    draw = partial(figure, numbers=document.numbers(), marked=document.provisional == "some")
    return {
        "index.html": environment.get_template("pack.html.j2").render(
            document=document,
            measures=measures_shown(document, catalogue),
            figure=draw,
            prose=partial(prose, figure=draw),
            spans=lambda spans: inline([run for line in lines(Paragraphs(spans=spans)) for run in line.runs], draw),
        ),
        SOURCES_PAGE: environment.get_template("sources.html.j2").render(
            document=document, origins=origins, figures=figures_by_source(document, catalogue)
        ),
    }


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
