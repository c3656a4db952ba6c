"""Output of commands: a table, JSON or CSV. Results go to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from parentis.cli.said import say
from parentis.cli.tables import print_table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Format", "say", "show"]


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
    elif form is Format.TABLE and result.is_empty():
        say(empty)
    elif form is Format.CSV:
        sys.stdout.write(_flat(result).write_csv())
    else:
        print_table(_flat(result))


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
