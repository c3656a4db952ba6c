"""The worker's run of a bid, and what a bid must have before it is put forward or promised."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from django.utils import timezone

from parentis import region, workflow
from parentis.archive import Home, find_home
from parentis.errors import NotFoundError, UserError
from parentis.services import demand
from parentis.services.demand.estimation.model import past
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.money.prices import prices
from parentis.services.demand.money.projections import nights_in
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.states import COMMISSIONING
from parentis.services.demand.tables import OUTLOOK_NEEDS
from parentis.services.prevention.bid_answers import bands
from parentis.services.prevention.entry_counts import entries, later
from parentis.services.prevention.ledger import health_share
from parentis.services.prevention.promises import Promise
from parentis.services.prevention.proposal_bids import run, years_ahead
from parentis.services.prevention.proposals import Proposal
from parentis.web.cases.models import Case
from parentis.web.cases.records import values_of
from parentis.web.jobs.models import Job
from parentis.web.prevention.bids import answer_of, mark, proposal_of, run_of
from parentis.web.prevention.held import frame, neighbours
from parentis.web.prevention.models import BidRun
from parentis.workflow import Progress

DRAWS: Final = 1_000


class NotWorkedOutError(UserError):
    """A bid that has no run, or a run of other terms than it has now."""


def work_out(job: Job, progress: Progress) -> dict[str, Any]:
    """For the worker: run the bid and store what came of it. Running it twice gives the same run."""
    case = Case.objects.get(pk=job.asked["case"])
    proposal, asked, begun = proposal_of(case), mark(case), time.perf_counter()
    progress("reading the returns", 1, 2)
    of = basis_of([proposal])
    progress("simulating children with and without it", 2, 2)
    found = run(proposal, of.basis, of.entries, nights_before=of.nights_before, health=of.health, draws=DRAWS)
    BidRun.objects.update_or_create(
        case=case,
        defaults={"asked": asked, "stored": found.to_bytes(), "seconds": time.perf_counter() - begun,
                  "made_at": timezone.now()},
    )  # fmt: skip
    return {"case": case.pk}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBasis:
    """What bids are run on: the forecast's model with prices that reach the end of the last horizon, entries by
    authority and month, nights of the last year (authorities, groups), and the NHS's share of contributions."""

    basis: Basis
    entries: pl.DataFrame
    nights_before: np.ndarray
    health: float


def basis_of(proposals: list[Proposal]) -> RunBasis:
    """What these proposals are run on. Raises NotFoundError before a return is accepted."""
    home = find_home()
    tables: Mapping[str, pl.DataFrame] = workflow.tables(home, OUTLOOK_NEEDS)
    model = _model(home)
    if model is None:
        raise NotFoundError(
            expected="accepted returns on looked-after children", found="none", where="bid",
            do="Wait until they are accepted: a bid is worked out on the forecast that is made from them.",
        )  # fmt: skip
    own = region.financial_year_of(model.cut)
    year = (own if model.cut == own.end else own.previous).label
    years = max(years_ahead(later(one.start, one.horizon_months), model.cut) for one in proposals)
    basis = Basis(
        model=model, prices=prices(tables, model.groups, model.authorities, year),
        uplifts=uplifts(tables, model.groups, year, years + 1), replicates=DRAWS,
    )  # fmt: skip
    counted = frame("prevention", "entries")
    return RunBasis(
        basis=basis, entries=entries(tables) if counted is None else counted,
        nights_before=nights_in(past(tables, groups=COMMISSIONING), year), health=health_share(tables)[0],
    )  # fmt: skip


def _model(home: Home) -> "demand.Model | None":
    found = workflow.kept_what_if(home)
    if found is None:
        workflow.keep_what_if(home)
        found = workflow.kept_what_if(home)
    model: demand.Model | None = None if found is None else found.basis.model
    return model


def must_be_worked_out(case: Case) -> None:
    """Refuse to put a bid forward before it is worked out on its present terms."""
    held = run_of(case)
    if held is None or held.asked != mark(case):
        raise NotWorkedOutError(
            expected="a bid that was worked out on its present terms",
            found="no run" if held is None else "a run of earlier terms, or of an earlier forecast",
            where=str(case), do="Work it out first.",
        )  # fmt: skip


def promised(case: Case) -> Promise:
    """What an agreed bid promises: the bands of its run."""
    held = run_of(case)
    if held is None:
        must_be_worked_out(case)
    answer, values = answer_of(held), values_of(case.record)  # type: ignore[arg-type]
    own = tuple(answer.header["authorities"])
    return Promise(
        reference=str(values["reference"]), title=str(values["title"]), entry=str(values["entry"]), authorities=own,
        neighbours=neighbours(own), start=values["starts_on"], bands=bands(answer), made_of=f"run {answer.hash}",
    )  # fmt: skip
