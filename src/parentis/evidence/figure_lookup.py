"""Look-up of one pack's released figures by measure, place, period and breakdown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis import region
from parentis.evidence.absence import OF_LETTER, Absence
from parentis.evidence.formats import MISSING
from parentis.figures import WHOLE, Audience, Catalogue, Measure

LATEST = "latest"
_KEY = ("measure", "geography", "period", "breakdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One released figure, hidden or not (`provenance_id` is then empty), or its absence."""

    measure: str
    geography: str
    geography_name: str
    period: str
    breakdown: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    suppressed: str | None = None
    provisional: bool = False
    method: str = ""
    authority_set: str = ""
    provenance_id: str = ""

    @property
    def present(self) -> bool:
        return bool(self.provenance_id)


class FigureLookup:
    """`figures` has the columns of `figures.Figures` and `geography_name`, already released to the reader.
    `names` gives the names of places, including those without a figure."""

    def __init__(
        self,
        figures: pl.DataFrame,
        catalogue: Catalogue,
        *,
        geography: str,
        areas: Sequence[str],
        footprints: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        made: frozenset[tuple[str, str]] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.geography = geography
        "The footprint the pack covers."
        self.areas = tuple(areas)
        "Its authorities, in the order they are listed."
        self.footprints = dict(footprints or {})
        "The footprints that a table by footprint lists, in that order, and the kind of each."
        self.made = frozenset(figures.select("measure", "geography").iter_rows()) if made is None else made
        "Measures and places that have a figure, whoever may see it."
        self._made_measures = {measure for measure, _ in self.made}
        self._rows: dict[tuple[str, ...], dict[str, Any]] = {}
        self._breakdowns: dict[tuple[str, str, str], list[str]] = {}
        self._names = dict(names or {})
        # Show actual or expected figures; for a measure that has scenarios only, those of the first scenario.
        shown = figures.filter(pl.col("scenario") == pl.col("scenario").min().over("measure"))
        ordered = shown.sort("period_end", "breakdown").select(list(Cell.__dataclass_fields__))
        named = ordered.select("geography", "geography_name").unique()
        self._names = {**dict(named.iter_rows()), **self._names}
        by_place = ordered.group_by("measure", "geography", maintain_order=True)
        periods = by_place.agg(pl.col("period").unique(maintain_order=True))
        self._periods = {(measure, place): found for measure, place, found in periods.iter_rows()}
        # A page shows about a hundred of tens of thousands of rows, so a measure's rows are read when it is needed.
        self._held = {key[0]: frame for key, frame in ordered.partition_by("measure", as_dict=True).items()}

    def _read(self, measure: str) -> None:
        frame = self._held.pop(measure, None)
        for row in () if frame is None else frame.iter_rows(named=True):
            _, place, period, breakdown = (row[key] for key in _KEY)
            self._rows[measure, place, period, breakdown] = row
            self._breakdowns.setdefault((measure, place, period), []).append(breakdown)

    def measure(self, measure_id: str) -> Measure:
        return self.catalogue[measure_id]

    def name(self, geography: str) -> str:
        return self._names.get(geography, geography)

    def periods(self, measure: str, geography: str | None = None) -> list[str]:
        """Labels of the periods held, earliest first."""
        return self._periods.get((measure, geography or self.geography), [])

    def latest(self, measures: Iterable[str]) -> str | None:
        """The last period of the first measure with any figures, for the footprint or an authority in it."""
        for measure in measures:
            for place in (self.geography, *self.areas):
                if held := self.periods(measure, place):
                    return held[-1]
        return None

    def open_anywhere(self, measure: str) -> bool:
        """Whether the readers may see a figure of the measure for any place."""
        return any(held == measure for held, _ in self._periods)

    def absence(self, measure: str, geography: str = "", suppressed: str | None = None) -> Absence:
        """Why a figure of the measure has no value: from its letter, or from whether it exists and who may see it."""
        place = geography or self.geography
        if suppressed in OF_LETTER:
            return OF_LETTER[suppressed]
        if measure not in self._made_measures:
            return Absence.NOTHING
        if isinstance(self.catalogue[measure].people, tuple):
            # That a figure exists may reveal that a person exists: for counts of people, use the declaration only.
            closed = self.catalogue[measure].audience is Audience.OWN or not self.open_anywhere(measure)
        else:
            closed = (measure, place) in self.made and not self.periods(measure, place)
        return Absence.CLOSED if closed else Absence.ELSEWHERE

    def words(self, cell: "Cell") -> str:
        """Why the cell has no value, in a few words."""
        return str(self.absence(cell.measure, cell.geography, cell.suppressed))

    def breakdowns(self, measure: str, period: str, geography: str | None = None) -> list[str]:
        self._read(measure)
        return [b for b in self._breakdowns.get((measure, geography or self.geography, period), []) if b != WHOLE]

    def footprints_with(self, measures: Iterable[str], period: str, kinds: Collection[str]) -> list[str]:
        """The footprints of these kinds (any, if empty) for which one of the measures has a figure in the period."""
        wanted = list(measures)
        return [
            place
            for place, kind in self.footprints.items()
            if (not kinds or kind in kinds) and any(period in self.periods(one, place) for one in wanted)
        ]

    def regions_with(self, measures: Iterable[str], period: str) -> list[str]:
        """The regions of England for which one of the measures has a figure in the period, whatever the pack's own."""
        wanted = list(measures)
        known = [one.id for one in region.footprints() if one.kind == "region"]
        return [place for place in known if any(period in self.periods(one, place) for one in wanted)]

    def cell(self, measure: str, geography: str = "", period: str = LATEST, breakdown: str = WHOLE) -> Cell:
        """The figure; '' means the pack's own footprint and `latest` its last period."""
        self._read(measure)
        place = geography or self.geography
        when = next(iter(self.periods(measure, place)[-1:]), "") if period == LATEST else period
        row = self._rows.get((measure, place, when, breakdown))
        if row is None:
            return Cell(
                measure=measure,
                geography=place,
                geography_name=self.name(place),
                period=when,
                breakdown=breakdown,
                value=None,
                suppressed=MISSING,
            )
        return Cell(**row)
