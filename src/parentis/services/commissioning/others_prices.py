"""Effect of a provider's block contract on the prices that other boroughs pay the same provider."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.did_it_work import MATTERS
from parentis.services.commissioning.hedonic import PARTNERSHIP
from parentis.services.commissioning.mixed_models import Floats, Ints, sums_by
from parentis.services.commissioning.placement_prices import NOBODY, TERMS, Term, design, priced, provider_and_home
from parentis.services.commissioning.randomisation import Effect, judged

BLOCK: Final = "Block"
"Prefix of the ways of buying that are a block."


HELD_STILL: Final = (
    *(term for term in TERMS if term.column not in (PARTNERSHIP, "census")),
    Term("cell", "the partnership and month"),
)
"Other changes of a partnership's prices from month to month are not effects of a block."


LITTLE: Final = 1e-9
"Added to the diagonal, relative to its mean, for columns that are collinear with providers' effects."


class NoBlocksBesideError(ParentisError):
    """Either none or all of the providers with other buyers have a block."""


def effect_on_others(placements: pl.DataFrame, blocks: pl.DataFrame, *, ways: int = 999, seed: int = 0,
                     matters: float = MATTERS) -> Effect:  # fmt: skip
    """The difference, in logarithms, of prices that non-members pay a provider while it has a block with somebody
    else.

    A provider's prices are compared with its own earlier prices and with other providers' in the same month (an
    effect for each provider and month); placements in blocks are left out. `blocks`: `provider, partnership, starts`
    (a day, or text that sorts with `census`). Judged by permutation of which provider has which block, members and
    all.
    """
    rows = priced(placements)
    if "sourced" in rows.columns:
        rows = rows.filter(~pl.col("sourced").fill_null("").str.starts_with(BLOCK))
    if rows.is_empty():
        raise NoBlocksBesideError("nobody buys outside the blocks: what others pay cannot be watched")
    market = Market(rows, blocks)
    if not market.watched():
        raise NoBlocksBesideError("no provider that others buy of began a block in these censuses: nothing to watch")
    count = len(market.starts)
    estimate, _ = market.estimate(np.arange(count))
    rng = np.random.default_rng(seed)
    found = [market.estimate(rng.permutation(count)) for _ in range(ways)]
    others = np.array([one for one in found if np.isfinite(one[0])]).reshape(-1, 2)
    return judged(estimate, others[:, 0], others[:, 1], matters=matters)


class Market:
    """Sums of squares by provider, from which the regression under any assignment of blocks follows: an assignment
    only removes its members' rows and determines which other rows are exposed."""

    def __init__(self, rows: pl.DataFrame, blocks: pl.DataFrame) -> None:
        self._group, _, providers = provider_and_home(rows)
        periods = sorted(rows["census"].unique().to_list())
        names = rows[PARTNERSHIP].fill_null(NOBODY).unique().sort().to_list()
        first = dict(blocks.group_by("provider").agg(pl.col("starts").min()).iter_rows())
        inside = {(one["provider"], one["partnership"]) for one in blocks.iter_rows(named=True)}
        self.starts = np.array([_place(first.get(one), periods) for one in providers])
        self._last = len(periods)
        self._members = np.array([[(one, name) in inside for name in names] for one in providers])
        place = {one: k for k, one in enumerate(periods)}
        self._at = rows["census"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
        self._of = rows[PARTNERSHIP].fill_null(NOBODY).cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
        cell = pl.concat_str(pl.col(PARTNERSHIP).fill_null(NOBODY), pl.lit(" "), pl.col("census").cast(pl.String))
        columns = design(rows.with_columns(cell=cell), HELD_STILL).matrix[:, 1:]
        price = rows["weekly_price"].cast(pl.Float64).log().to_numpy()
        own = np.arange(len(providers))
        self._held = np.column_stack([columns, price, self._exposed(own, ~self._excluded(own))])
        self._count = len(providers)
        self._whole = self._held.T @ self._held
        self._sums = sums_by(self._group, self._held, self._count)
        self._rows = np.bincount(self._group, minlength=self._count).astype(np.float64)
        self._add_up_cells(len(names))

    def _add_up_cells(self, partnerships: int) -> None:
        """Sums by provider, partnership and month, whose rows are always exposed together; computed once."""
        code = (self._group * partnerships + self._of) * self._last + self._at
        cells, where = np.unique(code, return_inverse=True)
        self._cell_sums = sums_by(where, self._held, len(cells))
        self._cell_rows = np.bincount(where).astype(np.float64)
        self._cell_at, pair = cells % self._last, cells // self._last
        self._cell_group, self._cell_of = pair // partnerships, pair % partnerships
        every = self._group * partnerships + self._of
        self._by_pair = np.argsort(every, kind="stable")
        edges = np.searchsorted(every[self._by_pair], np.arange(self._count * partnerships + 1))
        self._pair_edges = np.lib.stride_tricks.sliding_window_view(edges, partnerships + 1)[::partnerships]
        self._pairs: dict[tuple[int, int], tuple[Floats, Floats, int]] = {}

    def _pair(self, group: int, of: int) -> tuple[Floats, Floats, int]:
        """Squares, sums and number of the rows of a provider and partnership, computed once."""
        if (group, of) not in self._pairs:
            rows = self._held[self._by_pair[self._pair_edges[group, of] : self._pair_edges[group, of + 1]]]
            self._pairs[group, of] = (rows.T @ rows, rows.sum(axis=0), len(rows))
        return self._pairs[group, of]

    def watched(self) -> bool:
        """Whether some provider with other buyers has a block that began within the censuses, and some other has
        none."""
        own = np.arange(self._count)
        exposed = self._exposed(own, ~self._excluded(own))
        return bool(exposed.any() and (self.starts > 0).any() and (self.starts != self.starts[0]).any())

    def _excluded(self, way: Ints) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self._members[way][self._group, self._of]
        return found

    def _exposed(self, way: Ints, kept: npt.NDArray[np.bool_]) -> Floats:
        return ((self._at >= self.starts[way][self._group]) & kept).astype(np.float64)

    def estimate(self, way: Ints) -> tuple[float, float]:
        """The coefficients of exposure for prices and for the actual exposure, when provider k has the block of
        provider `way[k]`."""
        members = self._members[way][self._cell_group, self._cell_of]
        exposed = ((self._cell_at >= self.starts[way][self._cell_group]) & ~members).astype(np.float64)
        inner, sums, rows = self._whole.copy(), self._sums.copy(), self._rows.copy()
        for group, of in zip(*np.nonzero(self._members[way]), strict=True):
            squares, total, count = self._pair(int(group), int(of))
            inner -= squares
            sums[group] -= total
            rows[group] -= count
        rows = np.maximum(rows, 1.0)
        own_sums = np.bincount(self._cell_group, weights=exposed * self._cell_rows, minlength=self._count)
        inner = inner - sums.T @ (sums / rows[:, None])
        cross = exposed @ self._cell_sums - sums.T @ (own_sums / rows)
        size = float(own_sums.sum() - own_sums @ (own_sums / rows))
        # exposure is residualised on the other columns (Frisch & Waugh 1933)
        held = inner[:-2, :-2]
        told = np.linalg.solve(held + LITTLE * np.trace(held) / len(held) * np.eye(len(held)), cross[:-2])
        left = size - float(told @ cross[:-2])
        if left < 1e-6:
            return float("nan"), float("nan")
        found = (cross[-2:] - told @ inner[:-2, -2:]) / left
        return float(found[0]), float(found[1])


def _place(since: Any, periods: list[Any]) -> int:
    if since is None:
        return len(periods)
    return next((k for k, period in enumerate(periods) if period >= since), len(periods))
