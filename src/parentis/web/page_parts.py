"""What a page of a service is made of: sentences, warnings, tables that are files too, pictures of the same
rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import polars as pl

Kind = Literal["text", "count", "pounds", "pence", "percent", "change", "ratio", "chance", "yes"]
KEPT: Final = "\u00a0"
"A space at which no line breaks."
NUMBERS: Final = frozenset({"count", "pounds", "pence", "percent", "change", "ratio", "chance"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, the frame's column, how its values are told. `low` and `high` name the columns
    of its interval."""

    title: str
    name: str
    kind: Kind = "text"
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a page. `name` is its file's; `own` a column that is true in the reader's own rows; `hidden` a column
    that says, where it is filled, why a row's numbers are not shown."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    own: str = ""
    hidden: str = ""
    note: str = ""

    def lines(self) -> list[dict[str, Any]]:
        """Rows as the page shows them: cells of text, whether it is the reader's own, and why its numbers are
        hidden."""
        lines = []
        for row in self.rows.iter_rows(named=True):
            hidden = str(row.get(self.hidden) or "") if self.hidden else ""
            cells = [
                {"text": "" if hidden and one.kind in NUMBERS else told(row, one), "number": one.kind in NUMBERS}
                for one in self.columns
            ]
            lines.append({"cells": cells, "own": bool(self.own and row.get(self.own)), "hidden": hidden})
        return lines

    def csv(self) -> bytes:
        """The same rows as a file, unrounded; a hidden row has its names and the reason."""
        named = [name for one in self.columns for name in (one.name, one.low, one.high) if name]
        shown = self.rows
        if self.hidden:
            numbers = [name for one in self.columns if one.kind in NUMBERS for name in (one.name, one.low, one.high)]
            open_ = pl.col(self.hidden).is_null() | (pl.col(self.hidden) == "")
            shown = shown.with_columns(
                pl.when(open_).then(pl.col(name)).alias(name) for name in dict.fromkeys(numbers) if name
            )
            named = [*named, self.hidden]
        flat = shown.select(list(dict.fromkeys(named))).with_columns(
            pl.col(name).list.join(", ") for name, dtype in shown.schema.items() if dtype == pl.List(pl.String)
            and name in named
        )  # fmt: skip
        return flat.write_csv().encode("utf-8-sig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, drawn when it is asked for; the table called `table` holds the same values."""

    name: str
    title: str
    table: str
    draw: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`lead` are the answers in sentences, `warnings` what would turn them."""

    title: str
    lead: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    nothing: str = ""
    "Why the page has nothing to show."
    links: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> Table | None:
        return next((one for one in self.tables if one.name == name), None)

    def picture(self, name: str) -> Picture | None:
        return next((one for one in self.pictures if one.name == name), None)


def told(row: Mapping[str, Any], column: Column) -> str:
    """A value formatted for people, followed by its interval."""
    value = row.get(column.name)
    if value is None:
        return ""
    text = _one(value, column.kind)
    low, high = row.get(column.low), row.get(column.high)
    if column.low and low is not None and high is not None:
        text += f" ({_one(low, column.kind)}{KEPT}to{KEPT}{_one(high, column.kind)})"
    return text


def _one(value: Any, kind: Kind) -> str:
    if kind == "text":
        return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
    if kind == "yes":
        return "Yes" if value else "No"
    if value != value:  # not a number: nothing that can be told
        return ""
    if kind == "pounds":
        return f"{'−' if value < 0 else ''}£{abs(value):,.0f}"
    if kind == "pence":
        return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"
    number = {"count": f"{abs(value):,.0f}", "percent": f"{abs(value):.1f}{KEPT}%",
              "change": f"{abs(value):.1f}{KEPT}%",
              "ratio": f"{abs(value):.2f}", "chance": f"{abs(value):.2f}"}[kind]  # fmt: skip
    sign = "−" if value < 0 and any(digit in number for digit in "123456789") else "+" if kind == "change" else ""
    return sign + number
