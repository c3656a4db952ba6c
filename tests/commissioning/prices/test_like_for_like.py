"""Partnerships like for like: what the plain means hide, what the answer rests on, and how it is told."""

import re

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.hedonic import (
    Hedonic,
    contrast,
    contrasts,
    hedonic,
    like_for_like_prices,
    plain_means,
    shrunk,
)
from parentis.services.commissioning.mixed_models import NotIdentifiedError
from parentis.services.commissioning.placement_prices import NothingToCompareError, design, priced
from parentis.services.commissioning.sensitivity import (
    Answer,
    answer,
    e_value,
    in_a_sentence,
    robustness_value,
    strength_in_words,
    warnings,
)
from parentis.services.commissioning.worlds import World, placements

TRUTH = {"P1": 1.0, "P2": 1.0618365465453596, "P3": 0.9231163463866358, "P4": 1.0202013400267558}


@pytest.fixture(scope="module")
def third(model: Hedonic) -> Answer:
    return answer(model, "P3", "P1")


@pytest.mark.spec
def test_plain_means_rank_wrongly_and_the_model_rightly(model: Hedonic) -> None:
    right = sorted(TRUTH, key=TRUTH.__getitem__)
    plain = plain_means(model.rows).sort("mean")["partnership"].to_list()
    assert plain != right
    assert plain[0] == "P1"
    assert right[0] == "P3"
    assert like_for_like_prices(model).sort("like_for_like")["partnership"].to_list() == right


@pytest.mark.spec
def test_the_third_looks_dearer_and_is_cheaper(third: Answer) -> None:
    assert round(third.plain_percent, 1) == 7.3
    assert third.contrast.low <= np.log(TRUTH["P3"]) <= third.contrast.high
    assert third.contrast.percent == pytest.approx(-6.9, abs=0.05)
    assert third.contrast.dearer < 1e-6


@pytest.mark.spec
def test_arrangements_and_the_index_hold_what_was_planted(model: Hedonic) -> None:
    block = contrast(model, "Block Contract - Local", "Framework", "sourced")
    spot = contrast(model, "Direct Award / Off Framework", "Framework", "sourced")
    year = contrast(model, "2025-03-31", "2020-03-31", "census")
    assert block.percent_low <= -9.5 <= block.percent_high
    assert spot.percent_low <= 17.4 <= spot.percent_high
    assert np.exp(year.low) <= 1.1972 <= np.exp(year.high)


@pytest.mark.spec
def test_without_need_the_answer_turns_and_the_page_says_so(third: Answer) -> None:
    need = next(one for one in third.left_out if one.term == "need")
    assert need.flips
    assert need.effect == pytest.approx(0.030, abs=0.0015)
    assert [one.term for one in third.flips] == ["need"]
    assert third.main_reason == need
    assert warnings(third) == (
        "Without the children's needs the answer would turn: P3 would seem to pay 3.1 % more than P1. It holds only if "
        "this is recorded alike in both.",
    )


@pytest.mark.spec
def test_one_sentence_tells_a_councillor_both(third: Answer) -> None:
    told = in_a_sentence(third)
    assert told == (
        "On plain averages P3 pays 7.3 % more than P1, but for the same child, place and month it pays 6.9 % less "
        "(95 % sure: 6.0 % to 7.8 %), and the difference lies mostly in the children's needs."
    )
    words = re.findall(r"[A-Za-z']+", told)
    assert len(words) <= 40
    assert not {"log", "coefficient", "hedonic", "regression", "confidence", "significant"} & {w.lower() for w in words}


@pytest.mark.unit
def test_where_it_cannot_be_told_the_sentence_says_so() -> None:
    world = World(effects={"P1": 0.0, "P2": 0.0, "P3": 0.0}, needs={"P1": 1.0, "P2": 1.0, "P3": 1.0}, placements=400)
    found = answer(hedonic(placements(world, 4)), "P2", "P1")
    assert found.contrast.low <= 0 <= found.contrast.high
    assert "we cannot tell which pays more" in in_a_sentence(found)
    assert found.unmeasured.robustness_interval == 0.0
    assert found.unmeasured.e_value_interval == 1.0
    assert warnings(found) == ()


@pytest.mark.spec
def test_strengths_are_as_published() -> None:
    """Cinelli & Hazlett 2020, Darfur: t 4.18 with 783 degrees of freedom, a robustness value of 13.9 %; and
    VanderWeele & Ding 2017: a risk ratio of 3.9 has an E-value of 7.26."""
    assert robustness_value(4.18, 783) == pytest.approx(0.139, abs=5e-4)
    assert e_value(np.log(3.9) / 0.91) == pytest.approx(7.26, abs=0.005)


@pytest.mark.generative
def test_something_unmeasured_as_strong_as_told_makes_nothing_of_it(third: Answer, model: Hedonic) -> None:
    """By another route: plant it, and fit again without it having been measured."""
    gap, step = third.unmeasured.gap, third.unmeasured.step
    assert gap is not None
    assert step is not None
    rng = np.random.default_rng(2)
    first = (model.rows["partnership"] == "P1").to_numpy()
    hidden = first & (rng.random(model.rows.height) < gap / 100)
    without = model.rows["weekly_price"].to_numpy() * np.exp(-step * hidden)
    turned = hedonic(model.rows.with_columns(weekly_price=pl.Series(without)))
    assert contrast(turned, "P3", "P1").effect == pytest.approx(0.0, abs=0.006)
    assert f"{gap:.0f} more children in a hundred" in strength_in_words(third)


@pytest.mark.unit
def test_partnerships_are_pulled_together_the_more_the_fewer_their_placements() -> None:
    world = World(effects={"P1": 0.0, "P2": 0.03, "P3": -0.03}, placements=3000)
    rows = placements(world, 6).with_row_index()
    few = rows.filter((pl.col("partnership") != "P2") | (pl.col("index") % 40 == 0))
    every, some = shrunk(hedonic(rows.drop("home"))), shrunk(hedonic(few.drop("home")))
    kept = [one.effect[1] / one.raw[1] for one in (every, some)]
    assert 0 < kept[1] < kept[0] < 1
    assert every.effect.sum() == pytest.approx(0, abs=1e-12)
    assert every.dearer_than_mean()[1] > 0.95
    assert some.dearer_than_mean()[1] < every.dearer_than_mean()[1]


@pytest.mark.unit
def test_each_pair_is_compared_once_and_other_way_round_is_the_same(model: Hedonic) -> None:
    assert [(one.level, one.other) for one in contrasts(model)] == [
        ("P2", "P1"), ("P3", "P1"), ("P4", "P1"), ("P3", "P2"), ("P4", "P2"), ("P4", "P3"),
    ]  # fmt: skip
    there, back = contrast(model, "P4", "P3"), contrast(model, "P3", "P4")
    assert (there.effect, there.low, there.dearer) == pytest.approx((-back.effect, -back.high, 1 - back.dearer))


@pytest.mark.unit
def test_what_cannot_be_used_is_named_and_nothing_is_invented() -> None:
    rows = placements(World(placements=300), 1).with_columns(
        solo=pl.lit(value=False), education=pl.when(pl.int_range(pl.len()) > 200).then(pl.lit(value=True))
    )
    found = design(priced(rows))
    assert found.unused["dols"] == "not held"
    assert found.unused["solo"] == "the same for all"
    assert found.unused["education"] == "not stated for 201 of 300 placements"
    again = design(rows.with_columns(dols=pl.col("sourced")))
    assert again.unused["sourced=Block Contract - Local"] == "cannot be told apart from other terms"
    with pytest.raises(NotIdentifiedError, match="P9"):
        contrast(hedonic(rows), "P9", "P1")


@pytest.mark.unit
def test_doubtful_prices_are_left_out_and_one_provider_alone_is_refused() -> None:
    rows = placements(World(placements=200), 1)
    doubted = rows.with_columns(doubt=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("monthly")))
    free = doubted.with_columns(weekly_price=pl.when(pl.int_range(pl.len()) == 9).then(1.0).otherwise("weekly_price"))
    assert priced(free).height == 194
    with pytest.raises(NothingToCompareError, match="one provider"):
        hedonic(rows.with_columns(provider=pl.lit("only")))
    with pytest.raises(NothingToCompareError, match="no placement"):
        priced(rows.clear())


@pytest.mark.unit
def test_what_all_would_cost_at_each_level_adds_up_to_what_was_paid(model: Hedonic) -> None:
    found = like_for_like_prices(model)
    prices = dict(found.select("partnership", "like_for_like").iter_rows())
    assert np.log(prices["P3"] / prices["P1"]) == pytest.approx(contrast(model, "P3", "P1").effect)
    assert found["like_for_like"].min() < model.rows["weekly_price"].mean() < found["like_for_like"].max()  # type: ignore[operator]
    assert (found["low"] < found["like_for_like"]).all()


@pytest.mark.unit
def test_what_was_bought_through_no_partnership_is_called_so() -> None:
    rows = placements(World(placements=1500), 2).with_columns(partnership=pl.col("partnership").replace("P4", None))
    told = in_a_sentence(answer(hedonic(rows), "none", "P3"))
    assert "whoever buys outside partnerships pays" in told
    assert "none" not in told


@pytest.mark.generative
def test_boroughs_outside_that_differ_do_not_tilt_partnerships() -> None:
    """Half of those outside buy dear, and of P1's providers; P2 has others. P1 is no cheaper for it."""
    rng = np.random.default_rng(99)
    rows = placements(World(effects={"P1": 0.0, "P2": 0.0, "P3": 0.0}, placements=6000, providers=40), 3)
    number = pl.col("provider").str.slice(9).cast(pl.Int64)
    borough = pl.Series(rng.integers(0, 6, rows.height))
    outside = rows.with_columns(borough=borough).with_columns(
        authority=pl.format("b{}", "borough"), partnership=pl.col("partnership").replace("P3", None)
    )
    sold = number < 20
    kept = outside.filter(
        ((pl.col("partnership") == "P1") & sold)
        | ((pl.col("partnership") == "P2") & ~sold)
        | (pl.col("partnership").is_null() & (sold == (pl.col("borough") < 3)))
    )
    dear = pl.col("partnership").is_null() & (pl.col("borough") < 3)
    raised = kept.with_columns(weekly_price=pl.col("weekly_price") * pl.when(dear).then(np.exp(0.3)).otherwise(1.0))
    for frame in (kept, raised):
        found = contrast(hedonic(frame), "P2", "P1")
        assert found.low <= 0 <= found.high
    model = hedonic(raised)
    share = raised.filter(pl.col("partnership").is_null())["borough"].lt(3).mean()
    assert isinstance(share, float)
    gone = contrast(model, "none", "P2").effect - contrast(hedonic(kept), "none", "P2").effect
    assert gone == pytest.approx(0.3 * share, abs=0.05)
