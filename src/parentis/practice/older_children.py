"""Children of ten and over in care, month by month: moves, missing episodes and orders that deprive of liberty."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.practice.calendar import FAR, anniversary, april
from parentis.practice.legal import Legal
from parentis.practice.older_risk import (
    AT_RISK_FROM,
    BEHAVIOUR_DAYS,
    CAUSES,
    LATE_ENTRY,
    MISSING_DAYS,
    NEW_DAYS,
    RESIDENTIAL,
    YEAR_DAYS,
    Risk,
)
from parentis.practice.placement_types import AT, TYPES, next_type
from parentis.practice.population import BURN_IN, UNACCOMPANIED, Population
from parentis.practice.randomness import pick
from parentis.practice.targets import FIRST_RETURN

HOMES = tuple(AT[code] for code in RESIDENTIAL)
HOME_WEIGHTS = (4.0, 88.0, 5.0, 3.0)
"Of first placements of the kind `HOMES`."
DEPRIVED = CAUSES.index("deprivation of liberty")
FIRST_SHORT = 0.22
"Extra share of first placements that are short: emergency and assessment."

MONTH = 30.4
"Mean days."

# Among moves, the share ended by the carer for behaviour. DfE, London, year to 31 March 2025: 10 % of all changes.
BEHAVIOUR_SHARE = {"ordinary": 0.08, "event": 0.18, "afterwards": 0.13}

# DfE, London, year to 31 March 2024: 15 % of 14,270 children looked after had 17,490 missing incidents, 7 % had
# 5,180 times away without authorisation. Most who go go once or twice; a few go very often.
SOMETIMES, OFTEN = 0.36, 0.165
"Shares of children who go missing sometimes, and often; both tendencies last."
SOMETIMES_A_MONTH, OFTEN_A_MONTH = 0.055, 1.9
OFTEN_SHAPE = 0.7
MISSING_BY_AGE = ((12, 0.25), (14, 0.8), (16, 1.3), (99, 1.1))
AWAY_SHARE = 0.23
SLOT, SLOTS = 4, 7
"A missing episode lies in one of seven slots of four days from the first of the month, and is over in its third day."

ORDER_IN_HOME = 0.004
"Monthly chance of an order that deprives of liberty while in a children's home."
ORDER_DAYS = 130
"Mean length of an order."


@dataclass(frozen=True, slots=True)
class OlderChildren:
    """What happened besides moves. Days are numbers.

    `months`: one row for each child at risk on the first of a month: `child`, `period`, `day`, the arguments of
    `Risk.log_odds`, `log_odds`, `whole` (in care until the next first), `event` (one of `CAUSES`, or null).
    `missing`: `child`, `kind` (M or A), `start`, `end`. `orders`: `child`, `start`, `end`."""

    months: pl.DataFrame
    missing: pl.DataFrame
    orders: pl.DataFrame


def firsts(begin: int, end: int) -> np.ndarray:
    """The first days of the months in [begin, end), as day numbers."""
    months = np.arange(
        np.datetime64(begin, "D").astype("datetime64[M]"), np.datetime64(end, "D").astype("datetime64[M]")
    )
    return months.astype("datetime64[D]").astype(np.int64)


def taken_over(people: Population, begin: int) -> np.ndarray:
    """The day from which a period of care is followed month by month, shape (periods,): the first of a month after the
    start, the tenth birthday and `begin`."""
    care, children = people.care, people.children
    day = np.maximum.reduce(
        [care.start + 1, anniversary(children.born, AT_RISK_FROM)[care.child], np.full(len(care.start), begin)]
    )
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    first = month.astype("datetime64[D]").astype(np.int64)
    return np.where(first == day, first, (month + 1).astype("datetime64[D]").astype(np.int64))


def _missing_tendency(rng: np.random.Generator, people: Population) -> np.ndarray:
    """Times missing or away in a month of each period's child, before its age, shape (periods,)."""
    size = len(people.children.born)
    drawn = rng.random(size)
    often = OFTEN_A_MONTH * rng.gamma(OFTEN_SHAPE, 1 / OFTEN_SHAPE, size)
    rate = np.select([drawn < OFTEN, drawn < OFTEN + SOMETIMES], [often, SOMETIMES_A_MONTH], 0.0)
    return rate[people.care.child]


class _State:
    """Every period of care as it is on the first of a month. Arrays of shape (periods, …)."""

    def __init__(self, placed: tuple[np.ndarray, np.ndarray, np.ndarray], size: int) -> None:
        """`placed`: period, day and type of the placements so far, in order of period and day."""
        period, day, kind = placed
        again = np.r_[False, period[1:] == period[:-1]]
        last = np.flatnonzero(np.r_[period[1:] != period[:-1], True])
        self.kind, self.since = np.full(size, -1), np.full(size, -FAR)
        self.kind[period[last]], self.since[period[last]] = kind[last], day[last]
        self.first = np.ones(size, dtype=bool)
        "Whether the placement is the first of the period."
        self.moves = np.full((size, 2), -FAR)
        "The days of the last two moves, the latest first."
        moved = last[again[last]]
        self.moves[period[moved], 0], self.first[period[moved]] = day[moved], False
        twice = moved[again[moved - 1]]
        self.moves[period[twice], 1] = day[twice - 1]
        self.behaviour = np.full(size, -FAR)
        "The last day on which a placement ended for behaviour."
        self.gone = np.full((size, 3 * SLOTS), -FAR)
        "First days of times missing or away in the last three months."
        self.order_until = np.full(size, -FAR)

    def move(self, period: np.ndarray, day: np.ndarray, kind: np.ndarray, behaviour: np.ndarray) -> None:
        self.moves[period, 1] = self.moves[period, 0]
        self.moves[period, 0] = day
        self.kind[period], self.since[period], self.first[period] = kind, day, False
        self.behaviour[period[behaviour]] = day[behaviour]

    def placements(self, period: np.ndarray, day: int) -> np.ndarray:
        """Placements begun or current in the 365 days before `day`; 3 stands for three or more."""
        return 1 + (self.moves[period] >= day - YEAR_DAYS).sum(axis=1)


@dataclass(frozen=True, slots=True)
class Followed:
    """`moves`: period, day, type and 1 where the placement before ended for behaviour (else 0)."""

    moves: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    older: OlderChildren


def follow(
    rng: np.random.Generator,
    people: Population,
    law: Legal,
    risk: Risk,
    *,
    taken: np.ndarray,
    until: int,
    placed: tuple[np.ndarray, np.ndarray, np.ndarray],
    readiness: np.ndarray,
    moves_on: np.ndarray,
    stays: Mapping[str, tuple[float, float]],
) -> Followed:
    """Follow each period of care from the day it is `taken` over to its end or `until`, a month at a time, at most one
    move a month. `readiness`: factor on moves outside the planted risk; `moves_on`: the day of the move to supported
    accommodation; `stays`: type to its mean stay in days and the share that are short."""
    care, children = people.care, people.children
    state = _State(placed, len(care.start))
    world = _World(rng, people, law, risk, readiness, moves_on, _missing_tendency(rng, people), stays)
    months: list[pl.DataFrame] = []
    moves: list[tuple[np.ndarray, ...]] = []
    missing: list[tuple[np.ndarray, ...]] = []
    orders: list[tuple[np.ndarray, ...]] = []
    every = firsts(april(FIRST_RETURN - BURN_IN), until)
    for day, following in zip(every, np.r_[every[1:], until], strict=True):
        here = np.flatnonzero((taken <= day) & (care.end > day) & ~children.respite[care.child])
        month = world.month(state, here, int(day), int(following))
        moves.append(month.moves)
        orders.append(month.orders)
        missing.append(world.gone(state, here, month.moves, int(day), int(following)))
        if day >= april(FIRST_RETURN):
            months.append(month.rows)
    where, when, new, behaviour = (np.concatenate(column) for column in zip(*moves, strict=True))
    period, kind, begun, ended = (np.concatenate(column) for column in zip(*missing, strict=True))
    under, first, last = (np.concatenate(column) for column in zip(*orders, strict=True))
    return Followed(
        moves=(where, when, new, behaviour),
        older=OlderChildren(
            months=pl.concat(months),
            missing=pl.DataFrame({"child": care.child[period], "kind": kind, "start": begun, "end": ended}),
            orders=pl.DataFrame({"child": care.child[under], "start": first, "end": last}),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Month:
    moves: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    orders: tuple[np.ndarray, np.ndarray, np.ndarray]
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _World:
    rng: np.random.Generator
    people: Population
    law: Legal
    risk: Risk
    readiness: np.ndarray
    moves_on: np.ndarray
    missing: np.ndarray
    stays: Mapping[str, tuple[float, float]]

    def month(self, state: _State, here: np.ndarray, day: int, following: int) -> _Month:
        """Draw the month's moves and orders of the periods `here`, and change the state by them."""
        rng, care, born = self.rng, self.people.care, self.people.children.born
        size = len(here)
        kind, placements = state.kind[here], state.placements(here, day)
        under = state.order_until[here] > day
        at_risk = ~np.isin(kind, [*HOMES, AT["R5"]]) & (placements <= 2) & ~under
        known = {
            "age": (day - born[care.child[here]]) / 365.25,
            "placements": placements,
            "behaviour": state.behaviour[here] >= day - BEHAVIOUR_DAYS,
            "missing": (state.gone[here] >= day - MISSING_DAYS).sum(axis=1),
            "late_entry": anniversary(born, LATE_ENTRY)[care.child[here]] <= care.start[here],
            "new_placement": state.since[here] >= day - NEW_DAYS,
            "unaccompanied": care.route[here] == UNACCOMPANIED,
            "authority": self.people.children.authority[care.child[here]],
        }
        log_odds = self.risk.log_odds(**known)
        when = day + (rng.random(size) * (following - day)).astype(np.int64)
        stays = when < care.end[here]
        event = at_risk & stays & (rng.random(size) < 1 / (1 + np.exp(-log_odds)))
        share = np.array([self.risk.shares[1], self.risk.shares[2]])[np.minimum(placements, 2) - 1]
        cause = np.where(event, pick(rng, share), -1)

        supported = self.moves_on[here]
        may = ~event & ~under & (~at_risk | (placements == 1))
        due = may & (supported < following) & ~np.isin(kind, [AT["H5"], AT["P2"]])
        when = np.where(due, np.maximum(when, supported), when)
        due &= when < care.end[here]
        ordinary = may & stays & ~due & (rng.random(size) < self._leaves(state, here, day))
        goes = np.flatnonzero(event | due | ordinary)
        new = self._destinations(here[goes], when[goes], kind[goes], cause[goes], due[goes], at_risk[goes])
        tendency = np.where(
            event[goes],
            BEHAVIOUR_SHARE["event"],
            np.where(at_risk[goes], BEHAVIOUR_SHARE["ordinary"], BEHAVIOUR_SHARE["afterwards"]),
        )
        behaviour = (rng.random(len(goes)) < tendency) & (new != AT["R5"]) & ~due[goes]
        state.move(here[goes], when[goes], new, behaviour)

        at_home = (kind == AT["K2"]) & ~under & stays & ~due & ~ordinary & (rng.random(size) < ORDER_IN_HOME)
        ordered = np.flatnonzero((cause == DEPRIVED) | at_home)
        last = np.minimum(
            when[ordered] + 7 + rng.exponential(ORDER_DAYS, len(ordered)).astype(np.int64), care.end[here[ordered]] - 1
        )
        kept = last > when[ordered] + 1
        ordered, last = ordered[kept], last[kept]
        state.order_until[here[ordered]] = last + 1
        rows = pl.DataFrame(
            {
                "child": care.child[here],
                "period": here,
                "day": np.full(size, day),
                **known,
                "log_odds": log_odds,
                "whole": care.end[here] >= following,
                "event": np.array(["", *CAUSES])[cause + 1],
            }
        ).filter(at_risk)
        return _Month(
            moves=(here[goes], when[goes], new, behaviour.astype(np.int64)),
            # An order counts from the day after the move: on the day itself the child was in the place before, too.
            orders=(here[ordered], when[ordered] + 1, last),
            rows=rows.with_columns(pl.col("event").replace("", None)),
        )

    def _leaves(self, state: _State, here: np.ndarray, day: int) -> np.ndarray:
        """The chance of a move outside the planted risk in the month: by type, higher in a placement's first month."""
        kind = state.kind[here]
        mean = np.array([self.stays[code][0] for code in TYPES])[kind]
        short = np.array([self.stays[code][1] for code in TYPES])[kind] + FIRST_SHORT * state.first[here]
        rate = self.readiness[here] * MONTH / mean + np.where(state.since[here] >= day - 31, short, 0.0)
        return np.where(mean < FAR, 1 - np.exp(-rate), 0.0)

    def _destinations(
        self,
        period: np.ndarray,
        when: np.ndarray,
        last: np.ndarray,
        cause: np.ndarray,
        due: np.ndarray,
        at_risk: np.ndarray,
    ) -> np.ndarray:
        rng, size = self.rng, len(period)
        anywhere = next_type(rng, self.people, self.law, period, when, last)
        outside = next_type(rng, self.people, self.law, period, when, last, never=RESIDENTIAL)
        kind = np.where(at_risk, outside, anywhere)
        kind = np.where(when >= self.moves_on[period], np.where(kind == AT["P2"], kind, AT["H5"]), kind)
        home = np.array(HOMES)[pick(rng, np.tile(HOME_WEIGHTS, (size, 1)))]
        order = np.where(rng.random(size) < self.risk.moved_to_home, AT["K2"], AT["Z1"])
        chosen = np.select([cause == CAUSES.index("residential"), cause == DEPRIVED], [home, order], kind)
        return np.where(due, AT["H5"], chosen)

    def gone(
        self, state: _State, here: np.ndarray, moves: tuple[np.ndarray, ...], day: int, following: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Times missing or away of the month: period, kind, first day, last day; none across a move or the end of
        care."""
        rng, care = self.rng, self.people.care
        age = (day - self.people.children.born[care.child[here]]) / 365.25
        factor = np.select([age < years for years, _ in MISSING_BY_AGE], [one for _, one in MISSING_BY_AGE])
        times = np.minimum(rng.poisson(self.missing[here] * factor), SLOTS)
        away = np.flatnonzero(times)
        slots = rng.random((len(away), SLOTS)).argsort(axis=1)
        used = slots < times[away][:, None]
        row, slot = np.nonzero(used)
        period = here[away[row]]
        start = day + SLOT * slot + rng.integers(0, 2, len(row))
        end = start + rng.integers(0, 3, len(row))
        moved = np.full(len(care.start), FAR)
        moved[moves[0]] = moves[1]
        change = moved[period]
        kept = (end < np.minimum(care.end[period], following) - 1) & ((end < change - 1) | (start > change))
        state.gone[:, SLOTS:] = state.gone[:, :-SLOTS]
        state.gone[:, :SLOTS] = -FAR
        state.gone[period[kept], slot[kept]] = start[kept]
        kind = np.where(rng.random(len(row)) < AWAY_SHARE, "A", "M")
        return period[kept], kind[kept], start[kept], end[kept]
