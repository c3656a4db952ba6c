"""Every write to the register. What happens to a recommendation itself goes through its case (`cases.writing`)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.region import midnight
from parentis.web.audit.recording import record
from parentis.web.cases import reach
from parentis.web.cases.kinds import WORK
from parentis.web.cases.models import Case, is_authority
from parentis.web.cases.writing import ClockStart, change, open_case
from parentis.web.recommendations.casework import DUE, KIND
from parentis.web.recommendations.deadlines import DEADLINES
from parentis.web.recommendations.models import Grading, Group, Meeting, Member, Recommendation, Report


class TakenError(UserError):
    """Something in the register that is there once already."""


@transaction.atomic
def enter(
    *, by: Any, report: str, inspectorate: str, published_on: date, number: str, text: str, deadline: str, owners: str,
    place: str, state: str = "", link: str = "", synthetic: bool = False, request: HttpRequest | None = None,
) -> Recommendation:  # fmt: skip
    """A recommendation of a report (made if it is not here) to a place; its clock starts on the day of publication."""
    start = ClockStart(
        name=DUE, title="Due", term=DEADLINES[deadline].term, started_at=midnight(published_on)
    )  # fmt: skip
    value = {"report": report, "number": number, "text": text, "deadline": deadline, "owners": owners}
    case = open_case(by=by, kind=KIND, place=place, value=value, state=state, clocks=[start], request=request)
    source, _ = Report.objects.get_or_create(
        title=report, published_on=published_on,
        defaults={"inspectorate": inspectorate, "link": link, "synthetic": synthetic},
    )  # fmt: skip
    made: Recommendation = Recommendation.objects.create(
        case=case, report=source, number=number, text=text, deadline=deadline, owners=owners, place=place
    )
    return made


def change_owners(
    *, by: Any, recommendation: Recommendation, owners: str, seen: int | None, request: HttpRequest | None = None
) -> None:
    """Who answers for a recommendation from now on."""

    def apply(case: Case) -> None:
        Recommendation.objects.filter(case=case).update(owners=owners)

    change(
        by=by, case=recommendation.case, what="owners-changed", value={"text": owners}, apply=apply, seen=seen,
        text="its owners changed", request=request,
    )  # fmt: skip


def change_text(
    *, by: Any, recommendation: Recommendation, number: str, text: str, why: str, seen: int | None,
    request: HttpRequest | None = None,
) -> None:  # fmt: skip
    """Put a recommendation's number or words right. What they were, and why they changed, stay in its history."""
    was = {"number": recommendation.number, "text": recommendation.text}
    said = f"{why}\n\nBefore, as number {recommendation.number}: {recommendation.text}"

    def apply(case: Case) -> None:
        same = Recommendation.objects.filter(report=recommendation.report, number=number, place=case.place)
        if same.exclude(case=case).exists():
            raise TakenError(
                expected="a number that no other recommendation of the report has", found="one that is taken",
                where="number", do="Give the number that the report gives.",
            )  # fmt: skip
        Recommendation.objects.filter(case=case).update(number=number, text=text)

    change(
        by=by, case=recommendation.case, what="text-changed", apply=apply, seen=seen, text="its words changed",
        value={"was": was, "now": {"number": number, "text": text}, "text": said}, request=request,
    )  # fmt: skip


@transaction.atomic
def add_group(*, by: Any, name: str, place: str, purpose: str = "", request: HttpRequest | None = None) -> Group:
    """A group that oversees a place's recommendations."""
    reach.require(by, WORK, kind=KIND, place=place)
    group: Group = Group.objects.create(name=name, place=place, purpose=purpose)
    _record(by, "group:added", place, name, request)
    return group


@transaction.atomic
def add_member(
    *, by: Any, group: Group, name: str, organisation: str, position: str, since: date,
    request: HttpRequest | None = None,
) -> Member:  # fmt: skip
    """Somebody who sits in a group from a day on. They need no account here."""
    reach.require(by, WORK, kind=KIND, place=group.place)
    member: Member = Member.objects.create(
        group=group, name=name, organisation=organisation, position=position, since=since
    )
    _record(by, "group:joined", group.place, str(group), request)
    return member


@transaction.atomic
def member_left(*, by: Any, member: Member, until: date, request: HttpRequest | None = None) -> None:
    """A member's last day; again does no harm."""
    reach.require(by, WORK, kind=KIND, place=member.group.place)
    if Member.objects.filter(pk=member.pk, until=None).update(until=max(until, member.since)):
        _record(by, "group:left", member.group.place, str(member.group), request)


@transaction.atomic
def add_meeting(*, by: Any, group: Group, held_on: date, minutes: str, request: HttpRequest | None = None) -> Meeting:
    """The minutes of a meeting."""
    reach.require(by, WORK, kind=KIND, place=group.place)
    meeting: Meeting = Meeting.objects.create(group=group, held_on=held_on, minutes=minutes)
    _record(by, "meeting:minuted", group.place, f"{group}, {held_on}", request)
    return meeting


@transaction.atomic
def add_grading(
    *, by: Any, place: str, inspectorate: str, subject: str, judgement: str, inspected_on: date, source: str,
    request: HttpRequest | None = None,
) -> Grading:  # fmt: skip
    """A judgement of an inspection or re-inspection."""
    reach.require(by, WORK, kind=KIND, place=place)
    grading: Grading = Grading.objects.create(
        place=place, inspectorate=inspectorate, subject=subject, judgement=judgement, inspected_on=inspected_on,
        source=source,
    )  # fmt: skip
    _record(by, "grading:added", place, f"{subject}, {inspected_on}", request)
    return grading


def _record(by: Any, what: str, place: str, subject: str, request: HttpRequest | None) -> None:
    authority = place if is_authority(place) else ""
    record(who=by, what=what, authority=authority, subject=subject, detail={"place": place}, request=request)
