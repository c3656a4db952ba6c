"""Grossing-up against answers that can be worked out by hand, and against planted truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.services.uasc import grossing
from parentis.services.uasc.grossing import FEWEST, LEVEL, GrossedUp

BLANK = float("nan")
LONDON = 33


def gross_up(answers: np.ndarray, nights: np.ndarray, wanted: np.ndarray) -> GrossedUp:
    """With the same nights for every heading."""
    return grossing.gross_up(answers, np.repeat(nights[:, None], answers.shape[1], axis=1), wanted)


@pytest.mark.spec
def test_the_ratio_of_those_who_answered_stands_for_the_others() -> None:
    # Six answered £10 a night over 600 nights; the seventh has 100 nights and did not answer: 6,000 + 1,000.
    exposure = np.full(7, 100.0)
    answers = np.array([[1000.0]] * 6 + [[BLANK]])
    found = gross_up(answers, exposure, np.full(7, True))
    assert found.total == pytest.approx(7000)
    assert (found.low, found.high) == pytest.approx((7000, 7000))  # every answer was the same
    assert (found.answered, found.of) == (6, 7)


@pytest.mark.spec
def test_nil_is_an_answer_and_a_blank_is_not() -> None:
    exposure = np.full(7, 100.0)
    nil = np.array([[1000.0, 0.0]] * 6 + [[1000.0, 0.0]])
    blank = np.array([[1000.0, 200.0]] * 6 + [[1000.0, BLANK]])
    with_nil, with_blank = (gross_up(one, exposure, np.full(7, True)) for one in (nil, blank))
    assert with_nil.by_heading.tolist() == pytest.approx([7000, 0])
    assert with_blank.by_heading.tolist() == pytest.approx([7000, 1400])


@pytest.mark.spec
def test_a_footprint_borrows_the_ratio_and_keeps_its_own_answers() -> None:
    exposure = np.array([100.0] * 6 + [50.0, 200.0])
    answers = np.array([[1000.0]] * 6 + [[900.0], [BLANK]])
    wanted = np.array([False] * 6 + [True, True])
    found = gross_up(answers, exposure, wanted)
    assert found.total == pytest.approx(900 + 200 * 6900 / 650)
    assert found.low is not None
    assert found.low >= 900
    assert (found.answered, found.of) == (1, 2)


@pytest.mark.spec
def test_too_few_answers_stand_as_they_are() -> None:
    answers = np.array([[1000.0]] * (FEWEST - 1) + [[BLANK]] * 10)
    found = gross_up(answers, np.full(len(answers), 10.0), np.full(len(answers), True))
    assert (found.total, found.low, found.high) == (1000 * (FEWEST - 1), None, None)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("freedom", "quantile"), [(5, 2.5706), (10, 2.2281), (25, 2.0595), (10_000, 1.9602), (2, 4.3027)]
)
def test_students_quantile_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert grossing._student(freedom) == pytest.approx(quantile, abs=0.0001)


@pytest.mark.unit
def test_who_has_no_nights_is_not_predicted() -> None:
    answers = np.array([[1000.0]] * 6 + [[BLANK]])
    found = gross_up(answers, np.array([100.0] * 6 + [0.0]), np.full(7, True))
    assert (found.total, found.of) == (pytest.approx(6000), 6)


@pytest.mark.unit
def test_children_and_leavers_each_follow_their_own_exposure() -> None:
    exposure = np.array([[100.0, 10.0]] * 6 + [[50.0, 40.0]])
    answers = np.array([[1000.0, 70.0]] * 6 + [[BLANK, BLANK]])
    found = grossing.gross_up(answers, exposure, np.full(7, True))
    assert found.by_heading.tolist() == pytest.approx([6500, 420 + 280])
    assert found.told == pytest.approx(6420)


@pytest.mark.generative
@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 10**6)), min_size=FEWEST, max_size=33),
    st.integers(1, 100),
)
def test_when_all_answered_the_total_is_their_sum_and_certain(rows: list[tuple[int, int]], pence: int) -> None:
    exposure = np.array([float(nights) for nights, _ in rows])
    answers = np.array([[pounds + pence / 100, 3.0] for _, pounds in rows])
    found = gross_up(answers, exposure, np.full(len(rows), True))
    assert found.total == pytest.approx(answers.sum())
    assert found.low == pytest.approx(found.high) == pytest.approx(found.total)


@pytest.mark.generative
@settings(deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 2**32 - 1))
def test_pounds_in_another_unit_change_nothing_else(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    exposure, answers = rng.uniform(10, 1000, 20), rng.uniform(0, 1000, (20, 3))
    answers[rng.random((20, 3)) < 0.2] = BLANK
    wanted = np.full(20, True)
    once, twice = gross_up(answers, exposure, wanted), gross_up(answers * factor, exposure, wanted)
    assert twice.total == pytest.approx(once.total * factor)
    assert once.high is not None
    assert twice.high == pytest.approx(once.high * factor)


WORLDS = 1000
ANSWERED, HEADINGS = 26, 4
TOLERANCE = 0.02
"Three standard errors of a coverage of 0.95 in 1,000 worlds."


@pytest.mark.generative
@pytest.mark.parametrize("blank", [0.0, 0.15], ids=["whole answers", "with blanks"])
def test_the_interval_holds_the_planted_truth_as_often_as_it_says(blank: float) -> None:
    rng = np.random.default_rng(20)
    held = 0
    for _ in range(WORLDS):
        exposure = rng.lognormal(9.0, 0.8, LONDON)
        dear = rng.gamma(20, 1 / 20, (LONDON, 1))  # an authority that is dear is dear under every heading
        price = np.array([90.0, 25.0, 12.0, 8.0]) * (dear + rng.normal(0, 0.15, (LONDON, HEADINGS))).clip(0.05)
        truth = price * exposure[:, None]
        answers = truth.copy()
        answers[rng.permutation(LONDON)[ANSWERED:]] = BLANK
        answers[rng.random(answers.shape) < blank] = BLANK
        found = gross_up(answers, exposure, np.full(LONDON, True))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth.sum() <= found.high
    assert abs(held / WORLDS - LEVEL) < TOLERANCE


@pytest.mark.generative
def test_drawn_costs_keep_answers_and_spread_the_rest_as_the_interval_does() -> None:
    rng = np.random.default_rng(5)
    exposure = np.repeat(rng.lognormal(9.0, 0.5, (LONDON, 1)), HEADINGS, axis=1)
    answers = np.array([90.0, 25.0, 12.0, 8.0]) * rng.gamma(20, 1 / 20, (LONDON, 1)) * exposure
    answers[ANSWERED:] = BLANK
    answers[0, 1] = BLANK
    drawn = grossing.draw_unit_costs(answers, exposure, 4000, rng)
    assert np.ptp(drawn[:, 1]) == 0
    assert drawn[0, 1] == pytest.approx(answers[1].sum() / exposure[1, 0])
    assert np.ptp(drawn[:, 0]) > 0
    totals = (drawn * exposure[:, 0]).sum(axis=1)
    found = grossing.gross_up(answers, exposure, np.full(LONDON, True))
    assert totals.mean() == pytest.approx(found.total, rel=0.01)
    assert found.high is not None
    reach = grossing._student(ANSWERED - 1) * totals.std()
    assert found.high - found.total == pytest.approx(reach, rel=0.05)
