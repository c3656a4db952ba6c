"""What follows from a step: a provider is asked, an offer is noted, one is accepted and the others are withdrawn."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.cases import operations, records
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.models import Case, CaseParticipant, Record
from parentis.web.cases.operations import CaseStateError, ParticipantStart
from parentis.web.cases.permissions import require_of
from parentis.web.cases.register.operations import enter
from parentis.web.organisation_kinds import Kind
from parentis.web.people.models import Organisation
from parentis.web.places.case_types import ANSWERED, ASKED, REFERRAL, REQUEST

COPIED = ("looked_for", "urgency", "need_by", "sex", "age", "basis", "risks", "needs")
"What a provider that is asked reads of the referral."
OPEN_REQUESTS = ("asked", "offered")
_ENDED = "The provider's part in the request is over."


class UnknownProviderError(UserError):
    """An organisation that is no provider here."""


def _asked(provider: str) -> ParticipantStart:
    if not Organisation.objects.filter(slug=provider, kind=Kind.PROVIDER).exists():
        raise UnknownProviderError(
            expected="a provider that has an account here", found="another", where="Provider",
            do="Choose the provider from the list, or ask an administrator to add it.",
        )  # fmt: skip
    return ParticipantStart(role=ASKED, place=provider, why="It is asked for a place.")


def requests_of(referral: Case) -> list[Record]:
    """The requests made for a referral, in the order they were made."""
    found = Record.objects.filter(case__kind=REQUEST, case__place=referral.place, values__referral=referral.pk)
    return list(found.select_related("case").order_by("case"))


@transaction.atomic
def ask(
    *, by: Any, referral: Case, provider: str, urn: str, home: str, why: str = "", practice: bool = False,
    request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Ask a provider (its short name) for a place in a home for a referral's child; `why` where the matching names
    others. CaseStateError where no place is
    looked for any more, or that home is asked already."""
    held = Case.objects.select_for_update(of=("self",)).get(pk=referral.pk, kind=REFERRAL)
    require_of(by, EDIT, held)
    if held.state != "looking":
        raise CaseStateError(
            expected="a referral for which a place is looked for", found=held.state_now.title, where=str(held),
            do="Nobody was asked.",
        )  # fmt: skip
    if any(one.values.get("urn") == urn and one.case.state in OPEN_REQUESTS for one in requests_of(held)):
        raise CaseStateError(
            expected="a home that is not being asked already", found="one that is", where=home,
            do="Wait for its answer, or withdraw that request first.",
        )  # fmt: skip
    values = records.values_of(held.record)
    made = enter(
        by=by, kind=REQUEST, place=held.place, participant_roles=(_asked(provider),), practice=practice,
        request=request,
        values={
            **{name: values[name] for name in COPIED},
            "home": home, "provider": provider, "urn": urn, "referral": held.pk,
        },
    )  # fmt: skip
    operations.change(
        by=by, case=held, what="provider-asked", seen=None, request=request,
        value={"text": ": ".join(filter(None, [home, why.strip()])), "urn": urn},
        apply=lambda case: _meet(case, "ask"),
    )  # fmt: skip
    return made


def note_offer(request_case: Case) -> None:
    """The referral's clock of the first offer has been met."""
    referral = referral_of(request_case)
    if referral is None:
        return
    operations.change(
        by=None, case=referral, what="offer-received", value={"text": str(request_case.record.values.get("home"))},
        seen=None, apply=lambda case: _meet(case, "offer"),
    )  # fmt: skip


def accept_offer(request_case: Case) -> None:
    """The referral has its place; every other request for it is withdrawn."""
    values, referral = records.values_of(request_case.record), referral_of(request_case)
    if referral is None:
        return
    request_case.save(update_fields=["state", "closed_at"])  # it is not among those that are withdrawn
    operations.move(
        by=None, case=referral, move="accept", seen=None, why="An offer was accepted.",
        values={"placed_with": values["home"], "price": values["offered_price"]},
    )  # fmt: skip


def withdraw_requests(referral: Case) -> None:
    """Withdraw the open requests of a referral whose search has ended."""
    for one in requests_of(referral):
        if one.case.state in OPEN_REQUESTS:
            operations.move(by=None, case=one.case, move="withdraw", seen=None, why="No longer looked for.")


def end_part(request_case: Case) -> None:
    """A provider whose request has closed still sees the request, but not the child's risks."""
    now = timezone.now()
    for one in request_case.participants.filter(role=ASKED, until=None):
        CaseParticipant.objects.filter(pk=one.pk).update(until=now)
        request_case.participants.get_or_create(
            role=ANSWERED, place=one.place, until=None, defaults={"since": now, "why": _ENDED}
        )


def referral_of(request_case: Case) -> Case | None:
    number = request_case.record.values["referral"]
    return Case.objects.filter(pk=number, kind=REFERRAL, place=request_case.place).first()


def _meet(case: Case, clock: str) -> None:
    case.clocks.filter(name=clock, met_at=None).update(met_at=timezone.now())
