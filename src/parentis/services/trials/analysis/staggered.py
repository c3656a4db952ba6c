"""Staggered starts: what the new way does in boroughs that began at different times, beside those that never did.

Effects by group (time of start) and time: Callaway & Sant'Anna 2021 (Journal of Econometrics 225: 200–230), without
covariates, comparison never treated, base the time before the start (before the start: the time before). The groups are
given by the design, so that an effect is a difference of means of units, and its interval Welch's; the authors' own
bootstraps groups too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.errors import SpecificationError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Units observed at all times: `values` (units, times), `first` (units,) the time of start, NaN for never."""

    times: Floats
    first: Floats
    values: Floats
    left_out: tuple[str, ...] = ()
    "Units without a value at some time."

    @classmethod
    def of(cls, data: pl.DataFrame) -> "Panel":
        """From `unit, time, first, value`; `first` is null for a unit that never starts."""
        times = np.sort(data["time"].unique().to_numpy()).astype(float)
        whole = (
            data.filter(pl.col("value").is_not_null())
            .group_by("unit")
            .agg(pl.col("time").n_unique().alias("seen"), pl.len())
        )
        if whole.filter(pl.col("len") > pl.col("seen")).height:
            raise _wrong("one value of a unit at a time", "several", "Leave each value once.")
        complete = whole.filter(pl.col("seen") == len(times)).select("unit")
        out = data.select("unit").unique().join(complete, on="unit", how="anti").sort("unit")["unit"].to_list()
        kept = data.join(complete, on="unit").sort("unit", "time")
        if not kept.height:
            raise _wrong("units with a value at every time", "none", "Check which boroughs handed in their returns.")
        values = kept["value"].to_numpy().astype(float).reshape(-1, len(times))
        first = kept["first"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(-1, len(times))[:, 0]
        return cls(times, first, values, tuple(map(str, out)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A difference of means with Welch's standard error and degrees of freedom."""

    effect: float
    error: float
    degrees: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        from scipy import special

        half = float(special.stdtrit(self.degrees, 0.5 + level / 2)) * self.error
        return self.effect - half, self.effect + half

    @property
    def p(self) -> float:
        from scipy import special

        return float(2 * special.stdtr(self.degrees, -abs(self.effect) / self.error))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Staggered:
    """`by_group_and_time` has `group, time, effect, error`; `simple` weights effects after the start by units,
    `by_group` first averages each group's; `notes` say whose variance was borrowed."""

    by_group_and_time: pl.DataFrame
    simple: Effect
    by_group: Effect
    notes: tuple[str, ...] = ()


def staggered_effects(panel: Panel) -> Staggered:
    """Every effect by group and time, and the two summaries. Raises SpecificationError without a never-treated unit."""
    never = np.isnan(panel.first)
    usable = panel.first[~never & (panel.first > panel.times[0])]
    groups = np.unique(usable)
    if never.sum() < 2 or not len(groups):
        raise _wrong(
            "at least two units that never start, and one that starts after the first time",
            "fewer",
            "Add boroughs that go on as before.",
        )
    members = {float(group): np.flatnonzero(panel.first == group) for group in groups}
    changes, rows = {}, []
    for group in members:
        for at in range(1, len(panel.times)):
            time = panel.times[at]
            base = int(np.searchsorted(panel.times, group)) - 1 if time >= group else at - 1
            change = np.zeros(len(panel.times))
            change[at] += 1.0
            change[base] -= 1.0
            changes[group, float(time)] = change
            one = _combined(panel, {group: change}, members)
            rows.append((group, float(time), one.effect, one.error))
    after = [(group, time) for group, time in changes if time >= group]
    sizes = {group: len(units) for group, units in members.items()}
    treated_cells = sum(sizes[group] for group, _ in after)
    simple = {
        group: sum(
            (changes[g, t] * sizes[g] / treated_cells for g, t in after if g == group), np.zeros(len(panel.times))
        )
        for group in members
    }
    everyone = sum(sizes.values())
    by_group = {
        group: np.mean([changes[g, t] for g, t in after if g == group], axis=0) * sizes[group] / everyone
        for group in members
    }
    alone = [group for group, units in members.items() if len(units) == 1]
    return Staggered(
        by_group_and_time=pl.DataFrame(
            rows,
            schema={"group": pl.Float64, "time": pl.Float64, "effect": pl.Float64, "error": pl.Float64},
            orient="row",
        ),
        simple=_combined(panel, simple, members),
        by_group=_combined(panel, by_group, members),
        notes=tuple(
            f"One unit alone starts at {group:g}: its variance is taken to be that of the units that never start."
            for group in alone
        ),
    )


def _combined(panel: Panel, weights: dict[float, Floats], members: dict[float, npt.NDArray[np.int64]]) -> Effect:
    """Σ over groups of the mean of weights · values, less the same of the never treated."""
    never = np.isnan(panel.first)
    compared = panel.values[never] @ sum(weights.values(), np.zeros(len(panel.times)))
    parts = [(float(compared.mean()) * -1.0, float(compared.var(ddof=1)), len(compared))]
    for group, weight in weights.items():
        own = panel.values[members[group]] @ weight
        spread = own if len(own) > 1 else panel.values[never] @ weight
        parts.append((float(own.mean()), float(spread.var(ddof=1)), len(own)))
    effect = sum(mean for mean, _, _ in parts)
    shares = [variance / count for _, variance, count in parts]
    total = sum(shares)
    lost = sum(share**2 / max(count - 1, 1) for share, (_, _, count) in zip(shares, parts, strict=True))
    return Effect(effect=effect, error=float(np.sqrt(total)), degrees=total**2 / lost if lost > 0 else 1.0)


def two_way_fixed_effects(panel: Panel) -> float:
    """The coefficient of *has started* beside effects of unit and time: the wrong number.

    It compares late starters with early ones as if nothing had happened to these; it is shown beside the right one
    only.
    """
    started = np.where(np.isnan(panel.first)[:, None], 0.0, panel.times[None, :] >= panel.first[:, None]).astype(float)
    treated, values = _centred(started), _centred(panel.values)
    return float((treated * values).sum() / (treated * treated).sum())


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean())


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial data", do=do)


def panel_from(times: Sequence[float], first: Floats, values: Floats) -> Panel:
    """A panel from arrays: times (times,), first (units,) with NaN for never, values (units, times)."""
    return Panel(np.asarray(times, dtype=float), np.asarray(first, dtype=float), np.asarray(values, dtype=float))
