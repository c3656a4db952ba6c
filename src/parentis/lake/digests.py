"""The hash of a load's rows in a table: the same for the same rows, whatever files hold them and in whatever order.

The register holds it with the acceptance, so that changes to rows in the files are detected.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import polars as pl

LEFT_OUT = frozenset({"load_id"})
"A load that is made again holds the same."


def digest(frame: pl.DataFrame) -> str:
    """SHA-256 (64 hex digits) of rows of one load, as the lake stores them.

    Columns are hashed by name and content, regardless of their position or the width of their type. Columns without
    any value are left out, so that adding a column to the table later changes no hash.
    """
    ordered = _in_order(frame)
    names = sorted(set(frame.columns) - LEFT_OUT)
    # One query for all columns: a small return has many tables, and a query costs more than the data it reads.
    written = ordered.select(one for name in names for one in _written(name, frame.schema[name]))
    told = hashlib.sha256(f"{frame.height} rows".encode())
    for name in names:
        missing = written[f"{name}{NULL}"].to_numpy()
        if missing.all():
            continue
        told.update(f"\n{name} ".encode())
        told.update(np.packbits(missing).tobytes())
        dtype = frame.schema[name]
        if isinstance(dtype, pl.Decimal):
            told.update(f"{dtype.scale} ".encode())
        values = written[name]
        if values.dtype == pl.String:
            told.update(written[f"{name}{LENGTH}"].to_numpy().astype("<u4").tobytes())
            told.update("".join(values.to_list()).encode())
        else:
            told.update(values.to_numpy().astype("<f8" if values.dtype == pl.Float64 else "<i8").tobytes())
    return told.hexdigest()


NULL, LENGTH = " is null", " length"
"Endings of the columns that say which values are missing, and how many bytes each text has."


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Sorts rows by `row`, the order of submission, or by all columns where `row` is not unique."""
    if "row" in frame.columns and frame["row"].is_unique().all():
        return frame if frame["row"].is_sorted() else frame.sort("row")
    return frame.sort(sorted(set(frame.columns) - LEFT_OUT), nulls_last=True)


def _written(name: str, dtype: pl.DataType) -> Iterator[pl.Expr]:
    """A column in the form in which it is hashed: each value with its length or in a fixed width, so that different
    columns never give the same bytes; a missing value as empty."""
    value = pl.col(name)
    yield value.is_null().alias(f"{name}{NULL}")
    match dtype:
        case pl.String | pl.Categorical | pl.Enum | pl.Decimal():
            text = value.cast(pl.String).fill_null("")
            yield text
            yield text.str.len_bytes().alias(f"{name}{LENGTH}")
        case pl.Float64 | pl.Float32:
            yield value.cast(pl.Float64).fill_null(0.0)
        case pl.Datetime():
            yield value.dt.cast_time_unit("us").to_physical().cast(pl.Int64).fill_null(0)
        case _ if dtype.is_integer() or dtype.is_temporal() or dtype == pl.Boolean:
            yield value.to_physical().cast(pl.Int64).fill_null(0)
        case _:
            raise TypeError(f"the lake has no columns of {dtype}")
