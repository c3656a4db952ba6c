"""The cells in which a return without children differs from the accepted submission that it would supersede.

A return about children is not compared cell by cell: whoever decides sees counts, and those who may see children see
which come and go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from parentis.returns.spec import Column, Table

MOST_CELLS = 40
"Cells that are listed: the amounts that change most first, then text."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCell:
    """`row` is the row's key in words; a row that only one of the two has is null in the other."""

    table: str
    row: str
    column: str
    before: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCells:
    """`count` is of all cells that differ; `most` lists up to `MOST_CELLS` of them."""

    count: int
    most: tuple[ChangedCell, ...]


def changed_cells(
    tables: Mapping[str, Table], before: Mapping[str, pl.DataFrame], now: Mapping[str, pl.DataFrame]
) -> ChangedCells:
    """Compare the typed tables of two submissions by their key columns, a repeated key by its order."""
    found = [
        (size, cell)
        for name in tables
        if name in before or name in now
        for size, cell in _of_table(tables[name], before.get(name), now.get(name))
    ]
    ranked = sorted(found, key=lambda one: (-one[0], one[1].table, one[1].row, one[1].column))
    return ChangedCells(count=len(found), most=tuple(cell for _, cell in ranked[:MOST_CELLS]))


def _of_table(
    table: Table, before: pl.DataFrame | None, now: pl.DataFrame | None
) -> Iterator[tuple[float, ChangedCell]]:
    keys = [one for one in table.columns if one.key or one.name in table.unique]
    was, is_ = _by_key(keys, before), _by_key(keys, now)
    others = [one for one in table.columns if one not in keys]
    for key in [*was, *(one for one in is_ if one not in was)]:
        for column in others:
            old, new = was.get(key, {}).get(column.name), is_.get(key, {}).get(column.name)
            if old != new:
                yield _size(old, new), ChangedCell(
                    table=table.name, row=_words(keys, key), column=_plain(column.name), before=_said(column, old),
                    now=_said(column, new),
                )  # fmt: skip


def _by_key(keys: list[Column], frame: pl.DataFrame | None) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Each row by the values of its key and the number of the rows before it that share them."""
    if frame is None:
        return {}
    names = [one.name for one in keys if one.name in frame.columns]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for row in frame.iter_rows(named=True):
        key = tuple(row[name] for name in names)
        seen[key] = seen.get(key, -1) + 1
        rows[(*key, seen[key])] = row
    return rows


def _words(keys: list[Column], key: tuple[Any, ...]) -> str:
    said = ", ".join(_said(column, value) or "blank" for column, value in zip(keys, key, strict=False))
    return f"{said} ({key[-1] + 1})" if key[-1] else said


def _said(column: Column, value: Any) -> str | None:
    if value is None:
        return None
    label = next((one.label for one in column.codes if one.code == value), None)
    if label is not None:
        return label
    return f"{value:,}" if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else str(value)


def _size(old: Any, new: Any) -> float:
    """How far an amount moves; of other values, nothing."""
    numbers = [one for one in (old, new) if isinstance(one, int | float | Decimal) and not isinstance(one, bool)]
    return abs(float(new or 0) - float(old or 0)) if numbers else 0.0


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
