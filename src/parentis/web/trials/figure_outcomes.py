"""Outcomes read from the site's figures, for designs in which boroughs that begin are compared with others.

The values are those that the person who asks may see: a hidden one is not known, and is never nought.
"""

from datetime import date
from typing import Any

import polars as pl

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import NotFoundError, UserError
from parentis.services.trials import Frozen
from parentis.services.trials.protocol.record import MATCHED, SYNTHETIC_CONTROL
from parentis.web.people.authorisation import viewer

FROM_FIGURES = (MATCHED, SYNTHETIC_CONTROL)


def read(plan: Frozen, person: Any) -> pl.DataFrame:
    """`unit, time, first, value` of the protocol's measure, for every authority that has it."""
    outcome, timing = plan.protocol.outcome, plan.protocol.timing
    try:
        held = workflow.figures(find_home(), measure=outcome.measure, breakdown="", viewer=viewer(person))
    except NotFoundError:
        held = pl.DataFrame()
    if held.is_empty() or held["measure"].n_unique() > 1:
        raise UserError(
            expected="figures of the protocol's outcome", found="none under its name", where=plan.reference,
            do="Hand the outcomes in as a file, or build the figures.",
        )  # fmt: skip
    return panel(held, plan.protocol.boroughs, timing.starts)


def panel(figures: pl.DataFrame, beginning: tuple[str, ...], starts: date) -> pl.DataFrame:
    """`unit, time, first, value` from rows of one measure: times number its periods, and `first` is the first one that
    begins on or after `starts`, for boroughs that begin. Raises UserError where none begins before, or none after."""
    own = figures.filter(pl.col("geography").str.contains(r"^E0[6-9]|^E10"))
    periods = own.select("period_start").unique().sort("period_start")["period_start"].to_list()
    later = [number for number, day in enumerate(periods, 1) if day >= starts]
    if not later or later[0] == 1:
        raise UserError(
            expected="figures of periods before and after the first day", found="one of them alone",
            where="outcomes from figures", do="Wait for the figures of a period that begins after the first day.",
        )  # fmt: skip
    number = pl.col("period_start").replace_strict(
        {day: at for at, day in enumerate(periods, 1)}, return_dtype=pl.Int64
    )
    began = pl.col("geography").is_in(beginning)
    return own.select(
        unit=pl.col("geography"), time=number, first=pl.when(began).then(pl.lit(later[0], dtype=pl.Int64)),
        value=pl.col("value").cast(pl.Float64),
    ).unique(["unit", "time"], keep="first", maintain_order=True)  # fmt: skip
