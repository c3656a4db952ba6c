"""The practice region's bought placements: what was planted is there, and the returns are what their rules ask for."""

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parentis.practice import commissioning as world
from parentis.practice.parts import World
from parentis.practice.parts.commissioning import PART, returns
from parentis.returns import read, the_return, type_cells, write_files

SEED = 20
CONTRACTS = [f"commissioning.{name}" for name in ("arrangements", "blocks", "referrals", "savings", "uplifts")]


@pytest.fixture(scope="module")
def bought() -> world.Bought:
    return world.bought(SEED)


def regressed(bought: world.Bought) -> dict[str, float]:
    """Effects of place, beginning and way of buying on the logarithm of price, by least squares on everything else."""
    columns = {
        **{f"type {n}": bought.kind == n for n in range(1, len(world.TYPES))},
        **{f"census {n}": bought.census == n for n in range(1, len(world.CENSUSES))},
        **{f"need {n}": bought.need == n for n in (1, 2, 3)},
        **{f"bought {n}": bought.sourced == n for n in (1, 2)},
        **{f"place {code}": bought.group == code for code in ("SLCP", "NLCEP", "NEL", "")},
        **{f"began {code}": (bought.group == code) & bought.begun for code in world.EFFECT},
        "age": bought.age, "solo": bought.solo, "dols": bought.dols, "school": bought.education, "miles": bought.miles,
    }  # fmt: skip
    level = world.provider_levels(SEED)[bought.provider]
    matrix = np.column_stack([np.ones(len(bought.at)), *(column.astype(float) for column in columns.values())])
    found = np.linalg.lstsq(matrix, np.log(bought.price) - level, rcond=None)[0]
    return dict(zip(columns, found[1:], strict=True))


@pytest.mark.unit
def test_what_was_planted_is_found_and_raw_ranks_are_not(bought: world.Bought) -> None:
    effect = regressed(bought)
    planted = {"place NLCEP": -0.08, "place NEL": 0.04, "began SLCP": -0.09, "began NEL": 0.0, "bought 1": -0.10,
               "bought 2": 0.16, "need 3": 0.52, "census 4": np.log(1.197)}  # fmt: skip
    for name, truth in planted.items():
        assert effect[name] == pytest.approx(truth, abs=0.02), name
    rows = pl.DataFrame({"group": bought.group, "price": bought.price})
    means = dict(rows.group_by("group").agg(pl.col("price").mean()).iter_rows())
    assert means["NLCEP"] > 1.03 * means["WLA"], "looks dearer and is cheaper"


@pytest.mark.unit
def test_it_is_at_londons_scale(bought: world.Bought) -> None:
    last = bought.census == len(world.CENSUSES) - 1
    assert 4500 < last.sum() < 5200
    assert len(np.unique(bought.at[last])) == 33
    richmond = next(at for at, one in enumerate(world.london()) if one.name == "Richmond upon Thames")
    assert sorted(set(bought.census[bought.at == richmond])) == [0, 1, 3, 4], "one census of a member is missing"


@pytest.mark.integration
def test_the_returns_are_as_their_rules_ask(tmp_path: Path) -> None:
    made = list(returns(World(seed=SEED, children=None), frozenset({"2024-25"})))  # type: ignore[arg-type]
    assert Counter(one.return_id for one in made) == {
        "placements.london": 33,
        **dict.fromkeys(CONTRACTS, 4),
    }
    asked: Counter[str] = Counter()
    for one in (*made[:4], *made[33:]):
        folder = tmp_path / one.return_id / one.submitter
        (found,) = read(write_files(one, folder), return_id=one.return_id, period=one.period)
        declared = the_return(one.return_id)
        spec = declared.spec.at(one.period)
        cells = type_cells(found, spec)
        assert cells.findings.is_empty()
        if declared.check_together is not None:
            checked = declared.check_together(cells.tables, collection_year=one.period)
        else:
            assert declared.check is not None
            checked = declared.check(found, cells, spec)
        asked.update(checked.findings["rule"])
    assert set(asked) <= {"COS-BASIS", "COU-STEEP"}, "what is asked about is meant to be"


@pytest.mark.unit
def test_blocks_have_voids_and_referrals_silence() -> None:
    made = {(one.return_id, one.submitter): one.tables for one in
            returns(World(seed=SEED, children=None), frozenset({"2024-25"}))}  # type: ignore[arg-type]  # fmt: skip
    lead = next(one.gss for one in world.london() if one.name == "Islington")
    (void,) = made["commissioning.blocks", lead]["blocks"].select(
        1 - pl.col("NIGHTS_USED").sum() / pl.col("NIGHTS_OPEN").sum()
    ).row(0)  # fmt: skip
    assert void == pytest.approx(0.34, abs=0.03)
    assert 1 / (1 - void) == pytest.approx(1.52, abs=0.07), "what a used night costs beside the price per place"
    answers = dict(made["commissioning.referrals", lead]["referrals"]["ANSWER"].value_counts().iter_rows())
    assert answers["SILENCE"] > 50
    assert set(answers) == {"OFFER", "DECLINE", "SILENCE", "WITHDRAWN"}


@pytest.mark.unit
def test_a_year_has_its_own_part_alone() -> None:
    made = returns(World(seed=SEED, children=None), frozenset({"2020-21"}))  # type: ignore[arg-type]
    assert {(one.return_id, one.period) for one in made} == {("placements.london", "2021-03-31")}
    assert PART.years[0] == "2020-21"
