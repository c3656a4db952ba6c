"""The service's one run: notifications and reviews in, yearly figures by footprint and of London out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

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
from parentis.region import parse_period, population_0_17
from parentis.services.child_deaths.discovery import wilson
from parentis.services.child_deaths.expected import RATES, boroughs, by_need, by_rate, chance_short
from parentis.services.child_deaths.measures import MEASURES
from parentis.services.child_deaths.outside import quarter_end
from parentis.services.child_deaths.records import (
    FACTORS,
    NOTIFICATIONS,
    REVIEWS,
    Deaths,
    as_told,
    deaths,
    factors,
    reviews,
)
from parentis.services.child_deaths.run_lengths import design, months_to_signal
from parentis.services.child_deaths.shrinkage import shrink
from parentis.services.child_deaths.themes import themes
from parentis.services.service import Result

LONDON: Final = "london"
SIX_MONTHS: Final = 183
SOON, THREE_DAYS = 2, 3
FEW: Final = 6
FEW_LEFT_OUT: Final = "fewer than 6"
"Methods are shown to everybody who may read the figures, so small counts in them are not stated."
_KEY = ("geography", "period")
Row = dict[str, Any]


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Every figure, from notifications and reviews up to the end of the last quarter: a figure that changed within a
    quarter could disclose one child. There are no parameters."""
    told = deaths(tables[NOTIFICATIONS])
    then = quarter_end(told.as_of)
    found = deaths(as_told(tables[NOTIFICATIONS], then), as_of=then)
    if found.cases.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    reviewed = reviews(tables[REVIEWS].filter(pl.col("PANEL").is_null() | (pl.col("PANEL") <= then)), found)
    contributing = factors(tables[FACTORS], reviewed)
    values = pl.DataFrame(
        [
            *_notified(found), *_responses(found), *_reviewed(reviewed),
            *_factors(reviewed, contributing),
        ],
        schema={
            "measure": pl.String, "geography": pl.String, "period": pl.String, "breakdown": pl.String,
            "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
        },
    ).filter(pl.col("value").is_not_null())  # fmt: skip
    traced = trace(_used(found, reviewed, values), _KEY, service="child_deaths", parameters={})
    spans = pl.DataFrame(
        [
            {"period": label, "period_start": span.start, "period_end": span.end}
            for label in values["period"].unique()
            for span in [parse_period(label)]
        ]
    )
    known = pl.DataFrame([{"measure": one.id, "unit": one.unit, "audience": one.audience.value} for one in MEASURES])
    method = f"deaths of residents by the day they died, as notified by {then:%d/%m/%Y}" + "".join(
        f"; {FEW_LEFT_OUT if count < FEW else count} left out: {reason}" for reason, count in found.left_out.items()
    )
    silent = f"; nothing was heard of {', '.join(found.silent)}" if found.silent else ""
    figures = attach(
        values.join(known, on="measure").join(spans, on="period").with_columns(
            level=pl.when(pl.col("low").is_not_null()).then(0.95), suppressed=pl.lit(None, dtype=pl.String),
            scenario=pl.lit(""), authority_set=pl.lit("residents of the footprint, by authority"),
            gross_net=pl.lit(""), cumulative=pl.lit(""), netted=pl.lit(""), method=pl.lit(method + silent),
            provisional=pl.col("period_end") >= found.as_of,
        ),
        traced,
    )  # fmt: skip
    return Result(
        figures=Figures.validate(
            figures.select(Figures.column_names()).sort("measure", "period", "geography", "breakdown"), cast=True
        ),
        provenance=traced.provenance,
        inputs=traced.inputs,
    )


def _row(name: str, place: str, year: str, value: float | None, n: int | None = None, *, low: float | None = None,
         high: float | None = None, by: str = WHOLE) -> Row:  # fmt: skip
    return {
        "measure": f"child_deaths.{name}", "geography": place, "period": year, "breakdown": by, "value": value,
        "low": low, "high": high, "n": n,
    }  # fmt: skip


def _places(cases: pl.DataFrame, kind: str) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Place, year and rows: of London, and of each footprint of the kind."""
    for (year,), some in cases.sort("year").group_by("year", maintain_order=True):
        yield LONDON, str(year), some
        for (place,), part in some.filter(pl.col(kind).is_not_null()).sort(kind).group_by(kind, maintain_order=True):
            yield str(place), str(year), part


def _share(where: pl.Expr, of: pl.DataFrame) -> float | None:
    return 100 * float(of.select(where.fill_null(value=False).mean()).item()) if of.height else None


def _notified(found: Deaths) -> Iterator[Row]:
    expected = _expected(found)
    days = (pl.col("received") - pl.col("died")).dt.total_days()
    for year in found.cases["year"].unique().sort():
        some = found.cases.filter(pl.col("year") == year)
        counts = {place: part.height for place, _, part in _places(some, "footprint")}
        listed = sorted(place for place in counts if place != LONDON and place in expected["need"])
        if len(listed) > 1:
            ratios = shrink(
                np.array([counts[each] for each in listed]), np.array([expected["need"][each] for each in listed])
            )
            for at, place in enumerate(listed):
                yield _row("ratio", place, year, float(ratios.ratio[at]), counts[place], low=float(ratios.low[at]),
                           high=float(ratios.high[at]))  # fmt: skip
        for place in [LONDON, *listed]:
            need, rate = expected["need"][place], expected["rate"][place]
            yield _row("expected", place, year, need)
            yield _row("short", place, year, 100 * chance_short(rate))
            yield _row("months_to_see", place, year, months_to_signal(design(rate / 12, 1.5, 120.0), 1.5))
        for place, _, part in _places(some, "footprint"):
            if place not in found.silent:
                yield _row("notified", place, year, float(part.height), part.height)
            yield _row("told_within_two_days", place, year, _share(days <= SOON, part), part.height)


def _expected(found: Deaths) -> dict[str, dict[str, float]]:
    children = _children()
    facts = {one.authority: one for one in boroughs() if one.authority in children}
    of = {each: children[each] for each in facts}
    made = {
        "rate": by_rate(of, RATES["2024"]),
        "need": by_need(of, RATES["2024"], infants={a: one.infants for a, one in facts.items()},
                        imd_scores={a: one.imd_score for a, one in facts.items()}),
    }  # fmt: skip
    home = dict(found.cases.select("authority", "footprint").unique().drop_nulls().iter_rows())
    return {
        kind: {LONDON: sum(values.values())}
        | {place: sum(v for a, v in values.items() if home.get(a) == place) for place in set(home.values())}
        for kind, values in made.items()
    }


def _children() -> dict[str, float]:
    """Residents aged 0 to 17 of each authority, the last mid-year held."""
    held = population_0_17().sort("year").unique("authority", keep="last")
    return {row["authority"]: float(row["population"]) for row in held.iter_rows(named=True)}


def _responses(found: Deaths) -> Iterator[Row]:
    joint = found.cases.filter((pl.col("JAR") != "none").fill_null(value=False))
    met = (pl.col("JAR_MET") - pl.col("DIED")).dt.total_days() <= THREE_DAYS
    for place, year, part in _places(joint, "bcu"):
        yield _row("responses", place, year, float(part.height), part.height)
        yield _row("police_attended", place, year, _share(pl.col("POLICE_ATTENDED") == "Y", part), part.height)
        yield _row("response_in_time", place, year, _share(met, part), part.height)


def _reviewed(reviewed: pl.DataFrame) -> Iterator[Row]:
    took = (pl.col("PANEL") - pl.col("received")).dt.total_days() - pl.col("STOPPED_DAYS").fill_null(0)
    for place, year, part in _places(reviewed, "footprint"):
        yield _row("reviewed", place, year, float(part.height), part.height)
        yield _row("modifiable", place, year, _share(pl.col("MODIFIABLE") == "Y", part), part.height)
        yield _row("within_six_months", place, year, _share(took <= SIX_MONTHS, part), part.height)
        if place == LONDON:
            for code, count in part.group_by("CATEGORY").len().sort("CATEGORY").iter_rows():
                if code is not None:
                    yield _row("category", place, year, float(count), count, by=breakdown({"category": code}))


def _factors(reviewed: pl.DataFrame, contributing: pl.DataFrame) -> Iterator[Row]:
    for (year,), some in reviewed.sort("year").group_by("year", maintain_order=True):
        found = themes(some, contributing.filter(pl.col("year") == year))
        for one in found.factors:
            low, high = wilson(one.found, one.reviews)
            yield _row("factor", LONDON, str(year), 100 * one.share, one.reviews, low=100 * low, high=100 * high,
                       by=breakdown({"factor": one.code}))  # fmt: skip
        for place, agreed in found.ethnicity.items():
            yield _row("agreement", place, str(year), agreed.value, agreed.children)


def _used(found: Deaths, reviewed: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """For each place and year, the loads that its rows came from, and the number of rows."""
    year = pl.col("year").alias("period")
    parts = [
        frame.group_by(place.alias("geography"), year, "load_id").len("count").with_columns(table=pl.lit(table))
        for frame, table in ((found.cases, NOTIFICATIONS), (reviewed, REVIEWS))
        for place in (pl.col("footprint"), pl.col("bcu"), pl.lit(LONDON))
    ]
    return (
        pl.concat(parts)
        .join(values.select(_KEY).unique(), on=list(_KEY), how="semi")
        .with_columns(row=pl.lit(None, dtype=pl.UInt32))
    )
