"""Places: every authority and every footprint, with its members in each period."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from parentis.region.authorities import authorities
from parentis.region.footprints import footprints, membership_frame
from parentis.region.periods import parse_period

if TYPE_CHECKING:
    import polars as pl

LAIT_NUMBERS = {
    "970": "E92000001",
    "980": "E12000001",
    "981": "E12000002",
    "982": "E12000003",
    "983": "E12000004",
    "984": "E12000005",
    "985": "E12000006",
    "986": "E12000007",
    "987": "E13000001",
    "988": "E13000002",
    "989": "E12000008",
    "990": "E12000009",
}
"The numbers by which DfE's interactive tool knows England, the regions and the halves of London, and their ONS codes."


def places(periods: Iterable[str]) -> "pl.DataFrame":
    """`geography`, `name`, `is_footprint`, `period`, `period_start`, `period_end`, `authority`, `members`.

    One row per member of a place in a period. Membership is that on the period's last day; `members` is the number
    of members. An authority is a place whose only member is itself.
    """
    import polars as pl

    spans = [parse_period(label) for label in sorted(set(periods))]
    dates = pl.DataFrame(
        {
            "period": [span.label for span in spans],
            "period_start": [span.start for span in spans],
            "period_end": [span.end for span in spans],
        },
        schema={"period": pl.String, "period_start": pl.Date, "period_end": pl.Date},
    )
    names = pl.DataFrame({"geography": [one.id for one in footprints()], "name": [one.name for one in footprints()]})
    grouped = (
        membership_frame()
        .rename({"footprint": "geography"})
        .join(names, on="geography")
        .select("geography", "name", "authority", "valid_from", "valid_to", is_footprint=True)
    )
    themselves = pl.DataFrame(
        [(one.gss, one.name, one.gss, one.valid_from, one.valid_to, False) for one in authorities()],
        schema=grouped.schema,
        orient="row",
    )
    last_day = pl.col("period_end")
    return (
        pl.concat([grouped, themselves])
        .join(dates, how="cross")
        .filter(
            pl.col("valid_from").is_null() | (pl.col("valid_from") <= last_day),
            pl.col("valid_to").is_null() | (pl.col("valid_to") >= last_day),
        )
        .select("geography", "name", "is_footprint", "period", "period_start", "period_end", "authority")
        .unique()
        .with_columns(pl.len().over("geography", "period").alias("members"))
    )
