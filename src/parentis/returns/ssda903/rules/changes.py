"""What changed from one collection year to the next: rules added, amended and withdrawn, and the codes they read.

`AMENDED` describes each amendment in words; everything else follows from the declarations, so a new year needs only
these.
"""

from dataclasses import dataclass

import polars as pl

from parentis.errors import PeriodError
from parentis.region import parse_period
from parentis.returns.periods import period_label
from parentis.returns.rules import Rule
from parentis.returns.spec import AddTable, Recode
from parentis.returns.ssda903.rules import RULE_SET
from parentis.returns.ssda903.spec import SPEC

FIRST = "2022-23"
"The first collection year with a list of rules of its own."

LETTERS = "sex is read as M and F instead of 1 and 2"
OTHER = "the other placements Z11 to Z14 take the place of Z1"

AMENDED: dict[tuple[str, str], str] = {
    ("101", "2024-25"): "M, F and U take the place of 1 and 2",
    ("146", "2024-25"): "H5 and P2 are no longer valid",
    ("146", "2025-26"): "Z11 to Z14 take the place of Z1",
    ("174", "2024-25"): LETTERS,
    ("178", "2025-26"): OTHER,
    ("213", "2025-26"): "the other placements Z11 to Z14 need no provider",
    ("218", "2024-25"): "H5 is no longer excused",
    ("218", "2025-26"): f"P2 is no longer excused; {OTHER}",
    ("221", "2023-24"): "H5 is tested",
    ("221", "2024-25"): "K3 is tested in place of H5",
    ("222", "2023-24"): "H5 is no longer tested",
    ("222", "2024-25"): "P2 is no longer tested",
    ("222", "2025-26"): OTHER,
    (
        "226",
        "2025-26",
    ): "the definition was rewritten; what it was before is not published, and all years are tested alike",
    ("229", "2025-26"): "K3 and placements that Ofsted does not register are left out",
    ("371", "2023-24"): "the age is 16 instead of 14",
    ("371", "2024-25"): "K3 is tested in place of H5",
    ("383", "2025-26"): "the placement's postcode is compared too",
    ("393", "2024-25"): LETTERS,
    ("503D", "2024-25"): "H5 last year and K3 this year are excused",
    ("503D", "2025-26"): "Z1 last year and Z11 to Z14 this year are excused, H5 and K3 no longer",
    ("526", "2025-26"): OTHER,
    ("557", "2024-25"): "freeing orders (D1) are no longer tested",
    ("607", "2024-25"): LETTERS,
    ("612", "2024-25"): LETTERS,
    ("1015", "2025-26"): "own supported accommodation (K3) may be outside the authority",
    ("SW02STG1", "2025-26"): "a number of fewer than four characters is marked",
    ("SW07STG2", "2024-25"): "the period begins a year earlier",
    ("SW10STG2", "2024-25"): "a start up to seven days before the previous end is allowed",
    ("SW12STG2", "2024-25"): "only episodes open or ended since a year before the collection year are tested",
    ("SW13STG1", "2024-25"): "a blank reason is marked only for episodes from 1 April 2023 on",
}

KNOWN_SINCE: dict[tuple[str, str], str] = {
    ("241", "2025-26"): "2026-05-01",
    ("242", "2025-26"): "2026-05-01",
    ("243", "2025-26"): "2026-05-01",
    ("SW02STG1", "2025-26"): "2026-05-18",
    ("SW01aSTG1", "2025-26"): "2026-05-18",
    ("SW01bSTG1", "2025-26"): "2026-05-18",
}
"""The day on which a change made after the published list came into use: earlier checks did not include it."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One line of the listing. `in_force` is the first day of the collection year; `known_since` if it was made after
    the published list."""

    year: str
    in_force: str
    change: str
    "`added`, `amended`, `withdrawn`, or `codes`"
    rule: str
    what: str
    reading: str = ""
    "Where the published text and common practice differ."
    known_since: str = ""


def changes_since(year: str = FIRST) -> list[RuleChange]:
    """What changed in `year` and after, by year, then added, amended, withdrawn, codes.

    Raises PeriodError if `year` is not a collection year of the return."""
    first = period_label(year, "collection-year") or ""
    if first not in SPEC.periods:
        raise PeriodError(
            expected=f"a collection year from {SPEC.periods[0]} to {SPEC.periods[-1]}",
            found=first or "none",
            where="--changed-since",
            do=f"Give {FIRST} for all that the lists hold.",
        )
    order = ("added", "amended", "withdrawn", "codes")
    every = [*_of_rules(), *_of_codes()]
    return sorted((one for one in every if one.year >= first), key=lambda one: (one.year, order.index(one.change)))


def changes_frame(year: str = FIRST) -> pl.DataFrame:
    """`changes_since` as a table, a column for each field."""
    names = ("year", "in_force", "change", "rule", "what", "reading", "known_since")
    rows = [tuple(getattr(one, name) for name in names) for one in changes_since(year)]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def changes_of(code: str) -> tuple[tuple[str, str], ...]:
    """Collection years in which a rule was added, amended or withdrawn, and what changed."""
    return tuple(
        (one.year, one.change if one.change != "amended" else f"amended: {one.what}")
        for one in _of_rules()
        if one.rule == code
    )


def _of_rules() -> list[RuleChange]:
    found = []
    for rule in RULE_SET:
        if rule.first > FIRST:
            found.append(_line(rule, rule.first, "added", rule.message))
        found += [_line(rule, year, "amended", AMENDED.get((rule.code, year), "")) for year in rule.changed]
        if rule.last:
            found.append(_line(rule, parse_period(rule.last).next.label, "withdrawn", rule.message))
    return found


def _line(rule: Rule, year: str, change: str, what: str) -> RuleChange:
    return RuleChange(
        year=year,
        in_force=f"{year[:4]}-04-01",
        change=change,
        rule=rule.code,
        what=what,
        reading="" if change == "withdrawn" else rule.note,
        known_since=KNOWN_SINCE.get((rule.code, year), ""),
    )


def _of_codes() -> list[RuleChange]:
    found = []
    for change in SPEC.changes:
        match change:
            case AddTable():
                where, what = change.table.name, "a new table"
            case Recode():
                gained = [f"gains {', '.join(code.code for code in change.add)}"] if change.add else []
                lost = [f"loses {', '.join(change.remove)}"] if change.remove else []
                where, what = f"{change.table}.{change.column}", " and ".join(gained + lost)
            case _:
                where, what = change.table, change.why
        found.append(RuleChange(change.year, f"{change.year[:4]}-04-01", "codes", where, f"{what}. {change.why}"))
    return found
