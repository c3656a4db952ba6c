"""Exporting and importing the rota and the phone list as a workbook. An exported file can be imported unchanged; a row
that cannot be imported is reported with its sheet, row and column."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.errors import UserError
from parentis.returns import RawFile, open_sent
from parentis.web.duty import rota
from parentis.web.duty.desks import DESKS
from parentis.web.duty.local_time import instant, shown
from parentis.web.duty.models import EscalationStep, Shift
from parentis.web.duty.operations import RotaError, add_escalation_step, add_shift
from parentis.web.people.models import Person
from parentis.web.workbooks import Table, unguarded, workbook

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 2000
WRITTEN = "%Y-%m-%d %H:%M"
SHIFTS = ("Desk", "Email", "From", "Until")
ESCALATION_STEPS = ("Desk", "Email", "Minutes", "Phone")
HEADING_SEARCH = 20
"""Number of rows searched for the headings."""
LONGEST_PHONE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row was refused; `row` counts from 1, as a spreadsheet shows it."""

    sheet: str
    row: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Rows of shifts and of the phone list that were `new`, or the `same` as existing ones."""

    new: int
    same: int
    troubles: tuple[RowError, ...]


def exported(authority: str) -> bytes:
    """XLSX of the current and future shifts, and the phone lists."""
    shifts = Shift.objects.filter(authority=authority, ends_at__gt=timezone.now()).select_related("person")
    escalation_steps = EscalationStep.objects.filter(authority=authority).select_related("person")
    note = "Times are UK time."
    return workbook(
        f"Duty desks of {region.authority(authority).name}",
        [
            Table(title="Rota", headings=SHIFTS, note=note, rows=[
                (one.desk_title, one.person.email, *(f"{shown(at):{WRITTEN}}" for at in (one.starts_at, one.ends_at)))
                for one in shifts
            ]),
            Table(title="Phone list", headings=ESCALATION_STEPS, note="Minutes after those on duty were called.", rows=[
                (one.desk_title, one.person.email, one.minutes, one.phone) for one in escalation_steps
            ]),
        ],
    )  # fmt: skip


@transaction.atomic
def import_rota(*, by: Any, authority: str, name: str, data: bytes, request: HttpRequest | None = None) -> Imported:
    """Add every valid row to the rota or the phone list. Existing shifts and lines stay; nothing is removed. Raises
    RotaError where no sheet has the headings."""
    takers: dict[tuple[str, ...], Callable[..., bool]] = {SHIFTS: _turn, ESCALATION_STEPS: _rung}
    sheets = [sheet for sheet in _sheets(name, data) if sheet.headings in takers]
    if not sheets:
        raise RotaError(
            expected=f"a sheet with the headings {', '.join(SHIFTS)} or {', '.join(ESCALATION_STEPS)}",
            found="none",
            where=name,
            do="Download the rota, edit it and upload it again.",
        )
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise RotaError(
            expected=f"up to {MOST_ROWS:,} rows", found="more", where=name, do="Split it into smaller files."
        )
    people = {
        one.email.casefold(): one for desk in DESKS for one in rota.holders_of(authority, desk.id)
    }  # fmt: skip
    counts, troubles = {True: 0, False: 0}, []
    for sheet in sheets:
        for number, cells in sheet.rows:
            try:
                counts[takers[sheet.headings](by, authority, people, cells, request)] += 1
            except UserError as error:
                troubles.append(RowError(sheet=sheet.name, row=number, what=f"expected {error.expected}"))
            except ValueError as error:
                troubles.append(RowError(sheet=sheet.name, row=number, what=str(error)))
    return Imported(new=counts[True], same=counts[False], troubles=tuple(troubles))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    name: str
    headings: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    """The row's number and its cells, as many as there are headings; empty rows are left out."""


def _sheets(name: str, data: bytes) -> Iterator[_Sheet]:
    """Every sheet that has one of the tables' headings among its first rows."""
    for content in open_sent([RawFile(name=name, raw=data)]):
        if content.kind not in {"xlsx", "ods", "csv"}:
            continue
        for sheet in content.sheets or (None,):
            grid = [[unguarded((cell or "").strip()) for cell in row] for row in content.grid(sheet).iter_rows()]
            for at, cells in enumerate(grid[:HEADING_SEARCH]):
                headings = tuple(cells[: len(SHIFTS)])
                if headings in (SHIFTS, ESCALATION_STEPS):
                    below = enumerate(grid[at + 1 :], start=at + 2)
                    rows = [(number, row[: len(headings)]) for number, row in below if any(row)]
                    yield _Sheet(name=sheet or name, headings=headings, rows=rows)
                    break


def _turn(
    by: Any, authority: str, people: Mapping[str, Person], cells: Sequence[str], request: HttpRequest | None
) -> bool:
    desk, email, begins, ends = cells
    return add_shift(
        by=by, authority=authority, desk=_desk(desk), person=_person(people, email), starts_at=_moment(begins),
        ends_at=_moment(ends, last=True), request=request,
    )  # fmt: skip


def _rung(
    by: Any, authority: str, people: Mapping[str, Person], cells: Sequence[str], request: HttpRequest | None
) -> bool:
    desk, email, minutes, phone = cells
    if not minutes.removesuffix(".0").isdecimal():
        raise ValueError("Minutes: a number")
    if not phone or len(phone) > LONGEST_PHONE:
        raise ValueError(f"Phone: a number of up to {LONGEST_PHONE} characters")
    return add_escalation_step(
        by=by, authority=authority, desk=_desk(desk), person=_person(people, email),
        minutes=int(minutes.removesuffix(".0")), phone=phone, request=request,
    )  # fmt: skip


def _desk(text: str) -> str:
    for one in DESKS:
        if text.casefold() in {one.id, one.title.casefold()}:
            return one.id
    raise ValueError(f"Desk: one of {', '.join(one.title for one in DESKS)}")


def _person(people: Mapping[str, Person], email: str) -> Person:
    try:
        return people[email.casefold()]
    except KeyError:
        raise ValueError("Email: of somebody who holds a desk's role in the authority") from None


def _moment(text: str, *, last: bool = False) -> datetime:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("From, Until: a date and time, as 2026-03-28 17:00") from None
    if wall.tzinfo is not None:
        raise ValueError("From, Until: UK time, without a time zone")
    return instant(wall, last=last)
