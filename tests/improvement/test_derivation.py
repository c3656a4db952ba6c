"""Indicators worked out anew from the looked-after children return: each child written by hand, each answer counted by
hand; and the three values of an indicator side by side."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from improvement.public_lait import dictionary
from improvement.test_collection import EMPTY, tables_of
from parentis.region import population_0_17
from parentis.returns.improvement import slots
from parentis.services.improvement.commands import reconcile, rows
from parentis.services.improvement.compute import compute
from parentis.services.improvement.derivation import NOT_DERIVED, Derivation, derive
from parentis.services.improvement.reconciliation import AGREES, ALONE, OFF_BOTH, OFF_DERIVED, OFF_PUBLISHED

CAMDEN, BRENT, HACKNEY = "E09000007", "E09000005", "E09000012"
Q4 = "2024-25 Q4"
YEARS = ("2021-22", "2022-23", "2023-24", "2024-25")
DAYS = {"DECOM", "DEC", "DOB", "MIS_START", "MIS_END"}
CONTROL = {"load_id": pl.String, "row": pl.UInt32, "sequence": pl.Int64, "period": pl.String, "authority": pl.String}


def frame(name: str, rows_: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of a table of the return, as the lake has them."""
    columns = {
        "Episodes": ("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
                     "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
        "Header": ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "UASC"),
        "OC3": ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
        "Missing": ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"),
    }[name]  # fmt: skip
    schema = {**{one: pl.Date if one in DAYS else pl.String for one in columns}, **CONTROL}
    told = [{"authority": CAMDEN, "period": "2024-25", "sequence": 1, "row": at, **one} for at, one in enumerate(rows_)]
    return pl.DataFrame(told, schema=schema).with_columns(load_id=pl.format("load {}", "period"))


def stay(child: str, start: str, end: str | None = None, place: str = "U4", at: str = "NW1 1", **more: object) -> dict:
    return {
        "CHILD": child, "DECOM": date.fromisoformat(start), "DEC": date.fromisoformat(end) if end else None,
        "PLACE": place, "PL_POST": at, "URN": at, "PLACE_PROVIDER": "PR1", "LS": "C2", "RNE": "P", "CIN": "N1", **more,
    }  # fmt: skip


def children(*stays: dict, **tables: list[dict]) -> dict[str, pl.DataFrame]:
    """The return's tables of four years: each stay in every year that it touches; forty others so that each return is
    seen to tell of its whole year."""
    episodes, names = [], {}
    quiet = [stay(f"other {at}", f"{year}-{1 + at % 12:02}-02", f"{year}-{1 + at % 12:02}-09")
             for year in range(2021, 2026) for at in range(40)]  # fmt: skip
    for one in (*stays, *quiet):
        for period in YEARS:
            first, last = date(int(period[:4]), 4, 1), date(int(period[:4]) + 1, 3, 31)
            if one["DECOM"] <= last and (one["DEC"] is None or one["DEC"] > first):
                ended = one["DEC"] if one["DEC"] and one["DEC"] <= last else None
                episodes.append({**one, "period": period, "DEC": ended})
        names.setdefault(one["CHILD"], one.pop("born", date(2012, 6, 15)))
    for one in episodes:
        one.pop("born", None)
    header = [
        {"CHILD": child, "DOB": born, "SEX": "1", "UPN": "UN1", "period": period}
        for child, born in names.items()
        for period in YEARS
    ]  # fmt: skip
    return {
        "ssda903/Episodes": frame("Episodes", episodes),
        "ssda903/Header": frame("Header", header),
        **{f"ssda903/{name}": frame(name, tables.get(name, [])) for name in ("OC3", "Missing")},
    }


def told(found: Derivation, slot: str, quarter: str = Q4) -> tuple[float, float] | None:
    held = found.values.filter(pl.col("slot") == slot, pl.col("period") == quarter, pl.col("geography") == CAMDEN)
    return held.select("numerator", "denominator").row(0) if held.height else None


def chain(child: str, *places: tuple[str, str | None, str, str]) -> list[dict]:
    return [stay(child, start, end, place, at) for start, end, place, at in places]


THREE = chain("three", ("2023-01-05", "2024-07-01", "U4", "A"), ("2024-07-01", "2024-11-01", "K2", "B"),
              ("2024-11-01", None, "U4", "C"))  # fmt: skip
TWO = chain("two", ("2023-01-05", "2024-07-01", "U4", "A"), ("2024-07-01", None, "K2", "B"))
HOLIDAY = chain("holiday", ("2023-01-05", "2024-07-01", "U4", "A"), ("2024-07-01", "2024-07-10", "T2", "B"),
                ("2024-07-10", None, "U4", "A"))  # fmt: skip
ADOPTED = chain("adopted", ("2023-01-05", "2024-07-01", "U4", "A"), ("2024-07-01", "2024-09-01", "K2", "B"),
                ("2024-09-01", None, "A3", "D"))  # fmt: skip
BEFORE = chain("before", ("2023-01-05", "2024-02-01", "U4", "A"), ("2024-02-01", "2024-07-01", "K2", "B"),
               ("2024-07-01", None, "U4", "C"))  # fmt: skip
LEFT = chain("left", ("2024-05-01", "2024-06-01", "U4", "A"), ("2024-06-01", "2024-08-01", "K2", "B"),
             ("2024-08-01", "2025-03-31", "U4", "C"))  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize(
    ("stays", "answer"),
    [
        (THREE, (1, 1)),
        (TWO, (0, 1)),
        (HOLIDAY, (0, 1)),  # back from a placement of a few days: no move
        (ADOPTED, (0, 1)),  # placed for adoption with the carers it was with: no move
        (BEFORE, (0, 1)),  # the first of the three had ended before the year began
        (LEFT, None),  # left on 31 March: not looked after that night
        (THREE + TWO + HOLIDAY, (1, 3)),
    ],
    ids=["three", "two", "holiday", "adopted", "before", "left", "together"],
)
def test_three_placements(stays: list[dict], answer: tuple[int, int] | None) -> None:
    assert told(derive(children(*map(dict, stays)), [Q4]), "S07") == answer


@pytest.mark.spec
@pytest.mark.parametrize(
    ("stays", "answer"),
    [
        ([stay("long", "2022-01-10")], (1, 1)),
        (chain("moved", ("2022-01-10", "2023-06-01", "U4", "A"), ("2023-06-01", None, "U4", "B")), (0, 1)),
        (chain("to adopt", ("2022-01-10", "2024-06-01", "U4", "A"), ("2024-06-01", None, "A4", "B")), (1, 1)),
        ([stay("not long enough", "2023-01-10")], None),
        ([stay("sixteen", "2022-01-10", born=date(2009, 3, 1))], None),
        ([stay("nearly sixteen", "2022-01-10", born=date(2009, 4, 15))], (1, 1)),
    ],
    ids=["long", "moved", "adoption", "not long", "sixteen", "nearly sixteen"],
)
def test_long_term_stability(stays: list[dict], answer: tuple[int, int] | None) -> None:
    assert told(derive(children(*stays), [Q4]), "S08") == answer


@pytest.mark.spec
def test_long_stays_are_told_only_where_every_year_is_held() -> None:
    """Two and a half years before 31 March 2025 lie in 2022-23: without that return nobody knows who was there."""
    tables = children(stay("long", "2022-01-10"))
    short = {
        **tables, "ssda903/Episodes": tables["ssda903/Episodes"].filter(pl.col("period") != "2022-23")
    }  # fmt: skip
    found = derive(short, [Q4])
    assert told(found, "S08") is None
    assert told(found, "S07") == (0, 1), "twelve months lie within the one return"


@pytest.mark.spec
def test_missing_in_twelve_months() -> None:
    gone = [
        {"CHILD": "a", "MISSING": "M", "MIS_START": date(2024, 5, 1), "MIS_END": date(2024, 5, 3)},
        {
            "CHILD": "a",
            "MISSING": "M",
            "MIS_START": date(2024, 9, 1),
            "MIS_END": date(2024, 9, 3),
        },  # once, though twice
        {"CHILD": "b", "MISSING": "A", "MIS_START": date(2024, 5, 1), "MIS_END": date(2024, 5, 3)},  # away, not missing
        {"CHILD": "c", "MISSING": "M", "MIS_START": date(2024, 3, 1), "MIS_END": date(2024, 3, 3), "period": "2023-24"},
    ]
    stays = [stay(child, "2023-05-01") for child in "abc"] + [stay("d", "2024-04-20", "2024-06-01")]
    found = derive(children(*stays, Missing=gone), [Q4])
    assert told(found, "S10") == (1, 4 + 40), "the forty others each had a week in the twelve months"


@pytest.mark.spec
def test_care_leavers_by_the_quarter_of_their_birthday() -> None:
    def leaver(child: str, born: date, touch: str = "YES", activity: str = "F4", home: str = "U1") -> dict:
        return {"CHILD": child, "DOB": born, "IN_TOUCH": touch, "ACTIV": activity, "ACCOM": home}

    leavers = [
        leaver("nineteen", date(2006, 1, 20)),
        leaver("twenty, idle, badly housed", date(2005, 2, 3), activity="G5", home="W2"),
        leaver("twenty-one, lost", date(2004, 3, 31), touch="NO", activity="0", home="0"),
        leaver("eighteen", date(2007, 2, 3)),
        leaver("of another quarter", date(2005, 4, 1)),
        leaver("died", date(2005, 2, 3), touch="DIED", activity="0", home="0"),
        leaver("went home", date(2005, 2, 3), touch="RHOM", activity="0", home="0"),
    ]
    found = derive(children(stay("x", "2024-01-01"), OC3=leavers), [Q4, "2024-25 Q1"])
    assert (told(found, "S12"), told(found, "S13"), told(found, "S14")) == ((1, 3), (1, 3), (1, 3))
    assert told(found, "S12", "2024-25 Q1") == (1, 1)


@pytest.mark.spec
def test_children_looked_after_per_population() -> None:
    found = derive(children(stay("x", "2024-01-01"), stay("y", "2024-12-01")), [Q4, "2024-25 Q1"])
    people = dict(population_0_17().filter(pl.col("year") == 2024).select("authority", "population").iter_rows())
    assert told(found, "S11") == (2, people[CAMDEN])
    assert told(found, "S11", "2024-25 Q1") == (1, people[CAMDEN])


@pytest.mark.spec
def test_each_child_of_a_derived_count_is_a_row_of_the_authoritys_own_return() -> None:
    """Reconciled to the child: the row named is the child's, and no value of the child is kept."""
    tables = children(*map(dict, THREE + TWO))
    found = derive(tables, [Q4])
    behind = found.rows.filter(pl.col("slot") == "S07", pl.col("geography") == CAMDEN)
    assert (behind.height, behind["in_numerator"].sum()) == (2, 1)
    named = behind.filter("in_numerator").row(0, named=True)
    episodes = tables["ssda903/Episodes"]
    row = episodes.filter(pl.col("load_id") == named["load_id"], pl.col("row") == named["row"]).row(0, named=True)
    assert (row["CHILD"], row["DECOM"]) == ("three", date(2024, 11, 1))
    assert set(found.rows.columns) == {"slot", "geography", "period", "table", "load_id", "row", "in_numerator"}
    asked = rows(tables, authority=CAMDEN, indicator="S07", quarter=Q4)
    assert asked.equals(behind)


@pytest.mark.spec
def test_what_is_not_derived_says_why() -> None:
    """Of the indicators of children looked after and care leavers, six and the stock; two say why not."""
    found = derive(children(stay("x", "2022-01-01"), OC3=[]), [Q4])
    assert set(found.values["slot"]) == {"S07", "S08", "S10", "S11"}
    assert set(NOT_DERIVED) == {"S09", "S15"}
    assert all(NOT_DERIVED.values())


@pytest.mark.unit
def test_a_quarter_that_no_return_tells_of_is_not_derived() -> None:
    found = derive(children(stay("x", "2022-01-01")), ["2025-26 Q1"])
    assert (found.values.height, found.rows.height) == (0, 0)


def collection(*rows_: tuple[str, str, str, float, float]) -> pl.DataFrame:
    """Collected rows: authority, period, indicator, numerator, denominator."""
    return pl.DataFrame(
        rows_, orient="row",
        schema={"authority": pl.String, "period": pl.String, "INDICATOR": pl.String, "NUMERATOR": pl.Float64,
                "DENOMINATOR": pl.Float64},
    ).with_columns(REBASED=pl.lit("0"), NOTE=pl.lit(None, pl.String), load_id=pl.lit("l"),
                   provisional=pl.lit(value=False))  # fmt: skip


def published(*rows_: tuple[str, str, str, float]) -> pl.DataFrame:
    """LAIT's lines: short name, year, DfE number, value."""
    return pl.DataFrame(
        rows_, orient="row", schema={"SHORT_DESC": pl.String, "YEARS": pl.String, "LA_NUMBER": pl.String,
                                     "VALUE": pl.Float64},
    ).with_columns(part=pl.lit(""), MARKER=pl.lit(None, pl.String), period=pl.lit("2025"), load_id=pl.lit("l"),
                   sequence=pl.lit(1, pl.Int64), provisional=pl.lit(value=False))  # fmt: skip


def side_by_side(values: pl.DataFrame, lines: pl.DataFrame | None = None, **derived: pl.DataFrame) -> pl.DataFrame:
    empty = {name: pl.DataFrame(schema=schema) for name, schema in EMPTY.items()}
    lait = {} if lines is None else {"open_statistics.lait/lines": lines}
    return reconcile({**empty, **lait, **derived, "improvement.collection/indicators": values})


@pytest.mark.spec
def test_collected_derived_and_published_side_by_side() -> None:
    """One child of two had three placements: 50 %. Collected the same, and 49.5 is published: within a point."""
    tables = children(*map(dict, THREE + TWO))
    lines = published(("LACStable_2016on", "2025", "202", 49.5))
    found = side_by_side(collection((CAMDEN, Q4, "S07", 1, 2)), lines, **tables)
    year = found.filter(pl.col("period") == "2024-25").row(0, named=True)
    assert (year["collected"], year["derived"], year["published"]) == (50, 50, 49.5)
    assert (year["from_derived"], year["from_published"], year["says"]) == (0, 0.5, AGREES)
    quarter = found.filter(pl.col("period") == Q4).row(0, named=True)
    assert (quarter["derived_numerator"], quarter["derived_denominator"], quarter["says"]) == (1, 2, AGREES)
    assert quarter["published"] is None, "a year is published, not a quarter"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("collected", "says"),
    [((1, 2, 49.5), AGREES), ((2, 2, 99.5), OFF_DERIVED), ((1, 2, 60.0), OFF_PUBLISHED), ((2, 2, 60.0), OFF_BOTH)],
)
def test_who_differs_is_said(collected: tuple[int, int, float], says: str) -> None:
    numerator, denominator, value = collected
    found = side_by_side(
        collection((CAMDEN, Q4, "S07", numerator, denominator)),
        published(("LACStable_2016on", "2025", "202", value)), **children(*map(dict, THREE + TWO)),
    )  # fmt: skip
    assert found.filter(pl.col("period") == "2024-25")["says"].item() == says


@pytest.mark.spec
def test_a_year_is_made_of_its_quarters_as_the_indicator_says() -> None:
    """Re-referrals: the sum of four quarters, 50 of 400; of three quarters no year. Agency workers: September's."""
    quarters = [(CAMDEN, f"2024-25 Q{at}", "S01", 5.0 * at, 100.0) for at in range(1, 5)]
    workers = [(CAMDEN, f"2024-25 Q{at}", "S16", 10.0 * at, 100.0) for at in range(1, 5)]
    lines = published(("ReReferral", "2025", "202", 12.5), ("Work_Force_Agecy_Rate", "2024", "202", 20.0))
    found = side_by_side(collection(*quarters, *workers, *[(BRENT, *one[1:]) for one in quarters[:3]]), lines)
    years = found.filter(pl.col("period") == "2024-25")
    assert years.select("geography", "slot", "collected", "published", "says").rows() == [
        (CAMDEN, "S01", 12.5, 12.5, AGREES), (CAMDEN, "S16", 20.0, 20.0, AGREES),
    ]  # fmt: skip
    assert set(found.filter(pl.col("period").str.contains("Q"))["says"]) == {ALONE}


@pytest.mark.integration
def test_every_indicator_names_a_published_measure_that_is_in_the_dictionary(shared_data: Path) -> None:
    known = set(dictionary(shared_data)["measure"])
    assert {one.lait for one in slots()} <= known
    assert len(slots()) == 18
    assert {one.year for one in slots()} == {"sum", "Q2", "Q4"}
    assert all(one.tolerance > 0 for one in slots())


@pytest.mark.integration
def test_the_build_keeps_the_three_values_and_the_rows_of_the_last_four_quarters() -> None:
    made = compute({**tables_of(), **children(*map(dict, THREE + TWO))}, {})
    told_ = made.frames["reconciliation"].filter(
        pl.col("slot") == "S07", pl.col("geography") == CAMDEN, pl.col("period") == Q4
    )
    assert told_.select("derived_numerator", "derived_denominator").row(0) == (1, 2)
    assert set(made.frames["derived_rows"]["period"]) == {f"2024-25 Q{at}" for at in range(1, 5)}
