"""The service's one run: looked-after children returns in, observed and forecast figures out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import (
    WHOLE,
    Figures,
    Provenance,
    ProvenanceInputs,
    attach,
    breakdown,
    empty_figures,
    trace,
)
from parentis.region import authorities, footprints, members
from parentis.services.demand.catalogue import MEASURES
from parentis.services.demand.estimation.histories import Histories, day_number
from parentis.services.demand.money.figures import with_money
from parentis.services.demand.money.projections import OUTLOOK_DEFAULTS, outlook
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.tables import EPISODES, NEEDS
from parentis.services.service import Result

LEVEL = 0.8
METHOD = "simulation of individual children; competing rates and entries with parameter uncertainty"

SPLIT_FROM = 10
"""Fewest authorities that a place must cover for other users to see it split by placement group: with fewer,
disclosure control would hide most cells."""

_Place = tuple[str, tuple[int, ...], str]
"A place's id, the indices of its authorities, and a description of them in words."


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Calculate observed and forecast quarter-day stock by place and placement group, and forecast yearly entries.

    Parameters: `years` (5), `replicates` (300), `scenario_replicates` (40), `seed` (0). `frames["diagnostics"]` says
    where data are thin, `frames["notes"]` says what was missing. Costs, plans and the scenario are in `money.figures`.
    """
    chosen = {**OUTLOOK_DEFAULTS, "scenario_replicates": 40, **parameters}
    ahead = outlook(tables, chosen)
    if ahead is None:
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    known, model, paths = ahead.known, ahead.basis.model, ahead.before.paths
    places = list(_places(model.authorities, known.cut))
    values = pl.concat(
        [_observed(known, places), _forecast(paths, places), _by_group(paths, places), _entering(paths, places)]
    )
    used = pl.concat([_used(tables, place, model.authorities) for place in places])
    traced = trace(used, ("geography",), service="demand", parameters=chosen, seed=chosen["seed"])
    labels = pl.DataFrame([{"measure": one.id, "unit": one.unit, "audience": one.audience.value} for one in MEASURES])
    provisional = bool(tables[EPISODES]["provisional"].any())
    figures = attach(
        values.join(labels, on="measure").with_columns(
            suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""), gross_net=pl.lit(""),
            cumulative=pl.lit(""), netted=pl.lit(""), provisional=pl.lit(provisional),
        ),
        traced,
    )  # fmt: skip
    children = Result(
        figures=Figures.validate(figures.select(Figures.column_names()), cast=True),
        provenance=traced.provenance,
        inputs=traced.inputs,
        frames={
            "diagnostics": model.diagnostics,
            "notes": pl.DataFrame({"note": list(ahead.notes)}, {"note": pl.String}),
        },
    )
    return with_money(children, tables, ahead, places, chosen)


def _places(names: Sequence[str], on: date) -> Iterable[_Place]:
    """Each authority, and each region that contains at least one of them.

    If overlapping footprints showed real counts, one could be subtracted from another, so disclosure control would
    hide nearly all of them. With regions and authorities alone, the figures stay readable.
    """
    index = {name: at for at, name in enumerate(names)}
    known = {one.gss for one in authorities()}
    for name, at in index.items():
        if name in known:
            yield name, (at,), "1 of 1 authority"
    for footprint in footprints():
        if footprint.kind != "region":
            continue
        own = members(footprint.id, on)
        here = tuple(index[one] for one in own if one in index)
        if here:
            yield footprint.id, here, f"{len(here)} of {len(own)} {footprint.name} authorities"


def _observed(known: Histories, places: Sequence[_Place]) -> pl.DataFrame:
    first = min(int(runs[0, 0]) for runs in known.runs if len(runs))
    dates = [
        date(year, month, day)
        for year in range(1970 + first // 366, known.cut.year + 1)
        for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
        if first <= day_number(date(year, month, day)) < known.next_day
    ]
    nights = np.array([day_number(one) for one in dates])
    stock = np.zeros((len(known.authorities), known.states, len(dates)))
    for at in range(len(known.authorities)):
        held = np.array([any(b <= n < e for b, e in known.runs[at]) for n in nights])
        for state in range(known.states):
            own = (known.authority == at) & (known.state == state)
            come = np.searchsorted(np.sort(known.start[own]), nights, side="right")
            stock[at, state] = np.where(
                held, come - np.searchsorted(np.sort(known.end[own]), nights, side="right"), np.nan
            )
    names = known.groups.names
    return _rows("demand.children.observed", "as returned", places, names, [(d, d, str(d)) for d in dates], stock[None])


def _forecast(paths: Paths, places: Sequence[_Place]) -> pl.DataFrame:
    quarters = [at for at, end in enumerate(paths.month_ends) if end.month % 3 == 0]
    days = [(end, end, str(end)) for at, end in enumerate(paths.month_ends) if at in quarters]
    return _rows("demand.children.forecast", METHOD, places, paths.groups, days, paths.by_group()[..., quarters])


def _by_group(paths: Paths, places: Sequence[_Place]) -> pl.DataFrame:
    """Each authority's own children by placement group at the end of each year, for commissioning. Only the authority
    sees them, so nobody else can use them to derive a hidden count from a total."""
    years = [at for at, end in enumerate(paths.month_ends) if end.month == 3]
    days = [(end, end, str(end)) for at, end in enumerate(paths.month_ends) if at in years]
    known = {one.gss for one in authorities()}
    own = [place for place in places if place[0] in known]
    drawn = paths.by_group()[..., years]
    return _rows("demand.groups.forecast", METHOD, own, paths.groups, days, drawn, split_from=1)


def _entering(paths: Paths, places: Sequence[_Place]) -> pl.DataFrame:
    years = sorted({end.year - (end.month < 4) for end in paths.month_ends})
    whole = [one for one in years if sum(end.year - (end.month < 4) == one for end in paths.month_ends) == 12]
    entries = paths.by_group("entries")
    by_year = [
        entries[..., [at for at, end in enumerate(paths.month_ends) if end.year - (end.month < 4) == one]].sum(axis=-1)
        for one in whole
    ]
    spans = [(date(one, 4, 1), date(one + 1, 3, 31), f"{one}-{(one + 1) % 100:02}") for one in whole]
    stacked = np.stack(by_year, axis=-1) if whole else entries[..., :0]
    return _rows("demand.entries.forecast", METHOD, places, paths.groups, spans, stacked)


def _rows(
    measure: str, method: str, places: Sequence[_Place], groups: Sequence[str],
    spans: Sequence[tuple[date, date, str]], drawn: np.ndarray, *, split_from: int = SPLIT_FROM,
) -> pl.DataFrame:  # fmt: skip
    """Values with their interval, from draws (replicates, authorities, groups, spans); one draw has no interval."""
    labels = [*(breakdown({"placement": name}) for name in groups), WHOLE]
    edge = (1 - LEVEL) / 2
    parts = []
    for geography, own, said in places:
        values = drawn[:, list(own)].sum(axis=1)
        values = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
        several = len(values) > 1
        low, high = (
            np.quantile(values, [edge, 1 - edge], axis=0) if several else np.full((2, *values.shape[1:]), np.nan)
        )
        shown = labels if len(own) >= split_from else labels[-1:]  # the total comes last
        n = len(shown)
        values, low, high = values[:, -n:], low[-n:], high[-n:]
        parts.append(
            pl.DataFrame(
                {
                    "measure": [measure] * (n * len(spans)),
                    "geography": geography,
                    "breakdown": np.repeat(np.array(shown), len(spans)),
                    "period_start": pl.Series([start for start, _, _ in spans] * n, dtype=pl.Date),
                    "period_end": pl.Series([end for _, end, _ in spans] * n, dtype=pl.Date),
                    "period": pl.Series([label for _, _, label in spans] * n, dtype=pl.String),
                    "value": values.mean(axis=0).ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                    "level": LEVEL if several else None,
                    "n": len(own),
                    "authority_set": said,
                    "method": method,
                },
                schema_overrides={"level": pl.Float64, "n": pl.Int64},
            )
        )
    return pl.concat(parts).with_columns(pl.col("value", "low", "high").fill_nan(None)).drop_nulls("value")


def _used(tables: Mapping[str, pl.DataFrame], place: _Place, names: Sequence[str]) -> pl.DataFrame:
    """The loads behind a place's figures: every row of its authorities' returns."""
    own = [names[at] for at in place[1]]
    return pl.concat(
        [
            tables[need].filter(pl.col("authority").is_in(own)).select(
                geography=pl.lit(place[0]), load_id="load_id", table=pl.lit(need), row=pl.lit(None, dtype=pl.UInt32)
            )
            for need in NEEDS
        ]
    )  # fmt: skip
