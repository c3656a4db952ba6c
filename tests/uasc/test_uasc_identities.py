"""One child in two boroughs is one child of London, and no night is spent twice."""

import polars as pl
import pytest
from uasc_worlds import entry, world

from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.compute import compute
from parentis.services.uasc.survey_costs import people
from parentis.services.uasc.tables import COSTS, LAIT, SURVEY_NEEDS, TRANSFERS

CAMDEN, BARNET, YEAR = "E09000007", "E09000003", "2022-23"
BORN = {"A": "2007-01-01", "B": "2007-01-01", "X": "2007-01-01"}


def of(authority: str, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {name: frame.with_columns(authority=pl.lit(authority)) for name, frame in tables.items()}


@pytest.fixture
def moved() -> dict[str, pl.DataFrame]:
    """Camden's A is Barnet's X by the Home Office's reference: moved on 1 October, yet with Barnet from 21 September.
    Camden's B is nobody else."""
    camden = world(
        [("A", "2022-04-01", "2022-10-01"), ("B", "2022-04-01", "2022-05-01")],
        born=BORN, periods=[YEAR], register=[entry("A", HO_REF="Z1"), entry("B", HO_REF="Z2")],
    )  # fmt: skip
    barnet = world([("X", "2022-09-21", "2023-01-01")], born=BORN, periods=[YEAR], register=[entry("X", HO_REF="Z1")])
    return {name: pl.concat([of(CAMDEN, camden)[name], of(BARNET, barnet)[name]]) for name in camden}


@pytest.mark.spec
def test_a_child_in_two_boroughs_counts_once_in_london(moved: dict[str, pl.DataFrame]) -> None:
    empty = {need: pl.DataFrame() for need in (LAIT, TRANSFERS, COSTS, *SURVEY_NEEDS)}
    from parentis.lake import declared, shown_schema

    tables = {name: pl.DataFrame(schema=shown_schema(declared(name)[1])) for name in empty} | moved
    tables = {name: frame.with_columns(part=pl.lit("")) if "part" not in frame.columns else frame
              for name, frame in tables.items()}  # fmt: skip
    found = compute(tables, {"replicates": 2}).figures.filter(measure="uasc.children", period=YEAR)
    counted = dict(found.select("geography", "value").iter_rows())
    assert (counted[CAMDEN], counted[BARNET], counted["london"]) == (2, 1, 2)


@pytest.mark.spec
def test_the_same_night_in_two_boroughs_is_a_finding_for_both(moved: dict[str, pl.DataFrame]) -> None:
    found = ledger(moved).findings.filter(pl.col("finding") == "same night elsewhere")
    assert found.select("authority", "child", "nights").sort("authority").rows() == [
        (BARNET, "X", 10),
        (CAMDEN, "A", 10),
    ]


@pytest.mark.spec
def test_without_a_reference_children_are_told_apart(moved: dict[str, pl.DataFrame]) -> None:
    register = moved["uasc.register/children"].with_columns(HO_REF=pl.lit(None, dtype=pl.String))
    held = ledger({**moved, "uasc.register/children": register})
    assert people(held)["person"].n_unique() == 3
    assert held.findings.filter(pl.col("finding") == "same night elsewhere").is_empty()


@pytest.mark.spec
def test_a_year_is_365_nights_in_every_measure() -> None:
    """2023-24 has 366 nights: a child there all year is 366/365 of a child-year, as shortfall per year reckons it."""
    from parentis.region import places
    from parentis.services.uasc.caseload_share import carry
    from parentis.services.uasc.survey_costs import carried

    held = ledger(world([("A", "2023-04-01", None)], born={"A": "2010-01-01"}, periods=["2023-24"]))
    values = carry(carried(held), people(held), places(["2023-24"]))
    own = dict(values.filter(geography=CAMDEN).select("measure", "value").iter_rows())
    assert own["uasc.nights"] == 366
    assert own["uasc.child_years"] == pytest.approx(366 / 365)
