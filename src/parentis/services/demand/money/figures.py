"""Money, plans and the shipped scenario as figures of every authority and footprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import WHOLE, Audience, Figures, attach, breakdown, trace
from parentis.region import edition_words, financial_year
from parentis.services.demand.money.comparison import LEVEL, run, waterfall
from parentis.services.demand.money.measures import EXAMPLE, MONEY_MEASURES, STEPS
from parentis.services.demand.money.projections import Outlook
from parentis.services.demand.plans.model import PLAN_SETTINGS
from parentis.services.service import Result

FEWEST_OPEN = 3
"Fewest authorities in a footprint before members see its costs: with two, each could work out the other's."
FEWEST_NIGHTS = 365
"Fewest nights of a group for a place's price to be shown: with fewer it could be the price of one child."

Place = tuple[str, tuple[int, ...], str]
"Id, the indices of the authorities, and a description of them in words."
Span = tuple[date, date, str]

_COST = "simulated nights × drawn prices per night, net of health and education; pounds of the day"
_PLANS = "stock and flow of plans by age, setting and year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Values of one measure: draws (replicates, authorities, labels, spans), labels as breakdowns. `nights` are
    the whole nights behind them, (authorities, labels, spans); if None, `n` is the number of authorities."""

    measure: str
    method: str
    labels: tuple[str, ...]
    spans: tuple[Span, ...]
    drawn: np.ndarray
    nights: np.ndarray | None = None
    scenario: str = ""

    def rows(self, place: Place) -> pl.DataFrame:
        """Rows of one place, summed over its authorities; a single draw has no interval."""
        geography, own, said = place
        values = self.drawn[:, list(own)].sum(axis=1)
        edge, several = (1 - LEVEL) / 2, len(values) > 1
        low, high = np.quantile(values, [edge, 1 - edge], axis=0) if several else (values[0], values[0])
        count = len(self.labels) * len(self.spans)
        n = [len(own)] * count if self.nights is None else self.nights[list(own)].sum(axis=0).ravel()
        return pl.DataFrame(
            {
                "measure": [self.measure] * count,
                "geography": geography,
                "breakdown": [label for label in self.labels for _ in self.spans],
                "period_start": [span[0] for span in self.spans] * len(self.labels),
                "period_end": [span[1] for span in self.spans] * len(self.labels),
                "period": [span[2] for span in self.spans] * len(self.labels),
                "value": values.mean(axis=0).ravel(),
                "low": low.ravel() if several else None,
                "high": high.ravel() if several else None,
                "level": LEVEL if several else None,
                "n": n,
                "authority_set": said,
                "method": self.method,
                "scenario": self.scenario,
                "open": len(own) >= FEWEST_OPEN,
            },
            schema_overrides={"low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "n": pl.Int64},
        )


def with_money(
    result: Result,
    tables: Mapping[str, pl.DataFrame],
    ahead: Outlook,
    places: Sequence[Place],
    parameters: Mapping[str, Any],
) -> Result:
    """`result` with the figures of costs, plans and the scenario added, and their notes."""
    most = max(len(own) for _, own, _ in places)
    whole = [place for place in places if len(place[1]) == most]
    difference, steps = _scenario(ahead, parameters["scenario_replicates"])
    by_place = [
        *((part, places) for part in (*_costs(ahead), *difference)),
        *((part, _with_plans(ahead, places)) for part in _plan_parts(ahead)),
        *((part, whole) for part in steps),
    ]
    values = [part.rows(place) for part, where in by_place for place in where]
    values += [_price(ahead, place) for place in places]
    values = [frame for frame in values if frame.height]
    if not values:
        return result
    figures, traced = _figured(pl.concat(values, how="diagonal"), _used(tables, ahead, places), parameters)
    prices = ahead.basis.prices
    return Result(
        figures=pl.concat([result.figures, figures]),
        provenance=pl.concat([result.provenance, traced.provenance]).unique("provenance_id"),
        inputs=pl.concat([result.inputs, traced.inputs]).unique(["provenance_id", "load_id", "table"]),
        frames={
            **result.frames,
            "prices": prices.frame(),
            "price_cells": prices.cells,
        },
    )


def _figured(values: pl.DataFrame, used: pl.DataFrame, parameters: Mapping[str, Any]) -> tuple[pl.DataFrame, Any]:
    seed = parameters["seed"]
    traced = trace(
        used, ("geography",), service="demand", parameters={**parameters, "scenario": EXAMPLE.scenario.name}, seed=seed
    )
    columns = ("unit", "gross_net", "cumulative", "netted")
    labels = pl.DataFrame(
        [
            {"measure": one.id, "usual": one.audience.value, **{name: getattr(one, name) for name in columns}}
            for one in MONEY_MEASURES
        ]
    )
    opened = (pl.col("usual") == str(Audience.OWN)) & pl.col("open")
    figures = attach(
        values.join(labels, on="measure").with_columns(
            audience=pl.when(opened).then(pl.lit(str(Audience.MEMBERS))).otherwise("usual"),
            suppressed=pl.lit(None, dtype=pl.String),
            provisional=pl.lit(value=False),
        ),
        traced,
    )
    return Figures.validate(figures.select(Figures.column_names()), cast=True), traced


def _cost() -> str:
    """The method of the costs in words, with the deflators used to project prices."""
    return f"{_COST}; general prices by {edition_words('gdp_deflator')}"


def _costs(ahead: Outlook) -> list[Part]:
    """The cost of the last year and of future years, by group and in total."""
    of = ahead.before.costs
    kept = np.flatnonzero(of.priced)
    if not len(kept) or not of.years:
        return []
    labels = (*(breakdown({"placement": of.groups[at]}) for at in kept), WHOLE)
    past = ahead.cost_before[None][:, :, kept, None]
    slept, to_come = ahead.nights_before[None][:, :, kept, None], of.nights[:, :, kept].mean(axis=0, keepdims=True)
    return [
        Part(
            measure="demand.cost.before",
            method=_cost(),
            labels=labels,
            spans=_years([ahead.year_before]),
            drawn=_whole(past),
            nights=_whole(slept.round())[0],
        ),
        Part(
            measure="demand.cost.forecast",
            method=_cost(),
            labels=labels,
            spans=_years(of.years),
            drawn=_whole(of.net[:, :, kept]),
            nights=_whole(to_come.round())[0],
        ),
    ]


def _plan_parts(ahead: Outlook) -> list[Part]:
    if ahead.plan_model is None or ahead.plans is None:
        return []
    labels = (*(breakdown({"setting": name}) for name in PLAN_SETTINGS), WHOLE)
    now = ahead.plans.now.sum(axis=1)[None, :, :, None]
    return [
        Part(
            measure="demand.plans.observed", method="as published, settings shared out within ages", labels=labels,
            spans=(_january(ahead.plan_model.year),), drawn=_whole(now),
        ),
        Part(
            measure="demand.plans.forecast", method=_PLANS, labels=labels,
            spans=tuple(_january(year) for year in ahead.plans.years), drawn=_whole(ahead.plans.plans.sum(axis=2)),
        ),
    ]  # fmt: skip


def _with_plans(ahead: Outlook, places: Sequence[Place]) -> list[Place]:
    """The places, with indices into the authorities that have plans."""
    if ahead.plans is None:
        return []
    index = {name: at for at, name in enumerate(ahead.plans.authorities)}
    names = ahead.basis.model.authorities
    own = [(key, tuple(index[names[at]] for at in here if names[at] in index), said) for key, here, said in places]
    return [place for place in own if place[1]]


def _scenario(ahead: Outlook, replicates: int) -> tuple[list[Part], list[Part]]:
    """The difference that the shipped scenario makes by year, and its parts in the last year, for all authorities
    together.
    """
    of = ahead.before.costs
    if not of.priced.any() or not of.years or not replicates:
        return [], []
    basis = replace(ahead.basis, replicates=replicates)
    before = run(basis)
    after = run(basis, EXAMPLE.scenario, like=before)
    falls = waterfall(basis, EXAMPLE.scenario, EXAMPLE.titles, before=before, after=after)
    said, name, spans = f"{_cost()}; {EXAMPLE.description}", EXAMPLE.scenario.name, _years(of.years)
    change = (after.costs.net - before.costs.net).sum(axis=2, keepdims=True)
    # The sum over all authorities is stored under the first, because `rows` sums over the authorities of a place.
    alone = np.zeros((replicates, len(of.authorities), len(STEPS), 1))
    alone[:, 0] = falls.amounts[:, :, -1:]
    # Fewer futures would have another mean: the steps lead from the forecast that is shown, not from a second one.
    shown = (of.region().mean(axis=0) - before.costs.region().mean(axis=0))[-1]
    alone[:, 0, [0, -1]] += shown
    return [
        Part(
            measure="demand.scenario.difference", method=said, labels=(WHOLE,), spans=spans, drawn=change,
            scenario=name,
        )
    ], [
        Part(
            measure=f"demand.waterfall.{step}", method=said, labels=(WHOLE,), spans=spans[-1:],
            drawn=alone[:, :, at : at + 1], scenario=name,
        )
        for at, (step, _) in enumerate(STEPS)
    ]  # fmt: skip


def _price(ahead: Outlook, place: Place) -> pl.DataFrame:
    """The last year's prices; over a footprint, weighted by its nights."""
    held, (key, own, said) = ahead.basis.prices, place
    nights = ahead.nights_before[list(own)]
    kept = [at for at in range(len(held.groups)) if held.known[at] and nights[:, at].sum() >= FEWEST_NIGHTS]
    drawn = held.draw(ahead.basis.seed, range(ahead.basis.replicates), chance=False)[:, list(own)][:, :, kept]
    mean = (drawn * (nights / np.maximum(nights.sum(axis=0), 1.0))[:, kept]).sum(axis=1)
    part = Part(
        measure="demand.price.night", method="committed cost ÷ nights of the year, partially pooled",
        labels=tuple(breakdown({"placement": held.groups[at]}) for at in kept), spans=_years([ahead.year_before]),
        drawn=mean[:, None, :, None], nights=nights.sum(axis=0).round()[None, kept, None],
    )  # fmt: skip
    return part.rows((key, (0,), said)).with_columns(open=pl.lit(len(own) >= FEWEST_OPEN))


def _whole(drawn: np.ndarray) -> np.ndarray:
    """Append the sum over the labels."""
    return np.concatenate([drawn, drawn.sum(axis=2, keepdims=True)], axis=2)


def _years(labels: Sequence[str]) -> tuple[Span, ...]:
    return tuple((one.start, one.end, one.label) for one in map(financial_year, labels))


def _january(year: int) -> Span:
    """The count is on the third Thursday."""
    first = date(year, 1, 1)
    day = first + timedelta(days=(3 - first.weekday()) % 7 + 14)
    return day, day, str(day)


def _used(tables: Mapping[str, pl.DataFrame], ahead: Outlook, places: Sequence[Place]) -> pl.DataFrame:
    behind, names = ahead.used(tables), ahead.basis.model.authorities
    return pl.concat(
        [
            behind.filter(pl.col("authority").is_in([names[at] for at in own]) | pl.col("authority").is_null()).select(
                geography=pl.lit(key),
                load_id="load_id",
                table="table",
                row=pl.lit(None, dtype=pl.UInt32),
                count="count",
            )
            for key, own, _ in places
        ]
    )
