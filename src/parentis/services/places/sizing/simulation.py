"""Simulation of one home with one stream of children: outcomes of each child, and totals. Trials of a priority rule
on a year's log use it too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parentis.services.places.sizing.units import Home, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Children in order of referral; every array has shape (n,).

    Attributes:
        at: day of referral. `stay`, `patience`, `delay`, `step_stay`: days; patience 0 is lost at once; delay is how
            long move-on takes after the place is no longer needed; step_stay 0 needs no step-down.
        sex: 0 girl, 1 boy. `risk`: the class by which units keep children apart. `borough`: any number.
        member: of a member borough; others are taken where places are sold.
        points: order of the list, the highest first; among equals, the earlier referral first. key: the child's
            random key, from a seed and the child, so that it is the same in every home.
    """

    at: np.ndarray
    stay: np.ndarray
    sex: np.ndarray
    risk: np.ndarray
    borough: np.ndarray
    member: np.ndarray
    patience: np.ndarray
    delay: np.ndarray
    step_stay: np.ndarray
    points: np.ndarray
    key: np.ndarray

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The arrays in the order in which `events.run` takes them."""
        known = np.stack([self.sex, self.risk, self.member.astype(np.int64)], axis=1)
        return (self.at, self.stay, self.patience, self.points, self.delay, self.step_stay, known, self.key)

    def only(self, chosen: np.ndarray) -> "Stream":
        """The children whom `chosen`, shape (n,), marks; their luck is unchanged."""
        return Stream(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})


def stream(at: np.ndarray, stay: np.ndarray, *, seed: int = 0, **given: np.ndarray | float) -> Stream:
    """A `Stream` of children in order of `at`; what is not given is 0, and every child a member's.

    `ValueError` where a time is missing or negative, or the children are not in order.
    """
    n = len(at)
    # Copies: a broadcast array is read-only, which is a different type for which Numba would compile again.
    kinds = {"sex": np.int64, "risk": np.int64, "borough": np.int64, "member": np.bool_}
    made: dict[str, Any] = {
        name: np.array(np.broadcast_to(np.asarray(given.pop(name, name == "member"), kind), (n,)))
        for name, kind in kinds.items()
    }
    for name in ("patience", "delay", "step_stay", "points"):
        made[name] = np.array(np.broadcast_to(np.asarray(given.pop(name, 0.0), float), (n,)))
    key = given.pop("key", None)
    made["key"] = keys(seed, n) if key is None else np.array(key, np.uint64)
    if given:
        raise TypeError(f"a stream has no {', '.join(given)}")
    made["at"], made["stay"] = np.array(at, float), np.array(stay, float)
    for name in ("at", "stay", "patience", "delay", "step_stay"):
        # NaN fails the comparison too.
        if not (made[name] >= 0).all():
            raise ValueError(f"{name}: days of 0 or more, and {int((~(made[name] >= 0)).sum())} are not")
    if (np.diff(made["at"]) < 0).any():
        raise ValueError("children come in order of the day they were referred")
    return Stream(**made)


def keys(seed: int, n: int) -> np.ndarray:
    """Random keys of `n` children, reproducible for a seed."""
    return np.random.Generator(np.random.Philox(key=seed)).integers(1, 2**63, n, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`begin`, `leave`: shape (n,), the day each child came in and left, NaN where not; `why`: (n,), the reason
    against an immediate place, an index into `events.TOTALS`, -1 where nothing; `totals`: by the names of
    `events.TOTALS`."""

    begin: np.ndarray
    leave: np.ndarray
    why: np.ndarray
    totals: Mapping[str, float]


def simulate(
    home: Home, children: Stream, *, horizon: float, warm: float = 0.0, seed: int = 0, points: np.ndarray | None = None
) -> Outcome:
    """What happens to `children` in `home` until `horizon`; totals count from `warm` on. `points` in place of the
    stream's."""
    from parentis.services.places.sizing.events import TOTALS, run

    if points is not None:
        children = replace(children, points=np.array(points, float))
    n = len(children.at)
    one = tuple(each[0] for each in encode([home]).arrays())
    begin, leave, why, totals = np.empty(n), np.empty(n), np.empty(n, np.int64), np.zeros(len(TOTALS))
    run(children.arrays(), one, np.uint64(seed), warm, horizon, begin, leave, why, totals)
    return Outcome(begin=begin, leave=leave, why=why, totals=dict(zip(TOTALS, totals.tolist(), strict=True)))
