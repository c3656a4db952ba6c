"""How fast prices rise for constant purchases: matched homes, all pairs of periods (GEKS), and a model.

An item is a home with a type and need of placement; its price in a period is the mean weekly price, its quantity the
weeks. An index of two periods takes the items that are in both. GEKS takes the geometric mean of the ways from one
period to another through every third (Balk 2008, 7.2.1), so that the order and the base do not matter. The time-dummy
index comes from a model of price with a coefficient for each period (Triplett 2006, chapter 3), weighted by spend.

All parts are sums over providers, so that 1,000 samples of providers take one matrix product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.services.commissioning.mixed_models import Floats, Ints
from parentis.services.commissioning.placement_prices import TERMS, design, priced

LEVEL: Final = 0.95
METHODS: Final = ("fisher", "tornqvist", "geks", "time_dummy")
ITEM: Final = ("home", "type", "need")
TINY: Final = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Prices and weeks of items by period. `price`, `weeks` (periods, items), zero where an item was not bought;
    `provider` (items,) its provider's code; `rows` the placements that have an item."""

    periods: tuple[Any, ...]
    price: Floats
    weeks: Floats
    provider: Ints
    providers: int
    rows: pl.DataFrame

    @property
    def seen(self) -> Ints:
        """In how many periods each item was bought, shape (items,)."""
        found: Ints = (self.weeks > 0).sum(axis=0)
        return found


def panel(placements: pl.DataFrame, item: Sequence[str] = ITEM) -> Panel:
    """The panel of `placements` (see `placement_prices`): a placement counts as one week in its period unless it says
    `weeks`. A placement without a home has no item; homes are told apart by provider."""
    rows = priced(placements)
    if "home" in rows.columns:
        rows = rows.filter(pl.col("home").is_not_null())
    keys = ["provider", *(name for name in item if name in rows.columns)]
    weeks = pl.col("weeks").cast(pl.Float64) if "weeks" in rows.columns else pl.lit(1.0)
    rows = rows.with_columns(weeks=weeks, item=pl.struct(keys).rank("dense").cast(pl.Int64) - 1)
    periods = sorted(rows["census"].unique().to_list())
    providers = rows["provider"].unique().sort()
    places = {period: at for at, period in enumerate(periods)}
    codes = rows.select(
        "item",
        at=pl.col("census").replace_strict(places, return_dtype=pl.Int64),
        provider=pl.col("provider").cast(pl.Enum(providers)).to_physical().cast(pl.Int64),
    )
    at, of = codes["at"].to_numpy(), codes["item"].to_numpy()
    shape = (len(periods), int(of.max()) + 1 if len(of) else 0)
    amount = rows["weeks"].to_numpy()
    paid = rows["weekly_price"].cast(pl.Float64).to_numpy() * amount
    weeks_of, spend = _added(at, of, amount, shape), _added(at, of, paid, shape)
    price = np.divide(spend, weeks_of, out=np.zeros(shape), where=weeks_of > 0)
    provider = np.zeros(shape[1], dtype=np.int64)
    provider[of] = codes["provider"].to_numpy()
    return Panel(tuple(periods), price, weeks_of, provider, len(providers), rows)


def _added(at: Ints, of: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    found: Floats = np.bincount(at * shape[1] + of, weights=values, minlength=shape[0] * shape[1]).astype(np.float64)
    return found.reshape(shape)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Logarithms of the index of every period (row) on every other (column); shape (…, periods, periods). NaN where
    no item is in both."""

    fisher: Floats
    tornqvist: Floats


class _Sums:
    """The sums behind all two-period indices, by provider: shape (providers, periods, periods) each."""

    def __init__(self, of: Panel, *, by_provider: bool) -> None:
        value = of.price * of.weeks
        there = (of.weeks > 0).astype(np.float64)
        log_price = np.log(of.price, out=np.zeros_like(of.price), where=of.price > 0)
        blocks = _blocks(of) if by_provider else [np.arange(of.price.shape[1])]
        self.crossed = np.stack([of.price[:, b] @ of.weeks[:, b].T for b in blocks])
        self.matched = np.stack([there[:, b] @ value[:, b].T for b in blocks])
        weighted = value * log_price
        self.change = np.stack([log_price[:, b] @ value[:, b].T - there[:, b] @ weighted[:, b].T for b in blocks])

    def pairs(self, weights: Floats) -> Pairs:
        """For `weights` (samples, providers): of [t, s], t on s."""
        crossed, matched, change = (
            np.tensordot(weights, one, axes=1) for one in (self.crossed, self.matched, self.change)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            laspeyres = np.log(crossed / matched)  # Σ p_t q_s over Σ p_s q_s, of the items in both
            mean_change = change / matched  # Σ shares of s × ln(p_t / p_s)
        back = np.swapaxes(laspeyres, -1, -2), np.swapaxes(mean_change, -1, -2)
        return Pairs(0.5 * (laspeyres - back[0]), 0.5 * (mean_change - back[1]))


def _blocks(of: Panel) -> list[Ints]:
    order = np.argsort(of.provider, kind="stable")
    edges = np.searchsorted(of.provider[order], np.arange(of.providers + 1))
    return [order[a:b] for a, b in pairwise(edges)]


def pairs(of: Panel) -> Pairs:
    """The indices of every two periods, shape (periods, periods)."""
    found = _Sums(of, by_provider=False).pairs(np.ones((1, 1)))
    return Pairs(found.fisher[0], found.tornqvist[0])


def geks(log_index: Floats) -> Floats:
    """The multilateral index of every period on the first, in logarithms, shape (…, periods): the mean over the
    periods that both have items in common with. `log_index` has shape (…, periods, periods)."""
    through = log_index - log_index[..., :1, :]  # [t, l] − [0, l]: from the first to t through l
    known = np.isfinite(through)
    found: Floats = np.where(known, through, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), TINY)
    return np.where(known.any(axis=-1), found, np.nan)


def chained(log_index: Floats) -> Floats:
    """The index of every period on the first through each period between, in logarithms, shape (…, periods)."""
    steps = np.diagonal(log_index, offset=-1, axis1=-2, axis2=-1)
    return np.concatenate([np.zeros((*steps.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)


class _TimeDummy:
    """A model of log price with a coefficient for each period, weighted by spend: normal equations by provider."""

    def __init__(self, rows: pl.DataFrame, periods: Sequence[Any], providers: Sequence[str]) -> None:
        found = design(rows, [term for term in TERMS if term.column != "census"])
        at = rows["census"].replace_strict({one: k for k, one in enumerate(periods)}, return_dtype=pl.Int64).to_numpy()
        dummies = (at[:, None] == np.arange(1, len(periods))).astype(np.float64)
        columns = np.column_stack([dummies, found.matrix])
        price = rows["weekly_price"].cast(pl.Float64).to_numpy()
        spend = price * rows["weeks"].to_numpy()
        both = np.column_stack([columns, np.log(price)])
        code = rows["provider"].cast(pl.Enum(providers)).to_physical().to_numpy()
        order = np.argsort(code, kind="stable")
        edges = np.searchsorted(code[order], np.arange(len(providers) + 1))
        blocks = [order[a:b] for a, b in pairwise(edges)]
        self._inner = np.stack([(both[b] * spend[b, None]).T @ both[b] for b in blocks])
        self._periods = len(periods)

    def indices(self, weights: Floats) -> Floats:
        """Logarithms on the first period, shape (samples, periods). A small ridge on the diagonal allows for samples
        without some level."""
        inner = np.tensordot(weights, self._inner, axes=1)
        left = inner[:, :-1, :-1]
        size = np.trace(left, axis1=1, axis2=2)[:, None, None] / left.shape[-1]
        beta = np.linalg.solve(left + 1e-10 * size * np.eye(left.shape[-1]), inner[:, :-1, -1:])[..., 0]
        return np.concatenate([np.zeros((len(weights), 1)), beta[:, : self._periods - 1]], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """Indices on the first period (1.0), by method: `value`, `low`, `high` each (periods,). `samples` were drawn."""

    periods: tuple[Any, ...]
    value: dict[str, Floats]
    low: dict[str, Floats]
    high: dict[str, Floats]
    samples: int

    def frame(self, deflator: Floats | None = None) -> pl.DataFrame:
        """`census, method, index, low, high`, and where a `deflator` (periods,) is given `real`, `real_low`,
        `real_high`: the index over the deflator's, both on the first period."""
        rows = []
        by = None if deflator is None else deflator / deflator[0]
        for method in METHODS:
            for at, period in enumerate(self.periods):
                row: dict[str, Any] = {"census": period, "method": method}
                row |= {name: _known(kept[method][at]) for name, kept in
                        (("index", self.value), ("low", self.low), ("high", self.high))}  # fmt: skip
                if by is not None:
                    for name, kept in (("real", self.value), ("real_low", self.low), ("real_high", self.high)):
                        row[name] = _known(kept[method][at] / by[at])
                rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def indices(placements: pl.DataFrame, *, samples: int = 1000, seed: int = 0, item: Sequence[str] = ITEM) -> Indices:
    """All four methods with 95 % intervals: percentiles over samples of providers, each with all its homes."""
    rows = priced(placements)
    of = panel(placements, item)
    names = rows["provider"].unique().sort().to_list()
    weeks = pl.col("weeks").cast(pl.Float64) if "weeks" in rows.columns else pl.lit(1.0)
    model = _TimeDummy(rows.with_columns(weeks=weeks), of.periods, names)
    sums = _Sums(of, by_provider=True)
    with_items = of.rows["provider"].unique().sort().to_list()
    picked = np.array([names.index(one) for one in with_items])
    drawn = resampled(len(names), samples, seed)

    def every(weights: Floats) -> dict[str, Floats]:
        found = sums.pairs(weights[:, picked])
        return {
            "fisher": chained(found.fisher),
            "tornqvist": chained(found.tornqvist),
            "geks": geks(found.fisher),
            "time_dummy": model.indices(weights),
        }

    value = every(np.ones((1, len(names))))
    kept: dict[str, list[Floats]] = {method: [] for method in METHODS}
    for part in np.array_split(drawn, max(1, samples // CHUNK)) if samples else []:
        for method, found in every(part).items():
            kept[method].append(found)
    low, high = {}, {}
    for method in METHODS:
        every_sample = np.concatenate(kept[method]) if samples else value[method]
        low[method], high[method] = _tails(every_sample)
    return Indices(of.periods, {one: np.exp(found[0]) for one, found in value.items()}, low, high, samples)


def _tails(samples: Floats) -> tuple[Floats, Floats]:
    """The interval's ends by period; NaN where one sample in twenty has no common homes for an index."""
    ends = np.full((2, samples.shape[1]), np.nan)
    known = np.isfinite(samples)
    for period in np.flatnonzero(known.mean(axis=0) >= LEVEL):
        ends[:, period] = np.quantile(samples[known[:, period], period], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return np.exp(ends[0]), np.exp(ends[1])


CHUNK: Final = 250
"Samples processed at once: their matrices fit the processor's cache."


def resampled(count: int, samples: int, seed: int) -> Floats:
    """How often each of `count` clusters is drawn in each bootstrap sample, shape (samples, count)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(count, np.full(count, 1.0 / count), size=samples).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Divergence:
    """Why the index by model and that of matched homes differ at the last period, in logarithms; the parts sum to it.

    `churn`: the effect of homes seen once; `method`: the difference that remains between the model and the matched
    index of homes seen again. `once_homes` and `once_spend` are the shares of items and of spend seen once.
    """

    whole: float
    churn: float
    method: float
    once_items: float
    once_spend: float


def divergence(placements: pl.DataFrame, item: Sequence[str] = ITEM) -> Divergence:
    """The time-dummy index less GEKS, split by modelling the placements of items seen twice alone."""
    of = panel(placements, item)
    names = of.rows["provider"].unique().sort().to_list()
    again = of.seen >= 2
    kept = of.rows.filter(pl.Series(again[of.rows["item"].to_numpy()]))
    one = np.ones((1, len(names)))
    every = _TimeDummy(of.rows, of.periods, names).indices(one)[0, -1]
    matched = _TimeDummy(kept, of.periods, names).indices(one)[0, -1]
    by_homes = geks(pairs(of).fisher)[-1]
    spend = (of.price * of.weeks).sum(axis=0)
    return Divergence(
        whole=float(every - by_homes), churn=float(every - matched), method=float(matched - by_homes),
        once_items=float((~again).mean()), once_spend=float(spend[~again].sum() / spend.sum()),
    )  # fmt: skip
