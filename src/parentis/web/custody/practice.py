"""The practice region's custody: suites, indexes, and the last days of a synthetic month. None of the children
exists."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from parentis import region
from parentis.services import custody
from parentis.web.cases.operations import move
from parentis.web.custody.boards.timeline import REFUSED, SECURE
from parentis.web.custody.case_types import DESK, SENT
from parentis.web.custody.intake import index
from parentis.web.custody.intake.notices import read_news
from parentis.web.custody.models import TIMES, Detention, Suite
from parentis.web.custody.operations import send, take_in, tell
from parentis.web.duty.practice import make_practice_rota
from parentis.web.people.initial_accounts import DEMO_BOROUGHS, DEMO_DOMAIN, person_with
from parentis.web.people.models import Membership, Organisation
from parentis.web.people.roles import Kind

if TYPE_CHECKING:
    import polars as pl

SEED = 7
SHOWN = 60
"""Number of the month's detentions that the site shows: the last that concern a borough with accounts."""
FORCE, CITY = "practice-met", "practice-city"
TOLD_AFTER = timedelta(minutes=15)


def practice_postcodes() -> "pl.DataFrame":
    """`postcode` and `authority` of the invented postcodes."""
    return custody.practice_month(SEED).postcodes


def make_practice_custody(now: datetime | None = None) -> int:
    """Make fresh indexes for all authorities, and suites and detentions ending at `now` where there are none yet.
    Returns the number of new detentions."""
    now, month = now or timezone.now(), custody.practice_month(SEED)
    _indexes(month, now)
    make_practice_rota(now)
    met = _force(FORCE, "Practice Metropolitan Police", "london")
    city = _force(CITY, "Practice City of London Police", "bcu-city-of-london")
    _printed_officers(met)
    if Suite.objects.exists():
        return 0
    boroughs = {region.authority(name).gss for name in DEMO_BOROUGHS}
    near = [one for one in month.notices if {one.detention.responsible, one.case.detained_in} & boroughs][-SHOWN:]
    shift = now - near[-1].detention.times.arrival - timedelta(hours=1)
    suites = _suites(met, city)
    for one in near:
        _lived(one, suites[one.case.detained_in], shift, now)
    # The whole month is already in the practice lake.
    Detention.objects.exclude(release=None, transfer=None).update(handed_over_at=now)
    return len(near)


def _indexes(month: custody.PracticeMonth, now: datetime) -> None:
    for authority in region.members("london", timezone.localdate(now)):
        own = [one for one in month.index if one.authority == authority]
        index.load(by=None, authority=authority, entries=own, as_of=now)


def _printed_officers(force: Organisation) -> None:
    """Let the printed custody officers of a police command, which has no suites of its own, serve in the force's suites
    too, so that people trying the site can give notice there."""
    held = Membership.objects.filter(role="custody-officer", person__email__endswith=f".{DEMO_DOMAIN}")
    for one in held.exclude(organisation__slug__in=(FORCE, CITY)).select_related("person"):
        Membership.objects.get_or_create(person=one.person, organisation=force, role="custody-officer")


def _suites(met: Organisation, city: Organisation) -> Mapping[str, Suite]:
    """A suite in each authority; the City's belongs to its own police."""
    made = {}
    for footprint in region.footprints():
        if footprint.kind != "bcu":
            continue
        for code in region.members(footprint.id, timezone.localdate()):
            name = region.authority(code).name
            made[code] = Suite.objects.create(
                code=f"practice-{code.lower()}", name=f"Practice suite, {name}", command=footprint.id, authority=code,
                force=city if footprint.id == "bcu-city-of-london" else met,
            )  # fmt: skip
    return made


def _force(slug: str, name: str, footprint: str) -> Organisation:
    made: Organisation = Organisation.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": Kind.POLICE, "footprint": footprint}
    )[0]
    person_with(
        email=f"custody-officer@{slug}.practice.example", name=f"Custody officer, {name}", organisation=made,
        role="custody-officer",
    )  # fmt: skip
    return made


def _lived(one: custody.PracticeNotice, suite: Suite, shift: timedelta, now: datetime) -> None:
    """A notice, and what is known of it by now. Of the detentions that have not ended, a third of the doubtful ones
    still wait at the desk, and half of those sent are acknowledged."""
    stay, subject = one.detention, one.case.subject
    times = {name: value + shift for name, value in _times(stay.times) if value + shift <= now}
    notice = {
        "record_number": one.reference, "arrival": times["arrival"], "sex": stay.sex,
        "ethnicity_self": stay.ethnicity,
        **{field.name: getattr(subject, field.name) or "" for field in fields(subject) if field.name != "sex"},
    }  # fmt: skip
    at = min(times["arrival"] + TOLD_AFTER, now)
    taken = take_in(by=None, suite=suite, news=read_news(notice, at=at, now=now), key=f"notice {one.reference}")
    case = taken.detention.case
    if case.state == DESK and ("release" in times or int(one.reference[-1]) % 3):
        case = send(by=None, detention=taken.detention, authority=one.case.truth, why="Practice: the family was asked",
                    seen=None)  # fmt: skip
    if case.state == SENT and ("release" in times or int(one.reference[-1]) % 2):
        move(by=None, case=case, move="acknowledge", seen=None)
    later: dict[str, Any] = {name: value for name, value in times.items() if name != "arrival"}
    later["strip_searched"], later["force_used"] = stay.strip_search, stay.force
    if stay.times.bail_refused and "bail_decision" in times:
        later["bail"] = REFUSED
    if "request" in times:
        later["accommodation"] = SECURE if stay.secure else "non-secure"
        later["justification"] = "Practice: said why" if stay.secure_justified else ""
    if "certificate" in times:
        later["ground"] = stay.certificate_ground
    answer = later.pop("answer", None)
    tell(by=None, detention=taken.detention, news=read_news(later, at=now, now=now), key=f"news {one.reference}")
    if answer is not None and stay.answer:
        Detention.objects.filter(pk=case.pk).update(answer=answer, answer_code=stay.answer)


def _times(times: custody.Times) -> Iterator[tuple[str, datetime]]:
    for name in TIMES:
        value = getattr(times, name)
        if value is not None:
            yield name, value
