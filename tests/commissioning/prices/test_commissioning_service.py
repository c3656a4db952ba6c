"""The service's run over lake tables: what pages and packs read, and what nobody may read."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest
from lake_tables import WORKS, census, empty, inside, lake, practice, tables

from parentis.errors import NotFoundError
from parentis.figures import Catalogue, NoPeople, Viewer, release
from parentis.practice.commissioning import EFFECT as PLANTED
from parentis.services.commissioning import SERVICE
from parentis.services.commissioning.arrangement_effects import (
    ArrangementEffect,
    arrangement_effects,
    together,
)
from parentis.services.commissioning.assembly import NEEDS, arrangements, gather
from parentis.services.commissioning.commands import compare, voids
from parentis.services.commissioning.compute import compute
from parentis.services.commissioning.hedonic import hedonic
from parentis.services.commissioning.measures import MEASURES
from parentis.services.commissioning.page_frame_shapes import SHAPES
from parentis.services.commissioning.randomisation import Effect, Verdict
from parentis.services.commissioning.sections import SECTIONS
from parentis.services.commissioning.sensitivity import answer
from parentis.services.service import Answer, Result

QUICK = {"samples": 60, "ways": 199, "seed": 1}


@pytest.fixture(scope="module")
def held() -> Mapping[str, pl.DataFrame]:
    return tables()


@pytest.fixture(scope="module")
def made(held: Mapping[str, pl.DataFrame]) -> Result:
    return compute(held, QUICK)


def figure(made: Result, name: str, breakdown: str = "", period: str = "2025-03-31") -> dict[str, object]:
    found = made.figures.filter(
        pl.col("measure") == f"commissioning.{name}", pl.col("breakdown") == breakdown, pl.col("period") == period
    )
    assert found.height == 1, (name, breakdown, period)
    return found.row(0, named=True)


@pytest.mark.unit
def test_every_frame_has_its_columns_and_the_service_needs_what_it_reads(made: Result) -> None:
    assert set(made.frames) == {*SHAPES, "left_out", "why_not"}
    for name, shape in SHAPES.items():
        assert dict(made.frames[name].schema) == dict(shape), name
        assert name in ("index_missing", "home_doubts") or made.frames[name].height, name
    assert set(SERVICE.needs) == set(NEEDS)
    assert set(made.figures["measure"].unique()) <= {one.id for one in MEASURES}


@pytest.mark.spec
def test_an_effect_planted_in_the_third_year_is_found_and_one_nowhere_is_none(made: Result) -> None:
    found = {row["arrangement"]: row for row in made.frames["effects"].iter_rows(named=True)}
    assert set(found) == {"P2-1", "P3-1", "P4-1"}
    planted = 100 * np.expm1(WORKS)
    assert found["P3-1"]["verdict"] == "found"
    assert found["P3-1"]["low"] <= planted <= found["P3-1"]["high"]
    for name in ("P2-1", "P4-1"):
        assert found[name]["verdict"] == "none"
        assert found[name]["low"] <= 0 <= found[name]["high"]
    assert "P3 framework: prices are" in found["P3-1"]["sentence"]
    assert any("P1 framework" in one for one in made.frames["why_not"]["because"])
    shown = figure(made, "effect", "arrangement=P3 framework")
    assert (shown["value"], shown["low"], shown["high"]) == (
        found["P3-1"]["estimate"], found["P3-1"]["low"], found["P3-1"]["high"],
    )  # fmt: skip


@pytest.mark.unit
def test_figures_are_londons_by_partnership_for_members_and_stand_on_rows(made: Result) -> None:
    assert made.figures["geography"].unique().to_list() == ["london"]
    assert made.figures["audience"].unique().to_list() == ["members"]
    loads = made.inputs.filter(pl.col("table") == "placements.london/placements")
    assert loads["load_id"].unique().to_list() == ["load census"]
    one = figure(made, "mean_price", "partnership=P1")
    rows = gather(tables()).placements.filter(pl.col("partnership") == "P1", pl.col("census") == date(2025, 3, 31))
    assert one["value"] == pytest.approx(rows["weekly_price"].mean())
    assert one["n"] == rows.height
    behind = made.inputs.filter(pl.col("provenance_id") == one["provenance_id"])
    every = gather(tables()).placements.filter(pl.col("census") == date(2025, 3, 31)).height
    assert behind["row_count"].sum() == every


@pytest.mark.unit
def test_index_and_its_real_value_are_on_the_first_census(made: Result) -> None:
    assert figure(made, "index", "method=geks", "2020-03-31")["value"] == pytest.approx(100)
    last, real = figure(made, "index"), figure(made, "index_real")
    assert last["value"] == figure(made, "index", "method=geks")["value"]
    assert isinstance(last["value"], float)
    assert isinstance(real["value"], float)
    assert real["value"] < last["value"]
    assert made.frames["divergence"].row(0, named=True)["whole"] == pytest.approx(
        sum(made.frames["divergence"].row(0, named=True)[name] for name in ("churn", "method"))
    )


@pytest.mark.spec
def test_blocks_beside_spot_and_the_ledger_are_as_handed_in(made: Result) -> None:
    fourth = made.frames["blocks"].filter(pl.col("partnership") == "P4")
    assert fourth["verdict"].unique().to_list() == ["dearer"]
    assert fourth["per_used_week"][0] == pytest.approx(4700 * 2920 / 1900)
    cost = figure(made, "used_week", "partnership=P4", "2024-25")
    assert cost["value"] == pytest.approx(4700 * 2920 / 1900)
    saved = {p: figure(made, "saved", f"partnership={p}", "2024-25")["value"] for p in ("P1", "P2")}
    assert sorted(saved.values()) == [0.0, 250_000.0]  # one saving, claimed twice
    assert figure(made, "saved_net", "partnership=P3", "2024-25")["value"] == -100_000.0
    assert figure(made, "avoided", "partnership=P1", "2024-25")["value"] == 0.0


@pytest.mark.unit
def test_measures_say_whom_they_count_and_none_is_for_everybody() -> None:
    for one in MEASURES:
        assert one.people is not None
        assert str(one.audience) == "members"
        assert not isinstance(one.people, NoPeople) or one.people.why
    money = {one.id for one in MEASURES if "price" in one.id}
    assert money


@pytest.mark.spec
def test_members_see_what_is_guarded_and_everybody_else_nothing(made: Result) -> None:
    catalogue = Catalogue(MEASURES)
    anyone = release(made.figures, catalogue, Viewer.public())
    assert anyone.is_empty()


@pytest.mark.spec
def test_a_partnership_of_few_children_or_providers_has_no_price() -> None:
    rows = census(3, 3000)
    few = rows.with_columns(
        pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("P9")).otherwise(pl.lit(None, pl.String)).alias("Partnership")
    )
    found = compute({**tables(), "placements.london/placements": few}, QUICK)
    cells = found.frames["like_for_like"].filter(pl.col("partnership") == "P9").row(0, named=True)
    assert (cells["shown"], cells["because"]) == (False, "fewer than 6 children")
    assert [cells[name] for name in ("n", "mean", "like_for_like", "low", "high", "providers")] == [None] * 6
    for name in ("contrasts", "without_terms"):
        assert "P9" not in set(found.frames[name]["level"]) | set(found.frames[name]["other"])
    assert "P9" not in set(found.frames["scorecard"]["partnership"]) | set(found.frames["need_drift"]["partnership"])
    prices = found.frames["mean_prices"].filter(~pl.col("shown"))
    assert prices.select(pl.col("n", "mean", "median", "providers").null_count()).row(0) == (prices.height,) * 4
    shown = found.figures.filter(pl.col("breakdown") == "partnership=P9")
    assert set(shown["measure"]) <= {"commissioning.placements", "commissioning.in_borough", "commissioning.near",
                                     "commissioning.unregistered"}  # fmt: skip


@pytest.mark.unit
def test_what_is_left_out_is_counted_by_reason() -> None:
    rows = census(2, 600)
    changed = rows.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(0.5).otherwise("Total weekly cost").alias("Total weekly cost"),
        pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("hour")).otherwise("Price basis").alias("Price basis"),
        pl.when(pl.int_range(pl.len()) == 2).then(pl.lit("fee")).otherwise("Need band rule").alias("Need band rule"),
    )
    found = gather({**tables(), "placements.london/placements": changed})
    counted = dict(found.left_out.select("reason", "rows").iter_rows())
    assert counted["the price is for an hour"] == 1
    assert counted["the band of need was set from the fee"] == 1
    assert sum(counted.values()) == 600 - found.placements.height == 3


@pytest.mark.unit
def test_a_member_from_mid_year_counts_from_the_day_it_joined() -> None:
    who = next(iter(inside()))
    joined = lake(
        "members",
        [{"authority": who, "period": "2024-25", "PARTNERSHIP": "P8", "MEMBER": who, "JOINED": date(2022, 10, 1),
          "LEFT": date(2024, 1, 1)}],
    )  # fmt: skip
    found = gather({**tables(), "commissioning.arrangements/members": joined}).placements
    own = found.filter(pl.col("authority") == who).group_by("census").agg(pl.col("partnership").first()).sort("census")
    assert own["partnership"].to_list() == [None, None, None, "P8", None, None]
    two = pl.concat([joined, joined.with_columns(PARTNERSHIP=pl.lit("P7"))])
    both = gather({**tables(), "commissioning.arrangements/members": two}).placements
    assert (
        both.filter(pl.col("authority") == who)["partnership"].null_count()
        == both.filter(pl.col("authority") == who).height
    )


@pytest.mark.unit
def test_a_census_missing_for_one_member_is_named_and_the_rest_is_told() -> None:
    who = next(iter(inside()))
    rows = census(1, 3000)
    gap = rows.filter(~((pl.col("authority") == who) & (pl.col("period") == "2023-03-31")))
    found = compute({**tables(), "placements.london/placements": gap}, QUICK)
    assert found.frames["index_missing"].rows() == [(date(2023, 3, 31), who)]
    assert found.frames["index"].height == 24
    spend = found.frames["spend_change"].filter(pl.col("order") == "all orders").sort("after")
    assert spend["authorities"].to_list() == [30, 30, 29, 29, 30]


@pytest.mark.unit
def test_with_nothing_handed_in_there_is_nothing_and_why() -> None:
    found = compute(empty(), QUICK)
    assert found.figures.is_empty()
    for name, frame in found.frames.items():
        assert frame.is_empty() or name == "why_not"
    told = dict(found.frames["why_not"].iter_rows())
    assert "commissioning.referrals" in told["funnel"]
    assert "no placement" in told["like_for_like"]


@pytest.mark.generative
@pytest.mark.parametrize("count", [1, 2, 5, 12, 30, 80])
def test_few_placements_stop_nothing_and_what_cannot_be_told_says_why(count: int) -> None:
    found = compute({**tables(), "placements.london/placements": census(count, count)}, QUICK)
    told = set(found.frames["why_not"]["frame"])
    for name in ("like_for_like", "index", "effects", "need_drift"):
        assert found.frames[name].height or name in told, name
    assert found.frames["blocks"].height == 12


@pytest.mark.unit
def test_a_block_never_used_is_named_and_stops_nothing(held: Mapping[str, pl.DataFrame]) -> None:
    unused = held["commissioning.blocks/blocks"].with_columns(
        pl.when(pl.col("BLOCK") == "P1-B0").then(0).otherwise("NIGHTS_USED").alias("NIGHTS_USED")
    )
    small = {**empty(), "commissioning.blocks/blocks": unused}
    found = compute(small, QUICK)
    assert found.frames["blocks"].height == 11
    assert any("P1-B0 was never used" in one for one in found.frames["why_not"]["because"])


@pytest.mark.unit
def test_of_many_arrangements_one_found_by_chance_is_not_told() -> None:
    def with_p(p: float, verdict: Verdict) -> ArrangementEffect:
        effect = Effect(-0.05, p, -0.1, -0.01, 0.1, 200, None, None, verdict, "")
        return ArrangementEffect("P", "A", "A", date(2022, 1, 1), effect, effect)

    many = [with_p(0.04, Verdict.FOUND), *(with_p(0.5, Verdict.NONE) for _ in range(4))]
    assert [one.effect.verdict for one in together(many)] == [Verdict.CANNOT_TELL, *[Verdict.NONE] * 4]
    assert together(many[:1])[0].effect.verdict is Verdict.FOUND
    sure = [with_p(0.001, Verdict.FOUND), *many[1:]]
    assert together(sure)[0].effect.verdict is Verdict.FOUND


@pytest.mark.unit
def test_two_partnerships_are_compared_at_the_command_line(held: Mapping[str, pl.DataFrame]) -> None:
    found = compare(held, partnership="P3", beside="P1")
    assert isinstance(found, Answer)
    assert "P3 pays" in str(found.document["sentence"])
    assert found.document["low"] < found.document["percent"] < found.document["high"]  # type: ignore[operator]
    assert found.document["not used"]["solo"]  # type: ignore[index]
    with pytest.raises(NotFoundError, match="P1, P2, P3, P4"):
        compare(held, partnership="P9", beside="P1")


@pytest.mark.unit
def test_a_block_is_fuller_the_fewer_places_it_has(held: Mapping[str, pl.DataFrame]) -> None:
    """Two boroughs' looked-after children, forty in homes: the demand model carries them on."""
    from parentis.services.demand.tables import NEEDS as CHILDREN

    boroughs = [who for who, of in inside().items() if of == "P1"][:2]
    episodes, headers = [], []
    for at, who in enumerate(boroughs):
        for k in range(40):
            child = {"authority": who, "period": "2023-24", "CHILD": f"c{at}-{k}", "part": ""}
            headers.append(child | {"SEX": "1", "DOB": date(2008, 1 + k % 12, 1), "ETHNIC": "WBRI", "UPN": None})
            episodes.append(
                child | {"DECOM": date(2021, 1 + k % 12, 3), "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "K2",
                         "PLACE_PROVIDER": "PR4", "DEC": date(2023, 6, 1) if k % 4 == 0 else None,
                         "REC": "E11" if k % 4 == 0 else "X1", "REASON_PLACE_CHANGE": None, "URN": None,
                         "HOME_POST": None, "PL_POST": None}
            )  # fmt: skip
    children = {
        "ssda903/Episodes": lake("episodes", episodes), "ssda903/Header": lake("headers", headers),
        "ssda903/UASC": lake("uasc", headers[:1]).clear().with_columns(DUC=pl.lit(None, pl.Date)),
    }  # fmt: skip
    assert set(CHILDREN) == set(children)
    found = [
        voids({**held, **children}, partnership="P1", places=places, months=6, replicates=30).row(0, named=True)
        for places in (2, 40)
    ]
    assert found[0]["middle"] > found[1]["middle"]
    assert found[0]["turned_away"] > found[1]["turned_away"]
    assert found[1]["times_price"] > found[0]["times_price"] >= 1.0
    assert 0.6 < found[0]["children"] / 60 < 1.4
    with pytest.raises(NotFoundError, match="P1, P2, P3, P4"):
        voids({**held, **children}, partnership="P9")
    with pytest.raises(NotFoundError, match="residential"):
        voids({**held, **children}, partnership="P1", family="castle")


@pytest.mark.spec
def test_in_the_practice_region_the_effect_of_the_third_year_is_found_and_the_other_is_none() -> None:
    tables_ = practice(20)
    held = gather(tables_)
    found = arrangement_effects(held.placements, arrangements(tables_), held.memberships, ways=399, seed=1)
    by = {one.partnership: one for one in found.found}
    assert set(by) == {"SLCP", "NEL"}
    slcp, nel = by["SLCP"].effect, by["NEL"].effect
    assert slcp.verdict is Verdict.FOUND
    assert slcp.low is not None
    assert slcp.high is not None
    assert slcp.low <= PLANTED["SLCP"] <= slcp.high
    assert nel.verdict is Verdict.NONE
    assert nel.low is not None
    assert nel.high is not None
    assert nel.low <= PLANTED["NEL"] <= nel.high
    assert by["SLCP"].whole.verdict is Verdict.FOUND
    assert any("NLCEP" in sentence for sentence in found.why_not)


@pytest.mark.spec
def test_in_the_practice_region_plain_means_mislead() -> None:
    model = hedonic(gather(practice(20)).placements)
    found = answer(model, "NLCEP", "WLA")
    assert found.plain_percent > 0
    assert found.contrast.low <= -0.08 <= found.contrast.high
    assert [one.term for one in found.flips] == ["need"]


@pytest.mark.unit
def test_sections_draw_measures_that_there_are() -> None:
    known = {one.id for one in MEASURES}
    for section in SECTIONS:
        assert section.otherwise
        assert set(section.packs) == {pack.id for pack in SERVICE.packs}
        for block in section.blocks:
            assert set(getattr(block, "measures", ())) | {block.only_with} <= known
            headings = getattr(block, "headings", ())
            assert not headings or len(headings) == len(getattr(block, "measures", ()))
