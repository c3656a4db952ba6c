"""Divisions into connected panels: proven best, beside going through all of them."""

from itertools import product

import numpy as np
import pytest
from child_death_places import DAY, LONDON, PLACES, of_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.errors import DeclarationError
from parentis.region import members
from parentis.services.child_deaths.expected import by_rate
from parentis.services.child_deaths.frontier import described, efficient, frontier_of
from parentis.services.child_deaths.panels import Status, best_divisions, connected, divide


def _all_best(weights: list[float], borders: list[set[int]], groups: int) -> float:
    """The slow route: every way of putting areas in groups."""
    best = 0.0
    for labels in product(range(groups), repeat=len(weights)):
        parts = [[at for at, label in enumerate(labels) if label == group] for group in range(groups)]
        if all(connected(part, borders) for part in parts):
            best = max(best, min(sum(weights[at] for at in part) for part in parts))
    return best


@st.composite
def _maps(draw: st.DrawFn) -> tuple[list[float], list[set[int]], int]:
    size = draw(st.integers(3, 7))
    weights = [float(draw(st.integers(1, 30))) for _ in range(size)]
    borders: list[set[int]] = [set() for _ in range(size)]
    for one in range(1, size):
        for other in {draw(st.integers(0, one - 1)), draw(st.integers(0, one - 1))}:
            borders[one].add(other)
            borders[other].add(one)
    return weights, borders, draw(st.integers(1, min(3, size)))


@pytest.mark.generative
@settings(max_examples=40, deadline=None)
@given(_maps())
def test_the_search_finds_what_going_through_all_divisions_finds(case: tuple[list[float], list[set[int]], int]) -> None:
    weights, borders, groups = case
    found = divide(weights, borders, groups)
    assert found.status is Status.PROVEN
    assert found.smallest == pytest.approx(_all_best(weights, borders, groups))
    pieces = [[at] for at in range(len(weights))]
    assert best_divisions(pieces, weights, borders)[groups].smallest == pytest.approx(found.smallest)


@pytest.mark.unit
def test_what_cannot_be_divided_is_refused_and_the_bound_said() -> None:
    star = [{1, 2, 3}, {0}, {0}, {0}]
    found = divide([10, 1, 1, 1], star, 2, least=2)
    assert (found.status, found.groups) == (Status.IMPOSSIBLE, ())
    assert found.bound < 2
    cut = divide(list(np.arange(1.0, 31.0)), [{(at - 1) % 30, (at + 1) % 30} for at in range(30)], 6, most_steps=5)
    assert cut.status is Status.OPEN
    assert cut.bound == pytest.approx(sum(range(1, 31)) / 6, abs=1e-3)


@pytest.mark.unit
def test_more_areas_than_bits_are_refused() -> None:
    with pytest.raises(DeclarationError):
        divide([1.0] * 63, [set()] * 63, 2)


DEATHS = by_rate(LONDON, 29.8)
IDS = [one.authority for one in PLACES]
BORDERS = [{IDS.index(other) for other in one.borders} for one in PLACES]
WEIGHTS = [DEATHS[each] for each in IDS]


@pytest.mark.spec
def test_london_divides_into_eight_panels_of_sixty_and_not_into_nine() -> None:
    eight = divide(WEIGHTS, BORDERS, 8, least=60)
    assert eight.status is Status.PROVEN
    assert eight.smallest == pytest.approx(67.8483, abs=1e-3)
    assert all(connected(group, BORDERS) for group in eight.groups)
    assert sorted(at for group in eight.groups for at in group) == list(range(33))
    nine = divide(WEIGHTS, BORDERS, 9, least=60)
    assert (nine.status, nine.groups) == (Status.IMPOSSIBLE, ())
    assert nine.bound < 60


@pytest.mark.integration
def test_the_frontier_shows_what_each_division_costs_and_what_is_refused() -> None:
    made = frontier_of(PLACES, DEATHS, icbs=of_kind("icb"), bcus=of_kind("bcu"), panels=(6, 7, 8, 9))
    by = {(one.family, one.panels): one for one in made.options}
    assert all(one.proven for one in made.options)
    assert by["any", 8].smallest >= 60
    assert by["any", 7].worst_short < by["any", 8].worst_short
    assert all(one.bcu_breaks == 0 for one in made.options if one.family == "bcu")
    assert all(one.icb_breaks == 0 for one in made.options if one.family == "icb")
    assert all(by["any", one.panels].smallest >= one.smallest for one in made.options)
    refused = {(family, count): why for family, count, why in made.refused}
    assert refused["any", 9].startswith("Proven")
    assert {(family, count) for family in ("any", "icb", "bcu", "both") for count in (6, 7, 8, 9)} == {*by, *refused}
    kept = efficient(made.options)
    assert kept
    assert set(kept) <= set(made.options)


@pytest.mark.spec
def test_todays_map_fails_on_one_years_news() -> None:
    groups = [members(f"cdr-{name}", DAY) for name in ("bhr", "welc", "ncl", "swl", "sel", "nwl")]
    now = described(groups, PLACES, DEATHS, of_kind("icb"), of_kind("bcu"))
    assert now.worst_short == pytest.approx(0.3776, abs=1e-4)
    later = described(groups, PLACES, by_rate(LONDON, 28.6629), of_kind("icb"), of_kind("bcu"))
    assert later.smallest < 60
    assert later.worst_short == pytest.approx(0.4964, abs=1e-3)
    assert now.panels == 6
    assert now.icb_breaks == 0


@pytest.mark.unit
def test_borders_are_those_of_the_published_map(shared_data: object) -> None:
    """Two routes: areas that share points of their outlines, less those with water alone between them."""
    import json
    from pathlib import Path

    from parentis.region import authority

    found = json.loads((Path(str(shared_data)) / "geography/london_boroughs.geojson").read_text())
    points = {}
    for feature in found["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        points[authority(feature["properties"]["name"]).gss] = {
            (round(x, 6), round(y, 6)) for polygon in polygons for ring in polygon for x, y, *_ in ring
        }
    for one in PLACES:
        touching = {each for each in points if each != one.authority and points[each] & points[one.authority]}
        assert set(one.borders) <= touching
