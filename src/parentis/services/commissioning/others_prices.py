"""One borough's block is another's inflation: what a provider's block does to the prices others pay the same provider.
"""  # fmt: skip

from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.did_it_work import MATTERS
from parentis.services.commissioning.hedonic import PARTNERSHIP
from parentis.services.commissioning.mixed_models import Floats, Ints, sums_by
from parentis.services.commissioning.placement_prices import TERMS, design, priced, provider_and_home
from parentis.services.commissioning.randomisation import Effect, judged

BLOCK: Final = "Block"
"How the ways of buying that are a block begin."


class NoBlocksBesideError(ParentisError):
    """No provider that others buy from has a block, or all have."""


def effect_on_others(placements: pl.DataFrame, blocks: pl.DataFrame, *, ways: int = 999, seed: int = 0,
                     matters: float = MATTERS) -> Effect:  # fmt: skip
    """The difference, in logarithms, of prices that non-members pay a provider while it has a block with somebody else.

    Prices of a provider are set against its own before, and against other providers in the same month (both held
    still: a level for each provider); blocks themselves are left out. `blocks`: `provider, partnership, starts` (a day,
    or text that sorts with `census`). Judged by permutation of which provider's block began when.
    """
    rows = priced(placements)
    if "sourced" in rows.columns:
        rows = rows.filter(~pl.col("sourced").fill_null("").str.starts_with(BLOCK))
    first = dict(blocks.group_by("provider").agg(pl.col("starts").min()).iter_rows())
    inside = {(one["provider"], one["partnership"]) for one in blocks.iter_rows(named=True)}
    outside = [pair not in inside for pair in rows.select("provider", PARTNERSHIP).iter_rows()]
    rows = rows.filter(pl.Series(outside, dtype=pl.Boolean))
    if rows.is_empty():
        raise NoBlocksBesideError("nobody outside the blocks buys of anybody: their prices cannot be watched")
    group, _, providers = provider_and_home(rows)
    periods = sorted(rows["census"].unique().to_list())
    starts = np.array([_place(first.get(one), periods) for one in providers])
    if not ((starts > 0) & (starts < len(periods))).any() or (starts == starts[0]).all():
        raise NoBlocksBesideError(
            "no provider that others buy of began a block within these censuses: nothing to watch"
        )
    at = rows["census"].replace_strict({one: k for k, one in enumerate(periods)}, return_dtype=pl.Int64).to_numpy()
    columns = design(rows, TERMS).matrix[:, 1:]
    price = rows["weekly_price"].cast(pl.Float64).log().to_numpy()
    held = _Within(columns, group, len(providers))
    left = held.residual(price[:, None])[:, 0]
    treatment = held.residual(_exposed(starts, group, at)[:, None])[:, 0]
    estimate = float(treatment @ left / (treatment @ treatment))
    rng = np.random.default_rng(seed)
    outcomes, treated = [], []
    for _ in range(ways):
        other = held.residual(_exposed(rng.permutation(starts), group, at)[:, None])[:, 0]
        size = float(other @ other)
        if size > 1e-9:
            outcomes.append(float(other @ left) / size)
            treated.append(float(other @ treatment) / size)
    return judged(estimate, np.array(outcomes), np.array(treated), matters=matters)


def _exposed(starts: Ints, group: Ints, at: Ints) -> Floats:
    return (at >= starts[group]).astype(np.float64)


def _place(since: Any, periods: list[Any]) -> int:
    if since is None:
        return len(periods)
    return next((k for k, period in enumerate(periods) if period >= since), len(periods))


class _Within:
    """What is left of a column when providers' levels and the other columns have taken their part."""

    def __init__(self, columns: Floats, group: Ints, count: int) -> None:
        self._group, self._count = group, count
        self._rows = np.bincount(group, minlength=count).astype(np.float64)
        basis, size, _ = np.linalg.svd(self._centred(columns), full_matrices=False)
        self._basis = basis[:, size > 1e-8 * size[0]]

    def _centred(self, values: Floats) -> Floats:
        means = sums_by(self._group, values, self._count) / self._rows[:, None]
        return values - means[self._group]

    def residual(self, values: Floats) -> Floats:
        centred = self._centred(values)
        found: Floats = centred - self._basis @ (self._basis.T @ centred)
        return found
