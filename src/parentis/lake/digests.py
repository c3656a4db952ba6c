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
    told = hashlib.sha256(f"{frame.height} rows".encode())
    for name in sorted(set(frame.columns) - LEFT_OUT):
        column = ordered.get_column(name)
        if column.null_count() < column.len():
            told.update(f"\n{name} ".encode())
            told.update(np.packbits(column.is_null().to_numpy()).tobytes())
            for part in _values(column):
                told.update(part)
    return told.hexdigest()


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """By `row`, the order in which they were submitted; by everything where that does not tell rows apart."""
    if "row" in frame.columns and frame["row"].is_unique().all():
        return frame if frame["row"].is_sorted() else frame.sort("row")
    return frame.sort(sorted(set(frame.columns) - LEFT_OUT), nulls_last=True)


def _values(column: pl.Series) -> Iterator[bytes]:
    """Each value with its length or in a fixed width, so that no two columns are written alike; null as nothing."""
    match column.dtype:
        case pl.String | pl.Categorical | pl.Enum:
            text = column.cast(pl.String).fill_null("")
            yield text.str.len_bytes().to_numpy().astype("<u4").tobytes()
            yield text.str.join("").item().encode()
        case pl.Float64 | pl.Float32:
            yield column.cast(pl.Float64).fill_null(0.0).to_numpy().astype("<f8").tobytes()
        case pl.Decimal(scale=scale):
            yield f"{scale} ".encode()
            yield from _values(column.cast(pl.String))
        case pl.Datetime:
            yield from _whole(column.cast(pl.Datetime("us", getattr(column.dtype, "time_zone", None))))
        case dtype if dtype.is_integer() or dtype.is_temporal() or dtype == pl.Boolean:
            yield from _whole(column)
        case _:
            raise TypeError(f"the lake has no columns of {column.dtype}")


def _whole(column: pl.Series) -> Iterator[bytes]:
    yield column.to_physical().cast(pl.Int64).fill_null(0).to_numpy().astype("<i8").tobytes()
