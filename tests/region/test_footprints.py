"""Footprints: who is in what, and since when."""

from collections import Counter
from datetime import date

import polars as pl
import pytest

from parentis.errors import NotFoundError
from parentis.region import authorities, footprint, footprints, members, membership_frame

TODAY = date(2025, 10, 1)


@pytest.mark.spec
def test_known_sizes() -> None:
    sizes = {"london": 33, "inner-london": 14, "outer-london": 19, "england": 153, "raa-south": 10, "cdr-nwl": 8}
    assert {each: len(members(each, TODAY)) for each in sizes} == sizes


@pytest.mark.spec
def test_two_boards_became_one_on_1_april_2026() -> None:
    before, after = date(2026, 3, 31), date(2026, 4, 1)
    assert len(members("icb-north-central-london", before)) == 5
    assert len(members("icb-north-west-london", before)) == 8
    assert members("icb-west-and-north-london", before) == ()
    assert len(members("icb-west-and-north-london", after)) == 13
    assert members("icb-north-west-london", after) == ()


@pytest.mark.unit
@pytest.mark.parametrize("day", [date(2020, 1, 1), TODAY, date(2026, 4, 1)])
@pytest.mark.parametrize(
    "kinds", [("bcu", "london"), ("cdr", "london"), ("sub-region", "london"), ("region", "england")]
)
def test_footprints_of_these_kinds_share_out_the_whole(kinds: tuple[str, str], day: date) -> None:
    kind, whole = kinds
    inside = Counter(gss for one in footprints() if one.kind == kind for gss in members(one.id, day))
    assert set(inside.values()) == {1}
    assert set(inside) == set(members(whole, day))


@pytest.mark.unit
@pytest.mark.parametrize("day", [date(2023, 1, 1), TODAY, date(2026, 6, 1)])
def test_every_london_authority_has_one_board_and_one_adoption_agency(day: date) -> None:
    for kind in ("icb", "raa"):
        inside = Counter(gss for one in footprints() if one.kind == kind for gss in members(one.id, day))
        assert {inside[gss] for gss in members("london", day)} == {1}, kind


@pytest.mark.unit
def test_every_membership_is_of_a_known_authority_and_says_how_sure_it_is() -> None:
    frame = membership_frame()
    assert set(frame.get_column("authority")) <= {one.gss for one in authorities()}
    assert set(frame.get_column("footprint")) == {one.id for one in footprints()}
    assert set(frame.get_column("certainty")) == {"certain", "general knowledge", "doubtful"}
    assert frame.filter(pl.col("source").str.len_chars() == 0).is_empty()
    assert frame.filter(pl.col("valid_from") > pl.col("valid_to")).is_empty()
    assert not frame.select("footprint", "authority", "valid_from").is_duplicated().any()


@pytest.mark.unit
def test_an_unknown_footprint_is_refused_with_its_kin() -> None:
    with pytest.raises(NotFoundError, match="bcu-north-west"):
        members("bcu-nowhere", TODAY)
    assert footprint("raa-west").name.endswith("(host Ealing)")
