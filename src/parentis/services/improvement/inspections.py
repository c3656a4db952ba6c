"""Ofsted's judgements of authorities on a day: shown beside the measures, and not used in any score."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from parentis.region import authorities, match_authorities
from parentis.returns.improvement.inspections import GRADES

INSPECTIONS: Final = "improvement.inspections/inspections"
JUDGED: Final = ("overall", "leaders", "help", "care", "leavers")
HELD: Final = pl.Schema(
    {"geography": pl.String(), "inspected": pl.Date(), "published": pl.Date(), "kind": pl.String(),
     **dict.fromkeys(JUDGED, pl.String())}
)  # fmt: skip
ORDER: Final = tuple(one.code for one in GRADES)
WORDS: Final[Mapping[str, str]] = {one.code: one.label for one in GRADES}


def inspections(table: pl.DataFrame) -> pl.DataFrame:
    """`HELD`: every inspection of today's authorities, in order of place and day. If an inspection was reported
    twice, the later submission counts."""
    if table.is_empty():
        return HELD.to_frame()
    codes = match_authorities(table.select(code="ONS_CODE").unique(), "code").select("code", geography="authority")
    return (
        table.join(codes, left_on="ONS_CODE", right_on="code").drop_nulls("geography").sort("sequence")
        .unique(["geography", "INSPECTED"], keep="last")
        .select("geography", inspected="INSPECTED", published="PUBLISHED", kind="TYPE",
                **{name: name.upper() for name in JUDGED})
        .sort("geography", "inspected")
    )  # fmt: skip


def judgements(held: pl.DataFrame, on: date) -> pl.DataFrame:
    """The last inspection on or before a day, for each authority that existed on that day."""
    there = [one.gss for one in authorities() if one.existed(on)]
    known = held.filter(pl.col("inspected") <= on, pl.col("geography").is_in(there))
    return known.sort("inspected").group_by("geography", maintain_order=True).last().sort("geography")


def counted(last: pl.DataFrame) -> dict[str, int]:
    """How many authorities have each overall judgement, the best first."""
    many = dict(last["overall"].value_counts().iter_rows())
    return {grade: many.get(grade, 0) for grade in ORDER}
