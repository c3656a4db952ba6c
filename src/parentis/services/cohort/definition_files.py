"""Definitions of the cohort: versioned files, each held to the hash with which it was frozen.

A version is never changed once frozen: a change is a new file. The hash is verified whenever definitions are loaded, so
that a count or a trial's protocol that names a version means the same for ever.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, Final

from parentis.errors import DamageError, DeclarationError, NotFoundError
from parentis.services.careers import MARKERS, MarkerRule

FROZEN: Final = "frozen.toml"
COMBINATIONS: Final = ("any", "at_least", "weighted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A law under which children of the cohort are held, from its day of commencement; None where there is no such day,
    or it is still to be checked (`note`)."""

    id: str
    title: str
    source: str
    start: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Who is in the cohort. `combination`: `any` rule, `at_least` so many of them, or `weighted`: rules whose `weights`
    come to `at_least`. `ages` are whole years, both included. `sha256` is that of the file."""

    id: str
    version: int
    title: str
    in_force: date
    author: str
    reason: str
    ages: tuple[int, int]
    combination: str
    rules: tuple[MarkerRule, ...]
    at_least: float = 1
    weights: Mapping[str, float]
    regimes: tuple[Regime, ...] = ()
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.id} v{self.version}"

    @property
    def asks(self) -> str:
        """The combination as a sentence."""
        if self.combination == "any":
            return f"any of {len(self.rules)} signs"
        if self.combination == "at_least":
            return f"at least {self.at_least:.0f} of {len(self.rules)} signs"
        return f"signs whose weights come to {self.at_least:g} or more"


def read_definition(text: str) -> Definition:
    """A definition from its file's text. DeclarationError says what is wrong with it."""
    held = tomllib.loads(text)
    where = f"cohort definition {held.get('id', '?')} v{held.get('version', '?')}"
    wanted = {"id", "version", "title", "in_force", "author", "reason", "ages", "combination", "rules"}
    if lacking := wanted - set(held):
        raise DeclarationError(f"{where} does not say {', '.join(sorted(lacking))}")
    if unknown := set(held) - wanted - {"at_least", "regimes"}:
        raise DeclarationError(f"{where} says {', '.join(sorted(unknown))}, which no definition has")
    weights = {rule.get("name", ""): float(rule.pop("weight", 1.0)) for rule in held["rules"]}
    rules = tuple(_rule(where, rule) for rule in held["rules"])
    made = Definition(
        **{name: held[name] for name in wanted - {"ages", "rules", "reason"}},
        reason=held["reason"].strip(),
        ages=_ages(where, held["ages"]),
        rules=rules,
        at_least=float(held.get("at_least", 1)),
        weights=weights,
        regimes=tuple(Regime(start=one.pop("from", None), **one) for one in held.get("regimes", ())),
        sha256=_hash(text),
    )
    return _checked(where, made, held)


def _rule(where: str, held: Mapping[str, Any]) -> MarkerRule:
    if unknown := set(held) - {one.name for one in fields(MarkerRule)}:
        raise DeclarationError(f"{where}: a rule says {', '.join(sorted(unknown))}, which no rule has")
    if not {"name", "marker"} <= set(held):
        raise DeclarationError(f"{where}: a rule has a name and a marker, of {', '.join(MARKERS)}")
    return MarkerRule(**held)


def _ages(where: str, held: Any) -> tuple[int, int]:
    low, high = (int(one) for one in held)
    if not 0 <= low <= high <= 17:
        raise DeclarationError(f"{where}: ages are two whole years from 0 to 17, the lower first, not {low} and {high}")
    return low, high


def _checked(where: str, made: Definition, held: Mapping[str, Any]) -> Definition:
    names = [rule.name for rule in made.rules]
    if not names or len(set(names)) != len(names):
        raise DeclarationError(f"{where}: there is at least one rule, and each has a name of its own")
    if made.combination not in COMBINATIONS:
        raise DeclarationError(f"{where}: combination is one of {', '.join(COMBINATIONS)}, not {made.combination!r}")
    if (made.combination != "any") != ("at_least" in held):
        raise DeclarationError(f"{where}: at_least is said with at_least and weighted, and with them alone")
    if made.combination != "weighted" and set(made.weights.values()) != {1.0}:
        raise DeclarationError(f"{where}: weights are for the weighted combination")
    most = sum(made.weights.values())
    if min(made.weights.values()) <= 0 or not 0 < made.at_least <= most:
        raise DeclarationError(
            f"{where}: weights are above 0, and at_least is above 0 and no more than their sum, {most:g}"
        )
    return made


def _hash(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


@cache
def definitions() -> tuple[Definition, ...]:
    """Every version of every definition, by id and version. DamageError where a frozen file was changed."""
    return definitions_in(files(__package__) / "definitions")


def definitions_in(folder: Traversable) -> tuple[Definition, ...]:
    """The definitions of a folder, each verified with the folder's `frozen.toml`: name of the file = its SHA-256."""
    frozen = tomllib.loads((folder / FROZEN).read_text(encoding="utf-8"))
    texts = {
        one.name: one.read_text(encoding="utf-8")
        for one in folder.iterdir()
        if one.name.endswith(".toml") and one.name != FROZEN
    }
    for name in sorted(set(frozen) | set(texts)):
        if name not in frozen:
            raise DeclarationError(
                f"cohort definition {name} is not frozen: add its hash, {_hash(texts[name])}, to {FROZEN}"
            )
        if name not in texts:
            raise DamageError(table=f"cohort definition {name}", what="it was frozen, and is gone")
        if _hash(texts[name]) != frozen[name]:
            raise DamageError(table=f"cohort definition {name}", what="it was changed after it was frozen")
    found = sorted((read_definition(text) for text in texts.values()), key=lambda one: (one.id, one.version))
    for before, after in pairwise(found):
        if before.id == after.id and (after.version != before.version + 1 or after.in_force <= before.in_force):
            raise DeclarationError(f"{after.name} does not follow {before.name}: versions and days in force go up")
    return tuple(found)


def definition(definition_id: str, version: int | None = None, *, on: date | None = None) -> Definition:
    """One version; without `version` the newest in force `on` a day, or the newest of all. NotFoundError names those
    there are."""
    own = [one for one in definitions() if one.id == definition_id]
    if version is not None:
        own = [one for one in own if one.version == version]
    elif on is not None:
        own = [one for one in own if one.in_force <= on]
    if not own:
        raise NotFoundError(
            expected=f"one of {', '.join(one.name for one in definitions())}",
            found=f"{definition_id} {'' if version is None else f'v{version}'}".strip(),
            where="cohort definition",
            do="Name one of these versions.",
        )
    return own[-1]
