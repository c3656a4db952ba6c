"""Practice trials: a finished one with a planted effect, a finished one with none, one abandoned, and a stepped wedge
that is running. No child, borough's result or decision in them is real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from parentis.region import authorities
from parentis.services.trials.allocation.draw import Allocation, allocate
from parentis.services.trials.allocation.log import (
    ALLOCATED,
    CLOSED,
    COMMITTED,
    CROSSED,
    FROZEN,
    LOOKED,
    REVEALED,
    STOPPED,
    Entry,
    next_entry,
)
from parentis.services.trials.allocation.seals import Seal, seal_of
from parentis.services.trials.analysis.plan import analyse
from parentis.services.trials.analysis.result import TrialResult
from parentis.services.trials.cards import ABANDONED, FINISHED, RUNNING, EvidenceCard, evidence_card
from parentis.services.trials.protocol.frozen import Frozen, frozen
from parentis.services.trials.protocol.record import (
    BOROUGH,
    CLUSTER,
    CLUSTER_ROBUST,
    FAMILY,
    LOWER,
    PARALLEL,
    SHARE,
    STEPPED_WEDGE,
    Analysis,
    Arm,
    HarmRule,
    Outcome,
    Protocol,
    Timing,
)

SYNTHETIC = "Practice data: made up, with a known effect. Nothing in it is about a real child or borough."
POPULATION = "london-older@2"

PLANTED, NONE = -0.086, 0.0
"Effects on the share of children, as a share: 8.6 points fewer, as in the published trial of family group conferences."

_FAMILIES, _CHILDREN, _EACH = 1_511, 45, 12
_GONE_ON = 3
"Periods of the running wedge that are over."


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PracticeTrial:
    """A trial as the site would hold it. `planted` is the effect put into its outcomes; `seed` of the seal is open
    only in practice. `units` and `data` are as `allocate` and `analyse` take them."""

    frozen: Frozen
    state: str
    seal: Seal
    units: pl.DataFrame
    allocation: Allocation
    log: tuple[Entry, ...]
    data: pl.DataFrame
    result: TrialResult | None
    card: EvidenceCard
    planted: float
    says: str = SYNTHETIC


def practice_trials(seed: int = 0) -> tuple[PracticeTrial, ...]:
    """The four practice trials: a few thousand children, made in less than a second."""
    return tuple(make(np.random.Generator(np.random.Philox([seed, number]))) for number, make in enumerate(_TRIALS))


def _conferences(rng: np.random.Generator) -> PracticeTrial:
    """Children allocated by family in twelve boroughs; the planted effect is there."""
    made = frozen(
        _protocol(
            id="family-group-conferences", title="Family group conferences before proceedings",
            question="Shall London's boroughs go on offering a family group conference before care proceedings?",
            new=Arm(name="conference", what="A family group conference is offered before the meeting.", cost="1900.00"),
            design=PARALLEL, unit=FAMILY, boroughs=_london()[1:13], measure="marker:looked-after", months=12,
            baseline=0.448, expected=0.362, timing=Timing(starts=date(2024, 4, 1), periods=1, months=12),
        )
    )  # fmt: skip
    boroughs = made.protocol.boroughs
    size = rng.choice([1, 2, 3, 4], _FAMILIES, p=[0.55, 0.27, 0.12, 0.06])
    family = np.repeat(np.arange(_FAMILIES), size)
    home = rng.integers(0, len(boroughs), _FAMILIES)
    units = pl.DataFrame(
        {
            "unit": [f"practice-conference-{at:04}" for at in range(len(family))],
            "borough": [boroughs[at] for at in home[family].tolist()],
            "family": [f"practice-family-{at:04}" for at in family.tolist()],
        }
    )
    seal = _seal(made)
    allocation = allocate(made, units, seal)
    together = rng.choice([-0.2, 0.2], _FAMILIES) + rng.normal(0, 0.03, len(boroughs))[home]
    share = 0.448 + together[family] + PLANTED * allocation.rows["arm"].to_numpy()
    outcome = _drawn(rng, share, missing=0.03)
    harm = (rng.random(len(family)) < 0.02).astype(np.float64)
    data = units.select("unit").with_columns(outcome=outcome, harm=pl.Series(harm))
    return _finished(made, seal, units, allocation, data, PLANTED, ended=date(2026, 4, 30))


def _mentors(rng: np.random.Generator) -> PracticeTrial:
    """Twenty boroughs allocated; nothing is planted, and one borough did not return."""
    made = frozen(
        _protocol(
            id="mentors-at-placement-start", title="A mentor from the first day of a placement",
            question="Shall London's boroughs pay for a mentor from the first day of a placement?",
            new=Arm(name="mentor", what="A mentor meets the child within two days, then weekly.", cost="3200.00"),
            design=CLUSTER, unit=BOROUGH, boroughs=_london()[1:21], measure="marker:placements", months=12,
            baseline=0.38, expected=0.30, timing=Timing(starts=date(2024, 9, 1), periods=1, months=12),
        )
    )  # fmt: skip
    seal = _seal(made)
    units = _with_sizes(rng, made)
    allocation = allocate(made, units, seal)
    parts = []
    for borough, arm in allocation.rows.select("borough", "arm").iter_rows():
        share = np.full(int(rng.poisson(_CHILDREN)) + 5, 0.38 + rng.normal(0, 0.05) + NONE * arm)
        outcome = _drawn(rng, share, missing=1.0 if borough == made.protocol.boroughs[7] else 0.02)
        parts.append(pl.DataFrame({"borough": [borough] * len(share), "outcome": outcome}))
    return _finished(made, seal, units, allocation, pl.concat(parts), NONE, ended=date(2026, 9, 30))


def _panels(rng: np.random.Generator) -> PracticeTrial:
    """A stepped wedge of thirty boroughs, three of whose six periods are over; one borough crossed over late."""
    made = frozen(
        _protocol(
            id="stability-panels", title="A weekly panel for placements at risk",
            question="Shall all boroughs hold a weekly panel for placements at risk of ending?",
            new=Arm(name="panel", what="A panel meets each week and may pay for support at once.", cost="650.00"),
            design=STEPPED_WEDGE, unit=BOROUGH, boroughs=_london()[1:31], measure="marker:placements", months=6,
            baseline=0.448, expected=0.362,
            timing=Timing(starts=date(2026, 1, 1), periods=6, months=3, steps=(6, 6, 6, 6, 6)),
        )
    )  # fmt: skip
    seal = _seal(made)
    units = _with_sizes(rng, made)
    allocation = allocate(made, units, seal)
    late = allocation.rows.filter(pl.col("step") == 2)["borough"][0]
    rows = []
    for borough, step in allocation.rows.select("borough", "step").iter_rows():
        own = rng.normal(0, 0.05)
        for period in range(1, _GONE_ON + 1):
            on = period > step + (borough == late)
            share = 0.448 + own - 0.01 * period + PLANTED * on
            children = int(rng.poisson(_EACH)) + 1
            rows += [
                (borough, period, value, int(on)) for value in (rng.random(children) < share).astype(float).tolist()
            ]
    data = pl.DataFrame(
        rows,
        schema={"borough": pl.String, "period": pl.Int64, "outcome": pl.Float64, "treated": pl.Int64},
        orient="row",
    )
    log = _begun(made, seal, allocation)
    for step in range(1, _GONE_ON + 1):
        begun = allocation.rows.filter(pl.col("step") == step)["borough"].to_list()
        facts = {"step": str(step), "boroughs": ", ".join(one for one in begun if one != late)}
        log.append(next_entry(log, CROSSED, facts, _at(date(2026, 1 + 3 * step, 1))))
    log.append(next_entry(log, CROSSED, {"step": "2", "boroughs": late, "late": "yes"}, _at(date(2026, 10, 5))))
    card = evidence_card(made, None, state=RUNNING)
    return PracticeTrial(
        frozen=made, state=RUNNING, seal=seal, units=units, allocation=allocation, log=tuple(log), data=data,
        result=None, card=card, planted=PLANTED,
    )  # fmt: skip


def _app(rng: np.random.Generator) -> PracticeTrial:
    """A trial that was given up when half of its boroughs withdrew."""
    made = frozen(
        _protocol(
            id="app-for-foster-carers", title="An app for foster carers of teenagers",
            question="Shall London license the app for all foster carers of teenagers?",
            new=Arm(name="app", what="Carers have an app with a helpline.", cost="140.00"),
            design=CLUSTER, unit=BOROUGH, boroughs=_london()[1:13], measure="marker:carer-ended", months=12,
            baseline=0.22, expected=0.15, timing=Timing(starts=date(2025, 1, 6), periods=1, months=12),
        )
    )  # fmt: skip
    seal = _seal(made)
    units = _with_sizes(rng, made)
    allocation = allocate(made, units, seal)
    log = _begun(made, seal, allocation)
    why = "Six of the twelve boroughs withdrew within three months, because carers did not use the app."
    ended = date(2025, 6, 30)
    log.append(next_entry(log, STOPPED, {"why": why}, _at(ended)))
    log.append(next_entry(log, REVEALED, {"seed": seal.seed, "salt": seal.salt}, _at(ended)))
    log.append(next_entry(log, CLOSED, {}, _at(ended)))
    card = evidence_card(made, None, state=ABANDONED, why=why, ended=ended)
    return PracticeTrial(
        frozen=made, state=ABANDONED, seal=seal, units=units, allocation=allocation, log=tuple(log),
        data=pl.DataFrame(schema={"borough": pl.String, "outcome": pl.Float64}), result=None, card=card, planted=NONE,
    )  # fmt: skip


_TRIALS: tuple[Callable[[np.random.Generator], PracticeTrial], ...] = (_conferences, _mentors, _panels, _app)


def _protocol(
    *, id: str, title: str, question: str, new: Arm, design: str, unit: str, boroughs: tuple[str, ...], measure: str,  # noqa: A002
    months: int, baseline: float, expected: float, timing: Timing,
) -> Protocol:  # fmt: skip
    return Protocol(
        id=id, title=title, question=question, population=POPULATION, design=design, unit=unit, boroughs=boroughs,
        estimand=f"Difference in the share of children with the outcome {months} months on, as allocated.",
        arms=(Arm(name="as before", what="What the borough does today.", cost="0.00"), new),
        outcome=Outcome(
            measure=measure, kind=SHARE, better=LOWER, months=months, baseline=baseline, expected=expected
        ),
        timing=timing, analysis=Analysis(method=CLUSTER_ROBUST, icc=0.0 if design == PARALLEL else 0.02, cac=0.8),
        harm=HarmRule(
            measure="marker:missing", at_most=0.05, then="The lead director pauses it that day and tells the boroughs."
        ),
        dpia=f"Practice DPIA of {id}", ethics=f"Practice ethics decision of {id}",
        replaces="What the borough does today.",
    )  # fmt: skip


def _london() -> tuple[str, ...]:
    return tuple(sorted(one.gss for one in authorities() if one.region_gss == "E12000007"))


def _seal(made: Frozen) -> Seal:
    return seal_of(f"practice seed of {made.protocol.id}", "practice")


def _with_sizes(rng: np.random.Generator, made: Frozen) -> pl.DataFrame:
    sizes = np.exp(rng.normal(3.6, 0.4, len(made.protocol.boroughs))).round()
    return pl.DataFrame({"borough": made.protocol.boroughs, "size": sizes})


def _drawn(rng: np.random.Generator, share: np.ndarray, *, missing: float) -> pl.Series:
    values = (rng.random(len(share)) < share.clip(0.01, 0.99)).astype(np.float64)
    return pl.Series(np.where(rng.random(len(share)) < missing, np.nan, values)).fill_nan(None)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def _begun(made: Frozen, seal: Seal, allocation: Allocation) -> list[Entry]:
    log: list[Entry] = []
    start = made.protocol.timing.starts
    facts = (
        (FROZEN, {"reference": made.reference, "sha256": made.sha256}),
        (COMMITTED, {"commitment": seal.commitment}),
        (ALLOCATED, {"units": str(allocation.rows.height), "sha256": allocation.sha256}),
    )
    for kind, told in facts:
        log.append(next_entry(log, kind, told, _at(start)))
    return log


def _finished(
    made: Frozen, seal: Seal, units: pl.DataFrame, allocation: Allocation, data: pl.DataFrame, planted: float, *,
    ended: date,
) -> PracticeTrial:  # fmt: skip
    result = analyse(made, data, expected_hash=made.sha256, allocation=allocation, on=ended)
    log = _begun(made, seal, allocation)
    for kind, facts in (
        (REVEALED, {"seed": seal.seed, "salt": seal.salt}),
        (LOOKED, {"look": "1", "sha256": made.sha256, "decision": result.decision}),
        (CLOSED, {}),
    ):
        log.append(next_entry(log, kind, facts, _at(ended)))
    card = evidence_card(made, result, state=FINISHED, ended=ended)
    return PracticeTrial(
        frozen=made, state=FINISHED, seal=seal, units=units, allocation=allocation, log=tuple(log), data=data,
        result=result, card=card, planted=planted,
    )  # fmt: skip
