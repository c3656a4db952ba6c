"""Places: each authority itself and every footprint, with its members in each period."""

from collections.abc import Iterable

import polars as pl

from parentis.region import authorities, footprints, membership_frame, parse_period


def places(periods: Iterable[str]) -> pl.DataFrame:
    """`geography`, `name`, `is_footprint`, `period`, `period_start`, `period_end`, `authority`, `members`.

    One row per member of a place in a period. Membership is as on the period's last day; `members` is how
    many there are. An authority is a place of one: itself.
    """
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
