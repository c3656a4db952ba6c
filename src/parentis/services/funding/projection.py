"""The cost of future years if nothing changed: a simple trend, made without the demand model.

A straight line through the real-terms outturn of every year in which all authorities of a place are held, by least
squares; the interval is the prediction interval of that line. It takes no account of children, prices or policy, and is
labelled a simple projection wherever it is shown.
"""

from dataclasses import dataclass

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
    "simple projection: straight line through {first} to {last}, {years} years, {prices}; "
    "{level:.0%} prediction interval; no demand model; {basis}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`series` is projected as `outturn`; `gap` is the amount by which it exceeds the `plan` of the series' last year,
    held constant in real terms; it is not made if that year has no plan for the whole place. Each trend uses one basis:
    its series and its plan come from the same returns."""

    series: str
    plan: str
    outturn: str
    outturn_title: str
    gap: str
    gap_title: str
    audience: Audience = Audience.OWN


CSC = Trend(
    series="funding.csc.expected_outturn.real",
    plan="funding.csc.revised_budget.real",
    outturn="funding.csc.projected_expected_outturn.real",
    outturn_title="Children's social care: outturn or forecast if the trend goes on (simple projection)",
    gap="funding.csc.cost_of_doing_nothing.real",
    gap_title="Children's social care: cost of doing nothing (simple projection)",
)
HN = Trend(
    series="funding.hn.outturn.real",
    plan="funding.hn.budget.real",
    outturn="funding.hn.projected_outturn.real",
    outturn_title="High needs: spend if the trend goes on (simple projection)",
    gap="funding.hn.cost_of_doing_nothing.real",
    gap_title="High needs: cost of doing nothing (simple projection)",
)
CSC_RA_RS = Trend(
    series="funding.csc.outturn.real",
    plan="funding.csc.budget.real",
    outturn="funding.csc.projected_outturn.real",
    outturn_title="Children's social care: outturn (RS) if the trend goes on (simple projection)",
    gap="funding.csc.projected_variance.real",
    gap_title="Children's social care: outturn (RS) above the last original budget if the trend goes on "
    "(simple projection)",
    audience=Audience.PUBLISHED,
)
TRENDS: tuple[Trend, ...] = (CSC, HN, CSC_RA_RS)
TOGETHER: tuple[Trend, ...] = (CSC, HN)
"The parts of the total: social care and high needs, both from budget monitoring."
TOTAL_GAP = "funding.total.cost_of_doing_nothing.real"
_COLUMNS = ("geography", "is_footprint", "members", "name", "n", "provisional", "authority_set")


def trend_measures() -> tuple[Measure, ...]:
    subjects = tuple(
        measure
        for trend in TRENDS
        for measure in (
            _measure(
                trend.outturn,
                trend.outturn_title,
                f"The straight line through {trend.series}, carried on.",
                trend.audience,
            ),
            _measure(
                trend.gap,
                trend.gap_title,
                f"The straight line through {trend.series}, less {trend.plan} of the line's last year.",
                trend.audience,
            ),
        )
    )
    total = _measure(
        TOTAL_GAP,
        "Children's social care and high needs: cost of doing nothing (simple projection)",
        "The sum of the two. Its interval adds the two intervals, as if both missed the same way: it is wide.",
        Audience.OWN,
    )
    return (*subjects, total)


def _measure(measure_id: str, title: str, definition: str, audience: Audience) -> Measure:
    return Measure(
        id=measure_id,
        title=title,
        unit="£",
        definition=f"{definition} Simple until the demand model feeds it: see the method.",
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
    whole = pl.concat([lines, _together(lines)])
    return whole.with_columns(pl.col("measure").alias("needs"))


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
    plans = {(row["geography"], row["period"]): row for row in whole.filter(pl.col("measure") == trend.plan).to_dicts()}
    series = whole.filter(pl.col("measure") == trend.series).sort("period_end")
    found: list[pl.DataFrame] = []
    for (geography,), held in series.group_by("geography", maintain_order=True):
        if held.height >= FEWEST_YEARS:
            found += _carried_on(held, plans.get((str(geography), held["period"][-1])), trend, prices)
    return found


def _carried_on(held: pl.DataFrame, plan: dict[str, object] | None, trend: Trend, prices: str) -> list[pl.DataFrame]:
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
        basis=held["method"][-1].partition(";")[0],
    )
    about = held.tail(1).select(_COLUMNS).with_columns(provisional=pl.lit(held["provisional"].any()))
    made = [(trend.outturn, 0.0, method, [held["needs"][-1]])]
    if plan is not None:
        less = f"{method}; less the budget of {last.label} in real terms"
        made.append((trend.gap, float(str(plan["value"])), less, [held["needs"][-1], str(plan["needs"])]))
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


def _together(lines: pl.DataFrame) -> pl.DataFrame:
    """The projected cost of social care and high needs together, where both are projected."""
    gaps = [trend.gap for trend in TOGETHER]
    both = (
        lines.filter(pl.col("measure").is_in(gaps))
        .group_by("geography", "period")
        .agg(
            pl.col("is_footprint", "members", "name", "authority_set", "period_start", "period_end", "level").first(),
            pl.col("n").min(),
            pl.col("provisional").any(),
            pl.len().alias("parts"),
            pl.col("value", "low", "high").sum(),
            pl.col("method").sort().str.join(" · "),
            pl.col("from_needs").explode(),
            pl.col("from_periods").explode().unique(),
        )
    )
    return both.filter(pl.col("parts") == len(gaps)).with_columns(measure=pl.lit(TOTAL_GAP)).select(lines.columns)


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
