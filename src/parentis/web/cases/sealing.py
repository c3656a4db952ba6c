"""What people wrote, at rest: AES-256-GCM under a key of the home's master key that is used for cases alone."""

from parentis.archive import find_home, master_key


def seal(data: bytes, about: str) -> bytes:
    return master_key(find_home()).derive("cases").seal(data, about)


def unseal(sealed: bytes, about: str) -> bytes:
    """Inverse of `seal`; bytes that were changed or moved are an IntegrityError."""
    return master_key(find_home()).derive("cases").open(bytes(sealed), about)
