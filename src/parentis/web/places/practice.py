"""Practice referrals (all children are invented): new, asked, declined, offered and placed, as on a usual day."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Case, Record
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.cases.register.practice import example_case
from parentis.web.organisation_kinds import Kind
from parentis.web.people.initial_accounts import DEMO_BOROUGHS, organisation
from parentis.web.places.case_types import REFERRAL
from parentis.web.places.operations import ask

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]
PROVIDER = "practice-provider"
HOMES = (("SC900001", "Practice House"), ("SC900002", "Practice Lodge"))
CHILDREN = (
    ("secure", "emergency", "F", 14, "s25-72h", ("absconding", "self-harm")),
    ("secure", "urgent", "M", 15, "s25-order", ("violence",)),
    ("therapeutic", "urgent", "F", 13, "dol", ("self-harm", "health")),
    ("supported", "planned", "M", 17, "s20", ("exploitation",)),
    ("secure", "urgent", "M", 16, "relevant", ("absconding", "gang")),
)
"Looked for, urgency, sex, age, basis, risks."


@transaction.atomic
def make_practice_places() -> int:
    """Referrals of the boroughs that have accounts; gives how many are new, 0 where there were any."""
    if Record.objects.filter(case__kind=REFERRAL).exists():
        return 0
    organisation(PROVIDER, name="Practice provider", kind=Kind.PROVIDER)
    made = 0
    for name in DEMO_BOROUGHS:
        for number, child in enumerate(CHILDREN, 1):
            case = _referral(region.authority(name).gss, f"SYN-{name[:3].upper()}-{number}", child)
            _work(case, number)
            made += 1
    return made


def _referral(place: str, reference: str, child: tuple[str, str, str, int, str, tuple[str, ...]]) -> Case:
    today = timezone.localdate()
    kind, urgency, sex, age, basis, risks = child
    return enter(
        by=None, kind=REFERRAL, place=place, practice=True,
        values={
            "reference": reference, "looked_for": kind, "urgency": urgency, "referred_on": today,
            "need_by": today + timedelta(days={"emergency": 0, "urgent": 1, "planned": 3}[urgency]), "sex": sex,
            "ethnicity": "N", "age": age, "basis": basis, "basis_on": today, "radius": 80, "together": 1,
            "born_on": today - timedelta(days=366 * age + 40), "risks": risks, "apart": None, "siblings": None,
            "needs": "Practice: school on site, and somebody awake at night.",
        },
    )  # fmt: skip


def _work(case: Case, number: int) -> None:
    """The first is new; the next are asked about, declined, offered, and placed."""
    if number == 1:
        return
    first, second = (
        ask(by=None, referral=case, provider=PROVIDER, urn=urn, home=home, practice=True) for urn, home in HOMES
    )
    if number >= 3:
        move(by=None, case=second, move="decline", seen=None, values={"decline_reason": "mix"})
    if number >= 4:
        offer = {"offered_price": "10500.00", "available_on": timezone.localdate()}
        move(by=None, case=first, move="offer", seen=None, values=offer)
    if number >= 5:
        move(by=None, case=first, move="accept", seen=None)


def _referral_of(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"pk": example_case(REFERRAL, places[place].authority).pk}


def _of_place(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"gss": places[place].authority}


SAMPLES: dict[str, Sample] = {
    "referral-ask": _referral_of,
    "referral-match": _referral_of,
    "places-alone": _of_place,
    "places-alone-csv": _of_place,
    "places-adopt": lambda _places, _place: {"rule": "2026-2"},
}
