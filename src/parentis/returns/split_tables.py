"""A table in several files: an export in parts, a copy, a correction, or last year's file with this year's."""

from dataclasses import dataclass

import polars as pl

from parentis.returns.spec import Table


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows of two files in one table.

    `repeated`: rows of the second file that are also in the first, used once. If the files contradict each other,
    `clash` gives the reason and the table is that of the first file.
    """

    frame: pl.DataFrame
    repeated: int = 0
    clash: str = ""


def joined(first: pl.DataFrame, second: pl.DataFrame, table: Table) -> Joined:
    """Join the rows of two files of one table, with `row` numbered continuously.

    Both have `row`, columns of the spec and `file`. A row in both is used once. A key (`table.unique`) in both with
    different cells is a clash, because the right row cannot be known.
    """
    cells = [name for name in first.columns if name not in ("row", "file")]
    others = [name for name in second.columns if name not in ("row", "file")]
    if set(cells) != set(others):
        apart = ", ".join(sorted(set(cells) ^ set(others)))
        return Joined(first, clash=f"its columns are not the same ({apart} only in one of them)")
    again = second.join(first.select(cells), on=cells, how="semi", nulls_equal=True)
    new = second.join(first.select(cells), on=cells, how="anti", nulls_equal=True, maintain_order="left")
    key = [name for name in table.unique if name in cells]
    if key and len(key) == len(table.unique):
        both = new.drop_nulls(key).join(first.drop_nulls(key), on=key, how="semi", maintain_order="left")
        if both.height:
            return Joined(
                first,
                clash=f"{both.height:,} of its rows have the {' and '.join(key)} of rows there and say something else, "
                f"the first in line {both['row'][0] + 2}",
            )
    after = int(first["row"].max() or 0) + 1 if first.height else 0  # type: ignore[arg-type]
    counted = new.with_columns(pl.col("row") + pl.lit(after, pl.UInt32))
    return Joined(pl.concat([first, counted.select(first.columns)]), repeated=again.height)
