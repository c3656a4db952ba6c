"""Signing in through an organisation's identity provider: a small one of our own on loopback, with a real signature."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from parentis.web.audit.models import Entry
from parentis.web.people.models import Person
from parentis.web.settings.environment import openid_connect

CLIENT, SECRET = "parentis", "known to both"


class Provider:
    """What an OpenID Connect provider answers. `claims` are those of whoever signs in there."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.signed_by = self.key
        self.asked: list[dict[str, list[str]]] = []
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    self.give({
                        "issuer": provider.url, "authorization_endpoint": f"{provider.url}/authorize",
                        "token_endpoint": f"{provider.url}/token", "jwks_uri": f"{provider.url}/keys",
                        "userinfo_endpoint": f"{provider.url}/userinfo",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    })  # fmt: skip
                elif self.path == "/keys":
                    self.give({"keys": [provider.public()]})
                else:
                    self.give(provider.claims)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append(parse_qs(body))
                self.give({"access_token": "opaque", "token_type": "Bearer", "id_token": provider.token()})

            def give(self, answer: dict[str, Any]) -> None:
                written = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def public(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()

        def text(number: int) -> str:
            return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

        return {"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": text(numbers.n), "e": text(numbers.e)}

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        return jwt.encode(claims, self.signed_by, algorithm="RS256", headers={"kid": "1"})


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    for name, value in (("URL", made.url), ("CLIENT", CLIENT), ("SECRET", SECRET), ("NAME", "Camden Council")):
        monkeypatch.setenv(f"PARENTIS_OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def come_back(provider: Provider, client: Client, *, through: str = "organisation", **claims: Any) -> Any:
    """Go to the provider by our form, and return from it as `claims`."""
    provider.claims = {"sub": "u1", "email_verified": True, **claims}
    path = f"/account/provider/oidc/{through}/login/"
    away = client.post(path)
    query = parse_qs(urlsplit(away["Location"]).query)
    assert away["Location"].startswith(f"{provider.url}/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    return client.get(f"{path}callback/", {"code": "c", "state": query["state"][0]})


@pytest.mark.functional
def test_an_invited_person_signs_in_through_their_provider(provider: Provider, person: Callable[..., Person]) -> None:
    someone, client = person("analyst"), Client()
    assert "Sign in with Camden Council" in client.get("/account/login/").content.decode()
    assert come_back(provider, client, email=someone.email)["Location"] == "/"
    assert client.get("/").context["user"] == someone
    assert provider.asked[0]["client_secret"] == [SECRET]
    assert "code_verifier" in provider.asked[0]
    assert Entry.objects.filter(what="session:signed in", who=someone.pk).count() == 1
    # The next time the provider's own name for the person is enough.
    assert come_back(provider, Client(), email="renamed@camden.test")["Location"] == "/"


@pytest.mark.integration
@pytest.mark.parametrize(
    "claims", [{"email": "stranger@camden.test"}, {"email": "analyst@camden.test", "email_verified": False}]
)
def test_a_provider_brings_nobody_new_and_nobody_unproved(
    provider: Provider, person: Callable[..., Person], claims: dict[str, Any]
) -> None:
    person("analyst")
    client = Client()
    come_back(provider, client, **claims)
    assert client.get("/").status_code == 302
    assert Person.objects.count() == 1


@pytest.mark.integration
def test_somebody_who_left_does_not_come_back_by_the_provider(
    provider: Provider, person: Callable[..., Person]
) -> None:
    someone, client = person("analyst"), Client()
    come_back(provider, Client(), email=someone.email)
    someone.is_active = False
    someone.save()
    come_back(provider, client, email=someone.email)
    assert client.get("/").status_code == 302


@pytest.mark.integration
def test_a_return_that_we_did_not_ask_for_signs_nobody_in(provider: Provider, person: Callable[..., Person]) -> None:
    provider.claims = {"sub": "u1", "email": person("analyst").email, "email_verified": True}
    client = Client()
    client.get("/account/provider/oidc/organisation/login/callback/", {"code": "c", "state": "guessed"})
    assert client.get("/").status_code == 302


@pytest.mark.integration
def test_codes_are_asked_for_after_the_provider_too(
    provider: Provider, person: Callable[..., Person], settings: Any
) -> None:
    settings.CODES_REQUIRED = True
    client = Client()
    come_back(provider, client, email=person("analyst").email)
    assert client.get("/")["Location"] == "/account/codes/totp/activate/"


@pytest.mark.unit
def test_without_its_settings_there_is_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.errors import KeyMissingError

    monkeypatch.delenv("PARENTIS_OIDC_URL", raising=False)
    assert openid_connect() == {}
    monkeypatch.setenv("PARENTIS_OIDC_URL", "https://login.example")
    with pytest.raises(KeyMissingError, match="PARENTIS_OIDC_CLIENT"):
        openid_connect()


@pytest.fixture
def own_providers(provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Camden and Croydon each have a provider of their own, beside the one that all share."""
    monkeypatch.setenv("PARENTIS_OIDC_ORGANISATIONS", "camden, croydon")
    for slug in ("CAMDEN", "CROYDON"):
        for name, value in (("URL", provider.url), ("CLIENT", CLIENT), ("SECRET", SECRET), ("NAME", slug.title())):
            monkeypatch.setenv(f"PARENTIS_OIDC_{slug}_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect()
    return provider


@pytest.mark.integration
@pytest.mark.parametrize(
    ("of", "through", "enters"),
    [
        ("camden", "camden", True),
        ("camden", "croydon", False),
        ("camden", "organisation", False),
        ("police", "organisation", True),
        ("police", "camden", False),
    ],
)
def test_a_provider_speaks_for_its_own_organisation_alone(
    own_providers: Provider, person: Callable[..., Person], of: str, through: str, enters: bool
) -> None:
    someone = person("custody-officer" if of == "police" else "analyst", of)
    client = Client()
    answer = come_back(own_providers, client, through=through, email=someone.email)
    assert (client.get("/").status_code == 200) is enters
    assert enters or (answer.status_code, "cannot sign in this way" in answer.content.decode()) == (403, True)


@pytest.mark.integration
def test_nobodys_directory_opens_a_second_organisations_doors(
    own_providers: Provider, person: Callable[..., Person], places: Any
) -> None:
    both = person("analyst", "camden")
    assert come_back(own_providers, Client(), through="camden", email=both.email)["Location"] == "/"
    both.memberships.create(organisation=places["croydon"], role="analyst")
    for slug in ("camden", "croydon"):  # also where the provider's own name for the person is known by now
        client = Client()
        come_back(own_providers, client, through=slug, email=both.email)
        assert client.get("/").status_code == 302


@pytest.mark.integration
def test_no_provider_signs_in_as_a_program(provider: Provider, places: Any) -> None:
    from parentis.web.api.clients import make_client

    made, _ = make_client(name="X", organisation=places["police"], role="custody-officer", scopes=["custody"])
    client = Client()
    come_back(provider, client, email=made.person.email)
    assert client.get("/").status_code == 302


@pytest.mark.unit
def test_a_listed_organisation_without_its_settings_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.errors import KeyMissingError

    monkeypatch.setenv("PARENTIS_OIDC_ORGANISATIONS", "met-police")
    with pytest.raises(KeyMissingError, match="PARENTIS_OIDC_MET_POLICE_CLIENT"):
        openid_connect()
