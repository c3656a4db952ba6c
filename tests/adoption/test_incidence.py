"""Cumulative incidence against published answers and against counting by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.services.adoption.gray import gray
from parentis.services.methods.competing_risks import Waits, cumulative_incidence, log_log, one_minus_waiting

DAYS = (30, 90, 180, 365, 730)
ANSWERS = Path("truth/adoption")


@pytest.fixture(scope="session")
def transplant(shared_data: Path) -> pl.DataFrame:
    """815 people waiting for a liver, with three ways out (R's `survival::transplant`)."""
    raw = pl.read_csv(shared_data.parent / ANSWERS / "waiting_transplant.csv")
    return raw.with_columns(
        end=pl.col("futime"), exit=pl.when(pl.col("event") == "censored").then(None).otherwise("event")
    )


@pytest.mark.spec
@pytest.mark.parametrize("group", ["all", "A", "B", "AB", "O"])
def test_shares_and_errors_are_those_that_two_packages_print(
    transplant: pl.DataFrame, shared_data: Path, group: str
) -> None:
    chosen = transplant if group == "all" else transplant.filter(pl.col("abo") == group)
    found = cumulative_incidence(Waits.of(chosen, ("death", "ltx", "withdraw")), DAYS)
    answers = pl.read_csv(shared_data.parent / ANSWERS / "waiting_answers.csv").filter(pl.col("group") == group)
    assert answers.height == len(DAYS)
    for way, column in (("death", "death"), ("ltx", "ltx"), ("withdraw", "withdraw"), ("waiting", "s0")):
        ours = found.filter(pl.col("exit") == way)
        np.testing.assert_allclose(ours["share"], answers[f"p_{column}"], atol=1e-6)
        np.testing.assert_allclose(ours["error"], answers[f"se_{column}"], atol=1e-6)


@pytest.mark.spec
def test_the_published_shares_placed(transplant: pl.DataFrame) -> None:
    found = cumulative_incidence(Waits.of(transplant, ("death", "ltx", "withdraw")), DAYS)
    placed = found.filter(pl.col("exit") == "ltx")["share"].round(6).to_list()
    assert placed == [0.119444, 0.318243, 0.538298, 0.711255, 0.793280]


@pytest.mark.spec
def test_one_minus_waiting_is_the_mistake_that_it_is_shown_as(transplant: pl.DataFrame) -> None:
    wrong = one_minus_waiting(Waits.of(transplant, ("death", "ltx", "withdraw")), "ltx", [730])
    assert wrong[0] == pytest.approx(0.884, abs=0.0005)


@pytest.mark.spec
def test_gray(transplant: pl.DataFrame) -> None:
    """38.944 on 3 by blood group (R's `cmprsk`)."""
    group = transplant["abo"].cast(pl.Enum(["A", "AB", "B", "O"])).to_physical().cast(pl.Int64).to_numpy()
    found = gray(Waits.of(transplant, ("death", "ltx", "withdraw")), group, "ltx")
    assert found is not None
    assert (round(found.statistic, 3), found.freedom) == (38.944, 3)
    assert found.p == pytest.approx(1.784e-8, rel=1e-3)


@pytest.mark.spec
def test_gray_says_nothing_of_one_group_or_of_a_way_that_nobody_took(transplant: pl.DataFrame) -> None:
    waits = Waits.of(transplant, ("death", "ltx", "withdraw", "never"))
    assert gray(waits, np.zeros(815, dtype=np.int64), "ltx") is None
    assert gray(waits, np.arange(815) % 2, "never") is None


@pytest.mark.spec
def test_late_entry_and_a_tie_by_hand() -> None:
    """Day 10: a is placed, of a and b (c comes in on day 10, so is not yet at risk): 1/2. Day 20: b is reversed, of b,
    c, d and e, who is lost to sight on that day but still counts: 1/2 × 1/4. Day 30: c is placed, of c and d."""
    frame = pl.DataFrame(
        {
            "entry": [-1.0, -1.0, 10.0, 15.0, 12.0],
            "end": [10, 20, 30, 40, 20],
            "exit": ["placed", "reversed", "placed", None, None],
        }
    )
    found = cumulative_incidence(Waits.of(frame, ("placed", "reversed")), [9, 10, 20, 30])
    by = {(row["exit"], row["day"]): row["share"] for row in found.iter_rows(named=True)}
    assert by["placed", 9.0] == 0
    assert by["placed", 10.0] == pytest.approx(1 / 2)
    assert by["reversed", 20.0] == pytest.approx(1 / 2 * 1 / 4)
    assert by["placed", 30.0] == pytest.approx(1 / 2 + 1 / 2 * 3 / 4 * 1 / 2)
    assert found.filter(pl.col("day") == 9)["at_risk"].unique().item() == 2
    assert found["few"].all()


@pytest.mark.generative
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["placed", "reversed"])), min_size=3, max_size=40))
def test_without_censoring_shares_are_counts_and_their_errors_binomial(people: list[tuple[int, str]]) -> None:
    frame = pl.DataFrame(people, schema=["end", "exit"], orient="row")
    found = cumulative_incidence(Waits.of(frame, ("placed", "reversed")), [20])
    for way in ("placed", "reversed"):
        row = found.row(by_predicate=pl.col("exit") == way, named=True)
        share = sum(end <= 20 and out == way for end, out in people) / len(people)
        assert row["share"] == pytest.approx(share)
        assert row["error"] == pytest.approx(np.sqrt(share * (1 - share) / len(people)), abs=1e-9)


@pytest.mark.spec
@pytest.mark.parametrize(("share", "error"), [(0.0, 0.1), (1.0, 0.1), (0.5, 0.0)])
def test_an_interval_that_the_data_cannot_give_is_missing(share: float, error: float) -> None:
    assert log_log(share, error) == (None, None)


@pytest.mark.spec
def test_brothers_and_sisters_who_are_placed_as_one_count_once() -> None:
    """Everybody twice, as pairs: the shares and their errors are those of the pairs, not smaller."""
    rng = np.random.default_rng(8)
    single = pl.DataFrame(
        {
            "end": rng.integers(1, 900, 80).astype(float),
            "exit": rng.choice(["placed", "reversed", "none"], 80).tolist(),
            "unit": [f"u{at}" for at in range(80)],
        }
    ).with_columns(exit=pl.when(pl.col("exit") != "none").then("exit"))
    twice = pl.concat([single, single])
    ways = ("placed", "reversed")
    alone = cumulative_incidence(Waits.of(single, ways), [365.0])
    paired = cumulative_incidence(Waits.of(twice, ways, together="unit"), [365.0])
    careless = cumulative_incidence(Waits.of(twice, ways), [365.0])
    np.testing.assert_allclose(paired["share"], alone["share"])
    np.testing.assert_allclose(paired["error"], alone["error"], rtol=1e-9)
    np.testing.assert_allclose(careless["error"], alone["error"] / np.sqrt(2), rtol=1e-9)


@pytest.mark.spec
def test_what_pools_differ_by_is_added_to_what_children_tell() -> None:
    """In London's practice pool shares of three years move half as much again as single units would; a pool in which
    everybody is placed at once moves by nothing."""
    from parentis.services.adoption import practice
    from parentis.services.adoption.between_pools import between_pools, widened

    boroughs, agency, _ = practice.region()
    known, shape = practice.truth(boroughs), practice.as_now(boroughs, agency)
    found = between_pools(known, shape, {"all": boroughs}, seed=3, replicates=60)
    (spread,) = found.filter(pl.col("months") == 12)["spread"]
    assert 0.008 < spread < 0.03
    easy = replace(known, accepts=np.full((1, 6, 3), 0.9), families=known.families * 20)
    (none,) = between_pools(easy, shape, {"all": boroughs}, seed=3, replicates=20).filter(months=12)["spread"]
    assert none < 0.004
    shares = pl.DataFrame(
        {
            "group": "all",
            "exit": ["placed", "reversed"],
            "months": 12,
            "share": 0.6,
            "error": 0.03,
            "low": 0.54,
            "high": 0.66,
        }
    )
    wider = widened(shares, pl.DataFrame({"place": ["x"], "months": [12], "spread": [0.04]}), "x")
    assert wider.row(1) == shares.row(1)
    low, high = log_log(0.6, 0.05)
    assert (wider["low"][0], wider["high"][0]) == pytest.approx((low, high))
    assert widened(shares, pl.DataFrame({"place": ["y"], "months": [12], "spread": [0.04]}), "x").equals(shares)


@pytest.mark.unit
def test_a_share_of_everything_but_for_rounding_has_no_interval() -> None:
    assert log_log(0.9999999999999998, 0.0196) == (None, None)
    assert log_log(2e-16, 0.0196) == (None, None)
    low, high = log_log(0.999, 0.001)
    assert low is not None
    assert high is not None
    assert low < 0.999 < high
