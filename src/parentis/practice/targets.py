"""Targets of the synthetic London: published counts of children looked after, and published finances."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from parentis import region

FIRST_RETURN, LAST_RETURN = 2020, 2024
"Calendar years in which the first and the last practice SSDA903 return start."
LAST_LATER_RETURN = 2026
"Returns after the last can be asked for up to that of this year: nothing was published to fit them to."

UNACCOMPANIED_2020 = 1770
"London, 31 March 2020 (DfE, Local Authority Interactive Tool)."


@cache
def london() -> tuple[region.Authority, ...]:
    """The 33 authorities, in order of ONS code."""
    members = {one.gss: one for one in region.authorities() if one.region == "London" and one.valid_to is None}
    return tuple(members[gss] for gss in sorted(members))


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """Published counts, shape (authorities, years to 31 March 2021 … 2025), in order of `london()`."""

    stock: np.ndarray
    started: np.ndarray
    unaccompanied: np.ndarray
    stock_2020: np.ndarray
    "Shape (authorities,): derived as stock 2021 less starts plus ceases."
    unaccompanied_2020: np.ndarray


@cache
def looked_after() -> LookedAfter:
    """The published counts; the City's and Bromley's suppressed cells are filled with near values."""
    text = (files(__package__) / "tables" / "looked_after.csv").read_text(encoding="utf-8")
    rows = {row["authority"]: row for row in csv.DictReader(text.splitlines())}

    def block(name: str) -> np.ndarray:
        cells = [[rows[one.gss][f"{name}_{year}"] or "nan" for year in range(2021, 2026)] for one in london()]
        return np.array(cells, dtype=float)

    stock, started, ceased, unaccompanied = map(block, ("looked_after", "started", "ceased", "unaccompanied"))
    # Suppressed: the City's stock follows from its flows; about half its children, and few of Bromley's in
    # 2021, were unaccompanied.
    follows = np.c_[stock[:, :1], stock[:, :-1] + started[:, 1:] - ceased[:, 1:]]
    stock = np.where(np.isnan(stock), np.maximum(follows, 1), stock)
    later = np.c_[unaccompanied[:, 1:], unaccompanied[:, -1:]]
    unaccompanied = np.where(np.isnan(unaccompanied), np.where(np.isnan(later), stock // 2, later), unaccompanied)
    share = unaccompanied[:, 0] / unaccompanied[:, 0].sum()
    stock_2020 = stock[:, 0] - started[:, 0] + ceased[:, 0]
    return LookedAfter(
        stock=stock.astype(int),
        started=started.astype(int),
        unaccompanied=unaccompanied.astype(int),
        stock_2020=stock_2020.astype(int),
        unaccompanied_2020=np.minimum(np.rint(share * UNACCOMPANIED_2020), stock_2020 * 0.6).astype(int),
    )
