"""Care leavers counted day by day against the ledger, and returns full of mistakes: nothing crashes or overlaps."""

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uasc_worlds import WHERE, entry, table, world

from parentis.region import financial_year, financial_year_of, uasc_rates
from parentis.services.uasc import FINDINGS, Bands, Nights, ledger

PERIODS = ("2018-19", "2019-20", "2020-21", "2021-22")
FIRST, END = financial_year(PERIODS[0]).start, financial_year(PERIODS[-1]).next.start
some_day = st.integers(-400, 1_700).map(lambda n: FIRST + timedelta(days=n))
maybe_day = st.one_of(st.none(), some_day)


@st.composite
def leavers(draw):
    """Care leavers around 18 and 21 with periods that may overlap, run backwards or go on."""
    return [
        {
            "child": f"L{number}",
            "born": draw(st.sampled_from([date(2000, 2, 29), date(1998, 8, 1), date(2001, 12, 31)])),
            "arrived": draw(st.sampled_from([date(2016, 6, 30), date(2017, 1, 1)])),
            "eligibility": draw(st.sampled_from(["YES", "YES", "NO"])),
            "periods": [
                {"start": start, "end": end, "education": draw(st.booleans())}
                for start, end in draw(
                    st.lists(st.tuples(some_day, maybe_day), max_size=4, unique_by=lambda one: one[0])
                )
            ],
        }
        for number in range(draw(st.integers(1, 3)))
    ]


def as_world(people) -> dict[str, pl.DataFrame]:
    return world(
        [],
        periods=[],
        registered=PERIODS,
        register=[
            entry(
                one["child"],
                DOB=one["born"].isoformat(),
                ARRIVED=one["arrived"].isoformat(),
                ELIGIBILITY=one["eligibility"],
            )
            for one in people
        ],
        leavers=[
            {
                "CHILD": one["child"],
                "LEAVER_FROM": period["start"].isoformat(),
                "LEAVER_TO": period["end"] and period["end"].isoformat(),
                "IN_EDUCATION": "1" if period["education"] else "0",
            }
            for one in people
            for period in one["periods"]
        ],
    )


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def plain_days(people) -> tuple[Counter, Counter]:
    """Days of support and pounds by person and year, one day at a time; the period that began last has the day."""
    rates = list(uasc_rates().filter(group="leaver").iter_rows(named=True))
    counted: Counter = Counter()
    pounds: Counter = Counter()
    for one in people:
        cohort = "national" if one["arrived"] >= date(2016, 7, 1) else "legacy"
        day = FIRST
        while day < END:
            begun = [period for period in one["periods"] if period["start"] <= day]
            if begun and age_on(one["born"], day) >= 18:
                period = max(begun, key=lambda each: each["start"])
                if day < (period["end"] or END):
                    key = (one["child"], financial_year_of(day).label)
                    counted[key] += 1
                    funded = age_on(one["born"], day) < 21 or period["education"]
                    if one["eligibility"] == "YES" and funded:
                        [rate] = [
                            row["rate"]
                            for row in rates
                            if row["valid_from"] <= day <= row["valid_to"] and row["cohort"] in (cohort, "all")
                        ]
                        pounds[key] += rate / 7
            day += timedelta(days=1)
    return counted, pounds


@pytest.mark.generative
@settings(max_examples=40, deadline=None)
@given(leavers())
def test_leavers_weeks_are_every_single_day(people) -> None:
    found = ledger(as_world(people)).nights
    Nights.validate(found)
    counted, pounds = plain_days(people)
    by = found.group_by("child", "financial_year").agg(pl.col("nights").sum(), pl.col("income").sum())
    assert {row[:2]: row[2] for row in by.iter_rows()} == dict(counted)
    paid = {row[:2]: row[3] for row in by.iter_rows() if row[3]}
    assert paid == {key: pytest.approx(much) for key, much in pounds.items() if much}


text = st.sampled_from(["A", "B", "C", None])
code = st.sampled_from(["YES", "NO", "PENDING", None])
period = st.sampled_from(PERIODS)


def rows(**columns):
    return st.lists(st.fixed_dictionaries({"period": period, "sequence": st.integers(1, 2), **columns}), max_size=8)


anything = st.fixed_dictionaries(
    {
        "ssda903/Episodes": rows(
            CHILD=text,
            DECOM=maybe_day,
            DEC=maybe_day,
            LS=st.sampled_from(["V2", "V4", None]),
            PLACE=st.sampled_from(["U6", "K2", None]),
            PLACE_PROVIDER=st.sampled_from(["PR1", None]),
            RNE=st.sampled_from(["S", "P", None]),
        ),
        "ssda903/Header": rows(CHILD=text, DOB=st.one_of(st.none(), st.just(date(2003, 2, 28)))),
        "ssda903/UASC": rows(CHILD=text, DUC=maybe_day),
        "uasc.register/children": rows(
            CHILD=text,
            DOB=st.one_of(st.none(), st.just(date(2003, 3, 1))),
            ARRIVED=maybe_day,
            TRANSFER_IN=maybe_day,
            TRANSFER_OUT=maybe_day,
            CEASED=maybe_day,
            ELIGIBILITY=code,
        ),
        "uasc.register/leavers": rows(
            CHILD=text, LEAVER_FROM=maybe_day, LEAVER_TO=maybe_day, IN_EDUCATION=st.sampled_from(["0", "1", None])
        ),
    }
)


@pytest.mark.generative
@settings(max_examples=120, deadline=None)
@given(anything)
def test_whatever_is_handed_in_nothing_crashes_and_no_night_is_counted_twice(given_rows) -> None:
    made = ledger({name: table(name, told) for name, told in given_rows.items()})
    Nights.validate(made.nights)
    Bands.validate(made.bands)
    assert ((made.nights["ends"] - made.nights["starts"]).dt.total_days() == made.nights["nights"]).all()
    by = ("authority", "child", "group")
    following = made.nights.sort(*by, "starts").select(overlap=pl.col("starts").shift(-1).over(by) < pl.col("ends"))
    assert not following["overlap"].any()
    assert set(made.findings["finding"]) <= set(FINDINGS)
    unpaid = made.nights.filter(~pl.col("status").is_in(["paid", "assumed"]))
    assert (unpaid["income"] == 0).all()
    assert set(made.nights["authority"]) <= {WHERE}
