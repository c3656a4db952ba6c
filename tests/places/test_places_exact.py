"""Erlang's formulas and the exact chains: published tables, and figures worked out from the stationary equations."""

import pytest

from parentis.services.places.sizing import chains, erlang

pytestmark = pytest.mark.spec

FOUR_DIGITS = 5.1e-5
"""Half of the last digit that the tables print, and a rounding error."""


@pytest.mark.parametrize(
    ("places", "lost", "occupancy", "waits"),
    [
        (12, 0.5012, 0.9269, 1.0),
        (16, 0.3502, 0.9057, 1.0),
        (20, 0.2164, 0.8737, 1.0),
        (24, 0.1105, 0.8265, 0.637),
        (28, 0.0425, 0.7626, 0.179),
        (32, 0.0112, 0.6891, 0.0361),
    ],
)
def test_london_with_98_referrals_a_year_of_83_days(places, lost, occupancy, waits):
    assert erlang.blocked(22.3, places) == pytest.approx(lost, abs=FOUR_DIGITS)
    assert erlang.occupied(22.3, places) / places == pytest.approx(occupancy, abs=FOUR_DIGITS)
    assert erlang.waits(22.3, places) == pytest.approx(waits, abs=5.1e-4)


@pytest.mark.parametrize(
    ("places", "loads"),
    [
        (5, (1.361, 1.657, 2.218, 2.881)),
        (10, (4.461, 5.084, 6.216, 7.511)),
        (14, (7.352, 8.200, 9.730, 11.473)),
        (20, (12.031, 13.182, 15.249, 17.613)),
        (24, (15.295, 16.631, 19.031, 21.784)),
    ],
)
def test_the_load_that_standard_tables_give_for_1_2_5_and_10_per_cent(places, loads):
    for share, load in zip((0.01, 0.02, 0.05, 0.10), loads, strict=True):
        # A published table truncates or rounds its third decimal.
        assert erlang.load_at(share, places) == pytest.approx(load, abs=1.01e-3)


@pytest.mark.parametrize(("units", "lost"), [(1, 0.1105), (2, 0.1649), (3, 0.2037)])
def test_what_splitting_24_places_costs(units, lost):
    assert erlang.blocked(22.3 / units, 24 // units) == pytest.approx(lost, abs=FOUR_DIGITS)


def test_waiting_with_departure():
    found = erlang.waiting(98.3 / 365.25, 83, 21, 24)
    assert found.waits == pytest.approx(0.27857, abs=5.1e-6)
    assert found.listed == pytest.approx(0.4316, abs=FOUR_DIGITS)
    assert found.unplaced == pytest.approx(0.07637, abs=5.1e-6)
    assert found.occupied == pytest.approx(20.6318, abs=FOUR_DIGITS)


def test_girls_only_beside_mixed():
    found = chains.nested(8, 16, 9.0, 9.0)
    assert found.turned_away == pytest.approx((0.02662, 0.05606), abs=5.1e-6)
    assert found.occupied == pytest.approx(17.2558, abs=FOUR_DIGITS)


def test_three_places_kept_for_members():
    found = chains.reserved(24, 3, 16.0, 6.3)
    assert found.turned_away == pytest.approx((0.04873, 0.37137), abs=5.1e-6)
    assert found.occupied == pytest.approx(19.1807, abs=FOUR_DIGITS)


def test_a_chain_without_sexes_is_erlangs_formula():
    assert chains.reserved(24, 0, 20.0, 2.3).turned_away[0] == pytest.approx(erlang.blocked(22.3, 24), rel=1e-9)
