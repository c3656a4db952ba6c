"""A schedule's income is a lookup of nights; a difference keeps the futures that both schedules met."""

from dataclasses import replace

import numpy as np
import pytest

from parentis.errors import NotFoundError
from parentis.services.uasc.forecast import Futures, _rise, _supported
from parentis.services.uasc.schedules import HEAD, Schedule, changed, current, example, income
from parentis.services.uasc.whatif import Answer, _percent, ask, small

NOW = Schedule(name="now", under_16=114, under_16_high=143, older=114, older_high=143, leaver=270)
YEARS = ("2025-26", "2026-27")


def ahead(nights: np.ndarray, weeks: np.ndarray, cost: np.ndarray | None, children: float = 50_000) -> Futures:
    return Futures(
        authorities=tuple("ABC"[: nights.shape[1]]),
        years=YEARS,
        nights=nights,
        weeks=weeks,
        cost=cost,
        children=np.full(nights.shape[1], children),
        paid={"child": 1.0, "leaver": 1.0},
        notes=(),
    )


@pytest.mark.spec
def test_nights_times_rates_by_age_and_band() -> None:
    # 34 heads among 50,000 children are below 0.07 % (35), 36 are not; half of the nights are under 16.
    nights = np.array([34.0, 36.0])[None, :, None, None] * 365 / 2 * np.ones((1, 2, 2, 1))
    apart = replace(NOW, older=100, older_high=120)
    found = income(apart, nights, np.full((1, 2, 1), 52.0), np.full(2, 50_000.0), {"child": 0.5, "leaver": 1.0})
    assert found[0, 0, 0, 0] == pytest.approx(0.5 * 34 * 365 / 2 * (114 + 100))
    assert found[0, 1, 0, 0] == pytest.approx(0.5 * 36 * 365 / 2 * (143 + 120))
    assert found[0, 0, 1, 0] == pytest.approx(52 * 270)


@pytest.mark.spec
def test_rates_rise_from_the_second_year_on() -> None:
    nights, weeks = np.full((1, 1, 2, 3), 10.0), np.zeros((1, 1, 3))
    found = income(replace(NOW, uprating=10.0), nights, weeks, np.zeros(1), {"child": 1.0, "leaver": 1.0})
    assert found[0, 0, 0] == pytest.approx([2280, 2508, 2758.8])  # no population: the standard rate


@pytest.mark.spec
def test_the_rates_of_now_are_those_of_the_table() -> None:
    assert current() == replace(NOW, name="as now")
    assert example().under_16 == 143
    assert changed(current(), leaver=300.0).leaver == 300


@pytest.mark.spec
def test_who_turns_18_is_supported_for_three_years() -> None:
    labels = [f"{year}-{year % 100 + 1}" for year in range(2025, 2030) for _ in range(12)]
    months = _supported(labels, tuple(dict.fromkeys(labels)))
    assert months[0].tolist() == [11.5, 12, 12, 0.5, 0]
    assert months[6].tolist() == [5.5, 12, 12, 6.5, 0]
    assert months.sum(axis=1)[:24].tolist() == [36] * 24


@pytest.mark.spec
def test_prices_past_the_deflators_table_go_on_rising() -> None:
    assert _rise("2023-24", "2025-26", 10.0) == pytest.approx(1.21)
    assert _rise("2028-29", "2030-31", None) == pytest.approx(1.02**2)
    assert _rise("2027-28", "2029-30", None) == pytest.approx(1.0188 * 1.02)


@pytest.fixture
def found() -> object:
    rng = np.random.default_rng(0)
    shared = rng.normal(1, 0.2, (400, 1, 1, 1))  # a good year for one is a good year for all
    nights = 20_000 * (shared + rng.normal(0, 0.02, (400, 3, 2, 2))).clip(0.1)
    return ask(
        ahead(nights, np.full((400, 3, 2), 500.0), 160 * nights.sum(axis=2)[:, :, None, :] * np.array([[1.0], [0.05]])),
        changed(NOW, under_16=124.0, older=124.0, under_16_high=153.0, older_high=153.0),
        NOW,
    )


@pytest.mark.unit
def test_ten_pounds_more_a_night_is_ten_pounds_times_nights(found) -> None:  # type: ignore[no-untyped-def]
    drawn = found.drawn()
    frame = found.frame()
    both = frame.filter(year="all", group="both", quantity="difference").row(0, named=True)
    nights = drawn["cost"][:, 0].sum(axis=1) / 160
    assert both["mean"] == pytest.approx(10 * nights.mean())
    assert both["low"] == pytest.approx(10 * np.quantile(nights, 0.1))
    leavers = frame.filter(year="all", group="leavers", quantity="difference").row(0, named=True)
    assert leavers["mean"] == 0


@pytest.mark.unit
def test_a_regions_interval_keeps_what_authorities_share(found) -> None:  # type: ignore[no-untyped-def]
    width = {}
    for places in (("A",), ("B",), ("C",), ()):
        row = found.frame(places).filter(year="2025-26", group="children", quantity="now").row(0, named=True)
        width[places] = row["high"] - row["low"]
    alone = [width[("A",)], width[("B",)], width[("C",)]]
    assert width[()] > 0.9 * sum(alone) > 1.3 * float(np.sqrt(np.square(alone).sum()))


@pytest.mark.unit
def test_gap_and_recovery_follow_from_cost(found) -> None:  # type: ignore[no-untyped-def]
    drawn = found.drawn(["A"])
    np.testing.assert_allclose(drawn["gap_now"] - drawn["gap_proposed"], drawn["difference"])
    np.testing.assert_allclose(drawn["recovery_now"], 100 * drawn["now"] / drawn["cost"])
    gains = found.gains()
    assert gains.columns == ["authority", "mean", "low", "high", "chance"]
    assert gains["chance"].to_list() == [1.0, 1.0, 1.0]


@pytest.mark.unit
def test_without_a_survey_income_alone_is_told() -> None:
    nights = np.full((2, 1, 2, 2), 100.0)
    answer = ask(ahead(nights, np.zeros((2, 1, 2)), None), NOW, NOW)
    assert set(answer.frame()["quantity"]) == {"now", "proposed", "difference"}
    with pytest.raises(NotFoundError):
        answer.drawn(["Z"])


@pytest.mark.unit
@pytest.mark.parametrize("wrong", [{"leaver": -1.0}, {"uprating": 80.0}])
def test_rates_below_nil_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(NotFoundError):
        changed(NOW, **wrong)


def with_heads(*heads: float) -> Futures:
    """So many children of 16 and over in each authority; nobody younger, and no care leaver."""
    nights = np.zeros((1, len(heads), 2, 1))
    nights[0, :, 1, 0] = np.array(heads) * HEAD
    return replace(ahead(nights, np.zeros((1, len(heads), 1)), None), authorities=tuple("ABCDEF"[: len(heads)]))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("heads", "untold"),
    [
        ((5.9, 5.9, 40), "AB"),  # fewer than six each; together they are enough to hide one another
        ((6.1, 40, 50), ""),
        ((3.0, 40, 50), "AB"),  # alone it would follow from the total: the smallest of the others goes with it
        ((0.0, 40, 50), ""),
        ((2.0, 2.0, 7, 50), "ABC"),  # four in both together are too few
        ((3.0, 3.0, 7, 50), "AB"),  # six are enough
        ((0.5, 40, 50), "AB"),  # half a child a year is a child
        ((6.0, 40, 50), ""),
        ((3.0, 6.0, 50), "AB"),
    ],
)
def test_gains_that_would_tell_of_few_children_are_left_out(heads: tuple[float, ...], untold: str) -> None:
    assert small(with_heads(*heads), replace(NOW, older=120), NOW) == frozenset(untold)


@pytest.mark.spec
def test_a_rate_that_nobody_there_is_paid_tells_of_nobody() -> None:
    assert small(with_heads(3, 40), replace(NOW, under_16=120), NOW) == frozenset()


@pytest.mark.spec
def test_authorities_that_gain_alike_stand_in_order_of_code() -> None:
    alike = ahead(np.full((2, 3, 2, 2), 100.0), np.zeros((2, 3, 2)), None)
    assert ask(alike, replace(NOW, older=120), NOW).gains()["authority"].to_list() == ["A", "B", "C"]


@pytest.mark.spec
def test_a_cost_of_less_than_a_pound_is_recovered_in_part_too() -> None:
    assert _percent(np.array([0.4, 5.0, 5.0]), np.array([0.5, 0.0, 4.0])).tolist() == [80.0, 0.0, 125.0]


@pytest.mark.spec
def test_gains_are_of_all_the_years_and_of_both_groups_together() -> None:
    """Five futures of three authorities: the difference of both groups, by hand."""
    both = np.array([[0.0, 1, 2, 3, 4], [-1, 0.5, 0.5, 0.5, 0.5], [9, 9, 9, 9, 9]]).T
    now = np.full((5, 3, 3, 2), 7.0)
    proposed = now.copy()
    proposed[:, :, 2] += both[:, :, None] * np.array([0.25, 0.75])
    answer = Answer(schedule=NOW, authorities=("A", "B", "C"), years=YEARS, notes=(), amounts={
        "now": now, "proposed": proposed,
    })  # fmt: skip
    found = answer.gains()
    assert found["authority"].to_list() == ["C", "A", "B"]
    assert found["mean"].to_list() == pytest.approx([9, 2, 0.2])
    assert found["low"].to_list() == pytest.approx([9, 0.4, -0.4])
    assert found["high"].to_list() == pytest.approx([9, 3.6, 0.5])
    assert found["chance"].to_list() == pytest.approx([1, 0.8, 0.8])


@pytest.mark.spec
def test_few_are_counted_over_all_futures_and_years() -> None:
    """Two futures of two years in which the means are 3, 40 and 50 heads under 16, and 5.5, 6.5 and 6.4 leavers."""
    varied = np.array([[0.5, 1.5], [0.75, 1.25]])[:, None, :]
    nights = np.zeros((2, 3, 2, 2))
    nights[:, :, 0] = varied * np.array([3.0, 40, 50])[None, :, None] * HEAD
    weeks = varied * np.array([5.5, 6.5, 6.4])[None, :, None] * HEAD / 7
    futures = ahead(nights, weeks, None)
    assert small(futures, replace(NOW, under_16=120), NOW) == frozenset("AB")
    assert small(futures, replace(NOW, leaver=300), NOW) == frozenset("AC")
