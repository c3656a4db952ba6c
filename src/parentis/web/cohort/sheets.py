"""A table with its picture: one shape for every page, its CSV and its text alternative."""

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")
HIDDEN: Final = "fewer than 6"
NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of cells, the first its heading. `own`: of the reader's own place."""

    cells: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`id` names its CSV. `numbers`: indices of columns of numbers. `picture`: SVG, or ''."""

    id: str
    title: str
    lead: str = ""
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    picture: str = ""
    alternative: str = ""
    "What the picture shows; the table holds all of it."

    @property
    def source(self) -> str:
        """The picture as an address that `img` takes."""
        return "data:image/svg+xml;base64," + b64encode(self.picture.encode()).decode() if self.picture else ""


def csv_of(sheet: Sheet) -> HttpResponse:
    """The table as a file: cells as the page has them, but for the commas between thousands."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.headings)
    writer.writerows([_THOUSANDS.sub("", cell) for cell in line.cells] for line in sheet.lines)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"cohort-{sheet.id}.csv")
    return answer


def number(value: float | None, places: int = 0, *, none: str = HIDDEN) -> str:
    """A number with thousands set apart; `none` where there is none."""
    # Adding 0.0 makes minus nought nought.
    return none if value is None else f"{round(value, places) + 0.0:,.{places}f}"


def span(low: float | None, high: float | None, places: int = 0) -> str:
    """An interval in words, or nothing."""
    return "" if low is None or high is None else f"{low:,.{places}f} to {high:,.{places}f}"


def lines_of(
    rows: Sequence[dict[str, Any]], *cells: Callable[[dict[str, Any]], str], own: Callable[[dict[str, Any]], bool]
) -> tuple[Line, ...]:
    """A line for each row, with a cell for each function of it."""
    return tuple(Line(cells=tuple(cell(row) for cell in cells), own=own(row)) for row in rows)
