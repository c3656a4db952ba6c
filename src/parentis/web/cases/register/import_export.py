"""Exporting and importing the register as a workbook. An exported file can be imported unchanged; every row that cannot
be imported is reported with its row and column, and nothing in the file is skipped without a message."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from parentis import region
from parentis.errors import UserError
from parentis.returns import Content, RawFile, open_sent
from parentis.web.audit.recorder import record
from parentis.web.cases import history, records
from parentis.web.cases import values as of
from parentis.web.cases.declarations import case_types
from parentis.web.cases.models import Record, place_name
from parentis.web.cases.operations import comment
from parentis.web.cases.records import register_of
from parentis.web.cases.register.operations import enter
from parentis.web.cases.values import CellError, read_choice
from parentis.web.workbooks import Cell, Table, unguarded

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 2000
HEADING_SEARCH = 20
"""Number of rows searched for the headings."""
LONGEST_COMMENT = 4000


class RegisterFileError(UserError):
    """A file that is not a register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the register's workbook. `write` gives a case's cell, `read` the value of a cell's text (CellError).
    `identifies`: must have the same value in a case that already exists. `closed`: read, and never written."""

    name: str
    heading: str
    write: Callable[[Record], Cell]
    read: Callable[[str], Any]
    needed: bool = True
    identifies: bool = True
    closed: bool = False


def columns(kind: str) -> tuple[Column, ...]:
    """The declared fields in their order, with the place after the key's fields; then the state, and the remark if the
    register has one."""
    register, declared = register_of(kind), case_types()[kind]
    fields = [_of_field(kind, at) for at, one in enumerate(register.fields) if one.column]
    last_of_key = max((at for at, one in enumerate(fields, start=1) if one.name in register.key), default=0)
    place = Column(name="place", heading=register.place, write=lambda one: place_name(one.case.place), read=_place)
    states = {one.id: one.title for one in declared.machine.states}
    state = Column(
        name="state", heading="State", write=lambda one: one.case.state_now.title, needed=False, identifies=False,
        read=lambda text: read_choice(states, text) if text else "",
    )  # fmt: skip
    found = (*fields[:last_of_key], place, *fields[last_of_key:], state)
    if not register.comments:
        return found
    said = Column(
        name="said", heading=declared.comment_types[register.comments], write=lambda one: _said(one, register.comments),
        read=_comment, needed=False, identifies=False,
    )  # fmt: skip
    return (*found, said)


def _of_field(kind: str, at: int) -> Column:
    field = register_of(kind).fields[at]
    return Column(
        name=field.id, heading=field.column, needed=field.required, closed=field.is_closed,
        write=lambda one: of.cell(field, of.value(field, one.values.get(field.id))),
        read=lambda text: of.read(field, text),
    )  # fmt: skip


def _place(text: str) -> str:
    """An authority by any of its names, or a footprint by its name or id."""
    if not text:
        raise CellError("is empty")
    for one in region.footprints():
        if text.casefold() in {one.id, one.name.casefold()}:
            return one.id
    try:
        return region.authority(text).gss
    except UserError:
        raise CellError("no authority and no police command of that name") from None


def _comment(text: str) -> str:
    if len(text) > LONGEST_COMMENT:
        raise CellError(f"more than {LONGEST_COMMENT:,} characters")
    return text


def _said(one: Record, what: str) -> str:
    entries = one.case.entries.filter(what=what).select_related("value").order_by("sequence")
    return "\n".join((history.value_of(entry) or {}).get("text", "[forgotten]") for entry in entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row was refused. `row` counts from 1, as a spreadsheet shows it; `column` is a heading."""

    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Counts of `new` and `same` rows, and the errors of the others; together they cover every row of the file."""

    rows: int
    new: int
    same: int
    errors: tuple[RowError, ...]
    ignored: tuple[str, ...]
    "Headings of columns that the register does not have."

    @property
    def refused(self) -> int:
        return len({one.row for one in self.errors})


def exported(kind: str, found: Iterable[Record]) -> Table:
    """The register's table for the cases found: only the fields that everybody who may see the cases may see."""
    shown = [one for one in columns(kind) if not one.closed]
    rows = [[column.write(one) for column in shown] for one in found]
    return Table(title=register_of(kind).title, headings=tuple(one.heading for one in shown), rows=rows)


def blank(kind: str) -> Table:
    """The empty table to fill in."""
    return Table(title=register_of(kind).title, headings=tuple(one.heading for one in columns(kind)), rows=[])


@transaction.atomic
def import_register(
    *, by: Any, kind: str, name: str, data: bytes, practice: bool = False, request: HttpRequest | None = None
) -> Imported:
    """Enter every new row without errors. A row that already exists counts as `same` or, where the file has different
    values, as an error: importing a file does not change existing cases."""
    register, known = register_of(kind), columns(kind)
    at, headings, body = _table(kind, name, data)
    errors: list[RowError] = []
    new = same = 0
    for row, cells in enumerate(body, start=at + 1):
        values, wrong = _values(row, known, dict(zip(headings, cells, strict=True)))
        if not wrong and (here := records.find(kind, values["place"], values)):
            wrong = [
                RowError(row=row, column=column.heading, what="is already in the register with different text")
                for column in known
                if column.identifies and column.heading in headings and _now(column, here) != values[column.name]
            ]
            same += not wrong
        elif not wrong:
            wrong = _entered(row, kind, values, by, practice, request)
            new += not wrong
        errors += wrong
    titles = {one.heading for one in known}
    found = Imported(
        rows=len(body), new=new, same=same, errors=tuple(errors),
        ignored=tuple(one for one in headings if one and one not in titles),
    )  # fmt: skip
    detail = {"rows": found.rows, "new": new, "same": same, "refused": found.refused}
    record(who=by, what=f"{register.name}:imported", subject=f"{found.rows} rows", detail=detail, request=request)
    return found


def _entered(
    row: int, kind: str, values: dict[str, Any], by: Any, practice: bool, request: HttpRequest | None
) -> list[RowError]:
    register = register_of(kind)
    place, state, said = values.pop("place"), values.pop("state"), values.pop("said", "")
    try:
        made = enter(by=by, kind=kind, place=place, state=state, values=values, practice=practice, request=request)
    except PermissionDenied:
        what = f"your roles do not allow you to add {register.title.lower()} there"
        return [RowError(row=row, column=register.place, what=what)]
    if said:
        comment(by=by, case=made, text=said, what=register.comments, request=request)
    return []


def _values(row: int, known: Sequence[Column], cells: Mapping[str, str]) -> tuple[dict[str, Any], list[RowError]]:
    values: dict[str, Any] = {}
    errors = []
    for column in known:
        try:
            values[column.name] = column.read(unguarded(cells.get(column.heading, "").strip()))
        except CellError as error:
            errors.append(RowError(row=row, column=column.heading, what=str(error)))
    return values, errors


def _now(column: Column, one: Record) -> Any:
    if column.closed:
        return records.values_of(one)[column.name]
    shown = column.write(one)
    return column.read(shown) if isinstance(shown, str) else shown


def _table(kind: str, name: str, data: bytes) -> tuple[int, list[str], list[list[str]]]:
    """The number (from 1) of the heading row, the headings, and the rows below up to the last one with text."""
    if len(data) > LARGEST:
        raise RegisterFileError(
            expected=f"a file of up to {LARGEST // 1024 // 1024} MB", found="a larger one", where="the file",
            do="Split it into smaller files.",
        )  # fmt: skip
    contents = [one for one in open_sent([RawFile(name=name, raw=data)]) if one.kind in {"xlsx", "ods", "csv"}]
    needed = {one.heading for one in columns(kind) if one.needed}
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
        do="Download the blank template and fill it in.",
    )  # fmt: skip


def _check_headings(headings: Sequence[str], rows: int) -> None:
    named = [one for one in headings if one]
    if len(set(named)) != len(named):
        raise RegisterFileError(
            expected="every heading once", found="one twice", where="the headings", do="Rename one of them."
        )
    if rows > MOST_ROWS:
        raise RegisterFileError(
            expected=f"up to {MOST_ROWS:,} rows", found=f"{rows:,}", where="the file", do="Split it into smaller files."
        )


def _grid(content: Content, sheet: str | None) -> list[list[str]]:
    return [[(cell or "").strip() for cell in row] for row in content.grid(sheet).iter_rows()]
