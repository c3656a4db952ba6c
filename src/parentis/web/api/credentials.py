"""What programs that sign in for themselves prove it with, changed by their organisation's own administrators, or by
the program: secrets, public keys, and the networks they may come from. Each change is on the audit record."""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.api.models import PREFIX, SHOWN, Client, Credential, Token
from parentis.web.audit.recorder import record

OVERLAP = timedelta(days=1)
"How long the secrets before a new one still work: a system with several machines changes them one by one."
MOST_OPEN = 5
"Secrets and keys of one client at a time."
MOST_NETWORKS = 20
SHORTEST_RSA = 2048
THUMBPRINT = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
"The members of a public key, by its type (RFC 7638)."


class CredentialError(UserError):
    """A secret, key or network that cannot be taken as it is."""


@transaction.atomic
def new_secret(
    *, by: Any, client: Client, overlap: timedelta = OVERLAP, request: HttpRequest | None = None
) -> tuple[Credential, str]:
    """A new secret, which is kept nowhere; the client's other secrets end after `overlap`."""
    now, secret = timezone.now(), Token.new_secret()
    ends = now + overlap
    others = client.credentials.select_for_update().filter(kind=Credential.Kind.SECRET)
    ended = others.filter(Q(expires_at=None) | Q(expires_at__gt=ends)).update(expires_at=ends)
    _must_have_room(client)
    made = Credential.objects.create(
        client=client, kind=Credential.Kind.SECRET, start=secret[: len(PREFIX) + SHOWN],
        secret_hash=Token.hash_of(secret), made_by=by, made_at=now,
    )  # fmt: skip
    detail = {"credential": made.start, "others": ended, "others_end": ends.isoformat(timespec="seconds")}
    record(who=by, what="client:secret-changed", subject=str(client), detail=detail, request=request)
    return made, secret


@transaction.atomic
def add_key(*, by: Any, client: Client, text: str, request: HttpRequest | None = None) -> Credential:
    """A public key, as a PEM or a JWK. CredentialError for one that is private, weak, or known already."""
    key = public_key(text)
    start = thumbprint(key)[: len(PREFIX) + SHOWN]
    _must_have_room(client)
    if any(one.public_key == key and one.is_open for one in client.credentials.all()):
        raise CredentialError(
            expected="a new key", found="one that is here", where="public key", do="Nothing was changed."
        )
    made: Credential = Credential.objects.create(
        client=client, kind=Credential.Kind.KEY, start=start, public_key=key, made_by=by
    )
    record(who=by, what="client:key-added", subject=str(client), detail={"credential": start}, request=request)
    return made


@transaction.atomic
def end_credential(*, by: Any, credential: Credential, request: HttpRequest | None = None) -> None:
    """From now on it proves nothing, and the tokens that the client has open nothing. Again does no harm."""
    if not credential.is_open:
        return
    now = timezone.now()
    Credential.objects.filter(pk=credential.pk).update(expires_at=now)
    credential.client.person.tokens.filter(withdrawn_at=None).update(withdrawn_at=now)
    record(
        who=by, what="client:credential-ended", subject=str(credential.client),
        detail={"credential": credential.start}, request=request,
    )  # fmt: skip


@transaction.atomic
def set_addresses(*, by: Any, client: Client, text: str, request: HttpRequest | None = None) -> list[str]:
    """From which networks the client may come, at once also with the tokens it has; none: from everywhere."""
    found = networks(text)
    before, client.addresses = client.addresses, found
    client.save(update_fields=["addresses"])
    client.person.tokens.update(addresses=found)
    detail = {"before": before, "after": found}
    record(who=by, what="client:addresses-changed", subject=str(client), detail=detail, request=request)
    return found


def networks(text: str) -> list[str]:
    """The networks of a text, one to a line or comma: `192.0.2.10`, `192.0.2.0/24`, `2001:db8::/48`."""
    found = []
    for one in text.replace(",", "\n").split():
        try:
            found.append(str(ipaddress.ip_network(one, strict=False)))
        except ValueError:
            raise CredentialError(
                expected="addresses such as 192.0.2.10 or 192.0.2.0/24", found=one[:50], where="addresses",
                do="Write one to a line. Nothing was changed.",
            ) from None  # fmt: skip
    if len(found) > MOST_NETWORKS:
        raise CredentialError(
            expected=f"at most {MOST_NETWORKS} networks", found=f"{len(found)}", where="addresses",
            do="Name larger networks. Nothing was changed.",
        )  # fmt: skip
    return sorted(set(found))


def is_within(address: str, allowed: Iterable[str]) -> bool:
    """Is an address in one of these networks? Where none is named, every address is."""
    named = list(allowed)
    if not named:
        return True
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(given, "ipv4_mapped", None)
    return any((mapped or given) in ipaddress.ip_network(one) for one in named)


def public_key(text: str) -> dict[str, str]:
    """A public key as a JWK of its needed members alone."""
    from jwt import algorithms

    problem = CredentialError(
        expected="a public key (PEM, or JWK): EC P-256, Ed25519, or RSA of 2,048 bits or more", found="something else",
        where="public key",
        do="Nothing was kept. If what you sent was a private key, take another: keys that were sent are no longer "
        "secret.",
    )  # fmt: skip
    try:
        if text.lstrip().startswith("-----BEGIN"):
            key: Any = load_pem_public_key(text.strip().encode())
        else:
            given = json.loads(text)
            if set(given) & {"d", "k", "p", "q"}:
                raise problem
            reader: dict[str, Any] = {
                "EC": algorithms.ECAlgorithm,
                "OKP": algorithms.OKPAlgorithm,
                "RSA": algorithms.RSAAlgorithm,
            }
            key = reader[given["kty"]].from_jwk(given)
    except CredentialError:
        raise
    except Exception:
        raise problem from None  # whatever the library says might hold the key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        written = algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    elif isinstance(key, ed25519.Ed25519PublicKey):
        written = algorithms.OKPAlgorithm.to_jwk(key, as_dict=True)
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        written = algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    else:
        raise problem
    return {name: written[name] for name in THUMBPRINT[written["kty"]]}


def thumbprint(key: dict[str, str]) -> str:
    """SHA-256 of a key's one written form (RFC 7638), in hex."""
    return hashlib.sha256(json.dumps(key, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def open_keys(client_id: str) -> Sequence[Credential]:
    """The keys of a client that prove something now."""
    held = Credential.objects.filter(client__client_id=client_id, kind=Credential.Kind.KEY)
    return [one for one in held.select_related("client__person") if one.is_open]


def used(credential: Credential) -> Client | None:
    """The client that has proven itself by this: None for one that is withdrawn. When is noted, once a day."""
    client: Client = credential.client
    if client.withdrawn_at is not None or not client.person.is_active:
        return None
    now, last = timezone.now(), credential.last_used_at
    if last is None or timezone.localdate(last) != timezone.localdate(now):
        Credential.objects.filter(pk=credential.pk).update(last_used_at=now)
    return client


def _must_have_room(client: Client) -> None:
    if sum(one.is_open for one in client.credentials.all()) >= MOST_OPEN:
        raise CredentialError(
            expected=f"at most {MOST_OPEN} secrets and keys at a time", found=f"{MOST_OPEN}", where=str(client),
            do="Nothing was changed. End one that is no longer used, then add the new one.",
        )  # fmt: skip
