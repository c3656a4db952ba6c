"""The scan beside published clusters, by SaTScan 10.3.2 and an exhaustive script."""

from pathlib import Path

import numpy as np
import pytest
from child_death_places import table

from parentis.errors import DeclarationError
from parentis.services.child_deaths.clusters import cluster_now
from parentis.services.child_deaths.scan import (
    Windows,
    bernoulli_log_likelihood_ratio,
    circles,
    log_likelihood_ratio,
    scan,
)

SIX_FIGURES = 1e-6
EAST = 39


def _carolina(truth: Path, year: str) -> tuple[list[str], np.ndarray, np.ndarray, Windows]:
    rows = table(truth / "child_deaths/ncsids.csv")
    births = np.array([float(row[f"BIR{year}"]) for row in rows])
    deaths = np.array([int(row[f"SID{year}"]) for row in rows])
    lat, lon = (np.array([float(row[axis]) for row in rows]) for axis in ("lat", "lon"))
    return [row["county"] for row in rows], deaths[:, None], births[:, None], circles(lat, lon, births)


@pytest.mark.spec
def test_sudden_infant_deaths_in_north_carolina_1974_to_1978(truth: Path) -> None:
    names, deaths, births, windows = _carolina(truth, "74")
    found = scan(deaths, births, windows, replicates=199)
    largest = found[0]
    assert (len(largest.areas), largest.cases) == (EAST, 317)
    assert largest.expected == pytest.approx(246.55, abs=0.005)
    assert largest.likelihood == pytest.approx(15.487584, abs=SIX_FIGURES)
    anson = next(one for one in found if [names[each] for each in one.areas] == ["Anson"])
    assert (anson.cases, round(anson.expected, 2)) == (15, 3.17)
    assert anson.likelihood == pytest.approx(11.577076, abs=SIX_FIGURES)
    assert anson.p <= 0.01


@pytest.mark.spec
def test_sudden_infant_deaths_in_north_carolina_1979_to_1984(truth: Path) -> None:
    names, deaths, births, windows = _carolina(truth, "79")
    first, second, *_ = scan(deaths, births, windows, replicates=999)
    assert {names[each] for each in first.areas} == {"Hoke", "Scotland", "Robeson", "Bladen", "Columbus"}
    assert (first.cases, round(first.expected, 2)) == (70, 38.80)
    assert first.likelihood == pytest.approx(10.720305, abs=SIX_FIGURES)
    assert first.p == pytest.approx(0.0014, abs=0.004)
    assert {names[each] for each in second.areas} == {
        "Burke", "Catawba", "Cleveland", "Gaston", "Lincoln", "Rutherford",
    }  # fmt: skip
    assert (second.cases, round(second.expected, 2)) == (98, 68.36)
    assert second.likelihood == pytest.approx(6.238402, abs=SIX_FIGURES)
    assert second.p == pytest.approx(0.09, abs=0.03)


@pytest.mark.spec
def test_brain_cancer_in_new_mexico_over_space_and_time(truth: Path) -> None:
    rows = table(truth / "child_deaths/nm_popcas.csv")
    peopled = {row["county"] for row in rows}
    seats = [row for row in table(truth / "child_deaths/nm_geo.csv") if row["county"] in peopled]
    names = [row["county"] for row in seats]
    years = sorted({int(row["year"]) for row in rows})
    cases, people = np.zeros((len(names), len(years)), dtype=int), np.zeros((len(names), len(years)))
    for row in rows:
        at = names.index(row["county"]), years.index(int(row["year"]))
        cases[at], people[at] = int(row["count"]), float(row["population"])
    windows = circles(
        np.array([float(row["seat_lat"]) for row in seats]), np.array([float(row["seat_long"]) for row in seats]),
        people.sum(axis=1),
    )  # fmt: skip
    first, *_ = scan(cases, people, windows, longest=9, prospective=False, replicates=499)
    assert {names[each] for each in first.areas} == {
        "bernalillo", "losalamos", "sandoval", "sanmiguel", "santafe", "socorro", "torrance", "valencia",
    }  # fmt: skip
    assert (years[first.first], years[first.last], first.cases) == (1985, 1989, 232)
    assert first.expected == pytest.approx(171.847, abs=0.001)
    assert first.likelihood == pytest.approx(11.318677, abs=SIX_FIGURES)
    assert first.p == pytest.approx(0.008, abs=0.012)


@pytest.mark.spec
def test_the_ratio_of_cases_among_people() -> None:
    """SaTScan's tutorial 2: 141 of 3,172 in 24,940 of 1,237,189."""
    assert bernoulli_log_likelihood_ratio(141, 24_940, 3_172, 1_237_189) == pytest.approx(35.526304, abs=SIX_FIGURES)


@pytest.mark.unit
def test_the_largest_ratio_agrees_with_going_through_every_window() -> None:
    random = np.random.default_rng(3)
    areas, months = 9, 10
    due = random.uniform(0.5, 2, (areas, months))
    cases = random.poisson(due)
    cases[2:4, 7:] += 3
    lat, lon = random.uniform(51.3, 51.7, areas), random.uniform(-0.5, 0.2, areas)
    windows = circles(lat, lon, due.sum(axis=1))
    total, scaled = cases.sum(), due * cases.sum() / due.sum()
    for prospective in (True, False):
        plain = 0.0
        for centre in range(areas):
            for size in range(1, windows.reach[centre] + 1):
                inside = windows.order[centre, :size]
                for last in [months - 1] if prospective else range(months):
                    for first in range(max(0, last - 4), last + 1):
                        count = cases[inside, first : last + 1].sum()
                        mass = scaled[inside, first : last + 1].sum()
                        if count >= 2:
                            plain = max(plain, log_likelihood_ratio(count, mass, total))
        found = scan(cases, due, windows, prospective=prospective, longest=5, replicates=19)
        assert found[0].likelihood == pytest.approx(plain, abs=1e-9)


@pytest.mark.unit
def test_worlds_of_chance_have_the_ratios_of_their_own_clusters() -> None:
    """The fast search for a world's largest ratio, beside the search that also says where."""
    from parentis.services.child_deaths import scan as module

    random = np.random.default_rng(5)
    due = np.ascontiguousarray(random.uniform(0.2, 1, (12, 8)))
    windows = circles(random.uniform(51, 52, 12), random.uniform(-1, 0, 12), due.sum(axis=1))
    for prospective in (True, False):
        for _ in range(20):
            cases = np.ascontiguousarray(random.poisson(due), dtype=np.int32)
            total = int(cases.sum())
            scaled = due * total / due.sum()
            plain = module._strongest(cases, scaled, windows.order, windows.reach, 4, prospective, total)[:, 0].max()
            most = module._limits(0.5, total)
            inside, sums = np.zeros(8, dtype=np.int64), np.zeros(8)
            fast = module._beaten(
                cases, scaled, windows.order, windows.reach, 4, prospective, total, 0.5, most, inside, sums
            )
            assert fast == pytest.approx(max(0.5, plain), abs=1e-9)


@pytest.mark.integration
def test_p_values_are_even_where_nothing_clusters() -> None:
    random = np.random.default_rng(11)
    due = np.ones((15, 6))
    windows = circles(random.uniform(51, 52, 15), random.uniform(-1, 0, 15), due.sum(axis=1))
    ps = [scan(random.poisson(due), due, windows, replicates=99, seed=seed)[0].p for seed in range(150)]
    assert 0.02 <= np.mean(np.array(ps) <= 0.1) <= 0.19


@pytest.mark.unit
def test_cases_where_none_are_expected_are_refused() -> None:
    due = np.array([[0.0], [1.0]])
    with pytest.raises(DeclarationError):
        scan(np.array([[1], [1]]), due, circles(np.array([51.0, 52]), np.array([0.0, 0]), np.ones(2)))


def _map(areas: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.uniform(51.3, 51.7, areas), random.uniform(-0.5, 0.2, areas)


@pytest.mark.integration
def test_the_pages_scan_keeps_its_chance_though_shares_and_seasons_are_not_known() -> None:
    """Boroughs of unlike rates, months that are unlike what is expected of them: one look in ten signals."""
    random = np.random.default_rng(21)
    lat, lon = _map(12, 2)
    fired = 0
    for seed in range(200):
        rates = random.gamma(2.0, 0.5, 12)[:, None] * random.uniform(0.6, 1.4, 18)[None, :]
        cases = random.poisson(rates)
        windows = circles(lat, lon, cases.sum(axis=1) + 0.5)
        found = cluster_now(cases, np.ones(18), windows, chance=0.1, worlds=2, seed=seed, shown=2)
        fired += found is not None and found.signals
    assert 8 <= fired <= 34  # of 200: beyond it once in a thousand


@pytest.mark.integration
def test_the_pages_scan_finds_what_is_planted_and_names_its_months() -> None:
    random = np.random.default_rng(3)
    lat, lon = _map(12, 2)
    near = np.argsort(np.hypot(lat - lat[4], lon - lon[4]))[:2]
    cases = random.poisson(2.0, (12, 24))
    cases[near, 21:] = random.poisson(10.0, (2, 3))
    windows = circles(lat, lon, cases.sum(axis=1) + 0.5)
    found = cluster_now(cases, np.ones(24), windows, chance=0.01, worlds=5, seed=1)
    assert found is not None
    assert found.signals
    assert set(found.cluster.areas) == set(map(int, near))
    assert (found.cluster.first, found.cluster.last) == (21, 23)
    assert found.cluster.cases == cases[near, 21:].sum()
    again = cluster_now(cases, np.ones(24), windows, chance=0.01, worlds=5, seed=1)
    assert again == found


@pytest.mark.unit
def test_a_scan_of_now_needs_months_and_a_chance() -> None:
    windows = circles(*_map(3, 1), np.ones(3))
    for season, chance in ((np.ones(1), 0.1), (np.ones(4), 0.0)):
        with pytest.raises(DeclarationError):
            cluster_now(np.ones((3, 4), dtype=int), season, windows, chance=chance, worlds=2, seed=1)
