"""The inconsistencies that `doctor` reports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import polars as pl

REBUILD = "'parentis rebuild' makes the lake again from the archive."
REPAIR = "'parentis doctor --repair' rebuilds it from the stored returns."
BUILD = "Run 'parentis build'."


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """An inconsistency. A `note` is not urgent; an `error` means that data are wrong or lost."""

    severity: Literal["note", "warning", "error"]
    where: str
    what: str
    do: str


def error(where: str, what: str, do: str) -> Inconsistency:
    return Inconsistency(severity="error", where=where, what=what, do=do)


def warning(where: str, what: str, do: str) -> Inconsistency:
    return Inconsistency(severity="warning", where=where, what=what, do=do)


def note(where: str, what: str, do: str) -> Inconsistency:
    return Inconsistency(severity="note", where=where, what=what, do=do)


def inconsistencies_frame(inconsistencies: Sequence[Inconsistency]) -> pl.DataFrame:
    columns = ("severity", "where", "what", "do")
    return pl.DataFrame([asdict(one) for one in inconsistencies], schema=dict.fromkeys(columns, pl.String()))
