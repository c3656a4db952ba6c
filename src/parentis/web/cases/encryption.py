"""What people wrote, at rest: AES-256-GCM under a key of the home's master key that is used for cases alone."""

import os
from functools import lru_cache

from parentis.archive import HOME_VARIABLE, MASTER_VARIABLE, Key, find_home, master_key


@lru_cache(maxsize=2)
def _derived(*_where: str | None) -> Key:
    """Remembered, for finding it reads files."""
    return master_key(find_home()).derive("cases")


def sealing_key() -> Key:
    """The key of what people wrote."""
    return _derived(os.environ.get(HOME_VARIABLE), os.environ.get(MASTER_VARIABLE))


def encrypt(data: bytes, about: str) -> bytes:
    return sealing_key().seal(data, about)


def decrypt(sealed: bytes, about: str) -> bytes:
    """Inverse of `seal`; bytes that were changed or moved are an IntegrityError."""
    return sealing_key().open(bytes(sealed), about)
