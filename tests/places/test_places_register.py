"""The register on Ofsted's real file and by hand; quality as a band; waits compared by group."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta

from parentis.services.places.fairness import gaps
from parentis.services.places.quality import NOT_KNOWN, bands, fit
from parentis.services.places.register import doubts, entries, paid_against_framework

OFSTED = {"urn": pl.String, "kind": pl.String, "owner": pl.String, "owner_key": pl.String, "authority": pl.String,
          "region": pl.String, "places": pl.Int64, "grade": pl.String, "inspected": pl.Date}  # fmt: skip
VACANCIES = {
    "URN": pl.String, "PROVIDER": pl.String, "KIND": pl.String, "CATEGORY": pl.String, "LA": pl.String,
    "REGION": pl.String, "DAY": pl.Date, "REGISTERED": pl.Int64, "APPROVED": pl.Int64, "STAFFED": pl.Int64,
    "TAKEN": pl.Int64, "SEX": pl.String, "AGE_FROM": pl.Int64, "AGE_TO": pl.Int64, "NOT_RISKS": pl.String,
    "SCHOOL": pl.String, "HOURS": pl.Float64, "FRAMEWORK_PRICE": pl.Float64, "PRICE": pl.Float64,
    "VOID_NIGHTS": pl.Int64,
}  # fmt: skip


def ofsted(*rows: dict[str, object]) -> pl.DataFrame:
    usual = {"kind": "secure children's home", "owner_key": "o", "authority": "E09000007", "region": "London"}
    return pl.DataFrame([{**usual, **row} for row in rows], schema=OFSTED)


def vacancies(*rows: dict[str, object]) -> pl.DataFrame:
    usual = {"PROVIDER": "p", "KIND": "secure", "LA": "E09000007", "REGION": "London", "DAY": date(2025, 3, 31),
             "REGISTERED": 10, "APPROVED": 8, "STAFFED": 6, "TAKEN": 5, "SEX": "B"}  # fmt: skip
    return pl.DataFrame([{**usual, **row} for row in rows], schema=VACANCIES)


@pytest.mark.spec
def test_registered_approved_staffed_and_free_are_four_numbers() -> None:
    found = entries(ofsted({"urn": "1", "places": 12}), vacancies({"URN": "1"}))
    [row] = found.to_dicts()
    assert [row[name] for name in ("places", "approved", "staffed", "taken", "free")] == [12, 8, 6, 5, 1]


@pytest.mark.spec
def test_the_latest_vacancies_count_and_what_nobody_said_stays_unknown() -> None:
    told = vacancies({"URN": "1"}, {"URN": "1", "DAY": date(2025, 4, 2), "TAKEN": 6}, {"URN": "3", "KIND": "supported"})
    found = entries(ofsted({"urn": "1", "places": 12}, {"urn": "2", "places": 4}), told)
    assert found.select("urn", "free").rows() == [("1", 0), ("2", None), ("3", 1)]


@pytest.mark.unit
def test_the_day_of_registration_is_no_number_of_places() -> None:
    listed = ofsted({"urn": "1", "kind": "supported accommodation"}).with_columns(registered=date(2024, 5, 1))
    told = vacancies({"URN": "1", "KIND": "supported"}, {"URN": "2"})
    assert entries(listed, told).select("urn", "places").rows() == [("1", 10), ("2", 10)]


@pytest.mark.spec
def test_what_cannot_be_is_said_of_the_home() -> None:
    listed = ofsted({"urn": "1", "places": 8}, {"urn": "2", "places": None}, {"urn": "3", "places": 4},
                    {"urn": "3", "places": 4, "region": "South East"}, {"urn": "4", "places": 10, "region": "East"},
                    {"urn": "5", "kind": "supported accommodation"})  # fmt: skip
    said = {(one.urn, one.what.split(":")[0]) for one in doubts(listed, vacancies({"URN": "1"}, {"URN": "4"}))}
    assert said == {
        ("2", "A home without places in Ofsted's register"), ("3", "Two regions in Ofsted's register"),
        ("1", "The provider says 10 places are registered; Ofsted says 8."),
        ("4", "The provider and Ofsted name different regions."),
    }  # fmt: skip


@pytest.mark.spec
def test_a_provider_that_was_never_inspected_is_never_good() -> None:
    strong = [{"urn": str(i), "owner_key": f"o{i}", "grade": "Consistently strong"} for i in range(30)]
    found = bands(ofsted(*strong, {"urn": "x", "owner_key": "new"}))
    [new] = found.filter(pl.col("owner_key") == "new").to_dicts()
    assert new["words"] == NOT_KNOWN
    assert new["low"] < found.filter(pl.col("owner_key") == "o1")["low"].item()


@pytest.mark.spec
def test_a_band_narrows_with_inspections_and_leans_on_others_where_they_are_few() -> None:
    def owner(name: str, strong: int, weak: int) -> list[dict[str, object]]:
        grades = ["Consistently strong"] * strong + ["Inconsistent"] * weak
        return [{"urn": f"{name}{i}", "owner_key": name, "grade": grade} for i, grade in enumerate(grades)]

    others = [row for i in range(20) for row in owner(f"x{i}", i % 3, 2 - i % 3)]
    found = {
        row["owner_key"]: row for row in bands(ofsted(*others, *owner("one", 1, 0), *owner("ten", 10, 0))).to_dicts()
    }
    assert found["one"]["high"] - found["one"]["low"] > found["ten"]["high"] - found["ten"]["low"]
    assert found["one"]["mean"] < found["ten"]["mean"] < 1.0
    assert found["ten"]["words"] == "Mostly strong"
    assert found["one"]["words"] != "Mostly strong"


@pytest.mark.unit
def test_the_band_is_the_beta_that_the_counts_give() -> None:
    rng = np.random.default_rng(1)
    shares, sizes = rng.beta(6.0, 4.0, 2_000), rng.integers(1, 8, 2_000)
    prior = fit(rng.binomial(sizes, shares).astype(float), sizes.astype(float))
    assert prior.mean == pytest.approx(0.6, abs=0.02)
    assert prior.a + prior.b == pytest.approx(10.0, rel=0.25)
    rows = [{"urn": str(i), "owner_key": "o", "grade": "Inconsistent"} for i in range(4)]
    [row] = bands(ofsted(*rows)).to_dicts()
    own = fit(np.array([0.0]), np.array([4.0]))
    assert row["high"] == pytest.approx(beta.ppf(0.9, own.a, own.b + 4))


@pytest.mark.generative
def test_the_band_holds_the_share_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(2), 0
    shares, sizes = rng.beta(3.0, 2.0, 400), rng.integers(0, 6, 400)
    grades = [["Consistently strong" if rng.random() < p else "Inconsistent" for _ in range(n)] for p, n in
              zip(shares, sizes, strict=True)]  # fmt: skip
    rows = [{"urn": f"{i}-{j}", "owner_key": str(i), "grade": grade}
            for i, own in enumerate(grades) for j, grade in enumerate([*own, None])]  # fmt: skip
    for row in bands(ofsted(*rows)).to_dicts():
        held += row["low"] <= shares[int(row["owner_key"])] <= row["high"]
    assert 0.74 <= held / 400 <= 0.86  # 80 %, four standard errors either side would be 0.72 to 0.88


@pytest.mark.spec
def test_paid_against_framework_is_like_for_like_with_an_interval() -> None:
    homes = [{"URN": str(i), "FRAMEWORK_PRICE": 1_000.0 * (i + 1)} for i in range(6)]
    placed = pl.DataFrame(
        [{"PLACED_WITH": str(i), "PRICE": 1_000.0 * (i + 1) * (1.2 if i % 2 else 1.1)} for i in range(6)]
    )
    [paid] = paid_against_framework(placed, vacancies(*homes))
    assert paid.ratio == pytest.approx((1.1**3 * 1.2**3) ** (1 / 6))
    assert 1.0 < paid.low < paid.ratio < paid.high
    assert (paid.homes, paid.placements) == (6, 6)
    assert paid_against_framework(placed.head(2), vacancies(*homes)) == ()


@pytest.mark.spec
def test_a_wait_that_differs_by_group_is_found_and_one_that_does_not_is_not() -> None:
    rng = np.random.default_rng(3)
    days = rng.exponential(10.0, 200)
    sex = np.where(np.arange(200) < 80, "F", "M")
    same = {one.group: one for one in gaps(pl.DataFrame({"days": days, "sex": sex}), ("sex",))}
    assert not any(one.stands for one in same.values())
    assert same["F"].low < same["F"].difference < same["F"].high
    longer = {one.group: one for one in gaps(pl.DataFrame({"days": days + 8 * (sex == "F"), "sex": sex}), ("sex",))}
    assert longer["F"].stands
    assert longer["F"].difference > longer["F"].high
    assert longer["F"].difference == pytest.approx(-longer["M"].difference)


@pytest.mark.spec
def test_nothing_is_said_of_three_children() -> None:
    days = pl.DataFrame({"days": range(40), "ethnicity": ["A"] * 3 + ["B"] * 37})
    assert gaps(days, ("ethnicity",)) == ()


@pytest.mark.generative
def test_chance_alone_falls_outside_as_often_as_it_should() -> None:
    rng, outside = np.random.default_rng(4), 0
    for seed in range(200):
        waits = pl.DataFrame({"days": rng.gamma(0.7, 10.0, 60), "sex": np.where(rng.random(60) < 0.4, "F", "M")})
        found = gaps(waits, ("sex",), seed=seed, shuffles=300)
        outside += not found[0].low <= found[0].difference <= found[0].high
    assert 2 <= outside <= 20  # 5 % of 200 is 10; three standard errors are 9


@pytest.mark.spec
def test_supported_accommodation_on_31_march_2025(shared_data: Path) -> None:
    """893 services, 160 in London; 50 inspected: 26 strong, 19 inconsistent, 5 with serious weaknesses; 14 secure homes
    with 236 places, none in London (Ofsted, provider level, 31 March 2025)."""
    ofsted_module = pytest.importorskip("parentis.returns.placements.ofsted")
    listed = real_register(shared_data, ofsted_module)
    found = entries(listed, vacancies())
    supported = found.filter(pl.col("kind") == "supported")
    assert (supported.height, supported.filter(pl.col("region") == "London").height) == (893, 160)
    counts = dict(supported["grade"].drop_nulls().value_counts().iter_rows())
    assert counts == {"Consistently strong": 26, "Inconsistent": 19, "Serious weaknesses": 5}
    secure = found.filter(pl.col("kind") == "secure")
    assert (secure.height, secure["places"].sum(), secure.filter(pl.col("region") == "London").height) == (14, 236, 0)
    assert set(supported.filter(pl.col("grade").is_null())["words"]) >= {NOT_KNOWN}


def real_register(shared_data: Path, ofsted_module: object) -> pl.DataFrame:
    from parentis.returns import read, the_return, type_cells

    [reading] = read([shared_data / "ofsted" / "provider_at_march_2025.csv"])
    typed = type_cells(reading, the_return("placements.providers").spec.at("2025")).tables["providers"]
    return ofsted_module.register(typed.with_columns(period=pl.lit("2025")))  # type: ignore[attr-defined,no-any-return]
