"""Scenarios: named sets of changes to the model, for what-if questions. They can be saved as JSON and compared."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np

from parentis.errors import NotFoundError
from parentis.services.demand.estimation.bands import AGES, N_AGES, N_UASC
from parentis.services.demand.states import EXITS

ENTRY, EXIT, MOVE, MIX = 0, 1, 2, 3
_KINDS = {"entry": ENTRY, "exit": EXIT, "move": MOVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Entries, exits or moves become `factor` times as many. An empty tuple means all.

    Attributes:
        kind: `entry`, `exit` or `move`.
        factor: 0.9 for a tenth fewer.
        states: where the child is; for entries, the first placement.
        to: exits (`returned home` …) or the groups moved to.
        ages: age bands as in `bands.AGES`.
        uasc: only unaccompanied asylum-seeking children, only others, or (None) both.
        authorities: names as in the model.
        start: first day; None, from the cut on.
        ramp_months: months from `start` over which the change grows from nil to its full size.
        share: the share of the children to whom it can apply that it reaches; the same children in every scenario.
    """

    kind: str
    factor: float
    states: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    uasc: bool | None = None
    authorities: tuple[str, ...] = ()
    start: date | None = None
    ramp_months: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A `share` of the children who would come into `source` (on entry or by a move) come into `target` instead."""

    source: str
    target: str
    share: float
    ages: tuple[str, ...] = ()
    uasc: bool | None = None
    authorities: tuple[str, ...] = ()
    start: date | None = None
    ramp_months: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """No more than `places` children in `state`, over `authorities` together; further arrivals go to `overflow`.

    No child is moved out when the limit begins: if there are more children already, no more can enter until the number
    has fallen below it.
    """

    state: str
    places: int
    overflow: str
    authorities: tuple[str, ...] = ()
    start: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Prices per night become `factor` times as high; placements do not change. Other attributes as for `Rate`."""

    factor: float
    states: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    start: date | None = None
    ramp_months: float = 0.0
    share: float = 1.0
    "The share of nights that are paid for at the new price."


Change: TypeAlias = Rate | Mix | Capacity | Price
_TYPES: dict[str, type] = {"rate": Rate, "mix": Mix, "capacity": Capacity, "price": Price}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes under a name. `Scenario()` is the forecast itself."""

    name: str = ""
    changes: tuple[Change, ...] = ()

    def with_only(self, index: int) -> "Scenario":
        """A scenario with only the change at `index`, for its isolated effect."""
        return replace(self, name=f"{self.name}: change {index + 1}", changes=(self.changes[index],))

    def to_json(self) -> str:
        changes = [{"type": type(one).__name__.lower(), **asdict(one)} for one in self.changes]
        return json.dumps({"name": self.name, "changes": changes}, default=str, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Scenario":
        """Inverse of `to_json`. Raises NotFoundError for a change of no known type or with unknown parts."""
        given = json.loads(text)
        return cls(given.get("name", ""), tuple(_change(one) for one in given.get("changes", [])))


def _change(given: dict[str, Any]) -> Change:
    kind = given.get("type", "")
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items() if name != "type"
    }
    if parts.get("start"):
        parts["start"] = date.fromisoformat(parts["start"])
    try:
        made: Change = _TYPES[kind](**parts)
    except (KeyError, TypeError) as error:
        raise NotFoundError(
            expected=f"a change of type {', '.join(_TYPES)} with its parts",
            found=f"{kind!r} with {', '.join(parts)}",
            where="scenario",
            do="See docs/methods/demand.md for what each change is made of.",
        ) from error
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A scenario as the compiled simulation takes it; one row a change, `n` rates and mixes, `c` capacities.

    Days count from the day after the cut. `target` marks exits or states; for a mix, the one state.
    """

    kind: np.ndarray
    source: np.ndarray
    target: np.ndarray
    age: np.ndarray
    uasc: np.ndarray
    authority: np.ndarray
    factor: np.ndarray
    begins: np.ndarray
    ramp: np.ndarray
    share: np.ndarray
    salt: np.ndarray
    full_state: np.ndarray
    full_places: np.ndarray
    full_overflow: np.ndarray
    full_authority: np.ndarray
    full_begins: np.ndarray


def encode(scenario: Scenario, *, groups: Sequence[str], authorities: Sequence[str], first_day: date) -> Encoded:
    """Arrays of `scenario`. Raises NotFoundError for a state, exit, age band or authority that does not exist."""
    flows = [one for one in scenario.changes if isinstance(one, Rate | Mix)]
    caps = [one for one in scenario.changes if isinstance(one, Capacity)]
    n, c, width = len(flows), len(caps), max(len(groups), len(EXITS))
    out = Encoded(
        kind=np.zeros(n, np.int64), source=np.zeros((n, len(groups)), np.bool_),
        target=np.zeros((n, width), np.bool_), age=np.zeros((n, N_AGES), np.bool_),
        uasc=np.zeros((n, N_UASC), np.bool_), authority=np.zeros((n, len(authorities)), np.bool_),
        factor=np.ones(n), begins=np.zeros(n), ramp=np.zeros(n), share=np.ones(n), salt=np.zeros(n, np.uint64),
        full_state=np.zeros(c, np.int64), full_places=np.zeros(c, np.int64), full_overflow=np.zeros(c, np.int64),
        full_authority=np.zeros((c, len(authorities)), np.bool_), full_begins=np.zeros(c),
    )  # fmt: skip
    for row, one in enumerate(flows):
        out.age[row], out.authority[row] = _mask(one.ages, AGES), _mask(one.authorities, authorities)
        out.uasc[row] = (one.uasc is not True, one.uasc is not False)
        out.begins[row], out.ramp[row] = _day(one.start, first_day), one.ramp_months * 30.4375
        out.share[row], out.salt[row] = _fraction(one.share), _salt(one)
        if isinstance(one, Mix):
            out.kind[row] = MIX
            out.source[row], out.target[row, : len(groups)] = _mask((one.source,), groups), _mask((one.target,), groups)
            continue
        out.kind[row] = _KINDS[_known(one.kind, tuple(_KINDS))]
        out.source[row], out.factor[row] = _mask(one.states, groups), _factor(one.factor)
        names = EXITS if one.kind == "exit" else groups
        out.target[row, : len(names)] = _mask(one.to, names)
    for row, cap in enumerate(caps):
        out.full_state[row], out.full_overflow[row] = (
            list(groups).index(_known(name, groups)) for name in (cap.state, cap.overflow)
        )
        out.full_places[row], out.full_begins[row] = cap.places, _day(cap.start, first_day)
        out.full_authority[row] = _mask(cap.authorities, authorities)
    return out


def _mask(chosen: Sequence[str], names: Sequence[str]) -> np.ndarray:
    for one in chosen:
        _known(one, names)
    return np.array([not chosen or name in chosen for name in names])


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise NotFoundError(
            expected=f"one of {', '.join(names[:40])}", found=repr(name), where="scenario", do="Correct the change."
        )
    return name


def _fraction(value: float) -> float:
    if not 0 <= value <= 1:
        raise NotFoundError(expected="a share from 0 to 1", found=f"{value}", where="scenario", do="Correct it.")
    return value


def _factor(value: float) -> float:
    if not 0 <= value < np.inf:
        raise NotFoundError(expected="a factor of at least 0", found=f"{value}", where="scenario", do="Correct it.")
    return value


def _day(start: date | None, first_day: date) -> float:
    return 0.0 if start is None else float(max(0, (start - first_day).days))


def _salt(change: Rate | Mix) -> int:
    # The children whom a change reaches depend on its content, not on its size or position in the list.
    told = [type(change).__name__, change.ages, change.authorities, change.uasc]
    told += [change.source, change.target] if isinstance(change, Mix) else [change.kind, change.states, change.to]
    return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), "little")
