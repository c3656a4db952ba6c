"""Decisions that need two people, and who may publish for the region at the command line.

A publisher's file affects every authority, a release opens an authority's own data, and an erasure cannot be undone:
one person asks, another carries it out. A small organisation may switch this off; its pages then say so.
"""

import os
from collections.abc import Mapping
from typing import Any

from parentis.errors import DeclarationError, RefusedError, SubmissionStateError
from parentis.returns import Return, returns

SECOND_PERSON = "PARENTIS_SECOND_PERSON_FOR_DECISIONS"
"Whether publishers' files, releases and erasures need a second person: yes unless it says no."
PUBLISHERS = "PARENTIS_PUBLISHERS"
"Names, with commas between, of those who may publish for the region at the command line: everybody unless it is set."

_WORDS = {"": True, "yes": True, "no": False}


def second_person_needed() -> bool:
    """Whether this installation requires a second person. Raises DeclarationError if the variable has another value."""
    said = os.environ.get(SECOND_PERSON, "").strip().casefold()
    if said not in _WORDS:
        raise DeclarationError(f"environment variable {SECOND_PERSON}: expected yes or no, found {said!r}")
    return _WORDS[said]


def publishes_at_the_command_line(who: str) -> bool:
    """Whether `who` may hand in and accept publishers' files by commands."""
    names = {name.strip().casefold() for name in os.environ.get(PUBLISHERS, "").split(",") if name.strip()}
    return not names or who.strip().casefold() in names


def is_published(row: Mapping[str, Any]) -> bool:
    """Whether a row of the register is of a publisher's return."""
    declared = returns().get(row["return_id"] or "")
    return declared is not None and declared.submitter == "publisher"


def accepted_alone(declared: Return, *, made_here: bool) -> bool:
    """Whether a readable publisher's file is accepted at once: no second person is required, or the site made it."""
    return not second_person_needed() or (declared.made_here and made_here)


def check_publisher(row: Mapping[str, Any], *, who: str, publishes: bool) -> None:
    """Raises where `who` may not accept this publisher's file: RefusedError without the permission,
    SubmissionStateError where a second person is needed and `who` handed it in. Other returns pass."""
    if not is_published(row):
        return
    where = f"submission {row['submission_id'][:8]}"
    if not publishes:
        raise RefusedError(
            expected="somebody who may publish for the region", found="somebody who may not", where=where,
            do="Ask the regional team: what publishers publish counts for every authority.",
        )  # fmt: skip
    if second_person_needed() and who == row["received_by"]:
        raise SubmissionStateError(
            expected="a second person", found="whoever handed it in", where=where,
            do="Somebody else of the regional team accepts it.",
        )  # fmt: skip
