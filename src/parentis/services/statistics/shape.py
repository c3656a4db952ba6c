"""Turn resolved rows into the figures table and its provenance: the steps common to LAIT and DfE's data sets."""

import hashlib
import json

import polars as pl

from parentis.figures import COUNTS, CountedFigures, Measure, Provenance, ProvenanceInputs
from parentis.services.service import Result
from parentis.version import code_version

SIGNS = {
    "c": "c",
    "~": "c",
    "*": "c",
    "z": "z",
    "na": "z",
    "n/a": "z",
    "k": "k",
    "low": "k",
}
"Publishers' symbols → suppression codes; `<5` is `c`; any other symbol, or a blank, is `x` (not available)."

RESOLVED = pl.Schema(
    {
        "measure": pl.String(),
        "geography": pl.String(),
        "breakdown": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "period_end": pl.Date(),
        "value": pl.Float64(),
        "marker": pl.String(),
        "authority_set": pl.String(),
        "method": pl.String(),
        "load_id": pl.String(),
        "sequence": pl.Int64(),
        "provisional": pl.Boolean(),
        "table": pl.String(),
    }
)
KEY = ["measure", "geography", "period", "breakdown"]


def result(resolved: pl.DataFrame, measures: dict[str, Measure], left_out: pl.DataFrame) -> Result:
    """Figures of `resolved` rows (`RESOLVED`). For duplicate keys the later load counts; within a load, the first
    row.
    """
    used = (
        resolved.with_row_index("order")
        .sort(["sequence", "order"], descending=[True, False])
        .unique(KEY, keep="first", maintain_order=False)
    )
    traced = used.join(_traces(used), on=["measure", "load_id", "table"], how="left")
    figures = traced.join(_labels(measures), on="measure", how="left").select(
        "measure",
        "geography",
        "breakdown",
        "period_start",
        "period_end",
        "period",
        pl.when(pl.col("marker").is_null()).then("value").alias("value"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("low", "high", "level")),
        "unit",
        pl.lit(None, dtype=pl.Int64).alias("n"),
        pl.when(pl.col("value").is_null() | pl.col("marker").is_not_null())
        .then(
            pl.when(pl.col("marker").str.contains("^[<>≤≥]"))
            .then(pl.lit("c"))
            .otherwise(pl.col("marker").replace_strict(SIGNS, default="x", return_dtype=pl.String))
        )
        .alias("suppressed"),
        pl.lit("").alias("scenario"),
        pl.lit("published", dtype=pl.Enum(["own", "members", "published"])).alias("audience"),
        "authority_set",
        "gross_net",
        "cumulative",
        pl.lit("").alias("netted"),
        "method",
        "provisional",
        "provenance_id",
        *(pl.col(name) if name in used.columns else pl.lit(None, dtype=pl.Float64).alias(name) for name in COUNTS),
    )
    provenance, inputs = _provenance(traced)
    return Result(
        figures=CountedFigures.cast(figures.sort(KEY)),
        provenance=provenance,
        inputs=inputs,
        frames={"left_out": left_out},
    )


def _labels(measures: dict[str, Measure]) -> pl.DataFrame:
    rows = [(one.id, one.unit, one.gross_net, one.cumulative) for one in measures.values()]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("measure", "unit", "gross_net", "cumulative"), pl.String), orient="row"
    )


def _traces(used: pl.DataFrame) -> pl.DataFrame:
    """A provenance id for every measure, load and table."""
    groups = used.select("measure", "load_id", "table").unique()
    ids = [hashlib.sha256("\n".join(row).encode()).hexdigest()[:20] for row in groups.iter_rows()]
    return groups.with_columns(provenance_id=pl.Series(ids, dtype=pl.String))


def _provenance(traced: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    groups = traced.group_by("provenance_id", "measure", "load_id", "table").len("row_count").sort("provenance_id")
    parameters = [json.dumps({"measure": measure}) for measure in groups.get_column("measure")]
    provenance = groups.select(
        "provenance_id",
        pl.lit("statistics").alias("service"),
        pl.lit(code_version()).alias("code_version"),
        pl.Series("parameters", parameters, dtype=pl.String),
        pl.lit(None, dtype=pl.Int64).alias("seed"),
    )
    inputs = groups.select(
        "provenance_id",
        "load_id",
        "table",
        pl.lit(None, dtype=pl.List(pl.UInt32)).alias("rows"),
        pl.col("row_count").cast(pl.Int64),
    )
    return Provenance.cast(provenance), ProvenanceInputs.cast(inputs)
