"""Plans of known truth: a region whose new plans and endings follow a process that is not the model's."""

import numpy as np
import polars as pl
from price_worlds import LONDON

AGES = np.arange(2, 26)
FIRST, LAST, AHEAD = 2019, 2025, 3
_SHAPE = np.exp(-0.5 * ((AGES - 5.5) / 2.5) ** 2) + 0.35 * np.exp(-0.5 * ((AGES - 11) / 2.5) ** 2) + 0.02
_ENDS = np.where(AGES < 16, 0.02, np.where(AGES < 19, 0.09, 0.22))


def plan_world(seed: int, *, growth: float = 0.05, spread: float = 0.08) -> tuple[dict[str, pl.DataFrame], np.ndarray]:
    """The release's tables up to January 2025, and the region's plans in the three Januaries after."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.5, 1.6, len(LONDON))
    own = np.exp(rng.normal(0, 0.2, len(LONDON)))
    stock = np.outer(size, np.interp(AGES, [2, 4, 8, 15, 20, 25], [1, 60, 150, 160, 60, 2])).round()
    level, ending = 0.0, 0.0
    totals, news, aged, after = [], [], [], []
    for year in range(FIRST, LAST + AHEAD + 1):
        (totals if year <= LAST else after).append(stock.sum(axis=1))
        if year in (LAST - 1, LAST):
            aged += _rows(stock, year, "Child or young persons age", lambda age: f"age {age}" if age > 2 else "under 3")
        level += growth + spread * rng.standard_normal()
        ending = 0.3 * ending + 0.2 * rng.standard_normal()
        new = rng.poisson(np.outer(size * 300 * np.exp(level), _SHAPE / _SHAPE.sum()))
        if year < LAST:
            news.append((year, new))
        leaves = rng.binomial(stock.astype(int), np.clip(np.outer(own, _ENDS) * np.exp(ending), 0, 0.9))
        left = stock - leaves
        stock = np.zeros_like(stock)
        stock[:, 1:] = left[:, :-1]
        # Half have a birthday before January.
        older = rng.binomial(new, 0.5)
        stock += new - older
        stock[:, 1:] += older[:, :-1]
    rows = aged + _rows(
        np.array(totals).T, None, "All EHC plans", lambda age: "All EHC plans", years=range(FIRST, LAST + 1)
    )
    started = _rows(
        np.array([new.sum(axis=1) for _, new in news]).T, None, "New EHC plans", lambda age: "New EHC plans",
        years=range(FIRST, LAST), measure="new_ehc_plans",
    )  # fmt: skip
    started += _rows(
        news[-1][1],
        LAST - 1,
        "Age when plan started",
        lambda age: f"age {age}" if age > 2 else "age 2 and under",
        measure="new_ehc_plans",
    )
    tables = {"high_needs.ehc_plans/caseload": _table(rows), "high_needs.ehc_plans/new_plans": _table(started)}
    return tables, np.array(after).sum(axis=1)


def _rows(values, year, topic, label, *, years=None, measure="ehcplans"):  # type: ignore[no-untyped-def]
    found = []
    for at, name in enumerate(LONDON):
        for column in range(values.shape[1]):
            age, when = (None, years[column]) if years else (int(AGES[column]), year)
            found.append((name, when, topic, label(age), measure, float(values[at, column])))
            if age is not None and measure == "ehcplans":
                found.append((name, when, topic, label(age), "mainstream_total", float(values[at, column])))
    return found


def _table(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    names = ("authority", "YEAR", "BREAKDOWN_TOPIC", "BREAKDOWN", "MEASURE", "VALUE")
    frame = pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"VALUE": pl.Float64, "YEAR": pl.Int64})
    return frame.with_columns(sequence=pl.lit(1))
