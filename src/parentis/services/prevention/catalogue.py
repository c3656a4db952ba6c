"""The catalogue of interventions: dated TOML files, each with its effect as published, its evidence, and the law.

Negative results stand in it beside the others. Where nothing is published an entry says so, and no number can be
entered. An entry of a trial that the region ran itself has the id `trial:<card>@<version>`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from parentis.errors import NotFoundError, SpecificationError
from parentis.services.prevention.published_effects import Distribution, PublishedEffect, Scale, distribution

GRADES: Final[Mapping[int, str]] = {
    0: "No result published",
    1: "Before and after, no comparison",
    2: "Compared with others who differ",
    3: "Compared with others made alike (quasi-experiment)",
    4: "One randomised trial",
    5: "Several randomised trials that agree",
}
AGENCIES: Final[Mapping[str, str]] = {
    "council": "Council",
    "dsg": "Dedicated schools grant",
    "nhs": "NHS",
    "police": "Police",
    "hmt": "HM Treasury",
}
COHORT: Final = re.compile(r"^[a-z0-9][a-z0-9-]*@\d+$")
TRIAL: Final = re.compile(r"^trial:[A-Za-z0-9][\w.-]*@\d+$")
PRICE_BASE: Final = re.compile(r"^\d{4}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """From `months` after the effect ends being delivered, `kept` of it is left; straight lines between."""

    months: int
    kept: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A further cost for every begun `children` a year: another coordinator, say."""

    children: int
    amount: float
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a programme costs, in pounds of `price_base` (a financial year).

    Attributes:
        fixed: pounds a year, whoever is reached.
        each: pounds for each child, or each family where `per` says so.
        children_per_family: needed where `per` is `family`.
        children_per_worker: children a year that one full-time worker can reach; 0 where no limit is known.
    """

    fixed: float = 0.0
    each: float | None = None
    per: str = "child"
    children_per_family: float | None = None
    why_children_per_family: str = ""
    price_base: str = ""
    steps: tuple[Step, ...] = ()
    children_per_worker: float = 0.0
    worker: str = ""
    source: str = ""

    def per_child(self) -> float:
        """Pounds for each child."""
        each = self.each or 0.0
        return each / (self.children_per_family or 1.0) if self.per == "family" else each

    def of(self, children: float) -> float:
        """Pounds a year where `children` are reached in it."""
        steps = sum(one.amount * -(-children // one.children) for one in self.steps)
        return self.fixed + self.per_child() * children + steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What the law requires already. `since` is the day from which it must be done; None where it is not known."""

    says: str
    provision: str
    enacted: date
    since: date | None = None
    since_is_certain: bool = True
    doubt: str = ""

    def binds(self, on: date) -> bool:
        """Whether it must be done on this day, as far as is known."""
        return self.since is not None and self.since <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An intervention of the catalogue. `effect` is None where no number can be entered, and `why_no_number` says why.

    `population` names a cohort definition and its version, `id@version`."""

    id: str
    version: int
    dated: date
    title: str
    text: str
    population: str
    population_text: str
    grade: int
    effect: PublishedEffect | None = None
    why_no_number: str = ""
    finding: str = ""
    finding_design: str = ""
    finding_source: str = ""
    negative: bool = False
    published: bool = True
    practice: bool = False
    lag_months: int = 0
    uptake: float = 1.0
    why_uptake: str = ""
    persistence: tuple[Kept, ...] = ()
    costs: Costs = Costs()
    harms: tuple[str, ...] = ()
    law: tuple[Law, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        return self.id if TRIAL.match(self.id) else f"{self.id}@{self.version}"

    @property
    def persistence_months(self) -> int:
        """How long the evidence follows the effect."""
        return max((one.months for one in self.persistence), default=0)

    def kept(self, months: float) -> float:
        """The part of the effect that is left so many months on; level after the last point (which is then flagged)."""
        before = Kept(months=0, kept=1.0)
        for after in self.persistence:
            if months <= after.months:
                part = (months - before.months) / max(after.months - before.months, 1)
                return before.kept + part * (after.kept - before.kept)
            before = after
        return before.kept

    def required(self, on: date) -> tuple[Law, ...]:
        """The duties that it meets on a day: what they require is not additional."""
        return tuple(one for one in self.law if one.binds(on))

    def distribution(self, widening: float | None = None) -> Distribution:
        """What is drawn. Raises NotFoundError where no number can be entered."""
        if self.effect is None:
            raise NotFoundError(
                expected="an effect with its interval",
                found=self.why_no_number,
                where=self.title,
                do="Choose an entry with a published effect, or enter one with its source.",
            )
        return distribution(self.effect, where=self.title, widening=widening)


T = TypeVar("T")
_PARTS: Final[Mapping[str, type]] = {"effect": PublishedEffect, "costs": Costs}
_LISTS: Final[Mapping[str, type]] = {"persistence": Kept, "law": Law, "steps": Step}


@cache
def catalogue() -> Mapping[str, Entry]:
    """The entries that come with the program, by id."""
    home = files("parentis.services.prevention").joinpath("entries")
    read = [read_entry(one.read_text(encoding="utf-8"), where=one.name) for one in home.iterdir()
            if one.name.endswith(".toml")]  # fmt: skip
    return {one.id: one for one in sorted(read, key=lambda one: one.title)}


def entry(entry_id: str) -> Entry:
    """One entry; NotFoundError names those there are."""
    known = catalogue()
    if entry_id not in known:
        raise NotFoundError(
            expected=f"one of {', '.join(known)}", found=repr(entry_id), where="catalogue", do="Choose one of these."
        )
    return known[entry_id]


def read_entry(text: str, *, where: str = "entry") -> Entry:
    """Read an entry from TOML. Raises SpecificationError, a sentence that names the wrong part."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong("TOML", str(error), where, "Correct the line that is named.") from error
    read = _record(Entry, given, where)
    _check(read, where)
    return read


def _record(kind: type[T], given: Mapping[str, Any], where: str) -> T:
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(given) - names)
    if unknown:
        raise _wrong(f"only {', '.join(sorted(names))}", ", ".join(unknown), where, "Remove or correct these.")
    try:
        return kind(**{name: _value(name, value, where) for name, value in given.items()})
    except TypeError as error:
        missing = ", ".join(re.findall(r"'(\w+)'", str(error))) or str(error)
        raise _wrong("every part that an entry needs", f"no {missing}", where, "Add what is missing.") from error


def _value(name: str, value: Any, where: str) -> Any:
    if name in _PARTS:
        return _record(_PARTS[name], value, f"{where}, {name}")
    if name in _LISTS:
        return tuple(_record(_LISTS[name], one, f"{where}, {name} {at}") for at, one in enumerate(value, 1))
    if name == "scale":
        try:
            return Scale(value)
        except ValueError as error:
            raise _wrong(f"one of {', '.join(Scale)}", repr(value), where, "Say how the study states it.") from error
    return tuple(value) if isinstance(value, list) else value


def _check(of: Entry, where: str) -> None:
    if of.grade not in GRADES:
        raise _wrong("a grade from 0 to 5", str(of.grade), where, "Grade it by the ladder of the catalogue.")
    if not COHORT.match(of.population):
        raise _wrong("a cohort definition and its version, id@version", repr(of.population), where,
                     "Name the definition of the population.")  # fmt: skip
    if of.id.startswith("trial:") and not TRIAL.match(of.id):
        raise _wrong("trial:<card>@<version>", repr(of.id), where, "Name the trial's card and its version.")
    if not of.published and of.effect is not None:
        raise _wrong("no number, since nothing is published", "an effect", where,
                     "Remove the effect, or set published and name its source.")  # fmt: skip
    if (of.effect is None) == (not of.why_no_number):
        raise _wrong(
            "an effect, or why there is none", "neither or both", where, "Give one of effect and why_no_number."
        )
    if of.effect is not None:
        distribution(of.effect, where=where)
        if not of.effect.source:
            raise _wrong("a source", "none", where, "Say where the effect was read.")
    if any(after.months <= before.months for before, after in zip(of.persistence, of.persistence[1:], strict=False)):
        raise _wrong("months that rise", "a persistence curve that goes back", where, "Put its points in order.")
    check_costs(of.costs, where)


def check_costs(of: Costs, where: str) -> None:
    """Refuse costs that cannot be used as costs for each child, or that have no price base."""
    if of.per not in {"child", "family"}:
        raise _wrong("per child or per family", repr(of.per), where, "Say for whom the cost is.")
    if of.per == "family" and of.each is not None and not of.children_per_family:
        raise _wrong(
            "children in a family", "a cost per family, to be used per child", where,
            "Enter the mean number of children in a family: the cost of a child is the family's divided by it.",
        )  # fmt: skip
    told = of.fixed or of.each or of.steps
    if told and not PRICE_BASE.match(of.price_base):
        raise _wrong(
            "the year of whose prices the costs are, such as 2025-26", repr(of.price_base), where,
            "Enter the price base: pounds of different years cannot be added.",
        )  # fmt: skip


def _wrong(expected: str, found: str, where: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where=where, do=do)
