"""Analyses: outcomes handed in and sealed, then run by the worker from the frozen plan alone, one result a look."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.services.trials import Frozen, TrialResult, analyse
from parentis.services.trials.protocol.record import SHARE
from parentis.web.cases import operations
from parentis.web.cases.models import Case
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue
from parentis.web.people.models import Person
from parentis.web.trials import allocations, figure_outcomes, log, protocols, sealed
from parentis.web.trials.case_types import ANALYSE, DECIDE, HAND_IN, KIND
from parentis.web.trials.hand_in import outcomes_of
from parentis.web.trials.models import Result, Sealed

JOB = "trial-analysis"


def looks_of(plan: Frozen) -> tuple[int, ...]:
    """The numbers of the planned looks: 1, 2, … The last is the final one."""
    return tuple(range(1, max(1, len(plan.protocol.looks)) + 1))


def next_look(case: Case) -> int | None:
    """The planned look that is to be taken next; None after the last."""
    taken = set(case.trial_results.values_list("look", flat=True))
    return next((one for one in looks_of(protocols.in_force(case)) if one not in taken), None)


def hand_in(*, by: Any, case: Case, data: bytes | None, seen: int | None, request: HttpRequest | None = None) -> Sealed:
    """Check a file of outcomes against the plan and keep it, encrypted; without a file, read the plan's measure from
    the figures that `by` may see. Nobody sees a row of it again."""
    _running(case)
    plan = protocols.in_force(case)
    if data is None:
        frame, source = figure_outcomes.read(plan, by), "From figures, file"
    else:
        frame, source = outcomes_of(data, plan.protocol.design, plan.protocol.outcome.kind == SHARE), "File"
    return keep(by=by, case=case, frame=frame, source=source, seen=seen, request=request)


def keep(
    *, by: Any, case: Case, frame: pl.DataFrame, source: str, seen: int | None, request: HttpRequest | None = None
) -> Sealed:
    """Keep outcomes that were checked, encrypted."""
    kept: list[Sealed] = []

    def apply(held: Case) -> None:
        _running(held)
        kept.append(sealed.keep(held, Sealed.OUTCOMES, allocations.as_bytes(frame), by=by, rows=frame.height))
        said.update(number=kept[0].number, rows=frame.height, sha256_of_rows=kept[0].sha256,
                    text=f"{source} {kept[0].number}, {frame.height:,} rows")  # fmt: skip

    said: dict[str, Any] = {}
    operations.change(by=by, case=case, what="outcomes-added", value=said, apply=apply, seen=seen, permission=HAND_IN,
                      request=request)  # fmt: skip
    return kept[0]


def ask(*, by: Any, case: Case, look: int) -> Job:
    """Ask the worker for a planned look. Raises UserError for one that is not planned, taken, or without outcomes."""
    _require_look(case, look)
    return enqueue(kind=JOB, by=by, asked={"case": case.pk, "look": look}, once=uuid.uuid4())[0]


def open_job(case: Case) -> Job | None:
    """The last job about a case."""
    found: Job | None = Job.objects.filter(kind=JOB, asked__case=case.pk).first()
    return found


def analyse_job(job: Job, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
    """For the worker: the look that was asked for, kept with the version and hash of its plan."""
    case, look = Case.objects.get(pk=job.asked["case"], kind=KIND), int(job.asked["look"])
    if case.trial_results.filter(look=look).exists():
        return {"look": look}  # a job begun again after it was done
    progress("analysing as planned", 1, 1)
    take(by=job.by, case=case, look=look)
    return {"look": look}


def take(*, by: Person | None, case: Case, look: int) -> Result:
    """Analyse and keep the result, with its line in the log and the history."""
    _require_look(case, look)
    plan, file = protocols.in_force(case), sealed.latest(case, Sealed.OUTCOMES)
    if file is None:
        raise _no_outcomes(case)
    found = run(case, plan, allocations.frame_of(sealed.opened(file)), look)
    made: list[Result] = []

    def apply(held: Case) -> None:
        _require_look(held, look)
        made.append(
            Result.objects.create(
                case=held, version=plan.protocol.version, sha256=plan.sha256, look=look, outcomes=file,
                found=plain(found), by=by,
            )
        )  # fmt: skip
        log.add(held, "looked", {"look": str(look), "protocol_sha256": plan.sha256, "outcomes_sha256": file.sha256})
        said.update(look=look, version=plan.protocol.version, sha256_of_plan=plan.sha256,
                    text=f"Look {look}, version {plan.protocol.version}: {found.decision}")  # fmt: skip

    said: dict[str, Any] = {}
    with transaction.atomic():
        operations.change(by=by, case=case, what="looked", value=said, apply=apply, seen=None, permission=ANALYSE,
                          tell=DECIDE, text=f"look {look} was analysed")  # fmt: skip
    return made[0]


def run(case: Case, plan: Frozen, data: pl.DataFrame, look: int) -> TrialResult:
    """The plan's analysis of these outcomes: joined with the allocation, which alone says who was in which arm."""
    committed = case.protocols.get(number=plan.protocol.version).sha256
    result: TrialResult = analyse(
        plan, data, look=look, expected_hash=committed, allocation=allocations.allocation_of(case)
    )
    return result


def results(case: Case) -> list[Result]:
    """What was found, the latest look first."""
    return list(case.trial_results.select_related("by"))


def final(case: Case) -> Result | None:
    """The result of the last planned look, or of one whose rule stopped the trial."""
    last = case.trial_results.first()
    if last is None:
        return None
    ended = str(last.found.get("decision", "")).startswith(("final", "stop"))
    return last if ended else None


def require_final(case: Case) -> None:
    """For closing: the last look was taken, or a rule said stop."""
    if final(case) is None:
        raise operations.CaseStateError(
            expected="the planned final analysis, or a look whose rule stops the trial", found="neither",
            where=str(case),
            do="Take the planned look first, or let two directors stop the trial early.",
        )  # fmt: skip


def plain(found: TrialResult) -> dict[str, Any]:
    """A result as JSON; what is not a number is null."""
    import dataclasses
    import math

    def told(value: Any) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {one.name: told(getattr(value, one.name)) for one in dataclasses.fields(value)}
        if isinstance(value, Mapping):
            return {str(key): told(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [told(one) for one in value]
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value

    made: dict[str, Any] = told(found)
    return made


def _require_look(case: Case, look: int) -> None:
    _running(case)
    plan = protocols.in_force(case)
    planned = looks_of(plan)
    if look not in planned:
        raise UserError(
            expected=f"a planned look ({', '.join(map(str, planned))})", found=f"look {look}",
            where=plan.reference,
            do="A look that is not in the plan is not taken. Amend the protocol with a reason first.",
        )  # fmt: skip
    if case.trial_results.filter(look=look).exists():
        raise UserError(
            expected="a look that was not yet taken", found=f"look {look}, which was", where=plan.reference,
            do="Its result stands.",
        )  # fmt: skip
    if look != next_look(case):
        raise UserError(
            expected=f"look {next_look(case)}, which comes next", found=f"look {look}", where=plan.reference,
            do="Take the looks in their planned order.",
        )  # fmt: skip
    if sealed.latest(case, Sealed.OUTCOMES) is None:
        raise _no_outcomes(case)


def _running(case: Case) -> None:
    if case.state != "running":
        raise operations.CaseStateError(
            expected="a running trial", found=case.state_now.title.lower(), where=str(case),
            do="Outcomes are handed in and analysed while the trial runs, under a frozen protocol.",
        )  # fmt: skip


def _no_outcomes(case: Case) -> UserError:
    return UserError(expected="outcomes", found="none", where=str(case), do="Hand in the file of outcomes first.")
