"""What a used night of a block costs, and what a block of so many places is used in futures of demand."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.blocks import NeverUsedError, SpotBeside, block_costs, void_risk
from parentis.services.commissioning.hedonic import Hedonic, contrast

TRUTH = Path("truth/commissioning")


@pytest.fixture(scope="module")
def blocks(shared_data: Path) -> pl.DataFrame:
    """Eight blocks of ten places, six years: ten places for a year are 3,650 nights."""
    held = pl.read_csv(shared_data.parent / TRUTH / "given_world.voids.csv")
    nights = pl.col("places") * 365
    return held.with_columns(
        nights_open=nights, nights_used=nights - pl.col("empty_nights"), price=pl.col("price_per_place_week")
    )


@pytest.mark.spec
def test_the_fourths_block_at_a_third_void_costs_half_as_much_again_and_more_than_spot(
    blocks: pl.DataFrame, model: Hedonic
) -> None:
    beside = SpotBeside.of(contrast(model, "Block Contract - Local", "Direct Award / Off Framework", "sourced"))
    found = block_costs(blocks, beside)
    fourth = found.filter(pl.col("partnership") == "P4")
    void = 1 - fourth["nights_used"].sum() / fourth["nights_open"].sum()
    assert round(void, 2) == 0.34
    assert fourth["nights_open"].sum() / fourth["nights_used"].sum() == pytest.approx(1.52, abs=0.01)
    for row in fourth.iter_rows(named=True):
        assert row["per_used_week"] == pytest.approx(row["price"] * 3650 / row["nights_used"])
    assert fourth["verdict"].unique().to_list() == ["dearer"]
    assert found.filter(pl.col("partnership") != "P4")["verdict"].unique().to_list() == ["cheaper"]
    assert beside.ratio == pytest.approx(np.exp(-0.1 - 0.16), abs=0.01)
    assert beside.low < fourth["break_even"][0] == beside.ratio < beside.high


@pytest.mark.spec
def test_at_the_break_even_occupancy_a_used_week_costs_what_spot_does() -> None:
    beside = SpotBeside(0.75, 0.7, 0.8)
    rows = pl.DataFrame(
        {"block": ["a"], "partnership": ["P"], "nights_open": [1000], "nights_used": [750], "price": [3000.0]}
    )
    found = block_costs(rows, beside).row(0, named=True)
    assert found["per_used_week"] == pytest.approx(3000 / 0.75)  # spot at 3,000 ÷ 0.75
    assert found["verdict"] == "cannot tell"
    assert found["void_cost"] == pytest.approx(3000 / 7 * 250)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("used", "guarantee", "times"), [(500, 100.0, 2.0), (500, 80.0, 1.6), (900, 80.0, 1.0), (500, None, 2.0)]
)
def test_only_what_is_guaranteed_is_paid_without_use(used: int, guarantee: float | None, times: float) -> None:
    rows = pl.DataFrame(
        {"block": ["a"], "partnership": ["P"], "nights_open": [1000], "nights_used": [used], "price": [700.0],
         "guarantee": pl.Series([guarantee], dtype=pl.Float64)}
    )  # fmt: skip
    found = block_costs(rows, SpotBeside(0.8, 0.8, 0.8)).row(0, named=True)
    assert found["times_price"] == pytest.approx(times)
    assert found["break_even"] == pytest.approx(0.8 * (guarantee or 100) / 100)


@pytest.mark.unit
def test_a_block_never_used_has_no_cost_of_a_used_night() -> None:
    rows = pl.DataFrame({"block": ["a"], "partnership": ["P"], "nights_open": [10], "nights_used": [0], "price": [1.0]})
    with pytest.raises(NeverUsedError, match="name it"):
        block_costs(rows)


@pytest.mark.unit
def test_void_risk_is_the_mean_of_what_can_be_used() -> None:
    """12 children of whom surely half want the block: a mean of min(10, binomial(12, ½))."""
    from scipy.stats import binom

    futures = np.full((4000, 12), 12.0)
    found = void_risk(10, futures, (1e9, 1e9), seed=3)
    k = np.arange(13)
    expected = (np.minimum(k, 10) * binom.pmf(k, 12, 0.5)).sum() / 10
    assert found.occupancy.mean() == pytest.approx(expected, abs=0.002)
    assert found.turned_away == pytest.approx(((k - np.minimum(k, 10)) * binom.pmf(k, 12, 0.5)).sum() / 6, abs=0.002)


@pytest.mark.unit
def test_more_places_are_emptier_and_what_is_not_known_of_the_share_widens() -> None:
    children = np.random.default_rng(1).poisson(20, (500, 24)).astype(float)
    small, large = (void_risk(places, children, (3600, 3600), break_even=0.77, seed=1) for places in (5, 20))
    sure = void_risk(20, children, (3.6e6, 3.6e6), break_even=0.77, seed=1)
    assert small.middle > large.middle
    assert small.below is not None
    assert large.below is not None
    assert small.below < large.below
    assert large.times_price > small.times_price >= 1.0
    assert sure.high - sure.low < large.high - large.low
    assert small.turned_away > large.turned_away
    assert void_risk(20, children, (3600, 3600), guarantee=0.0, seed=1).times_price == pytest.approx(1.0)
