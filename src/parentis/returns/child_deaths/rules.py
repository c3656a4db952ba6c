"""Rules on the child death returns: their data are consistent, and they hold no narrative."""

from typing import Any

import polars as pl

from parentis.region import authorities
from parentis.returns.cells import RAW, Typed
from parentis.returns.child_deaths.reviews import LESSON_LENGTH
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

NOTIFICATIONS = RuleSet("child_deaths.notifications")
REPORTS = RuleSet("child_deaths.reports")
REVIEWS = RuleSet("child_deaths.reviews")
FACTORS = RuleSet("child_deaths.factors")
ACTIONS = RuleSet("child_deaths.actions")

ADULT = "18y"
AGES = {"0-27d": (0, 28), "28-364d": (28, 366), "1-4y": (365, 1827), "5-9y": (1826, 3653), "10-14y": (3652, 5479),
        "15-17y": (5478, 6576)}  # fmt: skip
"Age band → its lowest age and the age below which it ends, in days; one day of tolerance at each edge for leap years."
LONG_LATE = 366
"Days from death to notification above which the row is queried."


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _raw(name: str) -> pl.Expr:
    return pl.col(name + RAW).str.replace_all(r"[\s-]", "")


def nhs_check(digits: pl.Expr) -> pl.Expr:
    """Whether a text is ten digits, the last of which is the correct check digit (modulus 11)."""
    padded = pl.when(digits.str.contains(r"^\d{10}$")).then(digits).otherwise(pl.lit("0000000001"))
    total = pl.sum_horizontal(padded.str.slice(at, 1).cast(pl.Int64) * (10 - at) for at in range(9))
    check = (11 - total % 11) % 11
    return check == padded.str.slice(9, 1).cast(pl.Int64)


@NOTIFICATIONS.rule("CDR-BORN", "Died before birth.", fields="BORN DIED", tables="notifications")
def _before_birth(_: Any) -> Marks:
    return _yes(pl.col("DIED") < pl.col("BORN"))


@NOTIFICATIONS.rule(
    "CDR-18", "Died on or after the 18th birthday: outside the review.", fields="BORN DIED", tables="notifications"
)
def _adult(_: Any) -> Marks:
    return _yes(pl.col("DIED") >= pl.col("BORN").dt.offset_by(ADULT))


@NOTIFICATIONS.rule(
    "CDR-OUTCOME",
    "Stillborn, or lawfully terminated: outside the review; it counts nowhere.",
    fields="OUTCOME",
    tables="notifications",
)
def _not_live(_: Any) -> Marks:
    return _yes(pl.col("OUTCOME").is_in(["stillborn", "terminated"]))


@NOTIFICATIONS.rule(
    "CDR-RECEIVED", "The notification is dated before the death.", fields="DIED RECEIVED", tables="notifications"
)
def _told_before(_: Any) -> Marks:
    return _yes(pl.col("RECEIVED") < pl.col("DIED"))


@NOTIFICATIONS.rule(
    "CDR-LATE", "Notified more than a year after the death.", fields="DIED RECEIVED", tables="notifications",
    severity="query",
)  # fmt: skip
def _told_late(_: Any) -> Marks:
    return _yes((pl.col("RECEIVED") - pl.col("DIED")).dt.total_days() > LONG_LATE)


@NOTIFICATIONS.rule(
    "CDR-NHS", "The NHS number is not ten digits that fit their check digit.", fields="NHS_NUMBER",
    tables="notifications",
)  # fmt: skip
def _nhs(_: Any) -> Marks:
    return _yes(_raw("NHS_NUMBER").is_not_null() & ~nhs_check(_raw("NHS_NUMBER")))


@NOTIFICATIONS.rule(
    "CDR-NHS-REASON", "No NHS number, and no reason why.", fields="NHS_NUMBER NHS_REASON", tables="notifications",
    first="2022-23",
)  # fmt: skip
def _no_nhs(_: Any) -> Marks:
    return pl.col("NHS_NUMBER").is_null() & pl.col("NHS_REASON").is_null()


@NOTIFICATIONS.rule(
    "CDR-TWICE",
    "The same NHS number is notified twice: by two hospitals, say. It is counted once, at its first notification.",
    fields="NHS_NUMBER",
    tables="notifications",
    severity="query",
)
def _twice(_: Any) -> Marks:
    number = _raw("NHS_NUMBER")
    return _yes(number.is_not_null() & number.is_duplicated())


@NOTIFICATIONS.rule(
    "CDR-ELSEWHERE",
    "The child lived in no authority of England: it is counted in no footprint.",
    fields="RESIDENCE",
    tables="notifications",
    severity="query",
)
def _elsewhere(_: Any) -> Marks:
    known = [one.gss for one in authorities()]
    return ~pl.col("RESIDENCE").is_in(known).fill_null(value=False)


@NOTIFICATIONS.rule("CDR-AGE", "The age is not that of the dates.", fields="BORN DIED AGE", tables="notifications")
def _age(_: Any) -> Marks:
    days = (pl.col("DIED") - pl.col("BORN")).dt.total_days()
    fits = pl.any_horizontal(
        (pl.col("AGE") == band) & (days >= low) & (days < high) for band, (low, high) in AGES.items()
    )
    return _yes(pl.col("AGE").is_not_null() & ~fits)


@NOTIFICATIONS.rule(
    "CDR-WITHDRAWN", "Withdrawn before it was received.", fields="RECEIVED WITHDRAWN", tables="notifications"
)
def _withdrawn(_: Any) -> Marks:
    return _yes(pl.col("WITHDRAWN") < pl.col("RECEIVED"))


@NOTIFICATIONS.rule(
    "CDR-JAR", "A joint agency response met before the death, or met where there is none.", fields="DIED JAR JAR_MET",
    tables="notifications",
)  # fmt: skip
def _jar(_: Any) -> Marks:
    return _yes(pl.col("JAR_MET") < pl.col("DIED")) | _yes((pl.col("JAR") == "none") & pl.col("JAR_MET").is_not_null())


@REPORTS.rule("CDR-REPORTED", "Reported before it was asked.", fields="ASKED REPORTED", tables="reports")
def _reported(_: Any) -> Marks:
    return _yes(pl.col("REPORTED") < pl.col("ASKED"))


@REVIEWS.rule("CDR-PANEL", "The panel met before the review meeting.", fields="MEETING PANEL", tables="reviews")
def _panel(_: Any) -> Marks:
    return _yes(pl.col("PANEL") < pl.col("MEETING"))


@REVIEWS.rule(
    "CDR-STOP", "A stop without its days, or days without a reason.", fields="STOP STOPPED_DAYS", tables="reviews"
)
def _stop(_: Any) -> Marks:
    return (pl.col("STOP").is_null() & _yes(pl.col("STOPPED_DAYS") > 0)) | (
        pl.col("STOP").is_not_null() & ~_yes(pl.col("STOPPED_DAYS") > 0)
    )


@FACTORS.rule("CDR-DOMAIN", "The factor is not of the domain, or has none.", fields="DOMAIN FACTOR", tables="factors")
def _domain(_: Any) -> Marks:
    return ~_yes(pl.col("FACTOR").str.slice(0, 1) == pl.col("DOMAIN"))


@FACTORS.rule(
    "CDR-SCORE", "No relevance, in the new form or the old.", fields="RELEVANCE OLD_RELEVANCE", tables="factors"
)
def _score(_: Any) -> Marks:
    return pl.col("RELEVANCE").is_null() & pl.col("OLD_RELEVANCE").is_null()


@ACTIONS.rule(
    "CDR-NARRATIVE",
    "Text that is not said to be for sharing, or too long to be a lesson: it is not taken in.",
    fields="SHARED",
    tables="actions",
)
def _narrative(_: Any) -> Marks:
    written = pl.col("LESSON").is_not_null() | pl.col("ACTION").is_not_null()
    return (written & ~_yes(pl.col("SHARED") == "Y")) | _yes(pl.col("LESSON").str.len_chars() > LESSON_LENGTH)


@ACTIONS.rule("CDR-EVIDENCE", "Closed without evidence.", fields="CLOSED EVIDENCE", tables="actions")
def _evidence(_: Any) -> Marks:
    return pl.col("CLOSED").is_not_null() & ~_yes(pl.col("EVIDENCE") == "Y")


@ACTIONS.rule("CDR-RECHECK", "Checked again before it was closed.", fields="CLOSED RECHECKED", tables="actions")
def _recheck(_: Any) -> Marks:
    return pl.col("RECHECKED").is_not_null() & ~_yes(pl.col("RECHECKED") >= pl.col("CLOSED"))


def _run(rules: RuleSet, typed: Typed, spec: YearSpec) -> Checked:
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    return run(
        rules,
        Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, field_name: field_name + RAW),
    )


def check_notifications(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check a partnership's notifications by `NOTIFICATIONS`."""
    return _run(NOTIFICATIONS, typed, spec)


def check_reports(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check agencies' reports by `REPORTS`."""
    return _run(REPORTS, typed, spec)


def check_reviews(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check reviews by `REVIEWS`."""
    return _run(REVIEWS, typed, spec)


def check_factors(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check reviews' factors by `FACTORS`."""
    return _run(FACTORS, typed, spec)


def check_actions(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check lessons and actions by `ACTIONS`."""
    return _run(ACTIONS, typed, spec)
