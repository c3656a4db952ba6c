"""Files that people hand in for a trial: the units to be allocated, and outcomes. Read with every mistake in a
sentence; no value of a row is ever repeated."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from parentis import region
from parentis.errors import UnknownAuthorityError, UserError
from parentis.returns import RawFile, open_sent
from parentis.services.trials.protocol.record import CLUSTER, MATCHED, PARALLEL, STEPPED_WEDGE, SYNTHETIC_CONTROL

LARGEST: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 200_000
UNITS: Final = ("unit", "borough", "family")
OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    PARALLEL: ("unit", "outcome"),
    CLUSTER: ("borough", "outcome"),
    STEPPED_WEDGE: ("borough", "period", "outcome"),
    MATCHED: ("unit", "time", "first", "value"),
    SYNTHETIC_CONTROL: ("unit", "time", "first", "value"),
}
"Design to the columns of its outcomes, a row a child; without chance, a row a borough (`unit`) and time."
ALSO: Final[dict[str, tuple[str, ...]]] = {
    PARALLEL: ("received", "harm"), CLUSTER: ("treated",), STEPPED_WEDGE: ("treated",), MATCHED: (),
    SYNTHETIC_CONTROL: (),
}  # fmt: skip
"Columns that may be there: what a child had in fact, and whether harm was seen."
COUNTED: Final = {
    CLUSTER: ("borough", "children", "events"),
    STEPPED_WEDGE: ("borough", "period", "children", "events"),
}
"A share of a cluster or stepped wedge trial may be given in counts, a row a borough and period."
_NUMBERS: Final = frozenset(
    {"outcome", "value", "treated", "received", "harm", "period", "time", "first", "children", "events", "size"}
)
_WHOLE: Final = frozenset({"treated", "received", "harm", "period", "time", "first", "children", "events"})
_MAY_BE_EMPTY: Final = frozenset({"outcome", "value", "first", "family", "treated", "received", "harm"})
NOT_KNOWN: Final = ("", "not known", "NA")


def units_of(data: bytes) -> pl.DataFrame:
    """`unit, borough, family` of the children that are to be allocated; without a family, an only child."""
    found = _read(_table(data, "the file of families"), UNITS, optional=(), where="the file of families")
    _refuse_twice(found, ("unit",), "the file of families")
    return found


def boroughs_of(data: bytes) -> pl.DataFrame:
    """`borough`, `size` and, where given, `stratum` of the boroughs that are to be allocated."""
    where = "the file of boroughs"
    found = _read(_table(data, where), ("borough", "size"), optional=("stratum",), where=where)
    _refuse_twice(found, ("borough",), where)
    return found


def outcomes_of(data: bytes, design: str, share: bool) -> pl.DataFrame:
    """Outcomes in the form that the design's analysis reads; counts are spread over rows, a row a child."""
    where = "the file of outcomes"
    table = _table(data, where)
    counted = COUNTED.get(design, ())
    if share and counted and set(counted) <= set(table.columns):
        return _spread(_read(table, counted, optional=("treated",), where=where), design)
    found = _read(table, OUTCOMES[design], optional=ALSO[design], where=where)
    if design == PARALLEL:
        _refuse_twice(found, ("unit",), where)
    elif design in (MATCHED, SYNTHETIC_CONTROL):
        _refuse_twice(found, ("unit", "time"), where)
    if share and "outcome" in found.columns:
        wrong = found.filter(pl.col("outcome").is_not_null() & ~pl.col("outcome").is_in([0.0, 1.0]))
        if wrong.height:
            raise _refused("outcomes of 0 or 1, or empty where not known", f"{wrong.height:,} others", where,
                           "The protocol's outcome is a share: correct these rows. Nothing was kept.")  # fmt: skip
    return found


def _read(table: pl.DataFrame, wanted: Sequence[str], *, optional: Sequence[str], where: str) -> pl.DataFrame:
    if missing := [one for one in wanted if one not in table.columns]:
        raise _refused(f"the columns {', '.join(wanted)}", f"none called {', '.join(missing)}", where,
                       "Name the columns in the first row, and hand the file in again.")  # fmt: skip
    if not 0 < table.height <= MOST_ROWS:
        raise _refused(f"1 to {MOST_ROWS:,} rows", f"{table.height:,}", where, "Check the file.")
    names = [one for one in (*wanted, *optional) if one in table.columns]
    trimmed = table.select(pl.col(name).str.strip_chars() for name in names).with_columns(
        pl.when(pl.col(name).is_in(NOT_KNOWN)).then(None).otherwise(pl.col(name)).alias(name) for name in names
    )
    return _boroughs(trimmed.select(_typed(trimmed, name, where) for name in names), where)


def _table(data: bytes, where: str) -> pl.DataFrame:
    """The file's cells as text under its first row's headings, read by a process of its own as every file is that
    comes from others."""
    if len(data) > LARGEST:
        raise _refused("a file of up to 10 MB", "a larger one", where, "Leave out columns that are not asked for.")
    (content,) = open_sent([RawFile(name=f"{where}.csv", raw=data)])
    grid = content.grid()
    if content.kind != "csv" or grid.is_empty():
        raise _refused("a table saved as CSV", "another file, or an empty one", where, "Save the table as CSV (UTF-8).")
    headings = [(cell or "").strip() for cell in grid.row(0)]
    kept = {column: name for column, name in zip(grid.columns, headings, strict=True) if name}
    if len(set(kept.values())) < len(kept):
        raise _refused("columns of different names", "two of one name", where, "Name each column once.")
    return grid.slice(1).select(*kept).rename(kept)


def _typed(table: pl.DataFrame, name: str, where: str) -> pl.Series:
    held = table[name]
    if name not in _MAY_BE_EMPTY and held.null_count():
        raise _refused(f"a value in every row of {name}", f"{held.null_count():,} rows without", where,
                       "Fill them in; only an outcome may be empty, where it is not known.")  # fmt: skip
    if name not in _NUMBERS:
        return held
    numbers = held.cast(pl.Float64, strict=False)
    wrong = int((numbers.is_null() & held.is_not_null()).sum()) + int(numbers.is_nan().sum() or 0)
    if wrong:
        row = int((numbers.is_null() & held.is_not_null()).arg_max() or 0) + 2
        found = f"{wrong:,} rows with something else, the first is row {row}"
        raise _refused(
            f"a number in every row of {name}",
            found,
            where,
            "Correct them. Leave an outcome empty where it is not known.",
        )
    if name in _WHOLE and (numbers != numbers.round()).any():
        raise _refused(f"whole numbers in {name}", "others", where, "Correct them.")
    return numbers.cast(pl.Int64) if name in _WHOLE else numbers


def _boroughs(table: pl.DataFrame, where: str) -> pl.DataFrame:
    if "borough" not in table.columns:
        return table
    codes, unknown = {}, 0
    for name in table["borough"].unique():
        try:
            codes[name] = region.authority(name).gss
        except UnknownAuthorityError:
            unknown += 1
    if unknown:
        raise _refused("boroughs by name or ONS code", f"{unknown} that are no English authority", where,
                       "Correct the column borough.")  # fmt: skip
    return table.with_columns(pl.col("borough").replace_strict(codes, return_dtype=pl.String))


def _spread(counts: pl.DataFrame, design: str) -> pl.DataFrame:
    """Counts as rows, a row a child: the analysis weighs children alike however they came."""
    where = "the file of outcomes"
    _refuse_twice(counts, [one for one in ("borough", "period") if one in counts.columns], where)
    wrong = counts.filter((pl.col("events") > pl.col("children")) | (pl.col("events") < 0))
    if wrong.height:
        raise _refused("events from 0 to the number of children", f"{wrong.height:,} rows with others", where,
                       "Correct these rows.")  # fmt: skip
    if int(counts["children"].sum()) > MOST_ROWS:
        raise _refused(
            f"up to {MOST_ROWS:,} children", f"{int(counts['children'].sum()):,}", where, "Check the counts."
        )
    spread = counts.with_columns(number=pl.int_ranges(0, "children")).explode("number").drop_nulls("number")
    return spread.with_columns(outcome=(pl.col("number") < pl.col("events")).cast(pl.Float64)).select(
        *OUTCOMES[design], *(one for one in ALSO[design] if one in counts.columns)
    )


def _refuse_twice(table: pl.DataFrame, keys: Sequence[str], where: str) -> None:
    twice = table.height - table.n_unique(subset=list(keys))
    if twice:
        raise _refused(f"each {' and '.join(keys)} once", f"{twice:,} rows again", where, "Take the repeated rows out.")


def _refused(expected: str, found: str, where: str, do: str) -> UserError:
    return UserError(expected=expected, found=found, where=where, do=do)
