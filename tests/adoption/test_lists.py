"""From lists to figures, by hand and by a region whose truth is known."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from parentis.region import footprints
from parentis.returns import ReturnData, write_files
from parentis.services.adoption import practice as invented
from parentis.services.adoption.activity_ledger import AGREED, DISPUTED, ONE_SOURCE, activity, lines
from parentis.services.adoption.lists import children, families
from parentis.services.adoption.needs import AD1, ADOPTERS, CHILDREN, COLLECTED, PLACED_ADOPTION
from parentis.services.adoption.timeliness import scorecard, waited
from parentis.services.adoption.waiting import waits
from parentis.services.adoption.world import Window, world
from parentis.workflow import check_files

CAMDEN = "E09000007"
DATES = ("DOB", "ENTERED_CARE", "DECISION", "PLACEMENT_ORDER", "MATCHED", "PLACED", "ADOPTED", "REVERSED", "FOSTERED")
COLLECTED_DATES = ("DECISION", "PLACEMENT_ORDER", "MATCHED", "PLACED", "ADOPTED")
TEXTS = ("CHILD", "FAMILY", "ETHNICITY", "DISABILITY", "REASON", "AGENCY_PLACED", "ADOPTIVE_FAMILY")


def child(name: str, **cells: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys((*DATES, *TEXTS)),
        "CHILD": name,
        "authority": CAMDEN,
        "period": "2023-24",
        "sequence": 1,
        "provisional": False,
        **cells,
    }


def held(*rows: dict[str, Any]) -> dict[str, pl.DataFrame]:
    schema = {
        **dict.fromkeys(DATES, pl.Date),
        **dict.fromkeys(TEXTS, pl.String),
        "authority": pl.String,
        "period": pl.String,
        "sequence": pl.Int64,
        "provisional": pl.Boolean,
    }
    empty = {"CHILD": pl.String, "authority": pl.String, "period": pl.String, "sequence": pl.Int64}
    return {
        CHILDREN: pl.DataFrame(rows, schema=schema),
        PLACED_ADOPTION: pl.DataFrame(schema={**empty, "DATE_PLACED": pl.Date}),
        AD1: pl.DataFrame(schema={**empty, "DATE_INT": pl.Date}),
        COLLECTED: pl.DataFrame(schema={**empty, "BOROUGH": pl.String, **dict.fromkeys(COLLECTED_DATES, pl.Date)}),
    }


@pytest.mark.spec
def test_each_child_once_as_the_last_list_says() -> None:
    tables = held(
        child("A", PLACED=None),
        child("A", period="2024-25", PLACED=date(2024, 5, 1)),
        child("B", FAMILY="S"),
        child("C", FAMILY="S", sequence=2),
    )
    found = children(tables)
    assert found.select("child", "placed", "together").sort("child").rows() == [
        ("A", date(2024, 5, 1), 1),
        ("B", None, 2),
        ("C", None, 2),
    ]


@pytest.mark.spec
def test_two_adopters_are_one_family() -> None:
    dates = ("STAGE_1_START", "APPROVED", "MATCHED", "PLACED", "ADOPTED", "LEFT")
    rows = [
        {
            "ADOPTER": one,
            "FAMILY": family,
            "APPROVED": day,
            "authority": CAMDEN,
            "period": "2023-24",
            "sequence": 1,
            "provisional": False,
            "APPROVED_FOR": 1,
            "OLDEST": 4,
            "CHILDREN": None,
        }
        for one, family, day in (("1", "X", date(2023, 5, 2)), ("2", "X", date(2023, 5, 1)), ("3", None, None))
    ]
    frame = pl.DataFrame(rows).with_columns([pl.lit(None, pl.Date).alias(name) for name in dates if name != "APPROVED"])
    found = families({ADOPTERS: frame})
    assert found.select("family", "people", "approved").sort("family").rows() == [
        ("3", 1, None),
        ("X", 2, date(2023, 5, 1)),
    ]


@pytest.mark.spec
def test_the_scorecard_by_hand() -> None:
    """A: 400 days to moving in, fostered with them after 300; B: 500. A2: 60 days, and 0 for a match before the
    order."""
    entered = date(2022, 1, 1)
    days = (
        pl.DataFrame({"day": [300, 400, 500]}).select(pl.lit(entered) + pl.duration(days="day")).to_series().to_list()
    )
    found = children(
        held(
            child(
                "A",
                ENTERED_CARE=entered,
                FOSTERED=days[0],
                PLACED=days[1],
                ADOPTED=date(2023, 6, 1),
                PLACEMENT_ORDER=date(2023, 4, 1),
                MATCHED=date(2023, 5, 31),
            ),
            child(
                "B",
                ENTERED_CARE=entered,
                PLACED=days[2],
                ADOPTED=date(2023, 6, 1),
                PLACEMENT_ORDER=date(2023, 5, 1),
                MATCHED=date(2023, 4, 3),
            ),
            child("C", ENTERED_CARE=entered, PLACED=days[2], ADOPTED=date(2024, 4, 1)),
        )
    )
    card = scorecard(found, start=date(2023, 4, 1), end=date(2024, 3, 31))
    assert (card["A1"].mean, card["A10"].mean, card["A2"].mean, card["A1"].n) == (450, 400, 30, 2)
    assert card["A3"].within == 0.5
    assert card["A1"].low is not None
    assert card["A1"].low < 0 < card["A1"].high  # type: ignore[operator]


@pytest.mark.spec
def test_426_days_is_within_14_months_and_427_is_not() -> None:
    assert waited(pl.Series([426, 427]), 426).within == 0.5


@pytest.mark.spec
def test_one_child_has_no_interval_and_none_no_mean() -> None:
    assert (waited(pl.Series([5]), 9).low, waited(pl.Series([5]), 9).mean) == (None, 5)
    assert waited(pl.Series([], dtype=pl.Int64), 9).mean is None


@pytest.mark.spec
def test_waits_begin_late_for_who_waited_already_and_end_at_the_extract() -> None:
    ordered = date(2022, 3, 1)
    found = children(
        held(
            child("waits", PLACEMENT_ORDER=ordered),
            child("placed", PLACEMENT_ORDER=ordered, PLACED=date(2022, 6, 1)),
            child("reversed", PLACEMENT_ORDER=date(2022, 5, 1), REVERSED=date(2022, 5, 11)),
            child("placed first", PLACEMENT_ORDER=ordered, PLACED=date(2022, 2, 1)),
            child("no order"),
            child("later", PLACEMENT_ORDER=ordered, PLACED=date(2023, 6, 1)),
        )
    )
    rows = (
        waits(found, opened=date(2022, 4, 1), extracted=date(2023, 3, 31))
        .select("child", "entry", "end", "exit")
        .rows()
    )
    assert {row[0]: row[1:] for row in rows} == {
        "waits": (30.0, 395.0, None),
        "placed": (30.0, 92.0, "placed"),
        "reversed": (-1.0, 10.0, "reversed"),
        "later": (30.0, 395.0, None),
    }


@pytest.mark.spec
@pytest.mark.parametrize(
    ("other", "state"),
    [(date(2023, 5, 8), AGREED), (date(2023, 5, 9), DISPUTED), (None, DISPUTED)],
)
def test_a_decision_that_two_sources_date_apart_is_disputed(other: date | None, state: str) -> None:
    tables = held(child("A", DECISION=date(2023, 5, 1), PLACEMENT_ORDER=date(2023, 7, 1)))
    rows = [("B", date(2023, 5, 1))] + ([("A", other)] if other else [])
    tables[PLACED_ADOPTION] = pl.DataFrame(
        [
            {"CHILD": name, "DATE_PLACED": day, "authority": CAMDEN, "period": "2023-24", "sequence": 1}
            for name, day in rows
        ]
    )
    found = lines(tables)
    states = {(row["child"], row["activity"]): row["state"] for row in found.iter_rows(named=True)}
    assert states == {("A", "decisions"): state, ("A", "orders"): ONE_SOURCE, ("B", "decisions"): DISPUTED}
    counted = activity(found, starts=date(2023, 4, 1), years=1)
    assert counted.filter(pl.col("activity") == "decisions").select("count", "disputed").row(0) == (
        2,
        1 + (state == DISPUTED),
    )


def _collected(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {"CHILD": pl.String, "BOROUGH": pl.String, "authority": pl.String, "period": pl.String,
              "sequence": pl.Int64, **dict.fromkeys(COLLECTED_DATES, pl.Date)}  # fmt: skip
    given = (
        {"BOROUGH": "Camden", "authority": "E09000003", "period": "2023-24 Q1", "sequence": 1} | row for row in rows
    )
    return pl.DataFrame(list(given), schema=schema)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("agency", "state"),
    [
        (date(2023, 5, 8), AGREED),
        (date(2023, 5, 9), DISPUTED),
        (None, DISPUTED),  # the agency handed in the quarter and does not know the order
    ],
)
def test_the_agencys_quarter_is_a_source_of_its_boroughs_lines(agency: date | None, state: str) -> None:
    before, after = date(2023, 3, 31), date(2023, 7, 1)
    tables = held(
        child("A", PLACEMENT_ORDER=date(2023, 5, 1)),
        child("before", PLACEMENT_ORDER=before),
        child("after", PLACEMENT_ORDER=after),
        child("elsewhere", PLACEMENT_ORDER=date(2023, 5, 1), authority="E09000008"),
    )
    rows = [{"CHILD": "C", "PLACEMENT_ORDER": date(2023, 6, 1)}, {"CHILD": "before", "PLACEMENT_ORDER": before}]
    tables[COLLECTED] = _collected(*rows, *([{"CHILD": "A", "PLACEMENT_ORDER": agency}] if agency else []))
    found = {row["child"]: row for row in lines(tables).iter_rows(named=True)}
    assert {name: row["state"] for name, row in found.items()} == {
        "A": state, "before": ONE_SOURCE, "after": ONE_SOURCE, "elsewhere": ONE_SOURCE, "C": DISPUTED,
    }  # fmt: skip
    assert found["C"]["authority"] == CAMDEN, "by the borough it names, not by the agency's host"
    assert (found["A"]["day"], found["A"]["agency_day"]) == (date(2023, 5, 1), agency)


@pytest.mark.spec
def test_one_authoritys_return_says_nothing_of_anothers_lines() -> None:
    tables = held(child("A", DECISION=date(2023, 5, 1)), child("B", DECISION=date(2023, 5, 1), authority="E09000008"))
    tables[PLACED_ADOPTION] = pl.DataFrame(
        [{"CHILD": "A", "DATE_PLACED": date(2023, 5, 1), "authority": CAMDEN, "period": "2023-24", "sequence": 1}]
    )
    assert dict(lines(tables).select("child", "state").iter_rows()) == {"A": AGREED, "B": ONE_SOURCE}


@pytest.fixture(scope="module")
def region() -> list[ReturnData]:
    return list(invented.practice(1))


def lake(region: list[ReturnData], return_id: str, table: str) -> pl.DataFrame:
    return pl.concat(
        [
            one.tables[table].with_columns(
                authority=pl.lit(one.submitter),
                period=pl.lit(one.period),
                provisional=pl.lit(value=False),
                sequence=pl.lit(1),
            )
            for one in region
            if one.return_id == return_id
        ],
        how="diagonal_relaxed",
    )


@pytest.mark.generative
def test_the_practice_region_gives_back_its_truth(region: list[ReturnData]) -> None:
    """Two routes to how likely families suit: what the region was made with, and what its lists give back."""
    tables = {
        CHILDREN: lake(region, "adoption.children", "children"),
        ADOPTERS: lake(region, "adoption.adopters", "adopters"),
    }
    boroughs, agency, _ = invented.region()
    window = Window(starts=date(2022, 4, 1), ends=date(2025, 3, 31))
    found = world(children(tables), families(tables), dict(zip(boroughs, agency, strict=True)), window, draws=200)
    mean, spread = found.accepts.mean(axis=0), found.accepts.std(axis=0)
    np.testing.assert_array_less(np.abs(mean - np.array(invented.ACCEPTS)), 3 * spread + 0.001)
    np.testing.assert_allclose(found.families.sum(axis=0) / found.years, invented.APPROVED, rtol=0.25)
    np.testing.assert_allclose(found.withdrawal, invented.WITHDRAWAL, rtol=0.6)


@pytest.mark.integration
def test_the_practice_lists_keep_the_rules(region: list[ReturnData], tmp_path: Any) -> None:
    for one in region:
        if one.period == "2024-25" and one.submitter in {CAMDEN, "E09000005", "E09000003"}:
            (checked,) = check_files(write_files(one, tmp_path / one.return_id / one.submitter))
            assert set(checked.findings["rule"]) <= {"ADC-MATCH-ORDER"}, one.return_id
    quarter = next(one for one in region if one.return_id == "adoption.collection")
    (checked,) = check_files(write_files(quarter, tmp_path / "quarter"))
    assert (checked.return_id, checked.findings.height) == ("adoption.collection", 0)


@pytest.mark.integration
def test_practice_quarters_put_disputes_into_the_ledger(region: list[ReturnData]) -> None:
    tables = held() | {
        CHILDREN: lake(region, "adoption.children", "children"),
        COLLECTED: lake(region, "adoption.collection", "collected_children"),
    }
    states = lines(tables).filter(pl.col("day") >= date(2024, 4, 1))["state"].value_counts()
    by = dict(states.iter_rows())
    assert by.get(ONE_SOURCE, 0) / sum(by.values()) < 0.02
    assert 0.01 < by[DISPUTED] / sum(by.values()) < 0.15


QUARTER = "CHILD,BOROUGH,DECISION,PLACEMENT_ORDER,B4,PLACED,ADOPTED,A8a,A8b,C3\n"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ("C1,Camden,01/04/2014,01/05/2014,,,,,,FINDING", set()),
        ("C1,Nowhere,01/04/2014,01/05/2014,,,,,,FINDING", {"ADQ-BOROUGH"}),
        ("C1,202,01/04/2014,30/06/2014,,,,,,FINDING", set()),
        ("C1,Camden,01/04/2014,01/07/2014,,,,,,FINDING", {"ADQ-AFTER"}),
        ("C1,Camden,01/04/2014,01/05/2014,02/06/2014,,,PR1,,FINDING", {"ADQ-FOUND"}),
        ("C1,Camden,01/04/2014,01/05/2014,02/06/2014,01/06/2014,,PR1,,NONE", {"ADQ-ORDER"}),
    ],
)
def test_a_quarter_is_known_by_its_files_name_and_held_to_its_rules(row: str, rules: set[str], tmp_path: Any) -> None:
    file = tmp_path / "202LLLL_EDUCVA1_ALBQ1201415.csv"
    file.write_text(QUARTER + row + "\n")
    (checked,) = check_files([file])
    assert (checked.return_id, checked.period) == ("adoption.collection", "2014-15 Q1")
    assert set(checked.findings["rule"]) == rules


@pytest.mark.integration
@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"PLACEMENT_ORDER": date(2023, 4, 30)}, "ADC-ORDER-DECISION"),
        (
            {"PLACEMENT_ORDER": date(2023, 6, 1), "MATCHED": date(2023, 5, 30), "ADOPTIVE_FAMILY": "F"},
            "ADC-MATCH-ORDER",
        ),
        (
            {
                "PLACEMENT_ORDER": date(2023, 6, 2),
                "MATCHED": date(2023, 6, 2),
                "ADOPTIVE_FAMILY": "F",
                "PLACED": date(2023, 6, 1),
            },
            "ADC-PLACED-ORDER",
        ),
        ({"PLACED": date(2023, 6, 1)}, "ADC-PLACED-MATCH"),
        ({"ADOPTED": date(2023, 6, 1)}, "ADC-ADOPTED-PLACED"),
        ({"REVERSED": date(2023, 6, 1), "REASON": "A", "ADOPTED": date(2023, 6, 1)}, "ADC-REVERSED-ADOPTED"),
        ({"REVERSED": date(2023, 6, 1)}, "ADC-REASON"),
        ({"DOB": date(2023, 5, 2)}, "ADC-BORN"),
        ({"MATCHED": date(2023, 6, 1)}, "ADC-FAMILY"),
        (
            {
                "MATCHED": date(2023, 6, 1),
                "ADOPTIVE_FAMILY": "F",
                "PLACED": date(2023, 6, 2),
                "FOSTERED": date(2023, 6, 3),
            },
            "ADC-FOSTERED",
        ),
    ],
)
def test_what_cannot_be_is_found(cells: dict[str, Any], rule: str, tmp_path: Any) -> None:
    sound = {
        "CHILD": "A",
        "FAMILY": None,
        "GENDER": "Girl",
        "ETHNICITY": "A",
        "DOB": date(2022, 1, 1),
        "DISABILITY": "No",
        "ENTERED_CARE": date(2023, 1, 1),
        "DECISION": date(2023, 5, 1),
    }
    table = pl.DataFrame([{**sound, **cells}])
    one = ReturnData(return_id="adoption.children", submitter=CAMDEN, period="2023-24", tables={"children": table})
    (checked,) = check_files(write_files(one, tmp_path))
    assert rule in set(checked.findings["rule"])


@pytest.mark.spec
def test_every_agency_of_london_is_a_footprint() -> None:
    boroughs, agency, hosts = invented.region()
    assert len(boroughs) == 33
    assert set(agency) <= {one.id for one in footprints() if one.kind == "raa"}
    assert len(hosts) == len(set(agency)) == 6
