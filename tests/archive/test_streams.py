"""Sealed streams: what came is what is read; nothing of it shows, and no change to it goes unnoticed."""

import io
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.archive.home import Home
from parentis.archive.keys import Key
from parentis.archive.streams import Sealer, fresh_key, opened_key, unsealed
from parentis.errors import IntegrityError

KEY = Key.random()


def _sealed(*blocks: bytes) -> list[bytes]:
    sealer = Sealer(KEY, "test")
    return [*(sealer.block(block) for block in blocks), sealer.end()]


@pytest.mark.generative
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=6))
def test_what_came_is_what_is_read(blocks: list[bytes]) -> None:
    assert unsealed(KEY, io.BytesIO(b"".join(_sealed(*blocks))), "test") == b"".join(blocks)


@pytest.mark.generative
@given(st.data())
def test_any_changed_byte_and_any_cut_is_noticed(data: st.DataObject) -> None:
    whole = b"".join(_sealed(b"first", b"second"))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for broken in (changed, whole[:at], whole + b"x"):
        with pytest.raises(IntegrityError):
            unsealed(KEY, io.BytesIO(broken), "test")


@pytest.mark.unit
def test_blocks_stay_in_their_place() -> None:
    first, second, end = _sealed(b"first", b"second")
    for moved in ([second, first, end], [first, end], [end], [first, first, second, end]):
        with pytest.raises(IntegrityError):
            unsealed(KEY, io.BytesIO(b"".join(moved)), "test")
    with pytest.raises(IntegrityError):
        unsealed(KEY, io.BytesIO(first + second + end), "another")


@pytest.mark.integration
def test_a_streams_key_opens_with_the_master_key_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARENTIS_MASTER_KEY", os.urandom(32).hex())
    key, sealed = fresh_key(Home(tmp_path), "waiting")
    assert key.secret not in sealed
    assert opened_key(Home(tmp_path), sealed, "waiting") == key
    with pytest.raises(IntegrityError):
        opened_key(Home(tmp_path), sealed, "else")
    others = [fresh_key(Home(tmp_path), "waiting")[0].secret for _ in range(3)]
    assert all(one != other for one, other in pairwise([key.secret, *others]))
