"""What a Bayesian stopping rule does, worked out by the worker after a protocol was proposed and before it is frozen.

The exact recursion over all looks takes seconds, which no page waits for.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from parentis.services.trials import Operating, Protocol, read_protocol, with_operating, write_protocol
from parentis.services.trials.protocol.record import BAYESIAN
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue
from parentis.web.trials.models import DesignAnswer

JOB = "trial-operating"
MARK = "operating"


def is_needed(protocol: Protocol) -> bool:
    """Whether the protocol has a rule whose operating characteristics belong to the plan."""
    return protocol.stopping.rule == BAYESIAN and len(protocol.looks) > 1


def with_stored(protocol: Protocol) -> Protocol:
    """The protocol with what its rule does, if that is worked out."""
    found = DesignAnswer.objects.filter(key=_key(protocol), mark=MARK).first() if is_needed(protocol) else None
    return protocol if found is None else replace(protocol, operating=Operating(**found.answer))


def ask(protocol: Protocol) -> None:
    """Ask the worker, unless it is worked out or asked for already."""
    if not is_needed(protocol) or with_stored(protocol).operating is not None:
        return
    asked = {"key": _key(protocol), "protocol": write_protocol(protocol)}
    if not any(one.is_open for one in Job.objects.filter(kind=JOB, asked__key=asked["key"])):
        enqueue(kind=JOB, by=None, asked=asked)


def work_out(job: Job, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
    """For the worker."""
    progress("working out the stopping rule", 1, 1)
    keep(read_protocol(job.asked["protocol"]))
    return {"key": job.asked["key"]}


def keep(protocol: Protocol) -> None:
    """Work out what the rule does and keep it."""
    found = with_operating(protocol).operating
    if found is not None:
        answer, asked = asdict(found), {"looks": list(protocol.looks)}
        DesignAnswer.objects.get_or_create(key=_key(protocol), mark=MARK, defaults={"asked": asked, "answer": answer})


def _key(protocol: Protocol) -> str:
    """Of all that the rule's behaviour rests on."""
    rests_on = [list(protocol.looks), asdict(protocol.stopping), asdict(protocol.outcome)]
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()
