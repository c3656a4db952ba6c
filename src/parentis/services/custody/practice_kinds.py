"""Every kind of practice case, and how to generate one."""

from collections.abc import Mapping, Sequence
from typing import Final

from parentis.services.custody.practice_cases import SAID_KINDS, Case, Change, Rng, plain_case
from parentis.services.custody.practice_hard_cases import HARD_KINDS
from parentis.services.custody.practice_people import Person, unknown_child

KNOWN: Final = 0.6
"Share of children in custody who are on an index."

KINDS: Final[Mapping[str, Change]] = {**SAID_KINDS, **HARD_KINDS}


def case(rng: Rng, kind: str, person: Person, detained_in: str) -> Case:
    """A case of this kind (one of `KINDS`) about this child."""
    return KINDS[kind](rng, plain_case(rng, kind, person, detained_in))


def child_of(rng: Rng, kind: str, known: Sequence[Person]) -> Person:
    """A child suited to a case of this kind: one on the indexes or, for some kinds, possibly one on none."""
    is_known = kind in HARD_KINDS or rng.random() < KNOWN
    return known[int(rng.integers(len(known)))] if is_known else unknown_child(rng)
