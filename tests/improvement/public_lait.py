"""LAIT as it lies among the public files, read plainly: the second route to what the service makes of it."""

from functools import cache
from pathlib import Path

import polars as pl

NATIONAL = 970
"DfE numbers from here are England, its regions and London's halves."
TOPICS = ("Adoption", "Child Protection", "Children Looked After", "Children in Need", "Children's Services Workforce")


@cache
def lait(shared_data: Path) -> pl.DataFrame:
    """Authorities' rows: `measure`, `years`, `number`, `name`, `region`, `value` (null where a sign stands)."""
    return pl.read_parquet(shared_data / "finance" / "LAIT_bds_long_0.parquet").select(
        measure="Short Desc", years="Years", number=pl.col("LA Number").cast(pl.Int64), name="LA and Regions",
        region="Region", value=pl.col("Values").cast(pl.Float64, strict=False),
    ).filter(pl.col("number") < NATIONAL)  # fmt: skip


@cache
def dictionary(shared_data: Path) -> pl.DataFrame:
    """`measure`, `topic`, `polarity`, one row each."""
    held = pl.read_csv(shared_data / "finance" / "lait_data_dictionary.csv", infer_schema_length=0)
    return held.select(measure="Measure_short", topic="Topic", polarity="Polarity").unique(
        "measure", maintain_order=True
    )


def pairs(shared_data: Path, measure: str, denominator: str, years: str) -> pl.DataFrame:
    """`name`, `numerator` (rebuilt from the per cent), `denominator` of every authority that has both."""
    held = lait(shared_data).filter(pl.col("years") == years)
    value = held.filter(pl.col("measure") == measure).select("number", "name", "value")
    total = held.filter(pl.col("measure") == denominator).select("number", denominator="value")
    both = value.join(total, on="number", maintain_order="left").drop_nulls()
    return both.with_columns(numerator=(pl.col("value") / 100 * pl.col("denominator")).round())
