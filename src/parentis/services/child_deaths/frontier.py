"""The choice of footprints in numbers: the best division for every number of panels, and its disadvantages.

Four families, each searched exactly: any connected groups; groups within one integrated care board (ICB); groups of
whole police commands (BCU); groups that keep both whole. Within a family and a number of panels, the division shown
is the one whose smallest panel expects most deaths, and so has the lowest worst chance of falling short.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parentis.errors import DeclarationError
from parentis.services.child_deaths.expected import GUIDANCE, Borough, chance_short
from parentis.services.child_deaths.panels import Division, Status, best_divisions, divide
from parentis.services.child_deaths.run_lengths import design, months_to_signal

FAMILIES: Final = {
    "any": "Any neighbours",
    "icb": "Within one integrated care board",
    "bcu": "Whole police commands",
    "both": "Within one board, of whole commands",
}
RISE: Final = 1.5
RUN_LENGTH: Final = 120.0
"Months between false signals of a panel's own chart, for comparing divisions."
EARTH_KM: Final = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A division of the region into panels and what it costs. `proven`: no division in its family with as many panels
    has a larger smallest panel. `bound`: upper limit of the smallest panel."""

    family: str
    panels: int
    groups: tuple[tuple[str, ...], ...]
    deaths: tuple[float, ...]
    smallest: float
    bound: float
    proven: bool
    worst_short: float
    "The smallest panel's chance of fewer than 60 deaths in a year."
    any_short: float
    "The chance that some panel falls short in a year."
    icb_breaks: int
    "Boards beyond the first that a panel works with, summed over panels."
    bcu_breaks: int
    "Panels beyond the first that a police command works with, summed over commands."
    travel_km: float
    "Mean distance from a borough's centre to its panel's, weighted by expected deaths."
    months: float
    "Months until the smallest panel's own chart detects a rise by half, at one false signal in ten years."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    options: tuple[Option, ...]
    refused: tuple[tuple[str, int, str], ...]
    "Family, number of panels, and why no division exists."


def frontier_of(
    places: Sequence[Borough], deaths: Mapping[str, float], *, icbs: Mapping[str, str], bcus: Mapping[str, str],
    panels: Iterable[int] = range(4, 10), least: float = GUIDANCE,
) -> Frontier:  # fmt: skip
    """Options by family and number of panels. `icbs` and `bcus`: authority → its board and its police command."""
    ids = [one.authority for one in places]
    missing = sorted({*ids} - deaths.keys() | {*ids} - icbs.keys() | {*ids} - bcus.keys())
    if missing:
        raise DeclarationError(f"no expected deaths, board or police command of {', '.join(missing)}")
    at = {each: number for number, each in enumerate(ids)}
    borders = [[at[other] for other in one.borders if other in at] for one in places]
    weights = [deaths[each] for each in ids]
    options, refused = list[Option](), list[tuple[str, int, str]]()
    wanted = sorted(set(panels))
    for family in FAMILIES:
        made = _family(family, ids, weights, borders, icbs, bcus, wanted, least)
        for count in wanted:
            division = made.get(count)
            if division is None or division.smallest < least:
                refused.append((family, count, _why(division, count, sum(weights), least)))
            else:
                groups = tuple(tuple(ids[each] for each in group) for group in division.groups)
                options.append(
                    described(groups, places, deaths, icbs, bcus, family=family, bound=division.bound,
                              proven=division.status is Status.PROVEN)
                )  # fmt: skip
    return Frontier(options=tuple(options), refused=tuple(refused))


def _family(
    family: str, ids: Sequence[str], weights: Sequence[float], borders: Sequence[Sequence[int]],
    icbs: Mapping[str, str], bcus: Mapping[str, str], wanted: Sequence[int], least: float,
) -> Mapping[int, Division]:  # fmt: skip
    match family:
        case "any":
            return {count: divide(weights, borders, count, least=least) for count in wanted}
        case "bcu":
            return best_divisions(_pieces(range(len(ids)), ids, bcus), weights, borders)
        case "icb":
            parts = [[number] for number in range(len(ids))]
        case _:
            parts = _pieces(range(len(ids)), ids, bcus)
    within = [[part for part in parts if icbs[ids[part[0]]] == icb] for icb in sorted(set(icbs.values()))]
    if any(len({icbs[ids[each]] for each in part}) > 1 for part in parts):
        return {}  # a command lies in two boards: both cannot be kept whole
    return _combined([best_divisions(part, weights, borders) for part in within])


def _combined(parts: Sequence[Mapping[int, Division]]) -> Mapping[int, Division]:
    """Divisions of disjoint parts combined: for every number of groups, the one whose lightest group is heaviest."""
    made: dict[int, tuple[float, tuple[tuple[int, ...], ...]]] = {0: (math.inf, ())}
    for part in parts:
        grown: dict[int, tuple[float, tuple[tuple[int, ...], ...]]] = {}
        for so_far, (lightest, groups) in made.items():
            for count, division in part.items():
                value = min(lightest, division.smallest)
                if value > grown.get(so_far + count, (0.0, ()))[0]:
                    grown[so_far + count] = (value, (*groups, *division.groups))
        made = grown
    return {
        count: Division(groups=tuple(sorted(groups)), smallest=value, bound=value, status=Status.PROVEN, steps=0)
        for count, (value, groups) in made.items()
    }


def _pieces(numbers: Iterable[int], ids: Sequence[str], of: Mapping[str, str]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for number in numbers:
        found.setdefault(of[ids[number]], []).append(number)
    return list(found.values())


def _why(division: Division | None, count: int, total: float, least: float) -> str:
    if division is None:
        return f"There is no division into {count} that keeps them whole."
    if total < count * least:
        return f"{total:.1f} deaths are expected in all, and {count} panels of {least:g} need {count * least:g}."
    if division.status is Status.IMPOSSIBLE:
        return f"Proven: no division into {count} gives every panel {least:g}."
    if division.status is Status.OPEN:
        return f"Not decided: the search was cut off; at most {division.bound:.1f} each."
    return f"Proven: in the best division into {count} the smallest panel expects {division.smallest:.1f}."


def described(
    groups: Sequence[Sequence[str]], places: Sequence[Borough], deaths: Mapping[str, float], icbs: Mapping[str, str],
    bcus: Mapping[str, str], *, family: str = "", bound: float = math.nan, proven: bool = False,
) -> Option:  # fmt: skip
    """Measures of a division, found by the search or given (today's too)."""
    expected = tuple(sum(deaths[each] for each in group) for group in groups)
    smallest = min(expected)
    monthly = smallest / 12
    touched = [len({bcus[each] for each in group}) for group in groups]
    whole = {bcus[each] for group in groups for each in group}
    short = [chance_short(each) for each in expected]
    return Option(
        family=family, panels=len(groups), groups=tuple(tuple(each) for each in groups), deaths=expected,
        smallest=smallest, bound=bound, proven=proven, worst_short=chance_short(smallest),
        any_short=1 - math.prod(1 - each for each in short),
        icb_breaks=sum(len({icbs[each] for each in group}) - 1 for group in groups),
        bcu_breaks=sum(touched) - len(whole),
        travel_km=_travel(groups, {one.authority: one for one in places}, deaths),
        months=months_to_signal(design(monthly, RISE, RUN_LENGTH), RISE),
    )  # fmt: skip


def _travel(groups: Sequence[Sequence[str]], places: Mapping[str, Borough], deaths: Mapping[str, float]) -> float:
    total = 0.0
    for group in groups:
        weight = sum(deaths[each] for each in group)
        middle = tuple(
            sum(deaths[each] * getattr(places[each], axis) for each in group) / weight
            for axis in ("latitude", "longitude")
        )
        total += sum(
            deaths[each] * great_circle(middle, (places[each].latitude, places[each].longitude)) for each in group
        )
    return total / sum(deaths[each] for group in groups for each in group)


def great_circle(one: Sequence[float], other: Sequence[float]) -> float:
    """Kilometres between two points given as latitude and longitude in degrees."""
    (lat0, lon0), (lat1, lon1) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((lat1 - lat0) / 2) ** 2 + math.cos(lat0) * math.cos(lat1) * math.sin((lon1 - lon0) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def efficient(options: Sequence[Option]) -> tuple[Option, ...]:
    """The Pareto-efficient options: by more panels, a lower worst chance, fewer breaks of either kind, and less
    travel."""

    def costs(one: Option) -> tuple[float, ...]:
        return (-one.panels, one.worst_short, one.icb_breaks, one.bcu_breaks, one.travel_km)

    def beaten(one: Option) -> bool:
        mine = costs(one)
        return any(
            all(a <= b for a, b in zip(costs(other), mine, strict=True)) and costs(other) != mine for other in options
        )

    return tuple(one for one in options if not beaten(one))
