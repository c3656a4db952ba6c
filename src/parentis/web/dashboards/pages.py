"""Pages of figures, rendered once for each level of access and cached until the figures change."""

import re
from collections.abc import Callable, Mapping
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
"Size of a chart: the page reserves the space before the chart is loaded."
PAGES_KEPT = 256
"The most cached pages in this process: about ten kilobytes each."
ANSWERS = 3
MANY = 6
"The number of rows from which a table can be sorted and filtered."
ALL = "all"
"All sections on one page, to print or search."


Draw: TypeAlias = Callable[[str, Cell], Markup]
"Renders a number's text and cell as a link."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reader's request. `page`: the id of a service or a measure; `place`: a footprint's id, or an ONS code;
    `period`: a label, or '' for the latest; `section`: the id of a chapter, '' for the first view of the page, or
    `ALL`."""

    page: str
    place: str
    period: str
    section: str = ""

    @property
    def query(self) -> str:
        return urlencode({"place": self.place, **({"period": self.period} if self.period else {})})

    @property
    def back(self) -> dict[str, str]:
        """The query that lets a page opened from this one link back to it."""
        asked = {"from": self.page, "place": self.place, "period": self.period, "section": self.section}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Made:
    """A rendered page: `body` is HTML, `charts` SVG by name, `grids` the tables by name.

    `body` holds everything that is the same for readers with this access, as the hundred options of its form take
    longer to render than the parts for one reader.
    """

    title: str
    place_name: str
    body: str
    charts: dict[str, str]
    grids: dict[str, Grid]


@dataclass(frozen=True, slots=True)
class Table:
    """A grid for the template, with texts and links."""

    grid: Grid
    headings: tuple[tuple[str, str, str], ...]
    "Title, unit and measure of each."
    rows: tuple[tuple[str, tuple[Markup, ...], bool], ...]
    "Label, cells, and whether the row is about the page's own place."
    csv: str
    many: bool
    "Whether the table has enough rows to be sorted and filtered."


def _catalogue(home: Home) -> Catalogue:
    return workflow.catalogue(home)


catalogue: VersionedCache[Catalogue] = VersionedCache(_catalogue, mark=shown_mark, most=2)
periods: VersionedCache[tuple[str, ...]] = VersionedCache(workflow.periods_shown, mark=shown_mark, most=2)


def _make(home: Home, wanted: Wanted, viewer: Viewer) -> Made:
    first: tuple[str, ...]
    if "." in wanted.page:
        sections: tuple[Section, ...] = (workflow.measure_section(home, wanted.page),)
        title, first = sections[0].title, (wanted.page,)
    else:
        service = services().get(wanted.page)
        sections = workflow.sections_of(wanted.page)
        title, first = services()[wanted.page].title, service.answers if service else ()
    read = workflow.reading(home, sections, viewer=viewer, geography=wanted.place, period=wanted.period)
    contents = [one for one in sections if evidence.says_something(one, read.book)]
    chosen = _chosen(contents, wanted) if len(sections) > 1 else list(sections)
    opens = wanted.section == ""
    made = read.chapters(chosen or sections[:1])
    tiles = evidence.answers(sections, read.book, first, ANSWERS) if opens else evidence.Tiles(tiles=())
    charts: dict[str, str] = {}
    grids: dict[str, Grid] = {}
    answered = evidence.Chapter(id="answers", title=title, blocks=(tiles,))
    provisional = evidence.provisional((answered, *made))
    draw = partial(linked, marked=provisional == "some", back=wanted.back)
    drawn = [(chapter, [_block(block, wanted, charts, grids, draw) for block in chapter.blocks]) for chapter in made]
    known, names = catalogue(), places()
    place_name = dict(names)[wanted.place]
    ids = [chapter_id(one.id) for one in contents]
    at = ids.index(made[0].id) if len(made) == 1 and made[0].id in ids else None
    context = {
        "title": title,
        "wanted": wanted,
        "place_name": place_name,
        "form": place_form(wanted),
        "answers": [
            (tile.title, draw(tile.text, tile.cell), evidence.period_words(tile.cell.period)) for tile in tiles.tiles
        ],
        "contents": [(chapter_id(one.id), one.title) for one in contents],
        "current": ids[at] if at is not None else "",
        "previous": (ids[at - 1], contents[at - 1].title) if at else None,
        "next": (ids[at + 1], contents[at + 1].title) if at is not None and at + 1 < len(ids) else None,
        "chapters": drawn,
        "provisional": provisional,
        "measure": next((one for one in known if one.id == wanted.page), None),
        "measures": [one for one in known if one.id.startswith(f"{wanted.page}.")],
    }
    return Made(title, place_name, render_to_string("dashboards/figures.html", context), charts, grids)


def _chosen(contents: list[Section], wanted: Wanted) -> list[Section]:
    """The sections to render: all, the requested one, or the first."""
    if wanted.section == ALL:
        return contents
    named = [one for one in contents if chapter_id(one.id) == wanted.section]
    return named or contents[:1]


def chapter_id(section_id: str) -> str:
    """The id of a section's chapter, which is also the first part of the names of its charts and tables."""
    return section_id.replace(".", "-")


def section_of(page: str, name: str) -> str:
    """The chapter of a chart or table of a page, from its name."""
    return "" if "." in page else name.rpartition("-")[0]


def place_form(wanted: Wanted) -> PlaceForm:
    return PlaceForm(grouped_places(wanted.place), periods(), initial={"place": wanted.place, "period": wanted.period})


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


def _own(row: evidence.Row, wanted: Wanted) -> bool:
    """Whether the row is about the page's own place."""
    return any(cell.geography == wanted.place for cell in row.cells)


def _table(grid: Grid, wanted: Wanted, grids: dict[str, Grid], draw: Draw) -> Table:
    grids[grid.name] = grid
    scales = [heading.scale for heading in grid.headings]
    by_place = len({cell.geography for row in grid.rows for cell in row.cells}) > 1
    rows = tuple(
        (
            row.label,
            tuple(_cell(cell, scale, draw) for cell, scale in zip(row.cells, scales, strict=True)),
            by_place and _own(row, wanted),
        )
        for row in grid.rows
    )
    headings = tuple((one.title, one.scale.unit, one.measure) for one in grid.headings)
    return Table(grid, headings, rows, _address("figures-csv", wanted, grid.name), len(rows) >= MANY)


def _cell(cell: Cell, scale: Scale, draw: Draw) -> Markup:
    shown = draw(evidence.in_column(cell.value, cell.suppressed, scale), cell)
    between = evidence.interval(cell.low, cell.high, scale)
    return shown + Markup(' <span class="pa-interval">{}</span>').format(between) if between else shown


def linked(text: str, cell: Cell, *, marked: bool = True, back: Mapping[str, str] | None = None) -> Markup:
    """A number as a link to its provenance, with a mark if it is provisional and `marked`. `back`: the page with the
    number, to which the provenance page links back."""
    if not cell.present:
        return Markup('<span class="pa-absent">{}</span>').format(text)
    of = {"m": cell.measure, "g": cell.geography, "t": cell.period, "b": cell.breakdown, **(back or {})}
    asked = urlencode({name: value for name, value in of.items() if value})
    where = f"{reverse('figures-origin', args=[cell.provenance_id])}?{asked}"
    mark = Markup('<abbr class="pa-provisional" title="provisional: not yet signed">p</abbr>')
    link = Markup('<a class="govuk-link pa-figure" href="{}" rel="nofollow">{}</a>').format(where, text)
    return link + mark if cell.provisional and marked else link


def _address(route: str, wanted: Wanted, name: str) -> str:
    return f"{reverse(route, args=[wanted.page, name])}?{wanted.query}"


def own_place(person: object) -> str:
    """The default place of a reader: their own authority, or the region."""
    own = [
        one.organisation.authority
        for one in memberships(person)
        if one.organisation.authority and one.role not in NO_DATA
    ]
    return str(own[0]) if len(set(own)) == 1 else REGION


def places() -> list[tuple[str, str]]:
    """All places: footprints, and the authorities of the region."""
    names = sorted((one.gss, one.name) for one in region.authorities() if one.region == "London" and not one.valid_to)
    return [*((one.id, one.name) for one in region.footprints()), *sorted(names, key=lambda one: one[1])]


KINDS = {
    "region": "Regions", "sub-region": "Sub-regions", "bcu": "Police commands", "icb": "Integrated care boards",
    "raa": "Adoption agencies", "cdr": "Child death review partnerships", "alliance": "Alliances", "country": "England",
}  # fmt: skip
"Kind of footprint → heading; other kinds are their own heading."


def _with_figures(home: Home) -> frozenset[str]:
    return workflow.places_shown(home)


places_with_figures: VersionedCache[frozenset[str]] = VersionedCache(_with_figures, mark=shown_mark, most=2)


def grouped_places(chosen: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """The places to choose from, by kind: the region's authorities, and the footprints with figures. `chosen` is
    always included."""
    held = places_with_figures()
    footprints = {one.id: one for one in region.footprints()}
    groups: dict[str, list[tuple[str, str]]] = {"Region": [(REGION, dict(places())[REGION])], "Authorities": []}
    for place, name in places():
        if place == REGION:
            continue
        if place not in footprints:
            groups["Authorities"].append((place, name))
        elif place in held or place == chosen:
            kind = footprints[place].kind
            groups.setdefault(KINDS.get(kind, kind.capitalize()), []).append((place, name))
    return [(kind, sorted(found, key=lambda one: one[1])) for kind, found in groups.items() if found]


__all__ = [
    "ALL",
    "Made",
    "Wanted",
    "catalogue",
    "chapter_id",
    "grouped_places",
    "made_page",
    "own_place",
    "periods",
    "places",
    "section_of",
]
