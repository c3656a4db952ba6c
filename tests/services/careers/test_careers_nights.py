"""Nights: known answers, and a plain night-by-night count against the vectorised one."""

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.errors import DeclarationError
from parentis.services.careers import nights, pieces, spells, stock

BIRTHS = {"A": date(2004, 2, 29), "B": date(2019, 11, 30)}
"C has none."
LEFT_UASC = {"A": date(2022, 2, 28)}
RATE = {"rate": {date(2019, 4, 1): "old", date(2021, 7, 7): "new"}}


def header():
    return pl.DataFrame(
        [
            {
                "authority": "E1",
                "CHILD": child,
                "SEX": "1",
                "DOB": born,
                "period": "2020-21",
                "sequence": 1,
                "row": 0,
            }
            for child, born in BIRTHS.items()
        ]
    )


def uasc():
    return pl.DataFrame(
        [
            {"authority": "E1", "CHILD": child, "DUC": until, "period": "2020-21", "sequence": 1, "row": 0}
            for child, until in LEFT_UASC.items()
        ]
    )


@pytest.mark.spec
def test_a_stay_over_birthday_and_year_end_is_split_to_the_night(episodes):
    made = spells(episodes([{"start": "2020-02-27", "end": "2020-04-03", "period": "2020-21"}]), header()).spells
    assert nights(made, by=("financial_year", "age")).rows() == [
        ("2019-20", 15, 2),  # 27 and 28 February
        ("2019-20", 16, 32),  # 29 February to 31 March
        ("2020-21", 16, 2),  # 1 and 2 April
    ]
    assert nights(made, by=("month",)).rows() == [
        (date(2020, 2, 1), 3),
        (date(2020, 3, 1), 31),
        (date(2020, 4, 1), 2),
    ]
    assert nights(made, by=()).item() == 36


@pytest.mark.spec
def test_pieces_say_from_which_day_to_which(episodes):
    made = spells(episodes([{"start": "2020-02-27", "end": "2020-04-03", "period": "2020-21"}]), header()).spells
    assert pieces(made, by=("child", "financial_year", "age")).rows() == [
        ("A", "2019-20", 15, date(2020, 2, 27), date(2020, 2, 29), 2),
        ("A", "2019-20", 16, date(2020, 2, 29), date(2020, 4, 1), 32),
        ("A", "2020-21", 16, date(2020, 4, 1), date(2020, 4, 3), 2),
    ]


@pytest.mark.spec
def test_born_on_29_february_turns_older_on_1_march_of_a_plain_year(episodes):
    made = spells(episodes([{"start": "2021-02-27", "end": "2021-03-03", "period": "2020-21"}]), header()).spells
    assert nights(made, by=("age",)).rows() == [(16, 2), (17, 2)]


@pytest.mark.spec
def test_rates_and_uasc_status_change_on_their_day(episodes):
    made = spells(
        episodes([{"start": "2021-07-05", "end": "2022-03-03", "period": "2021-22"}]), header(), uasc()
    ).spells
    assert nights(made, by=("rate",), boundaries=RATE).rows() == [("new", 239), ("old", 2)]
    assert nights(made, by=("on_uasc",)).rows() == [(False, 3), (True, 238)]


@pytest.mark.spec
def test_nights_of_years_not_held_can_be_left_out(episodes):
    careers = spells(
        episodes(
            [
                {"start": "2020-05-01", "end": "2020-05-02", "period": "2020-21"},
                {"start": "2021-05-01", "end": "2022-05-01", "period": "2022-23"},
            ]
        )
    )
    assert nights(careers.spells, by=("authority",), held=careers.coverage).rows() == [("E1", 1 + 30)]
    assert nights(careers.spells, by=(), held=careers.coverage).item() == 1 + 30


@pytest.mark.spec
def test_stock_counts_the_night_of_the_day(episodes):
    made = spells(
        episodes(
            [
                {"start": "2021-03-31"},
                {"start": "2020-05-01", "end": "2021-03-31", "CHILD": "B"},
                {"start": "2020-05-01", "end": "2021-04-01", "CHILD": "C", "PLACE": "K2"},
            ]
        )
    ).spells
    days = [date(2021, 4, 1), date(2021, 3, 31), date(2021, 3, 30)]
    assert stock(made, days).rows() == [(date(2021, 3, 30), "E1", 2), (date(2021, 3, 31), "E1", 2)]
    assert stock(made, days, by=("place",)).rows()[-2:] == [
        (date(2021, 3, 31), "K2", 1),
        (date(2021, 3, 31), "U4", 1),
    ]


@pytest.mark.unit
def test_an_unknown_dimension_is_refused(episodes):
    with pytest.raises(DeclarationError, match="colour"):
        nights(spells(episodes([])).spells, by=("colour",))


@pytest.mark.unit
def test_no_spells_have_no_nights(episodes):
    made = spells(episodes([])).spells
    by = ("financial_year", "age", "month", "on_uasc", "rate")
    found, some = nights(made, by=by, boundaries=RATE), spells(episodes([{"start": "2020-05-01"}])).spells
    assert found.height == 0
    assert found.schema == nights(some, by=by, boundaries=RATE).schema


# --- the slow reference: what every single night is, said plainly ------------------------------------------

FIRST = date(2019, 11, 1)
PERIODS = ("2019-20", "2020-21", "2021-22")


def year_end(period):
    return date(int(period[:4]) + 1, 4, 1)


def age_on(born, night):
    return night.year - born.year - ((night.month, night.day) < (born.month, born.day))


def plain_nights(rows):
    """{(child, night): row} by the rules as docs/methods/careers.md words them."""
    found = {}
    for child in {row["CHILD"] for row in rows}:
        candidates = {}
        for row in rows:
            start, end = row["start"], row["end"]
            if row["CHILD"] != child or start is None or start >= year_end(row["period"]):
                continue
            if end is not None and end < start:
                continue
            weight = (row["period"], row["LS"] != "V4", end != start, row["row"])
            if start not in candidates or weight > candidates[start][0]:
                candidates[start] = (weight, row)
        chosen = [row for _, row in candidates.values() if row["end"] != row["start"] and row["LS"] != "V4"]
        night = FIRST - timedelta(days=10)
        while chosen and night < date(2022, 4, 2):
            begun = [row for row in chosen if row["start"] <= night]
            if begun:
                row = max(begun, key=lambda one: one["start"])
                if night < min(row["end"] or date.max, year_end(row["period"])):
                    found[child, night] = row
            night += timedelta(days=1)
    return found


days = st.integers(0, 880).map(lambda n: FIRST + timedelta(days=n))
rows_of_returns = st.lists(
    st.fixed_dictionaries(
        {
            "CHILD": st.sampled_from("ABC"),
            "period": st.sampled_from(PERIODS),
            "start": st.one_of(st.none(), days, st.sampled_from([FIRST, date(2020, 2, 29), date(2021, 3, 31)])),
            "length": st.one_of(st.none(), st.integers(-3, 5), st.integers(0, 700)),
            "LS": st.sampled_from(["C2", "C2", "V2", "V4"]),
            "RNE": st.sampled_from(["S", "P", "L", "T", "B", "U", None]),
            "PLACE": st.sampled_from(["U4", "K2", None]),
        }
    ),
    max_size=12,
)


def as_given(rows):
    """Generated rows with end dates and numbers."""
    out = []
    for number, row in enumerate(rows):
        start, length = row["start"], row["length"]
        end = None if length is None else (start or FIRST) + timedelta(days=length)
        out.append({key: value for key, value in row.items() if key != "length"} | {"end": end, "row": number})
    return out


def made_of(episodes, given_rows):
    iso = [
        row | {"start": row["start"] and row["start"].isoformat(), "end": row["end"] and row["end"].isoformat()}
        for row in given_rows
    ]
    return spells(episodes(iso), header(), uasc())


@pytest.mark.generative
@settings(max_examples=50, deadline=None)
@given(rows_of_returns)
def test_pieces_tile_their_spells(episodes, rows):
    made = made_of(episodes, as_given(rows)).spells
    found = pieces(made, by=("spell_id", "age", "month", "on_uasc", "rate"), boundaries=RATE)
    assert ((found["ends"] - found["starts"]).dt.total_days() == found["nights"]).all()
    assert (found["nights"] > 0).all()
    joined = found.group_by("spell_id", maintain_order=True).agg(
        pl.col("starts").first(),
        pl.col("ends").last(),
        (pl.col("starts").shift(-1) == pl.col("ends")).drop_nulls().all().alias("tiled"),
    )
    assert joined["tiled"].all()
    assert joined.select("spell_id", "starts", "ends").rows() == made.select("spell_id", "start", "end").rows()


@pytest.mark.generative
@settings(max_examples=150, deadline=None)
@given(rows_of_returns)
def test_fast_nights_are_the_plain_nights(episodes, rows):
    rows = as_given(rows)
    careers = made_of(episodes, rows)
    expected = Counter()
    for (child, night), row in plain_nights(rows).items():
        born = BIRTHS.get(child)
        year = night.year - (night.month < 4)
        expected[
            child,
            f"{year}-{(year + 1) % 100:02}",
            None if born is None else age_on(born, night),
            night.replace(day=1),
            row["PLACE"],
            "new" if night >= date(2021, 7, 7) else "old" if night >= date(2019, 4, 1) else None,
            child in LEFT_UASC and night < LEFT_UASC[child],
        ] += 1
    by = ("child", "financial_year", "age", "month", "place", "rate", "on_uasc")
    found = nights(careers.spells, by=by, boundaries=RATE)
    assert {row[:-1]: row[-1] for row in found.iter_rows()} == expected


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(rows_of_returns, st.sets(st.sampled_from(["financial_year", "month", "age", "place", "rate", "on_uasc"])))
def test_nights_over_any_split_sum_to_the_whole(episodes, rows, split):
    made = made_of(episodes, as_given(rows)).spells
    whole = (made["end"] - made["start"]).dt.total_days().sum()
    assert nights(made, by=sorted(split), boundaries=RATE)["nights"].sum() == whole


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(rows_of_returns, st.randoms())
def test_spells_are_disjoint_every_row_is_traced_and_order_does_not_matter(episodes, rows, random):
    rows = as_given(rows)
    careers = made_of(episodes, rows)
    later = careers.spells.with_columns(before=pl.col("end").shift().over("authority", "child"))
    assert later.filter(pl.col("before") > pl.col("start")).is_empty()
    assert later.filter(pl.col("end") <= pl.col("start")).is_empty()
    assert careers.trace.height == len(rows)
    assert careers.trace.filter((pl.col("use") == "used") != pl.col("spell_id").is_not_null()).is_empty()
    used = careers.trace.drop_nulls("spell_id").group_by("spell_id").agg(pl.len())
    assert careers.spells.join(used, on="spell_id").filter(pl.col("episodes") != pl.col("len")).is_empty()
    random.shuffle(rows)
    assert made_of(episodes, rows).spells.equals(careers.spells)


@pytest.mark.generative
@settings(max_examples=40, deadline=None)
@given(rows_of_returns)
def test_stock_is_the_nights_of_that_day(episodes, rows):
    rows = as_given(rows)
    plain = Counter(night for _, night in plain_nights(rows))
    asked = [date(2020, 3, 31), date(2021, 3, 31), date(2021, 7, 1)]
    found = stock(made_of(episodes, rows).spells, asked)
    assert dict(found.select("date", "children").iter_rows()) == {day: plain[day] for day in asked if plain[day]}
