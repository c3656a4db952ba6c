"""Tables of the pages of trials: the same rows drawn and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from parentis.web.exports import harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` of text as wide as `headings`, the first cell the row's heading; `numbers`: columns set to the right;
    `own`: rows that are the reader's."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    own: frozenset[int] = field(default_factory=frozenset)

    @property
    def heads(self) -> list[dict[str, Any]]:
        return [{"text": one, "number": at in self.numbers} for at, one in enumerate(self.headings)]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "head": row[0],
                "own": at in self.own,
                "cells": [{"text": text, "number": place in self.numbers} for place, text in enumerate(row) if place],
            }
            for at, row in enumerate(self.rows)
        ]


def table_of(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> Table:
    """A table of which the first `words` columns are words, the others numbers."""
    return Table(title=title, headings=tuple(headings), rows=rows, numbers=frozenset(range(words, len(headings))))


def as_csv(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """Rows as a file that a spreadsheet opens and does not run."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return response
