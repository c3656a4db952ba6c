"""Preparation of one collection's typed tables for the rules: numbered children, ordered rows, and neighbouring
rows."""

from collections.abc import Iterable, Mapping

import polars as pl

from parentis.returns.ssda903.rules.expressions import RAW

ROWS = ("row", "at", "child", "authority", "CHILD")

# The order of a child's rows; unreadable dates come last, ties keep the order of the file.
ORDER: Mapping[str, tuple[str, ...]] = {
    "Episodes": ("DECOM",),
    "SWEpisodes": ("SW_DECOM", "SW_DEC"),
    "PlacedAdoption": ("DATE_PLACED",),
    "Missing": ("_end", "MIS_START"),
    "DoLo": ("_end", "DOLO_START"),
}
STAND_IN: Mapping[str, tuple[str, str]] = {"Missing": ("MIS_END", "MIS_START"), "DoLo": ("DOLO_END", "DOLO_START")}
BEFORE: Mapping[str, tuple[str, ...]] = {
    "Episodes": ("DECOM", "DEC", "DEC__raw", "REC", "LS", "CIN", "PLACE", "PL_POST", "URN", "PLACE_PROVIDER",
                 "REASON_PLACE_CHANGE", "REASON_PLACE_CHANGE__raw"),
    "SWEpisodes": ("SW_DECOM", "SW_DEC", "SW_DEC__raw"),
    "PlacedAdoption": ("DATE_PLACED_CEASED",),
    "Missing": ("MIS_END",),
    "DoLo": ("DOLO_END",),
}  # fmt: skip
AFTER: Mapping[str, tuple[str, ...]] = {"Episodes": ("DECOM", "RNE", "PLACE"), "SWEpisodes": ("SW_DECOM",)}


def number_children(tables: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], int]:
    """Number each child of each authority, equally in every table and year, and return the count.

    A row without CHILD gets no number and matches no other row.
    """
    several = any("authority" in frame.columns for frame in tables.values())
    if several:
        tables = {
            name: frame if "authority" in frame.columns else frame.with_columns(authority=pl.lit(None, pl.String))
            for name, frame in tables.items()
        }
    keys = (
        pl.concat([_key(frame, several=several) for frame in tables.values()]) if tables else pl.Series(dtype=pl.String)
    )
    # a dictionary of its own: its codes count the distinct keys
    numbers = keys.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.UInt32)
    numbered, at = {}, 0
    for name, frame in tables.items():
        numbered[name] = frame.with_columns(numbers.slice(at, frame.height).alias("child"))
        at += frame.height
    most = numbers.max()
    return numbered, int(most) + 1 if isinstance(most, int) else 0


def _key(frame: pl.DataFrame, *, several: bool) -> pl.Series:
    if not several:
        return frame["CHILD"]
    whose = pl.col("authority").fill_null("")
    return frame.select(pl.concat_str(whose, pl.col("CHILD"), separator="\x1f")).to_series()


def clean(frame: pl.DataFrame, absent: Iterable[str]) -> pl.DataFrame:
    """Only the columns that rules read: row, authority, the columns of the file, and each as written."""
    gone = set(absent)
    names = [n for n in frame.columns if n.isupper() and n not in gone and not n.endswith(RAW)]
    raws = [
        pl.col(name + RAW) if name + RAW in frame.columns else pl.col(name).cast(pl.String).alias(name + RAW)
        for name in names
    ]
    kept = [name for name in ("authority",) if name in frame.columns]
    return frame.select("row", *kept, *names, *raws)


def order(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Sort the rows in the table's order, and add to each the values of its child's previous and next rows."""
    base = table.removesuffix("_last")
    if base in STAND_IN:
        frame = frame.with_columns(_coalesced(STAND_IN[base], frame.columns).alias("_end"))
    by = [name for name in ORDER.get(base, ()) if name in frame.columns]
    if not by:
        return frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"))
    frame = frame.sort("child", *by, nulls_last=True, maintain_order=True)
    frame = frame.with_columns(
        at=pl.int_range(pl.len(), dtype=pl.UInt32),
        has_before=(pl.col("child") == pl.col("child").shift(1)).fill_null(value=False),
        has_after=(pl.col("child") == pl.col("child").shift(-1)).fill_null(value=False),
    )
    return frame.with_columns(
        *(_neighbour(name, 1, "has_before", "before_") for name in BEFORE.get(base, ()) if name in frame.columns),
        *(_neighbour(name, -1, "has_after", "after_") for name in AFTER.get(base, ()) if name in frame.columns),
    )


def _coalesced(names: tuple[str, ...], columns: list[str]) -> pl.Expr:
    there = [name for name in names if name in columns]
    return pl.coalesce(there) if there else pl.lit(None, pl.Date)


def _neighbour(name: str, step: int, where: str, prefix: str) -> pl.Expr:
    return pl.when(where).then(pl.col(name).shift(step)).alias(prefix + name)


def mark_first_and_latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Episodes: `is_first` and `is_latest`, the child's rows with least and greatest DECOM (ties: first in file);
    `is_last_dated`, the same with ties to the last in file."""
    if "DECOM" not in frame.columns:
        return frame
    dated = pl.col("DECOM").is_not_null() & pl.col("child").is_not_null()
    greatest = pl.when(dated & pl.col("after_DECOM").is_null()).then("DECOM").backward_fill()
    return frame.with_columns(
        is_first=dated & ~pl.col("has_before"),
        # rows are in order of child and DECOM, so the next DECOM below a dated row belongs to the same child
        is_latest=(
            dated & (pl.col("DECOM") == greatest) & ~pl.col("before_DECOM").eq_missing(pl.col("DECOM"))
        ).fill_null(value=False),
        is_last_dated=(dated & pl.col("after_DECOM").is_null()).fill_null(value=False),
    )


OPEN = pl.date(9999, 12, 31)
"Placeholder for the end of an open period of care while ends are filled upwards."


def mark_periods_of_care(frame: pl.DataFrame) -> pl.DataFrame:
    """Episodes: the child's periods of care. One begins where DECOM is after the DEC of the row before.

    `care_start` is the period's first DECOM, `care_end` the DEC of its last row (null: open). Rows without a readable
    DECOM are in no period.
    """
    if not {"DECOM", "DEC"} <= set(frame.columns):
        return frame
    dated = pl.col("DECOM").is_not_null() & pl.col("child").is_not_null()
    opens = ~pl.col("has_before") | (pl.col("DECOM") > pl.col("before_DEC")).fill_null(value=False)
    marked = frame.lazy().with_columns(_dated=dated, _opens=dated & opens)
    marked = marked.with_columns(
        _ends=pl.col("_dated") & (pl.col("_opens").shift(-1) | ~pl.col("_dated").shift(-1)).fill_null(value=True)
    )
    start = pl.when("_opens").then("DECOM").forward_fill()
    end = pl.when("_ends").then(pl.col("DEC").fill_null(OPEN)).backward_fill()
    return (
        marked.with_columns(care_start=pl.when("_dated").then(start), care_end=pl.when("_dated").then(end))
        .with_columns(care_end=pl.when(pl.col("care_end") != OPEN).then("care_end"))
        .drop("_dated", "_opens", "_ends")
        .collect()
    )
