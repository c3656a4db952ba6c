"""Simulated prices with known effects, to check the coverage of intervals."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

TYPES: Final = {
    "Fostering - Mainstream": 900.0,
    "Fostering - Enhanced": 1400.0,
    "Residential - Mainstream": 5200.0,
    "Supported Accommodation - Category 2": 1150.0,
}
_SHARES: Final = np.array([0.45, 0.15, 0.2, 0.2])
_SOURCED: Final = ("Framework", "Direct Award / Off Framework", "Block Contract - Local")


@dataclass(frozen=True, slots=True)
class World:
    """Parameters of a simulated world. Effects are differences of logarithms; `needs` the mean band of each
    partnership."""

    effects: dict[str, float] = field(default_factory=lambda: {"P1": 0.0, "P2": 0.06, "P3": -0.08, "P4": 0.02})
    needs: dict[str, float] = field(default_factory=lambda: {"P1": 1.0, "P2": 1.1, "P3": 1.7, "P4": 1.4})
    bought: tuple[float, float, float] = (0.0, 0.16, -0.1)
    yearly: float = 0.035
    need: float = 0.18
    age: float = 0.01
    provider_deviation: float = 0.09
    home_deviation: float = 0.0
    noise: float = 0.14
    placements: int = 1200
    providers: int = 60
    homes: int = 4
    "Homes of a provider and type."
    censuses: int = 6


def placements(world: World, seed: int) -> pl.DataFrame:
    """Placements in the shape of `placement_prices`. Providers work mostly for one partnership, so that a
    partnership's unadjusted mean includes its providers' effects."""
    rng = np.random.default_rng(seed)
    names = list(world.effects)
    n = world.placements
    partnership = rng.integers(0, len(names), n)
    own = rng.integers(0, len(names), world.providers)
    provider = _provider(rng, own, partnership)
    level = rng.normal(0.0, world.provider_deviation, world.providers)
    kind = rng.choice(len(TYPES), n, p=_SHARES)
    home_of = rng.integers(0, world.homes, n) + world.homes * (kind + len(TYPES) * provider)
    home_level = rng.normal(0.0, world.home_deviation, world.homes * len(TYPES) * world.providers)
    need = np.clip(rng.poisson(np.array([world.needs[name] for name in names])[partnership]), 0, 3)
    age = rng.integers(5, 18, n)
    census = rng.integers(0, world.censuses, n)
    bought = rng.choice(3, n, p=[0.6, 0.25, 0.15])
    log_price = (
        np.log(np.array(list(TYPES.values())))[kind]
        + np.array(list(world.effects.values()))[partnership]
        + world.need * need
        + world.age * (age - 11)
        + np.array(world.bought)[bought]
        + world.yearly * census
        + level[provider]
        + home_level[home_of]
        + rng.normal(0.0, world.noise, n)
    )
    return pl.DataFrame(
        {
            "census": [f"{2020 + year}-03-31" for year in census],
            "partnership": [names[one] for one in partnership],
            "type": [list(TYPES)[one] for one in kind],
            "need": need,
            "age": age,
            "sourced": [_SOURCED[one] for one in bought],
            "provider": [f"provider {one}" for one in provider],
            "home": [f"home {one}" for one in home_of],
            "weekly_price": np.exp(log_price),
        }
    )


def _provider(rng: np.random.Generator, own: np.ndarray, partnership: np.ndarray) -> np.ndarray:
    """Provider of each placement: for two in three, one of the partnership's own."""
    anybody = rng.integers(0, len(own), len(partnership))
    found = anybody.copy()
    for one in np.unique(partnership):
        home = np.flatnonzero(own == one)
        at = np.flatnonzero((partnership == one) & (rng.random(len(partnership)) < 2 / 3))
        if len(home):
            found[at] = rng.choice(home, len(at))
    return found
