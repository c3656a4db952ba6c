"""Two bridges: from monitored to modelled placements, and from the gap last reported to the ask of each year."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import breakdown
from parentis.services.demand import Outlook
from parentis.services.funding.forecast.futures import Futures
from parentis.services.funding.forecast.measures import BEFORE, BELOW, STEPS
from parentis.services.funding.forecast.places import VALUES, Place, adder, those_with
from parentis.services.funding.forecast.starting_position import Start


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


SOCIAL_CARE, HIGH_NEEDS = breakdown({"pot": "social_care"}), breakdown({"pot": "high_needs"})


def steps_of(found: Futures, start: Start) -> dict[str, dict[str, np.ndarray]]:
    """By pot (its breakdown), the steps from the gap last reported to the ask, each (replicates, authorities, years);
    in every future the gap and the steps sum to the pot's part of the ask."""
    still = 0.0 * found.csc_spend
    return {
        SOCIAL_CARE: {
            **found.csc_steps,
            "settlement": start.budget[None, :, None] - found.csc_budget,
            "policy": still,
        },
        HIGH_NEEDS: {
            **found.hn_steps,
            "settlement": start.hn_funding[None, :, None] - found.hn_funding,
            "policy": -found.apart,
        },
    }


def reported(start: Start) -> dict[str, np.ndarray]:
    """By pot, the gap of the starting year, (authorities,)."""
    return {SOCIAL_CARE: start.outturn - start.budget, HIGH_NEEDS: start.hn_spend - start.hn_funding}


def bridges(found: Futures, start: Start, ahead: Outlook, place: Place) -> pl.DataFrame:
    """Bridges from the gap last reported to the ask of each year, and from monitored to modelled placements."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    both = those_with(place.own, found.shortfall)
    begun, steps = reported(start), steps_of(found, start)
    for at, year in enumerate(found.years if both else ()):
        drawn = {
            pot: {name: part[:, both, at].sum(axis=1) for name, part in parts.items()} for pot, parts in steps.items()
        }
        gaps = {pot: np.array([gap[both].sum()]) for pot, gap in begun.items()}
        add(BEFORE, year, np.array([sum(gap.sum() for gap in gaps.values())]), both, interval=False)
        for pot, gap in gaps.items():
            add(BEFORE, year, gap, both, of=pot, interval=False)
        for one in STEPS:
            name = one.rpartition(".")[2]
            add(one, year, np.sum([parts[name] for parts in drawn.values()], axis=0), both)
            for pot, parts in drawn.items():
                add(one, year, parts[name], both, of=pot)
        asked = found.ask[:, both, at].sum(axis=1).mean()
        below = sum(float(gap.sum()) for gap in gaps.values()) - asked
        if below > 0:
            add(BELOW, year, np.array([below]), both, interval=False)
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
