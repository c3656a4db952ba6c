"""Routing: which authority is responsible for a child in custody. A sure match is sent; a person decides the rest."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from parentis.region import local_day
from parentis.services.custody.comparison import (
    ASSIGNED_DAY,
    CROSSED,
    CROSSED_ALIKE,
    Comparison,
    Crowded,
    Grade,
    compare,
)
from parentis.services.custody.decision_table import STALE, Outcome, RoutingTable, Rule, SendTo, routing_table
from parentis.services.custody.name_similarity import AKIN, ALIKE, SAME, both_names
from parentis.services.custody.names import bare_postcode, plain
from parentis.services.custody.persons import LOOKED_AFTER, PROOFS, IndexEntry, Subject
from parentis.services.custody.residence import PostcodeLookup, Residence, in_region, residence

YOUNGEST: Final = 10
"The age of criminal responsibility (Children and Young Persons Act 1933, s.50)."
ADULT: Final = 18
CROWD: Final = 5
"""This many surnames at one postcode indicate a hostel, a children's home or a reception centre, not a family."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child on an index who may be the child in custody."""

    entry: IndexEntry
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, by which rule of which table, and why.

    `reason` holds no personal data. `candidates` do: only the desk may see them.
    """

    outcome: Outcome
    authority: str | None
    """ONS code of the authority that receives the notice; None where the desk decides."""
    also: tuple[str, ...]
    "ONS codes of authorities whose emergency duty team is asked for practical help only."
    rule: str
    reason: str
    candidates: tuple[Candidate, ...] = field(repr=False)
    """Everybody on the indexes who could be the child, likeliest first."""
    table_version: str


def route(
    subject: Subject,
    entries: Iterable[IndexEntry],
    *,
    detained_in: str,
    now: datetime,
    stale: Collection[str] = frozenset(),
    postcodes: PostcodeLookup | None = None,
    table: RoutingTable | None = None,
    crowded: Crowded | None = None,
    complete: bool = True,
) -> Decision:
    """Decide which authority is responsible for a child.

    Args:
        entries: the index entries that share one of `keys(subject)`; further entries do no harm.
        detained_in: ONS code of the authority that the custody suite is in.
        now: timezone-aware; used to calculate the child's age.
        stale: ONS codes of authorities whose index is too old, or was never received. A decision that would rest on
            one goes to the desk, and so does a child who is on no other index, unless the table sends them on.
        postcodes: from a postcode to its authority; without it no home is located by postcode.
        table: the rules; by default those in force.
        crowded: whether a postcode is a known place where unrelated children are said to live, such as a reception
            centre or a police station. A postcode with `CROWD` surnames among the entries counts as one too. At such
            a place the postcode is not a second factor.
        complete: False if not all entries that share a key are given: then no match is sure.
    """
    rules = table or routing_table()
    candidates = _candidates(subject, entries, crowded)
    sure = [one for one in candidates if one.comparison.grade is Grade.SURE]
    lives = residence(subject, postcodes=postcodes, detained_in=detained_in)
    rule = rules.decide(
        {
            "identity": _identity(subject, local_day(now)),
            "match": _match(candidates, sure, complete=complete),
            **_facts(subject, sure, candidates, detained_in),
            "proof": _proof(subject),
            "indexes": "some stale" if stale else "fresh",
            "home": str(lives.home),
        }
    )
    authority = _sent_to(rule, sure, lives, detained_in)
    if authority and {authority, *_senders(rule, sure)} & set(stale):
        rule, authority = rules.rule(STALE), None
    helping = (detained_in,) if rule.helps and authority != detained_in else ()
    return Decision(
        outcome=rule.outcome,
        authority=authority,
        also=helping,
        rule=rule.id,
        reason=rule.reason,
        candidates=tuple(candidates),
        table_version=rules.version,
    )


def _candidates(subject: Subject, given: Iterable[IndexEntry], known: Crowded | None) -> list[Candidate]:
    entries = tuple(given)
    crowded = _crowded(subject, entries, known)
    compared = (Candidate(entry, compare(subject, entry, crowded=crowded)) for entry in entries)
    alike = [one for one in compared if one.comparison.grade is not Grade.NO]
    return sorted(alike, key=lambda one: (-one.comparison.score, one.entry.authority, one.entry.person_ref))


def _crowded(subject: Subject, entries: Sequence[IndexEntry], known: Crowded | None) -> Crowded:
    """All entries at the child's postcode are given, because a postcode is one of the keys."""
    home = bare_postcode(subject.postcode)
    surnames = {plain(one.surname) for one in entries if home and bare_postcode(one.postcode) == home}
    return lambda postcode: len(surnames) >= CROWD or (known is not None and known(postcode))


def _match(candidates: list[Candidate], sure: list[Candidate], *, complete: bool) -> str:
    holders = {one.entry.holder for one in sure}
    rivals = {one.entry.holder for one in candidates if one.comparison.grade is not Grade.FAINT}
    # Similarity to another child of the same authority (a twin, a namesake) leaves no doubt about the authority.
    if sure and rivals == holders and complete:
        return "sure"
    return "doubt" if candidates or not complete else "none"


def _facts(subject: Subject, sure: list[Candidate], candidates: list[Candidate], detained_in: str) -> dict[str, str]:
    """The facts stated by the entries that are surely the child."""
    holders = {one.entry.holder for one in sure}
    own = [one for one in candidates if {one.entry.authority} == holders and _is_known(one)]
    statuses: set[str] = set().union(*(one.entry.statuses for one in (*sure, *own)))
    return {
        "holders": _holders(holders, own),
        "status": "looked after" if LOOKED_AFTER in statuses else "case" if statuses else "none",
        "reach": _reach(holders, detained_in),
        "claim": _claim(subject, statuses),
    }


def _holders(holders: set[str], own: list[Candidate]) -> str:
    """Another authority's index may name the responsible authority, but only that authority's own index confirms it."""
    if len(holders) != 1:
        return "several" if holders else "none"
    return "one" if own else "named"


def _is_known(one: Candidate) -> bool:
    """Whether an authority's own index lists a child of this name and birthday, wherever it says they live."""
    found = one.comparison
    names = {found.agreements["first_name"], found.agreements["surname"]}
    return found.grade is Grade.SURE or (
        names <= {SAME, ALIKE, AKIN, CROSSED, CROSSED_ALIKE} and found.agreements["date_of_birth"] == SAME
    )


def _identity(subject: Subject, today: date) -> str:
    first, last = (name.plain for name in both_names(subject.first_name, subject.surname))
    born = subject.date_of_birth
    if not first and not last and born is None:
        return "unknown"
    if born is None:
        return "no date of birth"
    if not first or not last:
        return "partial"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "stated" if YOUNGEST <= age < ADULT else "not 10 to 17"


def _proof(subject: Subject) -> str:
    """Whether anybody but the child has confirmed their identity. Nobody can where the birthday was assigned."""
    born = subject.date_of_birth
    assigned = born is None or (born.month, born.day) == ASSIGNED_DAY
    return "confirmed" if subject.confirmed_by in PROOFS and not assigned else "said"


def _reach(holders: set[str], detained_in: str) -> str:
    if not holders:
        return "none"
    return "region" if all(in_region(code, detained_in) for code in holders) else "elsewhere"


def _claim(subject: Subject, statuses: set[str]) -> str:
    """Whether the child's stated status is confirmed. Being looked after must be confirmed by the index itself."""
    if not subject.claimed_status and not subject.claimed_authority:
        return "none"
    borne_out = LOOKED_AFTER in statuses if subject.claimed_status == LOOKED_AFTER else bool(statuses)
    return "supported" if borne_out else "unsupported"


def _sent_to(rule: Rule, sure: list[Candidate], lives: Residence, detained_in: str) -> str | None:
    match rule.send_to:
        case SendTo.HOLDER:
            return sure[0].entry.holder
        case SendTo.RESIDENCE:
            return lives.authority
        case SendTo.DETAINED:
            return detained_in
        case SendTo.NOBODY:
            return None


def _senders(rule: Rule, sure: list[Candidate]) -> set[str]:
    """The authorities whose indexes the decision relies on."""
    return {one.entry.authority for one in sure} if rule.send_to is SendTo.HOLDER else set()
