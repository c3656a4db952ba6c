"""Everything the pages of early identification read, made at the build: the test of the model, and each borough's own
children in frames of the borough's name, so that a page opens no other borough's."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from parentis.figures import FEWEST, NEAREST
from parentis.returns.ssda903 import known_until
from parentis.services.careers.markers import EPISODES
from parentis.services.cohort.comparisons import NOT_STATED, SEXES, ethnic_group
from parentis.services.cohort.identification.calibration import Calibration, calibrated, curve
from parentis.services.cohort.identification.design import TERMS, design
from parentis.services.cohort.identification.explanation import BAND_TITLES, BANDS_OF_CHANCE, band_of, explain
from parentis.services.cohort.identification.hazard import NothingHappenedError
from parentis.services.cohort.identification.net_benefit import (
    MODEL,
    SAMPLES,
    found_among,
    gains,
    headline,
)
from parentis.services.cohort.identification.person_months import EVENT, FACTS, HORIZON, LEFT, LOST, at_risk, became
from parentis.services.cohort.identification.risk_model import (
    BASELINE,
    RiskModel,
    chances,
    chances_left_out,
    intervals,
    learn,
)

RULES: Final[Mapping[str, str]] = {
    "two_moves": "two moves or more in this time in care",
    "carer_ended": "a carer ended a placement for behaviour in 6 months",
}
"The two rules that a manager would use, beside which the model must prove itself."
BY_LOT: Final = "by lot"
FEWEST_EVENTS: Final = 200
"Events below which there is no model: some ten for each term."
MONTHS_BETWEEN: Final = 6
"A child stands in the rows learned from once in so many months."
OWN_PLACES: Final = (5, 10, 20, 50)
ALL_PLACES: Final = (20, 50, 100, 200, 500)
REGION: Final = "london"

SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "risk_model": {"what": pl.String, "value": pl.String},
    "risk_headline": {
        "says": pl.String, "claimed": pl.Boolean, "threshold": pl.Float64, "rule": pl.String, "gain": pl.Float64,
        "low": pl.Float64, "high": pl.Float64,
    },
    "risk_terms": {
        "outcome": pl.String, "fact": pl.String, "title": pl.String, "odds": pl.Float64, "low": pl.Float64,
        "high": pl.Float64,
    },
    "risk_calibration": {
        "validation": pl.String, "by": pl.String, "group": pl.String, "n": pl.Int64, "events": pl.Int64,
        "slope": pl.Float64, "slope_low": pl.Float64, "slope_high": pl.Float64, "intercept": pl.Float64,
        "intercept_low": pl.Float64, "intercept_high": pl.Float64, "masked": pl.Boolean, "because": pl.String,
    },
    "risk_calibration_curve": {
        "chance": pl.Float64, "happened": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
    },
    "risk_benefit": {
        "threshold": pl.Float64, "policy": pl.String, "net_benefit": pl.Float64, "gain": pl.Float64, "low": pl.Float64,
        "high": pl.Float64,
    },
    "risk_capacity": {
        "geography": pl.String, "places": pl.Int64, "policy": pl.String, "found": pl.Float64, "moved": pl.Int64,
        "at_risk": pl.Int64, "masked": pl.Boolean,
    },
    "risk_bands": {"band": pl.String, "from": pl.Float64, "to": pl.Float64},
    "risk_notes": {"note": pl.String},
}  # fmt: skip
CHILDREN: Final = {
    "child": pl.String, "day": pl.Date, "chance": pl.Float64, "low": pl.Float64, "high": pl.Float64, "band": pl.String,
}  # fmt: skip
FACTS_OF: Final = {
    "child": pl.String, "kind": pl.String, "place": pl.Int64, "fact": pl.String, "says": pl.String,
    "change": pl.Float64, "chance": pl.Float64,
}  # fmt: skip
Frames = dict[str, pl.DataFrame]
Flags = npt.NDArray[np.bool_]


def identification(tables: Mapping[str, pl.DataFrame], *, samples: int = SAMPLES, seed: int = 0) -> Frames:
    """`SHAPES`, and for each borough `risk_children_<gss>` (`CHILDREN`, in the order of the children's hashes) and
    `risk_facts_<gss>` (`FACTS_OF`). Without enough to learn from, `risk_notes` says why and the rest is empty."""
    with threadpool_limits(1, user_api="blas"):
        try:
            return _made(tables, samples, seed)
        except NothingHappenedError as error:
            return _nothing(str(error))


def _nothing(why: str) -> Frames:
    return {name: pl.DataFrame(schema=shape) for name, shape in SHAPES.items()} | {
        "risk_notes": pl.DataFrame({"note": [f"There is no model: {why}."]})
    }


def _made(tables: Mapping[str, pl.DataFrame], samples: int, seed: int) -> Frames:
    days = learning_days(tables)
    if len(days) < 4:
        return _nothing("it learns from at least three years of returns")
    last = days[-1]
    tested = next(day for day in days if (last.year - day.year) * 12 + last.month - day.month <= HORIZON)
    children = at_risk(tables, days)
    rows, past = became(children, tables), became(children, tables, until=tested)
    known = rows.filter(pl.col("day") < last)
    events = past.filter(pl.col("became") == EVENT).height
    if events < FEWEST_EVENTS:
        return _nothing(f"{events} events are fewer than the {FEWEST_EVENTS} that it learns from")
    then = learn(past)
    held_out = rows.filter(pl.col("day") == tested, pl.col("became") != LOST)
    now = learn(known.filter(pl.col("month") > 0), then)
    frames = _tested(then, held_out, samples, seed)
    frames |= {
        "risk_model": _facts(then, now, held_out, days, tested),
        "risk_terms": _terms(now),
        "risk_bands": _bands(),
        "risk_notes": _notes(rows, held_out),
    }
    return frames | _children(now, rows.filter(pl.col("day") == last), seed)


def learning_days(tables: Mapping[str, pl.DataFrame]) -> list[date]:
    """The last day that most returns cover, and days six months apart back to the end of the first year held, whose
    returns cover a whole window of 12 months."""
    episodes = tables.get(EPISODES)
    if episodes is None or episodes.is_empty():
        return []
    told = known_until(episodes)
    first = min(int(str(one)[:4]) for one in told["period"]) + 1
    ends = told.group_by("authority").agg(pl.col("until").max())["until"].sort()
    middle = ends[len(ends) // 2]
    day = middle - timedelta(days=1)
    found = []
    while day >= date(first, 3, 31):
        found.append(day)
        month = day.year * 12 + day.month - 1 - MONTHS_BETWEEN
        year, at = divmod(month, 12)
        day = date(year, at + 1, calendar.monthrange(year, at + 1)[1])
    return found[::-1]


def rule_flags(rows: pl.DataFrame) -> dict[str, Flags]:
    return {"two_moves": (rows["moves"] >= 2).to_numpy(), "carer_ended": rows["carer_ended"].to_numpy()}


def whole_year_ahead(rows: pl.DataFrame) -> Flags:
    """Children who are not 18 within the year. Only they are in net benefit and places: nobody refers the others, and
    to know their birthday is no foresight."""
    return (rows["months_to_18"] >= HORIZON).to_numpy()


def _tested(model: RiskModel, rows: pl.DataFrame, samples: int, seed: int) -> Frames:
    happened = (rows["became"] == EVENT).to_numpy()
    chance = chances(model, rows)
    unseen = chances_left_out(model, rows)
    ahead = whole_year_ahead(rows)
    own = rows.filter(pl.Series(ahead))
    flags = rule_flags(own)
    found = gains(chance[ahead], flags, happened[ahead], samples=samples, seed=seed)
    best = headline(found, RULES)
    parts = [_calibrations("time", rows, chance, happened), _calibrations("left out", rows, unseen, happened)]
    return {
        "risk_headline": _frame("risk_headline", [best]),
        "risk_calibration": pl.concat(parts),
        "risk_calibration_curve": pl.DataFrame(
            curve(chance, happened), schema=dict(SHAPES["risk_calibration_curve"]), orient="row"
        ),
        "risk_benefit": _frame("risk_benefit", found),
        "risk_capacity": _capacity(own, chance[ahead], flags, happened[ahead]),
    }


def _frame(name: str, records: Sequence[Any]) -> pl.DataFrame:
    shape = SHAPES[name]
    return pl.DataFrame([{column: getattr(one, column) for column in shape} for one in records], schema=dict(shape))


def _calibrations(validation: str, rows: pl.DataFrame, chance: np.ndarray, happened: Flags) -> pl.DataFrame:
    """Of everybody and by group. A group with few events, or few children without, is masked. Counts are to the nearest
    ten, but a borough's, which are for itself alone."""
    groups = rows.select(
        all=pl.lit("everybody"), authority="authority",
        ethnicity=ethnic_group(), sex=pl.col("sex").replace_strict(SEXES, default=NOT_STATED, return_dtype=pl.String),
    )  # fmt: skip
    made = []
    for by in groups.columns:
        of = groups[by].to_numpy()
        for group in sorted(set(of)):
            inside = of == group
            one = calibrated(chance[inside], happened[inside])
            few = min(one.events, one.n - one.events) < FEWEST
            made.append(_calibration(validation, by, group, one, few))
    return pl.DataFrame(made, schema=dict(SHAPES["risk_calibration"]))


def _calibration(validation: str, by: str, group: str, one: Calibration, few: bool) -> dict[str, Any]:
    slope, intercept = one.slope or (None,) * 3, one.intercept or (None,) * 3
    near = NEAREST if by != "authority" else 1
    shown = (None, None) if few else tuple(round(count / near) * near for count in (one.n, one.events))
    why = None if one.slope else "too few events, or children without one, to tell"
    return {
        "validation": validation, "by": by, "group": group, "n": shown[0], "events": shown[1],
        "slope": slope[0], "slope_low": slope[1], "slope_high": slope[2],
        "intercept": intercept[0], "intercept_low": intercept[1], "intercept_high": intercept[2], "masked": few,
        "because": why,
    }  # fmt: skip


def _capacity(rows: pl.DataFrame, chance: np.ndarray, flags: Mapping[str, Flags], happened: Flags) -> pl.DataFrame:
    """Of so many places, those who would have had the event: by the model, by each rule, and by lot. A borough's rows
    are for itself alone."""
    orders = {MODEL: chance, **{name: one.astype(float) for name, one in flags.items()}, BY_LOT: np.zeros(len(chance))}
    of = rows["authority"].to_numpy()
    made = []
    for place, numbers in ((REGION, ALL_PLACES), *((one, OWN_PLACES) for one in sorted(set(of)))):
        inside = np.ones(len(of), bool) if place == REGION else of == place
        moved, here = int(happened[inside].sum()), int(inside.sum())
        for number in numbers:
            if number < here:
                made += [
                    _place(place, number, policy, found_among(order[inside], happened[inside], number), moved, here)
                    for policy, order in orders.items()
                ]
    return pl.DataFrame(made, schema=dict(SHAPES["risk_capacity"]))


def _place(place: str, number: int, policy: str, found: float, moved: int, here: int) -> dict[str, Any]:
    near, few = (NEAREST, found < FEWEST) if place == REGION else (1, False)
    return {
        "geography": place, "places": number, "policy": policy, "found": None if few else found,
        "moved": round(moved / near) * near, "at_risk": round(here / near) * near, "masked": few,
    }  # fmt: skip


def _facts(then: RiskModel, now: RiskModel, held_out: pl.DataFrame, days: Sequence[date], tested: date) -> pl.DataFrame:
    happened = held_out.filter(pl.col("became") == EVENT).height
    told = {
        "Tested on": f"{_about(held_out.height)} children at risk on {tested:%d/%m/%Y}; {_about(happened)} had the "
        f"event "
        "in the 12 months after",
        "Learned for the test from": f"{_about(then.children)} children at risk from {days[0]:%d/%m/%Y} on, with what "
        f"happened up to {tested:%d/%m/%Y}: {_about(then.events)} events, {_about(then.leavers)} who left care",
        "Chances of today from": f"{_about(now.children)} children and {_about(now.events)} events up to "
        f"{days[-1]:%d/%m/%Y}",
        "The event": "the first of a home or secure place, a third placement within 12 months, and an order that "
        "deprives of liberty",
        "Boroughs differ by": f"{now.hazards[EVENT].spread:.2f} of log-odds (standard deviation), each drawn to all",
        "Left out as facts": "sex and ethnicity: they only show whether chances are right for everybody",
    }
    rows = list(told.items())
    return pl.DataFrame(rows, schema=dict(SHAPES["risk_model"]), orient="row")


def _about(count: int) -> str:
    return f"{round(count / NEAREST) * NEAREST:,}"


def _terms(model: RiskModel) -> pl.DataFrame:
    """Odds of a month with a fact beside one without, in the first three months; smooth terms have no one number, and a
    fact that no child has none either."""
    titles = {term.name: (term.group, term.title) for term in TERMS}
    names = design(pl.DataFrame(schema=FACTS)).names
    made = []
    for cause, outcome in ((EVENT, "event"), (LEFT, "leaving")):
        hazard, errors = model.hazards[cause], np.sqrt(np.diag(model.covariances[cause]))
        for at, name in enumerate(names, start=BASELINE):
            if name in titles and model.mean[at - BASELINE]:
                value, error = hazard.terms[at], errors[at]
                made.append({
                    "outcome": outcome, "fact": titles[name][0], "title": titles[name][1], "odds": float(np.exp(value)),
                    "low": float(np.exp(value - 1.96 * error)), "high": float(np.exp(value + 1.96 * error)),
                })  # fmt: skip
    return pl.DataFrame(made, schema=dict(SHAPES["risk_terms"]))


def _bands() -> pl.DataFrame:
    edges = (0.0, *BANDS_OF_CHANCE, 1.0)
    rows = [(title, edges[at], edges[at + 1]) for at, title in enumerate(BAND_TITLES)]
    return pl.DataFrame(rows, schema=dict(SHAPES["risk_bands"]), orient="row")


def _notes(rows: pl.DataFrame, held_out: pl.DataFrame) -> pl.DataFrame:
    said = ["Children who will be 18 within the year are in calibration, not in net benefit or places: to know their "
            "birthday is no foresight."]  # fmt: skip
    lost = rows.filter(pl.col("became") == LOST).height
    if lost:
        said.append(f"{lost} rows end where the child is lost from sight; in the test they are left out.")
    if held_out["missing"].null_count():
        said.append("Times missing are not known for some children, whose return has no such table.")
    return pl.DataFrame({"note": said})


def _children(model: RiskModel, rows: pl.DataFrame, seed: int) -> Frames:
    if rows.is_empty():
        return {}
    chance = chances(model, rows)
    low, high = intervals(model, rows, seed=seed)
    facts = explain(model, rows).facts
    told = rows.select("authority", "child", "day").with_columns(
        chance=pl.Series(chance), low=pl.Series(low), high=pl.Series(high), band=pl.Series(band_of(chance)),
        at=pl.int_range(pl.len(), dtype=pl.Int64),
    )  # fmt: skip
    joined = facts.with_columns(pl.col("at").cast(pl.Int64)).join(told.select("at", "authority", "child"), on="at")
    frames: Frames = {}
    for (place,), own in told.sort("child").group_by("authority", maintain_order=True):
        frames[f"risk_children_{place}"] = own.select(*CHILDREN)
    for (place,), own in joined.sort("child", "kind", "place").group_by("authority", maintain_order=True):
        frames[f"risk_facts_{place}"] = own.select(*FACTS_OF)
    return frames
