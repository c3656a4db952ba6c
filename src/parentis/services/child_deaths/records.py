"""The deaths under review: each once, in scope, by the footprint where the child lived; and the rows left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis.region import footprints, membership_frame
from parentis.returns.child_deaths import FROM_OLD_FORM

NOTIFICATIONS: Final = "child_deaths.notifications/notifications"
REPORTS: Final = "child_deaths.reports/reports"
REVIEWS: Final = "child_deaths.reviews/reviews"
FACTORS: Final = "child_deaths.factors/factors"
ACTIONS: Final = "child_deaths.actions/actions"
NEEDS: Final = (NOTIFICATIONS, REPORTS, REVIEWS, FACTORS, ACTIONS)
SILENT_MONTHS: Final = 2
"Months without a notification after which a footprint is shown as silent, not as having no deaths."


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaths:
    """`cases`: a row a death, with `authority`, `footprint` (by residence), `bcu`, `died`, `received`, `month` and the
    notification's columns. `as_of`: the last day covered. `left_out`: reason to number."""

    cases: pl.DataFrame
    as_of: date
    left_out: Mapping[str, int]
    silent: tuple[str, ...]
    "Footprints with no notification in the last two whole months."


def deaths(table: pl.DataFrame, *, as_of: date | None = None) -> Deaths:
    """From notifications as the lake has them: withdrawn ones, repeats and those out of scope are left out, counted.
    `as_of`: the state of the notifications is that at the end of this day; by default the last day of a
    notification."""
    told = table.sort("sequence").unique("CASE", keep="last", maintain_order=True)
    told = told.filter(pl.col("DIED").is_not_null(), pl.col("RECEIVED").is_not_null())
    last = as_of or (told["RECEIVED"].max() if told.height else None)
    day = last if isinstance(last, date) else date(1970, 1, 1)
    reasons = (
        ("repeated", pl.lit(value=True)),
        ("not live-born", pl.col("OUTCOME").fill_null("live") == "live"),
        ("withdrawn", pl.col("WITHDRAWN").is_null()),
        ("notified before the death", pl.col("RECEIVED") >= pl.col("DIED")),
        ("an adult", pl.col("DIED") < pl.col("BORN").dt.offset_by("18y1mo")),
        ("not a resident", pl.col("authority").is_not_null()),
    )
    left = {"repeated": table.height - told.height}
    for reason, kept in reasons[1:]:
        before = told.height
        told = told.filter(kept.fill_null(value=True))
        left[reason] = before - told.height
    before = told.height
    told = pl.concat([
        told.filter(pl.col("NHS_NUMBER").is_null()),
        told.filter(pl.col("NHS_NUMBER").is_not_null()).sort("RECEIVED", "CASE").unique("NHS_NUMBER", keep="first",
                                                                                       maintain_order=True),
    ])  # fmt: skip
    left["the same child twice"] = before - told.height
    cases = (
        told.join(_home("cdr", day), on="authority", how="left").join(_home("bcu", day), on="authority", how="left")
        .rename({"cdr": "footprint"})
        .with_columns(
            died=pl.col("DIED"), received=pl.col("RECEIVED"), month=pl.col("DIED").dt.truncate("1mo"),
            year=_financial_year(pl.col("DIED")),
        )
        .sort("died", "CASE")
    )  # fmt: skip
    return Deaths(cases=cases, as_of=day, left_out={k: v for k, v in left.items() if v}, silent=_silent(cases, day))


def as_told(table: pl.DataFrame, day: date) -> pl.DataFrame:
    """Notifications as they were at the end of a day: those received by then, none withdrawn since."""
    withdrawn = pl.col("WITHDRAWN").cast(pl.Date)
    told = table.filter(pl.col("RECEIVED") <= day)
    return told.with_columns(WITHDRAWN=pl.when(withdrawn <= day).then(withdrawn))


def reviews(table: pl.DataFrame, of: Deaths) -> pl.DataFrame:
    """Reviews of notified deaths, each once, with `footprint`, `received` and `year` of death. A review whose
    notification is not here, or was withdrawn, is left out."""
    kept = table.sort("sequence").unique("CASE", keep="last").select(
        "CASE", "MEETING", "PANEL", "CATEGORY", "EXPECTED", "MODIFIABLE", "STOP", "STOPPED_DAYS",
        pl.col("ETHNICITY").alias("ETHNICITY_FOUND"), "load_id",
    )  # fmt: skip
    known = of.cases.select("CASE", "authority", "footprint", "bcu", "died", "received", "year", "ETHNICITY", "JAR")
    return kept.join(known, on="CASE").sort("PANEL", "CASE")


def factors(table: pl.DataFrame, reviewed: pl.DataFrame) -> pl.DataFrame:
    """Factors of those reviews, the old form's scores mapped to the new (and kept)."""
    kept = table.sort("sequence").unique(("CASE", "FACTOR"), keep="last")
    relevance = pl.coalesce(
        pl.col("RELEVANCE"),
        pl.col("OLD_RELEVANCE").cast(pl.String).replace_strict(FROM_OLD_FORM, default=None, return_dtype=pl.String),
    )
    return (
        kept.with_columns(relevance=relevance)
        .filter(pl.col("DOMAIN").is_not_null())
        .select("CASE", "FACTOR", "relevance", pl.col("MODIFIABLE").alias("FACTOR_MODIFIABLE"))
        .join(reviewed.select("CASE", "footprint", "year", "CATEGORY"), on="CASE")
    )


def _home(kind: str, on: date) -> pl.DataFrame:
    """`authority` and its footprint of a kind (named as the kind) on a day."""
    wanted = [one.id for one in footprints() if one.kind == kind]
    return (
        membership_frame()
        .filter(
            pl.col("footprint").is_in(wanted),
            pl.col("valid_from").is_null() | (pl.col("valid_from") <= on),
            pl.col("valid_to").is_null() | (pl.col("valid_to") >= on),
        )
        .select("authority", pl.col("footprint").alias(kind))
        .unique("authority", keep="first")
    )


def _financial_year(day: pl.Expr) -> pl.Expr:
    first = day.dt.year() - (day.dt.month() < 4).cast(pl.Int32)
    return pl.format("{}-{}", first, ((first + 1) % 100).cast(pl.String).str.zfill(2))


def _silent(cases: pl.DataFrame, as_of: date) -> tuple[str, ...]:
    if cases.is_empty():
        return ()
    since = pl.select(pl.lit(as_of).dt.month_start().dt.offset_by(f"-{SILENT_MONTHS}mo")).item()
    heard = set(cases.filter(pl.col("received") >= since)["footprint"].drop_nulls())
    return tuple(sorted(set(cases["footprint"].drop_nulls()) - heard))
