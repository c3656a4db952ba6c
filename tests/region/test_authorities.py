"""Who an authority is, whatever it is called."""

import re
import subprocess
import sys
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parentis.errors import UnknownAuthorityError
from parentis.region import authorities, authorities_frame, authority, match_authorities


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "gss"),
    [
        ("Kingston Upon Thames", "E09000021"),
        ("The Royal Borough of Kingston upon Thames", "E09000021"),
        ("Royal Borough of Greenwich", "E09000011"),
        ("Royal Borough of Kensington & Chelsea", "E09000020"),
        ("London Borough of Camden", "E09000007"),
        ("camden  council", "E09000007"),
        ("Westminster", "E09000033"),
        ("City of Westminster", "E09000033"),
        ("City of London", "E09000001"),
        ("City of London Corporation", "E09000001"),
        ("Bristol, City of", "E06000023"),
        ("Bristol UA", "E06000023"),
        ("Herefordshire, County of", "E06000019"),
        ("Durham", "E06000047"),
        ("County Durham", "E06000047"),
        ("St. Helens", "E08000013"),
        ("St Helens MBC", "E08000013"),
        ("Kingston Upon Hull, City of", "E06000010"),
        ("Kingston-upon-Hull UA", "E06000010"),
        ("The Medway Towns UA", "E06000035"),
        ("Telford & the Wrekin UA", "E06000020"),
        ("City of Nottingham UA", "E06000018"),
        ("Staffordshire (e)", "E10000028"),
        ("Bedford Borough", "E06000055"),
        ("Buckinghamshire Council", "E06000060"),
        ("E10000002", "E06000060"),
        ("e08000020", "E08000037"),
        ("E08000016", "E08000038"),
        ("Dorset", "E06000059"),
        ("Dorset (Pre LG)", "E10000009"),
        ("201", "E09000001"),
        ("201.0", "E09000001"),
    ],
)
def test_every_spelling_finds_its_authority(text: str, gss: str) -> None:
    assert authority(text).gss == gss


@pytest.mark.spec
@pytest.mark.parametrize("text", ["London", "England", "Outer London", "East", "Kingston", "E10000099", "999", ""])
def test_what_names_no_authority_is_refused(text: str) -> None:
    with pytest.raises(UnknownAuthorityError):
        authority(text)


@pytest.mark.unit
def test_the_refusal_suggests_the_nearest_name() -> None:
    with pytest.raises(UnknownAuthorityError, match="Did you mean Islington"):
        authority("Islingtn")


@pytest.mark.unit
def test_a_number_may_be_a_number() -> None:
    assert authority(202).name == "Camden"


@pytest.mark.unit
def test_codes_and_numbers_are_unique_and_predecessors_end_where_successors_begin() -> None:
    everyone = {one.gss: one for one in authorities()}
    assert len(everyone) == len({one.dfe for one in authorities()}) == len(authorities()) == 158
    for one in authorities():
        for gss in one.predecessors:
            ended = everyone[gss].valid_to
            assert one.valid_from is not None
            assert ended is not None
            assert (one.valid_from - ended).days == 1


@pytest.mark.spec
@pytest.mark.parametrize(
    ("day", "present", "absent"),
    [
        (date(2019, 3, 31), "E10000009", "E06000058"),
        (date(2019, 4, 1), "E06000058", "E06000028"),
        (date(2021, 4, 1), "E06000061", "E10000021"),
        (date(2023, 3, 31), "E10000006", "E06000063"),
    ],
)
def test_reorganisation_takes_effect_on_its_day(day: date, present: str, absent: str) -> None:
    there = {one.gss for one in authorities() if one.existed(day)}
    assert present in there
    assert absent not in there


@pytest.mark.unit
def test_a_column_is_matched_and_what_is_unknown_is_null() -> None:
    frame = pl.DataFrame({"who": ["Camden", "LONDON BOROUGHS", None, "Barking & Dagenham", "E09000007"]})
    matched = match_authorities(frame, "who")
    assert matched.get_column("authority").to_list() == ["E09000007", None, None, "E09000002", "E09000007"]
    assert match_authorities(frame.clear(), "who").schema["authority"] == pl.String


@pytest.mark.generative
@example(one=authority("E09000001"), dress="London Borough of {}", change=str)
@given(
    one=st.sampled_from(authorities()),
    dress=st.sampled_from(["{}", " {} ", "{} Council", "London Borough of {}", "{} UA", "{} (e)", "City of {}"]),
    change=st.sampled_from([str, str.upper, str.lower, str.title, lambda text: text.replace(" and ", " & ")]),
)
def test_dress_and_case_never_change_who_is_meant(one, dress, change) -> None:
    expected = "E06000059" if one.gss == "E10000009" else one.gss  # the county's bare name passed to its successor
    name = change(dress.format(one.name))
    assert authority(name).gss in {expected, one.gss}


@pytest.mark.unit
def test_importing_the_region_does_not_import_frames() -> None:
    code = "import sys, parentis.region; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.unit
def test_the_frame_holds_what_the_authorities_hold() -> None:
    frame = authorities_frame()
    assert frame.height == len(authorities())
    assert frame.filter(authority="E09000007").row(0, named=True) == {
        "authority": "E09000007",
        "dfe": "202",
        "name": "Camden",
        "region_gss": "E12000007",
        "region": "London",
        "kind": "London borough",
        "inner_outer": "inner",
        "valid_from": None,
        "valid_to": None,
    }
    assert all(re.fullmatch(r"E(06|08|09|10)\d{6}", gss) for gss in frame.get_column("authority"))
