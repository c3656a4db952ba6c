"""The site under test: people of every role, signed-in clients, and Chromium on a live server.

The database is SQLite, or the PostgreSQL that DATABASE_URL names (script/test runs this folder on both)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_steps import sign_in_as
from django.db import connection
from django.test import Client

from parentis.web.people.initial_accounts import authority_organisation, person_with, region_team
from parentis.web.people.models import Organisation, Person
from parentis.web.people.roles import Kind


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of the site touches anybody's home."""
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Wrong passwords of one test do not lock the next."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def places(db: None) -> dict[str, Organisation]:
    """One organisation of each kind: `camden`, `croydon`, `region`, `police`, `child-deaths`, `provider`,
    `government`. The police's footprint holds Camden."""
    made = {
        "camden": authority_organisation("Camden"),
        "croydon": authority_organisation("Croydon"),
        "region": region_team(),
    }
    for kind, footprint in (
        (Kind.POLICE, "bcu-central-north"),
        (Kind.CHILD_DEATHS, ""),
        (Kind.PROVIDER, ""),
        (Kind.GOVERNMENT, ""),
    ):
        made[kind.value] = Organisation.objects.create(
            slug=kind.value, name=f"{kind.value} of the practice region", kind=kind, footprint=footprint
        )
    return made


PersonMaker = Callable[..., Person]


@pytest.fixture
def person(places: dict[str, Organisation]) -> PersonMaker:
    """`person("analyst", "camden")`: somebody who holds that role there."""

    def make(role: str, place: str = "camden") -> Person:
        return person_with(
            email=f"{role}@{place}.test", name=f"{role} of {place}", organisation=places[place], role=role
        )

    return make


@pytest.fixture
def client_of(person: PersonMaker) -> Callable[..., Client]:
    """`client_of("analyst", "camden")`: a client signed in as that person."""

    def make(role: str, place: str = "camden") -> Client:
        client = Client()
        client.force_login(person(role, place), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def unguarded() -> Iterator[None]:
    """For tests that commit: lets the flush after them empty the audit record, whose triggers come back with it."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in ("audit_entry", "cases_entry"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


@pytest.fixture(scope="session", autouse=True)
def nobody_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A thread of a live server may hold its connection a moment longer than the last test, and PostgreSQL drops no
    database that somebody is connected to."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def page(chromium: Any, transactional_db: None, unguarded: None, live_server: Any) -> Iterator[Any]:
    """A page of a fresh browser, at the live server; what a page's console reports as an error fails the test."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
    yield opened
    context.close()
    assert complaints == []


def _is_complaint(line: Any) -> bool:
    # A refused page is an answer, which the browser calls an error.
    return line.type == "error" and "Failed to load resource: the server responded with a status of 4" not in line.text


@pytest.fixture
def sign_in(page: Any, person: PersonMaker) -> Callable[..., Any]:
    """`sign_in("analyst", "camden")`: signs in by the form, and gives the page."""

    def go(role: str, place: str = "camden") -> Any:
        someone = person(role, place)
        sign_in_as(page, someone.email)
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    return go
