"""Who may do what with a child in custody, against a table written by hand; no step without a reason in words."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from custody_places import CROYDON, entry, fresh_indexes, notice, suite_of
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from parentis.errors import UserError
from parentis.region import Unit
from parentis.web.cases import permissions
from parentis.web.cases.templatetags.cases import is_late, is_past
from parentis.web.custody import encrypted_store, operations
from parentis.web.custody.boards import accommodation
from parentis.web.custody.desk.match_review import compared
from parentis.web.organisation_kinds import Kind
from parentis.web.people.permissions import actions
from parentis.web.people.roles import ROLES

DUTY = {("authority", "emergency-duty"), ("authority", "front-door"), ("authority", "youth-justice")}
OFFICER, DESK = ("police", "custody-officer"), ("region", "routing-desk")
DPO, REGIONS_DPO = ("authority", "data-protection"), ("region", "data-protection")
BY_HAND = {
    "custody.notify": {OFFICER},
    "custody.read": DUTY | {DPO},
    "custody.work": DUTY,
    "custody.desk": {DESK},
    "custody.desk-read": {DESK, REGIONS_DPO},
    "custody.desk-erase": {REGIONS_DPO},
    "custody.index": {("authority", "analyst")},
    "custody.erase": {DPO},
    "custody.board": DUTY | {OFFICER, DESK},
    "custody.open": DUTY | {OFFICER, DESK, DPO, REGIONS_DPO},
}


@pytest.mark.unit
def test_the_actions_of_custody_are_those_of_the_table() -> None:
    found = {
        name: {(str(kind), role) for kind, role in action.to}
        for name, action in actions().items()
        if name.startswith("custody.")
    }
    assert found == BY_HAND


@pytest.mark.integration
def test_nobody_else_reads_a_child_in_custody_whatever_their_role(places, person):
    fresh_indexes(entry())
    case = notice(suite_of(places["police"])).detention.case
    assert case.place == CROYDON
    homes = {"authority": "croydon", "region": "region", "police": "police", "child-deaths": "child-deaths",
             "provider": "provider", "government": "government"}  # fmt: skip
    reads = {one for one in BY_HAND["custody.read"] if one != DPO} | {OFFICER}
    tried = 0
    for role in ROLES:
        for kind in role.kinds:
            if str(kind) not in homes:
                continue
            someone, tried = person(role.id, homes[str(kind)]), tried + 1
            if (str(kind), role.id) in reads:
                assert encrypted_store.read(someone, case, ["surname"], "Answering"), role.id
            else:
                with pytest.raises(PermissionDenied):
                    encrypted_store.read(someone, case, ["surname"], "Curious")
            if (str(kind), role.id) not in reads | {DPO}:
                with pytest.raises(Http404):
                    permissions.case_for(someone, "custody", case.pk)
    assert tried >= 30
    assert Kind.AUTHORITY in next(one for one in ROLES if one.id == "analyst").kinds


@pytest.mark.integration
@pytest.mark.parametrize("blank", ["", "   ", "\n\t "])
def test_spaces_are_no_reason(places, person, blank):
    fresh_indexes(entry(surname="Practice"))
    suite = suite_of(places["police"])
    waits = notice(suite, "SYN/1").detention
    desk, officer = person("routing-desk", "region"), person("custody-officer", "police")
    with pytest.raises(UserError, match="reason"):
        operations.send(by=desk, detention=waits, authority="Croydon", why=blank, seen=None)
    with pytest.raises(UserError, match="reason"):
        operations.hold(by=None, detention=waits, on=True, why=blank)
    with pytest.raises(UserError, match="reason"):
        operations.withdraw(by=officer, detention=waits, why=blank)
    with pytest.raises(UserError, match="reason"):
        compared(desk, waits.case, blank)
    with pytest.raises(UserError, match="reason"):
        encrypted_store.read(officer, waits.case, ["surname"], blank)
    operations.send(by=desk, detention=waits, authority="Croydon", why="The aunt said so", seen=None)
    waits.refresh_from_db()
    for to in ("Camden", ""):
        with pytest.raises(UserError, match="reason"):
            accommodation.give_to(
                by=person("emergency-duty", "croydon"), case=waits.case, authority=to, why=blank, seen=None
            )
    assert (waits.case.place, waits.held_at) == (CROYDON, None)


@pytest.mark.unit
def test_pages_and_clocks_agree_on_the_very_instant(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    def clock(unit, due_at):
        return SimpleNamespace(unit=unit.value, due_at=due_at, met_at=None)

    assert not is_late(clock(Unit.HOURS, now))
    assert is_late(clock(Unit.HOURS, now - timedelta(microseconds=1)))
    assert is_late(clock(Unit.WORKING_DAYS, now)) is is_past(now) is True
    assert not is_late(clock(Unit.WORKING_DAYS, now + timedelta(microseconds=1)))
