"""Concentration, reach, drift of need, the scorecard, and which cells of prices may be shown."""

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.concentration import concentration
from parentis.services.commissioning.hedonic import Hedonic, shrunk
from parentis.services.commissioning.need_drift import drift
from parentis.services.commissioning.randomisation import Effect, Verdict
from parentis.services.commissioning.reach import reach
from parentis.services.commissioning.scorecard import Grade, grade, scorecard
from parentis.services.commissioning.small_cells import (
    BY_SUBTRACTION,
    FEW_CHILDREN,
    FEW_PROVIDERS,
    ONE_RULES,
    OTHERS,
    cells,
    masked,
    together,
)
from parentis.services.commissioning.worlds import World, placements


@pytest.mark.spec
def test_owners_are_one_seller_and_the_index_is_of_squares() -> None:
    rows = pl.DataFrame(
        {"type": "home", "provider": ["a", "b", "c", "d"], "owner": ["X", "X", None, None],
         "weekly_price": [30.0, 20.0, 40.0, 10.0]}
    )  # fmt: skip
    found = concentration(rows).row(0, named=True)
    assert found["hhi"] == pytest.approx(50**2 + 40**2 + 10**2)
    assert (found["sellers"], found["n"]) == (3, 4)
    assert found["largest"] == pytest.approx(0.5)
    apart = concentration(rows.drop("owner"), ()).row(0, named=True)
    assert apart["hhi"] == pytest.approx(30**2 + 20**2 + 40**2 + 10**2)


@pytest.mark.unit
def test_the_share_of_the_five_largest_is_of_five() -> None:
    rows = pl.DataFrame({"type": "home", "provider": list("abcdefgh"), "weekly_price": [20.0] * 4 + [10, 5, 3, 2.0]})
    assert concentration(rows)["top_five"][0] == pytest.approx(0.9)


@pytest.mark.spec
def test_reach_is_of_what_is_known() -> None:
    rows = pl.DataFrame(
        {"partnership": ["WLA"] * 4, "authority": ["E1"] * 4, "host": ["E1", "E2", None, "E1"],
         "miles": [3.0, 20.0, 20.1, None], "registration": ["Ofsted", "Unregistered", "Unknown", None]}
    )  # fmt: skip
    found = {row["share"]: row for row in reach(rows).iter_rows(named=True)}
    assert set(found) == {"in_borough", "near", "unregistered"}
    assert (found["in_borough"]["n"], found["in_borough"]["of"]) == (2, 3)
    assert (found["near"]["n"], found["near"]["of"]) == (2, 3)
    assert (found["unregistered"]["n"], found["unregistered"]["of"]) == (1, 2)
    assert found["unregistered"]["low"] == pytest.approx(0.0945, abs=1e-3)  # Wilson, 1 of 2
    assert found["unregistered"]["high"] == pytest.approx(0.9055, abs=1e-3)


@pytest.mark.spec
def test_bands_that_drift_are_seen_at_fixed_characteristics_and_others_are_not() -> None:
    rows = placements(World(placements=6000), 8)
    years = pl.col("census").str.slice(0, 4).cast(pl.Int64) - 2020
    inflated = pl.col("need") + ((pl.col("partnership") == "P2") & (pl.int_range(pl.len()) % 10 < 2 * years))
    found = {one.partnership: one for one in drift(rows.with_columns(need=inflated), 0.18)}
    assert found["P2"].seen
    assert found["P2"].low <= 0.2 <= found["P2"].high
    assert found["P2"].hidden == pytest.approx(found["P2"].yearly * 0.18)
    assert not found["P1"].seen
    assert found["P1"].hidden == 0.0


@pytest.mark.unit
def test_children_who_grow_older_are_no_drift() -> None:
    """The band follows age: older children in later years have greater need by right."""
    rng = np.random.default_rng(3)
    rows = placements(World(placements=4000), 8)
    year = rows["census"].str.slice(0, 4).cast(pl.Int64).to_numpy() - 2020
    age = np.clip(8 + year + rng.integers(-3, 4, 4000), 5, 17)
    need = pl.Series(age * 0.2 + rng.normal(0, 0.3, 4000))
    found = drift(rows.with_columns(age=pl.Series(age), need=need), 0.18)
    assert sum(one.seen for one in found) <= 1


def cell(prices: list[float], providers: list[str], authorities: list[str] | None = None) -> pl.DataFrame:
    data = {"partnership": ["P"] * len(prices), "provider": providers, "weekly_price": prices}
    return pl.DataFrame(data | ({"authority": authorities} if authorities else {}))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("prices", "providers", "because"),
    [
        ([1000.0] * 6, ["a", "a", "b", "b", "c", "c"], None),
        ([1000.0] * 5, ["a", "a", "b", "b", "c"], FEW_CHILDREN),
        ([1000.0] * 6, ["a", "a", "a", "b", "b", "b"], FEW_PROVIDERS),
        ([8000.0, *[400.0] * 5], ["a", "b", "b", "c", "c", "d"], ONE_RULES),
        ([5000.0, 4900.0, *[25.0] * 4], ["a", "b", "c", "c", "d", "d"], ONE_RULES),
    ],
)
def test_a_cell_of_prices_is_shown_only_where_nobody_is_told_of(
    prices: list[float], providers: list[str], because: str | None
) -> None:
    found = cells(cell(prices, providers), ["partnership"]).row(0, named=True)
    assert found["because"] == because
    assert found["shown"] is (because is None)


@pytest.mark.spec
def test_an_authority_cannot_subtract_its_own_and_be_left_with_a_child() -> None:
    providers = ["a", "b", "c"] * 4
    alone = cells(cell([1000.0] * 12, providers, ["E1"] * 11 + ["E2"]), ["partnership"]).row(0, named=True)
    assert alone["because"] == BY_SUBTRACTION
    four_left = cells(cell([1000.0] * 10, ["a", "b", "c", "d", "e"] * 2, ["E1"] * 6 + ["E2"] * 4), ["partnership"])
    assert four_left.row(0, named=True)["because"] == BY_SUBTRACTION  # of enough providers, and four children
    three = ["E1"] * 6 + ["E2"] * 6
    shared = cells(cell([1000.0] * 12, providers, three), ["partnership"]).row(0, named=True)
    assert shared["shown"]
    assert not shared["quantiles"]
    many = cells(cell([1000.0] * 40, ["a", "b", "c", "d"] * 10, ["E1", "E2"] * 20), ["partnership"])
    assert many.row(0, named=True)["because"] == BY_SUBTRACTION  # each is left with two providers
    apart = cells(cell([1000.0] * 40, ["a", "b", "c", "d", "e"] * 8, ["E1", "E2"] * 20), ["partnership"])
    assert apart.row(0, named=True)["quantiles"]


@pytest.mark.unit
def test_a_child_is_counted_once_and_an_owners_providers_are_one() -> None:
    rows = cell([1000.0] * 6, ["a", "b", "c", "a", "b", "c"])
    again = rows.with_columns(child=pl.Series(["x", "x", "y", "z", "u", "v"]))
    assert cells(again, ["partnership"]).row(0, named=True)["because"] == FEW_CHILDREN
    owned = rows.with_columns(owner=pl.Series(["X", "X", None] * 2))
    assert cells(owned, ["partnership"]).row(0, named=True)["because"] == FEW_PROVIDERS


@pytest.mark.spec
@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((20, 9, 0, 30), (20, 9, 0, 30)),
        ((20, 3, 0, 30), (None, None, 0, 30)),  # the total less the others would give 3
        ((20, 3, 5, 30), (20, None, None, 30)),
        ((0, 3, 0, 0), (0, None, 0, 0)),
    ],
)
def test_a_count_of_few_is_not_given_away_by_its_total(counts: tuple[int, ...], shown: tuple[int | None, ...]) -> None:
    names = list("abcd")
    rows = pl.DataFrame([dict(zip(names, counts, strict=True))])
    assert masked(rows, names).row(0) == shown


@pytest.mark.spec
def test_types_of_few_children_are_put_together_until_nobody_is_told_of() -> None:
    def of(kind: str, count: int, providers: str) -> list[dict[str, object]]:
        return [{"census": day, "type": kind, "provider": providers[k % len(providers)], "weekly_price": 1000.0}
                for day in ("one", "two") for k in range(count)]  # fmt: skip

    rows = pl.DataFrame([*of("secure", 1, "a"), *of("school", 7, "abcd"), *of("foster", 40, "abcdef")])
    found = rows.with_columns(type=together(rows, "type", "census"))
    assert set(found["type"].unique()) == {"foster", OTHERS}
    assert cells(found, ["census", "type"])["shown"].all()
    sound = rows.filter(pl.col("type") != "secure")
    assert together(sound, "type", "census").to_list() == sound["type"].to_list()


@pytest.mark.spec
def test_the_scorecard_grades_evidence_and_keeps_savings_apart(model: Hedonic) -> None:
    effect = Effect(-0.05, 0.01, -0.08, -0.02, 0.04, 2000, 0.0, 0.8, Verdict.FOUND, "")
    arrangements = pl.DataFrame({"partnership": ["P1", "P1"], "aims": ["near", "fair"], "run_cost": [100.0, 50.0]})
    ledger = pl.DataFrame(
        {"partnership": ["P1"] * 3, "period": ["2025-26", "2025-26", "2024-25"],
         "kind": ["CASHABLE", "AVOIDED", "CASHABLE"], "counted": [300.0, 70.0, 9.0], "net": [150.0, None, 9.0]}
    )  # fmt: skip
    found = scorecard(
        model, shrunk(model), effects={"P1": effect}, turned=frozenset({"P3"}), arrangements=arrangements, ledger=ledger
    )
    by = {row["partnership"]: row for row in found.iter_rows(named=True)}
    first = by["P1"]
    assert (first["aims"], first["run_cost"], first["net_cashable"], first["avoided"]) == (
        "fair; near",
        150.0,
        150.0,
        70.0,
    )
    assert first["effect"] == pytest.approx(100 * (np.exp(-0.05) - 1))
    assert [by[name]["grade"] for name in ("P1", "P2", "P3")] == [Grade.TESTED, Grade.LIKE_FOR_LIKE, Grade.HINT]
    assert by["P2"]["low"] < by["P2"]["like_for_like"] < by["P2"]["high"]
    latest = model.rows.filter((pl.col("census") == "2025-03-31") & (pl.col("partnership") == "P2"))
    assert by["P2"]["spend"] == pytest.approx(latest["weekly_price"].sum() * 52)


@pytest.mark.unit
def test_grades_are_of_the_evidence_and_not_of_the_partnership() -> None:
    unsure = Effect(0.0, 0.5, -0.1, 0.1, 0.1, 2000, None, None, Verdict.CANNOT_TELL, "")
    none = Effect(0.0, 0.5, -0.01, 0.01, 0.01, 2000, None, None, Verdict.NONE, "")
    assert grade(None, False, None) is Grade.NONE
    assert grade(True, False, unsure) is Grade.LIKE_FOR_LIKE
    assert grade(False, False, unsure) is Grade.HINT
    assert grade(False, False, none) is Grade.TESTED
