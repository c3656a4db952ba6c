"""A return in another form is the same return: by a table written here, by the published XML, and by invention."""

from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import fromstring

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.errors import SpecificationError
from parentis.returns import RawFile, Reading, convert, read_files, the_return

SPEC = the_return("ssda903").spec
PLAIN = st.text("abXY &<>\"',;é€", max_size=6)
"Nothing that reading takes for what an export did to a cell, such as a space that does not break."
WRITTEN = st.sampled_from(("01/06/2021", "zz/zz/2019", "C2", "0", "É & <b>", "a,b", '"q"', "0012"))
CELLS = st.one_of(st.none(), WRITTEN, PLAIN)


def given_as(files: dict[str, str | bytes]) -> Reading:
    raw = [RawFile(name=name, raw=text if isinstance(text, bytes) else text.encode()) for name, text in files.items()]
    (reading,) = read_files(raw, return_id="ssda903", period="2024-25")
    return reading


def cells(reading: Reading) -> dict[str, Counter[tuple[str | None, ...]]]:
    """Each table's rows, with how often each stands; columns that are blank throughout aside."""
    told = {}
    for name, frame in reading.tables.items():
        filled = [c for c in frame.columns if c not in ("row", "file") and frame[c].is_not_null().any()]
        told[name] = Counter(frame.select(sorted(filled)).rows())
    return told


SMALL = {
    "header.csv": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,M,01/02/2010,WBRI,UN1,0,\n2,F,2011-03-04,ABAN,UN2,,\n",
    "episodes.csv": "CHILD,DECOM,RNE,LS,PLACE\n1,01/05/2024,S,C2,U1\n2,02/05/2024,S,C2,K2\n1,03/06/2024,P,C2,U4\n",
    "reviews.csv": "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2010,01/07/2024,PN1\n",
    "uasc.csv": "CHILD,SEX,DOB,DUC\n2,F,04/03/2011,04/03/2029\n",
    "oc3.csv": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n1,01/02/2010,YES,F2,B1\n",
}


@pytest.mark.spec
def test_a_return_in_csv_is_told_in_xml() -> None:
    made = convert(given_as(SMALL), "xml")
    assert made.lost == ()
    root = fromstring(made.files["ssda903-2024-25.xml"])
    first, second = root.findall("CHILD")
    assert [one.findtext("HEADER/CHILDID") for one in (first, second)] == ["1", "2"]
    assert [one.findtext("PL") for one in first.findall("EPISODE")] == ["U1", "U4"]
    assert first.findtext("HEADER/AREVIEW/REVIEW_CODE") == "PN1"
    assert (first.findtext("HEADER/IN_TOUCH"), second.findtext("HEADER/IN_TOUCH")) == ("YES", None)
    assert (second.findtext("HEADER/DUC"), second.findtext("HEADER/UASC")) == ("04/03/2029", "1")
    assert second.findtext("HEADER/DOB") == "04/03/2011"  # days are written as the returns ask for


@pytest.mark.spec
def test_what_a_form_has_no_room_for_is_said_by_row() -> None:
    odd = SMALL | {
        "reviews.csv": "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2010,01/07/2024,PN1\n2,05/05/2012,02/07/2024,PN1\n",
        "oc3.csv": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n1,01/02/2010,YES,F2,B1\n1,01/02/2010,NO,F4,B2\n",
        "episodes.csv": SMALL["episodes.csv"] + "3,01/05/2024,S,C2,U1\n",
    }
    made = convert(given_as(odd), "xml")
    assert sorted(made.lost) == [
        "Header: 1 rows more than before",
        "OC3: 1 rows are not in it as they were: 2",
        "Reviews: 1 rows are not in it as they were: 2",
    ]
    assert convert(given_as(odd), "csv").lost == ()


@pytest.mark.integration
def test_the_published_xml_goes_out_as_csv_and_comes_back(shared_data: Path) -> None:
    raw = (shared_data / "returns" / "ssda903_d2i" / "fake_903.xml").read_bytes()
    (first,) = read_files([RawFile(name="fake_903.xml", raw=raw)])
    as_csv = convert(first, "csv")
    assert as_csv.lost == ()
    (second,) = read_files([RawFile(name=name, raw=text) for name, text in as_csv.files.items()], period=first.period)
    assert cells(second) == cells(first)
    assert second.tables["Episodes"].height == raw.count(b"<EPISODE>") == 459
    as_xml = convert(second, "xml")
    assert as_xml.lost == ()
    (third,) = read_files([RawFile(name=name, raw=text) for name, text in as_xml.files.items()])
    assert cells(third) == cells(first)


@st.composite
def inventions(draw: st.DrawFn) -> Reading:
    """A return of few children: any table, cells of any text, one HEADER a child and one row of what stands once."""
    children = draw(st.lists(st.text("0123456789ABC", min_size=1, max_size=4), min_size=1, max_size=4, unique=True))
    born = {child: draw(st.sampled_from(("01/06/2010", None))) for child in children}
    tables = {}
    union = SPEC.union()
    chosen = draw(st.lists(st.sampled_from(sorted(set(union) - {"Header"})), max_size=4, unique=True))
    for name in ("Header", *chosen):
        table, once = union[name], name in ("OC3", "AD1", "UASC")
        of = children if name == "Header" else draw(st.lists(st.sampled_from(children), unique=once, max_size=4))
        rows = [
            {
                column.name: child
                if column.name == "CHILD"
                else born[child]
                if column.name == "DOB"
                else "M"
                if column.name == "SEX"
                else draw(CELLS)
                for column in table.columns
            }
            for child in of
        ]
        if rows:
            tables[name] = pl.DataFrame(rows, schema=dict.fromkeys((c.name for c in table.columns), pl.String))
    seeking = set(tables["UASC"]["CHILD"]) if "UASC" in tables else set()
    flag = pl.col("CHILD").is_in(list(seeking)).cast(pl.Int8).cast(pl.String).alias("UASC")
    tables["Header"] = tables["Header"].with_columns(flag)
    return Reading(
        return_id="ssda903", part="", period="2026-27", taken=(),
        tables={name: frame.with_row_index("row") for name, frame in tables.items()},
    )  # fmt: skip


OWN = {
    name: [one.name for one in table.columns if one.name not in ("CHILD", "DOB", "SEX", "UASC")]
    for name, table in SPEC.union().items()
}


def spoken(reading: Reading) -> tuple[dict[str, Counter[tuple[str | None, ...]]], bool]:
    """Each table's rows without spaces at their ends, and whether each says something beside whose it is."""
    told, all_speak = {}, True
    for name, frame in reading.tables.items():
        plain = frame.with_columns(pl.col(pl.String).str.strip_chars()).with_columns(
            pl.when(pl.col(pl.String) != "").then(pl.col(pl.String))
        )
        says = pl.any_horizontal(pl.col(one).is_not_null() for one in OWN[name] if one in plain.columns)
        keep = pl.lit(value=True) if name in ("Header", "UASC") else says
        rows = plain.filter(keep).select(one.name for one in SPEC.union()[name].columns if one.name in plain.columns)
        all_speak &= rows.height == plain.height
        if rows.height:
            told[name] = Counter(rows.rows())
    return told, all_speak


@pytest.mark.generative
@settings(max_examples=25, deadline=None)
@given(inventions())
def test_through_xml_or_csv_and_back_it_is_the_same(first: Reading) -> None:
    before, all_speak = spoken(first)
    for form in ("xml", "csv"):
        made = convert(first, form)  # type: ignore[arg-type]
        raw = [RawFile(name=name, raw=text) for name, text in made.files.items()]
        (second,) = read_files(raw, return_id="ssda903", period="2026-27")
        assert spoken(second)[0] == before
        if all_speak or form == "csv":
            assert made.lost == ()
        else:
            assert made.lost  # a row that only says whose it is has no place in the form


@pytest.mark.unit
def test_a_return_without_a_form_in_xml_says_so() -> None:
    raw = b"E-code,ONS Code,Local authority,Class,TOTAL CHILDREN'S SOCIAL CARE\nE5011,E09000007,Camden,L,5\n"
    head = "Revenue Account Budget (RA) 2021-22\nNet current expenditure (£ thousand)\n".encode()
    (reading,) = read_files([RawFile(name="ra.csv", raw=head + raw)])
    with pytest.raises(SpecificationError, match="XML"):
        convert(reading, "xml")
