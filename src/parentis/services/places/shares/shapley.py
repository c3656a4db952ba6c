"""Shapley's value: each player's addition to the cost, averaged over every order in which the players could join."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from math import comb, factorial, prod
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from parentis.services.places.shares.coalitions import Game

MOST_EXACT: Final = 12
"Largest number of players for which every coalition is computed (4,096 coalitions)."
PRECISION: Final = 0.005
"Target standard error, as a part of the mean share."
FEWEST_BLOCKS: Final = 8
PILOT: Final = 4
"Number of orders to whose costs the curve is fitted."
CURVE_BLOCKS: Final = 1000


def exact(costs: np.ndarray) -> np.ndarray:
    """Shapley's value, shape (players,), of `costs`, shape (2^players,) or (2^players, futures), by coalition: bit p
    of the index says whether player p is in it; `costs[0]` is 0."""
    n = _players(costs)
    weights = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    every = np.arange(len(costs))
    sizes = np.array([int(each).bit_count() for each in every])
    value = np.zeros((n, *costs.shape[1:]))
    for p in range(n):
        without = every[(every >> p & 1) == 0]
        weight = np.array(weights)[sizes[without]]
        value[p] = np.tensordot(weight, costs[without | 1 << p] - costs[without], axes=1)
    return value


def by_type(cost: Callable[[tuple[int, ...]], float], sizes: Sequence[int]) -> np.ndarray:
    """Shapley's value of one player of each type, shape (types,), where the `sizes` players of a type are alike and
    `cost` takes the number of each. Exact for any number of players: coalitions are counted, not listed."""
    n = sum(sizes)
    known = {counts: cost(counts) for counts in product(*(range(size + 1) for size in sizes))}
    value = np.zeros(len(sizes))
    for kind, size in enumerate(sizes):
        for counts, before in known.items():
            if counts[kind] == size:
                continue
            # Ways to choose the other members, without the player itself.
            ways = prod(comb(of - (at == kind), some) for at, (of, some) in enumerate(zip(sizes, counts, strict=True)))
            inside = sum(counts)
            joined = known[(*counts[:kind], counts[kind] + 1, *counts[kind + 1 :])]
            value[kind] += ways * factorial(inside) * factorial(n - inside - 1) / factorial(n) * (joined - before)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """`value`, shape (players, futures), and the standard `error` of its mean over futures, shape (players,), from
    `orders` orders in independent blocks. Of the coalitions met on the way, shape (met, players), what each would
    `cost` a year."""

    value: np.ndarray
    error: np.ndarray
    orders: int
    met: np.ndarray
    cost: np.ndarray

    @property
    def precision(self) -> float:
        """The largest standard error, as a part of the mean share."""
        return float(self.error.max() / self.value.mean())


def sample(
    game: "Game",
    *,
    seed: int = 0,
    seconds: float = 60.0,
    precision: float = PRECISION,
    workers: int = 2,
    blocks: int | None = None,
) -> Sampled:
    """Shapley's value of a game of any size from random orders, until `precision` or the time limit `seconds` is
    reached; with `blocks`, from exactly that many blocks, reproducible for a seed.

    A block is one random order with all its rotations, so that every player is once in every position: position
    explains most of the variance of additions. A curve of cost by nights serves as a control variate: only the
    difference from it is sampled by simulation, and the curve's own value is cheap to compute. Blocks are independent
    of one another and of the orders to which the curve was fitted; the standard error is between blocks.
    """
    from parentis.services.places.shares.coalitions import _one_unit, marginals

    n, began = len(game.players), time.monotonic()
    unit = _one_unit()
    nights = game.nights().mean(axis=(0, 1))

    def joined(orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        added, costs = marginals(game.arrays(), orders, game.money(), *unit)
        return added, costs

    def turned(which: int) -> np.ndarray:
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, which], dtype=np.uint64)))
        order = rng.permutation(n)
        return np.stack([np.roll(order, turn) for turn in range(n)])

    first = np.stack([turned(10**6 + which)[0] for which in range(PILOT)])
    curve = _curve(nights[first].cumsum(axis=1), joined(first)[1], game)
    easy = np.concatenate([turned(2 * 10**6 + which) for which in range(CURVE_BLOCKS)])
    plain_value = _added(easy, curve, nights) / len(easy)

    def one(which: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        orders = turned(which)
        added, costs = joined(orders)
        return added / n, plain_value - _added(orders, curve, nights) / n, orders, costs

    done: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    with ThreadPoolExecutor(workers) as pool:
        while True:
            batch = blocks if blocks is not None else max(workers, FEWEST_BLOCKS if not done else workers)
            done += pool.map(one, range(len(done), len(done) + batch))
            means = np.stack([added.mean(axis=1) + corrected for added, corrected, _, _ in done])
            error = means.std(axis=0, ddof=1) / np.sqrt(len(done)) if len(done) > 1 else np.full(n, np.inf)
            small = error.max() <= precision * means.mean() and len(done) >= FEWEST_BLOCKS
            if blocks is not None or small or time.monotonic() - began > seconds:
                break
    orders = np.concatenate([each for _, _, each, _ in done])
    met = np.zeros((*orders.shape, n), bool)
    for place in range(n):
        met[:, place:, :] |= np.eye(n, dtype=bool)[orders[:, place]][:, None, :]
    value = np.mean([added for added, _, _, _ in done], axis=0)
    return Sampled(
        value=value + np.mean([corrected for _, corrected, _, _ in done], axis=0)[:, None],
        error=error,
        orders=len(orders),
        met=met.reshape(-1, n),
        cost=np.concatenate([costs for _, _, _, costs in done]).ravel(),
    )


def _curve(nights: np.ndarray, cost: np.ndarray, game: "Game") -> Callable[[np.ndarray], np.ndarray]:
    """A cubic in nights fitted to the costs of coalitions with a home, capped at the cost of buying every night if
    allowed."""
    night = game.costs.away / 7
    x, y = nights.ravel(), cost.ravel()
    home = y < night * x * (1 - 1e-9) if game.without_home else np.ones(len(x), bool)
    cubic = np.polynomial.Polynomial.fit(x[home], y[home], 3) if home.sum() > 8 else None

    def at(given: np.ndarray) -> np.ndarray:
        bought = night * given
        return bought if cubic is None else np.minimum(bought, cubic(given)) if game.without_home else cubic(given)

    return at


def _added(orders: np.ndarray, curve: Callable[[np.ndarray], np.ndarray], nights: np.ndarray) -> np.ndarray:
    """What each player adds to the curve, summed over orders, shape (players,)."""
    costs = curve(nights[orders].cumsum(axis=1))
    steps = np.diff(costs, axis=1, prepend=0.0)
    return np.bincount(orders.ravel(), weights=steps.ravel(), minlength=len(nights))


def every_coalition(game: "Game", workers: int = 2) -> np.ndarray:
    """Costs of all coalitions of a game of `MOST_EXACT` players or fewer, shape (2^players, futures), by `exact`'s
    index."""
    n = len(game.players)
    if n > MOST_EXACT:
        raise ValueError(f"every coalition is looked at for {MOST_EXACT} players or fewer, not {n}: group them")
    members = [[bool(index >> p & 1) for p in range(n)] for index in range(1 << n)]
    with ThreadPoolExecutor(workers) as pool:
        return np.stack(list(pool.map(game.cost, members)))


def _players(costs: np.ndarray) -> int:
    n = len(costs).bit_length() - 1
    if len(costs) != 1 << n or np.any(costs[0]):
        raise ValueError("costs are of every coalition, the empty one first at 0")
    return n
