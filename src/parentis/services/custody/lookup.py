"""Index entries by key, in memory: the same look-up as the enclave makes with keyed hashes, for practice and
measurement."""

from collections.abc import Iterable

from parentis.services.custody.blocking import keys
from parentis.services.custody.persons import IndexEntry, Subject


class Index:
    """Only entries that share a key with a child are compared with that child."""

    def __init__(self, entries: Iterable[IndexEntry]) -> None:
        self._entries = tuple(entries)
        self._by_key: dict[str, set[int]] = {}
        for place, entry in enumerate(self._entries):
            for key in keys(entry):
                self._by_key.setdefault(key, set()).add(place)

    def like(self, subject: Subject) -> tuple[IndexEntry, ...]:
        """The entries that share a key with the child, in their original order."""
        places = set[int]().union(*(self._by_key.get(key, ()) for key in keys(subject)))
        return tuple(self._entries[place] for place in sorted(places))
