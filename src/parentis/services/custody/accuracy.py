"""How accurately routing decides practice cases whose correct authority is known, by kind of case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

import numpy as np

from parentis.services.custody.lookup import Index
from parentis.services.custody.persons import IndexEntry
from parentis.services.custody.practice_cases import Case
from parentis.services.custody.practice_kinds import KINDS, case, child_of
from parentis.services.custody.practice_people import (
    ON,
    anywhere,
    drawn_at,
    index_of,
    known_children,
    practice_postcodes,
)
from parentis.services.custody.residence import PostcodeLookup, postcode_lookup
from parentis.services.custody.routing import Decision, Outcome, route

if TYPE_CHECKING:
    import polars as pl

NOW: Final = datetime.combine(ON, time(3), UTC)


@dataclass(frozen=True, slots=True)
class Router:
    """Routes cases by indexes, postcodes and the table in force."""

    index: Index
    postcodes: PostcodeLookup

    def decide(self, one: Case) -> Decision:
        """Decide a case, with its own extra entries added to the index."""
        return route(
            one.subject,
            self.index.like(one.subject),
            detained_in=one.detained_in,
            now=NOW,
            stale=one.stale,
            postcodes=self.postcodes,
        )


def confusion(cases: Sequence[Case], index: Sequence[IndexEntry], postcodes: PostcodeLookup) -> "pl.DataFrame":
    """`case`, `right`, `desk`, `wrong`, `cases`, `indexed`, `found` for each kind of case, with a total in the last
    row. `index` holds the entries of every authority; the extra entries of each case are added to it.

    *Wrong* counts notices sent to an authority other than the child's: each is a breach. *Desk* counts cases left for a
    person to decide. `indexed` counts the cases about a child who is on an index, and `found` those of them in which
    the child's own entry is among the candidates that a person at the desk would be shown.
    """
    import polars as pl

    whole = Index(index)
    counts = {kind: dict.fromkeys(("right", "desk", "wrong", "cases", "indexed", "found"), 0) for kind in KINDS}
    for one in cases:
        near = Index((*whole.like(one.subject), *one.extra)) if one.extra else whole
        decision, found = Router(near, postcodes).decide(one), counts[one.kind]
        found[_verdict(one, decision)] += 1
        found["cases"] += 1
        found["indexed"] += one.person.holder is not None
        found["found"] += one.person.holder is not None and any(_is(one, each.entry) for each in decision.candidates)
    rows = [{"case": kind, **found} for kind, found in counts.items()]
    table = pl.DataFrame(rows).filter(pl.col("cases") > 0)
    return pl.concat([table, table.select(pl.lit("all").alias("case"), pl.exclude("case").sum())])


def _verdict(one: Case, decision: Decision) -> str:
    if decision.outcome is Outcome.DESK:
        return "desk"
    return "right" if decision.authority == one.truth else "wrong"


def _is(one: Case, entry: IndexEntry) -> bool:
    known = one.person
    return (entry.first_name, entry.surname, entry.postcode, entry.authority) == (
        known.first_name, known.surname, known.postcode, known.holder,
    )  # fmt: skip


def measured(*, seed: int, each: int) -> "pl.DataFrame":
    """`confusion` of `each` generated cases of every kind."""
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, 5], dtype=np.uint64)))
    known = known_children(rng)
    cases = [case(rng, kind, child_of(rng, kind, known), anywhere(rng)) for kind in KINDS for _ in range(each)]
    return confusion(cases, index_of(known, drawn_at()), postcode_lookup(practice_postcodes()))
