"""Identity of a publisher's data set, from its content. It decides which submission supersedes which; file names do
not."""

import hashlib
from collections.abc import Mapping

import polars as pl

from parentis.returns.spec import Table

DIGITS = 8
"Hexadecimal digits of a data set's mark: two data sets of a family share one by chance once in thousands of millions."
ALL_AUTHORITIES = 100
"A table with this many authorities covers all of England: a missing or misspelt one does not change its data set."


def identity(words: str, tables: Mapping[str, pl.DataFrame], declared: Mapping[str, Table]) -> str:
    """`words` and a mark, which two files share if and only if they cover the same items.

    The mark is made of each table's columns, and of the values of the identifying columns in its spec: filters,
    indicators, levels, places, time periods, lines. Row order, figures and file names make no difference.
    """
    told = hashlib.sha256()
    for name in sorted(declared):
        table, frame = declared[name], tables[name]
        columns = [column.name for column in table.columns if column.name in frame.columns]
        told.update(f"{name}|{columns}".encode())
        for either in table.identity:
            column = _telling(frame, either)
            if column is not None:
                told.update(f"|{column}={_values(frame, column, table)}".encode())
    return "-".join(filter(None, (words, told.hexdigest()[:DIGITS])))


def _telling(frame: pl.DataFrame, either: str) -> str | None:
    """The first column of `ONE|OTHER` that has a value; None where none has."""
    names = [name for name in either.split("|") if name in frame.columns]
    return next((name for name in names if frame.get_column(name).null_count() < frame.height), None)


def _values(frame: pl.DataFrame, column: str, table: Table) -> str:
    values = frame.get_column(column).str.strip_chars().str.to_lowercase().drop_nulls().unique().sort()
    if column == table.authority and values.len() >= ALL_AUTHORITIES:
        return "all"
    return ";".join(values)


def words_of(part: str) -> str:
    """The `words` that were passed to `identity`."""
    words, _, mark = part.rpartition("-")
    return words if len(mark) == DIGITS else part
