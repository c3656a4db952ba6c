"""Computed forecasts and scenarios, cached in this process until the accepted returns change."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import polars as pl
from django.utils import timezone

from parentis import evidence, workflow
from parentis.archive import Home, find_home
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind
from parentis.services import demand
from parentis.web.cache import VersionedCache, model_mark
from parentis.web.forecasts.levers import scenario
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import enqueue
from parentis.web.submissions import queries
from parentis.workflow import Progress

REGION = ""
"The place of the regional team: all authorities together."
REST = timedelta(minutes=10)


def _model(home: Home) -> demand.Model | None:
    return workflow.kept_demand_model(home)


model: VersionedCache[demand.Model | None] = VersionedCache(_model, mark=model_mark, most=1)
"The model that the worker fitted and stored; None if there is none."


def fit(job: Job, progress: Progress) -> dict[str, Any]:
    """For the worker: fit the model to the accepted returns, unless it is already stored."""
    progress("learning from the returns", 1, 1)
    home = find_home()
    kept = workflow.keep_demand_model(home)
    fitted = workflow.kept_demand_model(home)
    if fitted is not None:  # the first simulation on a computer is compiled, and no reader should wait for that
        workflow.futures(fitted, scenario({}))
    return {"kept": kept}


def awaited(person: Any) -> Job | None:
    """The reader's own job of fitting the model, created now unless one is waiting; None if there is no accepted
    return for a model. After a failure it is not created again for a while."""
    if not queries.accepted("ssda903"):
        return None
    last = Job.objects.filter(kind="fit", by=person).first()
    if last is not None and (last.is_open or (last.state == State.FAILED and last.ended_at > timezone.now() - REST)):
        return last
    return enqueue(kind="fit", by=person, asked={})[0]


def _futures(home: Home, place: str, levers: str) -> demand.Paths:
    fitted = model()
    if fitted is None:
        raise LookupError("no model is kept")
    return workflow.futures(fitted, scenario(json.loads(levers)), authorities=(place,) if place else ())


_paths: VersionedCache[demand.Paths] = VersionedCache(_futures, mark=model_mark, most=24)


def is_known(place: str) -> bool:
    """Whether a forecast of the place exists."""
    fitted = model()
    return fitted is not None and (place == REGION or place in fitted.authorities)


def answer(place: str, levers: dict[str, object]) -> workflow.ScenarioComparison:
    """The scenario of the levers, with the forecast."""
    return workflow.compare_scenario(_paths(place, "{}"), _paths(place, json.dumps(levers, sort_keys=True)))


def yearly(of: workflow.ScenarioComparison) -> list[dict[str, object]]:
    """Every twelfth month, by group with the total last: forecast, scenario and difference as `p50, p10, p90`."""
    frames = {"forecast": of.forecast, "scenario": of.scenario, "difference": of.difference}
    months = of.forecast["month_end"].unique().sort().gather_every(12, 11).to_list()
    rows = []
    for group in of.forecast["group"].unique(maintain_order=True):
        for month in months:
            at = (pl.col("group") == group) & (pl.col("month_end") == month)
            rows.append(
                {"group": group, "month": month, **{n: f.filter(at).row(0, named=True) for n, f in frames.items()}}
            )
    return rows


def picture(of: workflow.ScenarioComparison, group: str) -> str:
    """The forecast and the scenario of one group over time, with 80 % intervals, as a data URL."""
    scale = Scale(1, 0, "children")
    titles = ("Forecast", "Scenario")
    frames = [frame.filter(pl.col("group") == group) for frame in (of.forecast, of.scenario)]
    rows = tuple(
        Row(label=f"{pair[0]['month_end']:%b %Y}", cells=tuple(_cell(one) for one in pair))
        for pair in zip(*(frame.iter_rows(named=True) for frame in frames), strict=True)
    )
    headings = tuple(Heading(measure="", title=title, scale=scale) for title in titles)
    grid = Grid(name="scenario", title="", label="Month", headings=headings, rows=rows[2::3])
    svg = evidence.draw(ChartKind.FAN, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(
        measure="", geography="", geography_name="", period=str(row["month_end"]), breakdown="", value=row["p50"],
        low=row["p10"], high=row["p90"],
    )  # fmt: skip
