"""Allocation: a seed sealed and committed to before, one draw that is kept, and a reveal that anybody can recompute.

Nobody sees an arm before the draw, because the seed is drawn and kept by the site alone. After it, evaluation leads see
the arms of their own boroughs. Log and files are written in the transaction of the case's history.
"""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.services.trials import (
    Allocation,
    Frozen,
    Seal,
    allocate,
    holds,
    refuse_shared,
    sealed_seed,
    verify_allocation,
)
from parentis.services.trials.protocol.record import PARALLEL, RANDOMISED
from parentis.web.cases import operations
from parentis.web.cases.models import Case
from parentis.web.trials import log, protocols, sealed
from parentis.web.trials.case_types import ALLOCATE
from parentis.web.trials.models import Sealed


def commit_seed(case: Case, plan: Frozen, seal: Seal | None, *, by: Any) -> str:
    """Draw the seed and begin the log with its hash: at the freeze, before any unit is known."""
    seal = seal or sealed_seed()
    content = json_of({"seed": seal.seed, "salt": seal.salt})
    sealed.keep(case, Sealed.SEED, content, by=by, commitment=seal.commitment)
    log.begin(case, plan, seal.commitment)
    return seal.commitment


def seal_of(case: Case) -> Seal:
    """The seal of the case's seed: for the draw and the reveal alone."""
    file = sealed.latest(case, Sealed.SEED)
    if file is None:
        raise operations.CaseStateError(
            expected="a seed that was committed to", found="none", where=str(case), do="Freeze the protocol first."
        )
    held = sealed.record_of(file)
    if not holds(file.commitment, held["seed"], held["salt"]):
        raise protocols.changed(case, "the seed")
    return Seal(seed=held["seed"], salt=held["salt"], commitment=file.commitment)


def draw(
    *, by: Any, case: Case, units: pl.DataFrame | None, seen: int | None, request: HttpRequest | None = None
) -> None:
    """Allocate from the frozen plan and the committed seed. `units`: families of a parallel trial, who may join in
    several files; of other designs the protocol's boroughs with their sizes, if these are known, drawn once. Nobody's
    arm ever changes."""

    def apply(held: Case) -> None:
        if held.state not in ("allocating", "running"):
            raise operations.CaseStateError(
                expected="a trial that is allocating", found=held.state_now.title.lower(), where=str(held),
                do="Freeze the protocol and begin to allocate first.",
            )  # fmt: skip
        plan, before = protocols.in_force(held), rows_of(held)
        _refuse_again(held, plan, before)
        whole = _units(held, plan, units)
        _refuse_children_of_other_trials(held, plan, whole)
        made = allocate(plan, whole, seal_of(held))
        if before is not None and not made.rows.head(before.height).equals(before):
            raise protocols.changed(held, "the allocation")
        kept = sealed.keep(held, Sealed.UNITS, as_bytes(whole), by=by, rows=whole.height)
        sealed.keep(held, Sealed.ALLOCATION, as_bytes(made.rows), by=by, rows=made.rows.height)
        new = whole.height - (before.height if before is not None else 0)
        log.add(held, "allocated", {"allocated": str(new), "in_all": str(whole.height), "rows_sha256": made.sha256,
                                    "units_sha256": kept.sha256, "protocol_sha256": plan.sha256})  # fmt: skip
        said.update(version=plan.protocol.version, units=new, sha256_of_rows=made.sha256,
                    text=f"{new:,} allocated from version {plan.protocol.version}")  # fmt: skip

    said: dict[str, Any] = {}
    operations.change(by=by, case=case, what="allocated", value=said, apply=apply, seen=seen, permission=ALLOCATE,
                      request=request)  # fmt: skip


def rows_of(case: Case) -> pl.DataFrame | None:
    """The allocation; None before it was drawn."""
    file = sealed.latest(case, Sealed.ALLOCATION)
    return None if file is None else frame_of(sealed.opened(file))


def rows_seen(case: Case, boroughs: Iterable[str]) -> pl.DataFrame | None:
    """The rows of these boroughs."""
    rows = rows_of(case)
    return None if rows is None else rows.filter(pl.col("borough").is_in(list(boroughs)))


def reveal(*, by: Any, case: Case, seen: int | None, request: HttpRequest | None = None) -> None:
    """Show the seed, after drawing again from it and finding the same allocation."""

    def apply(held: Case) -> None:
        seal = seal_of(held)
        again(held)
        log.add(held, "revealed", {"seed": seal.seed, "salt": seal.salt, "commitment": seal.commitment})
        said.update(text=f"Seed {seal.seed}, salt {seal.salt}", commitment=seal.commitment)

    said: dict[str, Any] = {}
    operations.change(by=by, case=case, what="seed-revealed", value=said, apply=apply, seen=seen, permission=ALLOCATE,
                      request=request)  # fmt: skip


def allocation_of(case: Case) -> Allocation | None:
    """The allocation with the version it was drawn under, as the log has it; None before the draw."""
    rows = rows_of(case)
    if rows is None:
        return None
    drawn = _drawn(case)
    return Allocation(
        reference=drawn.plan.reference, protocol_sha256=drawn.plan.sha256, rows=rows, sha256=drawn.rows_sha256
    )


def again(case: Case) -> None:
    """Draw again from the kept seed and units, under the version that was allocated. Raises where it is not what was
    drawn, or nothing was."""
    made, kept = allocation_of(case), sealed.latest(case, Sealed.UNITS)
    if made is None or kept is None:
        raise operations.CaseStateError(
            expected="an allocation",
            found="none",
            where=str(case),
            do="Allocate first: the seed stays sealed till then.",
        )
    seal, units = seal_of(case), frame_of(sealed.opened(kept))
    verify_allocation(made, _drawn(case).plan, units, seed=seal.seed, salt=seal.salt, commitment=seal.commitment)


def require_commitment(case: Case) -> None:
    """For beginning to allocate: the plan as frozen, its seed committed."""
    if protocols.in_force(case).protocol.design not in RANDOMISED:
        raise operations.CaseStateError(
            expected="a design in which chance allocates", found="one in which it does not", where=str(case),
            do="Begin the trial without an allocation.",
        )  # fmt: skip
    seal_of(case)


def require_allocation(case: Case) -> None:
    """For beginning the trial: allocated, where chance allocates."""
    if protocols.in_force(case).protocol.design in RANDOMISED and not protocols.is_allocated(case):
        raise operations.CaseStateError(expected="an allocation", found="none", where=str(case), do="Allocate first.")


def verify_files(case: Case) -> None:
    """Check every kept file against its hash, and the allocation against the seed."""
    for file in case.trial_files.all():
        sealed.opened(file)
    if protocols.is_allocated(case):
        again(case)


def erase(case: Case) -> None:
    """Delete units, allocation and outcomes: what is of families. Plans, log and results stay."""
    case.trial_results.all().update(outcomes=None)
    case.trial_files.exclude(what=Sealed.SEED).delete()


def as_bytes(frame: pl.DataFrame) -> bytes:
    """A frame as the file that is kept; `frame_of` reads it back with the same types."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def frame_of(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))


def json_of(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _refuse_again(case: Case, plan: Frozen, before: pl.DataFrame | None) -> None:
    if before is not None and plan.protocol.design != PARALLEL:
        raise operations.CaseStateError(
            expected="a trial that is not yet allocated", found="an allocation", where=str(case),
            do="It stands as drawn: nobody can draw again.",
        )  # fmt: skip
    if case.trial_log.filter(kind="revealed").exists():
        raise operations.CaseStateError(
            expected="a seed that is still sealed", found="one that was revealed", where=str(case),
            do="Nobody can join after the reveal: the next arm would be known.",
        )  # fmt: skip


def _units(case: Case, plan: Frozen, units: pl.DataFrame | None) -> pl.DataFrame:
    if plan.protocol.design != PARALLEL:
        boroughs = pl.DataFrame({"borough": list(plan.protocol.boroughs)}, schema={"borough": pl.String})
        return boroughs if units is None else units
    if units is None:
        raise UserError(
            expected="a file of the families", found="none", where="allocation",
            do="Hand in a CSV with the columns unit, borough and family.",
        )  # fmt: skip
    joined = units.select("unit", "borough", "family")
    held = sealed.latest(case, Sealed.UNITS)
    return joined if held is None else pl.concat([frame_of(sealed.opened(held)), joined])


def _refuse_children_of_other_trials(case: Case, plan: Frozen, units: pl.DataFrame) -> None:
    """Two trials at once on the same children explain each other's effects away."""
    if plan.protocol.design != PARALLEL:
        return
    own = frozenset(units["unit"])
    for other in Case.objects.filter(kind=case.kind, closed_at=None).exclude(pk=case.pk):
        held = sealed.latest(other, Sealed.UNITS)
        if held is None or (theirs := protocols.in_force(other)).protocol.design != PARALLEL:
            continue
        refuse_shared({plan.reference: own, theirs.reference: frozenset(frame_of(sealed.opened(held))["unit"])})


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the log says of the last draw."""

    plan: Frozen
    rows_sha256: str


def _drawn(case: Case) -> _Drawn:
    for entry in reversed(log.entries(case)):
        if entry.kind == "allocated":
            for version in protocols.versions(case):
                if version.sha256 == entry.facts["protocol_sha256"]:
                    return _Drawn(protocols.frozen_of(version), entry.facts["rows_sha256"])
    raise protocols.changed(case, "the allocation")
