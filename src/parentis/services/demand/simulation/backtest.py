"""Backtest: forecasts of the past from the data held at the time, compared with the actual outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from parentis.errors import PeriodError
from parentis.returns.ssda903 import known_until
from parentis.services import careers
from parentis.services.demand.estimation.as_of import told_to
from parentis.services.demand.estimation.histories import day_number
from parentis.services.demand.estimation.imputation import completed
from parentis.services.demand.estimation.model import fit
from parentis.services.demand.simulation.futures import calendar, months_until, simulate
from parentis.services.demand.simulation.paths import TOTAL
from parentis.services.demand.states import FOUR, Groups
from parentis.services.demand.tables import EPISODES, NEEDS

HORIZONS: tuple[int, ...] = (12, 24)
"Lengths of the forecasts, in months."
FIRST_HISTORY = 12
"Fewest months of history before the first origin."
STEP = 12
"Months between origins: no return is made between two year ends, so closer origins would have no more data."

_DAMPING, _TREND_MONTHS = 0.9, 12


def backtest(
    tables: Mapping[str, pl.DataFrame],
    *,
    groups: Groups = FOUR,
    origins: Sequence[date] = (),
    horizons: Iterable[int] = HORIZONS,
    replicates: int = 500,
    seed: int = 0,
) -> pl.DataFrame:
    """Each month forecast from each origin: `horizon, origin, group, month, month_end, actual, mean, flat, damped,
    crps, within80, within95`.

    `horizon` is the whole window, `month` the month within it. The forecast uses the returns made by the origin; the
    actual stock, and the stock at the origin, come from all returns held now, completed by `completed`. Raises
    PeriodError where history is too short for a single origin.
    """
    whole, _ = completed(tables)
    truth = careers.spells(*(whole[need] for need in NEEDS), known=known_until(tables[EPISODES]))
    held = truth.coverage.filter("held")["period"]
    begins = date(int(str(held.min())[:4]), 4, 1)
    ends = told_to(truth.known)
    wanted = tuple(horizons)
    chosen = tuple(origins) or tuple(_origins(begins, ends, min(wanted)))
    if not chosen:
        raise PeriodError(
            expected=f"at least {FIRST_HISTORY + min(wanted)} months of returns",
            found=f"{begins} to {ends}",
            where="backtest",
            do="Submit looked-after children returns for more years.",
        )
    parts = []
    for origin in chosen:
        fits = [months for months in wanted if calendar(origin, months).ends[-1] <= ends]
        if fits:
            parts += _scored(tables, truth, groups, origin, begins, fits, replicates, seed)
    return pl.concat(parts) if parts else pl.DataFrame()


def scores(forecasts: pl.DataFrame) -> pl.DataFrame:
    """`horizon, group, origins, mae, mape, crps, within80, within95, mae_flat, mae_damped`, in children, % and %.

    MAPE leaves out months in which the group was empty.
    """
    error = (pl.col("mean") - pl.col("actual")).abs()
    return (
        forecasts.group_by("horizon", "group", maintain_order=True)
        .agg(
            origins=pl.col("origin").n_unique(),
            mae=error.mean(),
            mape=100 * (error / pl.col("actual")).filter(pl.col("actual") > 0).mean(),
            crps=pl.col("crps").mean(),
            within80=100 * pl.col("within80").mean(),
            within95=100 * pl.col("within95").mean(),
            mae_flat=(pl.col("flat") - pl.col("actual")).abs().mean(),
            mae_damped=(pl.col("damped") - pl.col("actual")).abs().mean(),
        )
        .sort("horizon", maintain_order=True)
    )


def _origins(begins: date, ends: date, months: int) -> Iterable[date]:
    origin = calendar(begins - timedelta(days=1), FIRST_HISTORY).ends[-1]
    while calendar(origin, months).ends[-1] <= ends:
        yield origin
        origin = calendar(origin, STEP).ends[-1]


def _scored(
    tables: Mapping[str, pl.DataFrame], truth: careers.Careers, groups: Groups, origin: date, begins: date,
    horizons: Sequence[int], replicates: int, seed: int,
) -> list[pl.DataFrame]:  # fmt: skip
    model = fit(tables, groups=groups, cut=origin)
    waited = months_until(model.cut, origin)
    paths = simulate(model, months=waited + max(horizons), replicates=replicates, seed=seed)
    drawn, month_ends = paths.region()[..., waited:], paths.month_ends[waited:]
    drawn = np.concatenate([drawn, drawn.sum(axis=1, keepdims=True)], axis=1)
    before = calendar(
        begins - timedelta(days=1), (origin.year - begins.year) * 12 + origin.month - begins.month + 1
    ).ends
    spells = truth.spells.with_columns(state=groups.of())
    known = _stock(spells, [*before, *month_ends], len(groups.names))
    past, actual = known[:, : len(before)], known[:, len(before) :]
    flat = np.repeat(past[:, -1:], actual.shape[1], axis=1)
    damped = damped_trend(past, actual.shape[1])
    low, high = np.quantile(drawn, [0.1, 0.025], axis=0), np.quantile(drawn, [0.9, 0.975], axis=0)
    months = len(month_ends)
    names = (*groups.names, TOTAL)
    whole = pl.DataFrame(
        {
            "origin": [origin] * (len(names) * months),
            "group": np.repeat(np.array(names), months),
            "month": list(range(1, months + 1)) * len(names),
            "month_end": list(month_ends) * len(names),
            "actual": actual.ravel(),
            "mean": drawn.mean(axis=0).ravel(),
            "flat": flat.ravel(),
            "damped": damped.ravel(),
            "crps": crps(drawn, actual).ravel(),
            "within80": ((low[0] <= actual) & (actual <= high[0])).ravel(),
            "within95": ((low[1] <= actual) & (actual <= high[1])).ravel(),
        }
    )
    return [
        whole.filter(pl.col("month") <= horizon).select(pl.lit(horizon).alias("horizon"), pl.all())
        for horizon in horizons
    ]


def _stock(spells: pl.DataFrame, dates: Sequence[date], states: int) -> np.ndarray:
    """Children by state and in total on the nights of `dates`: (states + 1, dates)."""
    start, end, state = (spells[name].to_physical().cast(pl.Int64).to_numpy() for name in ("start", "end", "state"))
    nights = np.array([day_number(one) for one in dates])
    by_state = np.zeros((states + 1, len(nights)))
    for number in range(states):
        own = state == number
        come = np.searchsorted(np.sort(start[own]), nights, side="right")
        gone = np.searchsorted(np.sort(end[own]), nights, side="right")
        by_state[number] = come - gone
    by_state[-1] = by_state[:-1].sum(axis=0)
    return by_state


def damped_trend(past: np.ndarray, months: int) -> np.ndarray:
    """The last stock and the mean monthly change of the last year, which fades by a tenth a month."""
    span = min(_TREND_MONTHS, past.shape[1] - 1)
    slope = (past[:, -1] - past[:, -1 - span]) / span if span else np.zeros(len(past))
    steps = np.cumsum(_DAMPING ** np.arange(1, months + 1))
    return np.maximum(past[:, -1:] + slope[:, None] * steps, 0)


def crps(drawn: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of draws (replicates, …) against the outcome (…), in the same unit.

    It is the mean distance of the draws from the truth, less half their mean distance from one another.
    """
    n = len(drawn)
    ordered = np.sort(drawn, axis=0)
    weights = (2 * np.arange(1, n + 1) - n - 1).reshape(-1, *[1] * actual.ndim)
    spread = (weights * ordered).sum(axis=0) * 2 / (n * n)
    return np.abs(drawn - actual).mean(axis=0) - spread / 2
