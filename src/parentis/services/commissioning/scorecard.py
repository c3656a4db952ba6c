"""A partnership in one row: aims, spend, like-for-like price, running cost, and strength of the evidence."""

from enum import StrEnum
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.services.commissioning.hedonic import Hedonic, Shrunk, like_for_like_prices
from parentis.services.commissioning.randomisation import Effect, Verdict

WEEKS: Final = 52.0


class Grade(StrEnum):
    """Strength of the evidence on a partnership's effect on prices."""

    TESTED = "A"
    "Compared with boroughs that had not joined, before and after: an effect was found or ruled out."
    LIKE_FOR_LIKE = "B"
    "Cheaper or dearer for the same child, place and month, and leaving out any one measured term does not reverse it."
    HINT = "C"
    "Compared, but not distinguishable from the others, or reversed by leaving out one measured term."
    NONE = "D"
    "No comparison is possible."


def grade(like_for_like: bool | None, turned: bool, effect: Effect | None) -> Grade:
    """`like_for_like`: whether it is distinguishable from the others; None where it cannot be compared. `turned`:
    whether leaving out one measured term reverses it."""
    if effect is not None and effect.verdict is not Verdict.CANNOT_TELL:
        return Grade.TESTED
    if like_for_like is None:
        return Grade.NONE
    return Grade.LIKE_FOR_LIKE if like_for_like and not turned else Grade.HINT


def scorecard(
    model: Hedonic,
    pulled: Shrunk,
    *,
    effects: dict[str, Effect],
    turned: frozenset[str],
    arrangements: pl.DataFrame,
    ledger: pl.DataFrame,
) -> pl.DataFrame:
    """`partnership, aims, n, spend, like_for_like, low, high, dearer, effect, effect_low, effect_high, verdict,
    run_cost, net_cashable, avoided, grade`.

    `spend` in pounds a year at the latest census; `like_for_like` with its bounds in per cent beside the partnerships'
    mean, shrunk by empirical Bayes; `effect` in per cent of joining. `arrangements`: `partnership,
    aims, run_cost`; `ledger` as `savings.ledger` makes it, its latest period.
    """
    latest = model.rows["census"].max()
    spend = dict(
        model.rows.filter(pl.col("census") == latest)
        .group_by(pl.col("partnership").fill_null("none"))
        .agg(pl.col("weekly_price").cast(pl.Float64).sum() * WEEKS)
        .iter_rows()
    )
    counts = dict(like_for_like_prices(model).select("partnership", "n").iter_rows())
    aims = dict(
        arrangements.group_by("partnership").agg(pl.col("aims").drop_nulls().unique().sort().str.join("; ")).iter_rows()
    )
    costs = dict(arrangements.group_by("partnership").agg(pl.col("run_cost").cast(pl.Float64).sum()).iter_rows())
    saved = _latest(ledger)
    errors = np.sqrt(np.diag(pulled.covariance))
    dearer = pulled.dearer_than_mean()
    rows: list[dict[str, Any]] = []
    for at, name in enumerate(pulled.partnerships):
        low, high = pulled.effect[at] - Z95 * errors[at], pulled.effect[at] + Z95 * errors[at]
        found = effects.get(name)
        rows.append(
            {
                "partnership": name, "aims": aims.get(name), "n": counts[name], "spend": spend.get(name, 0.0),
                "like_for_like": _percent(pulled.effect[at]), "low": _percent(low), "high": _percent(high),
                "dearer": float(dearer[at]), "effect": _percent(found.estimate) if found else None,
                "effect_low": _percent(found.low) if found else None,
                "effect_high": _percent(found.high) if found else None,
                "verdict": str(found.verdict) if found else None, "run_cost": costs.get(name),
                "net_cashable": saved.get((name, "CASHABLE")), "avoided": saved.get((name, "AVOIDED")),
                "grade": str(grade(not low <= 0.0 <= high, name in turned, found)),
            }
        )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


Z95: Final = 1.959963984540054


def _percent(effect: float | None) -> float | None:
    return None if effect is None else 100.0 * float(np.expm1(effect))


def _latest(ledger: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Cashable savings net of the run cost, avoided costs as counted, of each partnership's latest period."""
    if ledger.is_empty():
        return {}
    last = ledger.filter(pl.col("period") == pl.col("period").max().over("partnership"))
    value = pl.when(pl.col("kind") == "CASHABLE").then("net").otherwise("counted")
    return {(name, kind): amount for name, kind, amount in last.select("partnership", "kind", value).iter_rows()}
