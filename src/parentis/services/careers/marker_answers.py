"""What every marker says of every looked-after child on given days: yes, no or not known.

Rows that a marker looks at are dated up to its day (`marker_facts`), so that no answer uses what came later.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from parentis.services.careers import markers as m
from parentis.services.careers.marker_facts import Facts, day_numbers, facts
from parentis.services.careers.markers import MarkerRule
from parentis.services.careers.postcode_sectors import METRES_PER_MILE, sector_of

TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
SAME_CARER: Final = ("T", "U")
"Reasons for a new episode that leave the child with the same carer."
HOMES: Final = ("K1", "K2", "R1", "S1")
"Homes, secure or not, residential care homes and residential schools."
REGISTERED: Final = ("K1", "K2", "K3")
"Kinds of placement that must be registered with Ofsted."
NO_NUMBER: Final = "XXXXXXX"
BY_CARER_FOR_BEHAVIOUR: Final = "CREQB"
HOURS: Final = 24
BASE: Final = {
    "day": pl.Date, "authority": pl.String, "child": pl.String, "age": pl.Int32, "sex": pl.String,
    "ethnicity": pl.String, "uasc": pl.Boolean, "place": pl.String, "provider": pl.String, "care_start": pl.Date,
}  # fmt: skip
"Columns of `marked` before those of the rules."
Answer = tuple[np.ndarray, np.ndarray]
"Whether yes, and whether known; bool, shape (rows,)."


def marked(
    tables: Mapping[str, pl.DataFrame],
    rules: Sequence[MarkerRule],
    days: Sequence[date],
    *,
    ages: tuple[int, int] = (10, 17),
    positions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A row for each child looked after on the night of each day and aged within `ages`: `BASE`, and for each rule a
    column of its name: true, false, or null for not known.

    `tables` are the lake's (`MARKER_NEEDS`); one that is absent or empty is not held. `positions` is
    `sector_positions()`; without it no distance is known. Short breaks are left out, and children without a date of
    birth. Sorted by day, authority and child.
    """
    parts = []
    for held in facts(tables, days, ages):
        now = held.latest(held.episodes, "DECOM")
        current = held.episodes[np.maximum(now, 0)]
        rows = held.rows.with_columns(place=current["PLACE"], provider=current["PLACE_PROVIDER"])
        answers = {rule.name: ANSWERS[rule.marker](held, rule, current, positions) for rule in rules}
        columns = [
            pl.DataFrame({"yes": yes, "known": known | yes}).select(pl.when("known").then("yes").alias(name))
            for name, (yes, known) in answers.items()
        ]
        parts.append(pl.concat([rows.select(*BASE), *columns], how="horizontal"))
    shape = BASE | {rule.name: pl.Boolean for rule in rules}
    return pl.concat([pl.DataFrame(schema=shape), *parts]) if parts else pl.DataFrame(schema=shape)


def _late_entry(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    """Whether a child whose first row is no entry came late is not known, unless it was too young even then."""
    first = held.episodes.group_by("who", maintain_order=True).first()
    start, entry = _by_child(held, first, day_numbers(first["DECOM"])), _by_child(held, first, first["RNE"] == "S")
    old = _aged(held, start, rule.least)
    return old & entry.astype(bool), ~old | entry.astype(bool)


def placements(spells: pl.DataFrame) -> pl.DataFrame:
    """`authority, child, who, care_id, start, end`: spells as placements are counted. Temporary ones are left out. A
    change of code with the same carer (RNE T or U) begins none: on 28 October 2023, when supported accommodation had
    to be registered, every child in it changed code."""
    real = spells.filter(~pl.col("place").is_in(TEMPORARY).fill_null(value=False)).sort("who", "start")
    begins = ~pl.col("reason_in").is_in(SAME_CARER).fill_null(value=False)
    return (
        real.with_columns(number=begins.cum_sum().over("who", "care_id"))
        .group_by("authority", "child", "who", "care_id", "number", maintain_order=True)
        .agg(pl.col("start").first(), pl.col("end").last())
        .drop("number")
    )


def _placements(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    """Placements with a night in the window: those begun by the day, less those that ended before the window."""
    real = placements(held.spells)
    begun = held.count(held.events(real, "start"), _EVER)
    over = held.count(held.events(real, "end"), _EVER, rule.days - 1)
    return begun - over >= rule.least, held.held(m.EPISODES, rule.days)


def _carer_ended(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    """An end after its return's year is none: the return could not know it (`careers`)."""
    after = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32) + 1, 4, 1)
    ended = held.episodes.filter(pl.col("REASON_PLACE_CHANGE") == BY_CARER_FOR_BEHAVIOUR, pl.col("DEC") <= after)
    return held.count(held.events(ended, "DEC"), rule.days) >= rule.least, held.held(m.EPISODES, rule.days)


def _missing(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    told = held.tables.get(m.MISSING)
    known = held.held(m.MISSING, rule.days)
    if told is None:
        return np.zeros_like(known), known
    lately = pl.col("MIS_START") > held.rows["day"].min() - timedelta(days=rule.days)  # type: ignore[operator]
    times = held.of_children(told.filter(lately)).unique(["who", "MIS_START"])
    return held.count(held.events(times, "MIS_START"), rule.days) >= rule.least, known


def _distance(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    if positions is None:
        nobody = np.zeros(held.rows.height, bool)
        return nobody, nobody
    places = {sector: at for at, sector in enumerate(positions["sector"].to_list())}
    east, north = (np.r_[positions[name].to_numpy().astype(float), np.nan] for name in ("east", "north"))
    home, here = (_position(current[name], places) for name in ("HOME_POST", "PL_POST"))
    miles = np.hypot(east[home] - east[here], north[home] - north[here]) / METRES_PER_MILE
    of = np.array([*positions["authority"].fill_null("").to_list(), ""], dtype=object)[here]
    outside = (of != held.rows["authority"].to_numpy().astype(object)) & (here < len(places))
    near = miles <= rule.least
    return (miles > rule.least) & outside, near | ((here < len(places)) & (~outside | (home < len(places))))


def _position(posts: pl.Series, places: Mapping[str, int]) -> np.ndarray:
    """Each postcode's index in `places`; a sector that is not listed stands in the middle of its district; else the
    number of places."""
    each = posts.unique()
    sectors = pl.DataFrame({"post": each}).select(sector=sector_of(pl.col("post")))["sector"].to_list()
    known = {
        post: places.get(sector, places.get(sector.split(" ")[0], len(places))) if sector else len(places)
        for post, sector in zip(each.to_list(), sectors, strict=True)
    }
    return posts.replace_strict(known, default=len(places), return_dtype=pl.Int64).to_numpy()


def _residential(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    """Not known where the returns held begin after that age, in the middle of a child's care."""
    homes = held.episodes.filter(pl.col("PLACE").is_in(HOMES)).group_by("who", maintain_order=True).first()
    first = held.episodes.group_by("who", maintain_order=True).first()
    begun = _by_child(held, homes, day_numbers(homes["DECOM"]), missing=_EVER)
    yes = (begun <= held.days) & _aged(held, begun, rule.least)
    entry = _by_child(held, first, first["RNE"] == "S").astype(bool)
    from_then = ~_aged(held, _by_child(held, first, day_numbers(first["DECOM"])), rule.least)
    seen = entry | from_then
    return yes & seen, seen


def _deprivation(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    told = held.tables.get(m.DOLO)
    known = held.held(m.DOLO, rule.days)
    if told is None:
        return np.zeros_like(known), known
    orders = held.of_children(told).sort("period", "sequence", "row").unique(["who", "DOLO_START"], keep="last")
    begun = held.count(held.events(orders, "DOLO_START"), _EVER)
    over = held.count(held.events(orders.filter(pl.col("DOLO_START").is_not_null()), "DOLO_END"), _EVER, rule.days)
    return begun - over >= 1, known


def _weekly_cost(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    priced = _priced(held)
    at = held.latest(priced, "begin")
    mine = priced[np.maximum(at, 0)] if priced.height else priced
    if not priced.height:
        return np.zeros(held.rows.height, bool), np.zeros(held.rows.height, bool)
    here = (at >= 0) & (day_numbers(mine["end"]) > held.days)
    weekly = mine["weekly"].to_numpy()
    return here & (weekly >= rule.least), here


def _priced(held: Facts) -> pl.DataFrame:
    """Placements with a price: `who, begin, end` (exclusive; the end of the year where it goes on) and `weekly`."""
    told = held.tables.get(m.COSTS)
    cost = "Total committed cost accrued in FY to date"
    wanted = ("Child ID", "Placement start date", "Placement end date", cost)
    if told is None or any(name not in told.columns for name in wanted):
        return pl.DataFrame(schema={"who": pl.UInt32, "begin": pl.Date, "end": pl.Date, "weekly": pl.Float64})
    first = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), 4, 1)
    after = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32) + 1, 4, 1)
    nights = (pl.col("end") - pl.col("from")).dt.total_days()
    return (
        held.of_children(told, "Child ID")
        .with_columns(begin=pl.col("Placement start date"), end=pl.min_horizontal("Placement end date", after))
        .with_columns(**{"from": pl.max_horizontal("begin", first)})
        .filter(pl.col("begin").is_not_null(), nights > 0, pl.col(cost).is_not_null())
        .with_columns(weekly=pl.col(cost).cast(pl.Float64) / nights * 7)
        .sort("who", "begin", "period", "sequence", "row")
        .unique(["who", "begin", "period"], keep="last", maintain_order=True)
        .with_columns(begin=pl.max_horizontal("begin", first))
        .sort("who", "begin")
        .select("who", "begin", "end", "weekly")
    )


def _ehcp(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    told = held.tables.get(m.COSTS)
    says, nobody = "Does the child have an EHCP", np.zeros(held.rows.height, bool)
    if told is None or says not in told.columns:
        return nobody, nobody
    answers = (
        held.of_children(told, "Child ID")
        .with_columns(said=pl.col(says).str.strip_chars().str.to_lowercase(), begin=pl.col("Placement start date"))
        .filter(pl.col("said").is_in(["yes", "no"]), pl.col("begin").is_not_null())
        .sort("who", "begin", "period", "sequence", "row")
    )
    if answers.is_empty():
        return nobody, nobody
    at = held.latest(answers, "begin")
    return (at >= 0) & (answers["said"] == "yes").to_numpy()[np.maximum(at, 0)], at >= 0


def _declines(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    searched, known = _searches(held)
    asks = held.tables.get(m.ASKS)
    if asks is None:
        return np.zeros_like(known), np.zeros_like(known)
    said_no = (
        asks.sort("period", "sequence", "row").unique(["REFERRAL", "URN"], keep="last")
        .filter(pl.col("ANSWER") == "decline").join(searched.select("REFERRAL", "who", "REFERRED"), on="REFERRAL")
        .with_columns(at=pl.coalesce("ANSWERED", "REFERRED"))
    )  # fmt: skip
    return held.count(held.events(said_no, "at"), rule.days) >= rule.least, known


def _search_hours(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    """A search open on a day of the window: a yes from the hour it reaches the threshold until it leaves the window."""
    searched, known = _searches(held)
    days = int(np.ceil(rule.least / HOURS))
    reached = searched.with_columns(at=pl.col("REFERRED").dt.offset_by(f"{days}d"), to=pl.coalesce("CLOSED", "START"))
    reached = reached.filter(pl.col("to").is_null() | (pl.col("at") <= pl.col("to")))
    begun = held.count(held.events(reached, "at"), _EVER)
    over = held.count(held.events(reached, "to"), _EVER, rule.days)
    return begun - over >= 1, known


def _searches(held: Facts) -> tuple[pl.DataFrame, np.ndarray]:
    """The searches for these children, and for each row whether the child is in the log by then: a child whom nobody
    referred, or whose number there is another, is not known."""
    told = held.tables.get(m.REFERRALS)
    if told is None:
        empty = pl.DataFrame(
            schema={"REFERRAL": pl.String, "who": pl.UInt32, "REFERRED": pl.Date, "CLOSED": pl.Date, "START": pl.Date}
        )
        return empty, np.zeros(held.rows.height, bool)
    latest = told.drop("authority").sort("period", "sequence", "row").unique("REFERRAL", keep="last")
    found = held.of_children(latest, "CHILD_KEY", "LA").filter(pl.col("REFERRED").is_not_null())
    return found, held.count(held.events(found, "REFERRED"), _EVER) >= 1


def _unregistered(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    listed = held.tables.get(m.PROVIDERS)
    if listed is None or listed.is_empty():
        nobody = np.zeros(held.rows.height, bool)
        return nobody, nobody
    urns = listed["URN"].str.to_uppercase().str.replace_all(r"\s", "").drop_nulls().unique().to_list()
    asked = current["PLACE"].is_in(REGISTERED).fill_null(value=False).to_numpy()
    none = (current["URN"] == NO_NUMBER).fill_null(value=False).to_numpy()
    there = current["URN"].is_in(urns).fill_null(value=False).to_numpy()
    return asked & none, ~asked & current["PLACE"].is_not_null().to_numpy() | there


def _health(held: Facts, rule: MarkerRule, current: pl.DataFrame, positions: pl.DataFrame | None) -> Answer:
    nobody = np.zeros(held.rows.height, bool)
    return nobody, nobody


_EVER: Final = 1 << 17
"More days than lie between any two events: every event up to the day."

ANSWERS: Final[Mapping[str, Callable[[Facts, MarkerRule, pl.DataFrame, pl.DataFrame | None], Answer]]] = {
    "late_entry": _late_entry,
    "placements": _placements,
    "carer_ended": _carer_ended,
    "missing": _missing,
    "distance": _distance,
    "residential": _residential,
    "deprivation": _deprivation,
    "weekly_cost": _weekly_cost,
    "declines": _declines,
    "search_hours": _search_hours,
    "ehcp": _ehcp,
    "unregistered": _unregistered,
    "health": _health,
}


def _by_child(held: Facts, found: pl.DataFrame, values: np.ndarray | pl.Series, missing: int = 0) -> np.ndarray:
    """Values of one row a child (with `who`), for each row of the facts."""
    each = np.full(held.children.height, missing, dtype=np.int64)
    each[found["who"].to_numpy()] = np.asarray(values).astype(np.int64)
    return each[held.rows["who"].to_numpy()]


def _aged(held: Facts, day: np.ndarray, years: float) -> np.ndarray:
    """Whether the child was of that age or older on a day of each row."""
    return day >= day_numbers(held.rows["dob"].dt.offset_by(f"{round(years * 12)}mo"))
