"""What a custody system proves itself with: secrets that it and its force change, keys of its own, networks."""

import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.test import Client as Browser
from django.utils import timezone

from parentis.web.api import credentials
from parentis.web.api.assertions import ASSERTION_TYPE
from parentis.web.api.clients import make_client
from parentis.web.api.credentials import CredentialError, is_within, networks
from parentis.web.api.models import Client, Credential, Token
from parentis.web.audit.models import Entry
from parentis.web.people.initial_accounts import DEMO_PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
TOKEN = "http://testserver/oauth/token"
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip


@pytest.fixture
def made(places: Any) -> tuple[Client, str]:
    return make_client(name="System", organisation=places["police"], role="custody-officer", scopes=["custody"])


def asked(path: str = "/oauth/token", address: str = "192.0.2.1", **form: str) -> Any:
    return Browser().post(path, {"grant_type": "client_credentials", **form}, REMOTE_ADDR=address)


def by_secret(client: Client, secret: str, **more: str) -> Any:
    return asked(client_id=client.client_id, client_secret=secret, **more)


def assertion(client: Client, key: Any = KEY, algorithm: str = "ES256", **changed: Any) -> str:
    claims = {
        "iss": client.client_id, "sub": client.client_id, "aud": TOKEN, "exp": int(time.time()) + 60,
        "jti": str(time.monotonic_ns()), **changed,
    }  # fmt: skip
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm=algorithm)


def by_assertion(text: str, **more: str) -> Any:
    return asked(client_assertion_type=ASSERTION_TYPE, client_assertion=text, **more)


def test_a_system_changes_its_own_secret_and_both_work_meanwhile(made):
    client, first = made
    answer = by_secret(client, first, path="/oauth/secret")
    second = answer.json()["client_secret"]
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert [by_secret(client, one).status_code for one in (first, second)] == [200, 200]
    Credential.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [by_secret(client, one).status_code for one in (first, second)] == [401, 200]
    assert by_secret(client, first, path="/oauth/secret").status_code == 401
    assert Entry.objects.get(what="client:secret-changed").who == client.person_id
    kept = json.dumps(list(Credential.objects.values_list("start", "secret_hash"))) + str(Entry.objects.all().values())
    assert not any(one in kept for one in (first, second))


def test_the_forces_administrator_changes_it_on_the_site_and_nobody_else_does(made, person):
    client, first = made
    page = f"/programs/in/police/{client.pk}/"
    admin = person("administrator", "police")
    for role, place, status in (("administrator", "camden", 403), ("custody-officer", "police", 403)):
        other = Browser()
        other.force_login(person(role, place), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert other.get(page).status_code == status
        assert other.post(f"{page}secret", {"overlap": "0"}).status_code == status
    camdens = Browser()  # whose program it is not, by the address of an organisation that they administer
    camdens.force_login(
        person("administrator", "camden"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert camdens.get(f"/programs/in/camden/{client.pk}/").status_code == 404
    browser = Browser()
    browser.post("/account/login/", {"login": admin.email, "password": DEMO_PASSWORD})
    assert "System" in browser.get("/programs/").content.decode()
    answer = browser.post(f"{page}secret", {"overlap": "0"})
    second = answer.context["secret"]
    assert second in answer.content.decode()
    assert second not in browser.get(page).content.decode()
    assert [by_secret(client, one).status_code for one in (first, second)] == [401, 200]
    token = by_secret(client, second).json()["access_token"]
    assert Token.of(token) is not None
    browser.post(f"{page}end/{Credential.objects.latest('pk').pk}")
    assert by_secret(client, second).status_code == 401
    assert Token.of(token) is None  # a secret that somebody may have seen leaves no token behind
    browser.post(f"{page}withdraw")
    assert browser.get(page).status_code == 404
    recorded = Entry.objects.filter(who=admin.pk, what__startswith="client:").values_list("what", flat=True)
    assert set(recorded) == {"client:secret-changed", "client:credential-ended", "client:withdrawn"}


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (KEY, "ES256"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
        (rsa.generate_private_key(65537, 2048), "PS256"),
    ],
    ids=["ES256", "EdDSA", "PS256"],
)
def test_a_system_signs_its_requests_with_a_key_of_its_own(made, key, algorithm):
    client, _ = made
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    credentials.add_key(by=None, client=client, text=pem.decode())
    answer = by_assertion(assertion(client, key, algorithm))
    assert answer.status_code == 200
    assert Token.of(answer.json()["access_token"]).person == client.person
    assert by_assertion(assertion(client, key, algorithm, jti="again")).status_code == 200
    assert by_assertion(assertion(client, key, algorithm, jti="again")).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"aud": "https://elsewhere.example/oauth/token"},
        {"sub": "client-another"},
        {"iss": "client-another"},
        {"exp": int(time.time()) - 120},
        {"exp": int(time.time()) + 3600},
        {"exp": None},
        {"jti": None},
        {"jti": ""},
        {"key": "x" * 64, "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
    ids=lambda wrong: "-".join(wrong) + str(wrong.get("algorithm", "")),
)
def test_an_assertion_that_does_not_fit_opens_nothing(made, wrong):
    client, _ = made
    credentials.add_key(by=None, client=client, text=PEM)
    answer = by_assertion(assertion(client, **wrong))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert not Token.objects.exists()


def test_a_key_that_ended_or_a_client_that_was_withdrawn_signs_nothing(made):
    client, _ = made
    key = credentials.add_key(by=None, client=client, text=PEM)
    client.withdrawn_at = timezone.now()
    client.save()
    assert by_assertion(assertion(client)).status_code == 401
    Client.objects.update(withdrawn_at=None)
    assert by_assertion(assertion(client)).status_code == 200
    credentials.end_credential(by=None, credential=key)
    assert by_assertion(assertion(client)).status_code == 401


def test_keys_that_are_private_weak_or_known_are_refused(made):
    client, _ = made
    private = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()  # fmt: skip
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(KEY)
    weak = rsa.generate_private_key(65537, 1024).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    for text in (private, jwk, weak, "x", "{}", '{"kty": "oct", "k": "AAAA"}'):
        with pytest.raises(CredentialError) as refused:
            credentials.add_key(by=None, client=client, text=text)
        assert text not in str(refused.value) or len(text) < 3
    credentials.add_key(by=None, client=client, text=PEM)
    public = json.dumps({k: v for k, v in json.loads(jwk).items() if k != "d"})
    with pytest.raises(CredentialError, match="new key"):
        credentials.add_key(by=None, client=client, text=public)


def test_from_other_networks_neither_secret_nor_token_opens_anything(made):
    client, secret = made
    token = by_secret(client, secret).json()["access_token"]
    credentials.set_addresses(by=None, client=client, text="192.0.2.0/28\n2001:db8::/48")
    assert by_secret(client, secret, address="192.0.2.14").status_code == 200
    assert by_secret(client, secret, address="2001:db8::1").status_code == 200
    for elsewhere in ("192.0.2.16", "198.51.100.1", "2001:db9::1"):
        assert by_secret(client, secret, address=elsewhere).status_code == 401
    browser = Browser(headers={"Authorization": f"Bearer {token}"})  # one that was made before, too
    known = "/api/custody/notices/00000000-0000-0000-0000-000000000000"
    assert browser.get(known, REMOTE_ADDR="192.0.2.1").status_code == 404
    assert browser.get(known, REMOTE_ADDR="192.0.2.16").status_code == 403


@pytest.mark.parametrize(
    ("address", "within", "expect"),
    [
        ("192.0.2.1", [], True),
        ("192.0.2.1", ["192.0.2.1/32"], True),
        ("::ffff:192.0.2.1", ["192.0.2.0/24"], True),
        ("192.0.2.1", ["198.51.100.0/24"], False),
        ("", ["192.0.2.0/24"], False),
    ],
)
def test_an_address_is_within_its_networks(address: str, within: list[str], expect: bool) -> None:
    assert is_within(address, within) is expect


def test_networks_are_read_and_what_is_none_is_named() -> None:
    assert networks("192.0.2.10, 192.0.2.200/24\n2001:DB8::1") == ["192.0.2.0/24", "192.0.2.10/32", "2001:db8::1/128"]
    with pytest.raises(CredentialError, match="office"):
        networks("192.0.2.1\noffice")


def test_a_client_has_few_secrets_at_a_time(made):
    client, secret = made
    for _ in range(credentials.MOST_OPEN - 1):
        credentials.new_secret(by=None, client=client)
    answer = by_secret(client, secret, path="/oauth/secret")
    assert answer.status_code == 409
    assert by_secret(client, secret).status_code == 200
