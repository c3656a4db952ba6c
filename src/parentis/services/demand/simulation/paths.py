"""Paths: simulated futures and summaries of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from parentis.services.demand.estimation.bands import AGES, N_AGES
from parentis.services.demand.estimation.model import Model
from parentis.services.demand.states import EXITS

QUANTILES: Mapping[str, float] = {"p2_5": 0.025, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p97_5": 0.975}
TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Futures: arrays of shape (replicates, authorities, columns, months).

    A column is a state, or with `by_age` a state and age band (state × ages + age). `stock` is the children looked
    after on the night of each month end; `nights` those of the month; `entries`, `exits` and `moves` (out of a
    placement) its events. `exits_by_kind` has `EXITS` for columns.
    """

    authorities: tuple[str, ...]
    groups: tuple[str, ...]
    scenario: str
    month_ends: tuple[date, ...]
    by_age: bool
    stock: np.ndarray
    nights: np.ndarray
    entries: np.ndarray
    exits: np.ndarray
    moves: np.ndarray
    exits_by_kind: np.ndarray
    events: int = 0
    "Entries, exits and moves in all."
    steps: int = 0
    "Stretches of constant hazard walked through."
    notes: tuple[str, ...] = ()
    "Sentences on the parts of the scenario that cannot be applied as given."

    @classmethod
    def empty(
        cls, model: Model, scenario: str, month_ends: tuple[date, ...], replicates: int, columns: int, *, by_age: bool
    ) -> "Paths":
        shape = (replicates, len(model.chosen), columns, len(month_ends))
        counts = [np.zeros(shape, np.int32) for _ in range(4)]
        return cls(
            authorities=model.names,
            groups=model.groups.names,
            scenario=scenario,
            month_ends=month_ends,
            by_age=by_age,
            stock=counts[0],
            nights=np.zeros(shape, np.float32),
            entries=counts[1],
            exits=counts[2],
            moves=counts[3],
            exits_by_kind=np.zeros((replicates, len(model.chosen), len(EXITS), len(month_ends)), np.int32),
        )

    def by_group(self, what: str = "stock") -> np.ndarray:
        """`what` with ages added up: (replicates, authorities, states, months)."""
        found = getattr(self, what)
        if not self.by_age:
            return found
        return found.reshape(*found.shape[:2], len(self.groups), N_AGES, found.shape[3]).sum(axis=3)

    def region(self, what: str = "stock") -> np.ndarray:
        """`what` of all authorities together, by state: (replicates, states, months)."""
        return self.by_group(what).sum(axis=1)

    def total(self, what: str = "stock") -> np.ndarray:
        """`what` of all authorities and states together: (replicates, months)."""
        return self.region(what).sum(axis=1)

    def summary(self, what: str = "stock", *, by_authority: bool = False) -> pl.DataFrame:
        """`authority` (null: all together), `group` (`total`: all), `month_end, mean, sd` and `QUANTILES`."""
        parts = [self._summed(None, self.region(what))]
        if by_authority:
            parts += [self._summed(name, self.by_group(what)[:, at]) for at, name in enumerate(self.authorities)]
        return pl.concat(parts)

    def _summed(self, authority: str | None, values: np.ndarray) -> pl.DataFrame:
        with_total = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
        return described(with_total, authority, (*self.groups, TOTAL), self.month_ends)

    def frame(self, what: str = "stock") -> pl.DataFrame:
        """Every value: `replicate, authority, group` (and `age`), `month_end, value`. Large: for a few authorities."""
        values = getattr(self, what)
        labels = [f"{g}|{a}" for g in self.groups for a in AGES] if self.by_age else list(self.groups)
        axes = np.indices(values.shape).reshape(4, -1)
        column = pl.Series(labels).gather(axes[2])
        frame = pl.DataFrame(
            {
                "replicate": axes[0],
                "authority": pl.Series(self.authorities).gather(axes[1]),
                "group": column,
                "month_end": pl.Series(self.month_ends).gather(axes[3]),
                "value": values.ravel().astype(np.float64),
            }
        )
        if not self.by_age:
            return frame
        halves = pl.col("group").str.split_exact("|", 1)
        return frame.with_columns(group=halves.struct[0], age=halves.struct[1])


def described(
    values: np.ndarray, authority: str | None, groups: Sequence[str], month_ends: Sequence[date]
) -> pl.DataFrame:
    """Mean, spread and quantiles of (replicates, groups, months) as rows."""
    months = len(month_ends)
    quantiles = np.quantile(values, list(QUANTILES.values()), axis=0)
    columns = {name: quantiles[at].ravel() for at, name in enumerate(QUANTILES)}
    return pl.DataFrame(
        {
            "authority": pl.Series([authority] * (len(groups) * months), dtype=pl.String),
            "group": np.repeat(np.array(groups), months),
            "month_end": pl.Series(list(month_ends) * len(groups), dtype=pl.Date),
            "mean": values.mean(axis=0).ravel(),
            "sd": values.std(axis=0).ravel(),
            **columns,
        }
    )
