"""What a load holds in a table, as one hash: the same for the same rows, whatever files they lie in and in what order.

It stands in the register beside the acceptance, so that rows which somebody changed in the files are found.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import polars as pl

LEFT_OUT = frozenset({"load_id"})
"A load that is made again holds the same."


def digest(frame: pl.DataFrame) -> str:
    """SHA-256 (64 hex digits) of rows of one load, as the lake stores them.

    Columns count by name and content, not by their place or the width of their type; those without any value do not
    count, so that a column which the table gains later changes nothing.
    """
    ordered = _in_order(frame)
    names = sorted(set(frame.columns) - LEFT_OUT)
    # One query for all columns: a small return has many tables, and each query costs more than what it reads.
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
    """By `row`, the order in which they were submitted; by everything where that does not tell rows apart."""
    if "row" in frame.columns and frame["row"].is_unique().all():
        return frame if frame["row"].is_sorted() else frame.sort("row")
    return frame.sort(sorted(set(frame.columns) - LEFT_OUT), nulls_last=True)


def _written(name: str, dtype: pl.DataType) -> Iterator[pl.Expr]:
    """A column as it is hashed: each value with its length or in a fixed width, so that no two columns are written
    alike; a missing one as nothing."""
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
