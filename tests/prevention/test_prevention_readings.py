"""The family group conference as the law is read, and whom an offer before proceedings meets."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from bid_worlds import basis_of, two_boroughs

from parentis.services.prevention.catalogue import entry
from parentis.services.prevention.law import EARLIER, MET, NO_DUTY
from parentis.services.prevention.proceedings import Routes, routes, share_of
from parentis.services.prevention.readings_of_the_law import CONFERENCE, conference_effect, press_figure, readings

FIRST = date(2020, 6, 1)


def episodes(*children: list[tuple[int, str]]) -> pl.DataFrame:
    """Children of (days from the first day, legal status); each begins to be looked after at its first."""
    rows = [
        {
            "authority": "E1", "CHILD": str(at), "DECOM": FIRST + timedelta(days=day), "DEC": None, "LS": status,
            "RNE": "S" if day == child[0][0] else "L", "sequence": 1,
        }
        for at, child in enumerate(children)
        for day, status in child
    ]  # fmt: skip
    rows.append({**rows[0], "CHILD": "last", "DECOM": FIRST + timedelta(days=2000), "RNE": "P"})
    return pl.DataFrame(rows, schema_overrides={"DEC": pl.Date})


NOBODY = pl.DataFrame(schema={"authority": pl.String, "CHILD": pl.String})


@pytest.mark.spec
def test_how_children_came_into_care() -> None:
    found = routes(
        episodes(
            [(0, "C1")],
            [(0, "C2"), (30, "E1")],
            [(0, "V2"), (100, "C1"), (300, "C2")],
            [(0, "L1"), (3, "V2"), (200, "C1")],
            [(0, "V2")],
            [(0, "V4"), (20, "V4")],
            [(1900, "V2")],
        ),
        NOBODY,
    )
    assert (found.entries, found.under_order, found.order_within) == (5, 2, 1)
    twice = routes(episodes([(0, "C1"), (0, "C1")], [(0, "V2"), (10, "C1")]), NOBODY)
    assert (twice.entries, twice.under_order, twice.order_within) == (2, 1, 1)
    without = routes(episodes([(0, "C1")], [(0, "V2")]), pl.DataFrame({"authority": ["E1"], "CHILD": ["1"]}))
    assert without.entries == 1


@pytest.mark.unit
def test_shares_have_intervals_and_the_earlier_ones_are_beside_those_met() -> None:
    found = Routes(months=6, entries=1000, under_order=300, order_within=150)
    assert found.met.centre == pytest.approx(0.3, abs=0.002)
    assert found.met.low == pytest.approx(0.2724, abs=0.001)
    assert found.earlier.centre == pytest.approx(0.5, abs=0.01)
    assert share_of(0, 10).high > 0.2


@pytest.mark.spec
def test_the_conference_under_three_readings_of_the_law() -> None:
    basis = basis_of(two_boroughs(400), years=3)
    known = entry(CONFERENCE)
    binding = replace(known, law=(replace(known.law[0], since=date(2025, 4, 1)),))
    found = Routes(months=6, entries=2000, under_order=1200, order_within=360)
    told = readings(basis, found, start=date(2024, 4, 1), price_year="2024-25", replicates=150, of=binding)

    def mean(reading: str, year: str, what: str, column: str = "mean") -> float:
        return float(told.filter(reading=reading, year=year, what=what)[column][0])

    for what in ("children", "nights", "pounds"):
        assert mean(MET, "2024-25", what) == pytest.approx(mean(NO_DUTY, "2024-25", what), rel=0.02)
        assert mean(NO_DUTY, "2025-26", what) > 0
    assert mean(MET, "2025-26", "children") == mean(MET, "2025-26", "children", "high") == 0
    part = mean(EARLIER, "2025-26", "children") / mean(NO_DUTY, "2025-26", "children")
    assert part == pytest.approx(0.3, abs=0.08)
    assert "taken off" in told.filter(reading=MET)["says"][0]
    # A fifth of those met are kept out: the trial's 36.2 against 44.8 %.
    assert conference_effect(found, start=date(2024, 4, 1)).factor.centre == pytest.approx(36.2 / 44.8)


@pytest.mark.spec
def test_the_national_figure_is_what_the_trial_and_a_price_make() -> None:
    """More than 2,000 children and £150 million: 23,256 children met, 28 days each, at about £1,600 a week."""
    explained = press_figure()
    assert explained["met"] == pytest.approx(23_256, abs=1)
    assert explained["nights"] == pytest.approx(651_163, abs=1)
    assert explained["per_night"] == pytest.approx(230.36, abs=0.01)
    assert explained["per_week"] == pytest.approx(1612.5, abs=0.1)
