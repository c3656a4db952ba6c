"""Explanation of a rule in words, for the person who must correct its findings."""

from dataclasses import dataclass
from difflib import get_close_matches

from parentis.errors import NotFoundError
from parentis.returns.catalogue import the_return
from parentis.returns.rules import Rule
from parentis.returns.rules.rule_set import WITHOUT

KINDS = {"error": "to be corrected", "query": "to be looked at", "note": "for information"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The text of a rule, the tables and columns it reads, and its interpretation here."""

    code: str
    message: str
    severity: str
    years: str
    reads: tuple[str, ...]
    "Tables without which the rule does not run; alternatives are joined with `or`."
    helped_by: tuple[str, ...]
    "Tables that the rule uses if they are present."
    shows: tuple[str, ...]
    "Columns that are shown with each finding."
    not_run_if: tuple[str, ...]
    reading: str
    "Where the published text and common practice differ, and which of them is used here."
    bear_in_mind: str
    changes: tuple[tuple[str, str], ...]
    "Collection year, and what changed in it."

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The facts of the rule by heading, in the same words wherever it is shown; empty facts are left out."""
        every = (
            ("Kind", KINDS[self.severity]),
            ("Applies", self.years),
            ("Reads", ", ".join(self.reads)),
            ("Uses where given", ", ".join(self.helped_by)),
            ("Shows", ", ".join(self.shows)),
            ("Does not run if", " or ".join(self.not_run_if)),
            ("Our reading", self.reading),
            ("Bear in mind", self.bear_in_mind),
            *((f"In {year}", what) for year, what in self.changes),
        )
        return tuple((heading, text) for heading, text in every if text)


def explain(return_id: str, code: str) -> Explanation:
    """The rule of a return by its code, whatever its case. Raises `NotFoundError`, with the codes most like it."""
    declared = the_return(return_id)
    known = {rule.code: rule for rule in declared.rules()} if declared.rules else {}
    found = next((rule for own, rule in known.items() if own.casefold() == code.strip().casefold()), None)
    if found is None:
        near = get_close_matches(code.upper(), known, n=3)
        raise NotFoundError(
            expected=f"the code of a rule of {declared.spec.title}",
            found=code,
            where="the rule asked for",
            do=f"Did you mean {' or '.join(near)}?" if near else "Look it up in the list of rules.",
        )
    changed = declared.changes_of(found.code) if declared.changes_of else ()
    return _explanation(found, tuple(changed))


def _explanation(rule: Rule, changes: tuple[tuple[str, str], ...]) -> Explanation:
    years = (f"from {rule.first}" if rule.first else "every year", f"to {rule.last}" if rule.last else "")
    chosen = {table for group in rule.either for table in group}
    return Explanation(
        code=rule.code,
        message=rule.message,
        severity=rule.severity,
        years=" ".join(filter(None, years)),
        reads=tuple(map(_named, (*rule.tables, *(" or ".join(group) for group in rule.either)))),
        helped_by=tuple(_named(table) for table in rule.optional if table not in chosen),
        shows=rule.fields,
        not_run_if=tuple(sorted(WITHOUT[need] for need in rule.needs)),
        reading=rule.note,
        bear_in_mind=rule.caveat,
        changes=changes,
    )


def _named(table: str) -> str:
    return table.replace("_last", " of last year")
