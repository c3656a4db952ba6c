"""The design room's answers: power by formula at once, and by simulation on the demand model's children as a job."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.services.trials import (
    Power,
    children_of_demand,
    cluster_power,
    needed_per_arm,
    parallel_power,
    simulated_power,
    stepped_wedge_power,
)
from parentis.services.trials.protocol.record import CLUSTER, PARALLEL, STEPPED_WEDGE
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import enqueue
from parentis.web.trials.models import DesignAnswer
from parentis.workflow.results.demand_model import MODEL

JOB: Final = "trial-power"
SIMULATIONS: Final = 10_000
FEWEST: Final = 6
"Fewer boroughs have too few allocations for a permutation test to reach .05."
REST: Final = timedelta(minutes=10)
"How long a simulation that failed is not asked for again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A design that is asked about. `boroughs` in all; `children` in each borough and period (parallel: in each arm);
    `baseline` and `expected` as shares; `steps` of a stepped wedge."""

    design: str
    boroughs: int
    steps: tuple[int, ...]
    children: int
    baseline: float
    expected: float
    icc: float
    cac: float

    def plain(self) -> dict[str, Any]:
        return {"design": self.design, "boroughs": self.boroughs, "steps": list(self.steps), "children": self.children,
                "baseline": self.baseline, "expected": self.expected, "icc": self.icc, "cac": self.cac}  # fmt: skip

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True).encode()).hexdigest()


def question_of(plain: Mapping[str, Any]) -> Question:
    return Question(**{**plain, "steps": tuple(plain["steps"])})


LONDON: Final = (
    Question(design=STEPPED_WEDGE, boroughs=30, steps=(6,) * 5, children=10, baseline=0.448, expected=0.362, icc=0.03,
             cac=1.0),
    Question(design=STEPPED_WEDGE, boroughs=30, steps=(6,) * 5, children=20, baseline=0.448, expected=0.362, icc=0.01,
             cac=0.8),
)  # fmt: skip
"The two London examples of the specification."


def power_of(asked: Question, children: int | None = None) -> Power:
    """The power of a design by formula, with other children where given. Raises SpecificationError."""
    number = children if children is not None else asked.children
    if asked.design == PARALLEL:
        return parallel_power(number, asked.baseline, asked.expected)
    if asked.design == CLUSTER:
        return cluster_power(asked.boroughs // 2, number, asked.baseline, asked.expected, icc=asked.icc)
    return stepped_wedge_power(asked.steps, number, asked.baseline, asked.expected, icc=asked.icc, cac=asked.cac)


def alone(asked: Question) -> tuple[int, int]:
    """Children that one borough alone needs in each arm: for the effect, and for half of it."""
    half = asked.baseline + (asked.expected - asked.baseline) / 2
    return needed_per_arm(asked.baseline, asked.expected), needed_per_arm(asked.baseline, half)


def around(children: int) -> list[int]:
    """Numbers of children about the one asked for, for the table."""
    return sorted({max(1, round(children * factor)) for factor in (0.25, 0.5, 0.75, 1, 1.5, 2, 3)})


def simulated(asked: Question) -> DesignAnswer | None:
    """The simulation of a design on the model that is kept now; None if it was not made."""
    found: DesignAnswer | None = DesignAnswer.objects.filter(key=asked.key, mark=mark()).first()
    return found


def job_of(asked: Question, person: Any) -> Job | None:
    """The person's last job about a design."""
    found: Job | None = Job.objects.filter(kind=JOB, by=person, asked__key=asked.key).first()
    return found


def ask(asked: Question, person: Any) -> Job:
    """Ask for a simulation; one that is under way is not asked for again, nor one that failed just now."""
    last = job_of(asked, person)
    if last is not None and (
        last.is_open or (last.state == State.FAILED and last.ended_at and last.ended_at > timezone.now() - REST)
    ):
        return last
    return enqueue(kind=JOB, by=person, asked={"key": asked.key, "design": asked.plain()}, once=uuid.uuid4())[0]


def simulate(job: Job, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
    """For the worker: simulate a design's trials on the children of the model that is kept."""
    asked, now = question_of(job.asked["design"]), mark()
    if DesignAnswer.objects.filter(key=asked.key, mark=now).exists():
        return {"key": asked.key}
    progress("drawing children of the forecasts’ model", 1, 1)
    model = workflow.kept_demand_model(find_home())
    if model is None:
        raise UserError(
            expected="a fitted model of demand", found="none", where="design room",
            do="Open the forecasts once children’s histories are accepted: the model is fitted then.",
        )  # fmt: skip
    pool = children_of_demand(model)
    found = simulated_power(asked, pool, simulations=SIMULATIONS)
    answer = {"power": found.power, "type_one": found.type_one, "low": found.low, "high": found.high,
              "simulations": found.simulations, "seconds": round(found.seconds, 1)}  # fmt: skip
    DesignAnswer.objects.get_or_create(key=asked.key, mark=now, defaults={"asked": asked.plain(), "answer": answer})
    return {"key": asked.key}


def mark() -> str:
    """Of the model that is kept now: a new one is another file."""
    path = find_home().cache / MODEL
    return str(path.stat().st_mtime_ns) if path.is_file() else ""
