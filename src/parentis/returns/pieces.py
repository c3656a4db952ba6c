"""Pieces: the tables read from one file, and a remark on it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parentis.returns.problems import Problem, Recognised, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The tables read from one file, as text, with `row` and `file`."""

    name: str
    "The file's name; for a member of a zip `archive.zip/member.csv`."
    folder: str
    taken: tuple[Recognised, ...]
    tables: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...] = ()
    ignored: Mapping[str, tuple[str, ...]]

    @property
    def owner(self) -> tuple[str, str]:
        """The return and the part to which the file belongs."""
        return self.taken[0].return_id, self.taken[0].part


def said_of(file: str, where: str, message: str, severity: Severity, rows: int = 0) -> Problem:
    """A remark on one file."""
    return Problem(file=file, where=where, message=message, severity=severity, rows=rows)
