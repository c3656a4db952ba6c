"""The children of a fitted demand model as a trial would meet them: who comes into care where, and what becomes of
them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from parentis.errors import SpecificationError
from parentis.services.demand import AGES, Model, generator
from parentis.services.demand.estimation.bands import N_AGES, N_UASC
from parentis.services.trials.design.outcome_kernel import IN_CARE, MOVED, REACHED, run_cells

OLDER = AGES[AGES.index("10-12") :]
"Ten and over at entry: the older cohort."
DAYS_OF_MONTH = 30.4375

_MAKEUP, _RATES, _ENTRIES, _KEY = 0, 1, 2, 3
"Keys of the streams of random numbers of one draw of the parameters."

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read of each child after `months`: `kind` is `moved` (at least `moves` changes of placement), `reached`
    (a move into one of `groups`) or `in care`."""

    kind: str
    months: int = 12
    moves: int = 2
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the new way does: moves (into `to`, or all) and exits become so many times as frequent."""

    moves: float = 1.0
    exits: float = 1.0
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Children:
    """Draws of the model's parameters, each with every borough's own rates.

    Attributes:
        expected: children who come into care in a month, (draws, boroughs).
        makeup: cumulative shares of their strata, (draws, boroughs, strata).
        rates: exits and moves a day, (draws, cells, 2); `exit_factors`, `move_factors` (draws, boroughs).
        move_mixes: cumulative shares of where moves lead, (draws, rows, groups).
    """

    boroughs: tuple[str, ...]
    groups: tuple[str, ...]
    expected: Floats
    makeup: Floats
    ages: Floats
    rates: Floats
    exit_factors: Floats
    move_factors: Floats
    move_row: npt.NDArray[np.int64]
    move_mixes: Floats
    stays: Floats

    @property
    def draws(self) -> int:
        return len(self.rates)

    def outcomes(
        self, counts: npt.NDArray[np.int64], treated: npt.NDArray[np.uint8], reading: Reading, change: Change, *,
        seed: int, first: int = 0, shocks: Floats | None = None,
    ) -> npt.NDArray[np.int64]:  # fmt: skip
        """Children with the outcome in each trial, borough and period: counts and treated (trials, boroughs, periods).

        Trials are numbered from `first`; a trial's children depend on its number and `seed` alone.
        """
        events = np.zeros(counts.shape, dtype=np.int64)
        weight = change.moves if change.to else 1.0
        run_cells(
            np.uint64(generator(seed, 0, _KEY).integers(0, 2**63)), first, counts, treated,
            np.zeros(counts.shape) if shocks is None else shocks,
            (first + np.arange(len(counts))) % self.draws, self.makeup, self.ages, reading.months * DAYS_OF_MONTH,
            self.rates, self.exit_factors, self.move_factors, self.move_row, self.move_mixes, self.stays,
            self._marked(change.to), change.exits, 1.0 if change.to else change.moves, weight,
            _kind(reading.kind), reading.moves, self._marked(reading.groups), events,
        )  # fmt: skip
        return events

    def _marked(self, names: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        if unknown := sorted(set(names) - set(self.groups)):
            raise _wrong(f"placement groups: {', '.join(self.groups)}", ", ".join(unknown), "Correct the group.")
        return np.array([name in names for name in self.groups])


_KINDS = {"moved": MOVED, "reached": REACHED, "in care": IN_CARE}


def _kind(name: str) -> int:
    if name not in _KINDS:
        raise _wrong(f"one of {', '.join(_KINDS)}", repr(name), "Choose what is read of each child.")
    return _KINDS[name]


def children_of_demand(
    model: Model, *, boroughs: tuple[str, ...] = (), ages: tuple[str, ...] = OLDER, unaccompanied: bool = False,
    draws: int = 50, seed: int = 0,
) -> Children:  # fmt: skip
    """The children who come into care in `boroughs` (all of the model's if empty) at `ages`.

    The parameters are drawn `draws` times, so that what is not known about rates is in the power too. Entries a month
    are those of the next year on average. Raises NotFoundError for boroughs that the model does not know.
    """
    chosen = np.array(model.only(*boroughs).chosen if boroughs else model.chosen)
    wanted = np.array([name in ages for name in AGES])
    strata = model.entries.makeup.shape[1]
    stratum = np.arange(strata)
    eligible = wanted[(stratum // N_UASC) % N_AGES] & ((stratum % N_UASC == 0) | unaccompanied)
    parts: list[dict[str, Any]] = [_drawn(model, chosen, eligible, seed, number) for number in range(draws)]
    return Children(
        boroughs=tuple(model.authorities[at] for at in chosen), groups=model.groups.names,
        ages=np.asarray(model.entries.ages), move_row=np.asarray(model.move_mix.row),
        **{name: np.ascontiguousarray(np.stack([part[name] for part in parts])) for name in parts[0]},
    )  # fmt: skip


def _drawn(
    model: Model, chosen: npt.NDArray[np.int64], eligible: npt.NDArray[np.bool_], seed: int, number: int
) -> dict[str, Any]:
    makeup = (
        np.diff(model.entries.draw_makeup(generator(seed, number, _MAKEUP))[chosen], axis=1, prepend=0.0) * eligible
    )
    share = makeup.sum(axis=1)
    cumulative = np.cumsum(makeup, axis=1) / np.maximum(share, 1e-12)[:, None]
    cumulative[:, -1] = 2.0
    lengths = np.full(12, DAYS_OF_MONTH)
    expected = model.entries.draw(generator(seed, number, _ENTRIES), 12, lengths, np.arange(12))[chosen].mean(axis=1)
    stream = generator(seed, number, _RATES)
    exits, exit_factors = model.exits.draw(stream.standard_normal(len(model.exits.mean)))
    moves, move_factors = model.moves.draw(stream.standard_normal(len(model.moves.mean)))
    mix = np.cumsum(model.move_mix.draw(stream), axis=1)
    mix[:, -1] = 2.0
    return {
        "expected": expected * share, "makeup": cumulative, "rates": np.stack([exits, moves], axis=1),
        "exit_factors": exit_factors[chosen], "move_factors": move_factors[chosen], "move_mixes": mix,
        "stays": stream.beta(model.stayed + 0.05, model.reached_18 - model.stayed + 1.0),
    }  # fmt: skip


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial design", do=do)
