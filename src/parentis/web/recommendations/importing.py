"""The register as a workbook, out and in. What goes out comes back in the same; a row that cannot be taken is reported
with its row and column, and nothing of the file is passed over in silence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from parentis import region
from parentis.errors import UserError
from parentis.returns import Content, open_bytes
from parentis.web.audit.recording import record
from parentis.web.cases import history
from parentis.web.cases.models import place_name
from parentis.web.cases.writing import comment
from parentis.web.recommendations.casework import MACHINE
from parentis.web.recommendations.deadlines import DEADLINES
from parentis.web.recommendations.models import Recommendation
from parentis.web.recommendations.writing import enter
from parentis.web.workbooks import Table, unguarded

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 2000
HEADING_SEARCH = 20
"Rows among which the headings are looked for."


class RegisterFileError(UserError):
    """A file that is no register."""


class CellError(ValueError):
    """What is wrong with a cell, in words that do not repeat it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the register's workbook. `write` gives a recommendation's cell, `read` the value of one's text."""

    name: str
    heading: str
    write: Callable[[Recommendation], str | date]
    read: Callable[[str], Any]
    needed: bool = True


def _up_to(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise CellError(f"more than {longest:,} characters")
        return text

    return read


def _day(text: str) -> date:
    """ISO, with or without a time, or day first."""
    plain = text[:10] if text[4:5] == "-" else "-".join(reversed(text.replace(".", "/").split("/")))
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise CellError("no date such as 2016-11-25 or 25/11/2016") from None


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    """The id of a choice by its title or id."""
    found = {words.casefold(): one for one, title in choices.items() for words in (one, title)}

    def read(text: str) -> str:
        try:
            return found[text.casefold()]
        except KeyError:
            raise CellError(f"none of: {', '.join(choices.values())}") from None

    return read


def _place(text: str) -> str:
    """An authority by any name, or a footprint by its name or id."""
    for one in region.footprints():
        if text.casefold() in {one.id, one.name.casefold()}:
            return one.id
    try:
        return region.authority(text).gss
    except UserError:
        raise CellError("no authority and no police command of that name") from None


def _evidence(one: Recommendation) -> str:
    entries = one.case.entries.filter(what="evidence").select_related("value").order_by("sequence")
    return "\n".join((history.value_of(entry) or {}).get("text", "[forgotten]") for entry in entries)


COLUMNS: tuple[Column, ...] = (
    Column(name="report", heading="Report", write=lambda one: one.report.title, read=_up_to(200)),
    Column(name="inspectorate", heading="Inspectorate", write=lambda one: one.report.inspectorate, read=_up_to(100)),
    Column(name="published_on", heading="Published", write=lambda one: one.report.published_on, read=_day),
    Column(name="number", heading="Number", write=lambda one: one.number, read=_up_to(20)),
    Column(name="place", heading="To", write=lambda one: place_name(one.place), read=_place),
    Column(name="text", heading="Recommendation", write=lambda one: one.text, read=_up_to(4000)),
    Column(name="deadline", heading="Deadline", write=lambda one: one.deadline_class.title,
           read=_one_of({one.id: one.title for one in DEADLINES.values()})),
    Column(name="owners", heading="Owners", write=lambda one: one.owners, read=_up_to(300)),
    Column(name="state", heading="State", write=lambda one: one.case.state_now.title, needed=False,
           read=_one_of({one.id: one.title for one in MACHINE.states})),
    Column(name="evidence", heading="Evidence", write=_evidence, read=_up_to(4000), needed=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a row was not taken. `row` counts from 1, as a spreadsheet shows it; `column` is a heading."""

    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`new` and `same` rows, and what is wrong with the others; together they are every row of the file."""

    rows: int
    new: int
    same: int
    troubles: tuple[Trouble, ...]
    ignored: tuple[str, ...]
    "Headings of columns that the register does not have."

    @property
    def refused(self) -> int:
        return len({one.row for one in self.troubles})


def exported(found: Iterable[Recommendation]) -> Table:
    """The register's table: of what was found, or blank."""
    rows = [[column.write(one) for column in COLUMNS] for one in found]
    return Table(title="Recommendations", headings=tuple(one.heading for one in COLUMNS), rows=rows)


@transaction.atomic
def import_register(*, by: Any, name: str, data: bytes, request: HttpRequest | None = None) -> Imported:
    """Enter every row that is new and whole. One that is here already counts as `same`, or, where the file says
    something else of it, as a trouble: what was recommended is not changed by a file."""
    at, headings, body = _table(name, data)
    troubles: list[Trouble] = []
    new = same = 0
    for row, cells in enumerate(body, start=at + 1):
        values, wrong = _values(row, dict(zip(headings, cells, strict=True)))
        if not wrong and (here := _here(values)):
            differs = [column.heading for column in COLUMNS[:-2] if _now(column, here) != values[column.name]]
            wrong = [Trouble(row=row, column=one, what="is here already, with another text") for one in differs]
            same += not wrong
        elif not wrong:
            wrong = _entered(row, values, by, request)
            new += not wrong
        troubles += wrong
    known = {one.heading for one in COLUMNS}
    found = Imported(
        rows=len(body), new=new, same=same, troubles=tuple(troubles),
        ignored=tuple(one for one in headings if one and one not in known),
    )  # fmt: skip
    detail = {"rows": found.rows, "new": new, "same": same, "refused": found.refused}
    record(who=by, what="recommendations:imported", subject=f"{found.rows} rows", detail=detail, request=request)
    return found


def _entered(row: int, values: dict[str, Any], by: Any, request: HttpRequest | None) -> list[Trouble]:
    evidence = values.pop("evidence")
    try:
        made = enter(by=by, request=request, **values)
    except PermissionDenied:
        return [Trouble(row=row, column="To", what="your roles do not let you enter recommendations there")]
    if evidence:
        comment(by=by, case=made.case, text=evidence, what="evidence", request=request)
    return []


def _values(row: int, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Trouble]]:
    values: dict[str, Any] = {}
    troubles = []
    for column in COLUMNS:
        text = unguarded(cells.get(column.heading, "").strip())
        if not text:
            values[column.name] = ""
            if column.needed:
                troubles.append(Trouble(row=row, column=column.heading, what="is empty"))
            continue
        try:
            values[column.name] = column.read(text)
        except CellError as error:
            troubles.append(Trouble(row=row, column=column.heading, what=str(error)))
    return values, troubles


def _here(values: Mapping[str, Any]) -> Recommendation | None:
    found: Recommendation | None = (
        Recommendation.objects.select_related("report", "case")
        .filter(
            report__title=values["report"], report__published_on=values["published_on"], number=values["number"],
            place=values["place"],
        )
        .first()
    )  # fmt: skip
    return found


def _now(column: Column, one: Recommendation) -> Any:
    shown = column.write(one)
    return column.read(shown) if isinstance(shown, str) else shown


def _table(name: str, data: bytes) -> tuple[int, list[str], list[list[str]]]:
    """The number (from 1) of the row of headings, the headings, and the rows under them up to the last with text."""
    if len(data) > LARGEST:
        raise RegisterFileError(
            expected=f"a file of up to {LARGEST // 1024 // 1024} MB", found="a larger one", where="the file",
            do="Split it.",
        )  # fmt: skip
    contents = [one for one in open_bytes(name, data) if one.kind in {"xlsx", "ods", "csv"}]
    needed = {one.heading for one in COLUMNS if one.needed}
    for rows in (_grid(content, sheet) for content in contents for sheet in (content.sheets or (None,))):
        for at, cells in enumerate(rows[:HEADING_SEARCH], start=1):
            if needed <= set(cells):
                body = rows[at:]
                while body and not any(body[-1]):
                    body.pop()
                _check_headings(cells, len(body))
                return at, cells, body
    raise RegisterFileError(
        expected=f"a table with the headings {', '.join(sorted(needed))}", found="none", where="the file",
        do="Download the blank register, and fill that in.",
    )  # fmt: skip


def _check_headings(headings: Sequence[str], rows: int) -> None:
    named = [one for one in headings if one]
    if len(set(named)) != len(named):
        raise RegisterFileError(
            expected="every heading once", found="one twice", where="the headings", do="Rename one of them."
        )
    if rows > MOST_ROWS:
        raise RegisterFileError(
            expected=f"up to {MOST_ROWS:,} rows", found=f"{rows:,}", where="the file", do="Split it."
        )


def _grid(content: Content, sheet: str | None) -> list[list[str]]:
    return [[(cell or "").strip() for cell in row] for row in content.grid(sheet).iter_rows()]
