"""What a trial's page shows beside its fields: what is missing, versions with their hashes, how far it is."""

from typing import Any

from django.http import HttpRequest

from parentis.errors import UserError
from parentis.web.cases.models import Case
from parentis.web.trials import analyses, protocols, sealed
from parentis.web.trials.case_types import WRITABLE
from parentis.web.trials.models import Sealed


def context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """For templates/trials/case.html."""
    versions = protocols.versions(case)
    found: dict[str, Any] = {
        "versions": versions,
        "faults": protocols.faults(case) if case.state in WRITABLE else [],
        "weaknesses": _weaknesses(case),
        "source": case.record.values.get("source") or "",
        "reference": case.record.values.get("reference"),
    }
    if not versions:
        return found
    seed, allocation = sealed.latest(case, Sealed.SEED), sealed.latest(case, Sealed.ALLOCATION)
    return found | {
        "commitment": seed.commitment if seed else "",
        "allocation": allocation,
        "revealed": case.trial_log.filter(kind="revealed").exists(),
        "results": analyses.results(case),
        "looks": len(analyses.looks_of(protocols.frozen_of(versions[0]))),
        "card_version": analyses.results(case)[0].version if case.trial_results.exists() else versions[0].number,
    }


def _weaknesses(case: Case) -> list[str]:
    if case.state not in (*WRITABLE, "proposed"):
        return []
    try:
        return protocols.weaknesses(case)
    except UserError:
        return []  # the protocol cannot be read yet, and its faults say why
