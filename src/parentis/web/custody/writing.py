"""Every write to a detention: a notice, news of it, its way from the desk, a legal hold, forgetting.

A notice is one transaction: decided, kept, on its history and on the record, and only then answered. Sent again under
its key it is answered as before, and nothing happens twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.errors import UserError
from parentis.services.custody import Outcome
from parentis.web.cases.history import canonical
from parentis.web.cases.kinds import FORGET, WORK
from parentis.web.cases.models import Case
from parentis.web.cases.writing import SideStart, change, hand_over, open_case
from parentis.web.custody import enclave
from parentis.web.custody.casework import DESK, DETAIN, DETAINING, ENDED, HOST, KIND, SENT
from parentis.web.custody.deciding import decide
from parentis.web.custody.models import Delivery, Detention, Suite
from parentis.web.custody.notices import News, NoticeError, age_on
from parentis.web.duty import calling
from parentis.web.people.authorise import require

DESK_PLACE = "london"
"The footprint that owns a case while nobody knows whose it is."
BY_HAND = "by-hand"
"The rule of what a person at the routing desk decided."
STANDINGS = {"looked-after": "looked after", "case-held": "case"}
"What a child is to the authority, by the rule that found it."
BORN = "date_of_birth"
OLDEST = 130
LONGEST_KEY = 100


class DeliveryError(UserError):
    """A key that was used for another message, or a custody record that is here already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a message. `answer` is what its sender is told, plain JSON; `new`: not a repetition."""

    detention: Detention
    answer: Mapping[str, Any]
    new: bool


def take_in(
    *, by: Any, suite: Suite, news: News, key: str, request: HttpRequest | None = None
) -> Taken:  # fmt: skip
    """A notice of a child in a suite. `key` is the sender's own name for this message."""
    if by is not None:
        require(by, "custody.notify", organisation=suite.force)
    if "record_number" not in news.sealed:
        raise NoticeError(
            expected="a custody record number", found="none", where="record_number", do="record_number: it is needed."
        )
    body = _body(f"notice {suite.code}", news)
    record_hash = enclave.digest(news.sealed["record_number"], f"record/{suite.force_id}")
    try:
        return _once(suite, key, body, lambda kept: _opened(by, suite, news, kept, body, record_hash, request))
    except IntegrityError:
        here = Detention.objects.filter(force=suite.force_id, record_hash=record_hash).first()
        if here is None:
            raise
        raise DeliveryError(
            expected="a custody record that is new", found=f"one that is here as {here.reference}",
            where="record_number", do="Send what is new as news of that detention.",
        ) from None  # fmt: skip


def tell(*, by: Any, detention: Detention, news: News, key: str, request: HttpRequest | None = None) -> Taken:
    """News of a detention; with `release` in it, its end. A field that is known from a later moment stays as it is."""
    if by is not None:
        require(by, "custody.notify", organisation=detention.force)
    body = _body(f"news {detention.reference}", news)
    return _once(detention, key, body, lambda kept: _told(by, detention, news, kept, body, request))


def _once(about: Suite | Detention, key: str, body: str, write: Callable[[str], Taken]) -> Taken:
    if not key or len(key) > LONGEST_KEY:
        raise DeliveryError(
            expected="a key of 1 to 100 characters", found="none, or a longer one", where="Idempotency-Key",
            do="Send a key of your own with each message, and the same key when you send it again.",
        )  # fmt: skip
    key = enclave.digest(key, "key")
    before = _delivered(about, key, body)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return write(key)
    except IntegrityError:
        # Somebody sent the same at the same moment and was first, or the custody record is here already.
        before = _delivered(about, key, body)
        if before is None:
            raise
        return before


def _delivered(about: Suite | Detention, key: str, body: str) -> Taken | None:
    found = Delivery.objects.filter(force=about.force_id, key=key).first()
    if found is None:
        return None
    if found.body != body:
        raise DeliveryError(
            expected="the message that this key was used for", found="another", where="Idempotency-Key",
            do="Take a new key for a new message. Nothing was changed.",
        )  # fmt: skip
    detention = Detention.objects.select_related("case").get(pk=found.case_id)
    return Taken(detention=detention, answer=found.answer, new=False)


def _opened(
    by: Any, suite: Suite, news: News, key: str, body: str, record_hash: str, request: HttpRequest | None
) -> Taken:
    now, reference = timezone.now(), uuid4()
    decision = decide(news.sealed, news.columns, detained_in=suite.authority, now=now)
    place, state = (decision.authority, SENT) if decision.outcome is Outcome.ROUTED else (DESK_PLACE, DESK)
    rows = enclave.sealed_values(reference, news.at, news.sealed)
    value = {
        "suite": suite.code, "at": news.at.isoformat(), "told": news.plain, "sealed": enclave.commitments(rows),
        "rule": decision.rule, "reason": decision.reason, "table": decision.table_version,
    }  # fmt: skip
    detention = Detention(
        reference=reference, force=suite.force, suite=suite, command=suite.command, detained_in=suite.authority,
        record_hash=record_hash, as_at=dict.fromkeys(news.columns, news.at.isoformat()), rule=decision.rule,
        reason=decision.reason, table_version=decision.table_version, routed_at=now if state == SENT else None,
        also=next(iter(decision.also), ""), standing=STANDINGS.get(decision.rule, "none"), **news.columns,
    )  # fmt: skip
    if BORN in news.sealed:
        detention.age = _age(news, detention.arrival)
        detention.as_at[BORN] = news.at.isoformat()
    case = open_case(
        by=by, kind=KIND, place=str(place), value=value, state=state, sides=_sides(detention), asked=True,
        request=request,
        apply=lambda case: _keep(case, detention, rows, key, body),
    )  # fmt: skip
    detention.case = case
    return Taken(detention=detention, answer=answer_of(detention), new=True)


def _sides(detention: Detention) -> list[SideStart]:
    """The force sees it through; the duty desk where the suite stands helps another's child."""
    force = SideStart(side=DETAINING, place=detention.force.slug, why="It holds the child.")
    if not detention.also:
        return [force]
    return [force, SideStart(side=HOST, place=detention.also, why="The suite stands there: practical help.")]


def _keep(case: Case, detention: Detention, rows: Any, key: str, body: str) -> None:
    detention.case = case
    detention.save(force_insert=True)
    enclave.keep(case, rows)
    Delivery.objects.create(force=detention.force, key=key, body=body, case=case, answer=answer_of(detention))
    calling.begin(case)


def _told(by: Any, detention: Detention, news: News, key: str, body: str, request: HttpRequest | None) -> Taken:
    rows = enclave.sealed_values(detention.reference, news.at, news.sealed)
    value = {"at": news.at.isoformat(), "told": news.plain, "sealed": enclave.commitments(rows)}
    answers: list[Taken] = []

    def apply(case: Case) -> None:
        held = Detention.objects.get(pk=case.pk)
        held.case = case
        late = _apply(held, news)
        held.save()
        enclave.keep(case, rows)
        _end(case, held)
        answer = answer_of(held) | {"late": late}
        Delivery.objects.create(force=held.force, key=key, body=body, case=case, answer=answer)
        answers.append(Taken(detention=held, answer=answer, new=True))

    asks = "request" in news.columns and news.columns["request"] is not None
    change(
        by=by, case=detention.case, what="told", value=value, apply=apply, seen=None, deed=DETAIN,
        tell=WORK if asks else "", text="accommodation is asked for" if asks else "", request=request,
    )  # fmt: skip
    return answers[0]


def _apply(detention: Detention, news: News) -> list[str]:
    """Put news into the columns, but for fields that are known from a later moment: gives those."""
    late = []
    for name, value in news.columns.items():
        known = detention.as_at.get(name)
        if known is not None and datetime.fromisoformat(known) > news.at:
            late.append(name)
            continue
        setattr(detention, name, value)
        detention.as_at[name] = news.at.isoformat()
    born = detention.as_at.get(BORN)
    if BORN in news.sealed and (born is None or datetime.fromisoformat(born) <= news.at):
        detention.age = _age(news, detention.arrival)
        detention.as_at[BORN] = news.at.isoformat()
    return late


def _end(case: Case, detention: Detention) -> None:
    """A release closes the case; one that is taken back opens it again, to be acknowledged anew."""
    closed = case.state_now.closed
    if detention.release is not None and not closed:
        case.state, case.closed_at = ENDED, timezone.now()
    elif detention.release is None and closed:
        case.state, case.closed_at = SENT if case.authority else DESK, None
        calling.begin(case)


def send(
    *, by: Any, detention: Detention, authority: str, why: str, seen: int | None, standing: str = "",
    request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """From the routing desk to an authority, by a person who says why, and what the child is to it (`standing`)."""

    def apply(case: Case) -> None:
        Detention.objects.filter(pk=case.pk).update(
            rule=BY_HAND, reason="A person at the routing desk decided.", routed_at=timezone.now(),
            standing=standing or "none",
        )  # fmt: skip
        calling.begin(case)

    return hand_over(
        by=by, case=detention.case, move="route", to=region.authority(authority).gss, why=why, seen=seen, apply=apply,
        request=request,
    )  # fmt: skip


def hold(*, by: Any, detention: Detention, on: bool, why: str, request: HttpRequest | None = None) -> Case:
    """Put a legal hold on what is kept of a child, or take it off. What is held is not erased."""
    if not why.strip():
        raise NoticeError(expected="a reason", found="none", where="why", do="Say why; it is kept in the history.")

    def apply(case: Case) -> None:
        Detention.objects.filter(pk=case.pk).update(held_at=timezone.now() if on else None)

    return change(
        by=by, case=detention.case, what="held" if on else "hold-ended", value={"text": why.strip()}, apply=apply,
        seen=None, deed=FORGET, request=request,
    )  # fmt: skip


def _age(news: News, at: datetime | None) -> int | None:
    """In whole years on the day of arrival; None where no believable date of birth was given."""
    born = news.sealed.get(BORN)
    if not born:
        return None
    age = age_on(date.fromisoformat(born), region.local_day(at or news.at))
    return age if 0 <= age <= OLDEST else None


def answer_of(detention: Detention) -> dict[str, Any]:
    """What the sender of a notice is told: nothing of the child."""
    case = detention.case
    return {
        "reference": str(detention.reference),
        "state": case.state,
        "authority": case.authority or None,
        "authority_name": case.place_name if case.authority else None,
        "rule": detention.rule,
        "reason": detention.reason,
    }


def _body(about: str, news: News) -> str:
    at = news.at.isoformat() if news.dated else ""
    said = {"about": about, "at": at, "sealed": dict(news.sealed), "columns": news.plain}
    return enclave.digest(canonical(said).decode(), "body")
