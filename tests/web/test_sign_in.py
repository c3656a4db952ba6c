"""Signing in and staying signed in: passwords, one-time codes, lock-out, the ends of sessions."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from parentis.web.audit.models import Entry
from parentis.web.people import operations
from parentis.web.people.encryption import decrypt, encrypt
from parentis.web.people.initial_accounts import DEMO_PASSWORD
from parentis.web.people.models import Person
from parentis.web.people.password_reset import answer_requests

PersonMaker = Callable[..., Person]


def sign_in(
    someone: Person, password: str = DEMO_PASSWORD, client: Client | None = None, **more: str
) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/account/login/", {"login": someone.email, "password": password, **more})


def code_of(secret: str) -> str:
    """What the telephone shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up_codes(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of whoever is signed in here."""
    page = client.get("/account/codes/totp/activate/")
    secret = page.context["form"].secret
    done = client.post("/account/codes/totp/activate/", {"code": code_of(secret)})
    assert done["Location"] == "/account/codes/recovery-codes/"
    return secret, client.get("/account/codes/recovery-codes/").context["unused_codes"]


@pytest.mark.functional
def test_sign_in_with_a_one_time_code_and_then_a_recovery_code(person: PersonMaker, settings: Any) -> None:
    settings.CODES_REQUIRED = True
    someone = person("analyst")
    client, response = sign_in(someone)
    assert response["Location"] == "/"
    assert client.get("/")["Location"] == "/account/codes/totp/activate/"
    secret, recovery = set_up_codes(client)
    assert len(recovery) == 10
    assert client.get("/").status_code == 200

    second, response = sign_in(someone)
    assert response["Location"] == "/account/codes/authenticate/"
    assert second.get("/")["Location"].startswith("/account/login/"), "the password alone opens nothing"
    wrong = second.post("/account/codes/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert second.post("/account/codes/authenticate/", {"code": recovery[0]})["Location"] == "/"
    assert second.get("/").status_code == 200

    third, _ = sign_in(someone)
    assert third.post("/account/codes/authenticate/", {"code": recovery[0]}).status_code == 200, "a code works once"
    assert secret not in str(Authenticator.objects.values_list("data", flat=True)), "secrets are sealed at rest"


@pytest.mark.integration
def test_codes_cannot_be_put_off_where_they_are_required(person: PersonMaker, settings: Any) -> None:
    settings.CODES_REQUIRED = True
    client, _ = sign_in(person("analyst"))
    set_up_codes(client)
    client.post("/account/codes/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.integration
def test_an_administrator_resets_lost_codes(
    person: PersonMaker, client_of: Callable[..., Client], settings: Any
) -> None:
    someone = person("analyst")
    set_up_codes(sign_in(someone)[0])
    client_of("administrator").post(f"/people/in/camden/people/{someone.pk}/reset-codes", {"why": "lost telephone"})
    assert not Authenticator.objects.filter(user=someone).exists()
    assert Entry.objects.get(what="codes:reset").why == "lost telephone"


@pytest.mark.unit
def test_sealed_secrets_open_with_an_earlier_key(settings: Any) -> None:
    sealed = encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert decrypt(sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.integration
def test_five_wrong_passwords_lock_an_address_for_a_while(person: PersonMaker) -> None:
    someone = person("analyst")
    for _ in range(5):
        assert sign_in(someone, "wrong")[1].status_code == 200
    locked = sign_in(someone)[1]
    assert locked.status_code == 200
    assert "Too many failed login attempts" in locked.content.decode()
    assert sign_in(person("treasurer"))[1].status_code == 302, "nobody else is locked"
    assert Entry.objects.filter(what="session:refused", subject=someone.email).count() == 5


@pytest.mark.integration
def test_a_wrong_address_and_a_wrong_password_are_told_alike(person: PersonMaker) -> None:
    someone, nobody = person("analyst"), Person(email="nobody@camden.test")
    told = [page.context["form"].errors.as_text() for page in (sign_in(someone, "x")[1], sign_in(nobody, "x")[1])]
    assert told[0] == told[1]


@pytest.mark.integration
def test_an_unknown_address_gets_no_mail_and_the_same_answer(person: PersonMaker) -> None:
    someone = person("analyst")
    answers = [Client().post("/account/password/reset/", {"email": email}) for email in (someone.email, "no@no.test")]
    assert answers[0]["Location"] == answers[1]["Location"]
    answer_requests()
    assert [message.to for message in mail.outbox] == [[someone.email]]


@pytest.mark.integration
def test_a_forgotten_password_is_set_anew_and_ends_open_sessions(person: PersonMaker) -> None:
    someone = person("analyst")
    open_one, _ = sign_in(someone)
    visitor = Client()
    visitor.post("/account/password/reset/", {"email": someone.email})
    answer_requests()
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = visitor.get(link.removeprefix("http://testserver"), follow=True)
    path = form.redirect_chain[-1][0]
    done = visitor.post(path, {"password1": "violet kettle mountain", "password2": "violet kettle mountain"})
    assert done.status_code == 302
    assert open_one.get("/")["Location"].startswith("/account/login/")
    assert sign_in(someone, "violet kettle mountain")[1].status_code == 302
    assert Entry.objects.filter(what="password:reset").count() == 1


@pytest.mark.integration
def test_changing_ones_password_ends_the_other_sessions(person: PersonMaker) -> None:
    someone = person("analyst")
    here, there = sign_in(someone)[0], sign_in(someone)[0]
    given = {"oldpassword": DEMO_PASSWORD, "password1": "violet kettle mountain", "password2": "violet kettle mountain"}
    assert here.post("/account/password/change/", given).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


@pytest.mark.integration
@pytest.mark.parametrize("end", ["deactivated", "deleted"])
def test_open_sessions_of_somebody_who_is_gone_open_nothing(person: PersonMaker, end: str) -> None:
    someone = person("analyst")
    client, _ = sign_in(someone)
    assert client.get("/").status_code == 200
    if end == "deleted":
        someone.delete()
    else:
        operations.take_role(by=None, membership=someone.memberships.get())
    assert client.get("/")["Location"].startswith("/account/login/")
    assert client.post("/people/in/camden/", {"email": "a@b.test", "role": "analyst"}).status_code == 302
    assert sign_in(someone, client=client)[1].headers.get("Location") != "/"


@pytest.mark.integration
@pytest.mark.parametrize(("idle", "age", "ends"), [(31, 60, True), (29, 60, False), (1, 721, True), (1, 719, False)])
def test_a_session_ends_when_left_alone_or_too_old(person: PersonMaker, idle: int, age: int, ends: bool) -> None:
    client, _ = sign_in(person("analyst"))
    client.get("/")
    session = client.session
    now = time.time()
    session["seen"] = now - timedelta(minutes=idle).total_seconds()
    session["started"] = now - timedelta(minutes=age).total_seconds()
    session.save()
    assert (client.get("/").status_code == 302) is ends
    if ends:
        assert "your session had ended" in client.get("/account/login/").content.decode()


@pytest.mark.integration
def test_a_session_in_use_goes_on(person: PersonMaker) -> None:
    client, _ = sign_in(person("analyst"))
    client.get("/")
    session = client.session
    session["seen"] = time.time() - timedelta(minutes=29).total_seconds()
    session.save()
    client.get("/")
    assert time.time() - client.session["seen"] < 5


@pytest.mark.integration
def test_sign_out_is_recorded_and_needs_a_form(person: PersonMaker) -> None:
    client, _ = sign_in(person("analyst"))
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/").status_code == 200, "a link alone signs nobody out"
    client.post("/account/logout/")
    assert client.get("/").status_code == 302
    assert Entry.objects.filter(what="session:signed out").count() == 1


@pytest.mark.integration
def test_changing_codes_later_wants_the_password_again(person: PersonMaker) -> None:
    client, _ = sign_in(person("analyst"))
    client.get("/")
    session = client.session
    session["started"] -= 400
    session.save()
    asked = client.get("/account/codes/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    given = {"password": DEMO_PASSWORD, "next": "/account/codes/totp/activate/"}
    assert client.post("/account/reauthenticate/", given)["Location"] == "/account/codes/totp/activate/"
