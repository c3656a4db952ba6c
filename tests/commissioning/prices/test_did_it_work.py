"""Did it work: published group-time effects, an effect planted and one that is nowhere, and what cannot be told."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.did_it_work import (
    NEVER,
    NobodyToCompareError,
    Series,
    borough_series,
    did_it_work,
    in_words,
)
from parentis.services.commissioning.hedonic import hedonic
from parentis.services.commissioning.others_prices import Market, NoBlocksBesideError, effect_on_others
from parentis.services.commissioning.placement_prices import TERMS
from parentis.services.commissioning.randomisation import Verdict, interval, judged, p_of
from parentis.services.commissioning.worlds import World, placements


@pytest.mark.spec
def test_group_time_effects_are_as_published(shared_data: Path) -> None:
    """County teen employment, beside counties never treated (R's package did, *Getting started*): to four figures."""
    rows = pl.read_csv(shared_data.parent / "truth/cohort_trials/mpdta.csv").sort("countyreal", "year")
    count = rows["countyreal"].n_unique()
    treated = rows["first.treat"].to_numpy().reshape(count, 5)[:, 0]
    joined = np.where(treated == 0, NEVER, treated - 2003)
    values = rows["lemp"].to_numpy().reshape(count, 5)
    series = Series(tuple(str(one) for one in range(count)), tuple(range(2003, 2008)), values, joined)
    found = did_it_work(series, ways=199, never_only=True)
    by = {(row["joined"], row["period"]): round(row["effect"], 4) for row in found.by_time.iter_rows(named=True)}
    assert by == {
        (2004, 2004): -0.0105, (2004, 2005): -0.0704, (2004, 2006): -0.1373, (2004, 2007): -0.1008,
        (2006, 2006): -0.0046, (2006, 2007): -0.0412, (2007, 2007): -0.0261,
    }  # fmt: skip
    assert round(found.effect.estimate, 4) == pytest.approx(-0.04, abs=1e-4)


def boroughs(effect: float, seed: int = 1, noise: float = 0.03) -> Series:
    """33 boroughs, six years: levels, a common path, and six that join in the third year."""
    rng = np.random.default_rng(seed)
    joined = np.where(np.arange(33) < 6, 2, np.where(np.arange(33) < 10, 4, NEVER))
    values = rng.normal(0, 0.3, (33, 1)) + rng.normal(0, 0.05, 6) + rng.normal(0, noise, (33, 6))
    values = values + effect * (np.arange(6) >= joined[:, None])
    return Series(tuple(f"b{k}" for k in range(33)), tuple(range(2020, 2026)), values, joined)


@pytest.mark.spec
def test_an_effect_planted_in_the_third_year_is_found_with_its_interval() -> None:
    found = did_it_work(boroughs(-0.08)).effect
    assert found.verdict is Verdict.FOUND
    assert found.low is not None
    assert found.high is not None
    assert found.low <= -0.08 <= found.high < 0
    assert found.p <= 0.05
    assert "lower" in in_words(found, "Joining")


@pytest.mark.spec
def test_one_planted_nowhere_is_reported_as_none() -> None:
    found = did_it_work(boroughs(0.0)).effect
    assert found.verdict is Verdict.NONE
    assert found.p > 0.05
    assert "no effect that matters" in in_words(found, "Joining")


@pytest.mark.spec
def test_where_noise_is_great_it_cannot_be_told_and_says_what_could_have_been_seen() -> None:
    found = did_it_work(boroughs(-0.02, noise=0.25)).effect
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.detectable is not None
    assert found.detectable > 0.1
    told = in_words(found, "Joining")
    assert "cannot tell" in told
    assert "would have been seen four times in five" in told


@pytest.mark.generative
def test_nothing_is_found_one_time_in_twenty_where_there_is_nothing() -> None:
    """60 worlds: more than 8 finds would be one chance in hundreds; and the interval holds nothing as often."""
    found = [did_it_work(boroughs(0.0, seed), ways=299, seed=seed).effect for seed in range(60)]
    assert sum(one.p <= 0.05 for one in found) <= 8
    assert sum(one.low <= 0 <= one.high for one in found if one.low is not None and one.high is not None) >= 52


@pytest.mark.generative
def test_the_effect_that_could_have_been_seen_is_seen_four_times_in_five() -> None:
    size = float(np.mean([did_it_work(boroughs(0.0, s), ways=299).effect.detectable or 0 for s in range(12)]))
    hits = sum(did_it_work(boroughs(size, seed), ways=299).effect.p <= 0.05 for seed in range(100, 150))
    assert 32 <= hits <= 48


@pytest.mark.unit
def test_those_who_were_already_parting_cannot_be_told() -> None:
    series = boroughs(-0.08)
    values = series.values.copy()
    values[:6, 1] += 0.2
    found = did_it_work(Series(series.units, series.periods, values, series.joined)).effect
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.because == "the treated and the others did not go alike before"


@pytest.mark.unit
def test_with_four_boroughs_no_p_can_be_small_and_it_says_so() -> None:
    values = np.random.default_rng(1).normal(0, 0.001, (4, 4))
    values[0, 2:] -= 0.5
    found = did_it_work(Series(("a", "b", "c", "d"), (1, 2, 3, 4), values, np.array([2, NEVER, NEVER, NEVER]))).effect
    assert (found.verdict, found.ways, found.p) == (Verdict.CANNOT_TELL, 4, 0.25)
    assert "only 4 ways" in found.because


@pytest.mark.unit
@pytest.mark.parametrize("joined", [[NEVER] * 4, [0, NEVER, NEVER, NEVER], [2] * 4])
def test_without_anybody_to_compare_nothing_is_told(joined: list[int]) -> None:
    with pytest.raises(NobodyToCompareError):
        did_it_work(Series(("a", "b", "c", "d"), (1, 2, 3), np.zeros((4, 3)), np.array(joined)))


@pytest.mark.unit
def test_the_interval_ends_where_p_is_five_per_cent() -> None:
    rng = np.random.default_rng(5)
    outcomes, treatment = rng.normal(0, 1, 999), rng.uniform(-0.2, 0.2, 999)
    low, high = interval(0.7, outcomes, treatment)
    assert low is not None
    assert high is not None
    for end in (low, high):
        inside, outside = (end + 1e-3, end - 1e-3) if end == low else (end - 1e-3, end + 1e-3)
        assert p_of(0.7 - inside, outcomes - inside * treatment) > 0.05
        assert p_of(0.7 - outside, outcomes - outside * treatment) <= 0.0501
    assert judged(0.7, outcomes, treatment, matters=5.0).verdict is Verdict.NONE
    assert judged(0.7, outcomes, treatment, matters=0.5).verdict is Verdict.CANNOT_TELL


@pytest.mark.generative
def test_borough_series_hold_what_was_planted_like_for_like() -> None:
    world = World(effects={"P1": 0.0}, needs={"P1": 1.0}, placements=6000)
    rng = np.random.default_rng(4)
    rows = placements(world, 4).with_columns(authority=pl.Series([f"b{k:02}" for k in rng.integers(0, 33, 6000)]))
    inside = pl.col("authority").is_in([f"b{k:02}" for k in range(6)]) & (pl.col("census") >= "2022-03-31")
    # they also begin to place children of greater need: a plain mean would hide the effect
    rows = rows.with_columns(
        need=pl.when(inside).then(pl.min_horizontal(pl.col("need") + 1, 3)).otherwise("need"),
        weekly_price=pl.col("weekly_price") * pl.when(inside).then(
            np.exp(-0.1) * pl.when(pl.col("need") < 3).then(np.exp(0.18)).otherwise(1.0)).otherwise(1.0),
    )  # fmt: skip
    model = hedonic(rows, [term for term in TERMS if term.column not in ("partnership", "sourced")])
    joined = {f"b{k:02}": "2022-03-31" for k in range(6)} | {"b20": "2019-01-01", "b21": "2030-01-01"}
    series, out = borough_series(model, joined)
    assert len(series.units) + len(out) == 33
    assert series.joined[series.units.index("b00")] == 2
    assert series.joined[series.units.index("b20")] == 0
    assert series.joined[series.units.index("b21")] == NEVER
    found = did_it_work(series).effect
    assert found.verdict is Verdict.FOUND
    assert found.low is not None
    assert found.high is not None
    assert found.low <= -0.1 <= found.high


def with_blocks(effect: float, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    world = World(effects={"P1": 0.0, "P2": 0.0, "P3": 0.0}, placements=5000, providers=40)
    rows = placements(world, seed)
    blocks = pl.DataFrame(
        {"provider": [f"provider {k}" for k in range(8)], "partnership": "P1", "starts": "2023-03-31"}
    )
    raised = (
        pl.col("provider").is_in(blocks["provider"].to_list())
        & (pl.col("census") >= "2023-03-31")
        & (pl.col("partnership") != "P1")
    )
    price = pl.col("weekly_price") * pl.when(raised).then(np.exp(effect)).otherwise(1.0)
    return rows.with_columns(weekly_price=price), blocks


@pytest.mark.spec
def test_one_boroughs_block_that_raises_others_prices_is_found() -> None:
    found = effect_on_others(*with_blocks(0.1), ways=299)
    assert found.verdict is Verdict.FOUND
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.1 <= found.high
    nothing = effect_on_others(*with_blocks(0.0, 2), ways=299)
    assert nothing.verdict is Verdict.NONE


@pytest.mark.unit
def test_what_members_themselves_pay_is_no_evidence_of_others_prices() -> None:
    rows, blocks = with_blocks(0.0, 3)
    moved = rows.with_columns(
        weekly_price=pl.col("weekly_price") * pl.when(pl.col("partnership") == "P1").then(0.5).otherwise(1.0)
    )
    one, other = effect_on_others(rows, blocks, ways=99), effect_on_others(moved, blocks, ways=99)
    owned = [f"provider {k}" for k in range(8)]
    kept = rows.filter(~(pl.col("provider").is_in(owned) & (pl.col("partnership") == "P1")))
    assert kept.height < rows.height
    assert one.estimate == pytest.approx(other.estimate, abs=0.02)
    with pytest.raises(NoBlocksBesideError):
        effect_on_others(rows, blocks.with_columns(starts=pl.lit("2031-01-01")))


@pytest.mark.generative
@pytest.mark.parametrize("seed", range(3))
def test_sums_by_provider_give_the_regression_of_every_row(seed: int) -> None:
    """By another route: least squares with a column for each provider, for blocks as they are and handed out anew."""
    world = World(effects={"P1": 0.0, "P2": 0.0}, placements=400, providers=7, censuses=4)
    rows = placements(world, seed).filter(~pl.col("sourced").str.starts_with("Block"))
    blocks = pl.DataFrame(
        {"provider": ["provider 0", "provider 1", "provider 1"], "partnership": ["P1", "P1", "P2"],
         "starts": ["2021-03-31", "2022-03-31", "2022-03-31"]}
    )  # fmt: skip
    market = Market(rows, blocks)
    providers = rows["provider"].unique(maintain_order=True).to_list()
    for way in (np.arange(7), np.random.default_rng(seed).permutation(7)):
        owner = {providers[k]: providers[way[k]] for k in range(7)}
        starts = dict(blocks.select("provider", "starts").iter_rows())
        members = set(blocks.select("provider", "partnership").iter_rows())
        given = rows.with_columns(owner=pl.col("provider").replace_strict(owner))
        kept = given.filter([pair not in members for pair in given.select("owner", "partnership").iter_rows()])
        since = kept["owner"].replace_strict(starts, default="9999", return_dtype=pl.String)
        cell = kept.select(pl.concat_str("partnership", "census"))
        dummies = pl.concat(
            [frame.to_dummies(drop_first=first > 0) for first, frame in enumerate(
                (kept.select("provider"), cell, kept.select("type"), kept.select(pl.col("need").cast(pl.String)),
                 kept.select("sourced")))] + [kept.select(pl.col("age").cast(pl.Float64))],
            how="horizontal",
        ).to_numpy().astype(float)  # fmt: skip
        exposed = (kept["census"] >= since).to_numpy().astype(float)
        price = kept["weekly_price"].log().to_numpy()
        slow = np.linalg.lstsq(np.column_stack([exposed, dummies]), price, rcond=None)[0][0]
        estimate, treatment = market.estimate(way)
        assert estimate == pytest.approx(slow, abs=1e-5)
        if (way == np.arange(7)).all():
            assert treatment == pytest.approx(1.0, abs=1e-6)
