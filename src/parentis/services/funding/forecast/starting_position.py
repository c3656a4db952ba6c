"""The starting position of each authority: budget, outturn, high-needs funding, balance and reserves, with their
rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from parentis.services.funding.facts import Facts, Quantity, gather
from parentis.services.funding.quantities import MONITORED, PUBLISHED

RS, RA = "finance.rs/lines", "finance.ra/lines"
_RESERVES = ("reserves.unallocated.closing", "reserves.earmarked.closing")
"Reserves without those of schools, public health and the DSG, which may not fund a children's shortfall."


def _reserve(table: str, line: str) -> Quantity:
    return Quantity(
        id=f"{table}|{line}",
        table=table,
        where=(pl.col("SERVICE_LINE") == line) & (pl.col("MEASURE") == "net"),
        amount=pl.col("AMOUNT"),
    )


RESERVES = tuple(_reserve(table, line) for table in (RS, RA) for line in _RESERVES)
_LINES = "finance.monitoring/lines"
PLACED = Quantity(
    id="monitoring.csc.looked_after",
    table=_LINES,
    where=pl.col("SERVICE_LINE") == "csc.looked_after",
    amount=pl.coalesce("OUTTURN", "FORECAST_OUTTURN"),
    latest="QUARTER",
)
_WANTED = {
    "monitoring.csc.revised_budget", "monitoring.csc.outturn", "monitoring.hn.budget", "monitoring.hn.spend",
    "monitoring.hn.brought_forward",
}  # fmt: skip
QUANTITIES = (
    *(one for one in MONITORED if one.id in _WANTED),
    *(one for one in PUBLISHED if one.id in ("csc.budget", "csc.outturn")),
    PLACED,
    *RESERVES,
)


BASES: Mapping[str, tuple[str, str]] = {
    "monitoring": ("monitoring.csc.revised_budget", "monitoring.csc.outturn"),
    "RA and RS": ("csc.budget", "csc.outturn"),
}
"Budget and outturn by basis, the preferred one first. An authority without monitoring starts from published returns."


def _none() -> np.ndarray:
    return np.empty((0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The year before the futures, in pounds; every array has shape (authorities,), NaN where nothing is held.

    Attributes:
        budget, outturn: children's social care, net: the revised budget, and the outturn or last forecast.
        basis: of each authority, `monitoring`, or `RA and RS` where its monitoring is not held; '' without either.
        hn_funding, hn_spend: high needs: allocation with transfers, and spend.
        hn_balance: at the end of the year; a deficit is negative.
        reserves: unallocated and earmarked, without schools', public health and DSG. `reserves_period` is their year.
        rest_growth, hn_growth: yearly real log growth of spend other than on looked-after children, and of high
            needs, all authorities together, (years,). `rest_years` and `hn_years` label the year each step leads to.
        rest_deviations, hn_deviations: each authority's growth less all authorities' mean, (authorities, years).
        used: rows of `Facts` behind the position.
    """

    year: str
    authorities: tuple[str, ...]
    budget: np.ndarray
    outturn: np.ndarray
    basis: tuple[str, ...]
    hn_funding: np.ndarray
    hn_spend: np.ndarray
    hn_balance: np.ndarray
    reserves: np.ndarray
    reserves_period: str
    rest_growth: np.ndarray
    hn_growth: np.ndarray
    rest_years: tuple[str, ...] = ()
    hn_years: tuple[str, ...] = ()
    rest_deviations: np.ndarray = field(default_factory=_none)
    hn_deviations: np.ndarray = field(default_factory=_none)
    used: pl.DataFrame

    def learning_from(self, keep: Callable[[str], bool]) -> "Start":
        """The same position with growth learnt only from the years that `keep` accepts."""
        rest, high = ([keep(year) for year in years] for years in (self.rest_years, self.hn_years))
        return replace(
            self,
            rest_growth=self.rest_growth[rest],
            hn_growth=self.hn_growth[high],
            rest_deviations=self.rest_deviations[:, rest] if self.rest_years else self.rest_deviations,
            hn_deviations=self.hn_deviations[:, high] if self.hn_years else self.hn_deviations,
            rest_years=tuple(year for year, kept in zip(self.rest_years, rest, strict=True) if kept),
            hn_years=tuple(year for year, kept in zip(self.hn_years, high, strict=True) if kept),
        )


def starting(tables: Mapping[str, pl.DataFrame], authorities: Sequence[str], year: str) -> Start | None:
    """The position in `year`; None if no authority has a budget and an outturn for it."""
    facts = gather(tables, QUANTITIES).filter(pl.col("authority").is_in(list(authorities)))
    now = facts.filter(pl.col("period") == year)
    column = {name: _column(now, name, authorities) for name in facts["quantity"].unique().to_list()}
    nothing = np.full(len(authorities), np.nan)
    pairs = {basis: tuple(column.get(name, nothing) for name in names) for basis, names in BASES.items()}
    basis, budget, outturn = _first_held(pairs, len(authorities))
    if not any(basis):
        return None
    funding, spend, before = (
        column.get(f"monitoring.hn.{name}", nothing) for name in ("budget", "spend", "brought_forward")
    )
    reserves, period, reserve_rows = _reserves(facts, authorities, year)
    own = _of_basis(now, authorities, basis)
    # What was reported after `year` must not teach a forecast that starts there.
    past = facts.filter(pl.col("period") <= year)
    rest, rest_years, rest_own = _growth(past, "monitoring.csc.outturn", "monitoring.csc.looked_after")
    high, high_years, high_own = _growth(past, "monitoring.hn.spend", "")
    return Start(
        year=year,
        authorities=tuple(authorities),
        budget=budget,
        outturn=outturn,
        basis=basis,
        hn_funding=funding,
        hn_spend=spend,
        hn_balance=before + funding - spend,
        reserves=reserves,
        reserves_period=period,
        rest_growth=rest,
        hn_growth=high,
        rest_years=rest_years,
        hn_years=high_years,
        rest_deviations=rest_own,
        hn_deviations=high_own,
        used=pl.concat([own, reserve_rows]),
    )


def said_basis(start: "Start", chosen: Sequence[int]) -> str:
    """The starting bases of the authorities at `chosen`, in words: `monitoring of 30, RA and RS of 3`."""
    counts = {name: sum(start.basis[at] == name for at in chosen) for name in BASES}
    held = {name: count for name, count in counts.items() if count}
    if len(held) == 1:
        return next(iter(held))
    return ", ".join(f"{name} of {count}" for name, count in held.items()) or "no budget and outturn"


def _first_held(
    pairs: Mapping[str, tuple[np.ndarray, ...]], count: int
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Each authority's first basis with both budget and outturn, and those amounts; they are never from different
    bases.
    """
    basis = [""] * count
    budget, outturn = (np.full(count, np.nan) for _ in range(2))
    for name, (planned, spent) in pairs.items():
        for at in np.flatnonzero(np.isfinite(planned + spent)):
            if not basis[at]:
                basis[at], budget[at], outturn[at] = name, planned[at], spent[at]
    return tuple(basis), budget, outturn


def _of_basis(now: pl.DataFrame, authorities: Sequence[str], basis: Sequence[str]) -> pl.DataFrame:
    """Rows behind the starting position, without those of bases that were not used for an authority."""
    whose = pl.col("authority").replace_strict(dict(zip(authorities, basis, strict=True)), default="")
    unused = pl.any_horizontal(pl.col("quantity").is_in(names) & (whose != name) for name, names in BASES.items())
    return now.filter(~pl.col("quantity").str.contains("reserves") & ~unused)


def _column(facts: pl.DataFrame, quantity: str, authorities: Sequence[str]) -> np.ndarray:
    held = facts.filter(pl.col("quantity") == quantity).group_by("authority").agg(pl.col("amount").sum())
    joined = pl.DataFrame({"authority": list(authorities)}).join(
        held, on="authority", how="left", maintain_order="left"
    )
    return joined["amount"].cast(pl.Float64).to_numpy()


def _reserves(facts: pl.DataFrame, authorities: Sequence[str], year: str) -> tuple[np.ndarray, str, pl.DataFrame]:
    """Reserves of the last year up to `year` that has them; the outturn is preferred to the budget's estimate."""
    held = facts.filter(pl.col("quantity").str.contains("reserves") & (pl.col("period") <= year))
    if held.is_empty():
        return np.full(len(authorities), np.nan), "", Facts.create_empty()
    last = str(held["period"].max())
    held = held.filter(pl.col("period") == last)
    table = RS if (held["table"] == RS).any() else RA
    rows = held.filter(pl.col("table") == table)
    lines = [_column(rows, f"{table}|{line}", authorities) for line in _RESERVES]
    return lines[0] + lines[1], last, rows


def _growth(facts: pl.DataFrame, whole: str, less: str) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Yearly log growth in real terms of one quantity less another, of the authorities that have it in every year; the
    year each step leads to; and each authority's growth less their mean, (authorities, years)."""
    from parentis.region import deflator_factor

    wanted = [whole, less] if less else [whole]
    rows = facts.filter(pl.col("quantity").is_in(wanted))
    years = sorted(rows["period"].unique().to_list())
    always = rows.filter(pl.col("period").n_unique().over("authority", "quantity") == len(years))
    if len(years) < 2 or always.is_empty() or always["quantity"].n_unique() < len(wanted):
        return np.empty(0), (), _none()
    sign = pl.when(pl.col("quantity") == whole).then(1.0).otherwise(-1.0)
    real = pl.col("period").replace_strict(
        {label: deflator_factor(label, years[-1]) for label in years}, return_dtype=pl.Float64
    )
    amounts = always.group_by("authority", "period").agg(total=(pl.col("amount") * sign * real).sum())
    table = amounts.pivot("period", index="authority", values="total").sort("authority").select(years).to_numpy()
    table = table[np.isfinite(table).all(axis=1)]
    by_year = table.sum(axis=0)
    if not (by_year > 0).all():
        return np.empty(0), (), _none()
    own = np.diff(np.log(table[(table > 0).all(axis=1)]), axis=1)
    return np.diff(np.log(by_year)), tuple(years[1:]), own - own.mean(axis=0) if len(own) > 1 else _none()
