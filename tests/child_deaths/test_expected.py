"""Expected deaths and the chance of falling short of 60, as printed in the specification."""

import pytest
from child_death_places import DAY, LONDON

from parentis.region import members
from parentis.services.child_deaths.expected import boroughs, by_need, by_rate, chance_short, expectation, needed

# footprint → expected, P(<60), 95 % low and high, P(<60) with a coefficient of variation of 10 % on the rate
AT_29_80 = {
    "bhr": (62.11, 0.3776, 47, 78, 0.4110),
    "welc": (79.02, 0.0114, 62, 97, 0.0432),
    "ncl": (89.02, 0.0005, 71, 108, 0.0070),
    "swl": (98.90, 0.0000, 80, 119, 0.0009),
    "sel": (109.26, 0.0000, 89, 130, 0.0001),
    "nwl": (132.68, 0.0000, 111, 156, 0.0000),
}
AT_LAST_YEARS = {
    "bhr": (59.74, 0.4964, 45, 75, 0.5053),
    "welc": (76.01, 0.0256, 59, 94, 0.0705),
    "ncl": (85.62, 0.0015, 68, 104, 0.0134),
    "swl": (95.13, 0.0000, 77, 115, 0.0020),
    "sel": (105.09, 0.0000, 85, 126, 0.0002),
    "nwl": (127.62, 0.0000, 106, 150, 0.0000),
}
LAST_YEARS = 3492 / 12_183_016 * 100_000


@pytest.mark.spec
@pytest.mark.parametrize("name", AT_29_80)
@pytest.mark.parametrize(("rate", "table"), [(29.8, AT_29_80), (LAST_YEARS, AT_LAST_YEARS)], ids=["2024", "2025"])
def test_a_footprints_expectation_is_as_printed(name: str, rate: float, table: dict[str, tuple[float, ...]]) -> None:
    by_authority = by_rate(LONDON, rate)
    found = expectation(sum(by_authority[each] for each in members(f"cdr-{name}", DAY)))
    deaths, short, low, high, uncertain = table[name]
    assert found.deaths == pytest.approx(deaths, abs=0.005)
    assert found.short == pytest.approx(short, abs=0.00005)
    assert (found.low, found.high) == (low, high)
    assert found.short_uncertain == pytest.approx(uncertain, abs=0.00005)


@pytest.mark.spec
@pytest.mark.parametrize(("chance", "deaths"), [(0.5, 59.67), (0.2, 66.40), (0.1, 70.12), (0.05, 73.28), (0.01, 79.48)])
def test_what_must_be_expected_to_fall_short_so_rarely(chance: float, deaths: float) -> None:
    assert needed(chance) == pytest.approx(deaths, abs=0.005)


@pytest.mark.spec
def test_expecting_sixty_falls_short_in_48_years_of_100() -> None:
    assert chance_short(60) == pytest.approx(0.48, abs=0.005)


@pytest.mark.unit
def test_need_moves_deaths_to_the_deprived_and_to_infants_and_keeps_the_total() -> None:
    facts = {one.authority: one for one in boroughs()}
    plain = by_rate(LONDON, 29.8)
    moved = by_need(
        LONDON, 29.8, infants={each: facts[each].infants for each in LONDON},
        imd_scores={each: facts[each].imd_score for each in LONDON},
    )  # fmt: skip
    assert sum(moved.values()) == pytest.approx(sum(plain.values()))
    barking, richmond = "E09000002", "E09000027"
    assert moved[barking] > plain[barking]
    assert moved[richmond] < plain[richmond]


@pytest.mark.unit
def test_borders_are_mutual_and_whole() -> None:
    facts = {one.authority: one for one in boroughs()}
    assert set(facts) == set(LONDON)
    for one in facts.values():
        assert all(one.authority in facts[other].borders for other in one.borders)
