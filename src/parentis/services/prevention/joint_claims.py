"""Several bids on the same children: the claims on saved nights that a portfolio chooses by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.region import financial_year_of
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.simulation.person_nights import ledger_rows
from parentis.services.prevention.bids import Bid, months_of
from parentis.services.prevention.discount_factors import discount_factors
from parentis.services.prevention.ledger import night_prices
from parentis.services.prevention.overlap import claims, claims_of_draw
from parentis.services.prevention.portfolio import Claim

DRAWS: Final = 20
"Draws of which the ledger is read child by child."


def joint_claims(
    bids: Sequence[Bid], basis: Basis, places: Sequence[str], *, on: date, draws: int = DRAWS
) -> tuple[tuple[Claim, ...], np.ndarray]:
    """Claims of bids in the boroughs `places`, in present value at the first bid's start, and the pounds of each by
    draw, (draws, claims). Programmes have the ids of their bids."""
    own = replace(basis, model=basis.model.only(*places))
    first, months = min(bids, key=lambda one: one.start), max(months_of(one, own.model.cut) for one in bids)
    programmes = [one for bid in bids for one in bid.programmes]
    found = []
    for draw in range(draws):
        rows = ledger_rows(own.model, programmes, draw, months=months, seed=own.seed)
        found.append(claims_of_draw(rows, _prices(own, rows, draw, first, on)) if rows.height else {})
    return claims(found)


def _prices(basis: Basis, rows: pl.DataFrame, draw: int, first: Bid, on: date) -> pl.DataFrame:
    """Present value of a night of one draw by authority, group and month, in pounds of the price year."""
    of_month = {end: financial_year_of(end).label for end in rows["month_end"].unique().sort().to_list()}
    years = tuple(dict.fromkeys(of_month.values()))
    held = night_prices(basis, basis.model.names, years, range(draw, draw + 1), first.price_year)
    at = [max(int(year[:4]) - int(first.first_year[:4]), 0) for year in years]
    worth = held.pence[0] / 100 * discount_factors(max(at) + 1, on=on)[at]
    places, groups = list(basis.model.names), list(basis.model.groups.names)
    known = [
        (
            authority,
            group,
            month,
            float(worth[places.index(authority), groups.index(group), years.index(of_month[month])]),
        )
        for authority, group, month in rows.select("authority", "group", "month_end").unique().iter_rows()
    ]
    schema = {"authority": pl.String, "group": pl.String, "month_end": pl.Date, "price": pl.Float64}
    return pl.DataFrame(known, schema=schema, orient="row")
