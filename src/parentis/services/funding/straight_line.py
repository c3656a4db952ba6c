"""A check of the forecast: past real-terms outturn carried on in a straight line, made without the demand model.

A straight line through the real-terms outturn of every year in which all authorities of a place are held, by least
squares; the interval is the prediction interval of that line. It takes no account of children, prices or policy. It is
no forecast and no ask: it stands in the annex as a check, and is labelled as one wherever it is shown.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import Audience, Measure, Polarity
from parentis.region import parse_period
from parentis.services.funding.people import WHOLE_SERVICES

FEWEST_YEARS = 5
"With fewer points a line has too few degrees of freedom for a meaningful interval."
YEARS_AHEAD = 5
LEVEL = 0.8
METHOD = (
    "check of the forecast, no ask: straight line through {first} to {last}, {years} years, {prices}; "
    "{level:.0%} prediction interval; no demand model; {basis}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The sum of `series` is carried on as `outturn`; `gap` is the amount by which it exceeds the sum of the `plans` of
    the series' last year, held constant in real terms; it is not made if that year has no plan for the whole place.
    Each trend uses one basis: its series and its plans come from the same returns."""

    series: tuple[str, ...]
    plans: tuple[str, ...]
    outturn: str
    gap: str
    subject: str
    audience: Audience = Audience.OWN


CSC = Trend(
    series=("funding.csc.expected_outturn.real",),
    plans=("funding.csc.revised_budget.real",),
    outturn="funding.check.csc_outturn.real",
    gap="funding.check.csc_gap.real",
    subject="children's social care",
)
HN = Trend(
    series=("funding.hn.outturn.real",),
    plans=("funding.hn.budget.real",),
    outturn="funding.check.hn_outturn.real",
    gap="funding.check.hn_gap.real",
    subject="high needs",
)
BOTH = Trend(
    series=(*CSC.series, *HN.series),
    plans=(*CSC.plans, *HN.plans),
    outturn="funding.check.outturn.real",
    gap="funding.check.gap.real",
    subject="children's social care and high needs",
)
CSC_RA_RS = Trend(
    series=("funding.csc.outturn.real",),
    plans=("funding.csc.budget.real",),
    outturn="funding.check.csc_outturn_rs.real",
    gap="funding.check.csc_variance_rs.real",
    subject="children's social care (RA and RS)",
    audience=Audience.PUBLISHED,
)
TRENDS: tuple[Trend, ...] = (CSC, HN, BOTH, CSC_RA_RS)
_COLUMNS = ("geography", "is_footprint", "members", "name", "n", "provisional", "authority_set")


def trend_measures() -> tuple[Measure, ...]:
    return tuple(
        measure
        for trend in TRENDS
        for measure in (
            _measure(
                trend.outturn,
                f"Check: straight line through past outturn of {trend.subject}",
                f"The straight line through {' + '.join(trend.series)}, carried on.",
                trend.audience,
            ),
            _measure(
                trend.gap,
                f"Check: straight line less the last budget, {trend.subject}",
                f"The straight line through {' + '.join(trend.series)}, less {' + '.join(trend.plans)} of the line's "
                "last year.",
                trend.audience,
            ),
        )
    )


def _measure(measure_id: str, title: str, definition: str, audience: Audience) -> Measure:
    return Measure(
        id=measure_id,
        title=title,
        unit="£",
        definition=f"{definition} A check of the forecast, which is the only ask.",
        people=WHOLE_SERVICES,
        source="The returns behind the series",
        polarity=Polarity.LOWER,
        audience=audience,
        gross_net="net",
        cumulative="in-year",
        netted="netted",
    )


def project(values: pl.DataFrame, prices: str) -> pl.DataFrame:
    """Projected values of every place whose series is long enough; `values` come from `evaluate`.

    `prices` describes the price basis in words. `from_needs` and `from_periods` give the values and periods from
    which a projection was made.
    """
    lines = pl.concat([_EMPTY, *(line for trend in TRENDS for line in _project(values, trend, prices))])
    return lines.with_columns(pl.col("measure").alias("needs"))


def projected_from(projected: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """The rows behind projections: those behind every value used for their lines and plans."""
    key = ["geography", "needs", "period"]
    made_of = (
        projected.select("geography", "measure", pl.col("period").alias("ahead"), "from_needs", "from_periods")
        .explode("from_needs")
        .explode("from_periods")
        .rename({"from_needs": "needs", "from_periods": "period"})
        .unique()
    )
    return (
        made_of.join(used, on=key)
        .select(
            pl.col("measure").alias("needs"),
            "geography",
            pl.col("ahead").alias("period"),
            "load_id",
            "table",
            "row",
        )
        .unique()
    )


_EMPTY = pl.DataFrame(
    schema={
        "geography": pl.String,
        "is_footprint": pl.Boolean,
        "members": pl.UInt32,
        "name": pl.String,
        "n": pl.Int64,
        "provisional": pl.Boolean,
        "authority_set": pl.String,
        "measure": pl.String,
        "period": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "level": pl.Float64,
        "method": pl.String,
        "from_needs": pl.List(pl.String),
        "from_periods": pl.List(pl.String),
    }
)


def _project(values: pl.DataFrame, trend: Trend, prices: str) -> list[pl.DataFrame]:
    whole = values.filter(pl.col("n") == pl.col("members"))
    plans = {(row["geography"], row["period"]): row for row in _summed(whole, trend.plans).to_dicts()}
    found: list[pl.DataFrame] = []
    for (geography,), held in _summed(whole, trend.series).group_by("geography", maintain_order=True):
        if held.height >= FEWEST_YEARS:
            found += _carried_on(held, plans.get((str(geography), held["period"][-1])), trend, prices)
    return found


def _summed(whole: pl.DataFrame, measures: tuple[str, ...]) -> pl.DataFrame:
    """The sum of the measures of each place and year that has them all, by year. A line through the sum has the spread
    of the sum; the spreads of two lines cannot be added."""
    return (
        whole.filter(pl.col("measure").is_in(measures))
        .group_by("geography", "period", maintain_order=True)
        .agg(
            pl.col("is_footprint", "members", "name", "authority_set", "period_start", "period_end").first(),
            pl.col("n").min(),
            pl.col("provisional").any(),
            pl.len().alias("parts"),
            pl.col("value").sum(),
            pl.col("method").str.replace(";.*", "").unique().sort().str.join(" and "),
            pl.col("needs"),
        )
        .filter(pl.col("parts") == len(measures))
        .sort("period_end")
    )


def _carried_on(held: pl.DataFrame, plan: dict[str, Any] | None, trend: Trend, prices: str) -> list[pl.DataFrame]:
    """The projected outturn, and the amount by which it exceeds `plan`, the budget of the year before the first
    projected one. With an earlier year's budget, inflation and growth of budgets would be mistaken for a gap."""
    last = parse_period(held["period"][-1])
    ahead = [last.next]
    while len(ahead) < YEARS_AHEAD:
        ahead.append(ahead[-1].next)
    years = held["period_end"].dt.year().to_numpy().astype(np.float64)
    line = fit_line(years, held["value"].to_numpy())
    at = np.array([float(period.end.year) for period in ahead])
    centre, half = line.at(at), line.half_width(at, LEVEL)
    method = METHOD.format(
        first=held["period"][0],
        last=last.label,
        years=held.height,
        prices=prices,
        level=LEVEL,
        basis=held["method"][-1],
    )
    about = held.tail(1).select(_COLUMNS).with_columns(provisional=pl.lit(held["provisional"].any()))
    series = held["needs"][-1].to_list()
    made = [(trend.outturn, 0.0, method, series)]
    if plan is not None:
        less = f"{method}; less the budget of {last.label} in real terms"
        made.append((trend.gap, float(str(plan["value"])), less, [*series, *plan["needs"]]))
    return [
        about.join(
            pl.DataFrame(
                {
                    "measure": [measure] * len(ahead),
                    "period": [period.label for period in ahead],
                    "period_start": [period.start for period in ahead],
                    "period_end": [period.end for period in ahead],
                    "value": centre - budget,
                    "low": centre - half - budget,
                    "high": centre + half - budget,
                    "level": [LEVEL] * len(ahead),
                    "method": [said] * len(ahead),
                    "from_needs": [needs] * len(ahead),
                    "from_periods": [held["period"].to_list()] * len(ahead),
                }
            ),
            how="cross",
        )
        for measure, budget, said, needs in made
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A least-squares line about the middle of its x."""

    middle: float
    coefficients: np.ndarray
    "Slope and value at the middle: shape (2,)."
    covariance: np.ndarray
    "Of the coefficients: shape (2, 2)."
    points: int

    def at(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.polyval(self.coefficients, x - self.middle))

    def half_width(self, x: np.ndarray, level: float) -> np.ndarray:
        """Half the prediction interval at each x: the uncertainty of the line and the spread of one observation."""
        from scipy.special import stdtrit  # local import: it takes a third of a second, and only this function needs it

        terms = np.vander(x - self.middle, 2)
        of_line = np.einsum("xi,ij,xj->x", terms, self.covariance, terms)
        of_one = self.points * self.covariance[1, 1]
        return np.asarray(stdtrit(self.points - 2, 0.5 + level / 2) * np.sqrt(of_line + of_one))


def fit_line(x: np.ndarray, y: np.ndarray) -> Line:
    """Least squares through three or more points at two or more places."""
    middle = float(x.mean())
    coefficients, covariance = np.polyfit(x - middle, y, 1, cov=True)
    return Line(middle=middle, coefficients=coefficients, covariance=covariance, points=len(x))
