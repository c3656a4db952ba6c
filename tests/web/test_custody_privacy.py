"""Nobody but the authority a child was sent to, the force that holds the child and the named desk reads who the child
is: for random people, roles and notices, by whatever page, file, call, notice, mail or line of log.

Each value said of a child is a word that is found nowhere else. Who may read it is told by a plain reading of who holds
which role where, beside the code that decides it.
"""

import io
import itertools
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from custody_places import CAMDEN, CROYDON, entry, fresh_indexes, suite_of
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parentis import region
from parentis.web.api.operations import make_token
from parentis.web.api.scopes import SCOPES
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases.models import Case
from parentis.web.cases.operations import comment, erase
from parentis.web.custody import operations
from parentis.web.custody.boards import accommodation
from parentis.web.custody.boards.forms import REASONS
from parentis.web.custody.fields import BY_ID, SEALED, Audience, Form
from parentis.web.custody.intake.notices import read_news
from parentis.web.custody.models import Delivery, Detention, IndexPerson
from parentis.web.duty import escalation
from parentis.web.notices.models import Notice
from parentis.web.people.initial_accounts import police_command
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.people.permissions import routes
from parentis.web.people.roles import ROLES, Kind

AT_DESKS = {"emergency-duty", "front-door", "youth-justice"}
PLACES = ("camden", "croydon", "region", "police", "bcu-south", "child-deaths", "provider", "government")
LIKELY = tuple(role for role in ROLES if role.id in AT_DESKS | {"custody-officer", "routing-desk", "data-protection"})
WORDS = itertools.count(1)


@dataclass
class Child:
    """A detention, the words said of it by field, and those of messages about it."""

    detention: Detention
    words: dict[str, str]
    messages: list[str] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.detention.pk)


def word(name: str) -> str:
    """A word of this run alone; a date of birth that is as rare."""
    number = next(WORDS)
    if BY_ID[name].form is Form.DATE:
        return (date(2009, 1, 1) + timedelta(days=number % 1400)).isoformat()
    return f"Zqx{number:05d}"


def is_in(word: str, text: str) -> bool:
    """Whether a text has a word; of a date, in figures or written out."""
    forms = {word}
    if word[:2] in {"19", "20"}:
        day = date.fromisoformat(word)
        forms |= {f"{day.day} {day:%B %Y}", f"{day.day} {day:%b %Y}", f"{day:%d/%m/%Y}"}
    return any(form in text for form in forms)


# A plain reading of who may read what.


def holds(person: Person, roles: set[str], organisation: Callable[[Organisation], bool]) -> bool:
    return any(one.role in roles and organisation(one.organisation) for one in person.memberships.all())


def audiences(person: Person, child: Child) -> set[Audience]:
    """As whom somebody may read who the child is."""
    case, detention = child.case, child.detention
    found = set()
    if holds(person, {"custody-officer"}, lambda one: one == detention.force):
        found.add(Audience.FORCE)
    if holds(person, AT_DESKS, lambda one: one.authority != "" and one.authority == case.place):
        found.add(Audience.AUTHORITY)
    if case.place == "london" and holds(person, {"routing-desk"}, lambda one: one.kind == Kind.REGION):
        found.add(Audience.DESK)
    if detention.also and holds(person, AT_DESKS, lambda one: one.authority == detention.also):
        found.add(Audience.HOST)
    return found & {Audience.FORCE} if case.state == "withdrawn" else found


def opens(person: Person, child: Child) -> bool:
    """Whether somebody may see that the case is there, and what was said in it."""
    case, officer = child.case, {"data-protection"}
    # Whoever had a notice that was withdrawn still reads that it was, and why.
    near = holds(
        person, AT_DESKS, lambda one: one.authority != "" and one.authority in {case.place, child.detention.also}
    )
    near |= case.place == "london" and holds(person, {"routing-desk"}, lambda one: one.kind == Kind.REGION)
    return (
        bool(audiences(person, child))
        or near
        or any(
            (
                holds(
                    person,
                    officer,
                    lambda one: one.authority != "" and one.authority in {case.place, child.detention.also},
                ),
                case.place == "london" and holds(person, officer, lambda one: one.kind == Kind.REGION),
            )
        )
    )


def readable_words(person: Person, child: Child) -> set[str]:
    mine = audiences(person, child)
    sealed = {child.words[name] for name in child.words if BY_ID[name].audiences & mine}
    return sealed | (set(child.messages) if opens(person, child) else set())


# The world.


@pytest.fixture
def forces(places: dict[str, Organisation]) -> dict[str, Organisation]:
    return {**places, "bcu-south": police_command("bcu-south")}


def people(data: st.DataObject, places: dict[str, Organisation]) -> list[Person]:
    found = []
    for number in range(data.draw(st.integers(1, 2), label="people")):
        person = Person.objects.create(email=f"p{number}@random.test", name=f"Person {number}")
        held = st.tuples(st.sampled_from(PLACES), st.sampled_from(LIKELY) | st.sampled_from(ROLES))
        for where, role in data.draw(st.lists(held, min_size=1, max_size=4), label=person.name):
            if Kind(places[where].kind) in role.kinds:
                Membership.objects.get_or_create(person=person, organisation=places[where], role=role.id)
        found.append(Person.objects.get(pk=person.pk))
    return found


def cast(places: dict[str, Organisation]) -> list[Person]:
    """Somebody for each role that has to do with custody, in each place where it can be held, and no other."""
    found = []
    for where, role in itertools.product(PLACES, LIKELY):
        if Kind(places[where].kind) in role.kinds:
            person = Person.objects.create(email=f"{role.id}@{where}.cast.test", name=f"{role.title} of {where}")
            Membership.objects.create(person=person, organisation=places[where], role=role.id)
            found.append(person)
    return found


def child(data: st.DataObject, places: dict[str, Organisation]) -> Child:
    """A notice of a child about whom every sealed field is told, on its way through some of what can happen."""
    where, authority = data.draw(st.sampled_from((("police", CAMDEN), ("bcu-south", CROYDON))), label="held by")
    words = {name: word(name) for name in SEALED if name not in {"justification", "reasons"}}
    known = data.draw(st.sampled_from((None, CAMDEN, CROYDON)), label="on the index of")
    if known:
        fresh_indexes(
            entry(
                known, first_name=words["first_name"], surname=words["surname"], address=words["address"],
                postcode=words["postcode"], date_of_birth=date.fromisoformat(words["date_of_birth"]),
                person_ref=word("record_number"),
            )
        )  # fmt: skip
    now = timezone.now()
    suite = suite_of(places[where], f"suite-{where}", authority)
    told = read_news({**words, "arrival": now - timedelta(minutes=5)}, at=now)
    made = Child(operations.take_in(by=None, suite=suite, news=told, key=f"key {next(WORDS)}").detention, words)
    for step in data.draw(st.lists(st.sampled_from(STEPS), max_size=4), label="steps"):
        step(made, data)
    escalation.call()
    return made


def routed(one: Child, data: st.DataObject) -> None:
    if one.case.state == "desk":
        to = data.draw(st.sampled_from((CAMDEN, CROYDON)), label="sent to")
        operations.send(by=None, detention=one.detention, authority=to, why="The mother was asked", seen=None)


def acknowledged(one: Child, data: st.DataObject) -> None:
    if one.case.state == "sent":
        accommodation.acknowledge(by=None, case=one.case, seen=None)


def handed_over(one: Child, data: st.DataObject) -> None:
    to = data.draw(st.sampled_from((CAMDEN, CROYDON, "")), label="handed over to")
    if one.case.state in {"sent", "acknowledged"} and one.case.place != to:
        accommodation.give_to(by=None, case=one.case, authority=to, why="Not ours", seen=None)


def talked(one: Child, data: st.DataObject) -> None:
    one.messages.append(f"Zqm{next(WORDS):05d}")
    comment(by=None, case=one.case, text=f"They say {one.messages[-1]}")


def asked(one: Child, data: st.DataObject) -> None:
    if "justification" in one.words or one.case.state == "withdrawn":
        return
    one.words |= {name: word(name) for name in ("justification", "reasons")}
    at = timezone.now()
    said = {"charge": at, "bail_decision": at, "bail": "refused", "request": at, "accommodation": "secure"}
    said |= {"ground": "impracticable"} | {name: one.words[name] for name in ("justification", "reasons")}
    accommodation.suite_says(by=None, detention=one.detention, said=said, key=f"key {next(WORDS)}")


def corrected(one: Child, data: st.DataObject) -> None:
    if one.case.state != "withdrawn":
        one.words["surname"] = word("surname")
        said = {"surname": one.words["surname"]}
        accommodation.suite_says(by=None, detention=one.detention, said=said, key=f"key {next(WORDS)}")
        one.detention.refresh_from_db()


def withdrawn(one: Child, data: st.DataObject) -> None:
    if one.case.state != "withdrawn":
        operations.withdraw(by=None, detention=one.detention, why="By mistake")


def released(one: Child, data: st.DataObject) -> None:
    if one.case.state == "withdrawn":
        return
    said = {"release": timezone.now()}
    accommodation.suite_says(by=None, detention=one.detention, said=said, key=f"key {next(WORDS)}")


STEPS = (routed, routed, acknowledged, handed_over, talked, asked, corrected, withdrawn, released)


# What somebody gets to see.


def addresses(children: list[Child]) -> Iterator[str]:
    """Every page and download there is, about each child where it is about one."""
    for name in routes():
        if name.startswith(("api:", "account", "mfa", "openid", "socialaccount")):
            continue
        try:
            yield reverse(name)
            continue
        except NoReverseMatch:
            pass
        for one in children:
            for more in ({}, {"what": "request"}, {"what": "release"}, {"move": "acknowledge"}, {"sequence": 1}):
                try:
                    yield reverse(name, kwargs={"pk": one.detention.pk, **more})
                    break
                except NoReverseMatch:
                    continue
    for board in ("suite", "authority", "desk"):
        yield reverse("custody-board", kwargs={"board": board})
        yield reverse("custody-board-rows", kwargs={"board": board})
    for gss in (CAMDEN, CROYDON):
        yield reverse("duty-desks", kwargs={"gss": gss})
        yield reverse("duty-export", kwargs={"gss": gss})


def searches(children: list[Child]) -> Iterator[tuple[str, str]]:
    """Where somebody who has a child's value may look for more: the value, and the path."""
    for one in children:
        for said in (one.words["surname"], one.words["date_of_birth"]):
            yield said, f"{reverse('audit')}?subject=custody&what={said}"
            yield said, f"{reverse('recommendations')}?q={said}"


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return str(body.decode("utf-8", "replace")) + str(response.headers.get("Location", ""))


def everything_seen(person: Person, children: list[Child]) -> Iterator[tuple[str, str]]:
    """What a person gets by every page, by asking who each child is, and by every call of the API."""
    client = Client(raise_request_exception=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in addresses(children):
        yield path, text_of(client.get(path, follow=True))
    for said, path in searches(children):
        yield path, text_of(client.get(path, follow=True)).replace(said, "what was looked for")
    for one in children:
        for path, form in (
            (reverse("custody-who", kwargs={"pk": one.detention.pk}), {"why": "act"}),
            (reverse("custody-message", kwargs={"pk": one.detention.pk}), {"text": ""}),
        ):
            yield path, text_of(client.post(path, form))
    _, secret = make_token(by=person, name="All", scopes=SCOPES, lasts=timedelta(days=1))
    call = Client(headers={"Authorization": f"Bearer {secret}"})
    for one in children:
        path = reverse("api:custody-notice", kwargs={"reference": one.detention.reference})
        yield path, text_of(call.get(path))
        news = reverse("api:custody-news", kwargs={"reference": one.detention.reference})
        yield news, text_of(call.post(news, "{}", content_type="application/json", headers={"Idempotency-Key": "x"}))
    for name in ("api:figures", "api:jobs", "api:submissions"):
        try:
            yield name, text_of(call.get(reverse(name)))
        except NoReverseMatch:
            continue


@contextmanager
def logged() -> Iterator[list[str]]:
    """Every line that anything logs meanwhile, down to INFO, as a site in service does."""
    lines: list[str] = []

    class Keeps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage() + logging.Formatter().format(record))

    handler, root = Keeps(logging.INFO), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def all_words(children: list[Child]) -> set[str]:
    return {word for one in children for word in (*one.words.values(), *one.messages)}


def kept_in_the_open() -> str:
    """Everything that the site keeps outside the enclave and the sealed histories, and what it sent."""
    tables = (Notice, AuditEntry, Detention, Case, Delivery)
    rows = [str(row) for table in tables for row in table.objects.values()]
    return "\n".join([*rows, *(f"{one.subject} {one.body} {one.to}" for one in mail.outbox)])


@pytest.mark.generative
@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(data=st.data())
def test_nobody_outside_reads_anything_of_a_child(
    data: st.DataObject, forces: dict[str, Organisation], django_capture_on_commit_callbacks: Any
) -> None:
    with transaction.atomic(), logged() as lines:
        with django_capture_on_commit_callbacks(execute=True):
            someone = people(data, forces)
            children = [child(data, forces) for _ in range(data.draw(st.integers(1, 2), label="children"))]
        for person, one in itertools.product([*cast(forces), *someone], children):
            _check_the_case(person, one)
        for person in someone:
            theirs = [{*one.words.values(), *one.messages} - readable_words(person, one) for one in children]
            for path, seen in everything_seen(person, children):
                for others in theirs:
                    beyond = {word for word in others if is_in(word, seen)}
                    assert not beyond, f"{person.email} reads {beyond} at {path}"
        told = kept_in_the_open() + "\n".join(lines)
        assert not [word for word in all_words(children) if is_in(word, told)], "a value in the open"
        transaction.set_rollback(True)


def _check_the_case(person: Person, one: Child) -> None:
    """The case's page opens to whom it may, and who saw a value stands on the record with a reason."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("custody-case", kwargs={"pk": one.detention.pk}))
    assert (page.status_code == 200) is opens(person, one), f"{person.email} at case {one.detention.pk}"
    before = AuditEntry.objects.filter(what="custody:read", who=person.pk).count()
    shown = text_of(client.post(reverse("custody-who", kwargs={"pk": one.detention.pk}), {"why": "identify"}))
    expected = {one.words[name] for name in one.words if BY_ID[name].audiences & audiences(person, one)}
    assert {word for word in one.words.values() if is_in(word, shown)} == expected, "those who may read, can"
    after = AuditEntry.objects.filter(what="custody:read", who=person.pk)
    assert after.count() - before == bool(expected)
    if expected:
        latest = after.latest("sequence")
        assert (latest.why, latest.subject) == (REASONS["identify"], f"custody {one.detention.pk}")


@pytest.mark.integration
def test_what_is_forgotten_is_read_by_nobody(forces: dict[str, Organisation], person: Callable[..., Person]) -> None:
    words = {name: word(name) for name in SEALED}
    now = timezone.now()
    told = read_news({**words, "arrival": now}, at=now)
    suite = suite_of(forces["police"])
    one = Child(operations.take_in(by=None, suite=suite, news=told, key="k").detention, words)
    operations.send(by=None, detention=one.detention, authority="Camden", why="Practice", seen=None)
    officer, duty = person("custody-officer", "police"), person("emergency-duty")
    assert readable_words(duty, one)
    operations.withdraw(by=None, detention=one.detention, why="It is over")
    erase(by=None, case=one.case, why="In time")
    for someone in (officer, duty, person("data-protection")):
        for path, seen in everything_seen(someone, [one]):
            assert not [word for word in words.values() if is_in(word, seen)], path


@pytest.mark.integration
def test_an_index_is_read_by_nobody(forces: dict[str, Organisation], person: Callable[..., Person]) -> None:
    """Not even by those who sent it: it routes, and no page or call shows it."""
    words = {name: word(name) for name in ("first_name", "surname", "postcode")}
    fresh_indexes(entry(CAMDEN, **words))
    assert IndexPerson.objects.count() == 1
    assert region.authority(CAMDEN).name == "Camden"
    for role, place in (("analyst", "camden"), ("emergency-duty", "camden"), ("auditor", "region"),
                        ("administrator", "region"), ("custody-officer", "police")):  # fmt: skip
        for path, seen in everything_seen(person(role, place), []):
            assert not [word for word in words.values() if is_in(word, seen)], path
