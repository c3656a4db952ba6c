"""`simulate`: many possible futures of a model under a scenario."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Timer
from typing import Any

import numpy as np

from parentis.services.demand.estimation.bands import N_AGES
from parentis.services.demand.estimation.model import Model
from parentis.services.demand.randomness import generator
from parentis.services.demand.simulation.arrivals import arrive
from parentis.services.demand.simulation.capacity import run_capped
from parentis.services.demand.simulation.kernel import run
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.scenario import Encoded, Scenario, encode
from parentis.services.demand.states import EXITS

THREADS = 2
RATES, MAKEUP, INTENSITY, FATES = 0, 1, 2, 3
"Keys of the random number streams of a replicate, by purpose."

_log = logging.getLogger("parentis.demand")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Months from the cut on. `ends`: their last days. `bounds`: the days, counted from the day after the cut, on which
    they begin, then the horizon twice; `month_of_day`: the month of each day."""

    ends: tuple[date, ...]
    bounds: np.ndarray
    month_of_day: np.ndarray


def calendar(cut: date, months: int) -> Calendar:
    """The next `months` month ends after `cut`. The first month begins the day after `cut`, and may be short."""
    first = cut + timedelta(days=1)
    ends = tuple(
        date(first.year + (first.month + m) // 12, (first.month + m) % 12 + 1, 1) - timedelta(days=1)
        for m in range(months)
    )
    at = [0, *((end - cut).days for end in ends)]
    days = np.searchsorted(at, np.arange(at[-1] + 1), side="right") - 1
    return Calendar(ends, np.array([*at, at[-1]], dtype=np.float64), days.astype(np.int64))


def months_until(known: date, day: date) -> int:
    """Month ends after `known` up to and including `day`: the months that a forecast from `day` on must skip."""
    after = day + timedelta(days=1)
    first = known + timedelta(days=1)
    return max((after.year - first.year) * 12 + after.month - first.month, 0)


def simulate(
    model: Model,
    scenario: Scenario = Scenario(),  # noqa: B008 - a frozen value
    *,
    months: int = 24,
    replicates: int = 1000,
    seed: int = 0,
    first_replicate: int = 0,
    by_age: bool = False,
    threads: int = THREADS,
    certain: bool = False,
) -> Paths:
    """Simulate `replicates` futures of `months` months.

    The parameters are drawn anew for every replicate; with `certain=True` the estimates are used instead, so that only
    chance remains. A replicate's numbers depend on `seed` and its own number alone, not on the threads, on which
    authorities are simulated with it, or on the scenario.
    """
    when = calendar(model.cut, months)
    encoded = encode(
        scenario, groups=model.groups.names, authorities=model.names, first_day=model.cut + timedelta(days=1)
    )
    columns = len(model.groups.names) * (N_AGES if by_age else 1)
    out = Paths.empty(model, scenario.name, when.ends, replicates, columns, by_age=by_age)
    out = replace(out, notes=tuple(_overfull(model, encoded)))
    one = _replicate(model, encoded, when, seed, by_age=by_age, certain=certain, out=out)
    numbers = range(first_replicate, first_replicate + replicates)
    if not numbers:
        return out
    waiting = Timer(1.5, _log.warning, ["Compiling the simulation for this computer; this is done once."])
    waiting.daemon = True
    waiting.start()
    try:
        done = [one(numbers[0], 0)]
    finally:
        waiting.cancel()
    rest = range(1, replicates)
    if threads == 1:
        done += [one(numbers[at], at) for at in rest]
    else:
        with ThreadPoolExecutor(threads) as pool:
            done += pool.map(one, [numbers[at] for at in rest], rest)
    return replace(out, events=int(sum(e for e, _ in done)), steps=int(sum(s for _, s in done)))


def _overfull(model: Model, encoded: Encoded) -> Iterator[str]:
    """A sentence for each limit that is below the number of children in its group at the cut."""
    _, states, *_, places, _ = at_cut(model)
    for limit, state in enumerate(encoded.full_state):
        if ((states == state) & encoded.full_authority[limit][places]).sum() > encoded.full_places[limit]:
            yield (
                f"{model.groups.names[state]}: more children are there at the cut than the limit of "
                f"{encoded.full_places[limit]}. Nobody is moved out, and nobody comes in until there are fewer."
            )


def _replicate(
    model: Model, encoded: Encoded, when: Calendar, seed: int, *, by_age: bool, certain: bool, out: Paths
) -> Callable[[int, int], tuple[int, int]]:
    """A function of (number of the replicate, its row in `out`) that runs it and returns (events, steps)."""
    chosen = np.array(model.chosen, dtype=np.int64)
    keys = model.authority_keys()[chosen]
    children = at_cut(model)
    months = len(when.ends)
    lengths = np.diff(when.bounds)[:months]
    changes = tuple(getattr(encoded, name) for name in _CHANGES) if len(encoded.kind) else None
    limits = tuple(getattr(encoded, name) for name in _LIMITS) if len(encoded.full_state) else None
    if limits is not None and changes is None:
        changes = tuple(getattr(encoded, name) for name in _CHANGES)
    first, columns = len(children[0]), out.stock.shape[2]
    weights = max(len(model.groups.names), len(EXITS))

    def one(number: int, row: int) -> tuple[int, int]:
        drawn = population(model, when, seed, number, children=children, keys=keys, changes=changes, certain=certain)
        work = _work(len(chosen), columns, months)
        given = (
            drawn.key, *drawn.children, first, drawn.count, when.bounds[months], *drawn.rates, changes,
            np.zeros(weights),
        )  # fmt: skip
        if limits is not None:
            counted = run_capped(*given, limits, by_age, when.bounds, when.month_of_day, *work)  # type: ignore[call-arg]
        else:
            counted = run(*given, by_age, when.bounds, when.month_of_day, *work)  # type: ignore[call-arg]
        _keep(work, lengths, out, row)
        return counted

    return one


@dataclass(frozen=True, slots=True)
class Population:
    """The children of one replicate, and the rates they live under.

    `children`: keys, states, births, placements, starts of care, UASC, authorities and first days of those looked after
    at the cut and then of the entrants, `count` in all; `rates` as `kernel.run` takes them.
    """

    key: np.uint64
    children: tuple[np.ndarray, ...]
    count: int
    rates: tuple[Any, ...]


def population(
    model: Model,
    when: Calendar,
    seed: int,
    number: int,
    *,
    children: tuple[np.ndarray, ...],
    keys: np.ndarray,
    changes: tuple[np.ndarray, ...] | None = None,
    certain: bool = False,
) -> Population:
    """Draw replicate `number`: its rates, and who comes into care. `children` are those at the cut (`at_cut`)."""
    chosen = np.array(model.chosen, dtype=np.int64)
    months, first = len(when.ends), len(children[0])
    of_year = np.array([end.month - 1 for end in when.ends])
    rates = _rates(model, chosen, seed, number, certain=certain)
    stream = generator(seed, number, INTENSITY)
    lengths = np.diff(when.bounds)[:months]
    expected = np.ascontiguousarray(model.entries.draw(stream, months, lengths, of_year)[chosen])
    makeup = np.ascontiguousarray(model.entries.draw_makeup(generator(seed, number, MAKEUP))[chosen])
    key = _key(seed, number)
    room = first + int(expected.sum() * 1.2 + 6 * np.sqrt(expected.sum()) + 50)
    while True:
        everyone = tuple(_with_room(one, room) for one in children)
        count = arrive(key, expected, makeup, model.entries.ages, keys, when.bounds, changes, first, everyone)
        if count <= room:
            return Population(key, everyone, count, rates)
        room = count


def _with_room(values: np.ndarray, room: int) -> np.ndarray:
    larger = np.empty(room, values.dtype)
    larger[: len(values)] = values
    return larger


def _work(authorities: int, columns: int, months: int) -> tuple[np.ndarray, ...]:
    """The arrays in which a replicate is added up: stock, nights, entries, exits, moves, exits by kind."""
    counts = [np.zeros((authorities, columns, months + 1), np.int32) for _ in range(3)]
    return (
        np.zeros((authorities, columns, months + 2), np.int32),
        np.zeros((authorities, columns, months + 1)),
        *counts,
        np.zeros((authorities, len(EXITS), months + 1), np.int32),
    )


_CHANGES = ("kind", "source", "target", "age", "uasc", "authority", "factor", "begins", "ramp", "share", "salt")
_LIMITS = ("full_state", "full_places", "full_overflow", "full_authority", "full_begins")


def _keep(work: tuple[np.ndarray, ...], lengths: np.ndarray, out: Paths, row: int) -> None:
    differences, partial, entries, exits, moves, kinds = work
    months = len(lengths)
    at_bounds = np.cumsum(differences, axis=2)
    out.stock[row] = at_bounds[:, :, 1 : months + 1]
    out.nights[row] = at_bounds[:, :, :months] * lengths + partial[:, :, :months]
    for kept, counted in ((out.entries, entries), (out.exits, exits), (out.moves, moves), (out.exits_by_kind, kinds)):
        kept[row] = counted[:, :, :months]


def _key(seed: int, number: int) -> np.uint64:
    return generator(seed, number, FATES).integers(0, 2**63, dtype=np.uint64)


def at_cut(model: Model) -> tuple[np.ndarray, ...]:
    """The children looked after at the cut, as `Population.children` has them."""
    chosen = np.array(model.chosen, dtype=np.int64)
    place = np.full(len(model.authorities), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    stock = model.stock
    own = place[stock.authority] >= 0
    return (
        stock.key[own], stock.state[own], stock.birth[own], stock.placed[own], stock.cared[own], stock.uasc[own],
        place[stock.authority[own]], np.zeros(own.sum()),
    )  # fmt: skip


def _rates(model: Model, chosen: np.ndarray, seed: int, number: int, *, certain: bool) -> tuple[Any, ...]:
    stay = (model.stayed + 0.05, model.reached_18 - model.stayed + 1.0)
    if certain:
        (exits, by_authority), (moves, moves_by_authority) = model.exits.best(), model.moves.best()
        exit_mix, move_mix, stays = model.exit_mix.best(), model.move_mix.best(), stay[0] / sum(stay)
    else:
        stream = generator(seed, number, RATES)
        exits, by_authority = model.exits.draw(stream.standard_normal(len(model.exits.mean)))
        moves, moves_by_authority = model.moves.draw(stream.standard_normal(len(model.moves.mean)))
        exit_mix, move_mix = model.exit_mix.draw(stream), model.move_mix.draw(stream)
        stays = stream.beta(*stay)
    return (
        np.stack([exits, moves], axis=1), model.exit_mix.row, _cumulative(exit_mix), model.move_mix.row,
        _cumulative(move_mix), by_authority[chosen], moves_by_authority[chosen], float(stays),
    )  # fmt: skip


def _cumulative(shares: np.ndarray) -> np.ndarray:
    """With a last entry above 1, so that a number below 1 always falls into one of the outcomes."""
    found = np.cumsum(shares, axis=1)
    found[:, -1] = 2.0
    return found
