"""Agreements of government with individual authorities: Stability Grants and safety-valve payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.region import match_authorities

GRANT, SAFETY_VALVE = "high_needs.agreements/stability_grant", "high_needs.agreements/safety_valve"
AGREEMENT_NEEDS = (GRANT, SAFETY_VALVE)
CERTAIN: Mapping[str, float] = {"paid": 1.0, "approved": 1.0, "refused": 0.0, "none": 0.0}
"Probability that the grant is paid, by the state of its decision; if applied for or unknown, `Policy` gives it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """Agreements by authority; all arrays have the same order.

    Attributes:
        chance: probability that the Stability Grant is paid, (authorities,); NaN where it is not decided.
        amount: of the grant where it was decided, pounds, (authorities,); NaN where it has to be calculated.
        payments: of safety-valve agreements by financial year, pounds, each (authorities,).
        scheduled: authorities with a schedule, (authorities,): they get the grant only if one was entered for them.
        used: the rows, with `authority`, `load_id`, `table`, `row`.
    """

    chance: np.ndarray
    amount: np.ndarray
    payments: Mapping[str, np.ndarray]
    scheduled: np.ndarray
    used: pl.DataFrame

    def chances(self, otherwise: float) -> np.ndarray:
        """Probability of the grant for each authority, (authorities,)."""
        known = np.where(self.scheduled & np.isnan(self.chance), 0.0, self.chance)
        return np.where(np.isnan(known), otherwise, known)

    def paid(self, year: str) -> np.ndarray:
        """Safety-valve payments of a year, (authorities,)."""
        return self.payments.get(year, np.zeros(len(self.chance)))

    @property
    def said(self) -> str:
        """The agreements in words, for the method of a figure."""
        decided = int(np.isfinite(self.chance).sum())
        grant = f"Stability Grant as entered for {decided} authorities" if decided else "no Stability Grant entered"
        valves = int(self.scheduled.sum())
        return (
            f"{grant}; safety-valve schedules of {valves} authorities"
            if valves
            else f"{grant}; no safety-valve schedule"
        )


def agreements(tables: Mapping[str, pl.DataFrame], authorities: Sequence[str]) -> Agreements:
    """The last entries for these authorities; empty arrays of agreements where nothing was entered."""
    place = {name: at for at, name in enumerate(authorities)}
    chance, amount = (np.full(len(authorities), np.nan) for _ in range(2))
    payments: dict[str, np.ndarray] = {}
    scheduled = np.zeros(len(authorities), dtype=bool)
    grants, schedules = (_latest(tables.get(need), need, place) for need in AGREEMENT_NEEDS)
    for row in grants.to_dicts():
        at = place[row["authority"]]
        chance[at] = CERTAIN.get(row["STANDING"], np.nan)
        amount[at] = np.nan if row["AMOUNT"] is None else float(row["AMOUNT"])
    for row in schedules.to_dicts():
        at = place[row["authority"]]
        scheduled[at] = True
        payments.setdefault(row["FINANCIAL_YEAR"], np.zeros(len(authorities)))[at] += float(row["PAYMENT"] or 0)
    columns = ["authority", "load_id", "table", "row", "provisional"]
    return Agreements(
        chance=chance,
        amount=amount,
        payments=payments,
        scheduled=scheduled,
        used=pl.concat([grants.select(columns), schedules.select(columns)]),
    )


def _latest(frame: pl.DataFrame | None, need: str, place: Mapping[str, int]) -> pl.DataFrame:
    """Rows of the last file that has any for an authority."""
    schema = {
        "authority": pl.String,
        "load_id": pl.String,
        "table": pl.String,
        "row": pl.UInt32,
        "provisional": pl.Boolean,
    }
    if frame is None or frame.is_empty():
        return pl.DataFrame(schema=schema)
    named = match_authorities(frame.drop("authority", strict=False), "ONS_CODE")
    return (
        named.filter(pl.col("authority").is_in(list(place)))
        .with_columns(table=pl.lit(need))
        .filter(pl.col("sequence") == pl.col("sequence").max().over("authority"))
    )
