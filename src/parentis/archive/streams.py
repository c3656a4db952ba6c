"""Seals bytes block by block: for files that wait on disk before they are handed in and are too large for memory.

    length, nonce + ciphertext + tag    of each block
    length, nonce + ciphertext + tag    of an empty block: the end

A block is sealed with its position in the stream, so that a changed, missing, moved or truncated block is detected.
"""

from typing import IO

from parentis.archive.home import Home
from parentis.archive.keys import Key, keys_of, master_key, open_with
from parentis.errors import IntegrityError

LENGTH_BYTES = 4
BLOCK_BYTES = 1024 * 1024


def fresh_key(home: Home, about: str) -> tuple[Key, bytes]:
    """A new key, and the same key sealed by the master key, to be stored with the data it seals."""
    key = Key.random()
    return key, master_key(home).seal(key.secret, about)


def opened_key(home: Home, sealed: bytes, about: str) -> Key:
    """Inverse of `fresh_key`."""
    return Key(open_with(keys_of(home, "master"), sealed, about))


class Sealer:
    """Seals one stream. `about` must be given again to open it."""

    def __init__(self, key: Key, about: str) -> None:
        self._key, self._about, self._blocks = key, about, 0

    def block(self, data: bytes) -> bytes:
        """The block as written to disk. An empty block ends the stream."""
        sealed = self._key.seal(data, f"{self._about}/{self._blocks}")
        self._blocks += 1
        return len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed

    def end(self) -> bytes:
        return self.block(b"")


def unsealed(key: Key, file: IO[bytes], about: str) -> bytes:
    """The whole stream. Raises IntegrityError if it was changed or truncated."""
    blocks: list[bytes] = []
    while not blocks or blocks[-1]:
        length = int.from_bytes(file.read(LENGTH_BYTES), "big")
        sealed = file.read(length)
        if len(sealed) < length:
            raise IntegrityError(f"archive: {about} is cut off")
        blocks.append(key.open(sealed, f"{about}/{len(blocks)}"))
    if file.read(1):
        raise IntegrityError(f"archive: {about} goes on after its end")
    return b"".join(blocks)


class SealedWriter:
    """A file to write to, sealed block by block as it is written; `close` ends it."""

    def __init__(self, key: Key, file: IO[bytes], about: str) -> None:
        self._sealer, self._file, self._waiting = Sealer(key, about), file, bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) >= BLOCK_BYTES:
            self._file.write(self._sealer.block(bytes(self._waiting[:BLOCK_BYTES])))
            del self._waiting[:BLOCK_BYTES]
        return len(data)

    def close(self) -> None:
        if self._waiting:
            self._file.write(self._sealer.block(bytes(self._waiting)))
        self._file.write(self._sealer.end())


class SealedReader:
    """Inverse of `SealedWriter`: a file to read from. Raises IntegrityError at the first block that was changed, is
    missing or was moved, and if the stream is truncated or continues after its end."""

    def __init__(self, key: Key, file: IO[bytes], about: str) -> None:
        self._key, self._file, self._about = key, file, about
        self._blocks, self._waiting, self._ended = 0, b"", False

    def read(self, size: int = BLOCK_BYTES) -> bytes:
        while len(self._waiting) < size and not self._ended:
            self._waiting += self._next()
        given, self._waiting = self._waiting[:size], self._waiting[size:]
        return given

    def finish(self) -> None:
        """Read to the end, to verify that the stream is complete."""
        while self.read():
            pass

    def _next(self) -> bytes:
        length = int.from_bytes(self._file.read(LENGTH_BYTES), "big")
        sealed = self._file.read(length)
        if len(sealed) < length or not length:
            raise IntegrityError(f"{self._about}: it is cut off")
        block = self._key.open(sealed, f"{self._about}/{self._blocks}")
        self._blocks += 1
        if not block:
            self._ended = True
            if self._file.read(1):
                raise IntegrityError(f"{self._about}: it goes on after its end")
        return block
