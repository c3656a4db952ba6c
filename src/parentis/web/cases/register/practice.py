"""Synthetic cases of a register, generated from its declared fields: for the practice site, and for tests of pages."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from parentis.web.cases import values as of
from parentis.web.cases.declarations import case_types
from parentis.web.cases.fields import Field, FieldType
from parentis.web.cases.models import Case, Group, Record
from parentis.web.cases.operations import move
from parentis.web.cases.records import register_of
from parentis.web.cases.register.operations import add_group, add_member, enter

OF_A_PLACE = 5
DAYS_BACK = 200
MOST_NUMBER = 40


@transaction.atomic
def make_practice_cases(kind: str, places: Sequence[str], *, each: int = OF_A_PLACE, today: date | None = None) -> int:
    """Make `each` cases for every place, and move some on by steps that do not hand over; return how many are new, 0
    where there were any. The result is the same every time."""
    if Record.objects.filter(case__kind=kind).exists():
        return 0
    today, chance = today or timezone.localdate(), random.Random(kind)  # noqa: S311 - practice data
    numbered = enumerate([place for place in places for _ in range(each)], start=1)
    for number, place in numbered:
        values = {one.id: made_up(one, number, today, chance) for one in register_of(kind).fields}
        _worked_on(enter(by=None, kind=kind, place=place, values=values, practice=True), number, chance)
    return len(places) * each


def example_case(kind: str, place: str) -> Case:
    """The one example case of a place, created on first use."""
    found = Case.objects.filter(kind=kind, place=place).first()
    today = timezone.localdate()
    if found is None:
        values = {one.id: made_up(one, 1, today, random.Random(kind)) for one in register_of(kind).fields}  # noqa: S311
        found = enter(by=None, kind=kind, place=place, values=values, practice=True)
    return found


def example_group(kind: str, place: str) -> Group:
    """The one example oversight group of a place, with one member, created on first use."""
    found: Group | None = Group.objects.filter(kind=kind, place=place).first()
    if found is None:
        found = add_group(by=None, kind=kind, name="Practice group", place=place)
        add_member(by=None, group=found, name="Alex", organisation="Practice", position="", since=date(2025, 1, 6))
    return found


def made_up(field: Field, number: int, today: date, chance: random.Random) -> Any:
    """A generated value of a field for case `number`. Text contains the number, so that no two cases are the same."""
    if field.example and field.type not in {FieldType.LINE, FieldType.TEXT}:
        return of.read(field, field.example)
    match field.type:
        case FieldType.LINE | FieldType.TEXT:
            text = field.example or f"Practice {field.label.lower()}"
            return f"{text[: field.most - len(str(number)) - 1]} {number}"
        case FieldType.LINK:
            return f"https://practice.example/{number}"
        case FieldType.DAY:
            return today - timedelta(days=chance.randrange(DAYS_BACK))
        case FieldType.NUMBER:
            return number + chance.randrange(MOST_NUMBER)
        case FieldType.MONEY:
            return of.read(field, f"{chance.randrange(100_000)}.00")
        case FieldType.YES_NO:
            return chance.random() < 0.5
        case FieldType.CHOICE:
            return chance.choice(list(field.choices))
        case FieldType.CHOICES:
            return tuple(one for one in field.choices if chance.random() < 0.5) or (next(iter(field.choices)),)


def _worked_on(case: Case, number: int, chance: random.Random) -> None:
    """Move successive cases on by none, one, two … steps."""
    machine = case_types()[case.kind].machine
    for _ in range(number % len(machine.states)):
        steps = [one for one in machine.moves_from(case.state) if not one.hands_over]
        if not steps or machine.state(case.state).closed:
            return
        step = chance.choice(steps)
        asked = dict(_answers(case, step.asks, number, chance))
        case = move(by=None, case=case, move=step.id, seen=None, why="Practice: as agreed.", values=asked)


def _answers(case: Case, asks: Sequence[str], number: int, chance: random.Random) -> Iterator[tuple[str, Any]]:
    for name in asks:
        yield name, made_up(register_of(case.kind).field(name), number, timezone.localdate(), chance)
