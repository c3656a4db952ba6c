"""Savings, uplifts, and the split of a change in spend: what is counted, once, and adds up."""

import polars as pl
import pytest

from parentis.services.commissioning.savings import ledger, region, settled
from parentis.services.commissioning.spend_change import by_kind, spend_change
from parentis.services.commissioning.uplifts import by_provider, uplifts
from parentis.services.commissioning.worlds import World, placements

CLAIMS = pl.DataFrame(
    [
        ("S1", "WLA", "2025-26", "CASHABLE", 100_000.0, "SPOT", "MODEL"),
        ("S1", "SLCP", "2025-26", "CASHABLE", 80_000.0, "SPOT", "PAID"),
        ("S2", "WLA", "2025-26", "AVOIDED", 50_000.0, "FORECAST", "CASE"),
        ("S3", "WLA", "2025-26", "CASHABLE", 70_000.0, "NONE", "PAID"),
        ("S4", "WLA", "2025-26", "CASHABLE", 30_000.0, "LAST_YEAR", "PAID"),
        ("S1", "WLA", "2024-25", "CASHABLE", 10_000.0, "SPOT", "MODEL"),
    ],
    schema=["saving", "partnership", "period", "kind", "claimed", "counterfactual", "evidence"],
    orient="row",
)
COSTS = pl.DataFrame({"partnership": ["WLA", "NLCEP"], "period": ["2025-26"] * 2, "run_cost": [20_000.0, 5_000.0]})


@pytest.mark.spec
def test_one_saving_counts_once_across_partnerships_and_the_best_evidence_holds_it() -> None:
    found = {(r["saving"], r["partnership"], r["period"]): r for r in settled(CLAIMS).iter_rows(named=True)}
    assert found["S1", "SLCP", "2025-26"]["counted"]
    assert not found["S1", "WLA", "2025-26"]["counted"]
    assert found["S1", "WLA", "2025-26"]["because"] == "the same saving is claimed and counted elsewhere"
    assert found["S1", "WLA", "2025-26"]["also"] == "SLCP, WLA"
    assert found["S1", "WLA", "2024-25"]["counted"]
    assert region(CLAIMS).filter(pl.col("period") == "2025-26").rows() == [
        ("2025-26", "AVOIDED", 1, 50_000.0, 50_000.0),
        ("2025-26", "CASHABLE", 4, 280_000.0, 110_000.0),
    ]


@pytest.mark.spec
def test_what_is_set_against_nothing_is_listed_and_not_counted() -> None:
    third = settled(CLAIMS).filter(pl.col("saving") == "S3").row(0, named=True)
    assert not third["counted"]
    assert "paid otherwise" in third["because"]


@pytest.mark.spec
def test_cashable_and_avoided_are_never_added_and_the_run_cost_is_set_off_once() -> None:
    found = ledger(CLAIMS, COSTS)
    now = {(r["partnership"], r["kind"]): r for r in found.filter(pl.col("period") == "2025-26").iter_rows(named=True)}
    assert (now["WLA", "CASHABLE"]["counted"], now["WLA", "CASHABLE"]["net"]) == (30_000.0, 10_000.0)
    assert (now["WLA", "AVOIDED"]["counted"], now["WLA", "AVOIDED"]["net"]) == (50_000.0, None)
    assert now["WLA", "AVOIDED"]["run_cost"] is None
    assert now["NLCEP", "CASHABLE"]["net"] == -5_000.0
    assert not {"total", "sum"} & set(found.columns)
    both = {r["counted"] for r in found.iter_rows(named=True)}
    assert 80_000.0 not in both - {now["SLCP", "CASHABLE"]["counted"]}


@pytest.mark.spec
def test_uplifts_are_set_against_what_prices_rose() -> None:
    asked = pl.DataFrame(
        {
            "period": ["2025-26"] * 4, "provider": ["a", "a", "b", "c"], "before": [1000.0, 3000.0, 1000.0, 1000.0],
            "weeks": [52.0, 104.0, 52.0, 52.0], "asked": [8.0, 4.0, 2.0, 10.0], "agreed": [6.0, 3.0, 2.0, None],
            "reason": ["PAY", "NONE", "NONE", "COSTS"], "evidence": [True, True, False, False],
        }
    )  # fmt: skip
    found = uplifts(asked, {"2025-26": 2.5})
    assert found["justified"].to_list() == [True, False, True, False]
    assert found["above_pounds"].to_list() == pytest.approx([0.0, 3000 * 104 * 0.005, 0.0, 0.0])
    assert found["asked_pounds"][0] == pytest.approx(1000 * 52 * 0.08)
    rows = {r["provider"]: r for r in by_provider(found).iter_rows(named=True)}
    assert rows["a"]["asked"] == pytest.approx((8 * 1 + 4 * 6) / 7)
    assert rows["a"]["agreed"] == pytest.approx((6 * 1 + 3 * 6) / 7)
    assert (rows["c"]["open"], rows["c"]["agreed"]) == (1, None)


@pytest.mark.spec
def test_volume_mix_and_price_sum_to_the_change_in_every_order() -> None:
    rows = placements(World(placements=2000), 3)
    found = spend_change(rows, "2020-03-31", "2025-03-31")
    spend = {year: rows.filter(pl.col("census") == year)["weekly_price"].sum() for year in ("2020-03-31", "2025-03-31")}
    assert found["order"].to_list() == ["volume first", "price first", "all orders"]
    for row in found.iter_rows(named=True):
        assert row["volume"] + row["mix"] + row["price"] == pytest.approx(row["change"], rel=1e-12)
        assert row["change"] == pytest.approx(spend["2025-03-31"] - spend["2020-03-31"], rel=1e-9)
    kinds = by_kind(rows, "2020-03-31", "2025-03-31")
    assert kinds["price"].sum() == pytest.approx(found["price"][2])
    assert found["price"][2] > 0


@pytest.mark.unit
def test_the_same_placements_twice_as_often_are_volume_alone() -> None:
    rows = placements(World(placements=400, censuses=1), 3)
    twice = pl.concat([rows, rows]).with_columns(census=pl.lit("2021-03-31"))
    found = spend_change(pl.concat([rows, twice]), "2020-03-31", "2021-03-31")
    for row in found.iter_rows(named=True):
        assert row["volume"] == pytest.approx(rows["weekly_price"].sum())
        assert row["mix"] == pytest.approx(0, abs=1e-6)
        assert row["price"] == pytest.approx(0, abs=1e-6)
