"""Many questions at once, beside Benjamini and Hochberg's own example; kappa beside Fleiss's."""

import numpy as np
import pytest

from parentis.errors import DeclarationError
from parentis.services.child_deaths.agreement import kappa
from parentis.services.child_deaths.discovery import bonferroni, discoveries, share_differs, wilson

# Benjamini and Hochberg 1995, §3.2: fifteen endpoints of a trial.
P_VALUES = np.array([
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
])  # fmt: skip
ADJUSTED = [0.0015, 0.003, 0.0095, 0.03562, 0.0603, 0.06386, 0.06386, 0.0645, 0.0765, 0.486, 0.58118, 0.71488, 0.75323,
            0.81321, 1.0]  # fmt: skip


@pytest.mark.spec
def test_four_of_fifteen_stand_and_three_by_bonferroni() -> None:
    found = discoveries(P_VALUES)
    assert found.adjusted == pytest.approx(ADJUSTED, abs=5e-5)
    assert int(found.stands.sum()) == 4
    assert int(bonferroni(P_VALUES).sum()) == 3


@pytest.mark.unit
def test_no_questions_have_no_answers() -> None:
    assert discoveries(np.zeros(0)).stands.size == 0


@pytest.mark.unit
def test_shares_are_compared_exactly_and_an_empty_side_proves_nothing() -> None:
    assert share_differs(0, 0, 5, 10) == 1.0
    assert share_differs(9, 10, 100, 1000) < 1e-6
    assert share_differs(10, 100, 100, 1000) > 0.5
    low, high = wilson(10, 50)
    assert (round(low, 4), round(high, 4)) == (0.1124, 0.3304)  # Newcombe 1998's formula, by hand


@pytest.mark.spec
def test_kappa_of_a_table_worked_by_hand() -> None:
    """20 and 15 of 50 alike, by chance 25: (0.7 - 0.5) / (1 - 0.5) = 0.4."""
    found = kappa(np.array([[20, 5], [10, 15]]))
    assert found.value == pytest.approx(0.4)
    assert found.error == pytest.approx(0.127, abs=0.002)
    assert kappa(np.array([[7, 0], [0, 0]])).value == 1.0
    with pytest.raises(DeclarationError):
        kappa(np.zeros((2, 3)))
