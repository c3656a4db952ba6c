"""Releasing: an authority's unpublished money stays its own until it says who may see it.

A figure of a measure for its own eyes becomes as open as the narrowest of the submissions behind it.
"""

from collections.abc import Sequence

import polars as pl

from parentis import archive, lake, remedies
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.figures import Audience
from parentis.returns import returns
from parentis.workflow.intake.upload_options import silent
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.register_queries import register

NARROWEST_FIRST = (Audience.OWN, Audience.MEMBERS, Audience.PUBLISHED)


def release_submissions(
    home: Home,
    *,
    who: str,
    to: Audience,
    return_id: str | None = None,
    period: str | None = None,
    submitter: str | None = None,
    submission_ids: Sequence[str] = (),
    why: str | None = None,
    wait: float = WAIT_SECONDS,
) -> pl.DataFrame:
    """Open the accepted submissions that fit to `to`, or close them again; gives their rows of the register.

    Figures follow at the next build. Raises SubmissionStateError where no accepted submission fits.
    """

    with archive.locked(home, wait=wait):
        recover_locked(home, silent)
        chosen = register(home).filter(pl.col("current"))
        for column, wanted in (("return_id", return_id), ("period", period), ("submitter", submitter)):
            if wanted is not None:
                chosen = chosen.filter(pl.col(column) == wanted)
        if submission_ids:
            named = pl.any_horizontal(pl.col("submission_id").str.starts_with(one) for one in submission_ids)
            chosen = chosen.filter(named)
        if chosen.is_empty():
            raise SubmissionStateError(
                expected="accepted submissions to release",
                found="none that fit",
                where="register",
                do=remedies.LIST_SUBMISSIONS,
            )
        archive.append(
            home,
            [
                Event(event="released", who=who, why=why, audience=str(to), **row)
                for row in chosen.select("submission_id", *archive.KEY).iter_rows(named=True)
            ],
        )
        return chosen


def opened_to(home: Home, as_of: int | None) -> pl.DataFrame:
    """`(load_id, openness)` of the visible loads, and of publishers' earlier editions, of which single amounts may
    still be read: the place of their audience in `NARROWEST_FIRST`."""
    usual = {return_id: declared.audience for return_id, declared in returns().items()}
    audience = pl.coalesce("audience", pl.col("return_id").replace_strict(usual, default="own"))
    order = {str(one): place for place, one in enumerate(NARROWEST_FIRST)}
    earlier = lake.superseded(home, as_of).with_columns(audience=pl.lit(None, dtype=pl.String))
    loads = pl.concat(
        [frame.select("load_id", "return_id", "audience") for frame in (lake.visible(home, as_of), earlier)]
    )
    return loads.select("load_id", audience.replace_strict(order, return_dtype=pl.Int8).alias("openness"))


def as_released(figures: pl.DataFrame, inputs: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    """`figures`, those of audience `own` opened as far as every submission behind them is."""
    names = dict(enumerate(map(str, NARROWEST_FIRST)))
    openness = (
        inputs.join(opened, on="load_id", how="left")
        .group_by("provenance_id")
        .agg(pl.col("openness").fill_null(0).min())
    )
    widened = pl.col("openness").fill_null(0).replace_strict(names, return_dtype=pl.String)
    audience = pl.col("audience").cast(pl.String)
    return (
        figures.join(openness, on="provenance_id", how="left", maintain_order="left")
        .with_columns(audience=pl.when(audience == str(Audience.OWN)).then(widened).otherwise(audience))
        .drop("openness")
    )
