"""What one intervention is worth as the law is read: without the duty, with the duty met by all, and offered earlier.

It was made for the family group conference, whose trial result has become law: to count all of its effect again is
the mistake that the three readings show.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from parentis.region import financial_year_of
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.simulation.attribution import SHARES
from parentis.services.demand.simulation.person_nights import person_nights
from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme
from parentis.services.prevention.catalogue import Entry, entry
from parentis.services.prevention.law import EARLIER, MET, NO_DUTY, additional
from parentis.services.prevention.ledger import night_prices
from parentis.services.prevention.proceedings import Routes

CONFERENCE = "family-group-conference"
LEVEL = 0.95
READINGS: Mapping[str, str] = {
    NO_DUTY: "As if there were no duty",
    MET: "The duty is met by all",
    EARLIER: "The duty is met by all, and the offer comes six months earlier",
}


def conference_effect(found: Routes, *, start: date, of: Entry | None = None) -> Effect:
    """The trial's effect on entries, for those whom an offer before proceedings meets."""
    known = of or entry(CONFERENCE)
    drawn = known.distribution()
    low, high = drawn.interval()
    kept = tuple((float(one.months), one.kept) for one in known.persistence)
    return Effect(
        quantity="entry",
        factor=Drawn(centre=drawn.centre, low=low, high=high),
        share=found.met,
        start=start,
        persistence=((0.0, 1.0), *kept),
    )


def readings(
    basis: Basis, found: Routes, *, start: date, price_year: str, replicates: int = 1000, of: Entry | None = None
) -> pl.DataFrame:
    """`reading, year, what` (`children`: entries avoided; `nights`; `pounds`: real, of `price_year`), `mean, low, high`
    (95 %), for whole financial years from `start`, all authorities of the model together; `says` is what the law takes
    off. The same children and the same luck in every reading.
    """
    known = of or entry(CONFERENCE)
    effect = conference_effect(found, start=start, of=known)
    binds = next((law.since for law in known.law if law.since is not None), None)
    parts = []
    for reading in READINGS:
        effects, says = additional(effect, case=reading, binds_from=binds, earlier=found.earlier)
        one = Programme(id=known.id, effects=effects)
        parts.append(
            _worked(basis, one, start, price_year, replicates).with_columns(reading=pl.lit(reading), says=pl.lit(says))
        )
    return pl.concat(parts).select("reading", "year", "what", "mean", "low", "high", "says")


def _worked(basis: Basis, one: Programme, start: date, price_year: str, replicates: int) -> pl.DataFrame:
    model = basis.model
    plain = person_nights(model, [one], months=basis.months, replicates=1)
    prices = night_prices(basis, model.names, plain.years, range(replicates), price_year)
    nights = person_nights(
        model, [one], months=basis.months, replicates=replicates, seed=basis.seed, worth=prices.pence / 100
    )
    labels = np.array([financial_year_of(end).label for end in nights.month_ends])
    first = financial_year_of(start).label
    drawn = {
        "children": nights.entries.sum(axis=(1, 2)) / SHARES,
        "nights": nights.saved_monthly.sum(axis=1).astype(float),
        "pounds": nights.worth_saved.sum(axis=1),
    }
    rows = []
    for year in [label for label in nights.years if label >= first and (labels == label).sum() == 12]:
        for what, values in drawn.items():
            of_year = values[:, labels == year].sum(axis=1)
            low, high = np.quantile(of_year, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
            rows.append((year, what, float(of_year.mean()), float(low), float(high)))
    return pl.DataFrame(rows, schema=["year", "what", "mean", "low", "high"], orient="row")


def press_figure(
    *, children: int = 2000, pounds: float = 150e6, difference: float = 0.086, days: float = 28.0
) -> dict[str, float]:
    """What the national figure (more than 2,000 children, more than £150 million in two years) takes for granted.

    Its method was not published when searched. `met`: children met by an offer, so that so many fewer are in care at 12
    months by the trial's difference of risks; `nights`: their nights saved by the trial's difference of days in care;
    `per_night`, `per_week`: the price at which those nights are worth so many pounds.
    """
    met = children / difference
    nights = met * days
    return {"met": met, "nights": nights, "per_night": pounds / nights, "per_week": 7 * pounds / nights}
