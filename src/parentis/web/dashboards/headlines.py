"""Headline figures: the first figures of each service for one place, for the home page."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from parentis import evidence, workflow
from parentis.archive import Home
from parentis.figures import Headline, Viewer
from parentis.services import services
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards.pages import linked

FIRST = 2
"Figures per service: the home page shows the first ones and links to the rest."


@dataclass(frozen=True, slots=True)
class Headlines:
    """The first figures of a service: title, number as a link, period."""

    id: str
    title: str
    tiles: tuple[tuple[str, Markup, str], ...]


def _make(home: Home, place: str, viewer: Viewer) -> tuple[Headlines, ...]:
    sections, of_service = [], {}
    for service in services().values():
        blocks = [block for one in service.sections.resolve() for block in one.blocks if isinstance(block, Headline)]
        if blocks:
            section = service.sections.resolve()[0]
            sections.append(replace(section, id=service.id, blocks=tuple(blocks[:1]), otherwise=""))
            of_service[service.id] = service
    made = workflow.page(home, sections, viewer=viewer, geography=place)
    found = []
    for chapter in made:
        tiles = [tile for block in chapter.blocks if isinstance(block, evidence.Tiles) for tile in block.tiles]
        shown = [
            (one.title, linked(one.text, one.cell), evidence.period_words(one.cell.period))
            for one in tiles
            if one.cell.value is not None
        ]
        if shown:
            found.append(Headlines(chapter.id, of_service[chapter.id].title, tuple(shown[:FIRST])))
    return tuple(found)


headlines: VersionedCache[tuple[Headlines, ...]] = VersionedCache(_make, mark=shown_mark, most=64)
"`headlines(place, viewer)`: for each service with a figure of the place that the viewer may see."
