"""Where children live while in care: placements drawn one after another, with hazards by type, age and child."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from parentis.practice.calendar import FAR, april
from parentis.practice.legal import Legal
from parentis.practice.older_children import FIRST_SHORT, OlderChildren, follow, taken_over
from parentis.practice.older_risk import BEHAVIOUR_DAYS, Risk
from parentis.practice.placement_types import AT, TYPES, next_type
from parentis.practice.population import BURN_IN, UNACCOMPANIED, Population
from parentis.practice.randomness import pick, stream
from parentis.practice.targets import FIRST_RETURN, LAST_LATER_RETURN

HORIZON = april(LAST_LATER_RETURN + 1)
"Placements are drawn up to the end of the last return that can be asked for."

REGISTERED = april(2023) + 210
"28 October 2023: supported accommodation must be registered. Placements coded H5 or P2 become K3 on that day."

# Mean stay in days of a placement that lasts, and the share that are short. DfE, duration of placements, 2023-24.
STAYS: Mapping[str, tuple[float, float]] = {
    "U6": (1750, 0.14), "U3": (1700, 0.10), "K2": (700, 0.12), "H5": (420, 0.12), "P2": (300, 0.12),
    "P1": (520, 0.12), "R1": (400, 0.2), "R2": (60, 0.6), "R3": (150, 0.1), "R5": (90, 0.2), "S1": (1100, 0.0),
    "K1": (100, 0.2), "Z1": (200, 0.3), "A6": (FAR, 0.0), "A5": (FAR, 0.0),
}  # fmt: skip
SHORT_DAYS = 22.0
MOVES_SHAPE = 1.3
"Shape of the gamma distribution (mean 1) of children's factors on the hazard that a placement ends."

TO_SUPPORTED = {"usual": 0.26, "alone": 0.22}
"Share of children still fostered or in a home at 16 who move on to supported accommodation before 18."

PROVIDERS: Mapping[str, Mapping[str, float]] = {
    "U6": {"PR1": 46, "PR4": 48, "PR5": 5, "PR2": 1}, "U3": {"PR1": 100},
    "K2": {"PR1": 9, "PR4": 85, "PR5": 6}, "H5": {"PR1": 3, "PR4": 92, "PR5": 5}, "P2": {"PR4": 90, "PR5": 10},
    "P1": {"PR0": 100}, "R1": {"PR4": 95, "PR5": 5}, "R2": {"PR3": 80, "PR4": 20}, "R3": {"PR4": 90, "PR5": 10},
    "R5": {"PR3": 100}, "S1": {"PR4": 80, "PR5": 20}, "K1": {"PR2": 75, "PR4": 25}, "Z1": {"PR4": 100},
    "A6": {"PR1": 70, "PR2": 15, "PR5": 15}, "A5": {"PR1": 100},
}  # fmt: skip
ADOPTED_BY_CARER = 0.15
LONG_TERM_AFTER = 420
"Days after which a foster placement under a full care order may be confirmed as long term (U4, U1)."
ROUNDS = 60
"Most placements in one period of care; a child who reaches it does not move again."


@dataclass(frozen=True, slots=True)
class Placements:
    """One row, one placement as a return sees it: a change of code with the same carer starts another. Sorted
    by period of care and day."""

    period: np.ndarray
    "Index into Care."
    day: np.ndarray
    place: np.ndarray
    provider: np.ndarray
    home: np.ndarray
    "Number of the carer; rows with the same number have the same carer, address and provider."
    same_carer: np.ndarray
    "True if only the code changed."
    behaviour: np.ndarray
    "1 if the placement before it ended because of the child's behaviour, 0 if not, −1 if that is left to chance."


def placements(seed: int, people: Population, law: Legal, risk: Risk) -> tuple[Placements, OlderChildren]:
    """Placements of every period of care except short breaks, up to HORIZON, and what else happened to the older
    children."""
    rng = stream(seed, "placements")
    readiness = rng.gamma(MOVES_SHAPE, 1 / MOVES_SHAPE, len(people.children.born))[people.care.child]
    moves_on = _moves_on(rng, people)
    taken = taken_over(people, april(FIRST_RETURN - BURN_IN))
    rows = _sorted(_drawn(rng, people, law, readiness, moves_on, np.minimum(taken, HORIZON)))
    followed = follow(
        stream(seed, "older children"),
        people,
        law,
        risk,
        taken=taken,
        until=HORIZON,
        placed=rows,
        readiness=readiness,
        moves_on=moves_on,
        stays=STAYS,
    )
    later = followed.moves
    # The followed months know no ending for behaviour from before: there is none shortly before they begin.
    settled = np.where(rows[1] >= taken[rows[0]] - BEHAVIOUR_DAYS - 31, 0, -1)
    period, day, place, behaviour = (np.concatenate(pair) for pair in zip((*rows, settled), later, strict=True))
    order = np.lexsort((day, period))
    period, day, place, behaviour = period[order], day[order], place[order], behaviour[order]
    provider = _providers(rng, place)
    made = Placements(
        period=period,
        day=day,
        place=np.array(TYPES)[place],
        provider=provider,
        home=np.arange(len(day)),
        same_carer=np.zeros(len(day), dtype=bool),
        behaviour=behaviour,
    )
    made = _adopted_by_carer(made)
    made = _confirmed_long_term(rng, people, law, made)
    return _registered(people, made), followed.older


def _moves_on(rng: np.random.Generator, people: Population) -> np.ndarray:
    """The day on which each period's child moves to supported accommodation; FAR where it does not."""
    care, size = people.care, len(people.care.start)
    share = np.where(care.route == UNACCOMPANIED, TO_SUPPORTED["alone"], TO_SUPPORTED["usual"])
    day = people.children.born[care.child] + ((16.05 + 1.6 * rng.random(size)) * 365.25).astype(np.int64)
    return np.where(rng.random(size) < share, day, FAR)


def _sorted(rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    period, day, place = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((day, period))
    return period[order], day[order], place[order]


def _drawn(
    rng: np.random.Generator,
    people: Population,
    law: Legal,
    readiness: np.ndarray,
    supported: np.ndarray,
    until: np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(period, day, type) of each placement that begins before `until`, round by round."""
    care, children = people.care, people.children
    ends = np.minimum(care.end, until)
    # Placed with adopters well after the placement order and at least ten weeks before the adoption.
    adopters = np.where(
        law.placement_order < FAR,
        np.maximum(care.end - 75 - (rng.random(len(ends)) ** 0.5 * 420).astype(np.int64), law.placement_order + 20),
        FAR,
    )
    now = care.start.copy()
    # A placement with parents needs a care order.
    active = np.flatnonzero((care.start < ends) & ~children.respite[care.child])
    last = np.full(len(ends), -1)
    rows = []
    for round_ in range(ROUNDS):
        if not len(active):
            break
        kind = next_type(rng, people, law, active, now[active], last[active])
        kind = np.where(now[active] >= supported[active], np.where(kind == AT["P2"], kind, AT["H5"]), kind)
        carer = rng.random(len(active)) < ADOPTED_BY_CARER
        kind = np.where(now[active] >= adopters[active], np.where(carer, AT["A5"], AT["A6"]), kind)
        rows.append((active, now[active].copy(), kind))
        mean = np.array([STAYS[code][0] for code in TYPES])[kind]
        short = np.array([STAYS[code][1] for code in TYPES])[kind] + (FIRST_SHORT if round_ == 0 else 0)
        stay = np.where(
            (rng.random(len(active)) < short) & (mean < FAR),
            rng.exponential(SHORT_DAYS, len(active)),
            rng.exponential(1, len(active)) * mean / readiness[active],
        )
        next_day = now[active] + 1 + np.minimum(stay, FAR).astype(np.int64)
        for date in (supported[active], adopters[active]):
            next_day = np.where(now[active] < date, np.minimum(next_day, date), next_day)
        last[active] = kind
        now[active] = next_day
        active = active[next_day < ends[active]]
    return rows


def _providers(rng: np.random.Generator, place: np.ndarray) -> np.ndarray:
    codes = ("PR0", "PR1", "PR2", "PR3", "PR4", "PR5")
    weights = np.array([[PROVIDERS[kind].get(code, 0.0) for code in codes] for kind in TYPES])
    return np.array(codes)[pick(rng, weights[place])]


def _adopted_by_carer(made: Placements) -> Placements:
    """A5 is adoption by the former foster carer; a child who was not fostered before goes to other adopters."""
    fostered = np.r_[False, np.isin(made.place[:-1], ["U6", "U3"]) & (made.period[1:] == made.period[:-1])]
    stays = (made.place == "A5") & fostered
    return replace(
        made,
        place=np.where((made.place == "A5") & ~fostered, "A6", made.place),
        provider=np.where(stays, np.roll(made.provider, 1), made.provider),
        home=np.where(stays, made.home - 1, made.home),
        same_carer=stays,
    )


def _confirmed_long_term(rng: np.random.Generator, people: Population, law: Legal, made: Placements) -> Placements:
    until = np.where(
        np.r_[made.period[1:] == made.period[:-1], False],
        np.r_[made.day[1:], 0],
        np.minimum(people.care.end[made.period], HORIZON),
    )
    day = made.day + LONG_TERM_AFTER + rng.integers(0, 200, len(made.day))
    settled = np.isin(made.place, ["U6", "U3"]) & (day < until) & (rng.random(len(day)) < 0.6)
    settled &= (law.placement_order == FAR)[made.period] & (law.order[made.period] + 400 < day)
    return _inserted(made, np.flatnonzero(settled), day[settled], np.where(made.place[settled] == "U6", "U4", "U1"))


def _registered(people: Population, made: Placements) -> Placements:
    """Supported accommodation with the code valid on the day; placements that span the start of registration change
    code.
    """
    until = np.where(
        np.r_[made.period[1:] == made.period[:-1], False],
        np.r_[made.day[1:], 0],
        np.minimum(people.care.end[made.period], HORIZON),
    )
    kind = np.isin(made.place, ["H5", "P2"])
    across = kind & (made.day < REGISTERED) & (until > REGISTERED)
    made = replace(made, place=np.where(kind & (made.day >= REGISTERED), "K3", made.place))
    return _inserted(made, np.flatnonzero(across), np.full(across.sum(), REGISTERED), np.full(across.sum(), "K3"))


def _inserted(made: Placements, after: np.ndarray, day: np.ndarray, place: np.ndarray) -> Placements:
    """Add rows: from `day` on, the placement in row `after` has another code and the same carer."""
    period = np.concatenate([made.period, made.period[after]])
    days = np.concatenate([made.day, day])
    order = np.lexsort((days, period))
    return Placements(
        period=period[order],
        day=days[order],
        place=np.concatenate([made.place, place])[order],
        provider=np.concatenate([made.provider, made.provider[after]])[order],
        home=np.concatenate([made.home, made.home[after]])[order],
        same_carer=np.concatenate([made.same_carer, np.ones(len(after), dtype=bool)])[order],
        behaviour=np.concatenate([made.behaviour, np.zeros(len(after), dtype=np.int64)])[order],
    )
