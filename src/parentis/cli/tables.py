"""Tables in a terminal: every value whole, whatever the width. Text is folded; a table with more columns than fit is
printed a row at a time. A long table is preceded by what it holds."""

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from parentis.cli.said import say

if TYPE_CHECKING:
    import polars as pl

NARROWEST = 12
"Letters to which a column of text may be folded."
GAP = 2
LONG = 40
"Rows from which a summary comes first."
FREE = 400
"Width where nothing says how wide the output is: it is read by programs or searched."


def print_table(frame: "pl.DataFrame") -> None:
    """Print a frame whose cells are plain values or text."""
    if frame.height > LONG:
        say(summary(frame))
    heads = [name.replace("_", " ") for name in frame.columns]
    numeric = [kind.is_numeric() for kind in frame.dtypes]
    rows = [[cell(value) for value in row] for row in frame.iter_rows()]
    width = _width()
    if _least(heads, rows, numeric) <= width:
        _columns(heads, rows, numeric, width)
    else:
        _records(heads, rows)


def summary(frame: "pl.DataFrame") -> str:
    """How many rows there are, and how many different values each column of text has."""
    import polars as pl

    counts = [
        (name.replace("_", " "), frame[name].n_unique())
        for name, kind in frame.schema.items()
        if kind in (pl.String, pl.Date, pl.Categorical) or isinstance(kind, pl.Enum)
    ]
    told = [f"{count:,} of {name}" for name, count in counts if 1 < count < frame.height]
    return f"{frame.height:,} rows" + (f": {', '.join(told)}." if told else ".")


def cell(value: object) -> str:
    """A value as text, whole."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:,.4g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _width() -> int:
    """The terminal's width, or COLUMNS; free of any where the output is neither."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return FREE


def _least(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> int:
    """The narrowest width at which numbers and words stay whole."""
    widths = []
    for at, head in enumerate(heads):
        longest = max((len(row[at]) for row in rows), default=0)
        word = max((len(one) for text in (head, *(() if numeric[at] else (row[at] for row in rows)))
                    for one in text.split()), default=0)  # fmt: skip
        widths.append(max(word, longest) if numeric[at] else max(word, min(longest, NARROWEST)))
    return sum(widths) + GAP * (len(heads) - 1)


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], width: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0), box=None)
    for head, number in zip(heads, numeric, strict=True):
        table.add_column(head, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    Console(highlight=False, width=width).print(table)


def _records(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row as lines of a heading and its value."""
    room = max(len(head) for head in heads)
    for row in rows:
        lines = [f"{head:<{room}}  {text}" for head, text in zip(heads, row, strict=True) if text]
        sys.stdout.write("\n".join(lines) + "\n\n")
