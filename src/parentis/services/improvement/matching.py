"""Matching of hosts and peer teams for challenges: an exact assignment with its reasons.

A team may visit a host if the team does well itself (P of the best half at least `DOES_WELL`), is similar to the
host, has not had too many challenges, did not visit the host last year, and has declared no conflict. Among all
allowed assignments, the one with the lowest cost is found exactly. Each pairing has its reasons and the extra cost of
the best assignment without it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DOES_WELL: Final = 0.8
MOST_A_YEAR: Final = 2
WEIGHTS: Final = {"unlike": 1.0, "doubt": 1.0, "load": 0.25}
"""Cost of one unit: of dissimilarity to the host (0 to 1), of doubt that the team does well, and of a challenge
already done this year."""
_NEVER = 1e6


class Barrier(StrEnum):
    """Reason why a team may not visit a host."""

    SELF = "is the host"
    NOT_WELL = "does not do well enough, or nobody can tell"
    FULL = "has done as many challenges this year as it may"
    LAST_YEAR = "went there last year"
    CONFLICT = "has a conflict declared"
    DECLINED = "has declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Input of the matching. `unlike` has shape (hosts, teams): dissimilarity from 0 to 1."""

    hosts: tuple[str, ...]
    teams: tuple[str, ...]
    p_best_half: Mapping[str, float]
    unlike: "Array"
    done: Mapping[str, int]
    "Challenges each team has done this year."
    last_year: Collection[tuple[str, str]]
    "Pairs of host and team."
    conflicts: Collection[frozenset[str]]
    declined: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A host with its team. `without` is the extra cost of the best assignment if this pair were not allowed; None
    where there would be none."""

    host: str
    team: str
    cost: float
    reasons: tuple[str, ...]
    without: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The cheapest assignment. `unmatched` are hosts without a team, with the barriers that prevented one."""

    pairings: tuple[Pairing, ...]
    cost: float
    unmatched: Mapping[str, Mapping[Barrier, int]]


def barrier(at: Candidates, host: str, team: str) -> Barrier | None:
    """Why the team may not visit the host; None where it may."""
    if host == team:
        return Barrier.SELF
    if at.p_best_half.get(team, 0.0) < DOES_WELL:
        return Barrier.NOT_WELL
    if at.done.get(team, 0) >= MOST_A_YEAR:
        return Barrier.FULL
    if (host, team) in at.last_year:
        return Barrier.LAST_YEAR
    if frozenset({host, team}) in at.conflicts:
        return Barrier.CONFLICT
    return Barrier.DECLINED if (host, team) in at.declined else None


def match(at: Candidates) -> Matching:
    """Give as many hosts as possible a team, at the least cost."""
    costs = _costs(at)
    chosen, total = _solved(at, costs)
    pairings = []
    for host, team in sorted(chosen.items()):
        h, t = at.hosts.index(host), at.teams.index(team)
        barred = costs.copy()
        barred[h, t] = _NEVER
        other, second = _solved(at, barred)
        without = second - total if len(other) == len(chosen) else None
        reasons = _reasons(at, host, team, h, t)
        pairings.append(Pairing(host=host, team=team, cost=float(costs[h, t]), reasons=reasons, without=without))
    unmatched = {host: _barriers(at, host) for host in at.hosts if host not in chosen}
    return Matching(pairings=tuple(pairings), cost=total, unmatched=unmatched)


def _costs(at: Candidates) -> "Array":
    costs = np.full((len(at.hosts), len(at.teams)), _NEVER)
    for h, host in enumerate(at.hosts):
        for t, team in enumerate(at.teams):
            if barrier(at, host, team) is None:
                costs[h, t] = (
                    WEIGHTS["unlike"] * at.unlike[h, t]
                    + WEIGHTS["doubt"] * (1 - at.p_best_half[team])
                    + WEIGHTS["load"] * at.done.get(team, 0)
                )
    return costs


def _solved(at: Candidates, costs: "Array") -> tuple[dict[str, str], float]:
    """Each team has a column for every visit it may still make, each at a higher cost; the Hungarian method is
    exact."""
    from scipy.optimize import linear_sum_assignment

    places = [
        (t, more) for t, team in enumerate(at.teams) for more in range(max(MOST_A_YEAR - at.done.get(team, 0), 0))
    ]
    if not places or not at.hosts:
        return {}, 0.0
    wide = np.column_stack([costs[:, t] + WEIGHTS["load"] * more for t, more in places])
    # a column for no team for each host, dearer than any team and cheaper than a pair that is not allowed
    nobody = np.full((len(at.hosts), len(at.hosts)), _NEVER / 2)
    rows, columns = linear_sum_assignment(np.hstack([wide, nobody]))
    found = {
        at.hosts[row]: (at.teams[places[column][0]], float(wide[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if column < len(places) and wide[row, column] < _NEVER / 2
    }
    return {host: team for host, (team, _) in found.items()}, sum(cost for _, cost in found.values())


def _reasons(at: Candidates, host: str, team: str, h: int, t: int) -> tuple[str, ...]:
    allowed = [n for n, other in enumerate(at.teams) if barrier(at, host, other) is None]
    place = sorted(at.unlike[h, n] for n in allowed).index(at.unlike[h, t]) + 1
    done = at.done.get(team, 0)
    return (
        f"is in the best half with a probability of {at.p_best_half[team]:.2f}",
        f"is number {place} in likeness of the {len(allowed)} that may go",
        "has done no challenge this year" if done == 0 else f"has done {done} this year, of {MOST_A_YEAR} at most",
    )


def _barriers(at: Candidates, host: str) -> dict[Barrier, int]:
    found = [barrier(at, host, team) for team in at.teams]
    return {one: found.count(one) for one in Barrier if found.count(one)}
