"""Encryption at rest of what people write: AES-256-GCM under a key derived from the home's master key for cases only;
for an enclave, under the enclave's own key."""

import os
from contextlib import suppress
from functools import lru_cache

from parentis.archive import (
    HOME_VARIABLE,
    MASTER_VARIABLE,
    Key,
    enclave_key,
    enclave_variable,
    find_home,
    keys_of,
    open_with,
)
from parentis.errors import IntegrityError


@lru_cache(maxsize=2)
def _derived(*_where: str | None) -> tuple[Key, ...]:
    """Cached, because finding the keys reads files."""
    return tuple(key.derive("cases") for key in keys_of(find_home(), "master"))


def _keys() -> tuple[Key, ...]:
    """The keys for written content: earlier ones first, the current one last."""
    return _derived(os.environ.get(HOME_VARIABLE), os.environ.get(MASTER_VARIABLE))


def sealing_key() -> Key:
    """The current key for written content."""
    return _keys()[-1]


def hashing_key() -> Key:
    """The key for hashes used to find a case: derived from the home's first master key, so that the hashes never
    change."""
    return _keys()[0]


def forget_keys() -> None:
    """Clear the cached keys after one was replaced."""
    _derived.cache_clear()
    _derived_of.cache_clear()


@lru_cache(maxsize=8)
def _derived_of(name: str, *_where: str | None) -> tuple[Key, ...]:
    home = find_home()
    enclave_key(home, name)  # refused where it is the master key
    return tuple(key.derive("cases") for key in keys_of(home, name))


def _enclave(name: str) -> tuple[Key, ...]:
    """An enclave's keys: earlier ones first, the current one last."""
    return _derived_of(name, os.environ.get(HOME_VARIABLE), os.environ.get(enclave_variable(name)))


def encrypt(data: bytes, about: str, enclave: str = "") -> bytes:
    return (_enclave(enclave)[-1] if enclave else sealing_key()).seal(data, about)


def decrypt(sealed: bytes, about: str, enclave: str = "") -> bytes:
    """Inverse of `encrypt`; bytes that were changed or moved raise IntegrityError. Content written in an enclave before
    its own key was in use is decrypted with the key for written content, until a key is replaced."""
    return open_with((*_keys(), *_enclave(enclave)) if enclave else _keys(), bytes(sealed), about)


def encrypted_anew(sealed: bytes, about: str, enclave: str = "") -> bytes | None:
    """The same content encrypted under the current key; None where it already is."""
    with suppress(IntegrityError):
        (_enclave(enclave)[-1] if enclave else sealing_key()).open(bytes(sealed), about)
        return None
    return encrypt(decrypt(sealed, about, enclave), about, enclave)
