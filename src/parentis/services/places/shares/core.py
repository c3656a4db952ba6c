"""The core: whether some coalition would pay less alone than its members pay now, which one, and by how much."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from parentis.services.places.shares.coalitions import Game

PENNY: Final = 0.01
SEARCHED: Final = 6
"Number of coalitions from which the search for a cheaper one starts."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """`coalition`: players by number that gain most by leaving together, and the `gain`, pounds a year; empty and 0
    where none gains. `looked_at`: number of coalitions tested; `all_of_them`: whether these were all."""

    coalition: tuple[int, ...]
    gain: float
    looked_at: int
    all_of_them: bool

    @property
    def in_core(self) -> bool:
        return not self.coalition


def of_all(paid: np.ndarray, costs: np.ndarray) -> Tested:
    """Over every coalition: `paid`, shape (players,), against `costs`, shape (2^players,)."""
    member = np.arange(len(costs))[:, None] >> np.arange(len(paid)) & 1
    return _tested(member.astype(bool), member @ paid - costs, all_of_them=True)


def of_some(paid: np.ndarray, met: np.ndarray, cost: np.ndarray, game: "Game") -> Tested:
    """Over the coalitions `met`, shape (met, players), each player alone, and coalitions improved by adding or
    removing one player.

    A search and not a proof: it may miss a coalition that gains, but one that it finds does gain.
    """
    alone = np.eye(len(paid), dtype=bool)
    met = np.concatenate([met, alone])
    gains = met @ paid - np.concatenate([cost, [game.cost(each).mean() for each in alone]])
    looked = len(met)
    for start in np.argsort(-gains)[:SEARCHED]:
        here, gain = met[start].copy(), gains[start]
        while True:
            steps = here ^ alone
            steps = steps[steps.any(axis=1) & ~steps.all(axis=1)]
            found = steps @ paid - np.array([game.cost(each).mean() for each in steps])
            looked += len(steps)
            if found.max() <= gain + PENNY:
                break
            here, gain = steps[found.argmax()], found.max()
        met, gains = np.vstack([met, here]), np.append(gains, gain)
    return _tested(met, gains, all_of_them=False, looked=looked)


def _tested(member: np.ndarray, gains: np.ndarray, *, all_of_them: bool, looked: int | None = None) -> Tested:
    # The grand coalition pays exactly its own cost: a rounding difference is not a gain.
    most = int(np.where(member.all(axis=1), -np.inf, gains).argmax())
    better = gains[most] > PENNY
    return Tested(
        coalition=tuple(int(p) for p in np.flatnonzero(member[most])) if better else (),
        gain=float(gains[most]) if better else 0.0,
        looked_at=looked or len(member),
        all_of_them=all_of_them,
    )
