"""What people wrote, at rest: AES-256-GCM under a key of the home's master key that is used for cases alone; of an
enclave, under the enclave's own."""

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
    """Remembered, for finding them reads files."""
    return tuple(key.derive("cases") for key in keys_of(find_home(), "master"))


def _keys() -> tuple[Key, ...]:
    """The keys of what people wrote: those before, and last the one that is used now."""
    return _derived(os.environ.get(HOME_VARIABLE), os.environ.get(MASTER_VARIABLE))


def sealing_key() -> Key:
    """The key of what people write now."""
    return _keys()[-1]


def hashing_key() -> Key:
    """The key of hashes by which a case is found: of the home's first master key, so that they stay as they are."""
    return _keys()[0]


def forget_keys() -> None:
    """Find the keys anew: one was replaced."""
    _derived.cache_clear()
    _derived_of.cache_clear()


@lru_cache(maxsize=8)
def _derived_of(name: str, *_where: str | None) -> tuple[Key, ...]:
    home = find_home()
    enclave_key(home, name)  # refused where it is the master key
    return tuple(key.derive("cases") for key in keys_of(home, name))


def _enclave(name: str) -> tuple[Key, ...]:
    """An enclave's keys: those before, and last the one that is used now."""
    return _derived_of(name, os.environ.get(HOME_VARIABLE), os.environ.get(enclave_variable(name)))


def encrypt(data: bytes, about: str, enclave: str = "") -> bytes:
    return (_enclave(enclave)[-1] if enclave else sealing_key()).seal(data, about)


def decrypt(sealed: bytes, about: str, enclave: str = "") -> bytes:
    """Inverse of `encrypt`; bytes that were changed or moved are an IntegrityError. What was said in an enclave before
    its key was used for it opens under the key of what people write, until a key is replaced."""
    return open_with((*_keys(), *_enclave(enclave)) if enclave else _keys(), bytes(sealed), about)


def encrypted_anew(sealed: bytes, about: str, enclave: str = "") -> bytes | None:
    """The same under the key that is used now; None where it is already."""
    with suppress(IntegrityError):
        (_enclave(enclave)[-1] if enclave else sealing_key()).open(bytes(sealed), about)
        return None
    return encrypt(decrypt(sealed, about, enclave), about, enclave)
