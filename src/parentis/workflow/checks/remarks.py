"""Remarks on a checked return in addition to its findings, the same wherever it was checked."""

from collections.abc import Iterator
from dataclasses import replace

from parentis.returns import Checked, Problem, Return, Typed, absent_parts, the_return


def with_remarks(checked: Checked, typed: Typed) -> Checked:
    """Adds the limits of the outcome: a year without its own rules, an extract made during the year, missing tables and
    columns."""
    declared = the_return(checked.return_id)
    told = [*_of_early_years(declared, checked.period), *_of_extracts(declared, typed)]
    about = [Problem(file="", where="", message=message, severity="note") for message in told]
    lacking = [Problem(file="", where="", message=message, severity="warning") for message in absent_parts(checked)]
    return replace(checked, problems=(*checked.problems, *about, *lacking))


def _of_early_years(declared: Return, period: str) -> Iterator[str]:
    """The remark for a year without its own list of rules, which is checked by the first list available."""
    if period < declared.first_rules:
        yield f"{period} has no list of rules of its own: it was checked by those of {declared.first_rules}"
    if declared.spec.periods and period < declared.spec.periods[0]:
        yield f"the codes of {period} are not known: it was checked against those of {declared.spec.periods[0]}"


def _of_extracts(declared: Return, typed: Typed) -> Iterator[str]:
    told = declared.known_to(typed.tables, typed.period) if declared.known_to else None
    if told is not None:
        yield (
            f"extracted within the year: known to {told.day} {told:%B %Y}; rules that need the whole year did not run"
        )
