"""The cost game: what a coalition of boroughs would pay for its own places, on the same simulated children for all
coalitions.

A coalition's cost is that of the cheapest home that meets the service standard for its children, with the nights that
the home cannot take bought elsewhere, or of buying every night elsewhere where that is cheaper. Every coalition has
the same children with the same random numbers, so that two coalitions differ by their members only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from parentis.services.places.need.uncensored import YEAR
from parentis.services.places.sizing.answer import WEEK, Costs
from parentis.services.places.sizing.events import AWAY_DAYS, PLACED, REFERRED, TOTALS, WAIT_DAYS, run
from parentis.services.places.sizing.simulation import Stream
from parentis.services.places.sizing.units import encode, plain

STANDARD: Final = 0.85
"Least share of a coalition's children for whom its home must have a place."
LARGEST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """`players` by name. Children of all futures one after the other (`children`, `member_of`, shape (n,)), `begins`
    their first positions, shape (futures + 1,). A future is `years` long, and nobody is in the home when it begins."""

    players: tuple[str, ...]
    children: tuple[np.ndarray, ...]
    member_of: np.ndarray
    begins: np.ndarray
    years: int
    costs: Costs
    standard: float = STANDARD
    without_home: bool = True

    @property
    def futures(self) -> int:
        return len(self.begins) - 1

    def arrays(self) -> tuple[np.ndarray, ...]:
        return (*self.children, self.member_of, self.begins)

    def money(self) -> np.ndarray:
        """Costs for the compiled search: fixed, place and night elsewhere, pounds a year each; standard;
        whether a coalition may do without a home; days of a future."""
        rate = self.costs.away / WEEK / self.years
        return np.array(
            [self.costs.fixed, self.costs.place, rate, self.standard, float(self.without_home), self.years * YEAR]
        )

    def cost(self, coalition: Sequence[bool] | np.ndarray) -> np.ndarray:
        """Pounds a year in each future, shape (futures,); zero for the empty coalition."""
        inside = np.asarray(coalition, bool)
        if not inside.any():
            return np.zeros(self.futures)
        return np.asarray(self._found(inside)[0])

    def places(self, coalition: Sequence[bool] | np.ndarray) -> int:
        """Places of the coalition's cheapest home; 0 where it buys every night elsewhere."""
        inside = np.asarray(coalition, bool)
        return int(self._found(inside)[1]) if inside.any() else 0

    def _found(self, inside: np.ndarray) -> tuple[np.ndarray, int, int]:
        # Fewer places than three quarters of the load never meet the standard at least cost: the search begins there.
        load = self.children[1][inside[self.member_of]].sum() / (self.futures * self.years * YEAR)
        found: tuple[np.ndarray, int, int] = _cost(
            self.arrays(), inside, max(int(0.75 * load), 1), self.money(), *_one_unit()
        )
        return found

    def nights(self) -> np.ndarray:
        """Nights that each player's children need in each future's year, shape (futures, years, players): a child's
        whole stay counts in the year of referral."""
        found = np.zeros((self.futures, self.years, len(self.players)))
        which = np.repeat(np.arange(self.futures), np.diff(self.begins))
        year = np.minimum((self.children[0] / YEAR).astype(int), self.years - 1)
        np.add.at(found, (which, year, self.member_of), self.children[1])
        return found

    def grouped(self, group_of: Sequence[int], names: Sequence[str]) -> "Game":
        """The game between groups: player `p` belongs to `group_of[p]`."""
        return Game(
            players=tuple(names),
            children=self.children,
            member_of=np.asarray(group_of, np.int64)[self.member_of],
            begins=self.begins,
            years=self.years,
            costs=self.costs,
            standard=self.standard,
            without_home=self.without_home,
        )


def game(
    players: Sequence[str], streams: Sequence[Stream], years: int, *, costs: Costs | None = None,
    standard: float = STANDARD, without_home: bool = True,
) -> Game:  # fmt: skip
    """A game on futures whose children's `borough` is the number of their player. `ValueError` for a child of no
    player, a standard off 0 to 1, or no future."""
    if not streams:
        raise ValueError("a cost game needs one future or more")
    if not 0 <= standard <= 1:
        raise ValueError("a service standard is a share from 0 to 1")
    member_of = np.concatenate([each.borough for each in streams])
    if len(member_of) and not 0 <= member_of.min() <= member_of.max() < len(players):
        raise ValueError(f"children of {len(players)} players are numbered from 0")
    parts = zip(*(each.arrays() for each in streams), strict=True)
    return Game(
        players=tuple(players),
        children=tuple(np.concatenate(each) for each in parts),
        member_of=member_of,
        begins=np.cumsum([0, *(len(each.at) for each in streams)]),
        years=years,
        costs=costs or Costs(),
        standard=standard,
        without_home=without_home,
    )


def _one_unit() -> tuple[np.ndarray, ...]:
    return tuple(each[0] for each in encode([plain(1)]).arrays())[:3]


@njit(cache=True, nogil=True)
def _at(arrays, inside, places, horizon, unit, odds, apart):  # type: ignore[no-untyped-def]
    """Served and referred children, and nights elsewhere by future, of the coalition `inside` with so many places."""
    member_of, begins = arrays[8], arrays[9]
    futures = begins.shape[0] - 1
    away, served, referred = np.zeros(futures), 0.0, 0.0
    described = unit.copy()
    described[0, 0] = described[0, 1] = places
    for f in range(futures):
        first, last = begins[f], begins[f + 1]
        n = 0
        for i in range(first, last):
            n += inside[member_of[i]]
        at, stay, patience, rank, delay, step = (
            np.empty(n),
            np.empty(n),
            np.empty(n),
            np.empty(n),
            np.empty(n),
            np.empty(n),
        )
        kid, key = np.empty((n, 3), np.int64), np.empty(n, np.uint64)
        j = 0
        for i in range(first, last):
            if inside[member_of[i]]:
                at[j], stay[j], patience[j] = arrays[0][i], arrays[1][i], arrays[2][i]
                rank[j], delay[j], step[j] = arrays[3][i], arrays[4][i], arrays[5][i]
                kid[j, 0], kid[j, 1], kid[j, 2], key[j] = arrays[6][i, 0], 0, 1, arrays[7][i]
                j += 1
        totals = np.zeros(len(TOTALS))
        begin, leave, why = np.empty(n), np.empty(n), np.empty(n, np.int64)
        run(
            (at, stay, patience, rank, delay, step, kid, key),
            (described, odds, apart, 0.0, 0),
            np.uint64(0),
            0.0,
            horizon,
            begin,
            leave,
            why,
            totals,
        )
        served += totals[PLACED]
        referred += totals[REFERRED]
        away[f] = totals[AWAY_DAYS] + totals[WAIT_DAYS]
    return served, referred, away


@njit(cache=True, nogil=True)
def _cost(arrays, inside, start, money, unit, odds, apart):  # type: ignore[no-untyped-def]
    """`(pounds a year by future, places, last tried)` of a coalition; the search for places goes up from `start`."""
    fixed, each, night, standard, may_do_without, horizon = money
    places = max(start, 1)
    served, referred, away = _at(arrays, inside, places, horizon, unit, odds, apart)
    while served < standard * referred and places < LARGEST:
        places += 1
        served, referred, away = _at(arrays, inside, places, horizon, unit, odds, apart)
    best = fixed + each * places + night * away
    while places < LARGEST:
        _, _, away = _at(arrays, inside, places + 1, horizon, unit, odds, apart)
        more = fixed + each * (places + 1) + night * away
        if more.sum() >= best.sum():
            break
        places, best = places + 1, more
    if may_do_without > 0:
        member_of, begins = arrays[8], arrays[9]
        bought = np.zeros(best.shape[0])
        for f in range(bought.shape[0]):
            for i in range(begins[f], begins[f + 1]):
                if inside[member_of[i]]:
                    bought[f] += night * arrays[1][i]
        if bought.sum() <= best.sum():
            return bought, 0, places
    return best, places, places


@njit(cache=True, nogil=True)
def marginals(arrays, orders, money, unit, odds, apart):  # type: ignore[no-untyped-def]
    """What each player adds on joining, summed over `orders`, shape (orders, players): `(added, costs)` of shapes
    (players, futures) and (orders, players), the yearly cost of the first so many on the mean of futures."""
    players, futures = orders.shape[1], arrays[9].shape[0] - 1
    added, costs = np.zeros((players, futures)), np.empty(orders.shape)
    for row in range(orders.shape[0]):
        inside, before, start = np.zeros(players, np.bool_), np.zeros(futures), 1
        for column in range(players):
            inside[orders[row, column]] = True
            after, _, start = _cost(arrays, inside, start, money, unit, odds, apart)
            added[orders[row, column]] += after - before
            costs[row, column] = after.mean()
            before = after
    return added, costs
