"""From referral to placement: what competes is not counted twice, and few referrals make no league."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.funnel import answered_by, provider_rates, reasons, stages, waits


def sent(seed: int = 1, count: int = 4000) -> pl.DataFrame:
    """Exponential answers: offers at .01 an hour, declines .02, withdrawals .002; silence at 72 hours. Provider 0
    offers three times as often."""
    rng = np.random.default_rng(seed)
    provider = rng.integers(0, 20, count)
    rates = np.column_stack([np.where(provider == 0, 0.03, 0.01), np.full(count, 0.02), np.full(count, 0.002)])
    times = rng.exponential(1 / rates)
    first = times.argmin(axis=1)
    end = times.min(axis=1)
    answer = np.array(["offer", "decline", "withdrawn"])[first]
    return pl.DataFrame(
        {"provider": [f"p{one}" for one in provider], "hours": np.minimum(end, 72.0),
         "answer": np.where(end > 72, "silence", answer), "type": "any", "need": rng.integers(0, 3, count)}
    )  # fmt: skip


@pytest.mark.spec
def test_shares_by_hour_are_those_of_rates_that_compete() -> None:
    rows = sent().filter(pl.col("provider") != "p0")
    found = answered_by(rows, (24.0, 48.0, 72.0))
    for row in found.filter(pl.col("exit").is_in(["offer", "decline", "withdrawn"])).iter_rows(named=True):
        rate = {"offer": 0.01, "decline": 0.02, "withdrawn": 0.002}[row["exit"]]
        expected = rate / 0.032 * (1 - np.exp(-0.032 * row["hours"]))
        assert row["low"] <= expected <= row["high"]
        assert row["share"] == pytest.approx(expected, abs=0.02)
    silent = found.filter((pl.col("exit") == "silence") & (pl.col("hours") == 72.0))["share"][0]
    assert silent == pytest.approx(np.exp(-0.032 * 72), abs=0.015)
    assert found.filter(pl.col("hours") == 72.0)["share"].sum() == pytest.approx(1.0)


@pytest.mark.unit
def test_a_referral_that_is_still_open_is_not_silence() -> None:
    rows = pl.DataFrame({"hours": [10.0, 20.0, 0.0], "answer": ["offer", None, "decline"]})
    assert waits(rows).exit.tolist() == [0, -1, 1]
    assert waits(rows).end.tolist() == [10.0, 20.0, 0.5]


@pytest.mark.spec
def test_a_provider_that_offers_more_stands_out_and_few_referrals_are_pulled_to_one() -> None:
    rows = sent()
    few = rows.filter(pl.col("provider") == "p1").head(3).with_columns(provider=pl.lit("few"), answer=pl.lit("offer"))
    found = provider_rates(pl.concat([rows.filter(pl.col("provider") != "p1"), few]), "offer").frame
    by = {row["provider"]: row for row in found.iter_rows(named=True)}
    assert by["p0"]["above"] > 0.999
    assert by["p0"]["ratio"] > 2
    raw = by["few"]["events"] / by["few"]["expected"]
    assert by["few"]["ratio"] < (1 + raw) / 2
    assert by["few"]["low"] < 1 < by["few"]["high"]
    assert found["events"].sum() == pytest.approx(found["expected"].sum())


@pytest.mark.unit
def test_providers_that_do_not_differ_are_not_told_apart() -> None:
    rows = sent(2).filter(pl.col("provider") != "p0")
    found = provider_rates(rows, "decline")
    assert found.spread < 0.08
    assert found.frame.filter((pl.col("low") > 1) | (pl.col("high") < 1)).height <= 1


@pytest.mark.unit
def test_time_to_offer_is_a_median_of_twenty_or_more() -> None:
    rows = sent().with_columns(
        referral=pl.int_range(pl.len()).cast(pl.String), partnership=pl.lit("WLA"), accepted=pl.lit(value=False),
        placed=pl.lit(None, pl.Date),
    )  # fmt: skip
    found = stages(rows)["hours_to_offer"][0]
    assert found == pytest.approx(rows.filter(pl.col("answer") == "offer")["hours"].median())


@pytest.mark.unit
def test_stages_count_children_and_copies_apart() -> None:
    rows = pl.DataFrame(
        {
            "referral": ["a", "a", "a", "b"],
            "partnership": ["WLA", "WLA", "WLA", None],
            "answer": ["offer", "decline", "silence", None],
            "hours": [5.0, 6.0, 72.0, 10.0],
            "accepted": [True, False, None, None],
            "placed": [date(2026, 1, 2), None, None, None],
            "reason": [None, "FULL", None, None],
        }
    )
    found = {row["partnership"]: row for row in stages(rows).iter_rows(named=True)}
    assert found["WLA"] == {
        "partnership": "WLA", "referrals": 1, "sent": 3, "offers": 1, "declines": 1, "silences": 1, "withdrawn": 0,
        "open": 0, "accepted": 1, "placed": 1, "hours_to_offer": None,
    }  # fmt: skip
    assert (found["none"]["open"], found["none"]["placed"]) == (1, 0)
    assert reasons(rows).rows() == [("FULL", 1, 1.0)]
