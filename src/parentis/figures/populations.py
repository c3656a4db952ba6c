"""Populations: which people, or how much of their time, a measure counts.

Measures that declare the same population show the same cells, in whatever unit: nights, child-years, the money paid for
them, the `n` of a mean. Disclosure control decides once per cell, and the decision applies to every figure that shows
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

FEWEST: Final = 6
"People below which a count is hidden: 1 to 5."
NEAREST: Final = 10
"Counts over footprints are shown to the nearest this."
DAYS: Final = 365
WEEKS: Final = 52


class Audience(StrEnum):
    """Who may see a measure's figures for an authority other than their own."""

    OWN = "own"
    MEMBERS = "members"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """People counted by several measures. `id` names the people and the unit: `uasc nights`."""

    id: str
    threshold: float = FEWEST
    "Counts above 0 and below it are hidden; in the population's own unit: six children's nights are 2,190."
    rounding: float = NEAREST
    "Counts over footprints are rounded to the nearest this."
    audience: Audience = Audience.MEMBERS
    "OWN: an authority's count is shown to itself alone, as the `n` of a figure that others see too."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How a measure's figures reveal a population's cell: the one for their own place, period and breakdown."""

    of: Population
    value: float = 0
    "The value is a count, and this many of the population make one unit of it. 0: the value is not a count."
    days: bool = False
    "The value is a mean over the days of its period: one unit is `value` times the days (child-years from nights)."
    n: float = 0
    "`n` is a count, likewise."
    told: bool = False
    "The count can be worked out from the value with a known price or rate, so both are hidden together."
    where: str = ""
    "A breakdown in addition to the figure's own: `kept=yes`."
    part: str = ""
    "The value is the percentage of `n` for which this breakdown also holds: `asked=yes`."
    before: bool = False
    "The cell is the previous year's."


@dataclass(frozen=True, slots=True)
class NoPeople:
    """The measure reveals no count of people; `why` gives the reason to reviewers."""

    why: str


People: TypeAlias = tuple[Counts, ...] | NoPeople


def stored(people: People | None) -> Any:
    """`people` as JSON has it."""
    if people is None:
        return None
    if isinstance(people, NoPeople):
        return people.why
    return [{**{name: getattr(one, name) for name in Counts.__slots__ if name != "of"}, "of": {
        name: getattr(one.of, name) for name in Population.__slots__}} for one in people]  # fmt: skip


def restored(held: Any) -> People | None:
    """Inverse of `stored`."""
    if held is None:
        return None
    if isinstance(held, str):
        return NoPeople(held)
    return tuple(_counts(one) for one in held)


def _counts(held: Mapping[str, Any]) -> Counts:
    of = {**held["of"], "audience": Audience(held["of"]["audience"])}
    return Counts(**{**held, "of": Population(**of)})


__all__ = ["DAYS", "FEWEST", "NEAREST", "WEEKS", "Audience", "Counts", "NoPeople", "People", "Population", "restored",
           "stored"]  # fmt: skip
