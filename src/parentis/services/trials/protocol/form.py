"""The protocol as a form: its fields with titles and hints, and to and from texts that people type."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from parentis.errors import SpecificationError
from parentis.services.trials.protocol.record import (
    ALLOCATIONS,
    BETTER,
    DESIGNS,
    KINDS,
    METHODS,
    STOPPING_RULES,
    UNITS,
    Protocol,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form. `name` is dotted (`outcome.measure`), `kind` one of text, long, choice, whole, number, date,
    list; a list is typed with commas."""

    name: str
    title: str
    hint: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()
    needed: bool = True


FIELDS: tuple[Field, ...] = (
    Field("id", "Short name", "Lower-case letters, digits and hyphens. It cannot change later."),
    Field("title", "Title"),
    Field("question", "Question", "What the result will decide: stop, continue or scale.", "long"),
    Field("estimand", "Estimand", "Whose outcome, under which two ways, compared how, whoever drops out.", "long"),
    Field("population", "Population", "A version of a cohort definition, as older-cohort@2."),
    Field("design", "Design", kind="choice", choices=DESIGNS),
    Field("arms.0.name", "Comparison"),
    Field("arms.0.what", "What children in the comparison get", kind="long"),
    Field("arms.0.cost", "Cost of the comparison", "Pounds a child, if known.", needed=False),
    Field("arms.1.name", "New way"),
    Field("arms.1.what", "What children get in the new way", kind="long"),
    Field("arms.1.cost", "Cost of the new way", "Pounds a child, if known.", needed=False),
    Field("replaces", "What the new way takes the place of", needed=False),
    Field("unit", "What is allocated", "Children are allocated by family.", "choice", UNITS),
    Field("allocation", "How boroughs are drawn", kind="choice", choices=ALLOCATIONS),
    Field("boroughs", "Boroughs", "ONS codes, with commas.", "list"),
    Field("outcome.measure", "Primary outcome", "A figure's measure, or marker: and a marker's name."),
    Field("outcome.kind", "Kind of outcome", kind="choice", choices=KINDS),
    Field("outcome.better", "Which is better", kind="choice", choices=BETTER),
    Field("outcome.months", "Read after how many months", kind="whole"),
    Field("outcome.baseline", "Value in the comparison", "A share as 0.448.", "number"),
    Field("outcome.expected", "Value that would be worth having", "A share as 0.362.", "number"),
    Field("timing.starts", "First day", kind="date"),
    Field("timing.periods", "Periods", kind="whole"),
    Field("timing.months", "Months in a period", kind="whole"),
    Field("timing.steps", "Boroughs at each step", "Stepped wedge only, as 6, 6, 6, 6, 6.", "list", needed=False),
    Field("analysis.method", "Primary analysis", kind="choice", choices=METHODS),
    Field("analysis.icc", "Correlation within a borough", "As 0.03.", "number"),
    Field("analysis.cac", "Share of it that lasts between periods", "1 if all of it.", "number"),
    Field("analysis.level", "Level of the interval", "0.95 as a rule.", "number"),
    Field("looks", "Planned looks", "Children in each arm, as 20, 40, 60. Empty: one look.", "list", needed=False),
    Field("stopping.rule", "Stopping rule", kind="choice", choices=STOPPING_RULES),
    Field("stopping.benefit", "Stop for benefit above", "Posterior probability, Bayesian rule only.", "number"),
    Field("stopping.futility", "Stop as futile below", "Posterior probability, Bayesian rule only.", "number"),
    Field("harm.measure", "What would show harm"),
    Field("harm.at_most", "Largest difference that is not yet harm", kind="number"),
    Field("harm.then", "Who does what if it is exceeded", kind="long"),
    Field("dpia", "Data protection impact assessment", "Its reference. Needed before freezing.", needed=False),
    Field("ethics", "Ethics decision", "Its reference. Needed before freezing.", needed=False),
)  # fmt: skip


def to_form(protocol: Protocol) -> dict[str, str]:
    """The texts of every field of the form."""
    return {one.name: _text(_reached(protocol, one.name)) for one in FIELDS}


def from_form(texts: Mapping[str, str], *, version: int = 1, reason: str = "") -> Protocol:
    """A protocol from the form's texts, not yet checked. Raises SpecificationError for a number or date that cannot be
    read; a missing text is empty, a missing number the field's default or 0."""
    whole: dict[str, Any] = {"version": version, "reason": reason}
    for one in FIELDS:
        *path, last = one.name.split(".")
        at = whole
        for step in path:
            at = at.setdefault(step, {})
        at[last] = texts.get(one.name, "").strip()
    whole["arms"] = [whole["arms"]["0"], whole["arms"]["1"]]
    made: Protocol = _made(Protocol, whole, "")
    return made


def _reached(value: Any, name: str) -> Any:
    for step in name.split("."):
        value = value[int(step)] if step.isdigit() else getattr(value, step)
    return value


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _made(kind: Any, given: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        defaults = {one.name: one.default for one in dataclasses.fields(kind)}
        parts = {
            name: _made(hints[name], value, f"{where}.{name}" if where else name)
            for name, value in given.items()
            if value != "" or defaults[name] is dataclasses.MISSING
        }
        return kind(**parts)  # type: ignore[operator]
    if isinstance(kind, UnionType):
        return _made(get_args(kind)[0], given, where)
    if get_origin(kind) is tuple:
        listed = [one for one in re.split(r"[,\s]+", given) if one] if isinstance(given, str) else given
        return tuple(_made(get_args(kind)[0], one, where) for one in listed)
    return _value(kind, given, where)


_READ: dict[type, tuple[Any, str]] = {
    int: (int, "a whole number"),
    float: (float, "a number, as 0.448"),
    date: (date.fromisoformat, "a date as 2026-04-01"),
}


def _value(kind: type, given: Any, where: str) -> Any:
    if kind not in _READ or not isinstance(given, str):
        return given
    read, expected = _READ[kind]
    if not given and kind is not date:
        return kind()
    try:
        value = read(given)
    except ValueError:
        value = None
    if value is None or value != value or value in (float("inf"), float("-inf")):
        title = next((one.title for one in FIELDS if one.name == where), where)
        raise SpecificationError(
            expected=expected, found="something else", where=f"trial protocol, {where}", do=f"Correct “{title}”."
        )
    return value
