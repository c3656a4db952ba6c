"""What the practice region is made with: days, streams of chance, published targets and planted mistakes."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.practice import mistakes
from parentis.practice.calendar import EPOCH, anniversary, april, day_number, label
from parentis.practice.mistakes import MANIFEST, MISTAKES, Mistake, spoilt
from parentis.practice.randomness import choose, pick, stream
from parentis.practice.targets import UNACCOMPANIED_2020, london, looked_after
from parentis.region import members

EVERY_ROW = 1.0
DRAWS = 4_000


def on(number: int) -> date:
    return date.fromordinal(EPOCH + int(number))


# Days.


@pytest.mark.spec
@pytest.mark.parametrize(
    ("born", "years", "birthday"),
    [
        ("2006-05-17", 18, "2024-05-17"),
        ("2008-02-29", 4, "2012-02-29"),
        ("2008-02-29", 18, "2026-03-01"),
        ("2007-01-31", 1, "2008-01-31"),
        ("2007-12-31", 16, "2023-12-31"),
        ("1969-12-31", 1, "1970-12-31"),
    ],
)
def test_a_birthday_is_the_same_day_of_the_month(born: str, years: int, birthday: str) -> None:
    (found,) = anniversary(np.array([day_number(date.fromisoformat(born))]), years)
    assert on(found) == date.fromisoformat(birthday)


@pytest.mark.spec
def test_years_start_on_1_april_and_are_named_by_both() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert on(april(2024)) == date(2024, 4, 1)
    assert [label(year) for year in (1999, 2008, 2020)] == ["1999-00", "2008-09", "2020-21"]


# Chance.


@pytest.mark.spec
def test_a_stream_is_its_seeds_and_names_alone() -> None:
    first = stream(1, "births").random(5)
    assert np.array_equal(first, stream(1, "births").random(5))
    assert not np.array_equal(first, stream(2, "births").random(5))
    assert not np.array_equal(first, stream(1, "deaths").random(5))
    assert first[0] == pytest.approx(0.9003107, abs=1e-7), "the same on every machine, and in years to come"


@pytest.mark.unit
def test_a_category_is_picked_as_often_as_its_weight_says() -> None:
    """Rows need not sum to one, and what has no weight is never picked."""
    weights = np.tile([2.0, 0.0, 6.0], (DRAWS, 1))
    times = np.bincount(pick(stream(1, "pick"), weights), minlength=3)
    assert times[1] == 0
    assert times[0] / DRAWS == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / DRAWS))


@pytest.mark.unit
def test_the_heavier_is_chosen_in_proportion_and_the_weightless_never() -> None:
    group, weight = np.repeat(np.arange(DRAWS), 3), np.tile([3.0, 1.0, 0.0], DRAWS)
    chosen = choose(stream(1, "choose"), group, weight, np.ones(DRAWS, dtype=int)).reshape(DRAWS, 3)
    assert (chosen.sum(axis=1) == 1).all()
    assert not chosen[:, 2].any()
    assert chosen[:, 0].mean() == pytest.approx(0.75, abs=4 * np.sqrt(0.25 * 0.75 / DRAWS))


@pytest.mark.generative
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 7.0])), min_size=1, max_size=30),
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
)
def test_of_each_group_so_many_are_chosen_as_are_wanted_or_can_be(
    members_: list[tuple[int, float]], wanted: list[int]
) -> None:
    group, weight = np.array([one[0] for one in members_]), np.array([one[1] for one in members_])
    chosen = choose(stream(1, "any"), group, weight, np.array(wanted))
    assert chosen.shape == group.shape
    for number, most in enumerate(wanted):
        assert chosen[group == number].sum() == min(most, ((group == number) & (weight > 0)).sum())


# Targets.


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.real
@pytest.mark.integration
@pytest.mark.parametrize(
    ("column", "population"),
    [
        ("looked_after", "Children looked after on 31 March each year"),
        ("started", "Children starting to be looked after each year"),
        ("ceased", "Children ceasing to be looked after each year"),
    ],
)
def test_targets_are_the_published_numbers(shared_data: Path, column: str, population: str) -> None:
    """Every cell of the table beside the department's own file, those that it suppressed among them."""
    published = {
        (row["new_la_code"], int(row["time_period"])): row["children_count"]
        for row in rows_of(shared_data / "cla/cla_number_and_rate_per_10k_children.csv")
        if row["geographic_level"] == "Local authority" and row["population_type"] == population
    }
    rows = rows_of(Path(mistakes.__file__).parent / "tables" / "looked_after.csv")
    assert {row["authority"] for row in rows} == set(members("london", date(2024, 3, 31)))
    for row in rows:
        for year in range(2021, 2026):
            there = published[row["authority"], year]
            assert row[f"{column}_{year}"] == (there if there.isdigit() else ""), (row["authority"], year)


@pytest.mark.spec
def test_cells_that_were_suppressed_are_filled_with_near_values() -> None:
    """The City's children of 2025 follow from 7 a year before, 21 who started and 18 who ceased; half of the City's
    children are taken to have come alone where no later year says."""
    goal = looked_after()
    places = [one.name for one in london()]
    city, bromley = places.index("City of London"), places.index("Bromley")
    assert goal.stock[city].tolist() == [20, 10, 9, 7, 7 + 21 - 24]
    assert goal.unaccompanied[city].tolist() == [half // 2 for half in goal.stock[city]]
    assert goal.unaccompanied[bromley, 0] == goal.unaccompanied[bromley, 1]
    assert goal.stock_2020[city] == 20 - 17 + 21


@pytest.mark.spec
def test_2020_is_worked_back_and_its_unaccompanied_children_shared_as_a_year_later() -> None:
    goal = looked_after()
    assert len(london()) == 33
    assert goal.unaccompanied_2020.sum() <= UNACCOMPANIED_2020
    assert goal.unaccompanied_2020.sum() == pytest.approx(UNACCOMPANIED_2020, rel=0.05)
    assert (goal.unaccompanied_2020 <= 0.6 * goal.stock_2020).all()
    share = goal.unaccompanied[:, 0] / goal.unaccompanied[:, 0].sum()
    free = goal.unaccompanied_2020 < np.floor(0.6 * goal.stock_2020)
    assert np.abs(goal.unaccompanied_2020 - share * UNACCOMPANIED_2020)[free].max() <= 0.5


# Mistakes.


def a_table(name: str) -> pl.DataFrame:
    """Forty rows of four authorities, in which every mistake of the table can be made."""
    rows = 40
    whole = {
        "at": np.arange(rows) // 10,
        "CHILD": [f"SYN{number}" for number in range(rows)],
        "MOTHER": ["1"] * rows,
        "UPN": [f"A{number}" for number in range(rows)],
        "DOB": [date(2010, 1, 1)] * rows,
        "ETHNIC": ["WBRI"] * rows,
        "DECOM": [date(2024, 6, 1)] * rows,
        "DEC": [date(2024, 9, 1)] * rows,
        "RNE": ["S"] * rows,
        "REC": ["X1"] * rows,
        "CIN": ["N1"] * rows,
        "PLACE": ["U1"] * rows,
        "PLACE_PROVIDER": ["PR1"] * rows,
        "REASON_PLACE_CHANGE": ["CARPL"] * rows,
        "REVIEW": [date(2024, 7, 1)] * rows,
        "REVIEW_CODE": ["PN1"] * rows,
        "MIS_START": [date(2024, 8, 1)] * rows,
        "MIS_END": [date(2024, 8, 2)] * rows,
    }
    used = {column for one in MISTAKES if one.table == name for column in _columns(one)}
    return pl.DataFrame({column: whole[column] for column in ("at", "CHILD", *sorted(used))})


def _columns(one: Mistake) -> set[str]:
    said = [*one.change.values(), *([] if one.where is None else [one.where])]
    return {*one.change, *(root for expression in said for root in expression.meta.root_names())}


BY_RULE = {
    "102": lambda row: row["DOB"] is None,
    "103": lambda row: row["ETHNIC"] is None,
    "165": lambda row: row["MOTHER"] is None,
    "442": lambda row: row["UPN"] is None and row["MOTHER"] is not None,
    "143": lambda row: row["RNE"] == "X",
    "145": lambda row: row["CIN"] == "N0",
    "146": lambda row: row["PLACE"] == "Q9",
    "148": lambda row: row["REC"] is None and row["DEC"] is not None,
    "225": lambda row: row["REASON_PLACE_CHANGE"] is None and row["REC"] == "X1",
    "526": lambda row: row["PLACE_PROVIDER"] is None,
    "356": lambda row: row["DECOM"] - row["DEC"] == timedelta(days=10),
    "166": lambda row: row["REVIEW"] is None,
    "167": lambda row: row["REVIEW_CODE"] is None,
    "567": lambda row: row["MIS_START"] - row["MIS_END"] == timedelta(days=3),
}
"Of each rule that looks at one row: whether the row breaks it."


@pytest.mark.spec
@pytest.mark.parametrize("name", sorted({one.table for one in MISTAKES}))
def test_each_planted_mistake_is_where_the_manifest_says_and_no_other_row_is_touched(name: str) -> None:
    clean = a_table(name)
    made, noted = spoilt(1, {name: clean}, 2024, EVERY_ROW)
    assert noted.schema == pl.Schema(MANIFEST)
    assert set(noted["rule"]) == {one.rule for one in MISTAKES if one.table == name}, "every one was made somewhere"
    assert noted.select("authority", "row").is_duplicated().sum() == 0, "no row has two"
    assert set(noted["period"]) == {"2024-25"}
    by_place = {one.gss: number for number, one in enumerate(london())}
    told = set()
    for row in noted.iter_rows(named=True):
        own = made[name].filter(at=by_place[row["authority"]])
        there = own.row(row["row"], named=True)
        assert there["CHILD"] == row["child"]
        told.add(row["child"])
        if row["rule"] == "INT32":
            assert own.filter(CHILD=row["child"]).height == 2
            assert own.filter(CHILD=row["child"]).n_unique() == 1
        else:
            assert BY_RULE[row["rule"]](there), row["rule"]
            broken = {rule for rule in BY_RULE if rule in set(noted["rule"]) and BY_RULE[rule](there)}
            assert broken == {row["rule"]}, "one mistake a row"
    untouched = clean.filter(~pl.col("CHILD").is_in(list(told)))
    assert made[name].filter(~pl.col("CHILD").is_in(list(told))).equals(untouched)


@pytest.mark.spec
def test_a_mistake_is_made_only_where_a_rule_would_see_it() -> None:
    """Of an episode that goes on, no end can be wrong or lack its reason; MOTHER and UPN are asked of some children."""
    clean = a_table("Episodes").with_columns(DEC=pl.lit(None, pl.Date), REC=pl.lit(None, pl.String))
    _, noted = spoilt(1, {"Episodes": clean}, 2024, EVERY_ROW)
    assert {"148", "225", "356"}.isdisjoint(noted["rule"])
    mothers = a_table("Header").with_columns(MOTHER=pl.lit(None, pl.String))
    _, noted = spoilt(1, {"Header": mothers}, 2024, EVERY_ROW)
    assert {"165", "442"}.isdisjoint(noted["rule"])
    assert noted.height > 0


@pytest.mark.spec
def test_without_mistakes_nothing_is_changed_or_noted() -> None:
    clean = a_table("Episodes")
    made, noted = spoilt(1, {"Episodes": clean}, 2024, 0.0)
    assert made["Episodes"].equals(clean)
    assert noted.is_empty()


@pytest.mark.spec
def test_mistakes_are_as_many_as_the_rate_says() -> None:
    many = pl.concat([a_table("Reviews")] * 500)
    _, noted = spoilt(1, {"Reviews": many}, 2024, 0.02)
    assert noted.height == pytest.approx(0.02 * many.height, abs=4 * np.sqrt(0.02 * many.height))
