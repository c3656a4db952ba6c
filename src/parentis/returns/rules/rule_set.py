"""A rule, and the rule set of a return."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

import polars as pl

from parentis.errors import DeclarationError

Marks: TypeAlias = pl.Expr | Mapping[str, pl.Expr | pl.LazyFrame]
"""The result of a rule: for each table it marks, a yes-or-no expression over that table's prepared rows, or a lazy
frame whose column `at` holds the positions of the marked rows (repeats and nulls allowed). A single expression
applies to the rule's only table."""

Severity: TypeAlias = Literal["error", "query", "note"]


class Need(StrEnum):
    """What a rule requires besides tables."""

    POSTCODES = "postcodes"
    PROVIDERS = "providers"
    AUTHORITY = "authority"
    XML = "xml"


WITHOUT: Mapping[Need, str] = {
    Need.POSTCODES: "no postcode table was given",
    Need.PROVIDERS: "no provider register was given",
    Need.AUTHORITY: "the authority making the return is not known",
    Need.XML: "it applies only to the XML form of the return",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check of a return.

    `tables` must be present for it to run (a name ending in `_last` is of the previous year), and one of each group
    in `either`; `optional` tables are used if present. `fields` are shown with each finding, if the marked table has
    them. `first` and `last` are the periods it applies to, `changed` those in which its definition changed.
    """

    code: str
    message: str
    fields: tuple[str, ...]
    tables: tuple[str, ...]
    evaluate: Callable[[Any], Marks]
    either: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()
    needs: frozenset[Need] = frozenset()
    first: str = ""
    last: str = ""
    changed: tuple[str, ...] = ()
    severity: Severity = "error"
    note: str = ""
    "Where condition and message differ: which is followed, and why."
    caveat: str = ""
    "A limit that applies to every run of the rule; shown as the reason with the status `run`."

    def applies(self, period: str) -> bool:
        return (not self.first or self.first <= period) and (not self.last or period <= self.last)


@dataclass(slots=True)
class RuleSet:
    """The rules of one return, in the order they were written."""

    return_id: str
    _rules: dict[str, Rule] = field(default_factory=dict)

    def rule(
        self,
        code: str,
        message: str,
        *,
        fields: str | tuple[str, ...],
        tables: str = "",
        either: str = "",
        optional: str = "",
        needs: tuple[Need, ...] = (),
        first: str = "",
        last: str = "",
        changed: tuple[str, ...] = (),
        severity: Severity = "error",
        note: str = "",
        caveat: str = "",
    ) -> Callable[[Callable[[Any], Marks]], Callable[[Any], Marks]]:
        """Declare the decorated function as a rule. Lists of fields and tables are written with spaces between,
        fields whose names contain spaces as a tuple; `either` groups tables, one of which is enough: `Header|UASC
        Header_last|UASC_last`."""

        def declare(evaluate: Callable[[Any], Marks]) -> Callable[[Any], Marks]:
            if code in self._rules:
                raise DeclarationError(f"{self.return_id}: rule {code} is declared twice")
            named = tuple(fields.split()) if isinstance(fields, str) else fields
            groups = tuple(tuple(group.split("|")) for group in either.split())
            if not (tables.split() or groups) or not named:
                raise DeclarationError(f"{self.return_id}: rule {code} names no table or no field")
            self._rules[code] = Rule(
                code=code,
                message=message,
                fields=named,
                tables=tuple(tables.split()),
                evaluate=evaluate,
                either=groups,
                optional=tuple(dict.fromkeys([*optional.split(), *(table for group in groups for table in group)])),
                needs=frozenset(needs),
                first=first,
                last=last,
                changed=changed,
                severity=severity,
                note=note,
                caveat=caveat,
            )
            return evaluate

        return declare

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, code: str) -> bool:
        return code in self._rules

    def __getitem__(self, code: str) -> Rule:
        return self._rules[code]
