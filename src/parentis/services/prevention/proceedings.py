"""How children come into care: under a court's order, or before one. It decides whom an offer before proceedings meets.

A family group meeting that must be offered before an application to the court comes before the entry of children who
enter under an order. Those who enter by agreement or under police protection and have an order within six months
were in care before that offer: one made six months earlier would have met them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.services.demand.simulation.programmes import Drawn

ORDERS = ("C1", "C2", "E1")
"Legal statuses of children under an interim care order, a care order, a placement order."
SHORT_BREAKS = ("V3", "V4")
STARTS = "S"
"Reason for a new episode: the child starts to be looked after."
MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Routes:
    """Entries into care that could be followed for `months`: all, those under an order, and those with one within
    `months` that had none at first. Unaccompanied children and short breaks are left out."""

    months: int
    entries: int
    under_order: int
    order_within: int

    @property
    def met(self) -> Drawn:
        """The share of entries that an offer before proceedings comes before."""
        return share_of(self.under_order, self.entries)

    @property
    def earlier(self) -> Drawn:
        """Entries that an offer so much earlier comes before as well, for each one that the present offer meets."""
        other = share_of(self.order_within, self.entries)
        by = 1 / self.met.centre
        low, high = other.low or 0.0, other.high or 0.0
        return Drawn(centre=other.centre * by, low=low * by, high=high * by, scale="linear")


def share_of(count: int, of: int) -> Drawn:
    """A share with its 95 % interval (Agresti and Coull's, so that it is never without width)."""
    n = of + 3.8415
    centre = (count + 1.9207) / n
    wide = 1.959964 * np.sqrt(centre * (1 - centre) / n)
    return Drawn(centre=float(centre), low=float(max(centre - wide, 0)), high=float(centre + wide), scale="linear")


def routes(episodes: pl.DataFrame, unaccompanied: pl.DataFrame, *, months: int = 6) -> Routes:
    """Count the entries of `ssda903/Episodes`; `unaccompanied`: `ssda903/UASC`."""
    key = ["authority", "CHILD"]
    rows = (
        episodes.filter(pl.col("DECOM").is_not_null())
        .sort("sequence")
        .unique([*key, "DECOM"], keep="last", maintain_order=True)
        .join(unaccompanied.select(key).unique(), on=key, how="anti")
    )
    begun = rows.filter((pl.col("RNE") == STARTS) & ~pl.col("LS").is_in(SHORT_BREAKS)).select(*key, "LS", begun="DECOM")
    orders = rows.filter(pl.col("LS").is_in(ORDERS)).select(*key, ordered="DECOM")
    last = rows.select(pl.max_horizontal(pl.col("DECOM").max(), pl.col("DEC").max())).item()
    followed = begun.filter(pl.col("begun") <= pl.lit(last).dt.offset_by(f"-{round(months * MONTH)}d"))
    first = (
        followed.join(orders, on=key, how="left")
        .filter(pl.col("ordered").is_null() | (pl.col("ordered") >= pl.col("begun")))
        .group_by(*key, "begun")
        .agg(pl.col("LS").first(), after=(pl.col("ordered") - pl.col("begun")).dt.total_days().min())
    )
    later = followed.join(first, on=[*key, "begun"], how="anti")
    under = pl.col("LS").is_in(ORDERS)
    soon = ~under & (pl.col("after") <= months * MONTH).fill_null(value=False)
    return Routes(
        months=months,
        entries=first.height + later.height,
        under_order=first.filter(under).height,
        order_within=first.filter(soon).height,
    )
