"""Indicators derived again from the looked-after children return (SSDA903) that the authority submits anyway.

Each indicator starts as a list of children, one row for each child of its denominator, with the row of the return
that includes the child and whether it is in the numerator. So a difference can be traced to a child in the
authority's own file, while no child's values are stored here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis.region import Period, parse_period, population_0_17
from parentis.services.careers import spells
from parentis.services.careers.episodes import year_end

EPISODES, HEADER = "ssda903/Episodes", "ssda903/Header"
OC3, MISSING = "ssda903/OC3", "ssda903/Missing"
NEEDS: Final = (EPISODES, HEADER, OC3, MISSING)
DERIVED: Final = pl.Schema(
    {**dict.fromkeys(("slot", "geography", "period"), pl.String()),
     **dict.fromkeys(("numerator", "denominator"), pl.Float64())}
)  # fmt: skip
ROWS: Final = pl.Schema(
    {**dict.fromkeys(("slot", "geography", "period", "table", "load_id"), pl.String()), "row": pl.Int64(),
     "in_numerator": pl.Boolean()}
)  # fmt: skip
"`row` is the 0-based row of the submitted table that puts a child into the indicator."
NOT_DERIVED: Final[Mapping[str, str]] = {
    "S09": "the return keeps postcodes as sectors, which do not say how far a placement is from home",
    "S15": "health assessments are not kept from the return",
}
"Indicators of children looked after that cannot be derived from the return, with the reason."
TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
"Temporary placements of a few days: a return to the usual placement is not a move."
SAME_CARERS: Final = ("A3", "A5")
"Placed for adoption with the foster carers the child was already with: no move."
FOR_ADOPTION: Final = ("A3", "A4", "A5", "A6")
NOT_FOLLOWED: Final = ("DIED", "RHOM")
"Care leavers who died or went home to their parents are not counted."
LEARNING_OR_WORK: Final = ("F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5")
AGES: Final = (19, 20, 21)
BEFORE: Final = 3
"Collection years before the quarter's own in which long stays may have begun."


@dataclass(frozen=True, slots=True)
class Derivation:
    """`values` is `DERIVED`, `rows` is `ROWS`."""

    values: pl.DataFrame
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Held:
    """Spells (no respite) with `seen`, `load_id` and `row` of their last episode; and the period each return covers."""

    spells: pl.DataFrame
    runs: pl.DataFrame
    known: pl.DataFrame
    oc3: pl.DataFrame
    missing: pl.DataFrame


def derive(tables: Mapping[str, pl.DataFrame], quarters: Iterable[str]) -> Derivation:
    """Every indicator that the return allows, for the quarters that it covers to their last day."""
    wanted = sorted({parse_period(label) for label in quarters if " Q" in label})
    if not wanted or tables[EPISODES].is_empty():
        return Derivation(DERIVED.to_frame(), ROWS.to_frame())
    held = _held(tables, first=wanted[0].start.year - BEFORE - 1)
    found = [
        made.select("authority", "hit", "table", "load_id", "row", slot=pl.lit(slot), period=pl.lit(quarter.label))
        for quarter in wanted
        for slot, counted in COUNTED.items()
        if (made := counted(held, quarter)).height
    ]
    if not found:
        return Derivation(DERIVED.to_frame(), ROWS.to_frame())
    rows = pl.concat(found).rename({"authority": "geography", "hit": "in_numerator"})
    values = rows.group_by("slot", "geography", "period").agg(
        numerator=pl.col("in_numerator").sum().cast(pl.Float64), denominator=pl.len().cast(pl.Float64)
    )
    return Derivation(
        pl.concat([values, _stock_of_population(values)]).select(list(DERIVED)).sort(list(DERIVED)[:3]),
        rows.select(pl.col(name).cast(kind) for name, kind in ROWS.items()).sort(list(ROWS)[:6]),
    )


def _stock_of_population(values: pl.DataFrame) -> pl.DataFrame:
    """S11: children looked after (the denominator of S07) per children of the population at the middle of the year."""
    people = population_0_17().select(geography="authority", year=pl.col("year").cast(pl.Int64), people="population")
    stock = values.filter(pl.col("slot") == "S07").with_columns(year=pl.col("period").str.head(4).cast(pl.Int64))
    return stock.sort("year").join_asof(people.sort("year"), on="year", by="geography", check_sortedness=False).filter(
        pl.col("people") > 0
    ).select(slot=pl.lit("S11"), geography="geography", period="period", numerator="denominator",
             denominator=pl.col("people").cast(pl.Float64))  # fmt: skip


def _held(tables: Mapping[str, pl.DataFrame], first: int) -> _Held:
    recent = pl.col("period").str.head(4).cast(pl.Int32, strict=False) >= first
    episodes = tables[EPISODES].filter(recent)
    careers = spells(episodes, tables[HEADER].filter(recent))
    behind = careers.trace.filter(pl.col("spell_id").is_not_null()).sort("period", "row").group_by("spell_id").agg(
        pl.col("load_id", "row").last()
    )  # fmt: skip
    held = careers.spells.filter(~pl.col("respite")).join(behind, on="spell_id", how="left").with_columns(
        table=pl.lit("Episodes")
    )  # fmt: skip
    return _Held(held, _runs(held), careers.known, _newest(tables[OC3].filter(recent)),
                 _newest(tables[MISSING].filter(recent)))  # fmt: skip


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))


def _runs(held: pl.DataFrame) -> pl.DataFrame:
    """Stays in one placement, temporary ones left out: `authority`, `child`, `start`, `end`, `moved` (a move by the
    count of placements), `long_start` (of the stay, with the one before it where it is for adoption)."""
    stays = held.filter(~pl.col("place").is_in(TEMPORARY).fill_null(value=False)).sort("authority", "child", "start")
    same = pl.all_horizontal(pl.col(one).eq_missing(pl.col(one).shift(1)) for one in ("authority", "child", "care_id"))
    there = pl.all_horizontal(
        pl.col(one).eq_missing(pl.col(one).shift(1)) for one in ("place", "provider", "urn", "place_postcode")
    )
    # the same again, with care unbroken: back from a temporary placement
    moved = ~(same & (there | pl.col("place").is_in(SAME_CARERS).fill_null(value=False)))
    anew = ~(same & (there | pl.col("place").is_in(FOR_ADOPTION).fill_null(value=False)))
    return stays.with_columns(moved=moved.fill_null(value=True), anew=anew.fill_null(value=True)).with_columns(
        long_start=pl.when("anew").then("start").forward_fill().over("authority", "child")
    )


def _told(held: _Held, day: date, *, since: date | None = None) -> pl.DataFrame:
    """Authorities whose returns cover every day from `since` to `day`."""
    first, last = _year_of(since or day), _year_of(day)
    years = [f"{year}-{(year + 1) % 100:02}" for year in range(first, last + 1)]
    of = held.known.filter(pl.col("period").is_in(years)).with_columns(
        whole=(pl.col("period") == years[-1]) & (pl.col("until") > day)
        | (pl.col("until") >= year_end(pl.col("period")))
    )
    return of.filter("whole").group_by("authority").agg(held=pl.col("period").n_unique()).filter(
        pl.col("held") == len(years)
    ).select("authority")  # fmt: skip


def _year_of(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def _on(held: _Held, frame: pl.DataFrame, day: date) -> pl.DataFrame:
    return frame.filter(pl.col("start") <= day, pl.col("end") > day)


def _back(day: date, months: int) -> date:
    """The first day of a span of `months` that ends on `day`, the last day of a month."""
    at = day.year * 12 + day.month - months
    return date(at // 12, at % 12 + 1, 1)


def _three_placements(held: _Held, quarter: Period) -> pl.DataFrame:
    """S07: of children looked after on the last day, those with three or more placements in the 12 months to it."""
    since = _back(quarter.end, 12)
    there = _on(held, held.spells, quarter.end).join(_told(held, quarter.end, since=since), on="authority")
    within = held.runs.filter(pl.col("start") <= quarter.end, pl.col("end") > since).with_columns(
        # the first placement of the year counts, whatever the reason for its start
        counts=pl.col("moved") | (pl.col("start") == pl.col("start").min().over("authority", "child"))
    )
    many = within.group_by("authority", "child").agg(placements=pl.col("counts").sum())
    return there.join(many, on=["authority", "child"], how="left").with_columns(
        hit=(pl.col("placements") >= 3).fill_null(value=False)
    )


def _long_stability(held: _Held, quarter: Period) -> pl.DataFrame:
    """S08: of children under 16 looked after for two and a half years, those in one placement for two."""
    day = quarter.end
    since = _back(day, 30)
    two = date(day.year - 2, day.month, day.day)
    there = _on(held, held.spells, day).join(_told(held, day, since=since), on="authority").filter(
        pl.col("dob") > date(day.year - 16, day.month, day.day), pl.col("care_start") <= since
    )  # fmt: skip
    stays = _on(held, held.runs, day).select("authority", "child", "long_start")
    return there.join(stays, on=["authority", "child"], how="left").with_columns(
        hit=(pl.col("long_start") <= two).fill_null(value=False)
    )


def _went_missing(held: _Held, quarter: Period) -> pl.DataFrame:
    """S10: of children looked after at any time in the 12 months to the last day, those who went missing in that
    time."""
    since = _back(quarter.end, 12)
    of = held.spells.filter(pl.col("start") <= quarter.end, pl.col("end") > since)
    last = of.sort("start").group_by("authority", "child", maintain_order=True).last()
    gone = held.missing.filter(
        pl.col("MISSING") == "M", pl.col("MIS_START") <= quarter.end,
        pl.col("MIS_END").is_null() & (pl.col("period") == pl.col("period").max()) | (pl.col("MIS_END") >= since),
    ).select("authority", child="CHILD", hit=pl.lit(value=True)).unique()  # fmt: skip
    return last.join(_told(held, quarter.end, since=since), on="authority").join(
        gone, on=["authority", "child"], how="left"
    ).with_columns(pl.col("hit").fill_null(value=False))  # fmt: skip


def _leavers(held: _Held, quarter: Period, hit: pl.Expr) -> pl.DataFrame:
    """Care leavers who became 19, 20 or 21 in the quarter; in the numerator where `hit` is true."""
    first = _year_of(quarter.end)
    birthday = pl.col("DOB").dt.month()
    year = pl.when(birthday >= 4).then(first).otherwise(first + 1)
    there = held.oc3.filter(pl.col("period").str.head(4) == str(first)).with_columns(age=year - pl.col("DOB").dt.year())
    months = (quarter.start.month, quarter.start.month + 1, quarter.start.month + 2)
    return there.filter(
        pl.col("age").is_in(AGES), birthday.is_in(months),
        ~pl.col("IN_TOUCH").is_in(NOT_FOLLOWED).fill_null(value=False),
    ).join(_told(held, quarter.end), on="authority").with_columns(
        hit=hit.fill_null(value=False), table=pl.lit("OC3")
    )  # fmt: skip


COUNTED: Final[Mapping[str, Callable[[_Held, Period], pl.DataFrame]]] = {
    "S07": _three_placements,
    "S08": _long_stability,
    "S10": _went_missing,
    "S12": lambda held, at: _leavers(held, at, pl.col("ACCOM").str.ends_with("1")),
    "S13": lambda held, at: _leavers(held, at, pl.col("ACTIV").is_in(LEARNING_OR_WORK)),
    "S14": lambda held, at: _leavers(held, at, pl.col("IN_TOUCH") == "NO"),
}
"""By indicator: a function of `(stored rows, quarter)` → one row a child with `authority`, `hit`, `table`, `load_id`,
`row`. S11 follows from S07's children."""
