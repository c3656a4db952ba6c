"""The record of a protocol: everything an analysis needs to know, and nothing it may decide later."""

from dataclasses import dataclass
from datetime import date

PARALLEL, CLUSTER, STEPPED_WEDGE = "parallel", "cluster", "stepped wedge"
MATCHED, SYNTHETIC_CONTROL = "matched", "synthetic control"
DESIGNS = (PARALLEL, CLUSTER, STEPPED_WEDGE, MATCHED, SYNTHETIC_CONTROL)
RANDOMISED = (PARALLEL, CLUSTER, STEPPED_WEDGE)
"Designs in which chance decides who gets the new way."

FAMILY, BOROUGH = "family", "borough"
UNITS = (FAMILY, BOROUGH)
"What is allocated. Children are allocated with their brothers and sisters, so a child is never a unit of its own."

CLUSTER_ROBUST, PERMUTATION, STAGGERED = "cluster robust", "permutation", "staggered starts"
SYNTHETIC, BAYESIAN_SEQUENTIAL = "synthetic control", "bayesian sequential"
METHODS = (CLUSTER_ROBUST, PERMUTATION, STAGGERED, SYNTHETIC, BAYESIAN_SEQUENTIAL)

METHODS_OF: dict[str, tuple[str, ...]] = {
    PARALLEL: (CLUSTER_ROBUST, BAYESIAN_SEQUENTIAL),
    CLUSTER: (CLUSTER_ROBUST, PERMUTATION),
    STEPPED_WEDGE: (CLUSTER_ROBUST, PERMUTATION),
    MATCHED: (STAGGERED,),
    SYNTHETIC_CONTROL: (SYNTHETIC,),
}
"The analyses that fit each design."

POCOCK, OBRIEN_FLEMING, BAYESIAN, NO_RULE = "pocock", "o'brien-fleming", "bayesian", "none"
STOPPING_RULES = (NO_RULE, POCOCK, OBRIEN_FLEMING, BAYESIAN)

BLOCKED, MINIMISATION = "blocked", "minimisation"
ALLOCATIONS = (BLOCKED, MINIMISATION)
"How boroughs are drawn: within blocks of like size, or each to the arm that leaves them more alike."

SHARE, MEAN = "share", "mean"
KINDS = (SHARE, MEAN)
LOWER, HIGHER = "lower", "higher"
BETTER = (LOWER, HIGHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way of working. `cost` in pounds a child, as written ("1234.50"); empty where it is not known."""

    name: str
    what: str
    cost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The one primary outcome.

    Attributes:
        measure: id of a figure's measure, or `marker:<id>` of a marker of a cohort definition.
        kind: `share` of children (0 or 1 for each) or `mean`.
        better: whether a lower or a higher value is good.
        months: how long after the start the outcome is read.
        baseline, expected: the value in the comparison arm, and the value that would be worth having.
    """

    measure: str
    kind: str
    better: str
    months: int
    baseline: float
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """`periods` periods of `months` months from `starts`; `steps` are the boroughs that cross over before each period
    from the second on (stepped wedge alone)."""

    starts: date
    periods: int
    months: int
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The primary analysis.

    Attributes:
        icc: correlation of two children of one borough and period that the weights of the estimate assume.
        cac: how much of it is left between periods. The interval is right also where both are wrong.
        level: of the interval.
    """

    method: str
    icc: float = 0.0
    cac: float = 1.0
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """When a planned look ends the trial. `benefit` and `futility` are posterior probabilities (`bayesian` alone)."""

    rule: str = NO_RULE
    benefit: float = 0.975
    futility: float = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRule:
    """The trial pauses when `measure` in the new arm exceeds the comparison arm's by more than `at_most`; `then` says
    who does what."""

    measure: str
    at_most: float
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What the stopping rule does, worked out before the trial: chances of stopping for benefit and for futility, and
    the mean number of children an arm, where the new way does nothing and where it does what is expected."""

    benefit_if_none: float
    futility_if_none: float
    benefit_if_expected: float
    futility_if_expected: float
    mean_if_none: float
    mean_if_expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A version of a protocol.

    Attributes:
        population: the version of a cohort definition, `id@version`; `population_sha256` its frozen file's hash.
        arms: the comparison first, the new way second.
        boroughs: ONS codes of the boroughs that take part; for designs without chance those that start the new way.
        looks: children in each arm with a known outcome at each planned look; empty for one look at the end.
        replaces: what the new way takes the place of.
        reason: why this version differs from the last; empty for the first.
        operating: for the Bayesian rule alone (`analysis.with_operating` works it out).
    """

    id: str
    version: int = 1
    title: str
    question: str
    estimand: str
    population: str
    population_sha256: str = ""
    design: str
    arms: tuple[Arm, Arm]
    unit: str
    allocation: str = BLOCKED
    boroughs: tuple[str, ...]
    outcome: Outcome
    timing: Timing
    analysis: Analysis
    looks: tuple[int, ...] = ()
    stopping: Stopping = Stopping()
    harm: HarmRule
    dpia: str = ""
    ethics: str = ""
    replaces: str = ""
    reason: str = ""
    operating: Operating | None = None


def reference(protocol: Protocol) -> str:
    """The name that results and other services use: `trial:<id>@<version>`."""
    return f"trial:{protocol.id}@{protocol.version}"
