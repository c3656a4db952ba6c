import hashlib
import hmac
import subprocess
import sys

import polars as pl
import pytest

from parentis.archive import Home, custody_key, hasher, master_key, register_key
from parentis.archive.keys import Key
from parentis.errors import IntegrityError, KeyMissingError

MASTER = "1f3a5b7c9d0e2f4a6b8c0d1e3f5a7b9c2d4e6f8091a3b5c7d9e0f1a2b3c4d5e6"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("PARENTIS_MASTER_KEY", raising=False)
    monkeypatch.delenv("PARENTIS_ENV", raising=False)
    return Home(tmp_path / "home")


@pytest.mark.unit
def test_a_key_file_is_made_for_its_owner_alone_and_found_again(home):
    key = master_key(home)
    path = home.keys / "master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert master_key(home) == key
    path.chmod(0o644)
    with pytest.raises(KeyMissingError, match="chmod 600"):
        master_key(home)


@pytest.mark.integration
def test_processes_that_begin_a_home_together_have_one_key(tmp_path):
    code = (
        "import sys; from pathlib import Path; from parentis.archive import Home, master_key; "
        f"sys.stdin.read(); print(master_key(Home(Path({str(tmp_path / 'home')!r}))).id)"
    )
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip
    for one in begun:
        one.stdin.close()  # each has imported what it needs and waits for this
        one.stdin = None
    told = [one.communicate(timeout=60) for one in begun]
    assert [error for _, error in told] == [b""] * 6
    assert len({key for key, _ in told}) == 1


@pytest.mark.unit
def test_the_custody_enclave_has_a_key_of_its_own_under_the_same_rules(home, monkeypatch):
    assert custody_key(home) not in {master_key(home), master_key(home).derive("custody")}
    assert (home.keys / "custody.key").stat().st_mode & 0o777 == 0o600
    (home.keys / "custody.key").unlink()
    with pytest.raises(KeyMissingError, match="PARENTIS_CUSTODY_KEY"):
        custody_key(home)
    monkeypatch.setenv("PARENTIS_CUSTODY_KEY", MASTER)
    with pytest.raises(KeyMissingError, match=r"the custody key \w+ this home was made with"):
        custody_key(home)


@pytest.mark.unit
def test_production_does_not_make_up_a_key(home, monkeypatch):
    monkeypatch.setenv("PARENTIS_ENV", "production")
    with pytest.raises(KeyMissingError, match="PARENTIS_MASTER_KEY"):
        master_key(home)
    assert not (home.keys / "master.key").exists()
    monkeypatch.setenv("PARENTIS_MASTER_KEY", MASTER)
    assert master_key(home) == Key(bytes.fromhex(MASTER))


@pytest.mark.unit
@pytest.mark.parametrize("bad", ["secret", "0f" * 31, "zz" * 32, "00" * 32, "deadbeef" * 8])
def test_a_malformed_key_is_refused_without_showing_it(home, monkeypatch, bad):
    monkeypatch.setenv("PARENTIS_MASTER_KEY", bad)
    with pytest.raises(KeyMissingError) as refused:
        master_key(home)
    assert bad not in str(refused.value)


@pytest.mark.unit
def test_another_key_than_the_homes_own_is_refused(home, monkeypatch):
    master_key(home)
    (home.keys / "master.key").unlink()
    with pytest.raises(KeyMissingError, match="Put the key back"):
        master_key(home)
    monkeypatch.setenv("PARENTIS_MASTER_KEY", MASTER)
    with pytest.raises(KeyMissingError, match="this home was made with"):
        master_key(home)


@pytest.mark.unit
def test_the_register_has_a_key_of_its_own_under_the_same_rules(home, monkeypatch):
    assert register_key(home) not in {master_key(home), custody_key(home)}
    monkeypatch.setenv("PARENTIS_REGISTER_KEY", Key.random().secret.hex())
    with pytest.raises(KeyMissingError, match=r"the register key \w+ this home was made with"):
        register_key(home)
    another = Home(home.path / "another")
    monkeypatch.setenv("PARENTIS_REGISTER_KEY", MASTER)
    monkeypatch.setenv("PARENTIS_MASTER_KEY", MASTER)
    with pytest.raises(KeyMissingError, match="found the master key"):
        register_key(another)
    monkeypatch.delenv("PARENTIS_REGISTER_KEY")
    monkeypatch.setenv("PARENTIS_ENV", "production")
    with pytest.raises(KeyMissingError, match="PARENTIS_REGISTER_KEY"):
        register_key(Home(home.path / "a third"))


@pytest.mark.unit
def test_what_is_sealed_opens_only_whole_in_place_and_with_its_key():
    key, other = Key.random(), Key.random()
    sealed = key.seal(b"rows", "here")
    assert key.open(sealed, "here") == b"rows"
    for attempt in (
        lambda: key.open(sealed, "elsewhere"),
        lambda: other.open(sealed, "here"),
        lambda: key.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "here"),
        lambda: key.open(b"", "here"),
    ):
        with pytest.raises(IntegrityError, match="does not open"):
            attempt()
    assert key.secret.hex() not in repr(key)


@pytest.mark.spec
def test_identifiers_are_hashed_per_use(home, monkeypatch):
    monkeypatch.setenv("PARENTIS_MASTER_KEY", MASTER)
    lake, key_id = hasher(home, "lake")
    hashed = lake(pl.Series(["A1", None, "B2", "A1"]))
    # The second route: HMAC as the standard library writes it.
    secret = Key(bytes.fromhex(MASTER)).derive("hash/lake").secret
    expected = [hmac.new(secret, text, hashlib.sha256).hexdigest()[:32] for text in (b"A1", b"B2")]
    assert hashed.to_list() == [expected[0], None, expected[1], expected[0]]
    other, other_id = hasher(home, "trials")
    assert (key_id[:5], other_id[:7]) == ("lake:", "trials:")
    assert key_id[5:] != other_id[7:]
    assert other(pl.Series(["A1"])).item() != expected[0]
    assert lake(pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]


@pytest.mark.unit
@pytest.mark.parametrize("bit", [0o001, 0o002, 0o004, 0o010, 0o020, 0o040])
def test_a_key_file_that_anybody_else_may_touch_is_refused(home, bit):
    master_key(home)
    (home.keys / "master.key").chmod(0o600 | bit)
    with pytest.raises(KeyMissingError, match=f"mode {0o600 | bit:o}"):
        master_key(home)


@pytest.mark.unit
def test_a_key_has_a_short_name_and_shows_nothing_else():
    key = Key(bytes(range(32)))
    assert len(key.id) == 8
    assert repr(key.secret) not in repr(key)
    sealed = key.seal(b"rows", "here")
    assert len(sealed) == 12 + len(b"rows") + 16  # the nonce and the tag of AES-GCM


@pytest.mark.unit
def test_a_malformed_key_is_said_where_it_stands(home, monkeypatch):
    master_key(home)
    (home.keys / "master.key").write_text("short")
    with pytest.raises(KeyMissingError, match=r"64 hex digits") as refused:
        master_key(home)
    assert str(home.keys / "master.key") in str(refused.value)
    monkeypatch.setenv("PARENTIS_MASTER_KEY", "short")
    with pytest.raises(KeyMissingError, match="PARENTIS_MASTER_KEY"):
        master_key(home)
