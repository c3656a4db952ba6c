"""Data that is read from the home once and shown many times: cached in this process until the home changes.

A page must not open Delta tables at each request. A table's mark is the time at which its log last grew, which takes
one look at a folder.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from parentis.archive import Home, find_home

V = TypeVar("V")
Mark = tuple[str | int, ...]


def register_mark(home: Home) -> Mark:
    """A mark that changes whenever something happens to any submission."""
    return _mark(home.register)


def shown_mark(home: Home) -> Mark:
    """A mark that changes whenever a build publishes other figures to the site."""
    return _mark(home.figures / "shown")


def model_mark(home: Home) -> Mark:
    """A mark that changes with the register, and when a model is stored."""
    folder = home.cache
    return (*register_mark(home), folder.stat().st_mtime_ns if folder.is_dir() else 0)


def _mark(table: Path) -> Mark:
    log = table / "_delta_log"
    try:
        return str(log), log.stat().st_mtime_ns
    except FileNotFoundError:
        return str(log), 0


class VersionedCache(Generic[V]):
    """The result of `make(home, *key)`, computed once for each key and mark. Requests for the same result wait for the
    first one."""

    def __init__(self, make: Callable[..., V], *, mark: Callable[[Home], Mark], most: int) -> None:
        self._make, self._mark, self._most = make, mark, most
        self._kept: OrderedDict[Hashable, V] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def __call__(self, *key: Hashable) -> V:
        home = find_home()
        full = (self._mark(home), key)
        with self._lock:
            if full in self._kept:
                self._kept.move_to_end(full)
                return self._kept[full]
            making = self._making.setdefault(full, Lock())
        with making:
            with self._lock:
                if full in self._kept:
                    return self._kept[full]
            made = self._make(home, *key)
            with self._lock:
                self._kept[full] = made
                self._making.pop(full, None)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return made
