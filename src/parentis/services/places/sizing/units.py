"""Description of a home: units, whom they take, how many beds are staffed, and which children must be kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

import numpy as np

from parentis.errors import DeclarationError

SHIFT: Final = 0.5
"Length of a shift in days: two a day."


class Takes(IntEnum):
    """Whom a unit takes. A flexible one takes either sex when it is empty, and then that sex until it is empty
    again."""

    GIRLS = 0
    BOYS = 1
    MIXED = 2
    FLEXIBLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """`beds` are approved; of them `staffed` are open when all staff are there (all if None), and `short_beds` fewer
    in a shift that is short of staff, as the share `short` of shifts is. A closed bed takes no new child, but a child
    in it stays. `accepts` is the share of children whom the manager takes when bed, staff and mix allow it."""

    name: str
    beds: int
    takes: Takes = Takes.MIXED
    step_down: bool = False
    staffed: int | None = None
    short: float = 0.0
    short_beds: int = 1
    accepts: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Units in the order in which they are tried.

    Attributes:
        apart: pairs of risk classes that may not live in one unit.
        rivals: the probability that any two children may not live in one unit (named separations, gangs).
        kept: non-members' children are refused while this number of places or fewer are free.
    """

    units: tuple[Unit, ...]
    apart: tuple[tuple[int, int], ...] = ()
    classes: int = 1
    rivals: float = 0.0
    kept: int = 0

    @property
    def beds(self) -> int:
        """Approved secure places, without step-down."""
        return sum(unit.beds for unit in self.units if not unit.step_down)


def plain(places: int) -> Home:
    """One unit that takes every child."""
    return Home(units=(Unit(name="All", beds=places),))


def usual(places: int) -> Home:
    """A third girls-only, a wing of four that takes one sex at a time, the rest mixed, four step-down places; one
    shift in twenty short of staff, one child in fifty a rival of another, one in twenty declined."""
    wing = 4 if places >= 12 else 0
    girls = places // 3
    ready = Unit(name="", beds=0, short=0.05, accepts=0.95)
    units = (
        replace(ready, name="Girls", beds=girls, takes=Takes.GIRLS),
        replace(ready, name="Mixed", beds=places - girls - wing),
        replace(ready, name="Wing", beds=wing, takes=Takes.FLEXIBLE),
        Unit(name="Step-down", beds=4, step_down=True),
    )
    return Home(units=units, rivals=0.02)


def like_england(places: int) -> Home:
    """England's homes as they were on 31 March 2023: 60 in a hundred approved places taken (139 children, 230 places)
    while London's referrals were refused 46 times in a hundred. Seven approved beds in ten are staffed, a fifth of
    shifts are short, one child in twenty is a rival of another, and one in seven is declined; only the fit to those
    two observations is known (see the tests)."""
    girls = places // 3
    staffing = Unit(name="", beds=0, short=0.2, accepts=0.85)
    units = (
        replace(staffing, name="Girls", beds=girls, takes=Takes.GIRLS, staffed=round(girls * 0.72)),
        replace(staffing, name="Mixed", beds=places - girls, staffed=round((places - girls) * 0.72)),
    )
    return Home(units=units, rivals=0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """Homes as the compiled simulation takes them: `h` homes of up to `u` units, `k` risk classes. Units that a home
    does not have hold no beds."""

    units: np.ndarray = field(metadata={"shape": "(h, u, 5): beds, staffed, takes, step-down, beds closed when short"})
    odds: np.ndarray = field(
        metadata={"shape": "(h, u, 2): share of shifts that are short, share of children accepted"}
    )
    apart: np.ndarray = field(metadata={"shape": "(h, k, k)"})
    rivals: np.ndarray = field(metadata={"shape": "(h,)"})
    kept: np.ndarray = field(metadata={"shape": "(h,)"})

    def arrays(self) -> tuple[np.ndarray, ...]:
        """In the order in which `events.run_homes` takes them."""
        return self.units, self.odds, self.apart, self.rivals, self.kept


def encode(homes: Sequence[Home]) -> Encoded:
    """Arrays of `homes`. `DeclarationError` for a home without places, more staffed than approved, or a share off 0
    to 1."""
    for home in homes:
        _check(home)
    h, u = len(homes), max(len(home.units) for home in homes)
    k = max(home.classes for home in homes)
    out = Encoded(
        units=np.zeros((h, u, 5), np.int64), odds=np.zeros((h, u, 2)), apart=np.zeros((h, k, k), np.bool_),
        rivals=np.zeros(h), kept=np.zeros(h, np.int64),
    )  # fmt: skip
    for row, home in enumerate(homes):
        out.rivals[row], out.kept[row] = home.rivals, home.kept
        for one, other in home.apart:
            out.apart[row, one, other] = out.apart[row, other, one] = True
        for at, unit in enumerate(home.units):
            staffed = unit.beds if unit.staffed is None else unit.staffed
            out.units[row, at] = unit.beds, staffed, unit.takes, unit.step_down, unit.short_beds
            out.odds[row, at] = unit.short, unit.accepts
    return out


def _check(home: Home) -> None:
    def refuse(expected: str, found: object, where: str) -> None:
        raise DeclarationError(f"home: expected {expected} in {where}, found {found}; correct the home's description")

    if home.beds < 1:
        refuse("one secure place or more", home.beds, "its units")
    if not 0 <= home.rivals <= 1:
        refuse("a share from 0 to 1", home.rivals, "rivals")
    if home.kept < 0:
        refuse("0 places or more kept for members", home.kept, "kept")
    for one, other in home.apart:
        if not (0 <= one < home.classes and 0 <= other < home.classes):
            refuse(f"risk classes below {home.classes}", (one, other), "apart")
    for unit in home.units:
        if unit.beds < 0 or not 0 <= (unit.beds if unit.staffed is None else unit.staffed) <= unit.beds:
            refuse("staffed beds among those approved", f"{unit.staffed} of {unit.beds}", unit.name)
        if not (0 <= unit.short <= 1 and 0 <= unit.accepts <= 1) or unit.short_beds < 0:
            refuse("shares from 0 to 1 and beds of 0 or more", (unit.short, unit.accepts, unit.short_beds), unit.name)
