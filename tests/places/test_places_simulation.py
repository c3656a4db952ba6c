"""The simulation of a home against exact answers, and each rule of it on children few enough to follow by hand."""

import math

import numpy as np
import pytest

from parentis.errors import DeclarationError
from parentis.services.places.sizing.simulation import simulate, stream
from parentis.services.places.sizing.units import Home, Takes, Unit, encode, plain

NAN = math.nan
YEAR = 365.25
CHANCE = 0.004
"""Three standard errors, about, of a share over the 300,000 children simulated here, whom the places make dependent."""


def many(rate: float, stay: float, n: int, **more):
    rng = np.random.default_rng(5)
    at = np.sort(rng.uniform(0, n / rate, n))
    drawn = {name: make(rng, n) for name, make in more.items()}
    return stream(at, rng.exponential(stay, n), **drawn)


def shares(home, children, sort):
    found = simulate(home, children, horizon=float(children.at[-1]), warm=float(children.at[-1]) / 50)
    lost = np.isnan(found.begin)
    counted = children.at > children.at[-1] / 50
    span = float(children.at[-1]) * 0.98
    nights = found.totals["nights"] + found.totals["others_nights"]
    return [lost[counted & (sort == each)].mean() for each in (0, 1)], nights / span


@pytest.mark.integration
@pytest.mark.parametrize(("places", "lost"), [(12, 0.5012), (20, 0.2164), (24, 0.1105), (32, 0.0112)])
def test_loss_is_erlangs(places, lost):
    children = many(22.3, 1.0, 300_000)
    found = simulate(plain(places), children, horizon=float(children.at[-1]), warm=50.0)
    assert found.totals["unplaced"] / found.totals["referred"] == pytest.approx(lost, abs=CHANCE)


@pytest.mark.integration
def test_girls_only_beside_mixed():
    children = many(18.0, 1.0, 300_000, sex=lambda rng, n: rng.integers(0, 2, n))
    home = Home(units=(Unit(name="Girls", beds=8, takes=Takes.GIRLS), Unit(name="Mixed", beds=16)))
    (girls, boys), occupied = shares(home, children, children.sex)
    assert girls == pytest.approx(0.02662, abs=CHANCE)
    assert boys == pytest.approx(0.05606, abs=CHANCE)
    assert occupied == pytest.approx(17.2558, abs=0.1)


@pytest.mark.integration
def test_three_places_kept_for_members():
    children = many(22.3, 1.0, 300_000, member=lambda rng, n: rng.uniform(size=n) < 16 / 22.3)
    home = Home(units=(Unit(name="All", beds=24),), kept=3)
    (others, members), occupied = shares(home, children, children.member.astype(int))
    assert members == pytest.approx(0.04873, abs=CHANCE)
    assert others == pytest.approx(0.37137, abs=2 * CHANCE)
    assert occupied == pytest.approx(19.1807, abs=0.1)


@pytest.mark.integration
def test_a_list_that_children_leave():
    children = many(98.3 / YEAR, 83.0, 300_000, patience=lambda rng, n: rng.exponential(21, n))
    found = simulate(plain(24), children, horizon=float(children.at[-1]), warm=5000.0).totals
    days = float(children.at[-1]) - 5000
    assert 1 - found["at_once"] / found["referred"] == pytest.approx(0.27857, abs=2 * CHANCE)
    assert found["wait_days"] / days == pytest.approx(0.4316, abs=0.02)
    assert found["unplaced"] / found["referred"] == pytest.approx(0.07637, abs=CHANCE)
    assert found["nights"] / days == pytest.approx(20.6318, abs=0.1)


def _same(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-12)


ONE = Home(units=(Unit(name="All", beds=1),))


@pytest.mark.unit
def test_who_has_more_points_comes_first_and_earlier_among_equals():
    children = stream(
        np.array([0.0, 1, 2, 3]), np.array([10.0, 10, 10, 10]), patience=100.0, points=np.array([0.0, 1, 2, 2])
    )
    found = simulate(ONE, children, horizon=100)
    _same(found.begin, [0, 30, 10, 20])
    _same(simulate(ONE, children, horizon=100, points=np.zeros(4)).begin, [0, 10, 20, 30])
    assert found.totals["wait_days"] == (30 - 1) + (10 - 2) + (20 - 3)


@pytest.mark.unit
def test_who_runs_out_of_patience_is_elsewhere_for_the_stay():
    children = stream(np.array([0.0, 1, 2]), np.array([10.0, 7, 5]), patience=np.array([0.0, 3, 20]))
    found = simulate(ONE, children, horizon=100)
    _same(found.begin, [0, NAN, 10])
    assert found.totals["unplaced"] == 1
    assert found.totals["away_days"] == 7
    assert found.totals["no_bed"] == 2


@pytest.mark.unit
def test_a_flexible_unit_takes_one_sex_at_a_time():
    home = Home(units=(Unit(name="Wing", beds=3, takes=Takes.FLEXIBLE),))
    children = stream(np.array([0.0, 1, 2, 11]), np.array([10.0, 5, 10, 10]), sex=np.array([0, 1, 0, 1]))
    _same(simulate(home, children, horizon=100).begin, [0, NAN, 2, NAN])
    later = stream(np.array([0.0, 13]), np.array([10.0, 5]), sex=np.array([0, 1]))
    _same(simulate(home, later, horizon=100).begin, [0, 13])


@pytest.mark.unit
def test_risk_classes_kept_apart_share_no_unit():
    home = Home(units=(Unit(name="A", beds=2), Unit(name="B", beds=1)), apart=((0, 1),), classes=3)
    children = stream(np.array([0.0, 1, 2, 3]), np.array([10.0] * 4), risk=np.array([0, 1, 1, 2]))
    found = simulate(home, children, horizon=100)
    _same(found.begin, [0, 1, NAN, 3])
    assert found.totals["mix"] == 1


@pytest.mark.unit
def test_rivals_for_certain_leave_every_unit_to_one_child():
    home = Home(units=(Unit(name="A", beds=5), Unit(name="B", beds=5)), rivals=1.0)
    found = simulate(home, stream(np.arange(4.0), np.full(4, 50.0)), horizon=40)
    _same(found.begin, [0, 1, NAN, NAN])
    assert found.totals["mix"] == 2


@pytest.mark.unit
def test_a_manager_who_accepts_nobody_declines_and_half_decline_half():
    none = Home(units=(Unit(name="A", beds=5, accepts=0.0),))
    assert simulate(none, stream(np.arange(3.0), np.ones(3)), horizon=9).totals["declined"] == 3
    half = Home(units=(Unit(name="A", beds=5, accepts=0.5),))
    found = simulate(half, stream(np.arange(4000.0), np.full(4000, 0.5)), horizon=5000).totals
    assert found["placed"] == pytest.approx(2000, abs=3 * math.sqrt(1000))


@pytest.mark.unit
def test_a_shift_short_of_staff_takes_nobody_and_the_list_waits_for_the_next():
    shut = Home(units=(Unit(name="A", beds=1, short=1.0),))
    assert simulate(shut, stream(np.arange(3.0), np.ones(3)), horizon=9).totals["staffing"] == 3
    often = Home(units=(Unit(name="A", beds=1, short=0.6),))
    children = stream(np.arange(0.1, 3000, 3), np.full(1000, 0.01), patience=2.9)
    found = simulate(often, children, horizon=3000)
    waited = np.nan_to_num(found.begin - children.at, nan=99)
    begun = found.begin[(waited > 0) & (waited < 99)]
    # Who waits comes in at the beginning of a shift, and every shift is its own toss.
    np.testing.assert_allclose(begun * 2, np.round(begun * 2), atol=1e-9)
    assert (waited > 0).mean() == pytest.approx(0.6, abs=0.05)
    assert (waited > 0.5).mean() == pytest.approx(0.36, abs=0.05)


@pytest.mark.unit
def test_beds_not_staffed_are_free_and_take_nobody():
    home = Home(units=(Unit(name="A", beds=4, staffed=1),))
    found = simulate(home, stream(np.arange(3.0), np.full(3, 9.0)), horizon=9).totals
    assert (found["placed"], found["staffing"], found["no_bed"]) == (1, 2, 0)


@pytest.mark.unit
def test_step_down_frees_a_place_and_a_full_one_holds_it():
    home = Home(units=(Unit(name="Secure", beds=2), Unit(name="Next door", beds=1, step_down=True)))
    children = stream(
        np.array([0.0, 1, 2]),
        np.array([10.0, 10, 5]),
        step_stay=np.array([20.0, 4, 0]),
        patience=np.array([0.0, 0, 99]),
    )
    found = simulate(home, children, horizon=100)
    # The first moves down on day 10 and lets the third in; the second could on day 11, and can on day 30.
    _same(found.begin, [0, 1, 10])
    _same(found.leave, [10, 30, 15])
    assert found.totals["held_nights"] == 19
    assert found.totals["step_nights"] == 24


@pytest.mark.unit
def test_a_late_move_on_costs_the_nights_of_the_place():
    children = stream(np.array([0.0, 5]), np.array([10.0, 10]), delay=np.array([7.0, 0]), patience=99.0)
    found = simulate(ONE, children, horizon=100)
    _same(found.begin, [0, 17])
    assert found.totals["held_nights"] == 7
    assert found.totals["nights"] == 27


@pytest.mark.unit
def test_what_lies_before_the_count_is_left_out():
    children = stream(np.array([0.0, 20]), np.array([15.0, 10]))
    found = simulate(ONE, children, horizon=25, warm=10).totals
    assert (found["referred"], found["placed"], found["nights"]) == (1, 1, 5 + 5)


@pytest.mark.unit
def test_the_same_children_have_the_same_luck_in_every_home():
    children = many(1.0, 5.0, 500)
    some = children.only(children.borough == 0)
    home = Home(units=(Unit(name="A", beds=6, accepts=0.7, short=0.2),), rivals=0.1)
    one, two = (simulate(home, each, horizon=600, seed=3) for each in (children, some))
    np.testing.assert_array_equal(one.begin, two.begin)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: stream(np.array([0.0]), np.array([-1.0])), "stay: days of 0 or more, and 1 are not"),
        (lambda: stream(np.array([0.0]), np.array([NAN])), "stay: days of 0 or more"),
        (lambda: stream(np.array([2.0, 1]), np.array([1.0, 1])), "in order"),
        (lambda: encode([Home(units=(Unit(name="A", beds=0),))]), "one secure place or more"),
        (lambda: encode([Home(units=(Unit(name="A", beds=4, staffed=5),))]), "5 of 4"),
        (lambda: encode([Home(units=(Unit(name="A", beds=4, short=2.0),))]), "shares from 0 to 1"),
        (lambda: encode([Home(units=(Unit(name="A", beds=4),), apart=((0, 4),))]), "risk classes below 1"),
    ],
)
def test_what_no_home_or_stream_can_be_is_refused(bad, words):
    with pytest.raises((ValueError, DeclarationError), match=words):
        bad()
