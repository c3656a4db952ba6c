"""Cost, income and gap: arithmetic that others have published, and a planted region."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest

from parentis.services.uasc.survey_costs import VALUES, compare, counts_beside, years

PERIOD = "2023-24"
Cost = tuple[str, str, str, float | None]
"Authority, group, heading, pounds."


def answers(costs: Sequence[Cost]) -> pl.DataFrame:
    parts = {"SUPPORTED": "placement", "FOSTER_AGENCY": "placement"}
    rows = [(a, PERIOD, g, h, parts.get(h, "non-placement"), pounds) for a, g, h, pounds in costs]
    names = ("authority", "period", "group", "heading", "part", "pounds")
    return pl.DataFrame(rows, schema={**dict.fromkeys(names[:-1], pl.String), "pounds": pl.Float64}, orient="row")


def carried(rows: Sequence[tuple[str, str, float, float]]) -> pl.DataFrame:
    schema = {"authority": pl.String, "period": pl.String, "group": pl.String, "volume": pl.Float64}
    return pl.DataFrame(
        [(a, PERIOD, g, volume, income) for a, g, volume, income in rows],
        schema={**schema, "income": pl.Float64},
        orient="row",
    )


def places(*authorities: str) -> pl.DataFrame:
    alone = [(one, one, False, PERIOD, one, 1) for one in authorities]
    together = [("london", "Region", True, PERIOD, one, len(authorities)) for one in authorities]
    names = ("geography", "name", "is_footprint", "period", "authority", "members")
    return pl.DataFrame(alone + together, schema=names, orient="row")


def found(values: pl.DataFrame, measure: str, geography: str = "london", kind: str = "") -> Mapping[str, float]:
    return values.filter(measure=measure, geography=geography, breakdown=kind).row(0, named=True)


def one_authority(costs: Sequence[Cost], volume: float, income: float, group: str = "child") -> pl.DataFrame:
    given = years(answers(costs), carried([("A", group, volume, income)]))
    return compare(given, places("A"))


@pytest.mark.spec
def test_the_east_midlands_arithmetic_of_2017() -> None:
    """£55,194 a child-year against £30,231 of grant: £24,963 short, 54.8 % recovered (East Midlands Councils)."""
    # A hundred child-years, cost split between a placement heading and another: the split changes nothing.
    costs: list[Cost] = [("A", "child", "SUPPORTED", 4_000_000.0), ("A", "child", "SOCIAL_WORK", 1_519_400.0)]
    values = one_authority(costs, volume=365 * 100, income=3_023_100.0)
    assert found(values, "uasc.cost.children")["value"] == pytest.approx(55_194 * 100)
    assert found(values, "uasc.recovery.children")["value"] == pytest.approx(54.8, abs=0.05)
    assert found(values, "uasc.gap.year_of_children")["value"] == pytest.approx(24_963)
    assert found(values, "uasc.cost.night")["value"] == pytest.approx(55_194 / 365)
    placement = found(values, "uasc.cost.night", kind="part=placement")["value"]
    other = found(values, "uasc.cost.night", kind="part=non-placement")["value"]
    assert placement + other == pytest.approx(55_194 / 365)


@pytest.mark.spec
def test_the_east_midlands_arithmetic_for_leavers() -> None:
    """£16,602 a year against £6,117: £10,485 short, 37 % recovered."""
    values = one_authority([("A", "leaver", "ADVISER", 166_020.0)], 10 * 365 / 7, 61_170.0, "leaver")
    assert found(values, "uasc.recovery.leavers")["value"] == pytest.approx(37, abs=0.5)
    assert found(values, "uasc.gap.year_of_leavers")["value"] == pytest.approx(10_485)


@pytest.mark.spec
def test_londons_32_million_is_1280_child_years_not_1800_heads() -> None:
    """£25,000 short a child-year, and £32m in all: it is nights that were paid for, not heads that were counted."""
    nights = 1_280 * 365
    values = one_authority([("A", "child", "SUPPORTED", 80_000_000.0)], volume=nights, income=48_000_000.0)
    assert found(values, "uasc.gap.year_of_children")["value"] == pytest.approx(25_000)
    assert found(values, "uasc.gap.children")["value"] == pytest.approx(32_000_000)
    assert found(values, "uasc.recovery.children")["value"] == pytest.approx(60)  # London Councils: about 60 %
    assert 1_800 * 25_000 == 45_000_000  # what heads would have made of it


@pytest.mark.spec
def test_children_and_leavers_together_are_the_sum() -> None:
    costs: list[Cost] = [("A", "child", "SUPPORTED", 900.0), ("A", "leaver", "ADVISER", 100.0)]
    given = years(answers(costs), carried([("A", "child", 10, 500.0), ("A", "leaver", 4, 30.0)]))
    values = compare(given, places("A"))
    assert found(values, "uasc.cost.both")["value"] == 1000
    assert found(values, "uasc.gap.both")["value"] == 470
    assert found(values, "uasc.recovery.both")["value"] == 53


def region(answered: int, of: int, nights: float = 100.0) -> pl.DataFrame:
    """Authorities `A00` …: £150 a night, the second heading a third of it; £100 a night of income."""
    names = [f"A{at:02}" for at in range(of)]
    costs: list[Cost] = [
        (name, "child", heading, pounds * nights)
        for name in names[:answered]
        for heading, pounds in (("SUPPORTED", 100.0), ("SOCIAL_WORK", 50.0))
    ]
    given = years(answers(costs), carried([(name, "child", nights, 100.0 * nights) for name in names]))
    return compare(given, places(*names))


@pytest.mark.spec
def test_twenty_six_of_thirty_three_stand_for_all() -> None:
    values = region(26, 33)
    cost = found(values, "uasc.cost.children")
    assert cost["value"] == pytest.approx(33 * 100 * 150)
    assert cost["low"] == pytest.approx(cost["high"])  # all answered alike
    assert found(values, "uasc.response.rate")["value"] == pytest.approx(100 * 26 / 33)
    assert found(values, "uasc.recovery.children")["value"] == pytest.approx(100 * 100 / 150)
    assert found(values, "uasc.heading.night", kind="heading=SOCIAL_WORK")["value"] == pytest.approx(50)
    assert cost["authority_set"] == "26 of 33 Region authorities answered"
    assert values.filter(geography="A32").is_empty()  # who did not answer has no figure of its own


@pytest.mark.unit
def test_a_heading_left_blank_by_one_is_predicted_for_it_with_an_interval() -> None:
    rng = np.random.default_rng(1)
    costs: list[Cost] = []
    for at in range(10):
        costs.append((f"A{at}", "child", "SUPPORTED", 100 * rng.normal(100, 5)))
        costs.append((f"A{at}", "child", "SOCIAL_WORK", None if at == 0 else 100 * rng.normal(50, 5)))
    names = [f"A{at}" for at in range(10)]
    given = years(answers(costs), carried([(name, "child", 100, 10_000.0) for name in names]))
    values = compare(given, places(*names))
    blank, whole = (found(values, "uasc.cost.night", geography=name) for name in ("A0", "A1"))
    assert blank["low"] < blank["value"] < blank["high"]
    assert 120 < blank["value"] < 180
    assert whole["low"] == pytest.approx(whole["high"])
    swing = found(values, "uasc.sensitivity.night", kind="heading=SOCIAL_WORK")
    assert swing["low"] < swing["value"] < swing["high"]
    assert swing["level"] == 0.5


@pytest.mark.unit
def test_nothing_surveyed_or_nothing_carried_gives_nothing() -> None:
    assert compare(years(answers([]), carried([("A", "child", 1, 1.0)])), places("A")).is_empty()
    found_none = compare(years(answers([("A", "child", "SUPPORTED", 1.0)]), carried([])), places("A"))
    assert found_none.schema == pl.Schema(VALUES)
    assert found_none.is_empty()


@pytest.mark.spec
def test_what_authorities_count_themselves_stands_beside_the_ledger() -> None:
    told = pl.DataFrame(
        [("A", PERIOD, "child_nights", 110.0), ("A", PERIOD, "children", 3.0), ("B", PERIOD, "leaver_weeks", 5.0)],
        schema=("authority", "period", "measure", "value"),
        orient="row",
    )
    found = counts_beside(told, carried([("A", "child", 100.0, 0.0)]))
    assert found.select("authority", "ledger").rows() == [("A", 100.0), ("B", None)]
    assert found["difference"].to_list() == [pytest.approx(10), None]
