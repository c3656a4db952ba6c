"""The whole service on the practice region: figures of every kind, traced, and the survey's total near its truth."""

import polars as pl
import pytest

from parentis import practice
from parentis.figures import Catalogue, Viewer, release
from parentis.region import authority
from parentis.returns import the_return
from parentis.services import Result
from parentis.services.uasc import SERVICE
from parentis.services.uasc.measures import MEASURES

SEED = 1
LAKE = {"authority": pl.String, "period": pl.String, "load_id": pl.String, "row": pl.UInt32, "sequence": pl.Int64,
        "provisional": pl.Boolean, "part": pl.String, "submission_id": pl.String}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """What the service needs of the practice region, as the lake would hold it."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for one in practice.region(SEED, mistakes=0):
        for name, table in one.tables.items():
            beside = {"authority": one.submitter, "period": one.period, "load_id": f"{one.submitter}-{one.period}",
                      "part": "", "submission_id": "made"}  # fmt: skip
            added = table.with_row_index("row").with_columns(
                *(pl.lit(value).alias(column) for column, value in beside.items()),
                sequence=pl.lit(1, dtype=pl.Int64),
                provisional=pl.lit(value=False),
            )
            parts.setdefault(f"{one.return_id}/{name}", []).append(added)
    return {need: _typed(need, parts.get(need, [])) for need in SERVICE.needs}


def _typed(need: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
    return_id, _, name = need.partition("/")
    columns = {one.name: one.dtype for one in the_return(return_id).spec.union()[name].columns}
    schema = {**LAKE, **columns}
    whole = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame(schema=schema)
    empty = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in whole.columns]
    return whole.with_columns(empty).cast({n: t for n, t in schema.items() if n in whole.columns}).select(list(schema))


@pytest.fixture(scope="module")
def result(tables: dict[str, pl.DataFrame]) -> Result:
    made: Result = SERVICE.compute.resolve()(tables, {**SERVICE.parameters, "replicates": 30})
    return made


@pytest.mark.integration
def test_every_kind_of_figure_is_there_and_has_its_rows(result: Result) -> None:
    found = set(result.figures["measure"])
    national = {one.id for one in MEASURES if one.id.startswith(("uasc.national", "uasc.nts"))}
    assert found == {one.id for one in MEASURES} - national  # the practice region has no publishers
    assert set(result.figures["provenance_id"]) <= set(result.inputs["provenance_id"])
    survey = result.figures.filter(measure="uasc.gap.night", geography="london", period="2023-24")
    tables = result.inputs.filter(provenance_id=survey["provenance_id"].item())["table"].unique().to_list()
    assert {"uasc.survey/costs", "uasc.register/children", "ssda903/Episodes"} <= set(tables)


@pytest.mark.integration
def test_the_surveyed_total_holds_the_planted_truth(result: Result) -> None:
    truth = practice.survey_truth(SEED)
    for group, name in (("child", "children"), ("leaver", "leavers")):
        told = truth.filter(group=group).group_by("period").agg(pl.col("pounds").sum())
        for period, pounds in told.iter_rows():
            row = result.figures.filter(
                measure=f"uasc.cost.{name}", geography="london", period=period, breakdown=""
            ).row(0, named=True)
            assert row["authority_set"] == "26 of 33 London authorities answered"
            assert row["low"] < row["value"] < row["high"]
            # Two years of two groups: three standard errors, for one of four may well lie beyond 95 %.
            assert abs(row["value"] - pounds) < 1.5 * (row["high"] - row["low"]) / 2, (period, name)


@pytest.mark.integration
def test_what_practice_authorities_count_is_what_the_ledger_counts(result: Result) -> None:
    counts = result.frames["survey_counts"]
    assert counts.height == 2 * 2 * 26
    assert counts["difference"].abs().max() < 0.1


@pytest.mark.integration
def test_income_and_gap_add_up(result: Result) -> None:
    for place in ("london", "E09000007"):
        for period in ("2023-24", "2024-25"):
            rows = result.figures.filter(geography=place, period=period, breakdown="", scenario="")
            value = dict(rows.select("measure", "value").iter_rows())
            if "uasc.gap.both" not in value:
                continue
            assert value["uasc.cost.both"] - value["uasc.income.both"] == pytest.approx(value["uasc.gap.both"])
            parts = sum(value[f"uasc.gap.{group}"] for group in ("children", "leavers"))
            assert parts == pytest.approx(value["uasc.gap.both"], rel=1e-9)


@pytest.mark.integration
def test_nobody_learns_another_boroughs_costs(result: Result) -> None:
    answered = result.figures.filter(pl.col("measure") == "uasc.cost.night", pl.col("geography").str.starts_with("E09"))
    own, other = sorted(set(answered["geography"]) - {authority("City of London").gss})[:2]
    seen = release(result.figures, Catalogue(MEASURES), Viewer.members(own))
    shown = seen.filter(pl.col("measure") == "uasc.cost.night", pl.col("value").is_not_null())["geography"].to_list()
    assert own in shown
    assert other not in shown
    assert "london" in shown
    few = seen.filter(measure="uasc.nights", geography=authority("City of London").gss)
    hidden = few.filter(pl.col("value").is_null())["period"].to_list()
    assert hidden == ["2022-23", "2023-24", "2024-25"]  # under six child-years of nights


@pytest.mark.integration
def test_a_missing_survey_or_register_leaves_the_rest(tables: dict[str, pl.DataFrame]) -> None:
    without = {n: frame.clear() if n.startswith(("uasc.", "placements")) else frame for n, frame in tables.items()}
    found = SERVICE.compute.resolve()(without, {"replicates": 5, "seed": 0})
    measures = set(found.figures["measure"])
    assert {"uasc.nights", "uasc.income.children", "uasc.whatif.difference"} <= measures
    assert not {one for one in measures if one.startswith(("uasc.cost", "uasc.gap"))}
    nothing = SERVICE.compute.resolve()({name: frame.clear() for name, frame in tables.items()}, {})
    assert nothing.figures.is_empty()
