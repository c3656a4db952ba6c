"""Authentication of a client by a signed request: `private_key_jwt` (RFC 7523, section 2.2; OpenID Connect Core,
section 9). The site stores only the public key, so no secret can be stolen from it."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.utils import timezone

from parentis.web.api.credentials import open_keys, used
from parentis.web.api.models import Client, Credential, UsedAssertion

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = timedelta(minutes=5)
"How far ahead an assertion may expire."
LEEWAY = timedelta(seconds=30)
"Tolerated difference between a client's clock and ours."
MOST_CHARACTERS = 8000
ALGORITHMS = {"EC": ["ES256"], "OKP": ["EdDSA"], "RSA": ["PS256", "RS256"]}
"Signatures that a key of each type may make; what the assertion itself claims decides nothing."
CLAIMS = ("iss", "sub", "aud", "exp", "jti")


def client_of_assertion(text: str, audiences: Sequence[str]) -> Client | None:
    """The client that signed an assertion for one of `audiences` that has not been used before; otherwise None."""
    if not text or len(text) > MOST_CHARACTERS:
        return None
    try:
        said = jwt.decode(text, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    for one in open_keys(str(said.get("iss", ""))):
        proven = _verified(text, one, audiences)
        if proven is not None:
            client = used(one)
            return client if client is not None and _first_use(client, proven) else None
    return None


def _verified(text: str, key: Credential, audiences: Sequence[str]) -> dict[str, Any] | None:
    """What an assertion says, where this key signed it, about its own client, for now."""
    algorithms = ALGORITHMS[key.public_key["kty"]]
    try:
        said: dict[str, Any] = jwt.decode(
            text, jwt.PyJWK(key.public_key, algorithm=algorithms[0]).key, algorithms=algorithms,
            audience=list(audiences), leeway=LEEWAY, options={"require": list(CLAIMS)},
        )  # fmt: skip
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
    name = key.client.client_id
    expires = datetime.fromtimestamp(said["exp"], UTC)
    fits = said["iss"] == said["sub"] == name and expires <= timezone.now() + LONGEST + LEEWAY
    return said if fits and isinstance(said["jti"], str) and said["jti"] else None


def _first_use(client: Client, said: dict[str, Any]) -> bool:
    """Note an assertion's number; False where it was used before. Those that expired are forgotten."""
    UsedAssertion.objects.filter(client=client, expires_at__lt=timezone.now()).delete()
    number = hashlib.sha256(said["jti"].encode()).hexdigest()
    expires = datetime.fromtimestamp(said["exp"], UTC) + LEEWAY
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(client=client, number_hash=number, expires_at=expires)
    except IntegrityError:
        return False
    return True
