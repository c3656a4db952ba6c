"""Cumulative incidence of competing exits, with late entry and censoring.

The estimator is Aalen and Johansen's (Aalen & Johansen 1978, Scandinavian Journal of Statistics 5: 141–150); its
variance the infinitesimal jackknife, a sum over people (or over groups with a shared outcome) of the squared
influence of each on the estimate, which is valid also when exits depend on one another. Time is in days (or hours)
since the wait began; exits at a time are counted before censoring at that time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

FEW = 20
"With fewer than this number still waiting, an estimate is marked as based on few."
Z95 = 1.959963984540054
ALL_BUT_NONE = 1e-9
"A share this near to 0 or 1 is 0 or 1, apart from rounding."

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """`n` people: day of entry to observation, day of exit or of last observation, and which exit (-1 for none yet).
    `together` numbers groups with a shared outcome (brothers and sisters placed together); None: everyone apart."""

    entry: Floats
    end: Floats
    exit: npt.NDArray[np.int64]
    ways: tuple[str, ...]
    together: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame, ways: Sequence[str], together: str | None = None) -> "Waits":
        """From `end` (days), `exit` (one of `ways`, or null), where observation began late `entry` (days), and the
        column `together`, equal for those with a shared outcome.

        People who end on or before their day of entry were never at risk and are left out.
        """
        entry = (
            frame["entry"].fill_null(-1.0) if "entry" in frame.columns else pl.repeat(-1.0, frame.height, eager=True)
        )
        codes = {way: at for at, way in enumerate(ways)}
        exits = frame["exit"].replace_strict(codes, default=-1, return_dtype=pl.Int64).fill_null(-1)
        start, end = entry.cast(pl.Float64).to_numpy(), frame["end"].cast(pl.Float64).to_numpy()
        at_risk = end > start
        groups = None if together is None else frame[together].rank("dense").cast(pl.Int64).to_numpy()[at_risk]
        return cls(start[at_risk], end[at_risk], exits.to_numpy()[at_risk], tuple(ways), groups)

    def chosen(self, which: npt.NDArray[np.bool_]) -> "Waits":
        groups = None if self.together is None else self.together[which]
        return Waits(self.entry[which], self.end[which], self.exit[which], self.ways, groups)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Each of the `t` days with an exit: `days`, `at_risk`, `exits` (ways × t), `waiting` (the probability of still
    waiting just before) and `incidence` (ways × t, including the day's own exits)."""

    days: Floats
    at_risk: Floats
    exits: Floats
    waiting: Floats
    incidence: Floats


def steps(waits: Waits) -> Steps:
    """The days of exits, in order."""
    out = waits.exit >= 0
    days, place = np.unique(waits.end[out], return_inverse=True)
    exits = np.zeros((len(waits.ways), len(days)))
    np.add.at(exits, (waits.exit[out], place), 1.0)
    at_risk = _at_risk(waits, days)
    stay = 1.0 - exits.sum(axis=0) / at_risk
    waiting = np.concatenate([[1.0], np.cumprod(stay)[:-1]]) if len(days) else np.empty(0)
    return Steps(days, at_risk, exits, waiting, np.cumsum(waiting * exits / at_risk, axis=1))


def _at_risk(waits: Waits, days: Floats) -> Floats:
    """The number who entered before each day and did not leave before it."""
    came = np.searchsorted(np.sort(waits.entry), days, side="left")
    left = np.searchsorted(np.sort(waits.end), days, side="left")
    return (came - left).astype(np.float64)


def cumulative_incidence(waits: Waits, at: Sequence[float]) -> pl.DataFrame:
    """`exit, day, share, error, low, high, at_risk, few` for each exit and day requested, and for `waiting` (no exit).

    `error` is the standard error; `low` and `high` the 95 % interval on the log–log scale, which stays within 0 and 1.
    Where nobody has had that exit yet, or everybody has, the interval is missing: the data do not determine it.
    """
    found = steps(waits)
    influence = _Influence(waits, found)
    rows: list[dict[str, Any]] = []
    for day in at:
        still = int(((waits.entry < day) & (waits.end >= day)).sum())
        upto = int(np.searchsorted(found.days, day, side="right"))
        last = found.incidence[:, upto - 1] if upto else np.zeros(len(waits.ways))
        changes = _summed(influence.of(upto), waits.together)
        shares = [*last, 1.0 - last.sum()]
        errors = np.sqrt((np.vstack([changes, changes.sum(axis=0)]) ** 2).sum(axis=1))
        for way, share, error in zip((*waits.ways, "waiting"), shares, errors, strict=True):
            low, high = log_log(float(share), float(error))
            rows.append(
                {"exit": way, "day": float(day), "share": float(share), "error": float(error), "low": low, "high": high,
                 "at_risk": still, "few": still < FEW}
            )  # fmt: skip
    schema = {"exit": pl.String, "day": pl.Float64, "share": pl.Float64, "error": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "at_risk": pl.Int64, "few": pl.Boolean}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _summed(changes: Floats, together: npt.NDArray[np.int64] | None) -> Floats:
    """Ways × people to ways × groups: people with a shared outcome count once."""
    if together is None:
        return changes
    _, place = np.unique(together, return_inverse=True)
    out = np.zeros((len(changes), int(place.max(initial=-1)) + 1))
    for way, own in enumerate(changes):
        np.add.at(out[way], place, own)
    return out


def log_log(share: float, error: float) -> tuple[float | None, float | None]:
    """The 95 % interval of a share whose log of minus log is taken as normal (Kalbfleisch & Prentice 2002, 1.4)."""
    if not ALL_BUT_NONE < share < 1.0 - ALL_BUT_NONE or error <= 0.0:
        return None, None
    spread = Z95 * error / (share * np.log(share))
    return float(share ** np.exp(-spread)), float(share ** np.exp(spread))


class _Influence:
    """What a person's weight does to the incidence by a day: the derivative of the estimate, in closed form.

    By way k, day t and person i: Σ over days j ≤ t of the step of incidence × the change in log waiting before j, and
    the change in the day's own hazard. Sums over days depend on a person only by the days they come and go: prefix
    sums.
    """

    def __init__(self, waits: Waits, found: Steps) -> None:
        self._waits, self._found = waits, found
        everybody = found.exits.sum(axis=0)
        remain = found.at_risk - everybody
        self._remain = np.where(remain > 0, remain, np.inf)  # nobody is left afterwards
        self._hazard_ratio = everybody / (found.at_risk * self._remain)
        self._before = np.concatenate([[0.0], np.cumsum(self._hazard_ratio)])
        self._first = np.searchsorted(found.days, waits.entry, side="right")
        self._last = np.searchsorted(found.days, waits.end, side="right")
        self._own = np.where(waits.exit >= 0, self._last - 1, -1)

    def of(self, upto: int) -> Floats:
        """Ways × people, for the first `upto` days of exits."""
        found, waits = self._found, self._waits
        out = np.zeros((len(waits.ways), len(waits.end)))
        if upto == 0:
            return out
        first, last = np.minimum(self._first, upto), np.minimum(self._last, upto)
        went = (self._own >= 0) & (self._own < upto)
        own = np.where(went, self._own, 0)
        for way in range(len(waits.ways)):
            step = found.waiting[:upto] * found.exits[way, :upto] / found.at_risk[:upto]
            total = np.concatenate([[0.0], np.cumsum(step)])
            weighted = np.concatenate([[0.0], np.cumsum(self._before[:upto] * step)])
            # log waiting before day j has moved by the ratios of the days this person was at risk before j
            moved = (weighted[last] - weighted[first]) - self._before[first] * (total[last] - total[first])
            moved += (self._before[last] - self._before[first]) * (total[upto] - total[last])
            moved -= np.where(went, (total[upto] - total[own + 1]) / self._remain[own], 0.0)
            hazard = np.concatenate([[0.0], np.cumsum(step / found.at_risk[:upto])])
            moved -= hazard[last] - hazard[first]
            this = went & (waits.exit == way)
            moved += np.where(this, found.waiting[own] / found.at_risk[own], 0.0)
            out[way] = moved
        return out


def one_minus_waiting(waits: Waits, way: str, at: Sequence[float]) -> list[float]:
    """One minus Kaplan–Meier of `way`, shown only to explain the error: it treats other exits as censoring, and so
    counts children who can no longer be placed as if they still could be."""
    found = steps(waits)
    ours = np.cumprod(1.0 - found.exits[waits.ways.index(way)] / found.at_risk)
    upto = np.searchsorted(found.days, np.asarray(at, dtype=np.float64), side="right")
    return [float(1.0 - ours[one - 1]) if one else 0.0 for one in upto]
