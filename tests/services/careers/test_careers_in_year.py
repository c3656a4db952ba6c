"""Returns extracted within their year tell to the day of their last month, and nothing of the months to come."""

from datetime import date, timedelta

import polars as pl
import pytest

from parentis.returns.ssda903 import known_until
from parentis.services.careers import spells


def extract(last: date, children: int = 40, period: str = "2018-19", authority: str = "E09000007") -> pl.DataFrame:
    """Each child comes on a day of its own between 1 April 2018 and `last`; half of them leave a week later."""
    first = date(2018, 4, 1)
    days = [first + (last - first) * at / (children - 1) for at in range(children)]
    rows = [
        {
            "authority": authority, "period": period, "load_id": "files", "row": at, "sequence": 0, "CHILD": f"X{at}",
            "DECOM": day, "DEC": day + timedelta(days=7) if at % 2 and day + timedelta(days=7) <= last else None,
            "LS": "C2", "PLACE": "U4", "REC": "E4A" if at % 2 else None, "CIN": "N1",
        }
        for at, day in enumerate(days)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"row": pl.UInt32, "DEC": pl.Date, "REC": pl.String})


@pytest.mark.spec
@pytest.mark.parametrize(
    ("last", "until"),
    [
        (date(2018, 6, 30), date(2018, 7, 1)),
        (date(2018, 6, 28), date(2018, 7, 1)),  # an event a day or two before the month's end
        (date(2018, 7, 10), date(2018, 7, 1)),  # the month was under way
        (date(2018, 12, 31), date(2019, 1, 1)),
        (date(2019, 3, 25), date(2019, 4, 1)),  # a quiet last week is no sign of anything
        (date(2019, 3, 31), date(2019, 4, 1)),
    ],
)
def test_how_far_a_return_tells(last: date, until: date) -> None:
    assert known_until(extract(last))["until"].to_list() == [until]


@pytest.mark.spec
def test_of_a_few_children_nobody_can_tell() -> None:
    assert known_until(extract(date(2018, 6, 30), children=9))["until"].to_list() == [date(2019, 4, 1)]


@pytest.mark.spec
def test_quiet_months_before_the_last_are_no_extract() -> None:
    rows = extract(date(2018, 6, 30)).filter(pl.col("DECOM") >= date(2018, 6, 1))
    assert known_until(rows)["until"].to_list() == [date(2019, 4, 1)]


@pytest.mark.integration
def test_who_is_open_at_the_end_of_an_extract_is_known_no_longer_than_that() -> None:
    careers = spells(extract(date(2018, 6, 30)))
    still = careers.spells.filter("open")
    assert still.height >= 20
    assert set(still["end"]) == {date(2018, 7, 1)}
    assert "collection year 2018-19 known to 30 June 2018" in careers.notes["note"].to_list()


@pytest.mark.integration
def test_each_authority_tells_as_far_as_its_own_return() -> None:
    both = pl.concat([extract(date(2018, 6, 30)), extract(date(2019, 3, 31), authority="E09000003")])
    assert known_until(both).rows() == [
        ("E09000003", "2018-19", date(2019, 4, 1)),
        ("E09000007", "2018-19", date(2018, 7, 1)),
    ]
