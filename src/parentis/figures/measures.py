"""A measure: what is counted, in what unit, which way is better, and who may see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from parentis import remedies
from parentis.errors import DeclarationError, NotFoundError
from parentis.figures.populations import Audience, People


class Polarity(StrEnum):
    """Which way is better. NEUTRAL figures are never ranked."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A defined statistic. `id` is `service.subject.statistic`."""

    id: str
    title: str
    unit: str
    definition: str
    source: str
    polarity: Polarity = Polarity.NEUTRAL
    audience: Audience = Audience.PUBLISHED
    people: People | None = None
    "Whom the figures count; a measure that does not declare it is shown to nobody."
    gross_net: str = ""
    cumulative: str = ""
    netted: str = ""
    comparable_by: str = ""
    "Id of a 0/1 measure: an authority for which it is 0, or not there, has no rank by this measure."
    sum_of: tuple[str, ...] = ()
    """Ids of the measures that it adds up, authority by authority, over the authorities that have them all. Totals of
    unpublished figures that differ in who is in them could otherwise be subtracted across measures."""
    decimals: int = 0
    "Digits shown after the point, for people; the stored value is not rounded."


class Catalogue:
    """Measures by id; ids are unique."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._measures: dict[str, Measure] = {}
        for measure in measures:
            if measure.id in self._measures:
                raise DeclarationError(f"measure {measure.id} is declared twice")
            self._measures[measure.id] = measure

    def __getitem__(self, measure_id: str) -> Measure:
        try:
            return self._measures[measure_id]
        except KeyError:
            stem = measure_id.rsplit(".", 1)[0]
            near = [known for known in sorted(self._measures) if known.startswith(stem)][:8]
            raise NotFoundError(
                expected="the id of a measure",
                found=repr(measure_id),
                where="measure",
                do=f"Near it: {', '.join(near)}." if near else remedies.LIST_MEASURES,
            ) from None

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._measures

    def __iter__(self) -> Iterator[Measure]:
        return iter(self._measures.values())

    def __len__(self) -> int:
        return len(self._measures)
