"""Provenance: the rows, code and parameters behind each figure, built for thousands of figures at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis.errors import DeclarationError
from parentis.figures.schema import Provenance, ProvenanceInputs
from parentis.version import code_version as this_code


@dataclass(frozen=True, slots=True)
class Traced:
    """`ids`: the figure key columns and `provenance_id`. The others are frames of their schemas."""

    ids: pl.DataFrame
    provenance: pl.DataFrame
    inputs: pl.DataFrame


def trace(
    used: pl.DataFrame,
    key: Sequence[str],
    *,
    service: str,
    parameters: Mapping[str, Any],
    seed: int | None = None,
    code_version: str | None = None,
) -> Traced:
    """Provenance from the rows used: `used` has the `key` columns that identify each figure, and `load_id`,
    `table` (`return/table`) and `row`, one line for each row a figure was made from, in any order; a row
    used twice counts once. A null `row` means that every row with the figure's key was used; a column `count` then
    gives the number of rows.

    The id is a hash of service, code version, parameters, seed and rows: the same work has the same id, and
    figures made of the same rows share one. `parameters` must be JSON."""
    code = code_version or this_code()
    written = json.dumps(parameters, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    count = pl.col("count") if "count" in used.columns else pl.lit(1, dtype=pl.Int64)
    per_input = (
        used.select(*key, "load_id", "table", pl.col("row").cast(pl.UInt32), count.cast(pl.Int64).alias("count"))
        .group_by(*key, "load_id", "table")
        .agg(
            pl.col("row").unique().sort().alias("rows"),
            pl.col("row").is_null().any().alias("every"),
            pl.when(pl.col("row").is_null().any()).then(pl.col("count").sum()).otherwise(pl.col("row").n_unique())
            .cast(pl.Int64)
            .alias("row_count"),
        )
        .with_columns(pl.when("every").then(None).otherwise("rows").alias("rows"))
    )  # fmt: skip
    rows = pl.col("rows").cast(pl.List(pl.String)).list.join(",").fill_null("*" + pl.col("row_count").cast(pl.String))
    lines = per_input.with_columns(pl.concat_str("load_id", "table", rows, separator="|").alias("line"))
    per_figure = lines.group_by(*key).agg(pl.col("line").sort().str.join("\n"))
    head = "\n".join((service, code, written, str(seed)))
    ids = per_figure.with_columns(
        pl.col("line").map_elements(lambda line: _digest(f"{head}\n{line}"), pl.String).alias("provenance_id")
    ).drop("line")
    distinct = ids.select(pl.col("provenance_id").unique().sort())
    provenance = distinct.with_columns(
        pl.lit(service).alias("service"),
        pl.lit(code).alias("code_version"),
        pl.lit(written).alias("parameters"),
        pl.lit(seed, dtype=pl.Int64).alias("seed"),
    )
    inputs = (
        per_input.join(ids, on=list(key), nulls_equal=True)
        .select(ProvenanceInputs.column_names())
        .unique(["provenance_id", "load_id", "table"])
        .sort("provenance_id", "load_id", "table")
    )
    return Traced(
        ids.sort(*key), Provenance.validate(provenance, cast=True), ProvenanceInputs.validate(inputs, cast=True)
    )


def attach(figures: pl.DataFrame, traced: Traced) -> pl.DataFrame:
    """`figures` with their `provenance_id`. Raises DeclarationError for a figure made from no row."""
    key = [column for column in traced.ids.columns if column != "provenance_id"]
    told = figures.drop("provenance_id", strict=False).join(
        traced.ids, on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    untold = told.filter(pl.col("provenance_id").is_null())
    if not untold.is_empty():
        raise DeclarationError(f"{untold.height} figures have no provenance; the first is {untold.row(0)[:6]}")
    return told


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
