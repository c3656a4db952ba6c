"""The ledger: known answers, what bad input gives, and a count of every single night against the fast one."""

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uasc_worlds import WHERE, entry, table, world

from parentis.region import financial_year_of, uasc_rates
from parentis.services.uasc import FINDINGS, Bands, Nights, ledger


def bands(band: str, *years: str) -> pl.DataFrame:
    return pl.DataFrame({"authority": [WHERE] * len(years), "financial_year": list(years), "band": [band] * len(years)})


def rows(found, *columns: str) -> list[tuple]:
    return found.nights.select(*columns).rows()


def findings(found) -> list[tuple]:
    return found.findings.select("child", "finding", "nights").rows()


@pytest.mark.spec
def test_a_16th_birthday_splits_the_rate_to_the_night() -> None:
    made = world(
        [("A", "2018-06-01", "2018-06-11")],
        born={"A": "2002-06-05"},
        periods=["2018-19"],
        register=[entry("A")],
    )
    found = ledger(made)
    assert rows(found, "age_band", "nights", "rate", "income") == [
        ("under 16", 4, 114.0, 456.0),  # 1 to 4 June
        ("16-17", 6, 91.0, 546.0),  # 5 to 10 June
    ]
    assert findings(found) == []


@pytest.mark.spec
def test_a_rate_changes_mid_placement_on_its_day() -> None:
    made = world(
        [("A", "2019-03-30", "2019-04-02")],
        born={"A": "2002-06-05"},
        periods=["2018-19", "2019-20"],
        register=[entry("A")],
    )
    assert rows(ledger(made), "financial_year", "starts", "nights", "rate") == [
        ("2018-19", date(2019, 3, 30), 2, 91.0),
        ("2019-20", date(2019, 4, 1), 1, 114.0),
    ]


@pytest.mark.spec
def test_a_child_who_turns_18_has_no_more_nights_and_becomes_a_leaver() -> None:
    made = world(
        [("A", "2022-09-01", "2023-06-09")],
        born={"A": "2005-06-05"},
        until={"A": "2023-06-05"},
        periods=["2022-23", "2023-24"],
        register=[entry("A", DOB="2005-06-05")],
        leavers=[{"CHILD": "A", "LEAVER_FROM": "2023-06-05", "LEAVER_TO": "2023-06-26", "IN_EDUCATION": "0"}],
    )
    found = ledger(made, bands=bands("high", "2022-23", "2023-24"))
    assert rows(found, "group", "age_band", "financial_year", "nights", "rate", "unit", "income") == [
        ("child", "16-17", "2022-23", 212, 143.0, "night", 212 * 143.0),
        ("child", "16-17", "2023-24", 65, 143.0, "night", 65 * 143.0),  # 30 + 31 + 4
        ("leaver", "18+", "2023-24", 21, 270.0, "week", 3 * 270.0),
    ]
    assert findings(found) == []


@pytest.mark.spec
@pytest.mark.parametrize(
    ("facts", "cohort", "rate"),
    [
        ({"ARRIVED": "2016-06-30"}, "legacy", 71.0),
        ({"ARRIVED": "2016-07-01"}, "national", 91.0),
        ({"ARRIVED": "2016-06-30", "TRANSFER_IN": "2017-01-01"}, "national", 91.0),
    ],
)
def test_the_cohort_follows_from_arrival_or_transfer(facts: dict[str, str], cohort: str, rate: float) -> None:
    made = world(
        [("A", "2018-06-01", "2018-06-02")],
        born={"A": "2001-06-05"},
        periods=["2018-19"],
        register=[entry("A", **facts)],
    )
    assert rows(ledger(made), "cohort", "rate") == [(cohort, rate)]


@pytest.mark.spec
def test_the_band_follows_from_the_share_of_children_on_1_april() -> None:
    # Camden 2018: 0.07 % of its children
    heads = 40
    stays = [(f"C{number:02}", "2020-03-01", "2020-05-01") for number in range(heads)]
    made = world(stays, born={one[0]: "2005-01-01" for one in stays}, periods=["2019-20", "2020-21"])
    band = ledger(made).bands.to_dicts()
    assert [(row["financial_year"], row["heads"], row["vintage"], row["band"]) for row in band] == [
        ("2019-20", 0, 2017, "standard"),
        ("2020-21", heads, 2018, "high"),
    ]
    assert (band[0]["threshold"], round(band[1]["threshold"], 1)) == (None, round(0.0007 * band[1]["population"], 1))
    fewer = world(stays[:10], born={one[0]: "2005-01-01" for one in stays}, periods=["2020-21"])
    assert ledger(fewer).bands["band"].to_list() == ["standard"]
    assert ledger(fewer, bands=bands("high", "2020-21")).nights["rate"].unique().to_list() == [143.0]


@pytest.mark.spec
def test_nights_say_placement_provider_and_transfer() -> None:
    made = world(
        [
            {"CHILD": "A", "start": "2021-05-01", "end": "2021-05-04", "PLACE": "U6", "PLACE_PROVIDER": "PR1"},
            {"CHILD": "A", "start": "2021-05-04", "end": "2021-05-06", "PLACE": "K2", "RNE": "P"},
        ],
        periods=["2021-22"],
        register=[entry("A", TRANSFER_OUT="2021-05-06", TRANSFER_TO="Surrey")],
    )
    assert rows(ledger(made), "placement_group", "provider", "nts", "nights") == [
        ("fostering in-house", "PR1", "out", 3),
        ("residential", "PR4", "out", 2),
    ]


ONE = [("A", "2021-05-01", "2021-05-11")]


def _one(**more):
    return world(ONE, periods=["2021-22"], born={"A": "2005-01-01"}, **more)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("made", "status", "income"),
    [
        (_one(register=[entry("A")]), "paid", 1140.0),
        (_one(register=[entry("A", ELIGIBILITY="PENDING")]), "pending", 0.0),
        (_one(register=[entry("A", ELIGIBILITY="NO", REASON="FAMILY")]), "not eligible", 0.0),
        (_one(register=[entry("B", CEASED="2018-01-01")]), "not in register", 0.0),
        (_one(), "assumed", 1140.0),
    ],
)
def test_why_nights_are_paid_or_not(made: dict[str, pl.DataFrame], status: str, income: float) -> None:
    found = ledger(made).nights
    assert found.select("nights", "status", "income").rows() == [(10, status, income)]


@pytest.mark.spec
def test_a_later_register_corrects_an_earlier_one_and_a_resubmission_replaces_it() -> None:
    made = _one()
    register = [
        entry("A", period="2021-22", ELIGIBILITY="PENDING") | {"ARRIVED": date(2017, 1, 1)},
        entry("A", period="2022-23", ELIGIBILITY="NO", sequence=2) | {"ARRIVED": date(2017, 1, 1)},
        entry("A", period="2022-23", ELIGIBILITY="YES", sequence=3) | {"ARRIVED": date(2017, 1, 1)},
    ]
    made["uasc.register/children"] = table("uasc.register/children", register)
    assert ledger(made).nights["status"].to_list() == ["paid"]


PAST = "2021-22"
OVERLAP = [
    ("A", "2021-05-01", "2021-05-20"),
    {"CHILD": "A", "start": "2021-05-10", "end": "2021-05-30", "PLACE": "K2"},
]


def _of(child: str, start: str, end: str, period: str, born: str, **facts: str):
    return world([(child, start, end)], born={child: born}, periods=[period], register=[entry(child, **facts)])


BAD = [
    ("ends before it starts", world([("A", "2021-05-01", "2021-04-20")], periods=[PAST]), None),
    ("overlapping episodes", world(OVERLAP, periods=[PAST]), None),
    ("ceased before arrival", _one(until={"A": "2016-12-31"}, register=[entry("A")]), None),
    ("in care before arrival", _one(register=[entry("A", ARRIVED="2021-05-04")]), 3),
    ("outside transfer", _one(register=[entry("A", TRANSFER_IN="2021-05-03", TRANSFER_OUT="2021-05-09")]), 4),
    ("outside transfer", _one(register=[entry("A", TRANSFER_OUT="2021-04-01")]), 10),
    ("past 18", world(ONE, born={"A": "2003-05-06"}, periods=[PAST], register=[entry("A")]), 5),
    ("no date of birth", world(ONE, born={"A": None}, periods=[PAST], register=[entry("A")]), 10),
    ("not in register", _one(register=[entry("B", DOB="2000-01-01")]), 10),
    ("not in looked-after return", _one(register=[entry("A"), entry("B", DOB="2006-01-01")]), None),
    ("no rate", _of("A", "2025-05-01", "2025-05-03", "2025-26", "2010-01-01"), 2),
    ("no rate", _of("A", "2016-06-29", "2016-07-03", "2016-17", "2002-01-01", ARRIVED="2016-01-01"), 2),
]  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize(("finding", "made", "nights"), BAD)
def test_bad_input_is_a_finding_and_no_crash(finding: str, made: dict[str, pl.DataFrame], nights: int | None) -> None:
    found = [one for one in findings(ledger(made)) if one[1] == finding]
    assert [one[2] for one in found] == [nights]


@pytest.mark.spec
def test_an_authority_that_nobody_knows_has_no_threshold() -> None:
    made = {name: frame.with_columns(authority=pl.lit("authority")) for name, frame in _one().items()}
    found = ledger(made)
    assert found.nights["band"].to_list() == ["standard"]
    assert findings(found) == [(None, "no population", None)]


ADULT = {"DOB": "2000-05-01", "ARRIVED": "2015-01-01"}


def _leaver(*periods: dict[str, str | None], **facts: str):
    rows = [{"CHILD": "L", "IN_EDUCATION": "0"} | one for one in periods]
    register = [entry("L", **(ADULT | facts))]
    return world([], periods=[], register=register, leavers=rows, registered=["2019-20", "2020-21", "2021-22"])


@pytest.mark.spec
@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (  # the rate changes on 1 April; a legacy leaver had £150
            _leaver({"LEAVER_FROM": "2020-03-25", "LEAVER_TO": "2020-04-08"}),
            [("2019-20", 7, 150.0, "paid", 150.0), ("2020-21", 7, 240.0, "paid", 240.0)],
        ),
        (  # past 21 only in education
            _leaver({"LEAVER_FROM": "2021-04-24", "LEAVER_TO": "2021-05-08"}),
            [("2021-22", 7, 270.0, "paid", 270.0), ("2021-22", 7, 270.0, "past 21", 0.0)],
        ),
        (
            _leaver({"LEAVER_FROM": "2021-04-24", "LEAVER_TO": "2021-05-08", "IN_EDUCATION": "1"}),
            [("2021-22", 14, 270.0, "paid", 540.0)],
        ),
        (  # what goes on is known to the end of the last register's year
            _leaver({"LEAVER_FROM": "2022-03-25", "LEAVER_TO": None, "IN_EDUCATION": "1"}),
            [("2021-22", 7, 270.0, "paid", 270.0)],
        ),
        (_leaver({"LEAVER_FROM": "2017-01-01", "LEAVER_TO": "2018-01-01"}), []),  # no register of that year
    ],
)
def test_leavers_are_paid_by_the_week(made: dict[str, pl.DataFrame], expected: list[tuple]) -> None:
    assert rows(ledger(made), "financial_year", "nights", "rate", "status", "income") == expected


BAD_LEAVERS = [
    ("leaver before 18", _leaver({"LEAVER_FROM": "2019-04-28", "LEAVER_TO": "2019-05-04"}, DOB="2001-05-01"), 3),
    ("leaver ends before it starts", _leaver({"LEAVER_FROM": "2019-04-28", "LEAVER_TO": "2019-04-04"}), None),
    (
        "leaver overlap",
        _leaver({"LEAVER_FROM": "2019-05-01", "LEAVER_TO": "2019-06-01"}, {"LEAVER_FROM": "2019-05-20"}),
        None,
    ),
    ("leaver past 21", _leaver({"LEAVER_FROM": "2021-05-01", "LEAVER_TO": "2021-05-08"}), 7),
]


@pytest.mark.spec
@pytest.mark.parametrize(("finding", "made", "nights"), BAD_LEAVERS)
def test_bad_leavers_are_findings(finding: str, made: dict[str, pl.DataFrame], nights: int | None) -> None:
    found = [one for one in findings(ledger(made)) if one[1] == finding]
    assert [one[2] for one in found] == [nights]


@pytest.mark.spec
def test_a_leaver_nobody_registered_as_a_child_is_left_out() -> None:
    made = _leaver({"LEAVER_FROM": "2019-05-01", "LEAVER_TO": "2019-06-01"})
    made["uasc.register/leavers"] = made["uasc.register/leavers"].with_columns(CHILD=pl.lit("X"))
    found = ledger(made)
    assert found.nights.is_empty()
    assert {one[1] for one in findings(found)} == {"leaver without a child"}


@pytest.mark.spec
@pytest.mark.parametrize(("start", "status"), [("2022-03-06", "paid"), ("2022-03-07", "under 13 weeks")])
def test_a_leaver_needs_13_weeks_in_this_care(start: str, status: str) -> None:
    made = world(
        [("A", start, "2022-06-05")],
        born={"A": "2004-06-05"},
        until={"A": "2022-06-05"},
        periods=["2021-22", "2022-23"],
        register=[entry("A", DOB="2004-06-05", ARRIVED=start)],
        leavers=[{"CHILD": "A", "LEAVER_FROM": "2022-06-05", "LEAVER_TO": "2022-06-12"}],
    )
    found = ledger(made)
    assert found.nights.filter(group="leaver")["status"].to_list() == [status]
    assert findings(found) == ([] if status == "paid" else [("A", "leaver under 13 weeks", 7)])


@pytest.mark.spec
@pytest.mark.parametrize("missing", ["2021-22", "2022-23"])
def test_a_year_that_is_not_held_excuses_what_cannot_be_seen(missing: str) -> None:
    facts = {"DOB": "2004-06-05", "ARRIVED": "2021-12-01"}
    made = world(
        [("A", "2021-12-01", "2022-06-05"), ("B", "2021-04-01", None)],
        born={"A": "2004-06-05", "B": "2010-01-01"},
        until={"A": "2022-06-05"},
        periods=["2020-21", "2021-22", "2022-23"],
        register=[entry("A", **facts), entry("B"), entry("C", **(facts | {"CEASED": "2022-02-01"}))],
        leavers=[{"CHILD": "A", "LEAVER_FROM": "2022-06-05", "LEAVER_TO": "2022-06-12"}],
    )
    for name in ("Episodes", "Header", "UASC"):
        made[f"ssda903/{name}"] = made[f"ssda903/{name}"].filter(pl.col("period") != missing)
    made["ssda903/Episodes"] = made["ssda903/Episodes"].filter(pl.col("CHILD") != "A")
    made["ssda903/UASC"] = made["ssda903/UASC"].filter(pl.col("CHILD") != "A")
    found = ledger(made)
    # A was here in both years, so one of them should have it; that it stayed for 13 weeks cannot be denied.
    assert ("A", "not in looked-after return", None) in findings(found)
    assert found.nights.filter(group="leaver")["status"].to_list() == ["paid"]
    # C was here in 2021-22 alone.
    assert (("C", "not in looked-after return", None) in findings(found)) == (missing != "2021-22")


@pytest.mark.unit
def test_nothing_submitted_is_an_empty_ledger() -> None:
    found = ledger(world([], periods=[]))
    assert found.nights.is_empty()
    assert found.nights.columns == Nights.column_names()
    assert found.findings.is_empty()


@pytest.mark.unit
def test_every_finding_is_shown() -> None:
    shown = {case[0] for case in (*BAD, *BAD_LEAVERS)}
    of_careers = {"no child", "no start", "starts after its year"}
    elsewhere = {"no population", "leaver without a child", "leaver under 13 weeks", "same night elsewhere"}
    assert set(FINDINGS) == shown | of_careers | elsewhere


# --- the slow reference: every single night ---------------------------------------------------------------------

FIRST, LAST = date(2018, 4, 1), date(2021, 3, 31)
PERIODS = ("2018-19", "2019-20", "2020-21")
PLACES = {"U6": "fostering independent", "K2": "residential", "H5": "supported"}
some_day = st.integers(-200, 1_300).map(lambda n: FIRST + timedelta(days=n))
lengths = st.integers(1, 500)


@st.composite
def children_of_a_world(draw):
    """Children with stays one after another, births around 16 and 18, and register entries."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        child, at, stays = f"C{number}", draw(some_day), []
        for _ in range(draw(st.integers(1, 4))):
            end = at + timedelta(days=draw(lengths))
            stays.append({"CHILD": child, "start": at, "end": end, "PLACE": draw(st.sampled_from(sorted(PLACES)))})
            at = end + timedelta(days=draw(st.integers(0, 40)))
        born = stays[0]["start"] - timedelta(days=draw(st.integers(int(14.5 * 365.25), int(18.1 * 365.25))))
        entered = draw(st.one_of(st.none(), some_day))
        facts = {
            "child": child,
            "stays": stays,
            "born": draw(st.sampled_from([born, date(2004, 2, 29)])),
            "until": draw(st.one_of(st.none(), some_day)),
            "arrived": draw(st.sampled_from([date(2016, 6, 30), date(2017, 1, 1)])),
            "transfer_in": entered,
            "transfer_out": draw(st.one_of(st.none(), some_day)),
            "eligibility": draw(st.sampled_from(["YES", "YES", "NO", "PENDING"])),
        }
        found.append(facts)
    return found


def as_world(children) -> dict[str, pl.DataFrame]:
    def iso(value):
        return value and value.isoformat()

    return world(
        [one | {"start": iso(one["start"]), "end": iso(one["end"])} for child in children for one in child["stays"]],
        born={one["child"]: iso(one["born"]) for one in children},
        until={one["child"]: iso(one["until"]) for one in children},
        periods=PERIODS,
        register=[
            entry(
                one["child"],
                ARRIVED=iso(one["arrived"]),
                TRANSFER_IN=iso(one["transfer_in"]),
                TRANSFER_OUT=iso(one["transfer_out"]),
                ELIGIBILITY=one["eligibility"],
            )
            for one in children
        ],
    )


def age_on(born: date, night: date) -> int:
    return night.year - born.year - ((night.month, night.day) < (born.month, born.day))


def plain_rate(night: date, age: int, cohort: str, band: str) -> float | None:
    for row in uasc_rates().filter(group="child").iter_rows(named=True):
        if (
            row["valid_from"] <= night <= row["valid_to"]
            and row["age_from"] <= age <= row["age_to"]
            and row["cohort"] in (cohort, "all")
            and row["band"] in (band, "all")
        ):
            return row["rate"]
    return None


def plain_nights(children, band: str) -> tuple[Counter, Counter]:
    """Nights and pounds by child, year, age band, placement and cohort, one night at a time."""
    counted: Counter = Counter()
    pounds: Counter = Counter()
    for one in children:
        cohort = "national" if one["transfer_in"] or one["arrived"] >= date(2016, 7, 1) else "legacy"
        for stay in one["stays"]:
            night = max(stay["start"], FIRST)
            while night < min(stay["end"], LAST + timedelta(days=1)):
                age = age_on(one["born"], night)
                here = (one["transfer_in"] or night) <= night < (one["transfer_out"] or date.max)
                if here and night < (one["until"] or date.max) and age < 18:
                    key = (
                        one["child"],
                        financial_year_of(night).label,
                        "under 16" if age < 16 else "16-17",
                        PLACES[stay["PLACE"]],
                        cohort,
                    )
                    counted[key] += 1
                    if one["eligibility"] == "YES":
                        pounds[key] += plain_rate(night, age, cohort, band)
                night += timedelta(days=1)
    return counted, pounds


KEY = ("child", "financial_year", "age_band", "placement_group", "cohort")


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(children_of_a_world(), st.sampled_from(["standard", "high"]))
def test_the_ledger_is_every_single_night(children, band) -> None:
    found = ledger(as_world(children), bands=bands(band, *PERIODS)).nights
    Nights.validate(found)
    counted, pounds = plain_nights(children, band)
    by = found.group_by(KEY).agg(pl.col("nights").sum(), pl.col("income").sum())
    assert {row[:5]: row[5] for row in by.iter_rows()} == dict(counted)
    assert {row[:5]: row[6] for row in by.iter_rows() if row[6]} == {
        key: value for key, value in pounds.items() if value
    }


@pytest.mark.generative
@settings(max_examples=40, deadline=None)
@given(children_of_a_world())
def test_nights_over_any_split_sum_to_the_whole(children) -> None:
    made = as_world(children)
    found = ledger(made)
    whole = found.nights["nights"].sum()
    assert ((found.nights["ends"] - found.nights["starts"]).dt.total_days() == found.nights["nights"]).all()
    for column in ("financial_year", "age_band", "placement_group", "provider", "cohort", "nts", "status", "rate"):
        assert found.nights.group_by(column).agg(pl.col("nights").sum())["nights"].sum() == whole
    one_rate = (
        uasc_rates()
        .head(1)
        .with_columns(
            valid_from=date(2000, 1, 1), valid_to=date(2030, 1, 1), cohort=pl.lit("all"), age_to=pl.lit(17, pl.Int32)
        )
    )
    flat = ledger(made, rates=one_rate).nights
    assert flat["nights"].sum() == whole
    Bands.validate(found.bands)


@pytest.mark.generative
@settings(max_examples=25, deadline=None)
@given(children_of_a_world(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(children, random) -> None:
    made = as_world(children)
    mixed = {
        name: frame.sample(fraction=1, shuffle=True, seed=random.randint(0, 9_999)) for name, frame in made.items()
    }
    first, second = ledger(made), ledger(mixed)
    assert first.nights.equals(second.nights)
    assert first.findings.equals(second.findings)
