"""A trial's log: each line chained to the one before, from the freeze to the end. Lines are added, never changed."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from parentis.errors import IntegrityError
from parentis.services.trials import Entry, Frozen, check_log, next_entry
from parentis.web.cases.models import Case
from parentis.web.trials import populations
from parentis.web.trials.models import LogEntry


def entries(case: Case) -> tuple[Entry, ...]:
    """The log, oldest first."""
    return tuple(
        Entry(
            number=one.number,
            kind=one.kind,
            at=datetime.fromisoformat(one.at),
            facts=dict(one.facts),
            before=one.before,
            sha256=one.sha256,
        )
        for one in case.trial_log.all()
    )


def begin(case: Case, plan: Frozen, commitment: str) -> None:
    """The first lines: the plan's hash and the seed's, before anything is allocated. Call it with the case's row
    locked."""
    add(case, "frozen", facts_of(plan))
    add(case, "committed", {"commitment": commitment})


def facts_of(plan: Frozen) -> dict[str, str]:
    """What the log says of a version: its name and hash, and those of its population."""
    named = plan.protocol.population
    return {
        "reference": plan.reference, "protocol_sha256": plan.sha256, "population": named,
        "population_sha256": populations.known().get(named, ""),
    }  # fmt: skip


def add(case: Case, kind: str, facts: Mapping[str, str]) -> None:
    """Add a line. Raises SpecificationError where the log does not allow it yet. Call it with the case's row locked."""
    entry = next_entry(entries(case), kind, dict(facts), timezone.now())
    LogEntry.objects.create(
        case=case, number=entry.number, kind=entry.kind, at=entry.at.isoformat(), facts=dict(entry.facts),
        before=entry.before, sha256=entry.sha256,
    )  # fmt: skip


def verify(case: Case) -> None:
    """Raise IntegrityError where the chain is broken or a line could not have come."""
    wrong = check_log(entries(case))
    if wrong:
        raise IntegrityError(f"case {case.pk}: {wrong[0]}")
