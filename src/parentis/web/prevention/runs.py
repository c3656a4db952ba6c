"""The worker's run of a bid, and what a bid must have before it is put forward or promised."""

import time
from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis import region, workflow
from parentis.archive import Home, find_home
from parentis.errors import NotFoundError, UserError
from parentis.services import demand
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.tables import OUTLOOK_NEEDS
from parentis.services.prevention import bid_runs
from parentis.services.prevention.entry_counts import entries
from parentis.services.prevention.promises import Promise
from parentis.services.prevention.proposals import Proposal
from parentis.web.cases.models import Case
from parentis.web.cases.records import values_of
from parentis.web.jobs.models import Job
from parentis.web.prevention.bids import answer_of, mark, proposal_of, run_of
from parentis.web.prevention.held import frame, neighbours
from parentis.web.prevention.models import BidRun
from parentis.workflow import Progress


class NotWorkedOutError(UserError):
    """A bid that has no run, or a run of other terms than it has now."""


def work_out(job: Job, progress: Progress) -> dict[str, Any]:
    """For the worker: run the bid and store what came of it. Running it twice gives the same run."""
    case = Case.objects.get(pk=job.asked["case"])
    proposal, asked, begun = proposal_of(case), mark(case), time.perf_counter()
    progress("reading the returns", 1, 2)
    basis, held = basis_of([proposal])
    progress("simulating children with and without it", 2, 2)
    found = bid_runs.run(proposal, basis, held)
    BidRun.objects.update_or_create(
        case=case,
        defaults={"asked": asked, "stored": found.to_bytes(), "seconds": time.perf_counter() - begun,
                  "made_at": job.begun_at or job.asked_at},
    )  # fmt: skip
    return {"case": case.pk}


def basis_of(proposals: list[Proposal]) -> tuple[Basis, pl.DataFrame]:
    """The forecast's model with prices that reach the end of the last horizon, and entries by authority and month."""
    home = find_home()
    tables: Mapping[str, pl.DataFrame] = workflow.tables(home, OUTLOOK_NEEDS)
    model = _model(home)
    if model is None:
        raise NotFoundError(
            expected="accepted returns on looked-after children", found="none", where="bid",
            do="Wait until they are accepted: a bid is worked out on the forecast that is made from them.",
        )  # fmt: skip
    of = region.financial_year_of(model.cut)
    year = of if model.cut == of.end else of.previous
    years = -(-bid_runs.horizon(proposals, model.cut) // 12) + 1
    counted = frame("prevention", "entries")
    held = entries(tables) if counted is None else counted
    return bid_runs.basis_of(tables, model, year.label, years), held


def _model(home: Home) -> "demand.Model | None":
    found = workflow.kept_what_if(home)
    if found is None:
        workflow.keep_what_if(home)
        found = workflow.kept_what_if(home)
    model: demand.Model | None = None if found is None else found.basis.model
    return model


def must_be_worked_out(case: Case) -> None:
    """Refuse to put a bid forward before it is worked out on its present terms."""
    run = run_of(case)
    if run is None or run.asked != mark(case):
        raise NotWorkedOutError(
            expected="a bid that was worked out on its present terms",
            found="no run" if run is None else "a run of earlier terms, or of an earlier forecast",
            where=str(case), do="Work it out first.",
        )  # fmt: skip


def promised(case: Case) -> Promise:
    """What an agreed bid promises: the bands of its run."""
    run = run_of(case)
    if run is None:
        must_be_worked_out(case)
    answer, values = answer_of(run), values_of(case.record)  # type: ignore[arg-type]
    return Promise(
        reference=str(values["reference"]), title=str(values["title"]), entry=str(values["entry"]),
        authorities=answer.authorities, neighbours=neighbours(answer.authorities), start=values["starts_on"],
        bands=answer.bands, made_of=f"run {run.asked}" if run else "",
    )  # fmt: skip
