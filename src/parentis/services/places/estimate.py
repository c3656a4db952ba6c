"""London's demand estimated from the referral log: the one estimate used for both size and shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from parentis.region import members, parse_period
from parentis.services.places.need.referrals import Audit, counted, needs
from parentis.services.places.need.uncensored import Demand, Elicited, interval, uncensor
from parentis.services.places.needs import REFERRALS

LONDON: Final = "london"
YEARS: Final = 3
"Number of the log's last years used for the estimate."
DEFAULTS: Final[Mapping[str, Any]] = {
    "audit_matched": 80, "audit_placements": 100, "never_low": 0.0, "never_high": 0.0, "futures": 60, "seed": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Demand from the last years of the log, the boroughs by cell, and the log's `period` to which the estimate is
    assigned."""

    demand: Demand
    authorities: tuple[str, ...]
    found: pl.DataFrame
    period: str


def estimate(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Estimate | None:
    """Demand from the log's last `YEARS` years; None where there are fewer, or too few referrals or stays for an
    estimate. Parameters as `compute`'s."""
    chosen = {**DEFAULTS, **parameters}
    log = tables[REFERRALS]
    periods = sorted(log["period"].unique().to_list())[-YEARS:]
    if len(periods) < YEARS:
        return None
    first, until = parse_period(periods[0]).start, _after(parse_period(periods[-1]).end)
    authorities = tuple(sorted(members(LONDON, parse_period(periods[-1]).end)))
    found = needs(log.filter(pl.col("period").is_in(periods)), authorities)
    audit = Audit(matched=int(chosen["audit_matched"]), placements=int(chosen["audit_placements"]))
    elicited = Elicited(low=chosen["never_low"], high=chosen["never_high"]) if chosen["never_high"] > 0 else None
    try:
        made = uncensor(counted(found, authorities, first, until, audit), seed=int(chosen["seed"]), elicited=elicited)
    except ValueError:
        return None
    return Estimate(demand=made, authorities=authorities, found=found, period=periods[-1])


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def described(demand: Demand) -> pl.DataFrame:
    """A row a part of the estimate: `part`, `text`, `estimate` with bands of 80 and 95 %. Children never referred
    stand in rows of their own, and in no other."""
    parts = [
        ("recorded", "Referrals a year in the log", demand.arrivals.a_year),
        ("share", "Share of needs that the log holds", demand.recorded),
        ("a_year", "Needs a year, those the log missed too", demand.a_year()),
        ("bunching", "Bunching: variance of a month's rate over its squared mean", demand.arrivals.bunching),
        ("stay", "Mean stay, days", demand.stay.mean()),
        ("at_72_hours", "Share of stays that end at 72 hours", demand.stay.at_72_hours),
        ("at_3_months", "Share of stays that end at three months", demand.stay.at_3_months),
        ("load", "Places that would be full if nobody were refused", demand.load()),
    ]
    extra = demand.load_never_referred()
    if demand.never_referred is not None and extra is not None:
        parts += [
            (
                "never_referred",
                "Children a year nobody referred, as people who know the work think",
                demand.never_referred,
            ),
            ("never_load", "Places more that these would fill", extra),
        ]
    rows = []
    for part, text, draws in parts:
        found = interval(draws)
        (low80, high80), (low95, high95) = found.bands
        rows.append(
            {"part": part, "text": text, "estimate": found.estimate, "low80": low80, "high80": high80, "low95": low95,
             "high95": high95}
        )  # fmt: skip
    alone = {"part": "placed_only", "text": "What places in use alone would say", "estimate": demand.placed_only}
    return pl.DataFrame(
        [*rows, alone | dict.fromkeys(("low80", "high80", "low95", "high95"))], infer_schema_length=None
    )
