"""The service as the house runs it: figures from tables, and blocks through the engine."""

import gc
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from demand_tables import tables_of
from test_demand_inputs import years

from parentis.figures import Figures
from parentis.services.demand import SERVICE, outlook, simulate
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.money import projections
from parentis.services.demand.simulation.blocks import simulate_blocks

CAMDEN = "E09000007"


@pytest.mark.integration
def test_figures_of_a_borough_and_of_the_footprints_it_is_in() -> None:
    compute = SERVICE.compute.resolve()
    found = compute(tables_of(years(2020, 2022), authority=CAMDEN), {"years": 1, "replicates": 20})
    Figures.validate(found.figures)
    total = found.figures.filter(pl.col("breakdown") == "", pl.col("geography") == CAMDEN)
    observed = total.filter(pl.col("measure") == "demand.children.observed", pl.col("period") == "2023-03-31")
    # Every ninth day one comes for 200 days: the 20th to the 40th are there.
    assert observed["value"].to_list() == [21]
    ahead = total.filter(pl.col("measure") == "demand.children.forecast").sort("period_end")
    assert ahead["period"].to_list() == ["2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"]
    assert (ahead["low"] <= ahead["value"]).all()
    assert (ahead["value"] <= ahead["high"]).all()
    assert "london" in found.figures["geography"]
    # Of an authority its own people see the groups, and they sum to the whole; nobody else is shown them.
    groups = found.figures.filter(pl.col("measure") == "demand.groups.forecast", pl.col("period") == "2024-03-31")
    assert groups["geography"].unique().to_list() == [CAMDEN]
    assert groups["audience"].unique().to_list() == ["own"]
    whole = groups.filter(pl.col("breakdown") == "")["value"].item()
    assert groups.filter(pl.col("breakdown") != "")["value"].sum() == pytest.approx(whole)
    assert whole == pytest.approx(ahead["value"][-1])
    # Nobody has sent a price or a plan: children alone are forecast, and the notes say so.
    assert set(found.figures["measure"]) == {
        "demand.children.observed", "demand.children.forecast", "demand.groups.forecast", "demand.entries.forecast",
    }  # fmt: skip
    assert found.frames["notes"]["note"].str.contains("nobody has a price").any()


@pytest.mark.integration
def test_nothing_handed_in_gives_no_figures() -> None:
    assert SERVICE.compute.resolve()(tables_of([]), {}).figures.is_empty()


@pytest.mark.integration
@pytest.mark.parametrize(("replicate_blocks", "authority_blocks"), [(1, 2), (3, 1), (2, 2)])
def test_blocks_through_the_engine_give_the_same_numbers(
    known: Histories, replicate_blocks: int, authority_blocks: int
) -> None:
    region = replace(
        known, authorities=("A", "B"), authority=(known.child % np.uint64(2)).astype(np.int64), runs=known.runs * 2
    )
    model = fit_histories(region)
    whole = simulate(model, months=6, replicates=7, seed=5)
    parts = simulate_blocks(
        model,
        months=6,
        replicates=7,
        seed=5,
        replicate_blocks=replicate_blocks,
        authority_blocks=authority_blocks,
        workers=1,
    )
    for what in ("stock", "nights", "entries", "exits", "moves", "exits_by_kind"):
        assert (getattr(whole, what) == getattr(parts, what)).all()
    assert whole.events == parts.events


@pytest.mark.unit
def test_an_outlook_is_made_once_for_the_same_tables_and_forgotten_with_them() -> None:
    tables, few = tables_of(years(2020, 2022), authority=CAMDEN), {"years": 1, "replicates": 5}
    first = outlook(tables, few)
    assert outlook(dict(tables), {**few, "scenario_replicates": 7}) is first
    assert outlook(tables, {**few, "seed": 1}) is not first
    again = tables_of(years(2020, 2022), authority=CAMDEN)
    assert outlook(again, few) is not projections._kept[0][1]
    del tables, again
    gc.collect()
    assert not projections._kept


@pytest.mark.integration
def test_a_cluster_simulates_the_same_numbers(known: Histories, spark_master: str) -> None:
    model = fit_histories(known)
    here = simulate(model, months=3, replicates=4, seed=5)
    there = simulate_blocks(model, months=3, replicates=4, seed=5, replicate_blocks=2, on=spark_master)
    for what in ("stock", "nights", "entries", "exits", "moves", "exits_by_kind"):
        assert (getattr(here, what) == getattr(there, what)).all()
    assert here.events == there.events
