"""Keys: the master key of a home, the custody enclave's own, the register's, the key of each submission, and the keyed
hashes of identifiers.

The master key wraps the submissions' keys and, through HKDF, gives each use its own HMAC key. It comes from
`PARENTIS_MASTER_KEY` (64 hex digits), else from `keys/master.key` in the home, which is made on first use
except where `PARENTIS_ENV=production`: there a key that nobody chose to keep safe would be a trap. The custody key is
kept in the same way and derives from nothing: whoever has the master key cannot open the enclave. So is the register's,
under which its entries are chained: whoever has the files and the master key cannot write the register anew.

Other enclaves (`child-deaths`) have a key of their own too, kept in the same way. Each may be replaced. The master
keys, the register's and those enclaves' before the present one are kept, sealed under it, in `keys/<name>.retired`
(`rotation`); of the custody enclave's, what must outlive it is carried on (`key_change`).
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from parentis.archive import durable
from parentis.archive.home import Home
from parentis.errors import IntegrityError, KeyMissingError

MASTER_VARIABLE = "PARENTIS_MASTER_KEY"
CUSTODY_VARIABLE = "PARENTIS_CUSTODY_KEY"
REGISTER_VARIABLE = "PARENTIS_REGISTER_KEY"
KEY_BYTES = 32
FEWEST_VALUES = 16
"""A key whose bytes take fewer values was typed and not drawn: of drawn ones, not one in 10^16 has so few."""
NONCE_BYTES = 12
HASH_HEX_DIGITS = 32
"""128 bits: no two of a region's children meet by chance, and half the width of a full digest."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """An AES-256 key. It has no printable form, so that it cannot end up in a log."""

    secret: bytes

    @classmethod
    def random(cls) -> "Key":
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def id(self) -> str:
        """Eight hex digits that name the key and say nothing about it."""
        return hmac.digest(self.secret, b"parentis key id", hashlib.sha256).hex()[:8]

    def seal(self, data: bytes, about: str) -> bytes:
        """AES-256-GCM: nonce, then ciphertext and tag. `about` must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Inverse of `seal`; bytes that were changed or moved are an `IntegrityError`."""
        try:
            return AESGCM(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise IntegrityError(f"archive: {about} does not open with its key: changed, or another key") from None

    def derive(self, purpose: str) -> "Key":
        kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"parentis/{purpose}".encode())
        return Key(kdf.derive(self.secret))


def master_key(home: Home) -> Key:
    """The home's master key; refused where it is not the one the home was made with."""
    return _kept_key(home, "master", MASTER_VARIABLE)


def given_master_key(home: Home) -> Key:
    """The master key as it is given, whatever home it was made for: to restore into an empty one. Never made up; leaves
    no mark."""
    text, path = os.environ.get(MASTER_VARIABLE), home.keys / "master.key"
    if not text and not path.is_file():
        raise KeyMissingError(
            expected=f"the master key of the home that was backed up, in {MASTER_VARIABLE} or {path}",
            found="none",
            where=str(home.path),
            do="Put it there first: the backup is sealed under it.",
        )
    return parse_key(text or path.read_text(), "master", MASTER_VARIABLE if text else str(path))


def custody_key(home: Home) -> Key:
    """The key of the custody enclave in this home, under the same rules."""
    return _kept_key(home, "custody", CUSTODY_VARIABLE)


def enclave_variable(name: str) -> str:
    """The environment variable that holds an enclave's key: `PARENTIS_CHILD_DEATHS_KEY` of `child-deaths`."""
    return f"PARENTIS_{name.upper().replace('-', '_')}_KEY"


def enclave_key(home: Home, name: str) -> Key:
    """The key of an enclave of its own in this home (`child-deaths`), under the same rules. Raises KeyMissingError for
    the master key given twice: each must be of no use without the other."""
    key = _kept_key(home, name, enclave_variable(name))
    if key == master_key(home):
        raise KeyMissingError(
            expected=f"a key of its own for {name}",
            found="the master key",
            where=enclave_variable(name),
            do="Make another with 'openssl rand -hex 32'.",
        )
    return key


def register_key(home: Home) -> Key:
    """The key under which the register's entries are chained, under the same rules. Raises KeyMissingError for the
    master key given twice: each must be of no use without the other."""
    key = _kept_key(home, "register", REGISTER_VARIABLE)
    if key == master_key(home):
        raise KeyMissingError(
            expected="a register key of its own",
            found="the master key",
            where=REGISTER_VARIABLE,
            do="Make another with 'openssl rand -hex 32'.",
        )
    return key


def keys_of(home: Home, name: str) -> tuple[Key, ...]:
    """Every key of that name that this home has had, the oldest first; the last is the one that is used now."""
    now = KINDS[name](home) if name in KINDS else enclave_key(home, name)
    path = home.keys / f"{name}.retired"
    sealed = json.loads(path.read_bytes()).get(now.id, []) if path.exists() else []
    return (*(Key(now.open(bytes.fromhex(one), retired_as(name))) for one in sealed), now)


def retired_as(name: str) -> str:
    """The context a retired key is sealed with."""
    return f"{name} key of before"


def open_with(keys: Sequence[Key], sealed: bytes, about: str) -> bytes:
    """Open what one of the keys sealed, trying the latest first. Raises IntegrityError where none opens it."""
    for key in reversed(keys[1:]):
        try:
            return key.open(sealed, about)
        except IntegrityError:
            continue
    return keys[0].open(sealed, about)


def has_register_key(home: Home) -> bool:
    """Whether a register of this home was ever chained."""
    return (home.keys / "register.id").exists()


def _kept_key(home: Home, name: str, variable: str) -> Key:
    text = os.environ.get(variable)
    where = variable if text else str(home.keys / f"{name}.key")
    key = parse_key(text or _key_file(home, name, variable), name, where)
    marker = home.keys / f"{name}.id"
    if not marker.exists():
        durable.write_file(marker, json.dumps({f"{name}_key_id": key.id}).encode())
    elif key.id not in (noted := json.loads(marker.read_bytes())).values():
        known = noted[f"{name}_key_id"]
        raise KeyMissingError(
            expected=f"the {name} key {known} this home was made with",
            found=f"the key {key.id}",
            where=where,
            do="Give the right key; without it nothing that was sealed with it can be read.",
        )
    return key


def _key_file(home: Home, name: str, variable: str) -> str:
    path = home.keys / f"{name}.key"
    if path.exists():
        if path.stat().st_mode & 0o077:
            raise KeyMissingError(
                expected="a key file that only its owner can read",
                found=f"mode {path.stat().st_mode & 0o777:o}",
                where=str(path),
                do=f"chmod 600 {path}",
            )
        return path.read_text()
    if os.environ.get("PARENTIS_ENV") == "production":
        raise KeyMissingError(
            expected=f"a {name} key in {variable} (64 hex digits)",
            found="none",
            where=str(home.path),
            do="Make one with 'openssl rand -hex 32', store it with your other keys, and set the variable.",
        )
    if (home.keys / f"{name}.id").exists():
        raise KeyMissingError(
            expected=f"the {name} key this home was made with",
            found=f"neither {variable} nor the key file",
            where=str(path),
            do="Put the key back; a new one could not read what was sealed with it.",
        )
    durable.make_file(path, Key.random().secret.hex().encode())
    return path.read_text()  # of several processes that begin a home together, the first one's


def variable_of(name: str) -> str:
    """The variable that a key may come from."""
    return {"master": MASTER_VARIABLE, "register": REGISTER_VARIABLE}.get(name) or enclave_variable(name)


def parse_key(text: str, name: str, where: str) -> Key:
    """The key that 64 hex digits write. Raises KeyMissingError for anything else, and for one that repeats itself."""
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyMissingError(
            expected=f"a {name} key of {KEY_BYTES * 2} hex digits",
            found=f"{len(text.strip())} characters that are not one",
            where=where,
            do="Make one with 'openssl rand -hex 32'.",
        )
    if len(set(secret)) < FEWEST_VALUES:
        raise KeyMissingError(
            expected=f"a {name} key drawn at random",
            found="one that repeats itself",
            where=where,
            do="Make one with 'openssl rand -hex 32'.",
        )
    return Key(secret)


KINDS: Mapping[str, Callable[[Home], Key]] = {"master": master_key, "register": register_key}
"""The keys of a home that are replaced by `rotation`, beside those of enclaves (`enclave_key`); the custody enclave's
is by `key_change`."""

Hasher: TypeAlias = Callable[[pl.Series], pl.Series]
"""Strings to 32 hex digits; null stays null. The same text gives the same hash within a use."""


def hasher(home: Home, use: str) -> tuple[Hasher, str]:
    """The keyed hash of identifiers for one use, and the id of its key, to be stored beside the hashes. It is derived
    from the home's first master key: a child keeps their hash when the key is replaced."""
    key = keys_of(home, "master")[0].derive(f"hash/{use}")
    # One keyed state, copied per value: a third of the cost of keying HMAC afresh.
    keyed = hmac.new(key.secret, digestmod=hashlib.sha256)

    def digest(text: str) -> str:
        state = keyed.copy()
        state.update(text.encode())
        return state.hexdigest()[:HASH_HEX_DIGITS]

    def hash_series(values: pl.Series) -> pl.Series:
        unique = values.cast(pl.String).drop_nulls().unique()
        hashed = pl.Series([digest(text) for text in unique], dtype=pl.String)
        return values.cast(pl.String).replace_strict(unique, hashed, default=None, return_dtype=pl.String)

    return hash_series, f"{use}:{key.id}"
