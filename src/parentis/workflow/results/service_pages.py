"""Pages from the current build: a service's sections, or one measure, limited to what a reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from parentis import lake, region
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import Chart, ChartKind, FigureTable, Section, Viewer
from parentis.services import services
from parentis.workflow.results.packs import areas_of, footprints_with
from parentis.workflow.results.queries import catalogue, made_places, place, place_names, released

if TYPE_CHECKING:
    from parentis.evidence import Chapter, FigureLookup

REGION = "london"


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures that some sections name, about a place, as a viewer may see them."""

    book: "FigureLookup"
    tiles: Mapping[str, tuple[int, int]]

    def chapters(self, sections: Sequence[Section]) -> "tuple[Chapter, ...]":
        """Draws these sections."""
        from parentis import evidence

        return evidence.chapters(sections, self.book, self.tiles)


def page(
    home: Home, sections: Sequence[Section], *, viewer: Viewer, geography: str = REGION, period: str = ""
) -> "tuple[Chapter, ...]":
    """`sections` about a place, a footprint or one authority, with the figures that `viewer` may see.

    Args:
        period: show it as if nothing later had been built; the latest if empty.

    Raises NotFoundError for an unknown place, PeriodError for a text that is no period.
    """
    return reading(home, sections, viewer=viewer, geography=geography, period=period).chapters(sections)


def reading(
    home: Home, sections: Sequence[Section], *, viewer: Viewer, geography: str = REGION, period: str = ""
) -> Reading:
    """As `page`, before anything is drawn, so that only some of many sections need be drawn."""
    from parentis import evidence  # draws: only pages need what it imports

    known = catalogue(home)
    named = {measure for section in sections for measure in evidence.measures_named(section)}
    named |= {known[measure].comparable_by for measure in named} - {""}
    figures = released(home, known, viewer, measures=named).join(place_names(), on="geography", how="left")
    if period:
        figures = figures.filter(pl.col("period_end") <= region.parse_period(period).end)
    where = place(geography)
    areas = areas_of(where if where in {one.id for one in region.footprints()} else REGION)
    book = evidence.FigureLookup(
        figures,
        known,
        geography=where,
        areas=areas,
        footprints=footprints_with(areas),
        names=dict(place_names().iter_rows()),
        made=made_places(home),
    )
    return Reading(
        book, {row["authority"]: (row["column"], row["row"]) for row in region.tiles().iter_rows(named=True)}
    )


def sections_of(service_id: str) -> tuple[Section, ...]:
    """A service's sections, in the order of its pages. Raises NotFoundError for an unknown service."""
    if service_id not in services():
        raise NotFoundError(
            expected=f"one of {', '.join(services())}", found=repr(service_id), where="service", do="Name one of them."
        )
    return tuple(services()[service_id].sections.resolve())


def measure_section(home: Home, measure_id: str) -> Section:
    """One measure as a page: its map, its ranking, its values over time, its breakdowns. Raises NotFoundError."""
    measure = catalogue(home)[measure_id]
    one = (measure.id,)
    return Section(
        id=measure.id,
        title=measure.title,
        blocks=(
            Chart(
                kind=ChartKind.TILE_MAP,
                title=f"{measure.title}: map",
                measures=one,
                description="Each authority is a tile of equal size, near its neighbours; the number stands in it.",
                only_with=measure.id,
            ),
            Chart(
                kind=ChartKind.BAR,
                title=f"{measure.title}: by authority",
                measures=one,
                description="One bar an authority; in order of size where the figures are comparable.",
                only_with=measure.id,
            ),
            Chart(
                kind=ChartKind.TREND,
                title=f"{measure.title}: over time",
                measures=one,
                description="One point a period, with the interval where there is one.",
                only_with=measure.id,
            ),
            FigureTable(title=f"{measure.title}: in parts", measures=one, rows="breakdown", only_with=measure.id),
        ),
        otherwise="Nothing that was submitted makes figures of this measure, or none that you may see.",
    )


def periods_shown(home: Home) -> tuple[str, ...]:
    """Labels of the financial years that figures are about, the latest first."""
    labels = lake.read_figures(home).select("period", "period_end").unique().sort("period_end", descending=True)
    found = labels.collect()["period"].unique(maintain_order=True).to_list()
    return tuple(label for label in found if len(label) == len("2024-25"))


def places_shown(home: Home) -> frozenset[str]:
    """The places, authorities and footprints, for which the current build has any figure."""
    return frozenset(place for _, place in made_places(home))
