"""Scenarios as documents: small TOML or JSON files that people write, keep, compare and send to each other.

A document has a `name`, a `description`, and `changes`, each with a `type` (`rate`, `mix`, `capacity`, `price`), the
parts of that change, and a `title` for charts. It contains only data; each mistake in it is reported in a sentence.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from importlib.resources import files
from typing import Any

from parentis.errors import SpecificationError, UnknownAuthorityError
from parentis.region import authority
from parentis.services.demand.simulation.scenario import Capacity, Change, Mix, Price, Rate, Scenario

TYPES: Mapping[str, type[Rate] | type[Mix] | type[Capacity] | type[Price]] = {
    "rate": Rate,
    "mix": Mix,
    "capacity": Capacity,
    "price": Price,
}
MOST = 12
"Most changes in one document: a waterfall with more would be unreadable."


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A scenario with what people call it and its changes. `titles` has one for each change."""

    scenario: Scenario
    description: str = ""
    titles: tuple[str, ...] = ()


def shipped() -> Mapping[str, Document]:
    """The documents that come with the program, by name."""
    home = files("parentis.services.demand").joinpath("scenarios")
    found = [read_document(one.read_text(encoding="utf-8")) for one in home.iterdir() if one.name.endswith(".toml")]
    return {one.scenario.name: one for one in sorted(found, key=lambda one: one.scenario.name)}


def document(text: str) -> Document:
    """The shipped document named `text`, or the document written out in `text`."""
    return shipped().get(text.strip()) or read_document(text)


def read_document(text: str) -> Document:
    """Read a document from TOML or JSON. Raises SpecificationError, which names the wrong part of the wrong change."""
    given = _parsed(text)
    _only(given, {"name", "description", "changes"}, "the scenario")
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _wrong("a name", f"{name!r}", "the scenario", 'Begin with name = "…".')
    changes = given.get("changes", [])
    if not isinstance(changes, list) or not 0 < len(changes) <= MOST:
        raise _wrong(f"1 to {MOST} changes", "another number", "the scenario", "Write each under [[changes]].")
    read = [_change(one, f"change {number}") for number, one in enumerate(changes, 1)]
    titles = tuple(str(one.get("title") or f"Change {number}") for number, one in enumerate(changes, 1))
    return Document(
        scenario=Scenario(name.strip(), tuple(read)), description=str(given.get("description", "")), titles=titles
    )


def write_document(of: Document) -> str:
    """Write a document as JSON in a fixed order, so that the same document always gives the same text.
    `read_document` is its inverse.
    """
    changes = [
        {"type": _type_of(change), "title": title}
        | {
            one.name: getattr(change, one.name)
            for one in fields(change)
            if one.default is MISSING or getattr(change, one.name) != one.default
        }
        for change, title in zip(of.scenario.changes, of.titles, strict=True)
    ]
    whole = {"name": of.scenario.name, "description": of.description, "changes": changes}
    return json.dumps(whole, default=str, indent=2, ensure_ascii=False) + "\n"


def _type_of(change: Change) -> str:
    return next(name for name, of in TYPES.items() if isinstance(change, of))


def _parsed(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except ValueError as error:
        raise _wrong(
            f"a scenario in TOML or JSON, or one of {', '.join(shipped())}", f"text that is neither ({error})",
            "scenario", "docs/methods/demand-cost.md has an example.",
        ) from None  # fmt: skip
    if not isinstance(given, dict):
        raise _wrong("a scenario with name and changes", "something else", "scenario", "Write one object.")
    return given


def _change(given: object, where: str) -> Change:
    if not isinstance(given, dict):
        raise _wrong("a table of parts", "something else", where, "Write it under [[changes]].")
    kind = str(given.get("type"))
    if kind not in TYPES:
        raise _wrong(f"a type: {', '.join(TYPES)}", f"{kind!r}", where, "Correct the type.")
    of = TYPES[kind]
    _only(given, {"type", "title", *(one.name for one in fields(of))}, where)
    parts: dict[str, Any] = {}
    for one in fields(of):
        if one.name in given:
            parts[one.name] = _value(one.name, given[one.name], f"{where}, {one.name}")
        elif one.default is MISSING:
            raise _wrong(f"a part called {one.name}", "none", where, f"A {kind} needs it.")
    made: Change = of(**parts)
    return made


def _value(name: str, given: Any, where: str) -> Any:
    """Convert one part to the type that its name requires."""
    if name == "authorities":
        return tuple(_authority(one, where) for one in _texts(given, where))
    if name in ("states", "to", "ages"):
        return _texts(given, where)
    if name in ("kind", "source", "target", "state", "overflow"):
        if not isinstance(given, str):
            raise _wrong("a name", f"{given!r}", where, "Put it in quotes.")
        return given
    if name == "uasc":
        if not isinstance(given, bool):
            raise _wrong("true or false", f"{given!r}", where, "Leave it out for both.")
        return given
    if name == "start":
        return _day(given, where)
    return _number(name, given, where)


def _number(name: str, given: Any, where: str) -> float | int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < float("inf"):
        raise _wrong("a number of at least 0", f"{given!r}", where, "Correct it.")
    if name == "share" and given > 1:
        raise _wrong("a share from 0 to 1", f"{given}", where, "Write 0.15 for 15 per cent.")
    if name == "places" and given != int(given):
        raise _wrong("a whole number of places", f"{given}", where, "Correct it.")
    return int(given) if name == "places" else float(given)


def _texts(given: Any, where: str) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise _wrong('a list of names, as ["residential"]', f"{given!r}", where, "Correct it.")
    return tuple(listed)


def _day(given: Any, where: str) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise _wrong("a day as 2026-04-01", f"{given!r}", where, "Write year, month and day.") from None


def _authority(text: str, where: str) -> str:
    try:
        return authority(text).gss
    except UnknownAuthorityError as error:
        raise _wrong("an authority's name or ONS code", f"{text!r}", where, error.do) from None


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(given) - known):
        raise _wrong(f"only {', '.join(sorted(known))}", ", ".join(unknown), where, "Take it out or correct its name.")


def _wrong(expected: str, found: str, where: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where=f"scenario: {where}", do=do)
