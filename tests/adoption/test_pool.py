"""The matching pool against exact answers: stationary birth–death chains, solved by other means."""

from dataclasses import replace

import numpy as np
import pytest

from parentis.services.adoption.acceptance import asked, draw_acceptance
from parentis.services.adoption.pool import (
    FAMILY_CHOOSES,
    LEFT,
    NATIONAL,
    ON_ARRIVAL,
    OWN,
    REGION,
    WAITING,
    WEEKLY,
    Outcome,
    Search,
    Units,
    run,
)
from parentis.services.adoption.simulation import _rates

YEAR = 365.25


def stream(rng: np.random.Generator, rates: tuple[float, ...], leaving: tuple[float, ...], until: float) -> Units:
    at, kind, patience = [], [], []
    for each, (rate, leave) in enumerate(zip(rates, leaving, strict=True)):
        n = rng.poisson(rate * until / YEAR)
        at.append(rng.uniform(0, until, n))
        kind.append(np.full(n, each))
        patience.append(rng.exponential(YEAR / leave, n))
    order = np.argsort(np.concatenate(at))
    return Units(
        np.concatenate(at)[order],
        np.concatenate(kind)[order],
        np.zeros(len(order), np.int64),
        np.concatenate(patience)[order],
        rng.integers(1, 2**62, len(order)).astype(np.uint64),
    )


def shares(
    children: tuple[float, ...],
    families: tuple[float, ...],
    leave: tuple[float, float],
    accepts: list[list[float]],
    policy: int,
    runs: int = 40,
    years: float = 120.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Of children by kind: share matched and mean days in the pool, over runs, with the standard error of each."""
    until, found = years * YEAR, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        ours = stream(rng, children, (leave[0],) * len(children), until)
        theirs = stream(rng, families, (leave[1],) * len(families), until)
        out = run(ours, theirs, Search(accepts=np.array(accepts), policy=policy), until=until)
        settled = (ours.at > 10 * YEAR) & (ours.at < until - 5 * YEAR)
        found.append(
            [
                value
                for kind in range(len(children))
                for chosen in [settled & (ours.kind == kind)]
                for value in ((out.child_state[chosen] == OWN).mean(), (out.child_end - ours.at)[chosen].mean())
            ]
        )
    values = np.array(found)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(runs)


@pytest.mark.spec
@pytest.mark.parametrize(("families", "matched", "days"), [(180.0, 0.984376, 19.022052), (140.0, 0.777778, 270.555556)])
def test_one_kind_of_each(families: float, matched: float, days: float) -> None:
    """180 children a year, reversal 0.3, withdrawal 0.25: 98.44 % are matched with 180 families, 77.78 % with 140."""
    mean, error = shares((180.0,), (families,), (0.3, 0.25), [[1.0]], ON_ARRIVAL)
    assert abs(mean[0] - matched) < 3 * error[0]
    assert abs(mean[1] - days) < 3 * error[1]
    assert error[0] < 0.003, "close enough to tell"


@pytest.mark.spec
def test_two_kinds_of_each() -> None:
    """63 and 117 children, 60 families who take the first kind alone and 90 who take both and the second for choice:
    93.77 % and 76.92 % are matched after 56.87 and 210.72 days on average."""
    accepts = [[1.0, 0.999999], [0.0, 1.0]]  # what they would rather have
    mean, error = shares((63.0, 117.0), (60.0, 90.0), (0.4, 0.5), accepts, FAMILY_CHOOSES, runs=80)
    np.testing.assert_array_less(np.abs(mean - [0.937723, 56.866622, 0.769228, 210.724012]), 3 * error)


def units(*rows: tuple[float, int, int, float]) -> Units:
    """`at, kind, agency, patience` of each."""
    at, kind, agency, patience = (np.array(column) for column in zip(*rows, strict=True))
    return Units(
        at.astype(float),
        kind.astype(np.int64),
        agency.astype(np.int64),
        patience.astype(float),
        np.arange(1, len(rows) + 1, dtype=np.uint64),
    )


ALWAYS = np.array([[1.0]])


@pytest.mark.spec
def test_a_search_widens_on_its_day_and_no_sooner() -> None:
    children, families = units((0, 0, 0, 1000)), units((5, 0, 1, 1000))
    near = run(children, families, Search(accepts=ALWAYS, widen=90.0), until=89.0)
    assert near.child_state.tolist() == [WAITING]
    wide = run(children, families, Search(accepts=ALWAYS, widen=90.0), until=400.0)
    assert (wide.child_state.tolist(), wide.child_end.tolist(), wide.partner.tolist()) == ([REGION], [90.0], [0])


@pytest.mark.spec
def test_own_families_come_first_and_outside_ones_last() -> None:
    children = units((0, 0, 0, 1000), (0, 0, 1, 1000), (0, 0, 2, 50))
    families = units((1, 0, 0, 1000))
    out = run(
        children,
        families,
        Search(accepts=ALWAYS, widen=90.0, national=180.0),
        until=400.0,
        abroad=np.array([1.0, 20.0, 1.0]),
    )
    assert out.child_state.tolist() == [OWN, NATIONAL, LEFT]
    assert out.child_end.tolist() == [1.0, 200.0, 50.0]


@pytest.mark.spec
def test_who_left_is_not_matched() -> None:
    out = run(units((0, 0, 0, 10)), units((11, 0, 0, 1000)), Search(accepts=ALWAYS), until=400.0)
    assert (out.child_state.tolist(), out.family_state.tolist()) == ([LEFT], [WAITING])


@pytest.mark.spec
def test_the_weekly_panel_matches_as_many_as_can_be() -> None:
    """The child who waits longest suits both families, the other only the first: taken in turn, one would be left."""
    children, families = units((0, 0, 0, 1000), (1, 1, 0, 1000)), units((2, 0, 0, 1000), (3, 1, 0, 1000))
    accepts = np.array([[1.0, 1.0], [1.0, 0.0]])
    panel = run(children, families, Search(accepts=accepts, policy=WEEKLY), until=30.0)
    assert panel.child_end.tolist() == [7.0, 7.0]
    assert panel.partner.tolist() == [1, 0]
    in_turn = run(children, families, Search(accepts=accepts, policy=ON_ARRIVAL), until=30.0)
    assert (in_turn.child_state == OWN).sum() == 1


@pytest.mark.spec
def test_the_weekly_panel_is_an_exact_assignment() -> None:
    """As many as SciPy's maximum matching, and by who has waited longest among such matchings (all of them tried)."""
    from itertools import combinations

    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    for seed in range(40):
        rng = np.random.default_rng(seed)
        suits = rng.random((5, 4)) < 0.35
        children = units(*[(at * 0.1, at, 0, 1000.0) for at in range(5)])
        families = units(*[(1 + at * 0.1, at, 0, 1000.0) for at in range(4)])
        out = run(children, families, Search(accepts=suits.astype(float), policy=WEEKLY), until=10.0)
        matched = tuple(np.flatnonzero(out.child_state == OWN))

        def most(rows: tuple[int, ...], suits: np.ndarray = suits) -> int:
            graph = csr_array(suits[list(rows)].astype(np.int8))
            return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum()) if rows else 0

        size = most(tuple(range(5)))
        best = next(rows for rows in combinations(range(5), size) if most(rows) == size)
        assert matched == best


@pytest.mark.spec
def test_acceptance_is_learned_from_dates_alone() -> None:
    """Two routes: what the simulation was given, and what its dates give back within three standard deviations."""
    rng = np.random.default_rng(3)
    accepts = np.array([[0.5, 0.3], [0.05, 0.4]])
    until = 8 * YEAR
    children, families = stream(rng, (60.0, 60.0), (0.3, 0.3), until), stream(rng, (60.0, 30.0), (0.3, 0.3), until)
    out = run(children, families, Search(accepts=accepts), until=until)
    counts = asked(children, families, out, shape=(2, 2), widen=0.0)
    assert counts.made.sum() == (out.partner >= 0).sum()
    draws = draw_acceptance(counts, 400, rng)
    np.testing.assert_array_less(np.abs(draws.mean(axis=0) - accepts), 3 * draws.std(axis=0) + 0.005)
    assert (draws.std(axis=0) < 0.08).all()


@pytest.mark.spec
def test_a_record_that_opens_late_does_not_lower_what_is_learned() -> None:
    """Pairs that met before the record opened are seen only if they did not suit: counted, they halve a rare chance."""
    rng = np.random.default_rng(5)
    accepts, until, opened = np.array([[0.004]]), 9 * YEAR, 6 * YEAR
    children, families = stream(rng, (180.0,), (0.3,), until), stream(rng, (180.0,), (0.25,), until)
    out = run(children, families, Search(accepts=accepts), until=until)
    stays, waits = out.child_end >= opened, out.family_end >= opened
    number = np.cumsum(waits) - 1
    seen = Units(*(getattr(children, field)[stays] for field in ("at", "kind", "agency", "patience", "key")))
    met = Units(*(getattr(families, field)[waits] for field in ("at", "kind", "agency", "patience", "key")))
    seen, met = replace(seen, at=seen.at - opened), replace(met, at=met.at - opened)
    partner = np.where(out.partner[stays] >= 0, number[out.partner[stays]], -1)
    later = Outcome(
        out.child_state[stays], out.child_end[stays] - opened, partner, out.family_state[waits],
        out.family_end[waits] - opened,
    )  # fmt: skip
    counts = asked(seen, met, later, shape=(1, 1), widen=0.0)
    share, error = counts.made.sum() / counts.considered.sum(), np.sqrt(0.004 / counts.considered.sum())
    assert abs(share - 0.004) < 3 * error


@pytest.mark.spec
def test_arrivals_drawn_are_those_counted_however_many_boroughs() -> None:
    """Six children counted in thirty boroughs stay about six, not six and half a child for each borough."""
    counts = np.zeros((30, 2))
    counts[:6, 0] = 1.0
    counts[0, 1] = 600.0
    drawn = np.array([_rates(counts, 3.0, np.random.default_rng(seed)).sum(axis=0) for seed in range(2000)])
    np.testing.assert_allclose(drawn.mean(axis=0) * 3.0, [6.5, 600.5], rtol=0.02)
    np.testing.assert_allclose(drawn.var(axis=0) * 9.0, [6.5, 600.5], rtol=0.12)


@pytest.mark.spec
def test_a_kind_without_pairs_leans_on_the_others() -> None:
    from parentis.services.adoption.acceptance import Asked

    counts = Asked(np.array([[200.0, 180.0], [220.0, 0.0]]), np.array([[60.0, 50.0], [70.0, 0.0]]))
    draws = draw_acceptance(counts, 4000, np.random.default_rng(1))
    assert draws[:, 1, 1].mean() == pytest.approx(0.3, abs=0.06)
    assert draws[:, 1, 1].std() > 1.5 * draws[:, 0, 0].std()


@pytest.mark.spec
def test_more_families_meet_the_same_children() -> None:
    """The children of a replicate are the same units with the same keys, whatever the families and the shape."""
    from parentis.services.adoption import practice
    from parentis.services.adoption.simulation import Shape, replicate

    boroughs, agency, _ = practice.region()
    world = practice.truth(boroughs)
    plain = replicate(world, practice.as_now(boroughs, agency), seed=4, number=2, years=2)
    one = Shape(name="One agency", agency=("London",) * len(boroughs))
    other = replicate(world, one, seed=4, number=2, years=2, more=np.array([200.0, 50.0, 50.0]))
    for field in ("at", "key", "patience"):
        np.testing.assert_array_equal(getattr(plain.children, field), getattr(other.children, field))
    assert len(other.families.at) > len(plain.families.at)
    assert set(plain.families.key) <= set(other.families.key)
    assert (other.outcome.child_state == OWN).sum() > (plain.outcome.child_state == OWN).sum()
