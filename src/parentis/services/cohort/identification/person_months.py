"""Children at risk on given days, what the returns of the time said of them, and what became of them in a year.

At risk is a looked-after child of the ages who is not in a home or secure place on the day, has had fewer than three
placements in a year, and is under no order. Facts are dated up to the day (`careers.marker_facts`); what became of
the child is the first, after the day, of a home or secure place, a third placement within a year, an order that
deprives of liberty, and leaving care; or being 18.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.returns.ssda903 import known_until
from parentis.services.careers import markers as m
from parentis.services.careers import spells
from parentis.services.careers.marker_answers import BY_CARER_FOR_BEHAVIOUR, HOMES, placements
from parentis.services.careers.marker_facts import WIDTH, Facts, day_numbers, facts

HORIZON: Final = 12
"Months ahead."
AGES: Final = (10, 17)
YEAR: Final = 365
THIRD: Final = 3
LEFT, EVENT, STAYED, LOST = "left", "event", "stayed", "lost"
"What became of a child: `stayed` to the horizon, to 18 or to the last day known; `lost` from sight."
EVER: Final = 1 << 17

FACTS: Final = {
    "day": pl.Date, "authority": pl.String, "child": pl.String, "sex": pl.String, "ethnicity": pl.String,
    "age": pl.Float64, "months_in_care": pl.Float64, "entry_seen": pl.Boolean, "moved": pl.Boolean,
    "carer_ended": pl.Boolean, "missing": pl.Int64, "moves": pl.Int64, "kind": pl.String, "been_in_home": pl.Boolean,
    "need": pl.String, "law": pl.String, "uasc": pl.Boolean, "late_entry": pl.Boolean, "months_to_18": pl.Int64,
}  # fmt: skip
"""What is known on a day. `moved`: two placements in a year; `moves`: in this time in care; `missing`: times in 90
days, null where the table is not held; `months_to_18`: whole calendar months before that of the 18th birthday."""
OUTCOME: Final = {"became": pl.String, "month": pl.Int64, "seen": pl.Int64}
"""`month`: the calendar month after the day's in which it happened, from 1; else the last month at risk and seen.
`seen`: the months after the day that returns cover, 12 at most."""

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "kinship": ("U1", "U2", "U3"),
    "fostering": ("U4", "U5", "U6"),
    "supported": ("H5", "P2", "K3"),
    "parents": ("P1",),
}


def at_risk(tables: Mapping[str, pl.DataFrame], days: Sequence[date]) -> pl.DataFrame:
    """The children at risk on each day: `FACTS`, with `dob` for `became`."""
    parts = [_of(held) for held in facts(tables, days, AGES)]
    if not parts:
        return pl.DataFrame(schema=FACTS | {"dob": pl.Date})
    return pl.concat(parts).sort("day", "authority", "child")


def became(known: pl.DataFrame, tables: Mapping[str, pl.DataFrame], *, until: date | None = None) -> pl.DataFrame:
    """`FACTS` and `OUTCOME` of the children at risk. `until`: what happened is told up to the end of this day, and of
    children at risk before it; by default up to the last day that the returns cover."""
    rows = known if until is None else known.filter(pl.col("day") < until)
    if rows.is_empty():
        return pl.DataFrame(schema=FACTS | OUTCOME)
    return _became(rows, tables, until).select(*FACTS, *OUTCOME)


def _of(held: Facts) -> pl.DataFrame:
    """`FACTS` of one year's days, with `dob` beside them."""
    now = held.latest(held.episodes, "DECOM")
    current = held.episodes[np.maximum(now, 0)]
    real = placements(held.spells)
    starts = held.events(real, "start")
    begun, over = held.count(starts, EVER), held.count(held.events(real, "end"), EVER, YEAR - 1)
    in_care = held.rows.with_columns(day=pl.col("care_start").dt.offset_by("-1d"))
    before = np.searchsorted(
        starts, held.rows["who"].to_numpy().astype(np.int64) * WIDTH + day_numbers(in_care["day"]), "right"
    )
    who = held.rows["who"].to_numpy().astype(np.int64) * WIDTH
    moves = np.searchsorted(starts, who + held.days, "right") - before - 1
    homes = held.events(held.episodes.filter(pl.col("PLACE").is_in(HOMES)), "DECOM")
    ended = held.episodes.filter(pl.col("REASON_PLACE_CHANGE") == BY_CARER_FOR_BEHAVIOUR)
    first = held.episodes.group_by("who", maintain_order=True).first().select("who", entry=pl.col("RNE") == "S")
    care = held.rows.join(first, on="who", how="left", maintain_order="left")
    place, law = current["PLACE"], current["LS"]
    years = (pl.col("day") - pl.col("dob")).dt.total_days() / 365.25
    on, turned = pl.col("day"), pl.col("dob").dt.offset_by("18y")
    made = care.with_columns(
        years.alias("age_now"),
        months_in_care=(pl.col("day") - pl.col("care_start")).dt.total_days() / 30.4375,
        entry_seen=pl.col("entry").fill_null(value=False),
        moved=pl.Series(begun - over >= 2),
        third=pl.Series(begun - over >= THIRD),
        carer_ended=pl.Series(held.count(held.events(ended, "DEC"), YEAR // 2) >= 1),
        missing=_missing(held),
        moves=pl.Series(np.maximum(moves, 0)),
        kind=_kind(place),
        at_home=place.is_in(HOMES),
        been_in_home=pl.Series(held.count(homes, EVER) >= 1),
        need=current["CIN"].fill_null(""),
        law=pl.Series(law).str.slice(0, 1).fill_null(""),
        ordered=_ordered(held),
        late_entry=pl.col("care_start") >= pl.col("dob").dt.offset_by("14y"),
        months_to_18=(
            (turned.dt.year() - on.dt.year()) * 12
            + turned.dt.month().cast(pl.Int32) - on.dt.month().cast(pl.Int32) - 1
        ).cast(pl.Int64),
    )  # fmt: skip
    free = ~pl.col("at_home").fill_null(value=False) & ~pl.col("third") & ~pl.col("ordered")
    return (
        made.filter(free, pl.col("months_to_18") >= 1)
        .with_columns(age="age_now")
        .select(*(pl.col(name).cast(dtype) for name, dtype in FACTS.items()), "dob")
    )


def _missing(held: Facts) -> pl.Series:
    told, known = held.tables.get(m.MISSING), held.held(m.MISSING, 90)
    if told is None:
        return pl.Series([None] * held.rows.height, dtype=pl.Int64)
    times = held.count(held.events(held.of_children(told).unique(["who", "MIS_START"]), "MIS_START"), 90)
    return pl.DataFrame({"n": times, "known": known}).select(pl.when(pl.col("known") | (pl.col("n") > 0)).then("n"))[
        "n"
    ]


def _ordered(held: Facts) -> pl.Series:
    told = held.tables.get(m.DOLO)
    if told is None:
        return pl.Series(np.zeros(held.rows.height, bool))
    orders = held.of_children(told).unique(["who", "DOLO_START"])
    return pl.Series(held.count(held.events(orders, "DOLO_START"), YEAR) >= 1)


def _kind(place: pl.Series) -> pl.Series:
    kinds = {code: name for name, codes in _KINDS.items() for code in codes}
    return place.replace_strict(kinds, default="other", return_dtype=pl.String)


def _became(known: pl.DataFrame, tables: Mapping[str, pl.DataFrame], until: date | None) -> pl.DataFrame:
    children = known.select("authority", "child").unique()
    own = tables[m.EPISODES].join(children, left_on=["authority", "CHILD"], right_on=["authority", "child"], how="semi")
    told = known_until(tables[m.EPISODES])
    made = spells(own, known=told)
    numbered = children.sort("authority", "child").with_row_index("who")
    care = made.spells.join(numbered, on=["authority", "child"]).sort("who", "start")
    rows = known.join(numbered, on=["authority", "child"], how="left", maintain_order="left")
    who, day = rows["who"].to_numpy().astype(np.int64), day_numbers(rows["day"])
    last_told = told.group_by("authority").agg(known_to=pl.col("until").max())
    to = rows.join(last_told, on="authority", how="left", maintain_order="left")["known_to"]
    last = day_numbers(to)
    if until is not None:
        last = np.minimum(last, until.toordinal() - date(1970, 1, 1).toordinal() + 1)
    ends = care.group_by("who", "care_id").agg(pl.col("care_end").first(), gone=pl.col("open").last())
    event = _next(_event_days(care, tables, numbered), who, day)
    left = _next(_keys(ends.filter(~pl.col("gone")), "care_end"), who, day)
    lost = _next(_keys(ends.filter(pl.col("gone")), "care_end"), who, day)
    birthday = day_numbers(rows["dob"].dt.offset_by("18y"))
    stop = np.minimum(birthday, last)
    is_event, is_left = (event < stop) & (event <= left), (left < stop) & (left < event)
    is_lost = (lost < stop) & ~is_event & ~is_left
    when = np.where(is_event, event, np.where(is_left, left, np.where(is_lost, lost, stop)))
    seen = np.minimum(_months(day, last), HORIZON)
    month = np.where(is_event | is_left, _months(day, when), _months(day, when) - 1)
    at_most = np.minimum(np.minimum(rows["months_to_18"].to_numpy(), HORIZON), np.maximum(_months(day, last - 1), 0))
    happened = (is_event | is_left) & (month <= at_most)
    label = np.where(happened, np.where(is_event, EVENT, LEFT), np.where(is_lost & (month < at_most), LOST, STAYED))
    return rows.with_columns(
        became=pl.Series(label, dtype=pl.String),
        month=pl.Series(np.where(happened, np.maximum(month, 1), np.clip(month, 0, at_most)), dtype=pl.Int64),
        seen=pl.Series(np.maximum(seen, 0), dtype=pl.Int64),
    )  # fmt: skip


def _event_days(care: pl.DataFrame, tables: Mapping[str, pl.DataFrame], numbered: pl.DataFrame) -> np.ndarray:
    """Sorted keys of the days on which a home or secure place, a third placement in a year, or an order began."""
    homes = _keys(care.filter(pl.col("place").is_in(HOMES)), "start")
    real = placements(care)
    who, start = real["who"].to_numpy().astype(np.int64), day_numbers(real["start"])
    starts = np.sort(who * WIDTH + start)
    over = np.searchsorted(_keys(real, "end"), who * WIDTH + start - (YEAR - 1), "right")
    thirds = (np.searchsorted(starts, who * WIDTH + start, "right") - over) >= THIRD
    found = [homes, (who * WIDTH + start)[thirds]]
    orders = tables.get(m.DOLO)
    if orders is not None and orders.height:
        own = orders.join(numbered, left_on=["authority", "CHILD"], right_on=["authority", "child"])
        found.append(_keys(own, "DOLO_START"))
    return np.unique(np.concatenate(found))


def _keys(frame: pl.DataFrame, day: str) -> np.ndarray:
    dated = frame.filter(pl.col(day).is_not_null())
    return np.sort(dated["who"].to_numpy().astype(np.int64) * WIDTH + day_numbers(dated[day]))


def _next(keys: np.ndarray, who: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The first day of each child's later than the given one; `EVER` far away where there is none."""
    if not len(keys):
        return np.full(len(who), EVER)
    at = np.minimum(np.searchsorted(keys, who * WIDTH + day, "right"), len(keys) - 1)
    there = (keys[at] // WIDTH == who) & (keys[at] > who * WIDTH + day)
    return np.where(there, keys[at] % WIDTH, EVER)


def _months(day: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Calendar months from the day's to the later day's."""
    first, last = (
        np.minimum(one, EVER).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) for one in (day, later)
    )
    return np.asarray(last - first)
