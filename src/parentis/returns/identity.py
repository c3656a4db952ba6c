"""Which data set a publisher's table is, by what it holds: what supersedes what follows from it, never from a name."""

import hashlib
from collections.abc import Mapping

import polars as pl

from parentis.returns.spec import Table

DIGITS = 8
"Hexadecimal digits of a data set's mark: two data sets of one family share it once in a few thousand million."
ALL_AUTHORITIES = 100
"A table about so many authorities is about all of England: one of them missing or misspelt makes no other data set."


def identity(words: str, tables: Mapping[str, pl.DataFrame], declared: Mapping[str, Table]) -> str:
    """`words` and a mark, which two files share if and only if they speak of the same things.

    The mark is made of each table's columns, and of the values of those that its spec names for that: filters,
    indicators, levels, places, time periods, lines. Order, numbers and the files' names make no difference.
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
    """Of `ONE|OTHER` the first column that has a value; None where none has."""
    names = [name for name in either.split("|") if name in frame.columns]
    return next((name for name in names if frame.get_column(name).null_count() < frame.height), None)


def _values(frame: pl.DataFrame, column: str, table: Table) -> str:
    values = frame.get_column(column).str.strip_chars().str.to_lowercase().drop_nulls().unique().sort()
    if column == table.authority and values.len() >= ALL_AUTHORITIES:
        return "all"
    return ";".join(values)


def words_of(part: str) -> str:
    """What `identity` was given as words."""
    words, _, mark = part.rpartition("-")
    return words if len(mark) == DIGITS else part
