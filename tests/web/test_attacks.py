"""What somebody with ill intent sends: each answered, none obeyed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from samples import samples

from parentis.web.exports import harmless
from parentis.web.people.initial_accounts import DEMO_PASSWORD
from parentis.web.people.models import Organisation, Person
from parentis.web.people.permissions import Open, routes


@pytest.fixture
def strict(person: Callable[..., Person]) -> Client:
    """An administrator's client to which the check against forged forms applies, as it does to browsers."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("administrator"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.integration
@pytest.mark.parametrize("token", [None, "0" * 64, ""])
def test_a_form_sent_from_elsewhere_changes_nothing(
    strict: Client, person: Callable[..., Person], token: str | None
) -> None:
    held = person("analyst").memberships.get()
    given = {} if token is None else {"csrfmiddlewaretoken": token}
    refused = strict.post(f"/people/in/camden/roles/{held.pk}/take", given)
    assert refused.status_code == 403
    assert "This form has expired" in refused.content.decode()
    assert person("analyst").memberships.exists()


@pytest.mark.integration
def test_every_page_that_takes_a_form_wants_its_token(strict: Client, places: dict[str, Organisation]) -> None:
    """A view that was exempted from the check is found here. The API and its tokens have no session to forge by."""
    for name, path in samples(places, "camden").items():
        if routes()[name].action is Open.CLOSED or path.startswith(("/api/", "/oauth/")):
            continue
        assert strict.post(path).status_code in {403, 404, 405}, name


@pytest.mark.integration
def test_a_session_fixed_beforehand_is_not_the_one_signed_in(person: Callable[..., Person]) -> None:
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["parentis_session"] = planted = session.session_key
    client.post("/account/login/", {"login": person("analyst").email, "password": DEMO_PASSWORD})
    assert client.cookies["parentis_session"].value != planted
    stranger = Client()
    stranger.cookies["parentis_session"] = planted
    assert stranger.get("/").status_code == 302


@pytest.mark.integration
def test_a_token_from_before_signing_in_is_worth_nothing_after(person: Callable[..., Person]) -> None:
    client = Client(enforce_csrf_checks=True)
    before = client.get("/account/login/").cookies["csrftoken"].value
    given = {"login": person("analyst").email, "password": DEMO_PASSWORD, "csrfmiddlewaretoken": before}
    assert client.post("/account/login/", given).status_code == 302
    assert client.cookies["csrftoken"].value != before


@pytest.mark.integration
@pytest.mark.parametrize(
    "target",
    ["https://evil.test/", "//evil.test/", "///evil.test", "/\\evil.test", "http:evil.test", "javascript:alert(1)",
     "https://testserver@evil.test/", "\thttps://evil.test", "%2F%2Fevil.test"],
)  # fmt: skip
def test_signing_in_and_out_leads_nowhere_else(person: Callable[..., Person], target: str) -> None:
    client = Client()
    given = {"login": person("analyst").email, "password": DEMO_PASSWORD, "next": target}
    for path in ("/account/login/", "/account/logout/"):
        place = client.post(path, given).headers["Location"]
        assert place.startswith("/") or place == "%2F%2Fevil.test", place
        assert not place.startswith(("//", "/\\")), place


@pytest.mark.integration
def test_a_page_that_was_asked_for_comes_after_signing_in(person: Callable[..., Person]) -> None:
    client = Client()
    asked = client.get("/people/me/?x=1")
    assert asked["Location"] == "/account/login/?next=/people/me/%3Fx%3D1"
    given = {"login": person("analyst").email, "password": DEMO_PASSWORD, "next": "/people/me/?x=1"}
    assert client.post("/account/login/", given)["Location"] == "/people/me/?x=1"


@pytest.mark.integration
@pytest.mark.parametrize("host", ["evil.test", "testserver.evil.test", "testserver@evil.test", ""])
def test_another_host_name_is_refused(db: None, host: str) -> None:
    answer = Client().get("/account/login/", headers={"host": host})
    assert answer.status_code == 400 if host else True
    assert b"evil" not in answer.content


@pytest.mark.integration
def test_what_is_sent_is_not_repeated_on_error_pages(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    for path in ("/%3Cscript%3Ealert(1)%3C/script%3E", "/people/in/%3Cb%3E/", "/people/in/../../etc/passwd"):
        page = client.get(path)
        assert page.status_code in {403, 404}
        assert b"<script>alert" not in page.content
        assert b"passwd" not in page.content


@pytest.mark.integration
def test_markup_in_a_name_stays_text(client_of: Callable[..., Client], person: Callable[..., Person]) -> None:
    someone = person("analyst")
    someone.name = "<img src=x onerror=alert(1)>"
    someone.save()
    page = client_of("administrator").get("/people/in/camden/").content.decode()
    assert "<img" not in page
    assert "&lt;img src=x" in page


@pytest.mark.integration
@pytest.mark.parametrize("nul", ["\x00", "a\x00b"])
def test_a_nul_in_a_form_is_an_answer_on_either_database(db: None, nul: str) -> None:
    answer = Client().post("/account/login/", {"login": f"{nul}@x.test", "password": nul})
    assert answer.status_code == 200


@pytest.mark.integration
def test_a_form_larger_than_allowed_is_refused(db: None) -> None:
    answer = Client().post("/account/login/", {"login": "x" * 6_000_000, "password": "x"})
    assert answer.status_code == 400


@pytest.mark.integration
@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("+44", "'+44"), ("-1", "'-1"), ("@sum", "'@sum"), ("\t=1", "'\t=1"), ("Camden", "Camden"),
     (-1.5, -1.5), (None, None)],
)  # fmt: skip
def test_a_spreadsheet_runs_nothing_of_ours(text: Any, shown: Any) -> None:
    assert harmless(text) == shown


@pytest.mark.integration
def test_every_answer_has_the_strict_headers(client_of: Callable[..., Client]) -> None:
    for answer in (client_of("analyst").get("/"), Client().get("/account/login/"), Client().get("/nowhere")):
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
                     "base-uri 'none'", "form-action 'self'"):  # fmt: skip
            assert part in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
    assert client_of("analyst").get("/")["Cache-Control"] == "private, no-store"
    cookie = client_of("analyst").get("/").client.cookies["parentis_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.unit
def test_no_template_of_ours_has_inline_script_or_style() -> None:
    import re
    from pathlib import Path

    import parentis.web

    for path in Path(parentis.web.__file__).parent.rglob("templates/**/*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), path


@pytest.mark.unit
def test_signing_up_is_not_there(db: None) -> None:
    assert Client().post(reverse("account_signup"), {"email": "a@b.test"}).status_code == 404
