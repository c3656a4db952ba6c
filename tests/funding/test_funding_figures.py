"""Funding figures from small tables, with answers that can be checked by hand."""

import polars as pl
import pytest
from funding_tables import BARNET, BRENT, CAMDEN, EALING, absent, figure, lines, table, value

from parentis.figures import Catalogue, Figures
from parentis.region import deflator_factor, population_0_17
from parentis.services.funding.catalogue import measures
from parentis.services.funding.comparisons import STATISTICS
from parentis.services.funding.compute import compute

RA_2017 = lines(
    "finance.ra/lines",
    "2017-18",
    """
    E09000003 | csc |  100000
    E09000003 | asc | 1000000
    E09000005 | csc |  200000
    E09000005 | asc |  500000
    E09000007 | csc |  300000
    E09000007 | asc |  300000
    E09000009 | csc |  400000
    """,
    load_id="ra",
)
RS_2017 = lines(
    "finance.rs/lines",
    "2017-18",
    """
    E09000003 | csc |  110000
    E09000003 | asc | 1050000
    E09000005 | csc |  190000
    E09000005 | asc |  450000
    E09000007 | csc |  301000
    E09000007 | asc |  300000
    E09000009 | csc |
    E12000007 | csc |  999999
    """,
    load_id="rs",
)


@pytest.fixture(scope="module")
def figures() -> pl.DataFrame:
    return compute({"finance.ra/lines": RA_2017, "finance.rs/lines": RS_2017}, {}).figures


@pytest.mark.spec
@pytest.mark.parametrize(
    ("measure", "expected", "n"),
    [
        # Barnet +10,000, Brent −10,000, Camden +1,000; Ealing's outturn is missing, and so left out and counted.
        ("csc.variance", 1_000, 3),
        ("csc.variance_gross", 11_000, 3),
        ("csc.variance_percent", 100 * 1_000 / 600_000, 3),
        ("csc.overspending_authorities", 2, 3),
        ("csc.overspending_authorities.over_1_percent", 1, 3),
        ("csc.overspending_authorities.share", 200 / 3, 3),
        ("csc.budget", 1_000_000, 4),
        ("csc.outturn", 601_000, 3),
        ("asc.variance", 0, 3),
        # By percentage: Barnet 10 against 5, Brent −5 against −10, Camden ⅓ against 0. By pounds: Barnet 10,000
        # against 50,000, Brent −10,000 against −50,000, Camden 1,000 against 0.
        ("csc.variance_above_adults_percent", 3, 3),
        ("csc.variance_above_adults_pounds", 2, 3),
        ("csc.variance_above_adults_pounds.share", 200 / 3, 3),
        ("response.ra_rs", 100 * 3 / 33, 3),
    ],
)
def test_budget_to_outturn_over_london(figures: pl.DataFrame, measure: str, expected: float, n: int) -> None:
    found = figure(figures, measure, "london", "2017-18")
    assert found["value"] == pytest.approx(expected)
    assert found["n"] == n
    assert found["authority_set"] == f"{n} of 33 London authorities"


@pytest.mark.spec
def test_the_same_call_cuts_by_authority_and_by_every_footprint(figures: pl.DataFrame) -> None:
    assert value(figures, "csc.variance", BARNET, "2017-18") == 10_000
    assert figure(figures, "csc.variance", BARNET, "2017-18")["authority_set"] == "Barnet"
    assert value(figures, "csc.variance", "inner-london", "2017-18") == 1_000  # Camden
    assert value(figures, "csc.variance", "outer-london", "2017-18") == 0  # Barnet and Brent


@pytest.mark.spec
def test_a_footprint_has_no_figure_before_it_began(figures: pl.DataFrame) -> None:
    assert absent(figures, "csc.variance", "bcu-north-west", "2017-18")  # in place from 2019


@pytest.mark.spec
def test_what_is_missing_is_not_nil(figures: pl.DataFrame) -> None:
    assert absent(figures, "csc.outturn", EALING, "2017-18")
    assert absent(figures, "csc.variance", EALING, "2017-18")
    assert value(figures, "csc.budget", EALING, "2017-18") == 400_000


@pytest.mark.spec
def test_money_carries_its_labels_and_its_basis(figures: pl.DataFrame) -> None:
    net = figure(figures, "csc.variance", "london", "2017-18")
    gross = figure(figures, "csc.variance_gross", "london", "2017-18")
    assert (net["gross_net"], net["cumulative"], net["netted"]) == ("net", "in-year", "netted")
    assert gross["netted"] == "gross of underspends"
    assert net["method"] == "original budget to outturn, RA/RS basis"
    assert net["audience"] == "published"
    Figures.validate(figures)


@pytest.mark.spec
def test_no_measure_on_the_budget_basis_says_overspend_in_words() -> None:
    for one in measures():
        if "RA/RS basis" in one.definition:
            assert "overspend" not in f"{one.title} {one.definition}".casefold().replace("never an overspend", "")


@pytest.mark.spec
def test_per_child_and_real_terms(figures: pl.DataFrame) -> None:
    children = {
        row["authority"]: row["population"] for row in population_0_17().filter(year=2017).iter_rows(named=True)
    }
    residents = children[BARNET] + children[BRENT] + children[CAMDEN]
    assert value(figures, "csc.variance.per_child", "london", "2017-18") == pytest.approx(1_000 / residents)
    later = compute({"finance.ra/lines": RA_2017, "finance.rs/lines": RS_2017}, {"price_year": "2022-23"}).figures
    real = figure(later, "csc.variance.real", "london", "2017-18")
    assert real["value"] == pytest.approx(1_000 * deflator_factor("2017-18", "2022-23"))
    assert "2022-23 prices" in real["method"]


@pytest.mark.spec
def test_a_later_submission_counts_in_place_of_an_earlier_one() -> None:
    again = lines("finance.rs/lines", "2017-18", "E09000003 | csc | 150000", load_id="rs-2", sequence=2)
    found = compute({"finance.ra/lines": RA_2017, "finance.rs/lines": pl.concat([RS_2017, again])}, {}).figures
    assert value(found, "csc.outturn", BARNET, "2017-18") == 150_000
    assert value(found, "csc.outturn", BRENT, "2017-18") == 190_000


@pytest.mark.spec
def test_two_forms_of_one_outturn_count_once() -> None:
    rs, rsx = (RS_2017.with_columns(FORM=pl.lit(form)) for form in ("RS", "RSX"))
    found = compute({"finance.ra/lines": RA_2017, "finance.rs/lines": pl.concat([rs, rsx])}, {}).figures
    assert value(found, "csc.outturn", "london", "2017-18") == 601_000


@pytest.mark.spec
def test_every_figure_names_the_rows_it_came_from() -> None:
    result = compute({"finance.ra/lines": RA_2017, "finance.rs/lines": RS_2017}, {})
    found = figure(result.figures, "csc.variance", "outer-london", "2017-18")
    inputs = result.inputs.filter(provenance_id=found["provenance_id"]).sort("table")
    assert inputs.select("load_id", "table", "rows").rows() == [
        ("ra", "finance.ra/lines", [0, 2]),
        ("rs", "finance.rs/lines", [0, 2]),
    ]
    assert set(result.figures["provenance_id"]) == set(result.provenance["provenance_id"])


MONITORED = table(
    "finance.monitoring/lines",
    """
    authority | period  | QUARTER | SERVICE_LINE | ORIGINAL_BUDGET | REVISED_BUDGET | FORECAST_OUTTURN | OUTTURN
    E09000003 | 2017-18 | Q2      | csc          | 100             | 110            | 150              |
    E09000003 | 2017-18 | Q4      | csc          | 100             | 120            | 150              | 140
    E09000005 | 2017-18 | Q3      | csc          | 200             |                | 190              |
    """,
    load_id="monitoring",
    provisional=True,
)
HIGH_NEEDS = table(
    "finance.monitoring/high_needs",
    """
    authority | period  | QUARTER | ALLOCATION_AFTER_DEDUCTIONS | TRANSFERS_IN | SPEND | BROUGHT_FORWARD
    E09000003 | 2017-18 | Q4      | 1000                        | 50           | 1100  | -30
    E09000005 | 2017-18 | Q4      | 2000                        | 0            | 1990  | 40
    """,
    load_id="high-needs",
    provisional=True,
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # Barnet: 140 against a revised 120. Brent: forecast 190 against 200, never revised.
        ("csc.overspend", 10),
        ("csc.overspend_gross", 20),
        ("csc.over_budget_authorities", 1),
        ("csc.original_budget", 300),
        # Barnet: 1,100 against 1,050. Brent: 1,990 against 2,000.
        ("hn.shortfall", 40),
        ("hn.shortfall_gross", 50),
        ("hn.shortfall_authorities", 1),
        ("hn.allocation", 3_000),
        # −30 − 50 and 40 + 10.
        ("hn.balance", -30),
        ("total.shortfall", 50),
        ("total.shortfall_gross", 70),
    ],
)
def test_monitoring_over_london(measure: str, expected: float) -> None:
    tables = {"finance.monitoring/lines": MONITORED, "finance.monitoring/high_needs": HIGH_NEEDS}
    found = figure(compute(tables, {}).figures, measure, "london", "2017-18")
    assert found["value"] == expected
    assert found["provisional"]
    assert found["audience"] == "own"
    assert found["method"].startswith("monitoring, ")


@pytest.mark.spec
def test_a_cumulative_deficit_is_not_an_in_year_shortfall() -> None:
    found = compute({"finance.monitoring/high_needs": HIGH_NEEDS}, {}).figures
    assert figure(found, "hn.balance", BARNET, "2017-18")["cumulative"] == "cumulative"
    assert figure(found, "hn.shortfall", BARNET, "2017-18")["cumulative"] == "in-year"
    assert value(found, "hn.balance", BARNET, "2017-18") == -80


@pytest.mark.spec
def test_shares_of_income_are_weighed_and_not_averaged() -> None:
    allocations = table(
        "high_needs.dsg_allocations/allocations",
        """
        FINANCIAL_YEAR | ONS_CODE  | BLOCK | STAGE  | AMOUNT
        2020-21        | E09000003 | total | before | 300
        2020-21        | E09000005 | total | before | 100
        """,
    )
    balances = table(
        "high_needs.dsg_balances/balances",
        """
        FINANCIAL_YEAR | LEVEL     | ONS_CODE  | BALANCE_PERCENT
        2020-21        | authority | E09000003 | -4
        2020-21        | authority | E09000005 | 8
        2020-21        | region    | E12000007 | 99
        """,
    )
    tables = {"high_needs.dsg_allocations/allocations": allocations, "high_needs.dsg_balances/balances": balances}
    found = compute(tables, {}).figures
    assert value(found, "dsg.balance_percent", "london", "2020-21") == pytest.approx(-1)  # (−1,200 + 800) ÷ 400
    assert value(found, "dsg.balance_percent", BARNET, "2020-21") == -4
    assert value(found, "dsg.deficit_authorities", "london", "2020-21") == 1


@pytest.mark.spec
def test_nothing_sent_is_no_figures() -> None:
    for tables in ({}, {"finance.ra/lines": RA_2017.clear()}):
        result = compute(tables, {})
        assert result.figures.is_empty()
        assert result.provenance.is_empty()


@pytest.mark.unit
def test_measures_are_declared_once_and_every_figure_has_one(figures: pl.DataFrame) -> None:
    catalogue = Catalogue(measures())
    for measure in figures["measure"].unique():
        assert catalogue[measure].unit
    for one in catalogue:
        assert not one.comparable_by or one.comparable_by in catalogue


@pytest.mark.spec
def test_published_figures_are_not_provisional_because_monitoring_is() -> None:
    tables = {
        "finance.ra/lines": lines("finance.ra/lines", "2017-18", "E09000003 | csc | 100"),
        "finance.rs/lines": lines("finance.rs/lines", "2017-18", "E09000003 | csc | 110"),
        "finance.monitoring/lines": MONITORED,
    }
    found = compute(tables, {}).figures
    assert not figure(found, "csc.variance", BARNET, "2017-18")["provisional"]
    assert not figure(found, "csc.comparable", BARNET, "2017-18")["provisional"]
    assert figure(found, "csc.overspend", BARNET, "2017-18")["provisional"]
    published = found.filter(pl.col("measure").str.starts_with("funding.reconciliation.published"))
    assert published.height
    assert not published["provisional"].any()


@pytest.mark.spec
@pytest.mark.parametrize(("outturn", "counted"), [(101_000, 0), (101_001, 1), (101_999, 1), (102_500, 1), (99_000, 0)])
def test_notably_over_is_more_than_one_per_cent_of_the_plan(outturn: float, counted: int) -> None:
    [notable] = [one for one in STATISTICS if one.name.endswith(".over_1_percent")]
    assert notable.value(pl.Series([100_000.0]), pl.Series([float(outturn)])) == counted
