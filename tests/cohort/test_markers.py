"""Markers: what each says, when it does not know, and that nothing later changes an answer."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from cohort_tables import COST, returns, table
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from parentis.errors import DeclarationError
from parentis.services.careers import MARKERS, MarkerRule, marked
from parentis.services.careers.postcode_sectors import sector_of

END = date(2025, 3, 31)
POSITIONS = pl.DataFrame(
    {
        "sector": ["IG11 7", "RM10 8", "CT1 2", "CT1"],
        "east": [544_000, 549_000, 615_000, 615_000],
        "north": [184_000, 185_000, 158_000, 158_000],
        "authority": ["E09000002", "E09000002", "E10000016", "E10000016"],
    },
    schema_overrides={"east": pl.Int32, "north": pl.Int32},
)


def _answer(tables: dict[str, pl.DataFrame], marker: str, day: date = END, **more: Any) -> bool | None:
    rule = MarkerRule(name="it", marker=marker, **more)
    found = marked(tables, [rule], [day], positions=POSITIONS)
    assert found.height == 1, found
    return found["it"][0]


def _stay(start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    return {"period": "2024-25", "DECOM": start, "DEC": end, "REC": "X1" if end else None} | more


def _missing(*starts: str, period: str = "2024-25") -> pl.DataFrame:
    return table(
        [{"period": period, "CHILD": "A", "MIS_START": day} for day in starts], ("CHILD", "MIS_START", "MIS_END")
    )


THREE = [_stay("2024-05-01", "2024-08-01"), _stay("2024-08-01", "2024-12-01", RNE="P"), _stay("2024-12-01", RNE="P")]


@pytest.mark.spec
@pytest.mark.parametrize(("reason", "answer"), [("P", True), ("B", True), ("T", False), ("U", False)])
def test_a_change_of_code_with_the_same_carer_begins_no_placement(reason: str, answer: bool) -> None:
    """As when supported accommodation had to be registered: P2 became K3 for every child in it on one day."""
    told = returns(episode=[THREE[0], THREE[1] | {"PLACE": "P2"}, _stay("2024-12-01", RNE=reason, PLACE="K3")])
    assert _answer(told, "placements") is answer


BY_CARER, BY_PLAN = (
    [_stay("2024-05-01", "2024-08-01", REASON_PLACE_CHANGE=why), _stay("2024-08-01", RNE="P")]
    for why in ("CREQB", "CARPL")
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("marker", "more", "episode", "answer"),
    [
        ("placements", {}, THREE, True),
        ("placements", {}, [THREE[0], _stay("2024-08-01", RNE="P")], False),
        ("placements", {"threshold": 2}, THREE[1:], True),
        ("placements", {}, [*THREE[:2], _stay("2024-12-01", RNE="L", LS="C1")], False),
        ("placements", {}, [*THREE[:2], _stay("2024-12-01", RNE="P", PLACE="T3")], False),
        ("carer_ended", {}, BY_CARER,
         True),
        ("carer_ended", {"window": 30},
         BY_CARER, False),
        ("carer_ended", {}, BY_PLAN,
         False),
        ("late_entry", {}, [_stay("2024-05-01")], True),
        ("late_entry", {}, [_stay("2019-05-01")], False),
        ("late_entry", {}, [_stay("2024-05-01", RNE="P")], None),
        ("late_entry", {}, [_stay("2019-05-01", RNE="P")], False),
        ("residential", {}, [_stay("2024-05-01", PLACE="K2")], True),
        ("residential", {}, [_stay("2024-05-01", "2024-06-01", PLACE="S1"), _stay("2024-06-01", RNE="P")], True),
        ("residential", {}, [_stay("2020-05-01", "2024-06-01", PLACE="K2"), _stay("2024-06-01", RNE="P", PLACE="K2")],
         False),
        ("residential", {}, [_stay("2024-05-01")], False),
        ("residential", {}, [_stay("2024-05-01", RNE="P", PLACE="K2")], None),
        ("distance", {}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="CT1 2")], True),
        ("distance", {}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="CT1 9")], True),
        ("distance", {"threshold": 60}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="CT1 2")], False),
        ("distance", {}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="RM10 8")], False),
        ("distance", {"threshold": 1}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="RM10 8")], False),
        ("distance", {}, [_stay("2024-05-01", HOME_POST=None, PL_POST="CT1 2")], None),
        ("distance", {}, [_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="ZZ9 9")], None),
    ],
)  # fmt: skip
def test_what_a_marker_of_the_episodes_says(
    marker: str, more: dict[str, Any], episode: list[dict[str, Any]], answer: bool | None
) -> None:
    assert _answer(returns(episode=episode), marker, **more) is answer


@pytest.mark.spec
@pytest.mark.parametrize(
    ("starts", "answer"),
    [
        (("2025-01-02", "2025-02-01", "2025-03-31"), True),
        (("2024-12-31", "2025-02-01", "2025-03-31"), False),
        (("2025-02-01", "2025-02-01", "2025-03-31"), False),
    ],
)
def test_three_times_missing_in_ninety_days(starts: tuple[str, ...], answer: bool) -> None:
    assert _answer(returns(episode=[_stay("2024-05-01")], Missing=_missing(*starts)), "missing") is answer


@pytest.mark.spec
def test_a_window_that_begins_before_the_first_return_held_is_never_no() -> None:
    told = returns(episode=[_stay("2020-05-01")], Missing=_missing("2024-05-01"))
    assert _answer(told, "missing", date(2024, 6, 20)) is None
    assert _answer(told, "placements", date(2025, 3, 30)) is None
    assert _answer(told, "placements", END) is False


def _orders(*rows: tuple[str, str | None], period: str = "2026-27") -> pl.DataFrame:
    return table(
        [{"period": period, "CHILD": "A", "DOLO_START": start, "DOLO_END": end} for start, end in rows],
        ("CHILD", "DOLO_START", "DOLO_END"),
    )


@pytest.mark.spec
def test_an_order_counts_from_its_first_day_to_a_window_after_its_last() -> None:
    stay = [_stay("2026-05-01", period="2026-27")]
    child = [{"CHILD": "A", "DOB": "2011-06-01"}]
    told = returns(episode=stay, child=child, DoLo=_orders(("2026-09-10", "2026-10-09")))
    for day, window, answer in [("2026-09-09", 30, False), ("2026-09-10", 1, True), ("2026-10-09", 1, True),
                                ("2026-10-10", 1, False),
                                ("2026-11-07", 30, True), ("2026-11-08", 30, False)]:  # fmt: skip
        assert _answer(told, "deprivation", date.fromisoformat(day), window=window) is answer, day
    assert _answer(told, "deprivation", date(2026, 9, 9), window=365) is None


@pytest.mark.spec
@pytest.mark.parametrize(
    "marker", sorted(set(MARKERS) - {"late_entry", "placements", "carer_ended", "residential", "distance"})
)
def test_a_table_that_is_not_held_is_never_no(marker: str) -> None:
    assert _answer(returns(episode=[_stay("2024-04-01")]), marker) is None


@pytest.mark.spec
def test_no_distance_is_known_without_a_directory() -> None:
    told = returns(episode=[_stay("2024-05-01", HOME_POST="IG11 7", PL_POST="CT1 2")])
    found = marked(told, [MarkerRule(name="far", marker="distance")], [END])
    assert found["far"].to_list() == [None]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("place", "urn", "answer"),
    [("K2", "XXXXXXX", True), ("K2", "SC000001", False), ("K2", "SC000009", None), ("K3", None, None),
     ("U4", "XXXXXXX", False)],
)  # fmt: skip
def test_a_home_without_a_number_is_not_registered(place: str, urn: str | None, answer: bool | None) -> None:
    told = returns(episode=[_stay("2024-05-01", PLACE=place, URN=urn)])
    assert _answer(told, "unregistered") is None
    told["placements.providers/providers"] = table([{"period": "2024", "URN": "SC 000001"}], ("URN",))
    assert _answer(told, "unregistered") is answer
    told["placements.providers/providers"] = table([{"period": "2025", "URN": "SC000001"}], ("URN",))
    assert _answer(told, "unregistered") is None, "a list of a later day"


PRICED = ("Child ID", "Placement start date", "Placement end date", COST, "Does the child have an EHCP")


def _priced(cost: float, end: date | None = None, plan: str = "Yes") -> pl.DataFrame:
    row = {"period": "2024-25", "Child ID": "A", COST: cost, "Does the child have an EHCP": plan,
           "Placement start date": date(2024, 5, 1), "Placement end date": end}  # fmt: skip
    return table([row], PRICED)


@pytest.mark.spec
def test_the_weekly_price_is_committed_cost_by_nights() -> None:
    told = returns(episode=[_stay("2024-05-01")])
    nights = (date(2025, 4, 1) - date(2024, 5, 1)).days
    for weekly, answer in [(10_000.5, True), (9_999.0, False)]:
        told["placements.costs/placements"] = _priced(weekly * nights / 7)
        assert _answer(told, "weekly_cost") is answer
        assert _answer(told, "ehcp") is True
    told["placements.costs/placements"] = _priced(1e6, end=date(2024, 9, 1), plan="No")
    assert _answer(told, "weekly_cost") is None
    assert _answer(told, "weekly_cost", date(2024, 8, 31)) is True
    assert _answer(told, "ehcp") is False


def _log(refusals: int, closed: str | None = None) -> dict[str, pl.DataFrame]:
    columns = ("REFERRAL", "CHILD_KEY", "LA", "REFERRED", "CLOSED", "START")
    row = {"period": "2024-25", "REFERRAL": "R", "CHILD_KEY": "A", "LA": "E09000002", "REFERRED": "2025-03-01",
           "CLOSED": closed}  # fmt: skip
    asks = [{"period": "2024-25", "REFERRAL": "R", "URN": str(at), "ANSWER": "decline", "ANSWERED": "2025-03-02"}
            for at in range(refusals)]  # fmt: skip
    return {
        "places.referrals/referrals": table([row], columns),
        "places.referrals/asks": table(asks, ("REFERRAL", "URN", "ANSWER", "ANSWERED")),
    }


@pytest.mark.spec
def test_searches_count_for_the_child_they_were_for() -> None:
    told = returns(episode=[_stay("2024-05-01"), _stay("2024-05-01", CHILD="B")]) | _log(20)
    rules = [MarkerRule(name=one, marker=one) for one in ("declines", "search_hours")]
    assert marked(told, rules, [END]).select("child", "declines", "search_hours").rows() == [
        ("A", True, True), ("B", None, None),
    ]  # fmt: skip
    assert _answer(returns(episode=[_stay("2024-05-01")]) | _log(19), "declines") is False
    assert _answer(returns(episode=[_stay("2024-05-01")]) | _log(1, closed="2025-03-02"), "search_hours") is False
    assert _answer(returns(episode=[_stay("2024-05-01")]) | _log(1), "search_hours", date(2025, 3, 3)) is False
    assert _answer(returns(episode=[_stay("2024-05-01")]) | _log(1), "search_hours", date(2025, 3, 4)) is True


@pytest.mark.spec
def test_only_children_of_the_ages_on_the_night_are_there() -> None:
    told = returns(
        episode=[
            *(_stay("2024-05-01", CHILD=one) for one in "ABCD"),
            _stay("2024-05-01", "2025-03-31", CHILD="E", REC="E4A"),
        ],
        child=[{"CHILD": "A", "DOB": "2015-03-31"}, {"CHILD": "B", "DOB": "2015-04-01"},
               {"CHILD": "C", "DOB": "2007-04-01"}, {"CHILD": "D", "DOB": "2007-03-31"},
               {"CHILD": "E", "DOB": "2010-03-31"}],
    )  # fmt: skip
    found = marked(told, [], [END])
    assert found.select("child", "age").rows() == [("A", 10), ("C", 17)]
    assert marked({}, [MarkerRule(name="x", marker="missing")], [END]).is_empty()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "says"),
    [({"marker": "mood"}, "no marker"), ({"marker": "missing", "threshold": 0}, "above 0"),
     ({"marker": "ehcp", "window": 3}, "takes none")],
)  # fmt: skip
def test_a_rule_is_checked_when_it_is_made(given: dict[str, Any], says: str) -> None:
    with pytest.raises(DeclarationError, match=says):
        MarkerRule(name="x", **given)


@pytest.mark.unit
def test_sectors_are_read_however_they_are_written() -> None:
    written = ["E8 1", "sw1e 5ab", "N123", "EC2V7ZZ", "", None, "rubbish"]
    found = pl.DataFrame({"x": written}, {"x": pl.String}).select(sector=sector_of(pl.col("x")))["sector"].to_list()
    assert found == ["E8 1", "SW1E 5", "N12 3", "EC2V 7", None, None, None]


# ------------------------------------------------------------------ what came later

SPAN = (date(2020, 4, 1), date(2025, 3, 31))
day_of = st.integers(0, (SPAN[1] - SPAN[0]).days).map(lambda n: SPAN[0] + timedelta(days=n))
RULES = [MarkerRule(name=one, marker=one) for one in MARKERS]


@st.composite
def episode_rows(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(day_of)
    year = draw(st.integers(start.year - (start.month < 4), 2024))
    end = draw(st.none() | day_of.filter(lambda day: day >= start))
    return {
        "CHILD": draw(st.sampled_from("ABC")), "DECOM": start.isoformat(), "period": f"{year}-{(year + 1) % 100:02}",
        "DEC": end and end.isoformat(), "RNE": draw(st.sampled_from(["S", "P", "L", "T", "B"])),
        "PLACE": draw(st.sampled_from(["U4", "K2", "T3", "K3"])), "LS": draw(st.sampled_from(["C2", "V2"])),
        "REC": "X1", "REASON_PLACE_CHANGE": draw(st.sampled_from([None, "CREQB", "CARPL"])),
        "HOME_POST": draw(st.sampled_from(["IG11 7", None])),
        "PL_POST": draw(st.sampled_from(["CT1 2", "RM10 8", None])),
    }  # fmt: skip


@st.composite
def missing_rows(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(day_of)
    year = start.year - (start.month < 4)
    return {
        "CHILD": draw(st.sampled_from("ABC")),
        "MIS_START": start.isoformat(),
        "period": f"{year}-{(year + 1) % 100:02}",
    }


def _tables(episodes: list[dict[str, Any]], times: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    missing = table(times, ("CHILD", "MIS_START", "MIS_END"))
    children = [
        {"CHILD": one, "DOB": born} for one, born in zip("ABC", ("2005-01-01", "2009-06-15", "2012-02-29"), strict=True)
    ]
    return returns(episode=episodes, child=children, Missing=missing)


@pytest.mark.generative
@settings(max_examples=60)
@given(st.lists(episode_rows(), min_size=1, max_size=8), st.lists(missing_rows(), max_size=6), day_of)
def test_rows_of_later_days_and_later_returns_change_no_answer(
    episode: list[dict[str, Any]], times: list[dict[str, Any]], day: date
) -> None:
    """The oracle is the same code on what was there by then: later rows left out, later ends blank."""
    year = f"{day.year - (day.month < 4)}"
    by_then = [row for row in episode if row["DECOM"] <= day.isoformat() and row["period"][:4] <= year]
    if not by_then:
        return
    blank = [
        row | (dict.fromkeys(("DEC", "REC", "REASON_PLACE_CHANGE")) if (row["DEC"] or "") > day.isoformat() else {})
        for row in by_then
    ]
    known = [row for row in times if row["MIS_START"] <= day.isoformat() and row["period"][:4] <= year]
    # Whether a table of a year is held is a fact of the return, not of a row: one row of nobody's keeps it so.
    kept = [{"CHILD": "Z", "MIS_START": None, "period": one} for one in sorted({row["period"] for row in times})]
    held = [{"CHILD": "Z", "DECOM": f"{one[:4]}-04-01", "period": one, "DEC": f"{one[:4]}-04-02"}
            for one in sorted({row["period"] for row in episode})]  # fmt: skip
    whole = marked(_tables(episode + held, times + kept), RULES, [day], positions=POSITIONS)
    then = marked(_tables(blank + held, known + kept), RULES, [day], positions=POSITIONS)
    assert_frame_equal(whole, then)


@pytest.mark.generative
@settings(max_examples=30)
@given(st.lists(episode_rows(), min_size=1, max_size=8), st.lists(missing_rows(), max_size=6), day_of, st.randoms())
def test_the_order_of_a_returns_rows_changes_nothing(
    episode: list[dict[str, Any]], times: list[dict[str, Any]], day: date, luck: Any
) -> None:
    told = _tables(episode, times)
    mixed = {name: frame.sample(fraction=1, shuffle=True, seed=luck.randrange(1000)) for name, frame in told.items()}
    assert_frame_equal(
        marked(told, RULES, [day, END], positions=POSITIONS), marked(mixed, RULES, [day, END], positions=POSITIONS)
    )
