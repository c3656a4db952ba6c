"""Output of commands: a table, JSON or CSV. Results go to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

WIDEST_CELL = 60


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def show(result: "pl.DataFrame | Mapping[str, Any]", form: Format, *, empty: str = "Nothing to show.") -> None:
    """Print a frame or a mapping. A mapping is always printed as JSON, because it has no rows."""
    if isinstance(result, Mapping):
        sys.stdout.write(json.dumps(result, default=_plain, ensure_ascii=False, indent=1) + "\n")
    elif form is Format.JSON:
        rows = json.dumps(result.to_dicts(), default=_plain, ensure_ascii=False, indent=1)
        sys.stdout.write(rows + "\n")
    elif form is Format.CSV:
        sys.stdout.write(_flat(result).write_csv())
    else:
        _table(result, empty)


def say(text: str) -> None:
    """Print a line for the user on stderr."""
    sys.stderr.write(text + "\n")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def _flat(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Lists converted to text, as CSV requires."""
    import polars as pl

    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    texts = [
        pl.Series(name, [json.dumps(v, default=_plain) if v is not None else None for v in frame[name].to_list()],
                  dtype=pl.String)
        for name in nested
    ]  # fmt: skip
    return frame.with_columns(texts)


def _table(frame: "pl.DataFrame", empty: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if frame.is_empty():
        say(empty)
        return
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name, kind in frame.schema.items():
        table.add_column(name.replace("_", " "), justify="right" if kind.is_numeric() else "left")
    for row in _flat(frame).iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))
    # Redirected output is read by programs or searched, so it is never wrapped to a terminal width.
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=400)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:,.4g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"
