"""Tables of the answer pages: drawn, and given as CSV, from one and the same rows."""

import csv
import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from parentis import evidence
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind

PLAIN = Scale(1, 0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`number`: set to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` of text, the first cell its heading; `own`: places of the rows that are the reader's."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    own: frozenset[int] = frozenset()

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """Each row's heading, its other cells with whether they are numbers, and whether it is the reader's."""
        return [
            {"head": row[0], "own": at in self.own,
             "cells": [{"text": text, "number": one.number}
                       for text, one in zip(row[1:], self.columns[1:], strict=True)]}
            for at, row in enumerate(self.rows)
        ]  # fmt: skip


def columns(*titles: str, words: int = 1) -> tuple[Column, ...]:
    """Columns of which the first `words` are text and the rest numbers."""
    return tuple(Column(title=title, number=at >= words) for at, title in enumerate(titles))


def as_csv(name: str, tables: Sequence[Table]) -> HttpResponse:
    """The tables of a page one under the other, each under its caption."""
    out = io.StringIO()
    writer = csv.writer(out)
    for at, table in enumerate(tables):
        if at:
            writer.writerow(())
        writer.writerow((table.caption,))
        writer.writerow([one.title for one in table.columns])
        writer.writerows([_safe(text) for text in row] for row in table.rows)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="places-{name}.csv"'
    return answer


def _safe(text: str) -> str:
    """A cell that a spreadsheet could run gets an apostrophe."""
    return f"'{text}" if text[:1] in set("=+-@") and not text[1:2].isdigit() else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a chart: a label and a value with its band at each point."""

    title: str
    points: tuple[tuple[str, float, float | None, float | None], ...]


def line_chart(label: str, lines: Sequence[Line], scale: Scale = PLAIN) -> str:
    """A chart as the address of a picture; empty without lines."""
    if not lines:
        return ""
    at = [name for name, *_ in lines[0].points]
    by = [{name: (value, low, high) for name, value, low, high in line.points} for line in lines]
    rows = tuple(Row(label=name, cells=tuple(_cell(name, held.get(name)) for held in by)) for name in at)
    headings = tuple(Heading(measure="", title=line.title, scale=scale) for line in lines)
    grid = Grid(name="places", title="", label=label, headings=headings, rows=rows)
    svg = evidence.draw(ChartKind.TREND, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cell(name: str, known: tuple[float, float | None, float | None] | None) -> Cell:
    value, low, high = known or (None, None, None)
    return Cell(measure="", geography="", geography_name="", period=name, breakdown="", value=value, low=low, high=high)
