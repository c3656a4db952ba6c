"""Secrets of one-time codes at rest: AES-GCM under a key derived from the site's secret key, old ones still opening."""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from parentis.errors import KeyMissingError

NONCE_BYTES = 12
ABOUT = b"parentis one-time codes"


def seal(text: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), ABOUT)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(text: str) -> str:
    raw = base64.urlsafe_b64decode(text)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], ABOUT).decode()
        except InvalidTag:
            continue
    raise KeyMissingError(
        expected="the secret key under which one-time codes were set up",
        found="another",
        where="PARENTIS_SECRET_KEY",
        do="Add the earlier key to PARENTIS_SECRET_KEYS_BEFORE.",
    )


def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(ABOUT + b":" + secret.encode()).digest())
