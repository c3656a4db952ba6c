"""The retention schedule: lists submissions whose retention period is over, and erases them."""

from datetime import date

import polars as pl

from parentis.archive import CLOSED, WAIT_SECONDS, Home
from parentis.region import parse_period
from parentis.returns import the_return
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.maintenance.erasure import erase_all
from parentis.workflow.register_queries import register

SCHEMA = {
    "submission_id": pl.String,
    "return_id": pl.String,
    "submitter": pl.String,
    "period": pl.String,
    "status": pl.String,
    "keep_years": pl.Int64,
    "kept_until": pl.Date,
}


def kept_until(period: str, keep_years: int) -> date:
    """The last day on which a submission of a period is kept: a number of years after the period's last day."""
    end = parse_period(period).end
    try:
        return end.replace(year=end.year + keep_years)
    except ValueError:  # 29 February in a year that is not a leap year
        return date(end.year + keep_years, 2, 28)


def retention_schedule(home: Home) -> pl.DataFrame:
    """Each submission still stored that has a retention period, as `SCHEMA`, including superseded and rejected ones,
    earliest end first. Published returns have no retention period."""
    rows = [
        {**{name: one[name] for name in SCHEMA if name in one}, "keep_years": term}
        | {"kept_until": kept_until(one["period"], term)}
        for one in register(home).filter(~pl.col("status").is_in(CLOSED)).iter_rows(named=True)
        if one["return_id"] and one["period"] and (term := the_return(one["return_id"]).keep_years) is not None
    ]
    return pl.DataFrame(rows, schema=SCHEMA).sort("kept_until", "submission_id")


def kept_too_long(home: Home, on: date) -> pl.DataFrame:
    """The part of the schedule whose retention period is over on a day; the period includes its last day."""
    return retention_schedule(home).filter(pl.col("kept_until") < on)


def erase_what_is_over(
    home: Home, on: date, *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> pl.DataFrame:
    """Erase every submission whose retention period is over. Returns those erased, as `SCHEMA`. Safe to run again."""
    due = kept_too_long(home, on)
    reasons = {
        one["submission_id"]: f"Retention schedule: kept for {one['keep_years']} years, until {one['kept_until']}."
        for one in due.iter_rows(named=True)
    }
    if reasons:
        erase_all(home, reasons, who=who, progress=progress, wait=wait)
    return due
