"""Programmes: what a preventive programme changes in the demand model, for whom, from when and for how long.

A programme has effects on named quantities of the model. The size of an effect is drawn, once for each replicate.
Children are simulated from their entry into care on: what is done for a family before that acts on the entry rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from parentis.errors import SpecificationError
from parentis.services.demand.estimation.bands import AGES, N_AGES, N_UASC
from parentis.services.demand.simulation.scenario_effects import ENTRY, EXIT, MIX, MOVE
from parentis.services.demand.states import EXITS

QUANTITIES: Mapping[str, int] = {"entry": ENTRY, "exit": EXIT, "move": MOVE, "mix": MIX}
MOST = 10
"Most programmes that can share one night: the shares of a night are whole for up to ten (`person_nights.SHARES`)."
MONTH = 30.4375
_EFFECTS = 10
"Key of the random number streams of effects: `simulate`, prices and uplifts use those below."


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A number with its uncertainty: its centre, and an interval of `level`, or none where it is known exactly.

    On the `log` scale it is lognormal, for ratios; on the `linear` scale normal, and never below 0.
    """

    centre: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    scale: str = "log"

    def __post_init__(self) -> None:
        if self.scale not in ("log", "linear"):
            raise _wrong("a scale: log or linear", repr(self.scale), "Correct the scale.")
        if not 0 <= self.centre < np.inf or not 0 < self.level < 1:
            raise _wrong("a number of at least 0, and a level between 0 and 1", f"{self.centre}", "Correct it.")
        if (self.low is None) != (self.high is None):
            raise _wrong("both ends of an interval, or neither", "one", "Give the other end, or leave both out.")
        if self.low is not None and self.high is not None:
            if not self.low <= self.centre <= self.high:
                raise _wrong(
                    "an interval that contains its estimate",
                    f"{self.centre} outside {self.low} to {self.high}",
                    "Correct the estimate or the interval from the source.",
                )
            if self.scale == "log" and self.low <= 0:
                raise _wrong("an interval above 0 on the log scale", f"{self.low}", "Use the linear scale.")

    @property
    def spread(self) -> float:
        """Standard deviation, on the scale."""
        if self.low is None or self.high is None:
            return 0.0
        wide = np.log(self.high / self.low) if self.scale == "log" else self.high - self.low
        return float(wide / (2 * NormalDist().inv_cdf(0.5 + self.level / 2)))

    def at(self, normal: float) -> float:
        """The value at a standard normal number."""
        if self.spread == 0:
            return self.centre
        if self.scale == "log":
            return float(self.centre * np.exp(self.spread * normal))
        return max(0.0, self.centre + self.spread * normal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a programme does to one quantity. An empty tuple means all.

    Attributes:
        quantity: `entry`, `exit`, `move`: rates; `mix`: where children come to.
        factor: of a rate, its ratio (0.9: a tenth fewer); of `mix`, the share of those who would come into the state
            in `states` who come into the one in `to` instead.
        states: where the child is; for entries, the first placement. to: exits, or groups moved to.
        ages, uasc, authorities: who is eligible, as in `scenario.Rate`; authorities by ONS code.
        marker: the name of a `Marker` that children must have; '' for none.
        share: of the eligible children, those the programme reaches.
        start, ramp_months: from when, and over how many months it grows to its full size.
        end: the programme's last day but one; from then on its strength halves every `half_life_months`, or stops.
        persistence: on the child's own clock: (months since it was first kept out of care, share still kept out),
            straight between points, constant after the last. For `entry` and `exit`.
        later_entry: what becomes of those who are no longer kept out. False: they are where they would have been
            without the programme. True: they come into care then, for a whole stay.
    """

    quantity: str
    factor: Drawn
    states: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    uasc: bool | None = False
    authorities: tuple[str, ...] = ()
    marker: str = ""
    share: Drawn = Drawn(centre=1.0)
    start: date | None = None
    ramp_months: float = 0.0
    end: date | None = None
    half_life_months: float | None = None
    persistence: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    later_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Effects under a name. Programmes of one `intervention` meet a child with the same luck: a copy adds nothing."""

    id: str
    effects: tuple[Effect, ...]
    title: str = ""
    intervention: str = ""
    "Its id where left empty."


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Which children have a marker of a cohort: those in care at the cut by name, later ones by chance.

    Attributes:
        members: `estimation.histories.Histories.child` of the children in care who have it.
        entrants: the share of children who come into care later that has it, by first placement and age at entry,
            (states, age bands).
    """

    name: str
    members: np.ndarray
    entrants: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedEffects:
    """Effects as the compiled code takes them, one row an effect, n in all; days count from the day after the cut.

    Attributes:
        what: kind, place in the list of programmes, whether all outcomes are meant (no `to`), `later_entry`, and the
            place in the list of markers (-1: none); int64 (n, 5).
        times: begin, ramp, end, half-life in days, and the factor, which is drawn; (n, 5).
        curves: the persistence curve in days and shares, (n, 2, points).
        effects: the records themselves, in the same order, for what is drawn.
    """

    what: np.ndarray
    times: np.ndarray
    source: np.ndarray
    target: np.ndarray
    age: np.ndarray
    uasc: np.ndarray
    authority: np.ndarray
    salt: np.ndarray
    curves: np.ndarray
    effects: tuple[Effect, ...]

    def drawn(self, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The factors and shares of one replicate, (n,) each: by the effect's own key, whatever else is drawn."""
        factor, share = np.ones(len(self.effects)), np.ones(len(self.effects))
        for at, one in enumerate(self.effects):
            key = np.array([seed ^ int(self.salt[at]), number * 16 + _EFFECTS], dtype=np.uint64)
            normal = np.random.Generator(np.random.Philox(key=key)).standard_normal(2)
            factor[at], share[at] = one.factor.at(normal[0]), min(1.0, one.share.at(normal[1]))
            if one.quantity == "mix":
                factor[at] = min(1.0, factor[at])
        return factor, share


def encode_effects(
    programmes: Sequence[Programme],
    *,
    groups: Sequence[str],
    authorities: Sequence[str],
    first_day: date,
    markers: Sequence[Marker] = (),
) -> EncodedEffects:
    """Arrays of `programmes`. Raises SpecificationError for what does not exist or contradicts itself."""
    if not 0 < len(programmes) <= MOST:
        raise _wrong(f"1 to {MOST} programmes at once", f"{len(programmes)}", "Put programmes together first.")
    pairs = [(at, number, one) for at, p in enumerate(programmes) for number, one in enumerate(p.effects)]
    for at, _, one in pairs:
        _check(one, programmes[at].id)
    n, width = len(pairs), max(len(groups), len(EXITS))
    points = max([len(one.persistence) for _, _, one in pairs], default=1)
    out = EncodedEffects(
        what=np.full((n, 5), -1), times=np.ones((n, 5)), source=np.zeros((n, len(groups)), np.bool_),
        target=np.zeros((n, width), np.bool_), age=np.zeros((n, N_AGES), np.bool_),
        uasc=np.zeros((n, N_UASC), np.bool_), authority=np.zeros((n, len(authorities)), np.bool_),
        salt=np.zeros(n, np.uint64), curves=np.ones((n, 2, points)), effects=tuple(one for _, _, one in pairs),
    )  # fmt: skip
    names = [one.name for one in markers]
    for row, (at, number, one) in enumerate(pairs):
        where = programmes[at].id
        out.what[row, :4] = QUANTITIES[one.quantity], at, not one.to, one.later_entry
        out.source[row], out.age[row] = _mask(one.states, groups, where), _mask(one.ages, AGES, where)
        to = EXITS if one.quantity == "exit" else groups
        out.target[row, : len(to)] = _mask(one.to, to, where)
        out.uasc[row] = (one.uasc is not True, one.uasc is not False)
        out.authority[row] = [not one.authorities or name in one.authorities for name in authorities]
        out.times[row, :4] = (
            # An effect that began before the cut is at full strength, or as far as it had grown.
            -1e9 if one.start is None else (one.start - first_day).days,
            one.ramp_months * MONTH,
            np.inf if one.end is None else (one.end - first_day).days,
            (one.half_life_months or 0.0) * MONTH,
        )
        out.salt[row] = _salt(programmes[at], number)
        if one.marker:
            out.what[row, 4] = names.index(_known(one.marker, names, where))
        for point, (months, share) in enumerate(one.persistence):
            out.curves[row, 0, point:], out.curves[row, 1, point:] = months * MONTH, share
    return out


def _check(one: Effect, where: str) -> None:
    if one.quantity not in QUANTITIES:
        raise _wrong(
            f"a quantity of the simulation: {', '.join(QUANTITIES)}", repr(one.quantity),
            "A change of price is no change of nights: give it as a price factor of the bid.", where,
        )  # fmt: skip
    if one.quantity == "mix" and (len(one.states) != 1 or len(one.to) != 1 or one.factor.centre > 1):
        raise _wrong("one state, one other to go to, and a share up to 1", "another mix", "Correct the effect.", where)
    if one.quantity == "entry" and one.to:
        raise _wrong("first placements under `states`", "`to` for an entry", "Take it out.", where)
    if one.share.centre > 1:
        raise _wrong(
            "a reach of at most all eligible children", f"{one.share.centre}", "Write 0.15 for 15 per cent.", where
        )
    if one.start and one.end and one.end <= one.start:
        raise _wrong(
            "a programme that ends after it begins", f"{one.start} to {one.end}", "Correct the dates: no benefit "
            "can begin after the programme is over.", where,
        )  # fmt: skip
    months, held = [at for at, _ in one.persistence], [share for _, share in one.persistence]
    falls = all(a >= b for a, b in pairwise(held)) and min(held) >= 0
    if months != sorted(set(months)) or months[0] != 0 or held[0] != 1 or not falls:
        raise _wrong(
            "a persistence curve from (0, 1), with later months and no rising share", f"{list(one.persistence)}",
            "Correct the points.", where,
        )  # fmt: skip


def _salt(programme: Programme, number: int) -> int:
    # Not of the size of an effect, so that the same children are met whatever is drawn or tried.
    told = f"{programme.intervention or programme.id}\0{number}"
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "little")


def _mask(chosen: Sequence[str], names: Sequence[str], where: str) -> np.ndarray:
    for one in chosen:
        _known(one, names, where)
    return np.array([not chosen or name in chosen for name in names])


def _known(name: str, names: Sequence[str], where: str) -> str:
    if name not in names:
        raise _wrong(f"one of {', '.join(names) or 'no markers'}", repr(name), "Correct the effect.", where)
    return name


def _wrong(expected: str, found: str, do: str, where: str = "effect") -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where=f"programme: {where}", do=do)
