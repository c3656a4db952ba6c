"""Every write to a detention: a notice, news of it, sending it from the desk, a legal hold, erasure.

A notice is one transaction: it is decided, stored, added to its history and put on the audit record, and only then
answered. A message sent again under its key gets the same answer and has no further effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.errors import UserError
from parentis.services.custody import Decision, Outcome
from parentis.web.cases.declarations import EDIT, ERASE
from parentis.web.cases.history import canonical
from parentis.web.cases.models import Case
from parentis.web.cases.operations import Opening, ParticipantStart, change, hand_over, move, open_cases
from parentis.web.custody import encrypted_store
from parentis.web.custody.case_types import (
    DESK,
    DESK_PLACE,
    DETAIN,
    DETAINING,
    ENDED,
    HOST,
    KIND,
    SENT,
    STANDINGS,
    WITHDRAWN,
)
from parentis.web.custody.intake.notices import News, NoticeError, age_on
from parentis.web.custody.models import Delivery, Detention, EncryptedValue, Suite
from parentis.web.custody.reconsideration import Said, decide_anew
from parentis.web.custody.routing import COLUMNS, TAKEN, Asked, decide_all, subject_now, subject_of
from parentis.web.duty import escalation
from parentis.web.people.authorisation import require

BY_HAND = "by-hand"
"""The rule recorded for a decision by a person at the routing desk."""
BORN = "date_of_birth"
OLDEST = 130
LONGEST_KEY = 100


class DeliveryError(UserError):
    """A key that was already used for another message, or a custody record that is already stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The outcome of a message. `answer` is what its sender is told, as plain JSON; `new`: the message is not a
    repeat."""

    detention: Detention
    answer: Mapping[str, Any]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMessage:
    """A notice to be taken in. `key` is the sender's own name for this message; `request` is the request that brought
    it, where notices from several requests are taken in together."""

    suite: Suite
    news: News
    key: str
    request: HttpRequest | None = None

    @property
    def kept_key(self) -> str:
        return encrypted_store.digest(self.key, "key")

    @property
    def record_hash(self) -> str:
        return record_hash(self.news.sealed["record_number"], self.suite.force_id)

    @property
    def body(self) -> str:
        return _body(f"notice {self.suite.code}", self.news)


def record_hash(number: str, force_id: int) -> str:
    """The keyed hash of a force's own number for a detention: the same whatever its letter case and spaces."""
    return encrypted_store.digest(spelled(number), f"record/{force_id}")


def spelled(number: str) -> str:
    """A force's number in its standard spelling."""
    return "".join(number.split()).casefold()


def take_in(*, by: Any, suite: Suite, news: News, key: str, request: HttpRequest | None = None) -> Receipt:
    """Take in a notice of a child in a suite."""
    return _or_raise(take_in_all([NoticeMessage(suite=suite, news=news, key=key)], by=by, request=request)[0])


def take_in_all(
    parcels: Sequence[NoticeMessage], *, by: Any, request: HttpRequest | None = None
) -> "list[Receipt | UserError]":
    """Take in several notices in one durable transaction and return the outcome of each. A refused notice does not hold
    back the others."""
    for suite in {one.suite for one in parcels}:
        if by is not None:
            require(by, "custody.notify", organisation=suite.force)
    outcomes: dict[int, Receipt | UserError] = {}
    known = _deliveries(parcels)
    fresh: dict[int, NoticeMessage] = {}
    seen: set[tuple[int, str]] = set()
    for at, one in enumerate(parcels):
        refused = _refusal(one)
        if refused is not None:
            outcomes[at] = refused
            continue
        marks = {(one.suite.force_id, one.kept_key), (one.suite.force_id, one.record_hash)}
        if marks & seen:
            continue  # the same message again in one batch: handled after the others
        seen |= marks
        before = known.get((one.suite.force_id, one.kept_key))
        if before is not None:
            outcomes[at] = _again(before, one.body)
        else:
            fresh[at] = one
    if fresh:
        outcomes |= zip(fresh, _taken(list(fresh.values()), by, request), strict=True)
    for at, one in enumerate(parcels):
        if at not in outcomes:
            outcomes[at] = take_in_all([one], by=by, request=request)[0]
    return [outcomes[at] for at in range(len(parcels))]


def _taken(fresh: Sequence[NoticeMessage], by: Any, request: HttpRequest | None) -> "list[Receipt | UserError]":
    try:
        with transaction.atomic():
            return list(_opened(fresh, by, request))
    except IntegrityError:
        if len(fresh) > 1:
            return [_taken([one], by, request)[0] for one in fresh]
    # Another sender stored the same message at the same moment, or the custody record is already stored.
    one = fresh[0]
    before = _deliveries([one])
    if before:
        return [_again(next(iter(before.values())), one.body)]
    here = Detention.objects.get(force=one.suite.force_id, record_hash=one.record_hash)
    return [
        DeliveryError(
            expected="a new custody record", found=f"one already stored as {here.reference}",
            where="record_number", do="Send new details as an update to that detention.",
        )
    ]  # fmt: skip


def tell(*, by: Any, detention: Detention, news: News, key: str, request: HttpRequest | None = None) -> Receipt:
    """Add news to a detention; news that includes `release` ends it. A field known from a later moment is not
    changed."""
    if by is not None:
        require(by, "custody.notify", organisation=detention.force)
    refused = _key_refusal(key)
    if refused is not None:
        raise refused
    body, kept = _body(f"news {detention.reference}", news), encrypted_store.digest(key, "key")
    mine = Delivery.objects.filter(force=detention.force_id, key=kept)
    before = mine.first()
    if before is None:
        try:
            with transaction.atomic():
                return _told(by, detention, news, kept, body, request)
        except IntegrityError:
            before = mine.get()  # another request stored the same message at the same moment
    return _or_raise(_again(before, body))


def _or_raise(outcome: "Receipt | UserError") -> Receipt:
    if isinstance(outcome, UserError):
        raise outcome
    return outcome


def _refusal(one: NoticeMessage) -> UserError | None:
    if not one.news.sealed.get("record_number"):
        return NoticeError(
            expected="a custody record number", found="none", where="record_number", do="record_number is required."
        )
    return _key_refusal(one.key)


def _key_refusal(key: str) -> UserError | None:
    if key and len(key) <= LONGEST_KEY:
        return None
    return NoticeError(
        expected="a key of 1 to 100 characters", found="none, or a longer one", where="Idempotency-Key",
        do="Send a key of your choice with each message, and the same key if you send it again.",
    )  # fmt: skip


def _deliveries(parcels: Sequence[NoticeMessage]) -> "dict[tuple[int, str], Delivery]":
    """Those of these messages that arrived before, by force and key."""
    forces, keys = {one.suite.force_id for one in parcels}, [one.kept_key for one in parcels]
    return {(one.force_id, one.key): one for one in Delivery.objects.filter(force__in=forces, key__in=keys)}


def _again(before: Delivery, body: str) -> "Receipt | UserError":
    if before.body != body:
        return DeliveryError(
            expected="the message that this key was used for", found="another", where="Idempotency-Key",
            do="Use a new key for a new message. Nothing was changed.",
        )  # fmt: skip
    detention = Detention.objects.select_related("case").get(pk=before.case_id)
    return Receipt(detention=detention, answer=before.answer, new=False)


def _opened(parcels: Sequence[NoticeMessage], by: Any, request: HttpRequest | None) -> Iterator[Receipt]:
    now = timezone.now()
    decisions = decide_all([_asked(one) for one in parcels], now=now)
    made = [_detention(one, decision, now) for one, decision in zip(parcels, decisions, strict=True)]
    sealed = [
        encrypted_store.encrypted_values(detention.reference, one.news.at, one.news.sealed)
        for one, detention in zip(parcels, made, strict=True)
    ]
    openings = [_opening(*each) for each in zip(parcels, decisions, made, sealed, strict=True)]
    answers: list[dict[str, Any]] = []

    def apply(cases: list[Case]) -> None:
        for case, detention in zip(cases, made, strict=True):
            detention.case = case
        Detention.objects.bulk_create(made)
        encrypted_store.keep_all(zip(cases, sealed, strict=True))
        answers.extend(answer_of(detention) for detention in made)
        Delivery.objects.bulk_create(
            Delivery(force=one.suite.force, key=one.kept_key, body=one.body, case=case, answer=answer)
            for one, case, answer in zip(parcels, cases, answers, strict=True)
        )
        escalation.begin_all(cases)

    open_cases(openings, by=by, kind=KIND, asked=True, apply=apply, request=request)
    for detention, answer in zip(made, answers, strict=True):
        yield Receipt(detention=detention, answer=answer, new=True)


def _asked(one: NoticeMessage) -> Asked:
    return Asked(subject=subject_of(one.news.sealed, one.news.columns), detained_in=one.suite.authority)


def _detention(one: NoticeMessage, decision: Decision, now: datetime) -> Detention:
    suite, news = one.suite, one.news
    detention = Detention(
        reference=uuid4(), force=suite.force, suite=suite, command=suite.command, detained_in=suite.authority,
        record_hash=one.record_hash, as_at=dict.fromkeys(news.columns, news.at.isoformat()), rule=decision.rule,
        reason=decision.reason, table_version=decision.table_version,
        routed_at=now if decision.outcome is Outcome.ROUTED else None, also=next(iter(decision.also), ""),
        standing=STANDINGS.get(decision.rule, "none"), **news.columns,
    )  # fmt: skip
    if BORN in news.sealed:
        detention.age = _age(news, detention.arrival)
        detention.as_at[BORN] = news.at.isoformat()
    return detention


def _opening(one: NoticeMessage, decision: Decision, detention: Detention, sealed: Sequence[EncryptedValue]) -> Opening:
    place, state = (decision.authority, SENT) if decision.outcome is Outcome.ROUTED else (DESK_PLACE, DESK)
    value = {
        "suite": one.suite.code, "at": one.news.at.isoformat(), "told": one.news.plain,
        "sealed": encrypted_store.commitments(sealed), "rule": decision.rule, "reason": decision.reason,
        "table": decision.table_version,
    }  # fmt: skip
    return Opening(place=str(place), state=state, value=value, participant_roles=_sides(detention), request=one.request)


def _sides(detention: Detention) -> tuple[ParticipantStart, ...]:
    """The force follows the case to its end; the duty desk near the suite helps with another authority's child."""
    force = ParticipantStart(role=DETAINING, place=detention.force.slug, why="It holds the child.")
    if not detention.also:
        return (force,)
    return (force, ParticipantStart(role=HOST, place=detention.also, why="The suite stands there: practical help."))


def _told(by: Any, detention: Detention, news: News, key: str, body: str, request: HttpRequest | None) -> Receipt:
    rows = encrypted_store.encrypted_values(detention.reference, news.at, news.sealed)
    value = {"at": news.at.isoformat(), "told": news.plain, "sealed": encrypted_store.commitments(rows)}
    late: list[str] = []
    said: list[Said] = []
    says_who = bool({*TAKEN, *COLUMNS} & {*news.sealed, *news.columns})

    def apply(case: Case) -> None:
        _must_stand(case)
        held = Detention.objects.get(pk=case.pk)
        held.case = case
        before = subject_now(held) if says_who else None
        late.extend(_apply(held, news))
        held.save()
        encrypted_store.keep(case, rows)
        if before is not None:
            said.append(Said(before, subject_now(held)))
        _end(case, held)

    asks = "request" in news.columns and news.columns["request"] is not None
    case = change(
        by=by, case=detention.case, what="told", value=value, apply=apply, seen=None, permission=DETAIN,
        tell=EDIT if asks else "", text="accommodation is requested" if asks else "", request=request,
    )  # fmt: skip
    if said and said[0].before != said[0].after:
        case = decide_anew(by=by, case=case, said=said[0], request=request)
    held = Detention.objects.get(pk=case.pk)
    held.case = case
    answer = answer_of(held) | {"late": late}
    Delivery.objects.create(force=held.force, key=key, body=body, case=case, answer=answer)
    return Receipt(detention=held, answer=answer, new=True)


def _must_stand(case: Case) -> None:
    if case.state == WITHDRAWN:
        raise DeliveryError(
            expected="a notice that stands", found="one that was withdrawn", where=str(case),
            do="Nothing was changed. Give notice anew if the child is held after all.",
        )  # fmt: skip


def _apply(detention: Detention, news: News) -> list[str]:
    """Apply news to the columns, except fields that are known from a later moment; return the names of those."""
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
    """A release closes the case; withdrawing the release reopens it, to be acknowledged again."""
    closed = case.state_now.closed
    if detention.release is not None and not closed:
        case.state, case.closed_at = ENDED, timezone.now()
    elif detention.release is None and closed:
        case.state, case.closed_at = SENT if case.authority else DESK, None
        escalation.begin(case)


def send(
    *, by: Any, detention: Detention, authority: str, why: str, seen: int | None, standing: str = "",
    request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Send a case from the routing desk to an authority: the person gives a reason and the child's status with it
    (`standing`)."""

    def apply(case: Case) -> None:
        Detention.objects.filter(pk=case.pk).update(
            rule=BY_HAND, reason="Decided at the routing desk.", routed_at=timezone.now(),
            standing=standing or "none", handed_over_at=None,
        )  # fmt: skip
        held = Detention.objects.get(pk=case.pk)
        if held.release is None:
            escalation.begin(case)
        else:  # it has ended: only the responsible authority was left to decide
            case.state, case.closed_at = ENDED, timezone.now()

    return hand_over(
        by=by, case=detention.case, move="route", to=region.authority(authority).gss, why=why, seen=seen, apply=apply,
        request=request,
    )  # fmt: skip


def withdraw(
    *, by: Any, detention: Detention, why: str, seen: int | None = None, request: HttpRequest | None = None
) -> Case:
    """Withdraw a notice given by mistake. The authority that had it is told and can no longer see who the child is; a
    new notice may be given for the same custody record."""
    return move(by=by, case=detention.case, move="withdraw", seen=seen, why=why, request=request)


def hold(*, by: Any, detention: Detention, on: bool, why: str, request: HttpRequest | None = None) -> Case:
    """Place a legal hold on what is stored about a child, or lift it. Held data is not erased."""
    if not why.strip():
        raise NoticeError(
            expected="a reason", found="none", where="why", do="Give a reason; it is recorded in the history."
        )

    def apply(case: Case) -> None:
        Detention.objects.filter(pk=case.pk).update(held_at=timezone.now() if on else None)

    return change(
        by=by, case=detention.case, what="held" if on else "hold-ended", value={"text": why.strip()}, apply=apply,
        seen=None, permission=ERASE, request=request,
    )  # fmt: skip


def _age(news: News, at: datetime | None) -> int | None:
    """Age in whole years on the day of arrival; None where no plausible date of birth was given."""
    born = news.sealed.get(BORN)
    if not born:
        return None
    age = age_on(date.fromisoformat(born), region.local_day(at or news.at))
    return age if 0 <= age <= OLDEST else None


def answer_of(detention: Detention) -> dict[str, Any]:
    """What the sender of a notice is told: nothing about the child."""
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
    return encrypted_store.digest(canonical(said).decode(), "body")
