"""The simulator against the exact solution of the one case that has one: constant rates, and Poisson entries."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from parentis.services.demand import FOUR, Scenario, simulate
from parentis.services.demand.estimation.bands import N_AGES, N_UASC, YEAR, cells
from parentis.services.demand.estimation.entries import Entries
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.intensity import Intensity
from parentis.services.demand.estimation.model import Model, Stock, fit_histories
from parentis.services.demand.estimation.rates import Rates
from parentis.services.demand.estimation.transition_probabilities import Mix
from parentis.services.demand.states import EXITS

REPLICATES = 1500
SIGMAS = 4.5
"About 100 numbers are compared: by chance one differs by this many standard errors in a thousand runs."

STATES = 4
LEAVE = np.array([0.0012, 0.0016, 0.0020, 0.0008])
MOVE = np.array([0.0020, 0.0030, 0.0010, 0.0025])
TO = np.array([[0.0, 0.5, 0.3, 0.2], [0.6, 0.1, 0.2, 0.1], [0.3, 0.3, 0.3, 0.1], [0.25, 0.25, 0.25, 0.25]])
FIRST = np.array([0.6, 0.2, 0.1, 0.1])
PER_MONTH = 12.0


def markov_model() -> Model:
    """Every child is six, so that no birthday at 18 comes within the horizon."""
    n = cells(STATES)
    state = np.arange(n) // (n // STATES)
    levels = np.arange(n)[None, :]

    def rates(values: np.ndarray) -> Rates:
        zero = np.zeros((n, n))
        return Rates(levels, np.log(values[state]), zero, np.zeros(1), np.zeros(n), np.zeros(1), 1)

    strata = np.full((1, STATES * N_AGES * N_UASC), 1e-12)
    strata.reshape(STATES, N_AGES, N_UASC)[:, 3, 0] = FIRST * 1e9
    zero = np.zeros((1, 6))
    zero[0, 5] = -1
    intensity = Intensity(np.ones(1), zero, np.array([[np.log(PER_MONTH), 0, 0]]), np.zeros((1, 3, 3)))
    stock = np.repeat(np.arange(STATES), [80, 40, 20, 10])
    return Model(
        groups=FOUR, authorities=("A",), cut=date(2024, 3, 31),
        stock=Stock(
            key=np.arange(150, dtype=np.uint64), state=stock, birth=np.full(150, -6.0 * YEAR),
            placed=np.full(150, -100.0), cared=np.full(150, -400.0), uasc=np.zeros(150, np.int64),
            authority=np.zeros(150, np.int64),
        ),
        exits=rates(LEAVE), moves=rates(MOVE),
        exit_mix=Mix(np.zeros(n, np.int64), np.full((1, len(EXITS)), 1.0)),
        move_mix=Mix(state, TO * 1e9 + 1e-9),
        entries=Entries(
            intensity=intensity, season=np.ones(12), share_counts=np.ones(1), drift=0.0, makeup=strata,
            ages=np.full((N_AGES, 3), 6.0 * YEAR), counts=np.zeros((1, 1)), first_month=0, exposure=np.ones(1),
        ),
        reached_18=0, stayed=0, diagnostics=None, notes=(), chosen=(0,),
    )  # fmt: skip


def exponential(matrix: np.ndarray) -> np.ndarray:
    """exp of a small matrix, by scaling and squaring its series."""
    scaled, term, total = matrix / 1024, np.eye(len(matrix)), np.eye(len(matrix))
    for k in range(1, 20):
        term = term @ scaled / k
        total = total + term
    for _ in range(10):
        total = total @ total
    return total


def exact(days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the stock by state at the ends of months of `days`: (states, months) each.

    Children at the cut are multinomial; entrants are Poisson, so theirs is their mean (Little's network).
    """
    generator = MOVE[:, None] * TO - np.diag(MOVE + LEAVE)
    start = np.array([80.0, 40, 20, 10])
    # The integral of exp(G s) over a month, from the exponential of a block matrix.
    entrants, mean, variance = np.zeros(STATES), [], []
    here = np.eye(STATES)
    for length in days:
        block = np.zeros((2 * STATES, 2 * STATES))
        block[:STATES, :STATES], block[:STATES, STATES:] = generator, np.eye(STATES)
        grown = exponential(block * length)
        step, integral = grown[:STATES, :STATES], grown[:STATES, STATES:]
        per_day = PER_MONTH * FIRST / (YEAR / 12)
        entrants = entrants @ step + per_day @ integral
        here = here @ step
        mean.append(start @ here + entrants)
        variance.append(start @ (here * (1 - here)) + entrants)
    return np.array(mean).T, np.array(variance).T


@pytest.mark.unit
def test_simulated_mean_and_variance_are_those_of_the_matrix_solution() -> None:
    paths = simulate(markov_model(), months=24, replicates=REPLICATES, seed=3, certain=True)
    drawn = paths.region().astype(float)
    ends = [date(2024, 3, 31), *paths.month_ends]
    mean, variance = exact(np.array([(b - a).days for a, b in pairwise(ends)]))
    error = (drawn.mean(axis=0) - mean) / np.sqrt(variance / REPLICATES)
    assert np.abs(error).max() < SIGMAS
    fourth = 3 * variance**2 * (1 + 1 / np.maximum(mean, 1))
    off = (drawn.var(axis=0) - variance) / np.sqrt((fourth - variance**2) / REPLICATES)
    assert np.abs(off).max() < SIGMAS


@pytest.mark.unit
def test_simulated_total_has_the_exact_mean_and_variance() -> None:
    paths = simulate(markov_model(), months=12, replicates=REPLICATES, seed=4, certain=True)
    ends = [date(2024, 3, 31), *paths.month_ends]
    mean, _ = exact(np.array([(b - a).days for a, b in pairwise(ends)]))
    total = paths.total()[:, -1]
    assert abs(total.mean() - mean[:, -1].sum()) < SIGMAS * total.std() / np.sqrt(REPLICATES)


@pytest.mark.unit
def test_nights_lie_between_month_ends_and_add_up_to_the_area_under_the_mean() -> None:
    paths = simulate(markov_model(), months=6, replicates=REPLICATES, seed=5, certain=True)
    nights, total = paths.total("nights"), paths.total()
    days = np.array([30, 31, 30, 31, 31, 30])
    before = np.concatenate([np.full((REPLICATES, 1), 150), total[:, :-1]], axis=1)
    # The mean is nearly straight within a month: the trapezium is exact to a few nights in four thousand.
    assert np.allclose(nights.mean(axis=0), ((before + total) / 2 * days).mean(axis=0), rtol=0.004)


@pytest.mark.unit
def test_stock_changes_by_entries_less_exits() -> None:
    paths = simulate(markov_model(), months=12, replicates=50, seed=6, certain=True)
    change = np.diff(np.concatenate([np.full((50, 1), 150), paths.total()], axis=1), axis=1)
    assert (change == paths.total("entries") - paths.total("exits")).all()
    assert (paths.exits_by_kind.sum(axis=(1, 2)) == paths.total("exits")).all()


@pytest.mark.unit
@pytest.mark.parametrize("threads", [1, 2])
def test_results_do_not_depend_on_threads_or_on_the_block_of_replicates(known: Histories, threads: int) -> None:
    model = fit_histories(known)
    whole = simulate(model, months=12, replicates=12, seed=9, threads=threads)
    later = simulate(model, months=12, replicates=5, first_replicate=7, seed=9, threads=1)
    for what in ("stock", "nights", "entries", "exits", "moves", "exits_by_kind"):
        assert (getattr(whole, what)[7:] == getattr(later, what)).all()


@pytest.mark.unit
def test_an_authority_meets_the_same_fate_alone_as_in_the_region(known: Histories) -> None:
    two = np.arange(len(known.child)) % 2
    by_child = two[np.unique(known.child, return_inverse=True)[1]]
    region = replace(known, authorities=("A", "B"), authority=by_child, runs=known.runs * 2)
    model = fit_histories(region)
    whole = simulate(model, months=12, replicates=8, seed=2)
    alone = simulate(model.only("B"), months=12, replicates=8, seed=2)
    assert (whole.stock[:, 1] == alone.stock[:, 0]).all()
    assert (whole.nights[:, 1] == alone.nights[:, 0]).all()


@pytest.mark.unit
def test_ages_told_apart_add_up_to_the_whole(known: Histories) -> None:
    model = fit_histories(known)
    plain = simulate(model, months=18, replicates=5, seed=1)
    aged = simulate(model, months=18, replicates=5, seed=1, by_age=True)
    for what in ("stock", "entries", "exits", "moves"):
        assert (aged.by_group(what) == plain.by_group(what)).all()
    assert np.allclose(aged.by_group("nights"), plain.by_group("nights"), atol=0.1)


@pytest.mark.unit
def test_the_forecast_is_the_scenario_without_changes(known: Histories) -> None:
    model = fit_histories(known)
    assert (
        simulate(model, months=6, replicates=3).stock == simulate(model, Scenario("x"), months=6, replicates=3).stock
    ).all()


@pytest.mark.unit
def test_an_authoritys_own_factor_scales_its_exits_and_its_moves_apart() -> None:
    """Two authorities with forty children each, and nobody comes in."""
    one = markov_model()
    n = cells(STATES)

    def rates(per_day: float, factors: list[float]) -> Rates:
        effects = np.log([per_day, *factors])
        levels = np.zeros((1, n), np.int64)
        return Rates(levels, effects, np.zeros((3, 3)), np.zeros(2), np.zeros(n), np.zeros(2), 2)

    stock = replace(
        one.stock, key=np.arange(80, dtype=np.uint64), state=np.zeros(80, np.int64), birth=np.full(80, -6.0 * YEAR),
        placed=np.full(80, -100.0), cared=np.full(80, -400.0), uasc=np.zeros(80, np.int64),
        authority=np.repeat([0, 1], 40),
    )  # fmt: skip
    quiet = replace(one.entries.intensity, mean=np.array([[np.log(1e-9), 0, 0]]))
    entries = replace(
        one.entries, intensity=quiet, share_counts=np.ones(2), counts=np.zeros((2, 1)), exposure=np.ones(2),
        makeup=np.repeat(one.entries.makeup, 2, axis=0),
    )  # fmt: skip
    model = replace(
        one, authorities=("A", "B"), stock=stock, entries=entries, chosen=(0, 1),
        exits=rates(0.001, [1.0, 3.0]), moves=rates(0.002, [2.0, 1.0]),
    )  # fmt: skip
    paths = simulate(model, months=1, replicates=REPLICATES, seed=8, certain=True)
    exits, moves = (getattr(paths, what).sum(axis=(2, 3)).mean(axis=0) for what in ("exits", "moves"))
    assert exits[1] / exits[0] == pytest.approx(3, rel=0.15)
    assert moves[0] / moves[1] == pytest.approx(2, rel=0.15)
