"""The design room's answers: power by formula at once, and by simulation on the demand model's children as a job."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.utils import timezone

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.services.trials import (
    Change,
    Plan,
    Power,
    Reading,
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

JOB: Final = "trial-power"
SIMULATIONS: Final = 10_000
FEWEST: Final = 6
"Fewer boroughs have too few allocations for a permutation test to reach .05."
REST: Final = timedelta(minutes=10)
"How long a simulation that failed is not asked for again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a simulation reads of a child, and what becomes rarer or more frequent where the new way works."""

    title: str
    reading: Reading
    to: tuple[str, ...] = ()

    def change(self, less: float) -> Change:
        """The new way that makes the outcome's cause so much rarer (a share): moves, or staying in care."""
        if self.reading.kind == "in care":
            return Change(exits=1 / (1 - less))
        return Change(moves=1 - less, to=self.to)


SETTINGS: Final = ("residential", "secure")
OUTCOMES: Final[Mapping[str, Outcome]] = {
    "moves": Outcome(title="Two moves or more within 12 months of coming into care", reading=Reading(kind="moved")),
    "homes": Outcome(
        title="A move into a children’s home or a secure home within 12 months",
        reading=Reading(kind="reached", groups=SETTINGS), to=SETTINGS,
    ),
    "stays": Outcome(title="Still in care after 12 months", reading=Reading(kind="in care")),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A design that is asked about. `boroughs` in all; `children` in each borough and period (parallel: in each arm);
    `baseline` and `expected` as shares; `steps` of a stepped wedge. Of the simulation alone: the `outcome` that is
    read, and by which share its cause becomes rarer (`less`)."""

    design: str
    boroughs: int
    steps: tuple[int, ...]
    children: int
    baseline: float
    expected: float
    icc: float
    cac: float
    outcome: str = "moves"
    less: float = 0.25

    def plain(self) -> dict[str, Any]:
        return asdict(self) | {"steps": list(self.steps)}

    @property
    def key(self) -> str:
        """Of what a simulation rests on."""
        plain = {name: value for name, value in self.plain().items() if name not in ("baseline", "expected")}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    @property
    def plan(self) -> Plan:
        if self.design == PARALLEL:
            return Plan(design=PARALLEL, children=ceil(self.children / self.boroughs))
        return Plan(design=self.design, steps=self.steps, periods=len(self.steps) + 1, children=self.children,
                    icc=self.icc, cac=self.cac)  # fmt: skip


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
    progress("simulating trials on children of the forecasts’ model", 1, 1)
    home = find_home()
    workflow.keep_what_if(home)
    kept = workflow.kept_what_if(home)
    if kept is None:
        raise UserError(
            expected="children’s histories in the accepted returns", found="none", where="design room",
            do="Submit and accept the looked-after children return first.",
        )  # fmt: skip
    model = kept.basis.model
    read = OUTCOMES[asked.outcome]
    pool = children_of_demand(model, boroughs=_largest(model, asked.boroughs))
    begun = time.monotonic()
    found = simulated_power(pool, read.reading, read.change(asked.less), asked.plan, simulations=SIMULATIONS)
    answer = asdict(found) | {"seconds": round(time.monotonic() - begun, 1)}
    DesignAnswer.objects.get_or_create(key=asked.key, mark=now, defaults={"asked": asked.plain(), "answer": answer})
    return {"key": asked.key}


def _largest(model: Any, boroughs: int) -> tuple[str, ...]:
    """The boroughs into whose care most children of ten and over come."""
    if boroughs > len(model.authorities):
        raise UserError(
            expected=f"up to {len(model.authorities)} boroughs", found=f"{boroughs}", where="design room",
            do="Only as many have children’s histories in the forecasts’ model: ask for fewer.",
        )  # fmt: skip
    every = children_of_demand(model, draws=1)
    order = sorted(zip(every.expected[0], every.boroughs, strict=True), reverse=True)
    return tuple(sorted(name for _, name in order[:boroughs]))


def mark() -> str:
    """Of the returns that the forecasts’ model is fitted to."""
    return workflow.what_if_returns(find_home())
