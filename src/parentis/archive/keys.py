"""Keys: the home's master key, the custody enclave's key, the register's key, each submission's key, and the keyed
hashes of identifiers.

The master key wraps the submissions' keys and, through HKDF, derives an HMAC key for each use. It comes from
`PARENTIS_MASTER_KEY` (64 hex digits), or else from `keys/master.key` in the home. That file is made on first use,
except where `PARENTIS_ENV=production`, because nobody would know to back it up. The custody key is stored in the same
way and is independent, so the master key does not open the enclave. So is the register's key, which chains its entries:
with the files and the master key alone, nobody can rewrite the register.

Other enclaves (`child-deaths`) also have their own keys, stored in the same way. Every key can be replaced. Earlier
keys of the home, the register and those enclaves are kept in `keys/<name>.retired`, sealed under the current key
(`rotation`); for the custody enclave, only the secrets that must outlive the key are carried over (`key_change`).
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
"""A key whose bytes take fewer values was typed by hand: fewer than one in 10^16 random keys has so few."""
NONCE_BYTES = 12
HASH_HEX_DIGITS = 32
"""128 bits: half a full digest, and wide enough that no two of a region's children collide by chance."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """An AES-256 key. It has no printable form, so that it cannot appear in a log."""

    secret: bytes

    @classmethod
    def random(cls) -> "Key":
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def id(self) -> str:
        """Eight hex digits that identify the key and reveal nothing about it."""
        return hmac.digest(self.secret, b"parentis key id", hashlib.sha256).hex()[:8]

    def seal(self, data: bytes, about: str) -> bytes:
        """AES-256-GCM: nonce, then ciphertext and tag. `about` must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Inverse of `seal`. Raises IntegrityError for bytes that were changed or moved."""
        try:
            return AESGCM(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise IntegrityError(f"archive: {about} does not open with its key: changed, or another key") from None

    def derive(self, purpose: str) -> "Key":
        kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"parentis/{purpose}".encode())
        return Key(kdf.derive(self.secret))


def master_key(home: Home) -> Key:
    """The home's master key. Raises KeyMissingError if it is not the key the home was made with."""
    return _kept_key(home, "master", MASTER_VARIABLE)


def given_master_key(home: Home) -> Key:
    """The master key as given, without a check against a home: for a restore into an empty home. Never creates a key,
    and records nothing."""
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
    """The key of this home's custody enclave, under the same rules."""
    return _kept_key(home, "custody", CUSTODY_VARIABLE)


def enclave_variable(name: str) -> str:
    """The environment variable that holds an enclave's key: `PARENTIS_CHILD_DEATHS_KEY` for `child-deaths`."""
    return f"PARENTIS_{name.upper().replace('-', '_')}_KEY"


def enclave_key(home: Home, name: str) -> Key:
    """The key of another enclave of this home (`child-deaths`), under the same rules. Raises KeyMissingError if it
    equals the master key: neither key may open what the other protects."""
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
    """The key that chains the register's entries, under the same rules. Raises KeyMissingError if it equals the master
    key: neither key may open what the other protects."""
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
    """Every key of that name that this home has had, oldest first; the last is the current one."""
    now = KINDS[name](home) if name in KINDS else enclave_key(home, name)
    path = home.keys / f"{name}.retired"
    sealed = json.loads(path.read_bytes()).get(now.id, []) if path.exists() else []
    return (*(Key(now.open(bytes.fromhex(one), retired_as(name))) for one in sealed), now)


def retired_as(name: str) -> str:
    """The context with which a retired key is sealed."""
    return f"{name} key of before"


def open_with(keys: Sequence[Key], sealed: bytes, about: str) -> bytes:
    """Open data sealed by one of the keys, trying the latest first. Raises IntegrityError if none opens it."""
    for key in reversed(keys[1:]):
        try:
            return key.open(sealed, about)
        except IntegrityError:
            continue
    return keys[0].open(sealed, about)


def has_register_key(home: Home) -> bool:
    """Whether this home's register was ever chained."""
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
    return path.read_text()  # if several processes create a home at once, the first one's key is used


def variable_of(name: str) -> str:
    """The environment variable that may hold a key."""
    return {"master": MASTER_VARIABLE, "register": REGISTER_VARIABLE}.get(name) or enclave_variable(name)


def parse_key(text: str, name: str, where: str) -> Key:
    """The key written as 64 hex digits. Raises KeyMissingError for anything else, and for too few different bytes."""
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
"""The keys of a home that `rotation` replaces, in addition to those of enclaves (`enclave_key`); `key_change` replaces
the custody enclave's."""

Hasher: TypeAlias = Callable[[pl.Series], pl.Series]
"""Converts strings to 32 hex digits; null stays null. The same text gives the same hash within a use."""


def hasher(home: Home, use: str) -> tuple[Hasher, str]:
    """The keyed hash of identifiers for one use, and the id of its key, to be stored with the hashes. It is derived
    from the home's first master key, so that a child's hash stays the same when the master key is replaced."""
    key = keys_of(home, "master")[0].derive(f"hash/{use}")
    # One keyed state, copied for each value: a third of the cost of setting up HMAC each time.
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
