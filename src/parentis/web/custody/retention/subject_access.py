"""Subject access: what is stored about a child, found by name and birthday and supplied as a watermarked workbook."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.services.custody import Subject
from parentis.services.custody.blocking import name_and_birth
from parentis.web.audit.recorder import record
from parentis.web.cases import pages, permissions
from parentis.web.cases.declarations import ERASE
from parentis.web.cases.history import subject_of
from parentis.web.cases.models import Case
from parentis.web.custody.case_types import KIND
from parentis.web.custody.encrypted_store import held
from parentis.web.custody.fields import BY_ID, CODES, COLUMNS, SEALED
from parentis.web.workbooks import Cell, Table, workbook


@transaction.atomic
def find(
    person: Any, *, first_name: str, surname: str, date_of_birth: date, why: str, request: HttpRequest | None = None
) -> list[Case]:
    """The cases that `person` is responsible for and whose child has this name and birthday. Each case is
    decrypted to be compared, because nothing is stored by which a child could be looked up."""
    asked = Subject(first_name=first_name, surname=surname, date_of_birth=date_of_birth)
    mine = [one for one in permissions.visible(person, KIND).filter(erased_at=None).select_related("detention")
            if permissions.may_do(person, ERASE, one)]  # fmt: skip
    found = [one for one in mine if name_and_birth(_subject(one)) == name_and_birth(asked)]
    detail = {"looked_through": len(mine), "found": [one.pk for one in found]}
    record(who=person, what="custody:searched", why=why, detail=detail, request=request)
    return found


@transaction.atomic
def copy_of(person: Any, case: Case, *, to: str, why: str, request: HttpRequest | None = None) -> bytes:
    """Everything stored about the child (XLSX). The recipient is shown on every sheet and entered on the audit
    record."""
    mark = f"Given to {to} by {person} on {timezone.localtime():%d %B %Y, %H:%M}: {why}. Copy of case {case.pk}."
    values = held(case, SEALED)
    detention = case.detention
    known: list[list[Cell]] = [[BY_ID[name].title, value] for name, value in values.items()]
    kept: list[list[Cell]] = [
        [BY_ID[name].title, _written(name, getattr(detention, name))]
        for name in COLUMNS
        if getattr(detention, name) not in (None, "", [])
    ]
    kept += [["Reason for routing", detention.reason], ["Responsible authority", case.place_name]]
    told: list[list[Cell]] = [
        [f"{timezone.localtime(one['line'].entry.at):%d %B %Y, %H:%M}", one["line"].who, one["title"], one["text"]]
        for one in pages.told(case)
    ]
    tables = [
        Table(title="Your details", headings=("What", "As notified"), rows=known, note=mark),
        Table(title="Your detention", headings=("What", "As notified"), rows=kept, note=mark),
        Table(title="Actions", headings=("When", "Who", "What", "Text"), rows=told, note=mark),
    ]
    made = workbook("Records held about you", tables)
    record(
        who=person, what="custody:given-out", authority=case.authority, subject=subject_of(case), why=why,
        detail={"fields": list(values)}, request=request,
    )  # fmt: skip
    return made


def _written(name: str, value: Any) -> str:
    codes = CODES.get(BY_ID[name].codes, {})
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if hasattr(value, "astimezone"):
        return f"{timezone.localtime(value):%d %B %Y, %H:%M}"
    return codes.get(value, str(value)) if isinstance(value, str) else ("Yes" if value is True else str(value))


def _subject(case: Case) -> Subject:
    known = held(case, ("first_name", "surname", "date_of_birth"))
    born = known.get("date_of_birth")
    return Subject(
        first_name=known.get("first_name"),
        surname=known.get("surname"),
        date_of_birth=date.fromisoformat(born) if born else None,
    )
