"""Counts unfinished attempts to process a submission: one that ends the process twice is set aside.

The counts are in `attempts.json` in the home, on disk before the work begins. Entries remain only if the process was
killed or a submission crashed it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from parentis import archive
from parentis.archive import Home
from parentis.errors import UnreadableFileError

MOST = 2
"A submission at which the program ended so often is not begun again."


def left(home: Home) -> dict[str, int]:
    """By submission: how often processing began and did not end."""
    return dict(json.loads(home.attempts.read_bytes())) if home.attempts.exists() else {}


@contextmanager
def attempt(home: Home, ids: Sequence[str]) -> Iterator[None]:
    """Count an attempt at these submissions, and remove it when the work ends, with or without an error."""
    before = left(home)
    _write(home, before | {one: before.get(one, 0) + 1 for one in ids})
    try:
        yield
    finally:
        _write(home, {one: count for one, count in before.items() if one not in ids})


def set_aside(files: Sequence[str]) -> UnreadableFileError:
    """The sentence shown to the sender."""
    return UnreadableFileError(
        expected="files that can be read and checked",
        found=f"some at which the program ended {MOST} times before it was done",
        where=", ".join(files),
        do="They have been set aside and are stored. Save the tables as CSV and submit them again; if "
        "that does not help, contact the administrator of Parentis.",
    )


def _write(home: Home, counts: dict[str, int]) -> None:
    if counts:
        archive.write_file(home.attempts, json.dumps(counts).encode())
    else:
        home.attempts.unlink(missing_ok=True)
