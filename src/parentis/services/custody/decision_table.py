"""The routing decision table: which authority is responsible for a child in custody, rule by rule, as data.

`tables/routing.csv` has a column for each fact. A blank matches any answer, and `a|b` matches either. The first rule
that matches decides. The version changes with any change to the table, and every decision records it.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from parentis.errors import DeclarationError

FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": ("stated", "partial", "no date of birth", "not 10 to 17", "unknown"),
    "match": ("sure", "doubt", "none"),
    "holders": ("one", "named", "several", "none"),
    "status": ("looked after", "case", "none"),
    "reach": ("region", "elsewhere", "none"),
    "claim": ("supported", "unsupported", "none"),
    "proof": ("confirmed", "said"),
    "indexes": ("fresh", "some stale"),
    "home": (
        "confirmed",
        "unconfirmed",
        "contradicted",
        "unknown postcode",
        "address only",
        "elsewhere",
        "none",
    ),
}
"""The facts that a rule may ask about, and the possible answers."""

STALE: Final = "stale-index"
"""The rule for a notice whose authority's index is too old: applied last, when the authority is known."""


class Outcome(StrEnum):
    ROUTED = "routed"
    DESK = "desk"


class SendTo(StrEnum):
    HOLDER = "holder"
    RESIDENCE = "residence"
    DETAINED = "detained"
    NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: when all of `conditions` hold, this outcome applies, and `reason` explains it."""

    id: str
    conditions: Mapping[str, frozenset[str]]
    outcome: Outcome
    send_to: SendTo
    helps: bool
    """Whether the emergency duty team of the place of detention is told as well, to find somewhere to stay."""
    reason: str
    source: str

    def holds(self, facts: Mapping[str, str]) -> bool:
        return all(facts[fact] in answers for fact, answers in self.conditions.items())


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """The rules in order; the last always matches. `version`: the date it came into force, and its hash."""

    version: str
    rules: tuple[Rule, ...]

    def decide(self, facts: Mapping[str, str]) -> Rule:
        """The first rule that matches `facts`, which gives one answer for each of `FACTS`."""
        return next(rule for rule in self.rules if rule.holds(facts))

    def rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)

    @classmethod
    def read(cls, text: str) -> "RoutingTable":
        """Read the table from CSV. An unknown fact, or a case that no rule covers, is a `DeclarationError`."""
        rows = list(csv.DictReader(text.splitlines()))
        rules = tuple(_rule(row) for row in rows)
        if len({rule.id for rule in rules}) != len(rules):
            raise DeclarationError("routing table: a rule's id is there twice")
        asked = [rule for rule in rules if rule.id != STALE]
        if not asked or asked[-1].conditions or len(asked) == len(rules):
            raise DeclarationError(f"routing table: the last rule must hold always, and {STALE} be among the rules")
        # The rule for stale indexes is looked up by name, and must never match in the ordinary order.
        ordered = (*asked, *(rule for rule in rules if rule.id == STALE))
        day = max(row["in_force"] for row in rows)
        return cls(f"{day}.{hashlib.sha256(text.encode()).hexdigest()[:8]}", ordered)


def _rule(row: Mapping[str, str]) -> Rule:
    conditions = {fact: frozenset(row[fact].split("|")) for fact in FACTS if row[fact]}
    for fact, answers in conditions.items():
        if unknown := answers - set(FACTS[fact]):
            raise DeclarationError(f"routing table: rule {row['rule']}: {fact} is never {sorted(unknown)}")
    rule = Rule(
        id=row["rule"],
        conditions=conditions,
        outcome=Outcome(row["outcome"]),
        send_to=SendTo(row["send_to"]),
        helps=row["helps"] == "host",
        reason=row["reason"],
        source=row["source"],
    )
    if (rule.outcome is Outcome.ROUTED) != bool(rule.send_to):
        raise DeclarationError(f"routing table: rule {rule.id}: what is routed goes to somebody, and nothing else does")
    return rule


@cache
def routing_table() -> RoutingTable:
    """The table in force."""
    return RoutingTable.read((files(__package__) / "tables" / "routing.csv").read_text(encoding="utf-8"))
