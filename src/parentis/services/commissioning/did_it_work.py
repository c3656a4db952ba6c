"""Effect of joining an arrangement: boroughs that joined compared with those that had not yet, before and after.

Group-time effects of Callaway & Sant'Anna (2021, Journal of Econometrics 225: 200–230), without covariates: the
change for boroughs that joined in a period since the period before, less the change for those that had not joined by
then. The overall effect is their mean, weighted by the number of boroughs that joined. Inference is by permutation of
joining dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.hedonic import Hedonic
from parentis.services.commissioning.mixed_models import Floats, Ints
from parentis.services.commissioning.randomisation import Effect, judged

NEVER: Final = np.iinfo(np.int64).max
"Joining period of boroughs that never joined."
MATTERS: Final = 0.05
"The least change of price on which a commissioner would act, in logarithms: 5 %."


class NobodyToCompareError(ParentisError):
    """Nobody joined, everybody joined at once, or there is no period before."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A panel: `values` (units, periods); `joined` (units,) the index of the period in which each joined, or NEVER."""

    units: tuple[str, ...]
    periods: tuple[Any, ...]
    values: Floats
    joined: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """`effect`, and the group-time effects it is made of: `joined, period, n, effect`."""

    effect: Effect
    by_time: pl.DataFrame


def did_it_work(
    series: Series, *, ways: int = 1999, seed: int = 0, matters: float = MATTERS, never_only: bool = False
) -> Result:
    """The effect of joining, judged (see `randomisation.judged`). The series must not contain boroughs with a missing
    period. With `never_only` they are compared with those that never joined."""
    groups = sorted({int(one) for one in series.joined if one != NEVER and 0 < one < len(series.periods)})
    if not groups or (series.joined == series.joined[0]).all():
        raise NobodyToCompareError(
            "no borough can be compared before and after with others that had not joined: nothing can be told"
        )
    kept = series.joined > 0
    values, joined = series.values[kept], series.joined[kept]
    others = _other_ways(joined, ways, seed)
    treated = (np.arange(len(series.periods)) >= joined[:, None]).astype(np.float64)
    own = joined[None]
    whole, by_time = _estimates(values, own, never_only=never_only)
    outcomes, _ = _estimates(values, others, never_only=never_only)
    # the same statistic of the actual treatment, under other assignments
    treatment, _ = _estimates(treated, others, never_only=never_only)
    before, _ = _estimates(values, own, lead=True, never_only=never_only)
    before_others, _ = _estimates(values, others, lead=True, never_only=never_only)
    past = (float(before[0]), before_others) if np.isfinite(before[0]) else None
    effect = judged(float(whole[0]), outcomes, treatment, matters=matters, before=past)
    rows = [
        {"joined": series.periods[g], "period": series.periods[t], "n": int((joined == g).sum()), "effect": float(e[0])}
        for (g, t), e in by_time.items()
    ]
    return Result(effect, pl.DataFrame(rows).sort("joined", "period"))


def _other_ways(joined: Ints, ways: int, seed: int) -> Ints:
    """Other assignments of the same dates, shape (≤ ways, units): all of them where fewer exist."""
    rng = np.random.default_rng(seed)
    drawn = np.stack([rng.permutation(joined) for _ in range(ways)])
    distinct = np.unique(drawn, axis=0)
    if len(distinct) < ways / 4:  # so few assignments that all have been drawn
        drawn = distinct
    return drawn[(drawn != joined).any(axis=1)]


def _estimates(
    values: Floats, joined: Ints, *, never_only: bool, lead: bool = False
) -> tuple[Floats, dict[tuple[int, int], Floats]]:
    """For each assignment (ways, units): the mean effect (ways,), and the effect of each group at each time.

    With `lead`, the change from two periods before joining to one before, against those that had not joined.
    """
    periods = values.shape[1]
    groups = [int(one) for one in np.unique(joined) if one != NEVER and (2 if lead else 1) <= one < periods]
    total, weight = np.zeros(len(joined)), np.zeros(len(joined))
    found: dict[tuple[int, int], Floats] = {}
    for group in groups:
        own = (joined == group).astype(np.float64)
        many = own.sum(axis=1)
        base = group - 2 if lead else group - 1
        for period in (group - 1,) if lead else range(group, periods):
            free = (joined == NEVER if never_only else joined > period).astype(np.float64)
            others = free.sum(axis=1)
            change = values[:, period] - values[:, base]
            with np.errstate(divide="ignore", invalid="ignore"):
                effect = own @ change / many - free @ change / others
            known = (others > 0) & (many > 0)
            found[group, period] = effect
            total += np.where(known, effect * many, 0.0)
            weight += np.where(known, many, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / weight, found


def borough_series(model: Hedonic, joined: Mapping[str, Any], least: int = 3) -> tuple[Series, tuple[str, ...]]:
    """Like-for-like price of each borough at each census, in logarithms, and the boroughs left out.

    `model` has no term for the partnership, and none for the way of buying where effects through it should count. A
    borough with fewer than `least` placements at some census is left out. `joined`: borough to the first census at
    which it had joined; others never did.
    """
    left = model.rows["weekly_price"].cast(pl.Float64).log().to_numpy() - model.design.matrix @ model.fitted.beta
    census = [at for at, (term, _) in enumerate(model.design.names) if term == "census"]
    level = left + model.design.matrix[:, census] @ model.fitted.beta[census]
    cells = (
        model.rows.select("authority", "census")
        .with_columns(level=pl.Series(level))
        .group_by("authority", "census")
        .agg(pl.col("level").mean(), n=pl.len())
    )
    periods = sorted(cells["census"].unique().to_list())
    every = sorted(cells["authority"].drop_nulls().unique().to_list())
    held = {(a, c): v for a, c, v, n in cells.iter_rows() if n >= least}
    whole = [a for a in every if all((a, c) in held for c in periods)]
    starts = [_place(joined.get(a), periods) for a in whole]
    values = np.array([[held[a, c] for c in periods] for a in whole]).reshape(len(whole), len(periods))
    series = Series(tuple(whole), tuple(periods), values, np.array(starts, dtype=np.int64))
    return series, tuple(a for a in every if a not in whole)


def _place(since: Any, periods: Sequence[Any]) -> int:
    if since is None:
        return int(NEVER)
    later = [at for at, period in enumerate(periods) if period >= since]
    return later[0] if later else int(NEVER)


def in_words(effect: Effect, what: str) -> str:
    """A sentence for the page; the outcome is a logarithm of price."""
    percent = 100 * np.expm1(effect.estimate)
    span = (
        f" (95 %: {100 * np.expm1(effect.low):+.1f} % to {100 * np.expm1(effect.high):+.1f} %)"
        if effect.low is not None and effect.high is not None
        else ""
    )
    seen = (
        "" if effect.detectable is None else f" An effect of {100 * np.expm1(effect.detectable):.1f} % would have been"
    )
    match effect.verdict:
        case "found":
            return f"{what}: prices are {abs(percent):.1f} % {'lower' if percent < 0 else 'higher'}{span}."
        case "none":
            return f"{what}: no effect that matters{span}.{seen} seen four times in five."
        case _:
            return f"{what}: we cannot tell{span}, because {effect.because}." + (
                f"{seen} seen four times in five." if seen else ""
            )
