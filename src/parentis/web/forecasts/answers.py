"""Scenarios beside the forecast, cached in this process until the accepted returns change."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl
from django.utils import timezone

from parentis import workflow
from parentis.archive import Home, find_home
from parentis.services import demand
from parentis.services.demand.money.what_if import Futures, children_before, compared
from parentis.web.cache import VersionedCache, model_mark
from parentis.web.forecasts.levers import AGES, inflation, scenario
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import enqueue
from parentis.web.submissions import queries
from parentis.workflow import Progress

REST = timedelta(minutes=10)


def _kept(home: Home) -> "tuple[demand.WhatIf, str] | None":
    found = workflow.kept_what_if(home)
    return None if found is None else (found, workflow.what_if_returns(home))


_held: "VersionedCache[tuple[demand.WhatIf, str] | None]" = VersionedCache(_kept, mark=model_mark, most=1)


def held() -> "demand.WhatIf | None":
    """What the worker fitted and stored; None if there is nothing for the current returns."""
    found = _held()
    return None if found is None else found[0]


def returns_behind() -> str:
    """A mark of the returns behind the answers; '' while there are none."""
    found = _held()
    return "" if found is None else found[1]


def model() -> demand.Model | None:
    """The fitted model; None if none is stored."""
    found = held()
    return None if found is None else found.basis.model


def fit(job: Job, progress: Progress) -> dict[str, Any]:
    """For the worker: fit the model to the accepted returns, unless it is already stored."""
    progress("learning from the returns", 1, 1)
    home = find_home()
    kept = workflow.keep_what_if(home)
    fitted = workflow.kept_what_if(home)
    if fitted is not None:  # the first simulation on a computer is compiled, and no reader should wait for that
        one = demand.Whom(authorities=fitted.basis.model.names[:1])
        workflow.futures(fitted, one, scenario({}))
        workflow.futures(fitted, one, scenario({"entries": -1}))
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


def whom(authorities: tuple[str, ...], levers: Mapping[str, Any]) -> "demand.Whom":
    """The children that stored levers ask about."""
    _, ages = AGES.get(str(levers.get("ages") or ""), AGES[""])
    uasc = {"uasc": True, "others": False}.get(str(levers.get("who") or ""))
    return demand.Whom(authorities=authorities, ages=ages, uasc=uasc)


def _found() -> "demand.WhatIf":
    found = held()
    if found is None:
        raise LookupError("no model is kept")
    return found


def _forecast(_: Home, asked: "demand.Whom") -> Futures:
    return workflow.futures(_found(), asked, scenario({}))


_forecasts: VersionedCache[Futures] = VersionedCache(_forecast, mark=model_mark, most=6)


def _compared(_: Home, asked: "demand.Whom", levers: str) -> pl.DataFrame:
    given, forecast = json.loads(levers), _forecasts(asked)
    change, more = scenario(given), inflation(given)
    if not change.changes and not more:
        return compared(forecast, forecast)
    return compared(forecast, workflow.futures(_found(), asked, change, inflation=more))


_frames: VersionedCache[pl.DataFrame] = VersionedCache(_compared, mark=model_mark, most=60)


def answer(asked: "demand.Whom", levers: Mapping[str, Any]) -> pl.DataFrame:
    """The scenario of the levers beside the forecast: see `what_if.compared`."""
    return _frames(asked, json.dumps(dict(levers), sort_keys=True))


def before(asked: "demand.Whom") -> pl.DataFrame:
    """The children of the past month ends: see `what_if.children_before`."""
    return children_before(_found().past, asked)
