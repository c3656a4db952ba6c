"""The stated rules of careers, one table and one answer each."""

from datetime import date

import polars as pl
import pytest

from parentis.services.careers import Spells, spells
from parentis.services.careers.episodes import year_end


def runs(careers):
    return [(r["child"], str(r["start"]), str(r["end"]), r["place"]) for r in careers.spells.iter_rows(named=True)]


def uses(careers):
    return careers.trace.sort("period", "row")["use"].cast(pl.String).to_list()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("why", "rows", "expected"),
    [
        (
            "an end date is exclusive",
            [{"start": "2020-05-01", "end": "2020-05-03", "REC": "E8"}],
            [("A", "2020-05-01", "2020-05-03", "U4")],
        ),
        (
            "an open episode runs through 31 March of its return",
            [{"start": "2020-05-01"}],
            [("A", "2020-05-01", "2021-04-01", "U4")],
        ),
        (
            "an end after the collection year is not believed",
            [{"start": "2020-05-01", "end": "2021-06-01"}],
            [("A", "2020-05-01", "2021-04-01", "U4")],
        ),
        (
            "the same episode in two returns is the later return's",
            [{"start": "2020-05-01"}, {"start": "2020-05-01", "end": "2021-06-01", "period": "2021-22"}],
            [("A", "2020-05-01", "2021-06-01", "U4")],
        ),
        (
            "a legal change does not break a placement",
            [{"start": "2020-05-01", "end": "2020-06-01"}, {"start": "2020-06-01", "RNE": "L", "LS": "E1"}],
            [("A", "2020-05-01", "2021-04-01", "U4")],
        ),
        (
            "a carer who moves house takes the placement along",
            [
                {"start": "2020-05-01", "end": "2020-06-01", "PL_POST": "ZZ1 1AA"},
                {"start": "2020-06-01", "RNE": "T", "PL_POST": "ZZ1 1AB"},
            ],
            [("A", "2020-05-01", "2021-04-01", "U4")],
        ),
        (
            "a change of carer breaks it, though every code stays",
            [{"start": "2020-05-01", "end": "2020-06-01"}, {"start": "2020-06-01", "RNE": "P"}],
            [("A", "2020-05-01", "2020-06-01", "U4"), ("A", "2020-06-01", "2021-04-01", "U4")],
        ),
        (
            "the same carer under another placement type is another spell",
            [{"start": "2020-05-01", "end": "2020-06-01"}, {"start": "2020-06-01", "RNE": "T", "PLACE": "A3"}],
            [("A", "2020-05-01", "2020-06-01", "U4"), ("A", "2020-06-01", "2021-04-01", "A3")],
        ),
        (
            "an overlap ends where the next episode starts",
            [{"start": "2020-05-01", "end": "2020-12-01"}, {"start": "2020-06-01", "RNE": "P", "PLACE": "K2"}],
            [("A", "2020-05-01", "2020-06-01", "U4"), ("A", "2020-06-01", "2021-04-01", "K2")],
        ),
        (
            "short breaks are left out",
            [
                {"start": "2020-05-01", "end": "2020-05-04", "LS": "V4"},
                {"start": "2020-06-01", "end": "2020-06-04"},
            ],
            [("A", "2020-06-01", "2020-06-04", "U4")],
        ),
    ],
)
def test_rule(why, rows, expected, episodes):
    careers = spells(episodes(rows))
    assert runs(careers) == expected
    Spells.validate(careers.spells)


@pytest.mark.spec
def test_a_gap_is_leaving_care_and_coming_back(episodes):
    made = spells(
        episodes(
            [
                {"start": "2020-05-01", "end": "2020-06-01", "RNE": "S", "REC": "E4A"},
                {"start": "2020-06-02", "end": "2020-07-01", "RNE": "S"},
                {"start": "2020-07-01", "RNE": "P", "PLACE": "K2"},
            ]
        )
    ).spells
    assert made["care_start"].to_list() == [date(2020, 5, 1), date(2020, 6, 2), date(2020, 6, 2)]
    assert made["care_end"].to_list() == [date(2020, 6, 1), date(2021, 4, 1), date(2021, 4, 1)]
    assert made["placement"].to_list() == [1, 1, 2]
    assert made["reason_out"].to_list() == ["E4A", "X1", "X1"]


@pytest.mark.spec
def test_respite_is_kept_apart_when_asked_for(episodes):
    rows = [{"start": "2020-05-01"}, {"start": "2020-06-01", "end": "2020-06-04", "LS": "V3"}]
    made = spells(episodes(rows), respite=True).spells
    assert made.select("respite", "start", "end").rows() == [
        (False, date(2020, 5, 1), date(2021, 4, 1)),
        (True, date(2020, 6, 1), date(2020, 6, 4)),
    ]


@pytest.mark.spec
def test_unmerged_spells_keep_legal_status_to_the_day(episodes):
    rows = [{"start": "2020-05-01", "end": "2020-06-01"}, {"start": "2020-06-01", "RNE": "L", "LS": "E1"}]
    made = spells(episodes(rows), merge=False).spells
    assert made["legal_start"].to_list() == ["C2", "E1"]
    assert made["placement"].to_list() == [1, 2]


@pytest.mark.spec
def test_every_row_is_accounted_for(episodes):
    rows = [
        {"start": None},
        {"start": "2020-05-01", "end": "2020-04-01"},
        {"start": "2021-05-01"},
        {"start": "2020-05-01", "CHILD": None},
        {"start": "2020-05-01", "end": "2020-05-01"},
        {"start": "2020-06-01", "end": "2020-07-01"},
        {"start": "2020-06-01", "end": "2020-07-02"},
        {"start": "2020-08-01", "end": "2020-08-02", "LS": "V4"},
        {"start": "2020-09-01"},
        {"start": "2020-09-01", "end": "2021-04-02", "period": "2021-22", "row": 9},
    ]
    careers = spells(episodes(rows))
    assert uses(careers) == [
        "no start",
        "ends before it starts",
        "starts after its year",
        "no child",
        "no nights",
        "duplicate",
        "used",
        "respite",
        "repeat",
        "used",
    ]
    assert careers.unusable["reason"].cast(pl.String).value_counts(sort=True).height == 4
    assert careers.trace["spell_id"].drop_nulls().to_list() == [0, 1]
    assert careers.notes.filter(pl.col("note") == "episode rows: no start")["count"].to_list() == [1]


@pytest.mark.spec
def test_a_later_submission_replaces_the_whole_return(episodes):
    rows = [{"start": "2020-05-01"}, {"start": "2020-06-01", "sequence": 2, "load_id": "second"}]
    careers = spells(episodes(rows))
    assert runs(careers) == [("A", "2020-06-01", "2021-04-01", "U4")]
    assert uses(careers) == ["resubmitted", "used"]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("others", "ending"),
    [
        ([], "open"),
        ([{"CHILD": "B", "start": "2021-05-01", "period": "2021-22"}], "lost"),
        ([{"CHILD": "B", "start": "2022-05-01", "period": "2022-23"}], "unseen"),
        ([{"CHILD": "B", "start": "2022-05-01", "period": "2022-23", "authority": "E2"}], "open"),
        ([{"start": "2020-06-01", "PLACE": "K2"}], "trimmed"),
        ([{"start": "2020-05-01", "end": "2021-05-01", "period": "2021-22"}], "ended"),
    ],
)
def test_how_an_end_is_known(others, ending, episodes):
    made = spells(episodes([{"start": "2020-05-01"}, *others])).spells
    first = made.filter((pl.col("child") == "A") & (pl.col("authority") == "E1")).row(0, named=True)
    assert (first["ending"], first["open"]) == (ending, ending in {"open", "lost", "unseen"})


@pytest.mark.spec
def test_years_that_are_not_held_are_said(episodes):
    rows = [
        {"start": "2020-05-01"},
        {"start": "2022-05-01", "CHILD": "B", "period": "2022-23"},
        {"start": "2021-05-01", "CHILD": "B", "period": "2021-22", "authority": "E2"},
    ]
    careers = spells(episodes(rows))
    assert careers.coverage.filter(~pl.col("held")).select("authority", "period").rows() == [
        ("E1", "2021-22"),
        ("E2", "2020-21"),
        ("E2", "2022-23"),
    ]
    assert careers.notes.filter(pl.col("note").str.starts_with("collection year not held")).height == 3


@pytest.mark.spec
def test_what_is_said_of_the_child_is_the_latest_that_is_said(episodes):
    rows = [{"start": "2020-05-01"}, {"start": "2020-05-01", "CHILD": "B"}]
    blank = {"authority": "E1", "CHILD": "A", "sequence": 1, "row": 0}
    header = pl.DataFrame(
        [
            blank | {"period": "2019-20", "SEX": "2", "DOB": date(2010, 1, 1), "ETHNIC": "WBRI"},
            blank | {"period": "2020-21", "SEX": "F", "DOB": None, "ETHNIC": None},
        ]
    )
    uasc = pl.DataFrame([blank | {"period": "2020-21", "DUC": date(2028, 1, 1)}])
    careers = spells(episodes(rows), header, uasc)
    assert careers.spells.select("sex", "dob", "ethnicity", "uasc", "uasc_until").rows() == [
        ("F", date(2010, 1, 1), "WBRI", True, date(2028, 1, 1)),
        (None, None, None, False, None),
    ]
    assert careers.notes.filter(pl.col("note") == "children without a date of birth")["count"].item() == 1


@pytest.mark.unit
def test_no_rows_make_no_spells(episodes):
    careers = spells(episodes([]))
    assert careers.spells.columns == Spells.column_names()
    assert careers.spells.height == careers.trace.height == careers.unusable.height == careers.notes.height == 0


@pytest.mark.spec
def test_a_year_ends_before_the_first_of_april(episodes):
    rows = [
        {"start": "2021-03-31"},
        {"start": "2021-04-01", "CHILD": "B"},
        {"start": "2021-04-02", "CHILD": "C"},
    ]
    assert uses(spells(episodes(rows))) == ["used", "starts after its year", "starts after its year"]


@pytest.mark.spec
def test_the_day_after_a_collection_year_is_1_april() -> None:
    periods = pl.DataFrame({"period": ["2020-21", "1999-00"]})
    assert periods.select(year_end(pl.col("period"))).to_series().to_list() == [date(2021, 4, 1), date(2000, 4, 1)]
