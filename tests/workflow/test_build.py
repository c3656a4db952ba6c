"""Builds: all of what services made, or none of it."""

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from parentis import lake, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError, UnknownAuthorityError
from parentis.figures import (
    Audience,
    Counts,
    Figures,
    Guarded,
    Measure,
    NoPeople,
    Population,
    Provenance,
    ProvenanceInputs,
    guard,
)
from parentis.services import Result, Service

CAMDEN, BARNET = "E09000007", "E09000003"
NEEDS = "finance.ra/lines"
MEASURE = Measure(
    id="plain.csc.net", title="Net budget", unit="£", definition="As published", source="MHCLG RA",
    people=NoPeople("money of a whole service"),
)  # fmt: skip


class Direct:
    """A stand-in for `Ref`: holds the thing itself."""

    def __init__(self, thing):
        self.thing = thing

    def resolve(self):
        return self.thing


def net_budget(tables, parameters):
    """Each authority's published net budget, times a parameter."""
    lines = tables[NEEDS]
    nothing = {name: pl.lit(None) for name in ("low", "high", "level", "n", "suppressed")}
    words = {
        "measure": MEASURE.id, "breakdown": "", "unit": "£", "scenario": "", "audience": "published", "netted": "",
        "authority_set": "one", "gross_net": "net", "cumulative": "in-year", "method": "as published",
        "provenance_id": "p1", "provisional": False, "period_start": date(2017, 4, 1),
        "period_end": date(2018, 3, 31),
    }  # fmt: skip
    figures = lines.select(
        **nothing, **{name: pl.lit(word) for name, word in words.items()}, geography="authority", period="period",
        value=pl.col("AMOUNT").cast(pl.Float64) * parameters["times"],
    ).select(Figures.column_names())  # fmt: skip
    return Result(
        figures=figures,
        provenance=pl.DataFrame(
            [{"provenance_id": "p1", "service": "plain", "code_version": "0", "parameters": json.dumps(parameters),
              "seed": None}], schema_overrides={"seed": pl.Int64},
        ),
        inputs=lines.group_by("load_id").agg(rows="row", row_count=pl.len()).select(
            pl.lit("p1").alias("provenance_id"), "load_id", pl.lit(NEEDS).alias("table"), "rows", "row_count"
        ),
        frames={"by_authority": lines.select("authority", "AMOUNT")},
    )  # fmt: skip


def plain(compute=net_budget, times=1, service="plain", measures=(MEASURE,)):
    return Service(
        id=service, title="Plain", needs=(NEEDS,), measures=Direct(measures), compute=Direct(compute),
        sections=Direct(()), parameters={"times": times},
    )  # fmt: skip


@pytest.fixture
def announce(monkeypatch):
    def these(*services):
        known = {service.id: service for service in services}
        monkeypatch.setattr("parentis.workflow.results.build.every_service", lambda: known)
        monkeypatch.setattr("parentis.workflow.results.queries.services", lambda: known)

    return these


def values(home):
    frame = lake.read_figures(home).collect()
    return dict(frame.select("geography", "value").iter_rows())


@pytest.mark.integration
def test_figures_come_from_visible_rows_and_lead_back_to_them(home, budgets, announce):
    announce(plain())
    assert workflow.build(home).figures == {"plain": 0}
    (outcome,) = workflow.submit(home, budgets(1_000), who="ann")
    built = workflow.build(home)
    assert built.figures == {"plain": 2}
    shown = workflow.figures(home, measure="plain.csc", period="2017/18", geography="Barnet")
    assert shown.select("value", "title", "geography_name", "unit").rows() == [(2_000.0, "Net budget", "Barnet", "£")]
    origin = workflow.provenance_of(home, "p1")
    (behind,) = origin.inputs.iter_rows(named=True)
    assert (behind["submission_id"], sorted(behind["rows"]), behind["row_count"]) == (
        outcome.submission_id,
        [0, 1],
        2,
    )
    assert behind["files"][0]["name"] == outcome.files[0]
    assert lake.read_frame(home, "plain", "by_authority").collect().height == 2
    assert workflow.doctor(home) == []

    workflow.rebuild(home, who="ann")
    assert workflow.provenance_of(home, "p1").inputs["submission_id"].to_list() == [outcome.submission_id]


@pytest.mark.integration
def test_a_build_replaces_only_its_services_and_as_of_goes_back(home, budgets, announce):
    announce(plain(), plain(service="other", times=10, measures=()))
    workflow.submit(home, budgets(1_000), who="ann")
    first = workflow.build(home)
    workflow.submit(home, budgets(5_000), who="ann")
    assert {inconsistency.where for inconsistency in workflow.doctor(home)} == {"figures, plain", "figures, other"}
    workflow.build(home, services=["plain"])
    frame = lake.read_figures(home).filter(pl.col("geography") == CAMDEN).collect()
    assert sorted(frame["value"]) == [5_000.0, 10_000.0]
    workflow.build(home, services=["plain"], as_of=first.sequence)
    frame = lake.read_figures(home).filter(pl.col("geography") == CAMDEN).collect()
    assert sorted(frame["value"]) == [1_000.0, 10_000.0]
    # Of each service's builds, the one shown and the one before it are kept.
    assert len([path for path in home.figures.iterdir() if path.name != "shown"]) == 3


@pytest.mark.integration
def test_nothing_of_a_failed_build_is_seen(home, budgets, announce):
    announce(plain())
    workflow.submit(home, budgets(1_000), who="ann")
    workflow.build(home)
    before = values(home)

    def fails(tables, parameters):
        raise ValueError("no such price year")

    announce(plain(times=3), plain(compute=fails, service="zz"))
    with pytest.raises(ValueError, match="no such price year"):
        workflow.build(home)
    assert values(home) == before


@pytest.mark.integration
def test_figures_that_break_the_schema_are_refused(home, budgets, announce):
    def twice(tables, parameters):
        result = net_budget(tables, parameters)
        return Result(
            figures=pl.concat([result.figures, result.figures]), provenance=result.provenance, inputs=result.inputs
        )

    announce(plain(compute=twice))
    workflow.submit(home, budgets(), who="ann")
    with pytest.raises(Exception, match="primary_key"):
        workflow.build(home)
    assert lake.read_figures(home).collect().is_empty()


@pytest.mark.integration
def test_current_holds_what_is_visible_as_plain_tables_where_that_is_asked(
    home, budgets, children, announce, monkeypatch
):
    monkeypatch.setenv("PARENTIS_CURRENT", "everything")
    announce(plain())
    workflow.submit(home, [*budgets(1_000), *children()], who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, budgets(7_000), who="ann")
    workflow.build(home)
    lines = pl.read_delta(str(home.current / NEEDS))
    assert sorted(lines["AMOUNT"].cast(pl.Int64)) == [7_000, 14_000]
    header = pl.read_delta(str(home.current / "ssda903/Header"))
    assert header["DOB"].dt.day().unique().to_list() == [1]
    figures = pl.read_delta(str(home.current / "figures"))
    assert set(figures["value"]) == {7_000.0, 14_000.0}
    assert pl.read_delta(str(home.current / "measures"))["title"].to_list() == ["Net budget"]
    assert set(pl.read_delta(str(home.current / "provenance_inputs"))["row_count"]) == {2}
    assert home.current.stat().st_mode & 0o777 == 0o700

    monkeypatch.delenv("PARENTIS_CURRENT")
    workflow.build(home)
    kept = pl.concat(pl.read_parquet(path).select("load_id") for path in home.current.rglob("*.parquet")
                     if "load_id" in pl.read_parquet_schema(path))  # fmt: skip
    assert kept["load_id"].n_unique() == 1, "of no version but the publisher's file"


@pytest.mark.integration
def test_current_holds_what_everybody_may_see_and_the_members_footprints(home, budgets, monitoring, children, announce):
    announce(plain())
    workflow.submit(home, [*monitoring(), *children()], who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, budgets(7_000), who="ann")
    workflow.build(home)
    assert pl.read_delta(str(home.current / "finance.monitoring/lines")).is_empty()
    assert pl.read_delta(str(home.current / "ssda903/Header")).is_empty()
    assert pl.read_delta(str(home.current / NEEDS)).height == 2
    assert set(pl.read_delta(str(home.current / "figures"))["value"]) == {7_000.0, 14_000.0}
    assert home.current.stat().st_mode & 0o777 == 0o700
    workflow.release_submissions(
        home, who="ann", to=Audience.PUBLISHED, return_id="finance.monitoring", why="the agreement"
    )
    workflow.build(home)
    assert pl.read_delta(str(home.current / "finance.monitoring/lines")).height == 1


@pytest.mark.unit
@pytest.mark.parametrize(
    ("audience", "geography", "is_open"),
    [
        ("own", CAMDEN, False),
        ("own", "london", False),
        ("members", CAMDEN, False),
        ("members", "london", True),
        ("published", CAMDEN, True),
    ],
)
def test_what_current_may_hold(audience, geography, is_open):
    from parentis.lake.current import _is_open

    frame = pl.DataFrame({"audience": [audience], "geography": [geography]})
    assert frame.filter(_is_open()).height == is_open


@pytest.mark.integration
def test_erasing_also_remakes_what_was_made_of_it(home, budgets, announce):
    announce(plain())
    (outcome,) = workflow.submit(home, budgets(), who="ann")
    workflow.build(home)
    workflow.erase(home, outcome.submission_id, who="dpo", why="sent in error")
    assert values(home) == {}
    assert pl.read_delta(str(home.current / NEEDS)).is_empty()
    assert len([path for path in home.figures.iterdir() if path.name != "shown"]) == 1


@pytest.mark.unit
def test_measures_are_kept_whole(home, announce):
    announce(plain())
    assert tuple(workflow.catalogue(home)) == (MEASURE,)
    workflow.build(home)
    announce()
    assert tuple(workflow.catalogue(home)) == (MEASURE,)


CHILDREN = Measure(
    id="plain.children", title="Children", unit="count", definition="Counted", source="a return",
    people=(Counts(of=Population(id="children"), value=1),),
)  # fmt: skip


def children_of(**counts):
    """A service of children by place, at one day."""

    def compute(tables, parameters):
        made = net_budget({NEEDS: tables[NEEDS].clear()}, {"times": 1})
        rows = [{"measure": CHILDREN.id, "geography": place.replace("_", "-"), "value": float(count)}
                for place, count in counts.items()]  # fmt: skip
        words = {
            "unit": "count",
            "audience": "published",
            "provenance_id": "p1",
            "period": "2024-03-31",
            "period_start": date(2024, 3, 31),
            "period_end": date(2024, 3, 31),
            "provisional": False,
        }
        words |= dict.fromkeys(
            ("breakdown", "scenario", "authority_set", "gross_net", "cumulative", "netted", "method"), ""
        )
        nothing = dict.fromkeys(("low", "high", "level", "n", "suppressed"))
        figures = pl.DataFrame([{**nothing, **words, **row} for row in rows]).select(Figures.column_names())
        return replace(made, figures=figures)

    return plain(compute=compute, measures=(CHILDREN,))


@pytest.mark.integration
def test_a_build_is_set_against_all_builds_before_it(home, budgets, announce, monkeypatch):
    bromley, croydon, sutton = "E09000006", "E09000008", "E09000029"
    builds = (
        {bromley: 10, croydon: 20, "bcu_south": 30},
        {"england": 4000},
        {bromley: 10, croydon: 20, sutton: 3, "bcu_south": 33},
    )
    for counts in builds:
        announce(children_of(**counts))
        assert workflow.build(home).warning == ""
    seen = dict(workflow.figures(home).select("geography", "value").iter_rows())
    assert seen == {bromley: 10, croydon: 20, sutton: None, "bcu-south": None}

    # Had an earlier build shown the total beside them, nothing could be hidden any more, and that is said.
    with monkeypatch.context() as patched:
        unhidden = pl.lit(value=False)
        patched.setattr(
            "parentis.workflow.results.build.guard",
            lambda figures, known, before: Guarded(
                figures.with_columns(hidden=unhidden, n_hidden=unhidden), guard(figures, known).told
            ),
        )
        announce(children_of(**{bromley: 10, croydon: 20, "bcu_south": 34}))
        workflow.build(home)
    announce(children_of(**{bromley: 10, croydon: 20, sutton: 4, "bcu_south": 34}))
    built = workflow.build(home)
    assert built.told == 1
    assert built.warning.startswith("A hidden count can still be worked out: builds before this one showed too much")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("threshold", "people"),
    [
        (0, NoPeople("built before measures said whom they count")),
        (6, (Counts(of=Population(id=MEASURE.id, threshold=6, rounding=10), n=1),)),
    ],
)
def test_a_home_built_before_measures_said_whom_they_count_is_read(threshold, people):
    held = lake.measures_frame([MEASURE])
    declared = json.loads(held["declared"][0])
    del declared["people"]
    declared["disclosure"] = {"threshold": threshold, "rounding": 10, "whole_percentages": False}
    (read,) = lake.measures_of(held.with_columns(declared=pl.lit(json.dumps(declared))))
    assert (read.id, read.people) == (MEASURE.id, people)


@pytest.mark.integration
def test_what_does_not_exist_is_said(home, announce):
    announce(plain())
    with pytest.raises(NotFoundError, match="plain"):
        workflow.build(home, services=["plan"])
    with pytest.raises(NotFoundError, match=r"plain\.csc\.net"):
        workflow.figures(home, measure="plain.csc.gross")
    with pytest.raises(UnknownAuthorityError, match="Barnet"):
        workflow.figures(home, geography="Barnett")
    with pytest.raises(NotFoundError, match="provenance_id"):
        workflow.provenance_of(home, "p9")
    with pytest.raises(NotFoundError, match="build"):
        lake.read_frame(home, "plain", "none")


@pytest.mark.unit
def test_an_empty_store_has_the_schemas(home):
    assert Figures.is_valid(lake.read_figures(home).collect())
    assert Provenance.is_valid(lake.read_provenance(home).collect())
    assert ProvenanceInputs.is_valid(lake.read_inputs(home).collect())


@pytest.mark.unit
def test_a_build_says_each_service_before_it_begins(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    from types import SimpleNamespace

    from parentis.workflow.results import build

    done: list[str] = []

    def service(name: str) -> SimpleNamespace:
        run = SimpleNamespace(resolve=lambda: lambda tables, parameters: done.append(f"ran {name}"))
        return SimpleNamespace(id=name, title=name.capitalize(), needs=(), parameters={}, compute=run)

    monkeypatch.setattr(build, "_validated", lambda *_: None)
    monkeypatch.setattr(build, "measures_of", lambda *_: None)
    build.made(home, [service("one"), service("two")], pl.DataFrame(), progress=lambda stage, *_: done.append(stage))  # type: ignore[list-item]
    assert done == ["built: One", "ran one", "built", "built: Two", "ran two", "built"]
