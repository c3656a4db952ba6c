"""Lock for one writer at a time. The operating system releases it when the process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from parentis.archive import durable
from parentis.archive.home import Home
from parentis.archive.storage import storage_error
from parentis.errors import BusyError

WAIT_SECONDS = 60.0
"""How long a second writer waits by default: longer than a region's whole submission takes."""


@contextmanager
def locked(home: Home, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the home's lock. Raises BusyError after `wait` seconds without it, and StorageError if the disk cannot be
    written within the block."""
    try:
        with _held(home, wait):
            yield
    except Exception as error:
        told = storage_error(home, error)
        if told is None:
            raise
        raise told from error


@contextmanager
def _held(home: Home, wait: float) -> Iterator[None]:
    durable.make_folder(home.path)
    home.lock.touch(mode=durable.FILE)
    with home.lock.open("a+") as file:
        give_up = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    file.seek(0)
                    raise BusyError(
                        expected="to be the only writer",
                        found=f"another writer ({file.read().strip() or 'unnamed'}), still busy after {wait:g} s",
                        where=str(home.path),
                        do="Wait for it to end and try again; nothing was changed.",
                    ) from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield
