"""Encryption of short secrets at rest (one-time codes, queued mail): AES-GCM under a key derived from the site's secret
key.

Text encrypted under an earlier secret key can be decrypted while that key is among SECRET_KEY_FALLBACKS.
"""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from parentis.errors import KeyMissingError

NONCE_BYTES = 12
ABOUT = b"parentis one-time codes"


def encrypt(text: str, *, about: bytes = ABOUT) -> str:
    """`about` is the purpose: text encrypted for one purpose cannot be decrypted for another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY, about).encrypt(nonce, text.encode(), about)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(text: str, *, about: bytes = ABOUT) -> str:
    """The text that `encrypt` was given; raises KeyMissingError."""
    raw = base64.urlsafe_b64decode(text)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret, about).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about).decode()
        except InvalidTag:
            continue
    raise KeyMissingError(
        expected="the secret key under which this was encrypted",
        found="another",
        where="PARENTIS_SECRET_KEY",
        do="Add the earlier key to PARENTIS_SECRET_KEYS_BEFORE.",
    )


def _cipher(secret: str, about: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(about + b":" + secret.encode()).digest())
