"""Routing: whose child a child in custody is. Sure, and it goes there; not sure, and a person decides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from parentis.region import local_day
from parentis.services.custody.comparison import Comparison, Grade, compare
from parentis.services.custody.decision_table import STALE, Outcome, RoutingTable, Rule, SendTo, routing_table
from parentis.services.custody.names import plain
from parentis.services.custody.persons import LOOKED_AFTER, IndexEntry, Subject
from parentis.services.custody.residence import PostcodeLookup, Residence, in_region, residence

YOUNGEST: Final = 10
"The age of criminal responsibility (Children and Young Persons Act 1933, s.50)."
ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child on an index who may be this one."""

    entry: IndexEntry
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, by which rule of which table, and why.

    `reason` holds nothing of the child's. `candidates` do: only the desk may see them.
    """

    outcome: Outcome
    authority: str | None
    "ONS code of the authority that gets the notice; None where the desk decides."
    also: tuple[str, ...]
    "ONS codes of authorities whose emergency duty team is asked for practical help only."
    rule: str
    reason: str
    candidates: tuple[Candidate, ...] = field(repr=False)
    "Likeliest first; all that could be the child."
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
    complete: bool = True,
) -> Decision:
    """Decide whose child this is.

    Args:
        entries: of the indexes, those that share one of `keys(subject)`; more do no harm.
        detained_in: ONS code of the authority that the custody suite is in.
        now: aware; gives the child's age.
        stale: ONS codes of authorities whose index is older than it may be, or never came: what would rest on it goes
            to the desk, and so does a child who is on no other, unless the table lets them go.
        postcodes: from a postcode to its authority; without it no home is known by postcode.
        table: the rules; by default those in force.
        complete: False if not all entries that share a key are given: then no match is sure.
    """
    rules = table or routing_table()
    candidates = _candidates(subject, entries)
    sure = [one for one in candidates if one.comparison.grade is Grade.SURE]
    lives = residence(subject, postcodes=postcodes, detained_in=detained_in)
    rule = rules.decide(
        {
            "identity": _identity(subject, local_day(now)),
            "match": _match(candidates, sure, complete=complete),
            **_facts(subject, sure, detained_in),
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


def _candidates(subject: Subject, entries: Iterable[IndexEntry]) -> list[Candidate]:
    compared = (Candidate(entry, compare(subject, entry)) for entry in entries)
    alike = [one for one in compared if one.comparison.grade is not Grade.NO]
    return sorted(alike, key=lambda one: (-one.comparison.score, one.entry.authority, one.entry.person_ref))


def _match(candidates: list[Candidate], sure: list[Candidate], *, complete: bool) -> str:
    holders = {one.entry.holder for one in sure}
    rivals = {one.entry.holder for one in candidates if one.comparison.grade is not Grade.FAINT}
    # A mere likeness of another child of the same authority (a twin, a namesake) leaves no doubt of the authority.
    if sure and rivals == holders and complete:
        return "sure"
    return "doubt" if candidates or not complete else "none"


def _facts(subject: Subject, sure: list[Candidate], detained_in: str) -> dict[str, str]:
    """What those say who surely are the child."""
    holders = {one.entry.holder for one in sure}
    statuses: set[str] = set().union(*(one.entry.statuses for one in sure))
    return {
        "holders": {0: "none", 1: "one"}.get(len(holders), "several"),
        "status": "looked after" if LOOKED_AFTER in statuses else "case" if statuses else "none",
        "reach": _reach(holders, detained_in),
        "claim": _claim(subject, statuses),
    }


def _identity(subject: Subject, today: date) -> str:
    first, last, born = plain(subject.first_name), plain(subject.surname), subject.date_of_birth
    if not first and not last and born is None:
        return "unknown"
    if born is None:
        return "no date of birth"
    if not first or not last:
        return "partial"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "stated" if YOUNGEST <= age < ADULT else "not 10 to 17"


def _reach(holders: set[str], detained_in: str) -> str:
    if not holders:
        return "none"
    return "region" if all(in_region(code, detained_in) for code in holders) else "elsewhere"


def _claim(subject: Subject, statuses: set[str]) -> str:
    """Is what is said of the child's standing borne out? Being looked after must be so on the index itself."""
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
    """Whose index the decision rests on."""
    return {one.entry.authority for one in sure} if rule.send_to is SendTo.HOLDER else set()
