"""The live boards: which detentions each shows to a reader, and how. Nothing here identifies a child.

A board is requested twice a second with the tag of its last drawing: this costs one query of three columns, and the
answer is "unchanged" while nothing has changed. Changed rows are drawn and cached for a minute for all readers.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from parentis.services import custody
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.models import Case, is_authority
from parentis.web.custody.boards.timeline import answer_title, duties_of, is_asked, to_do
from parentis.web.custody.case_types import ACKNOWLEDGED, DESK, DETAIN, DETAINING, HOST, KIND, ROUTE, SENT
from parentis.web.custody.models import Detention, Suite
from parentis.web.people.authorisation import holds, organisations_for

TAG_HEX = 24
MOST_KEPT = 10_000
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`action`: the permission to see this board. `cases`: those it shows to somebody. `quiet`: the text shown while
    there are none."""

    id: str
    title: str
    action: str
    cases: "Callable[[Any], QuerySet[Case]]"
    quiet: str


def _suite(person: Any) -> "QuerySet[Case]":
    return permissions.as_participant(person, KIND, DETAINING, permission=DETAIN)


def _authority(person: Any) -> "QuerySet[Case]":
    owned = [place for place in permissions.places_for(person, EDIT, KIND) if is_authority(place)]
    return Case.objects.filter(kind=KIND, place__in=owned) | permissions.as_participant(person, KIND, HOST)


def _desk(person: Any) -> "QuerySet[Case]":
    shared = [place for place in permissions.places_for(person, ROUTE, KIND) if not is_authority(place)]
    return Case.objects.filter(kind=KIND, place__in=shared)


BOARDS: tuple[Board, ...] = (
    Board(id="suite", title="Custody suites", action="custody.notify", cases=_suite,
          quiet="No children are reported in your force's suites."),
    Board(id="authority", title="Children your authority is responsible for", action="custody.work", cases=_authority,
          quiet="No children your authority is responsible for are reported in custody."),
    Board(id="desk", title="Routing desk", action="custody.desk", cases=_desk,
          quiet="No notices to route."),
)  # fmt: skip


def boards_of(person: Any) -> tuple[Board, ...]:
    """The boards that somebody may see."""
    return tuple(one for one in BOARDS if holds(person, one.action))


def cases_on(board: Board, person: Any, suite: str = "") -> "QuerySet[Case]":
    """The open cases now on a board; only those of one suite (its code) if one is given."""
    found = board.cases(person).filter(closed_at=None)
    return found.filter(detention__suite__code=suite) if suite else found


def suites_of(person: Any) -> "QuerySet[Suite]":
    """The suites that the reader of the suites' board can choose from."""
    forces = organisations_for(person, "custody.notify")
    return Suite.objects.filter(force__in=forces, is_open=True)


Known = list[tuple[int, str, str]]
"""For each case on a board: its number, the hash of its history's last entry, and its place."""


def known_on(board: Board, person: Any, suite: str = "") -> Known:
    """What is on a board now, from which its tag is made and it is drawn."""
    return list(cases_on(board, person, suite).order_by("pk").values_list("pk", "head", "place"))


def tag_of(known: Known) -> str:
    """A tag that changes with the board's content: with any write to a case, and when a case is added or removed."""
    return hashlib.sha256(repr(known).encode()).hexdigest()[:TAG_HEX]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One detention on a board. `insists`: it sounds until somebody acts. `alerts`: each sounds once."""

    case: Case
    detention: Detention
    helps: bool
    """Another authority's child: the desk is asked only for practical help near the suite."""
    next_duty: custody.Duty | None
    overdue: tuple[custody.Duty, ...]
    asked: bool
    answered: str
    insists: str
    alerts: tuple[str, ...]
    acknowledges: bool

    @property
    def order(self) -> tuple[bool, datetime, datetime]:
        """Insistent rows first, then by what is due next."""
        return (not self.insists, self.next_duty.due if self.next_duty else LAST, self.case.opened_at)


def rows_on(board: Board, person: Any, suite: str = "", now: datetime | None = None) -> list[Row]:
    """The rows a board shows, in order."""
    return [row for row, _ in drawn_on(board, person, known_on(board, person, suite), now or timezone.now())]


def drawn_on(board: Board, person: Any, known: Known, now: datetime) -> list[tuple[Row, str]]:
    """The rows of a board, in order, each with its HTML; a row drawn within the last minute is not drawn again."""
    own = permissions.places_for(person, EDIT, KIND)
    minute = int(now.timestamp() // 60)
    keys = {pk: (board.id, head, place in own, minute) for pk, head, place in known}
    found = {pk: _KEPT[key] for pk, key in keys.items() if key in _KEPT}
    new = [pk for pk in keys if pk not in found]
    if len(_KEPT) + len(new) > MOST_KEPT:
        _KEPT.clear()
    for case in Case.objects.filter(pk__in=new).select_related("detention__suite", "detention__force"):
        row = _row(board, case, case.place in own, now)
        found[case.pk] = (row, render_to_string("custody/board_row.html", {"row": row, "board": board}))
        if case.head == keys[case.pk][1]:  # no other write in the meantime
            _KEPT[keys[case.pk]] = found[case.pk]
    return sorted(found.values(), key=lambda one: one[0].order)


_KEPT: dict[tuple[str, str, bool, int], tuple[Row, str]] = {}
"""Rows drawn recently, by board, history, place and minute. Permission to see a case is checked each time."""


def _row(board: Board, case: Case, own: bool, now: datetime) -> Row:
    detention: Detention = case.detention
    detention.case = case
    due = to_do(duties_of(detention, now))
    own = own or board.id != "authority"
    asked = is_asked(detention)
    return Row(
        case=case,
        detention=detention,
        helps=not own,
        next_duty=due[0] if due else None,
        overdue=tuple(one for one in due if one.state is custody.State.OVERDUE),
        asked=asked,
        answered=answer_title(detention),
        insists=_insists(board, case, asked=asked) if own else "",
        alerts=_alerts(board, case, detention),
        acknowledges=board.id == "authority" and own and case.state == SENT,
    )


def _insists(board: Board, case: Case, *, asked: bool) -> str:
    """Why a case sounds on a board until somebody acts, in words; empty if it does not."""
    if board.id == "desk":
        return "To be routed" if case.state == DESK else ""
    if board.id == "authority":
        return "To be acknowledged" if case.state == SENT else "Accommodation requested" if asked else ""
    return ""


def _alerts(board: Board, case: Case, detention: Detention) -> tuple[str, ...]:
    """Names of the events for which a board sounds once."""
    happened = {
        f"{case.pk}:here": board.id != "suite",
        f"{case.pk}:acknowledged:{case.place}": board.id == "suite" and case.state == ACKNOWLEDGED,
        f"{case.pk}:answered:{detention.answer}": board.id == "suite" and detention.answer is not None,
        f"{case.pk}:asked:{detention.request}": board.id == "authority" and detention.request is not None,
    }
    return tuple(name for name, has in happened.items() if has)
