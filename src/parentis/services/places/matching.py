"""Matching of children to places: the exact optimum of a batch, with reasons.

Beds are assigned by the Hungarian method (scipy). It cannot handle children who must not be placed in one home, nor
the cost of placing brothers and sisters in different homes. Where its answer violates either, the optimum is found by
an integer programme (HiGHS). Pairs whose reduced cost exceeds the gap between the cheapest assignment and a good
heuristic answer cannot be in the optimum and are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from parentis.services.places.candidates import HARD, UNLAWFUL, Candidates

TOP: Final = 3
SECONDS: Final = 20.0
"Time limit of the integer programme; an optimum not proven by then is reported as such."
TOLERANCE: Final = 1e-7
"Differences in points below this count as zero (rounding of sums in double precision)."
_NONE: Final = -1


def assign(costs: np.ndarray) -> tuple[np.ndarray, float]:
    """The column of each row in the cheapest assignment of a matrix (rows, columns), with no more rows than columns;
    and its cost. Exact."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(costs)
    found = np.empty(len(costs), dtype=np.int64)
    found[rows] = columns
    return found, float(costs[rows, columns].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """The effect of relaxing one constraint: the number of additional homes with a place, and the best of them with
    its points. `home` is its index in the table of homes."""

    constraint: str
    homes: int
    home: int
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a child's three best homes: its points by part, and whether the optimum gives it to this child."""

    home: int
    points: float
    parts: Mapping[str, float]
    km: float
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A child's answer. `home` is -1 where none is given; `why` then gives the constraint that prevents a place."""

    child: int
    home: int
    choices: tuple[Choice, ...]
    concessions: tuple[Concession, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """`home` of each child, -1 for none, shape (children,). `cost` in points; `proven`: nothing is cheaper."""

    home: np.ndarray
    cost: float
    proven: bool


def match(known: Candidates) -> Matching:
    """The cheapest placement of a batch: unplaced children cost most, and more with higher priority."""
    groups = _groups(known)
    home, least = _assigned(known, known.possible, {})
    if _whole(known, home, groups):
        return Matching(home=home, cost=least, proven=True)
    price = _prices(known, home)
    repaired = min((_repaired(known, home, price, groups, together) for together in (True, False)),
                   key=lambda found: _cost(known, found, groups))  # fmt: skip
    most, added = _cost(known, repaired, groups), np.where(known.possible, _reduced(known, home, price), np.inf)
    # Every outcome for a group (one home, none, or split) adds at least this much.
    fewest = [_least_of_group(known, home, price, added, group) for group in groups]
    slack = most - least - sum(fewest)
    if slack <= TOLERANCE:
        return Matching(home=repaired, cost=most, proven=True)
    allowance = np.full(len(home), slack)
    for group, fewer in zip(groups, fewest, strict=True):
        allowance[list(group)] += fewer
    found, proven = _programme(known, added, allowance + TOLERANCE, groups)
    best = repaired if found is None or _cost(known, found, groups) > most else found
    return Matching(home=best, cost=_cost(known, best, groups), proven=proven)


def _least_of_group(
    known: Candidates, home: np.ndarray, price: np.ndarray, added: np.ndarray, group: Sequence[int]
) -> float:
    members = list(group)
    paid = _own(known, home) + np.where(home == _NONE, 0.0, price[np.maximum(home, 0)])
    together = np.where(known.homes["free"].to_numpy() >= len(members), added[members].sum(axis=0), np.inf)
    unplaced = float((known.unplaced[members] - paid[members]).sum())
    return min(known.siblings, unplaced, float(together.min(initial=np.inf)))


def _groups(known: Candidates) -> tuple[tuple[int, ...], ...]:
    """Children to be placed together, by their index in the batch; single children are in no group."""
    of: dict[str, list[int]] = {}
    for child, group in enumerate(known.children["group"].to_list()):
        if group is not None:
            of.setdefault(group, []).append(child)
    return tuple(tuple(held) for held in of.values() if len(held) > 1)


def _assigned(known: Candidates, possible: np.ndarray, settled: Mapping[int, int]) -> tuple[np.ndarray, float]:
    """The cheapest assignment within `possible` and with the homes in `settled`, ignoring groups and children who
    must be kept apart; and its points."""
    free, cost = known.homes["free"].to_numpy().copy(), known.cost
    home_of = np.full(len(cost), _NONE)
    for child, home in settled.items():
        free[home] -= 1
        home_of[child] = home
    left = np.array([child for child in range(len(cost)) if child not in settled], dtype=np.int64)
    total = sum(float(cost[child, home]) for child, home in settled.items())
    if not left.size:
        return home_of, total
    # A home needs no more beds here than there are children who could go there.
    beds = np.repeat(np.arange(len(free)), np.minimum(free, possible[left].sum(axis=0)))
    wide = np.full((left.size, beds.size + left.size), np.inf)
    wide[:, : beds.size] = np.where(possible[np.ix_(left, beds)], cost[np.ix_(left, beds)], np.inf)
    wide[np.arange(left.size), beds.size + np.arange(left.size)] = known.unplaced[left]
    column, points = assign(wide)
    placed = column < beds.size
    home_of[left[placed]] = beds[column[placed]]
    return home_of, total + points


def _clashes(known: Candidates, home: np.ndarray) -> list[tuple[int, int]]:
    return [(one, other) for one, other in known.apart if home[one] == home[other] != _NONE]


def _whole(known: Candidates, home: np.ndarray, groups: Sequence[Sequence[int]]) -> bool:
    """Whether the assignment is valid: no clash, and no group in two homes."""
    return not _clashes(known, home) and not any(_split(home, group) for group in groups)


def _split(home: np.ndarray, group: Sequence[int]) -> bool:
    return len({int(home[child]) for child in group}) > 1


def _own(known: Candidates, home: np.ndarray) -> np.ndarray:
    """Points of each child in its assigned home."""
    at = np.arange(len(home))
    return np.asarray(np.where(home == _NONE, known.unplaced, known.cost[at, np.maximum(home, 0)]))


def _cost(known: Candidates, home: np.ndarray, groups: Sequence[Sequence[int]]) -> float:
    return float(_own(known, home).sum()) + known.siblings * sum(_split(home, group) for group in groups)


def _prices(known: Candidates, home: np.ndarray) -> np.ndarray:
    """The dual price of a bed in each home at the cheapest assignment, in points, shape (homes,): the lowest prices
    at which no child would do better elsewhere; zero for homes with a spare bed."""
    cost, own = np.where(known.possible, known.cost, np.inf), _own(known, home)
    price = np.zeros(cost.shape[1])
    for _ in range(cost.shape[1] + 1):
        paid = own + np.where(home == _NONE, 0.0, price[np.maximum(home, 0)])
        dearer = np.maximum(price, (paid[:, None] - cost).max(axis=0))
        if np.allclose(dearer, price, rtol=0.0, atol=TOLERANCE):
            break
        price = dearer
    return price


def _reduced(known: Candidates, home: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Reduced costs: the least points that each pair would add to the cheapest assignment, shape (children, homes)."""
    paid = _own(known, home) + np.where(home == _NONE, 0.0, price[np.maximum(home, 0)])
    return np.asarray(known.cost + price[None, :] - paid[:, None])


def _repaired(
    known: Candidates, home: np.ndarray, price: np.ndarray, groups: Sequence[Sequence[int]], together: bool
) -> np.ndarray:
    """A good assignment that keeps every constraint: groups put where they add least, if `together`, and clashes
    resolved one by one."""
    possible, free, reduced = known.possible.copy(), known.homes["free"].to_numpy().copy(), _reduced(known, home, price)
    settled: dict[int, int] = {}
    for group in groups if together else ():
        members = list(group)
        fits = possible[members].all(axis=0) & (free >= len(members))
        added = np.where(fits, reduced[members].sum(axis=0), np.inf)
        at = int(added.argmin()) if added.size else _NONE
        clash = any(one in group and other in group for one, other in known.apart)
        if at != _NONE and added[at] < known.siblings and not clash:
            settled |= dict.fromkeys(members, at)
            free[at] -= len(members)
    while True:
        found, _ = _assigned(known, possible, settled)
        clashes = _clashes(known, found)
        if not clashes:
            return found
        for one, other in clashes:
            moved = other if other not in settled else one
            if moved in settled:
                settled = {child: at for child, at in settled.items() if at != settled[moved]}
            possible[moved, found[moved]] = False


def _programme(
    known: Candidates, added: np.ndarray, most: np.ndarray, groups: Sequence[Sequence[int]]
) -> tuple[np.ndarray | None, bool]:
    """The optimum over the pairs that add no more than `most`, by child, as an integer programme (HiGHS): a column
    for each pair, each child left unplaced, and each group in each home; and whether it is proven.

    Once the homes of groups and of children who must be kept apart are fixed, the rest is an assignment problem,
    whose linear optimum is integral: only those columns need to be integers."""
    keep = added <= most[:, None]
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    free = known.homes["free"].to_numpy()
    children, homes = np.nonzero(keep)
    size, pairs = len(keep), len(children)
    of = {(int(child), int(home)): at for at, (child, home) in enumerate(zip(children, homes, strict=True))}
    together = [
        (number, home) for number, group in enumerate(groups) for home in range(keep.shape[1])
        if free[home] >= len(group) and added[list(group), home].sum() <= most[group[0]]
    ]  # fmt: skip
    together += [(number, _NONE) for number in range(len(groups))]  # all left unplaced: not split either
    objective = np.concatenate([known.cost[children, homes], known.unplaced, np.full(len(together), -known.siblings)])
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def constrain(at: Sequence[int], factors: Sequence[float], least: float, most: float) -> None:
        rows.extend([len(low)] * len(at))
        columns.extend(at)
        values.extend(factors)
        low.append(least)
        high.append(most)

    for child in range(size):
        at = [*np.flatnonzero(children == child), pairs + child]
        constrain(at, [1.0] * len(at), 1.0, 1.0)
    for home in np.unique(homes):
        at = list(np.flatnonzero(homes == home))
        constrain(at, [1.0] * len(at), 0.0, float(free[home]))
    for one, other in known.apart:
        for home in np.flatnonzero(keep[one] & keep[other]):
            constrain([of[one, int(home)], of[other, int(home)]], [1.0, 1.0], 0.0, 1.0)
    for place, (number, home) in enumerate(together):
        for child in groups[number]:
            held = pairs + child if home == _NONE else of[child, home]
            constrain([pairs + size + place, held], [1.0, -1.0], -np.inf, 0.0)
    matrix = coo_array((values, (rows, columns)), shape=(len(low), len(objective))).tocsr()
    whole = np.concatenate([np.isin(children, known.apart), np.zeros(size), np.ones(len(together))])
    solved = milp(
        objective, constraints=LinearConstraint(matrix, low, high), integrality=whole, bounds=Bounds(0.0, 1.0),
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )  # fmt: skip
    if solved.x is None:
        return None, False
    settled = {child: home for place, (number, home) in enumerate(together)
               if solved.x[pairs + size + place] > 0.5 for child in groups[number]}  # fmt: skip
    for pair in np.flatnonzero((solved.x[:pairs] > 0.5) & (whole[:pairs] > 0)):
        settled[int(children[pair])] = int(homes[pair])
    possible = known.possible.copy()
    for child in {one for pair in known.apart for one in pair} - set(settled):
        possible[child] = False
    for child in [child for child, home in settled.items() if home == _NONE]:
        del settled[child]
        possible[child] = False
    return _assigned(known, possible, settled)[0], solved.status == 0


def explain(known: Candidates, found: Matching) -> tuple[Explained, ...]:
    """For each child: its three best homes, the effect of each concession, and what prevents a place."""
    cost, possible = known.cost, known.possible
    gains = {name: known.without(name) & ~possible for name in HARD if name not in UNLAWFUL}
    return tuple(_explained(known, found, child, cost, possible, gains) for child in range(known.children.height))


def _explained(
    known: Candidates, found: Matching, child: int, cost: np.ndarray, possible: np.ndarray,
    gains: Mapping[str, np.ndarray],
) -> Explained:  # fmt: skip
    at = np.flatnonzero(possible[child])
    best = at[np.argsort(cost[child, at], kind="stable")][:TOP]
    chosen = int(found.home[child])
    if chosen != _NONE and chosen not in best:
        best = np.append(best[: TOP - 1], chosen)
    concessions = []
    for name, gained in gains.items():
        more = np.flatnonzero(gained[child])
        if more.size:
            home = int(more[np.argmin(cost[child, more])])
            concessions.append(
                Concession(constraint=name, homes=int(more.size), home=home, points=float(cost[child, home]))
            )
    return Explained(
        child=child,
        home=chosen,
        choices=tuple(_choice(known, child, int(home), chosen) for home in best),
        concessions=tuple(sorted(concessions, key=lambda one: one.points)),
        why="" if chosen != _NONE else why_none(known, child),
    )


def _choice(known: Candidates, child: int, home: int, chosen: int) -> Choice:
    parts = {name: float(held[child, home]) for name, held in known.parts.items()}
    return Choice(
        home=home, points=sum(parts.values()), parts=parts, km=float(known.km[child, home]), chosen=home == chosen
    )


def why_none(known: Candidates, child: int) -> str:
    """Which constraint leaves a child without any home: a single one if possible, else the smallest set."""
    if known.possible[child].any():
        return "Every home that suits is given to a child with a higher priority, or would cost more for all together."
    if not known.homes.height:
        return "There is no home in the list."
    for size in range(1, len(HARD) + 1):
        sets = [names for names in combinations(HARD, size) if known.without(*names)[child].any()]
        if sets:
            said = [" and ".join(HARD[name] for name in names) for names in sets]
            lead = "No home is " if size == 1 else "No home is at once "
            return lead + "; nor ".join(said) + "."
    return "No home fits."  # pragma: no cover (without any constraint every home fits)
