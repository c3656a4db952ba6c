"""Two bridges: from monitored to modelled placements, and from the last shortfall to each future one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from parentis.services.demand import Outlook
from parentis.services.funding.risk.futures import Futures
from parentis.services.funding.risk.measures import BEFORE
from parentis.services.funding.risk.places import VALUES, Place, adder, those_with
from parentis.services.funding.risk.starting_position import Start


def reconciled(ahead: Outlook) -> np.ndarray:
    """The factors that scale the model's cost of placements to the monitored cost, (authorities,), so that futures
    start from the monitored cost. 1 where the year is not monitored."""
    monitored, modelled = _monitored(ahead), ahead.gross_before.sum(axis=1)
    usable = np.isfinite(monitored) & (modelled > 0)
    return np.where(usable, monitored / np.where(modelled > 0, modelled, 1.0), 1.0)


def _monitored(ahead: Outlook) -> np.ndarray:
    """Gross pounds of placements as monitored, (authorities,); NaN where the year is not held."""
    held = np.isfinite(ahead.monitored_gross).any(axis=1)
    return np.where(held, np.nansum(ahead.monitored_gross, axis=1), np.nan)


def bridges(found: Futures, start: Start, ahead: Outlook, place: Place) -> pl.DataFrame:
    """Bridges from the last year's shortfall to each future one, and from monitored to modelled placements."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    both = those_with(place.own, found.csc_shortfall + found.hn_shortfall)
    begun = (start.outturn - start.budget + start.hn_spend - start.hn_funding)[both].sum()
    rest_before = start.outturn - found.placed_before
    parts = {
        "placements": found.placed - found.placed_before[None, :, None],
        "rest": found.csc_spend - found.placed - rest_before[None, :, None],
        "budget": start.budget[None, :, None] - found.csc_budget,
        "high_needs": found.hn_spend - start.hn_spend[None, :, None],
        "funding": start.hn_funding[None, :, None] - found.hn_funding,
    }
    for at, year in enumerate(found.years if both else ()):
        add(BEFORE, year, np.array([begun]), both, interval=False)
        for name, part in parts.items():
            add(f"funding.risk.bridge.{name}", year, part[:, both, at].sum(axis=1), both)
    monitored = _monitored(ahead)
    own = [at for at in place.own if np.isfinite(monitored[at])]
    for name, value in (_reconciliation(ahead, own) if own else {}).items():
        add(f"funding.reconciled.{name}", start.year, np.array([value]), own, interval=False)
    return pl.DataFrame(rows, schema=VALUES)


def _reconciliation(ahead: Outlook, own: Sequence[int]) -> dict[str, float]:
    """The bridge for placements of these authorities by kind; if one side lacks a kind, it is a step of nights."""
    nights, gross = (np.nan_to_num(one[own]) for one in (ahead.monitored_nights, ahead.monitored_gross))
    ours, modelled = ahead.nights_before[own], ahead.gross_before[own]
    price = np.divide(gross, nights, out=np.zeros_like(gross), where=nights > 0)
    at_their_price = np.where(nights > 0, ours * price, modelled)
    share = np.divide(
        ahead.cost_before[own].sum(axis=1), modelled.sum(axis=1),
        out=np.ones(len(own)), where=modelled.sum(axis=1) > 0,
    )  # fmt: skip
    used = gross.sum(axis=1) * share
    return {
        "monitored": float(gross.sum()),
        "nights": float((at_their_price - gross).sum()),
        "prices": float((modelled - at_their_price).sum()),
        "modelled": float(modelled.sum()),
        "contributions": float((used - gross.sum(axis=1)).sum()),
        "used": float(used.sum()),
    }
