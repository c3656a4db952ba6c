"""The freeze: a version, its hash in the history, the seed committed to, boroughs let in; and that all is still so."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.services.trials import Frozen, Protocol, Seal, protocol_hash, write_protocol
from parentis.web.cases import operations
from parentis.web.cases.models import Case, CaseParticipant
from parentis.web.trials import allocations, log
from parentis.web.trials.case_types import BOROUGH, FREEZE
from parentis.web.trials.models import ProtocolVersion
from parentis.web.trials.protocols import frozen_of, next_frozen, read, versions, written


@transaction.atomic
def freeze(
    *,
    by: Any,
    case: Case,
    seen: int | None,
    sha256: str = "",
    seal: Seal | None = None,
    request: HttpRequest | None = None,
) -> Frozen:
    """Freeze what the fields say as the next version, by somebody else than the one who proposed it.

    `sha256` is the hash that the person was shown: if it is another now, nothing is frozen.
    `seal`: of practice trials, whose data belong to a known draw; otherwise the site draws the seed.
    """
    made: list[Frozen] = []

    def apply(held: Case) -> None:
        plan = next_frozen(held)
        if sha256 and plan.sha256 != sha256:
            raise UserError(
                expected=f"the protocol that you were shown ({sha256[:12]}…)", found=f"another ({plan.sha256[:12]}…)",
                where=str(held), do="Nothing was frozen. Read it again.",
            )  # fmt: skip
        ProtocolVersion.objects.create(
            case=held, number=plan.protocol.version, text=write_protocol(plan.protocol), sha256=plan.sha256,
            frozen_by=by,
        )  # fmt: skip
        _let_boroughs_in(held, plan.protocol)
        text = f"Version {plan.protocol.version}, SHA-256 {plan.sha256}"
        if plan.protocol.version == 1:
            text += f". Seed committed as {allocations.commit_seed(held, plan, seal, by=by)}"
        else:
            log.add(held, "amended", log.facts_of(plan))
        made.append(plan)
        said.update(version=plan.protocol.version, plan_sha256=plan.sha256, text=text)

    said: dict[str, Any] = {}
    changed = operations.change(
        by=by, case=case, what="protocol-frozen", value=said, apply=apply, seen=seen, permission=FREEZE, request=request
    )
    operations.move(by=by, case=changed, move="freeze", seen=None, request=request)
    return made[0]


def require_frozen_now(case: Case) -> None:
    """For the step that freezes: refuse unless the latest version is what the fields say."""
    version = case.protocols.first()
    if version is None or protocol_hash(_of(case, version)) != version.sha256:
        raise operations.CaseStateError(
            expected="the protocol as it is written, frozen", found="another, or none", where=str(case),
            do="Freeze it on the page of freezing.",
        )  # fmt: skip


def verify(case: Case) -> None:
    """Check versions, log and files against the case's history and their hashes."""
    for version in versions(case):
        frozen_of(version)
    log.verify(case)
    allocations.verify_files(case)


def _of(case: Case, version: ProtocolVersion) -> Protocol:
    """What the fields say, under the number and reason of a version."""
    protocol = read(version)
    return replace(written(case), version=version.number, reason=protocol.reason)


def _let_boroughs_in(case: Case, protocol: Protocol) -> None:
    """Boroughs that take part see the trial, and their directors decide with others."""
    there = set(case.participants.filter(role=BOROUGH, until=None).values_list("place", flat=True))
    CaseParticipant.objects.bulk_create(
        CaseParticipant(case=case, role=BOROUGH, place=one, since=timezone.now(), why="Named in the protocol")
        for one in protocol.boroughs
        if one not in there and one != case.place
    )
