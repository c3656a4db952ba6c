"""Pages of figures, made once for each reader's reach and kept until other figures are shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from markupsafe import Markup

from parentis import evidence, region, workflow
from parentis.archive import Home
from parentis.evidence import Cell, Grid, Picture, Scale
from parentis.figures import Catalogue, Section, Viewer
from parentis.services import services
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards.forms import PlaceForm
from parentis.web.people.authorisation import memberships
from parentis.web.people.roles import NO_DATA

REGION = "london"
SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')
"Of a drawing: the page keeps its place before it is there."
PAGES_KEPT = 96
"Made pages in this process: some hundred kilobytes each."


Draw: TypeAlias = Callable[[str, Cell], Markup]
"A number's text and cell, drawn as a link."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks for. `page`: a service's id, or a measure's; `place`: a footprint's id, or an ONS code;
    `period`: a label, or '' for the latest."""

    page: str
    place: str
    period: str

    @property
    def query(self) -> str:
        return urlencode({"place": self.place, **({"period": self.period} if self.period else {})})


@dataclass(frozen=True, slots=True)
class Made:
    """A page ready to be sent: `body` is HTML, `charts` SVG by name, `grids` the tables by name.

    All that is the same for every reader of its reach is in `body`: the hundred options of its form take longer to draw
    than everything that is one reader's own."""

    title: str
    place_name: str
    body: str
    charts: dict[str, str]
    grids: dict[str, Grid]


@dataclass(frozen=True, slots=True)
class Table:
    """A grid as the template draws it: text and links made."""

    grid: Grid
    headings: tuple[tuple[str, str, str], ...]
    "Title, unit and measure of each."
    rows: tuple[tuple[str, tuple[Markup, ...]], ...]
    csv: str


def _catalogue(home: Home) -> Catalogue:
    return workflow.catalogue(home)


catalogue: VersionedCache[Catalogue] = VersionedCache(_catalogue, mark=shown_mark, most=2)
periods: VersionedCache[tuple[str, ...]] = VersionedCache(workflow.periods_shown, mark=shown_mark, most=2)
origin: VersionedCache[workflow.Origin] = VersionedCache(workflow.origin_seen, mark=shown_mark, most=256)
"`origin(provenance_id, viewer)`, as `workflow.origin_seen`."


def _make(home: Home, wanted: Wanted, viewer: Viewer) -> Made:
    if "." in wanted.page:
        sections: tuple[Section, ...] = (workflow.measure_section(home, wanted.page),)
        title = sections[0].title
    else:
        sections = workflow.sections_of(wanted.page)
        title = services()[wanted.page].title
    made = workflow.page(home, sections, viewer=viewer, geography=wanted.place, period=wanted.period)
    charts: dict[str, str] = {}
    grids: dict[str, Grid] = {}
    provisional = evidence.provisional(made)
    draw = partial(linked, marked=provisional == "some")
    drawn = [(chapter, [_block(block, wanted, charts, grids, draw) for block in chapter.blocks]) for chapter in made]
    known, names = catalogue(), places()
    context = {
        "title": title,
        "wanted": wanted,
        "place_name": dict(names)[wanted.place],
        "form": PlaceForm(names, periods(), initial={"place": wanted.place, "period": wanted.period}),
        "contents": [(chapter.id, chapter.title) for chapter in made],
        "chapters": drawn,
        "provisional": provisional,
        "measure": next((one for one in known if one.id == wanted.page), None),
        "measures": [one for one in known if one.id.startswith(f"{wanted.page}.")],
    }
    return Made(title, dict(names)[wanted.place], render_to_string("dashboards/figures.html", context), charts, grids)


made_page: VersionedCache[Made] = VersionedCache(_make, mark=shown_mark, most=PAGES_KEPT)


def _block(
    block: object, wanted: Wanted, charts: dict[str, str], grids: dict[str, Grid], draw: Draw
) -> dict[str, object]:
    if isinstance(block, evidence.Paragraphs):
        return {"prose": evidence.prose(block, draw)}
    if isinstance(block, evidence.Tiles):
        tiles = [(tile.title, draw(tile.text, tile.cell), tile.note) for tile in block.tiles]
        return {"tiles": tiles, "notes": block.notes}
    if isinstance(block, Picture):
        charts[block.name] = block.svg
        source = _address("figures-chart", wanted, block.name)
        size = SIZE.search(block.svg)
        table = _table(block.grid, wanted, grids, draw)
        return {"picture": block, "source": source, "size": size.groups() if size else (), "table": table}
    if isinstance(block, Grid):
        return {"table": _table(block, wanted, grids, draw)}
    raise TypeError(f"no page draws a {type(block).__name__}")


def _table(grid: Grid, wanted: Wanted, grids: dict[str, Grid], draw: Draw) -> Table:
    grids[grid.name] = grid
    scales = [heading.scale for heading in grid.headings]
    rows = tuple(
        (row.label, tuple(_cell(cell, scale, draw) for cell, scale in zip(row.cells, scales, strict=True)))
        for row in grid.rows
    )
    headings = tuple((one.title, one.scale.unit, one.measure) for one in grid.headings)
    return Table(grid, headings, rows, _address("figures-csv", wanted, grid.name))


def _cell(cell: Cell, scale: Scale, draw: Draw) -> Markup:
    shown = draw(evidence.in_column(cell.value, cell.suppressed, scale), cell)
    between = evidence.interval(cell.low, cell.high, scale)
    return shown + Markup(' <span class="pa-interval">{}</span>').format(between) if between else shown


def linked(text: str, cell: Cell, *, marked: bool = True) -> Markup:
    """A number as a link to where it came from, with a mark where it is provisional and `marked`."""
    if not cell.present:
        return Markup('<span class="pa-absent">{}</span>').format(text)
    where = reverse("figures-origin", args=[cell.provenance_id])
    mark = Markup('<abbr class="pa-provisional" title="provisional: not yet signed">p</abbr>')
    link = Markup('<a class="govuk-link pa-figure" href="{}" rel="nofollow">{}</a>').format(where, text)
    return link + mark if cell.provisional and marked else link


def _address(route: str, wanted: Wanted, name: str) -> str:
    return f"{reverse(route, args=[wanted.page, name])}?{wanted.query}"


def own_place(person: object) -> str:
    """Where a reader's pages begin: their own authority, or the region."""
    own = [
        one.organisation.authority
        for one in memberships(person)
        if one.organisation.authority and one.role not in NO_DATA
    ]
    return str(own[0]) if len(set(own)) == 1 else REGION


def places() -> list[tuple[str, str]]:
    """The places there are to choose: footprints, and the authorities of the region."""
    names = sorted((one.gss, one.name) for one in region.authorities() if one.region == "London" and not one.valid_to)
    return [*((one.id, one.name) for one in region.footprints()), *sorted(names, key=lambda one: one[1])]


__all__ = ["Made", "Wanted", "catalogue", "made_page", "origin", "own_place", "periods", "places"]
