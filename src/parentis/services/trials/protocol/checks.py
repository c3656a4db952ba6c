"""What makes a protocol fit to be frozen: every mistake at once, each with the field it is in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations, pairwise

from parentis.errors import SpecificationError, UnknownAuthorityError
from parentis.region import authority
from parentis.services.trials.protocol.record import (
    ALLOCATIONS,
    BAYESIAN,
    BAYESIAN_SEQUENTIAL,
    BETTER,
    BOROUGH,
    CLUSTER,
    DESIGNS,
    FAMILY,
    KINDS,
    METHODS,
    METHODS_OF,
    MINIMISATION,
    NO_RULE,
    PARALLEL,
    RANDOMISED,
    SHARE,
    STEPPED_WEDGE,
    STOPPING_RULES,
    UNITS,
    Protocol,
)

FEWEST_BOROUGHS = 6
"Fewer allocated boroughs have too few allocations for a permutation test to reach .05: three against three has 20."
MOST_LOOKS = 10

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HASH = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*@[0-9]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake: the field's dotted name (`outcome.measure`), and a sentence that says how to put it right."""

    field: str
    sentence: str


def problems(protocol: Protocol) -> list[Problem]:
    """Every mistake of the protocol, in the order of its fields; none if it may be frozen, apart from its papers."""
    return [one for check in _CHECKS for one in check(protocol)]


def missing_papers(protocol: Protocol) -> list[Problem]:
    """What may come after the first draft, but must be there before the protocol is frozen."""
    return [
        Problem(name, f"Give the reference of the {title} before the protocol is frozen.")
        for name, title in (("dpia", "data protection impact assessment"), ("ethics", "ethics decision"))
        if not getattr(protocol, name).strip()
    ]


def checked(protocol: Protocol) -> Protocol:
    """The protocol itself. Raises SpecificationError for the first of its problems."""
    for problem in problems(protocol):
        raise refusal(problem)
    return protocol


def refusal(problem: Problem) -> SpecificationError:
    return SpecificationError(
        expected="a protocol that can be frozen",
        found="one that cannot",
        where=f"trial protocol, {problem.field}",
        do=problem.sentence,
    )


def warnings(protocol: Protocol) -> list[str]:
    """Sentences on what is allowed, but weak."""
    found = []
    if protocol.design in (CLUSTER, STEPPED_WEDGE) and len(protocol.boroughs) < FEWEST_BOROUGHS:
        found.append(too_few_boroughs(len(protocol.boroughs)))
    if protocol.design not in RANDOMISED:
        found.append(
            "Chance does not decide who gets the new way: what else differs between boroughs may explain the result."
        )
    return found


def too_few_boroughs(count: int) -> str:
    return (
        f"Only {count} boroughs are allocated: with fewer than {FEWEST_BOROUGHS} no permutation test can reach .05, "
        "so that this trial cannot show an effect by chance alone ruled out."
    )


def _texts(protocol: Protocol) -> Iterator[Problem]:
    for name in ("title", "question", "estimand"):
        if not getattr(protocol, name).strip():
            yield Problem(name, f"Write the {name}.")
    if not _SLUG.fullmatch(protocol.id):
        yield Problem("id", "Use lower-case letters, digits and single hyphens, as family-group-conferences.")
    if protocol.version < 1:
        yield Problem("version", "Versions count from 1.")
    if protocol.version > 1 and not protocol.reason.strip():
        yield Problem("reason", "Say why this version differs from the last.")
    if not _VERSION.fullmatch(protocol.population):
        yield Problem("population", "Name a version of a cohort definition, as older-cohort@2.")
    if protocol.population_sha256 and not _HASH.fullmatch(protocol.population_sha256):
        yield Problem("population_sha256", "Give the definition's hash: 64 hexadecimal digits.")


def _choices(protocol: Protocol) -> Iterator[Problem]:
    chosen = {
        "design": (protocol.design, DESIGNS),
        "unit": (protocol.unit, UNITS),
        "allocation": (protocol.allocation, ALLOCATIONS),
        "outcome.kind": (protocol.outcome.kind, KINDS),
        "outcome.better": (protocol.outcome.better, BETTER),
        "analysis.method": (protocol.analysis.method, METHODS),
        "stopping.rule": (protocol.stopping.rule, STOPPING_RULES),
    }
    for name, (value, among) in chosen.items():
        if value not in among:
            yield Problem(name, f"Choose one of: {', '.join(among)}.")


def _arms(protocol: Protocol) -> Iterator[Problem]:
    if len(protocol.arms) != 2:
        yield Problem("arms", "Describe two arms: the comparison, and the new way.")
        return
    for number, arm in enumerate(protocol.arms):
        for name in ("name", "what"):
            if not getattr(arm, name).strip():
                yield Problem(f"arms.{number}.{name}", "Say what children in this arm get.")
        if arm.cost and _pounds(arm.cost) is None:
            yield Problem(f"arms.{number}.cost", "Write pounds a child, as 1234.50, or leave it empty.")
    if protocol.arms[0].name.strip() == protocol.arms[1].name.strip():
        yield Problem("arms.1.name", "Give the two arms different names.")


def _pounds(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def _allocated(protocol: Protocol) -> Iterator[Problem]:
    wanted = FAMILY if protocol.design == PARALLEL else BOROUGH
    if protocol.unit in UNITS and protocol.unit != wanted:
        yield Problem(
            "unit",
            f"A {protocol.design} trial allocates by {wanted}: "
            + ("brothers and sisters get the same." if wanted == FAMILY else "all children of a borough get the same."),
        )
    if protocol.allocation == MINIMISATION and protocol.design != CLUSTER:
        yield Problem("allocation", "Minimisation is for a cluster trial: choose blocked.")
    if not protocol.boroughs:
        yield Problem("boroughs", "Name the boroughs that take part.")
    if len(set(protocol.boroughs)) != len(protocol.boroughs):
        yield Problem("boroughs", "Name each borough once.")
    for code in protocol.boroughs:
        try:
            known = authority(code).gss
        except UnknownAuthorityError:
            known = ""
        if known != code:
            yield Problem("boroughs", "Give every borough by its ONS code, as E09000007.")
            break
    if protocol.design == CLUSTER and len(protocol.boroughs) < 2:
        yield Problem("boroughs", "A cluster trial needs at least two boroughs.")


def _outcome(protocol: Protocol) -> Iterator[Problem]:
    outcome = protocol.outcome
    if not outcome.measure.strip():
        yield Problem("outcome.measure", "Choose the figure or marker that is the outcome.")
    if outcome.months < 1:
        yield Problem("outcome.months", "Say after how many months the outcome is read: at least 1.")
    if outcome.kind == SHARE:
        for name in ("baseline", "expected"):
            if not 0 < getattr(outcome, name) < 1:
                yield Problem(f"outcome.{name}", "Write a share between 0 and 1, as 0.448 for 44.8 per cent.")
    if outcome.baseline == outcome.expected:
        yield Problem("outcome.expected", "Give a value that differs from the baseline: what would be worth having.")
    elif outcome.better in BETTER and (outcome.expected < outcome.baseline) != (outcome.better == "lower"):
        yield Problem("outcome.better", "The expected value is on the other side of the baseline: correct one of them.")


def _timing(protocol: Protocol) -> Iterator[Problem]:
    timing = protocol.timing
    if timing.months < 1:
        yield Problem("timing.months", "A period lasts at least 1 month.")
    if timing.periods < 1:
        yield Problem("timing.periods", "A trial has at least 1 period.")
    if protocol.design != STEPPED_WEDGE:
        if timing.steps:
            yield Problem("timing.steps", "Only a stepped wedge has steps: leave them out.")
        return
    if not timing.steps or min(timing.steps) < 1:
        yield Problem("timing.steps", "Say how many boroughs cross over at each step, as 6, 6, 6, 6, 6.")
        return
    if sum(timing.steps) != len(protocol.boroughs):
        yield Problem(
            "timing.steps",
            f"The steps take {sum(timing.steps)} boroughs and {len(protocol.boroughs)} take part: make them equal.",
        )
    if timing.periods < len(timing.steps) + 1:
        yield Problem("timing.periods", f"{len(timing.steps)} steps need at least {len(timing.steps) + 1} periods.")


def _analysis(protocol: Protocol) -> Iterator[Problem]:
    analysis = protocol.analysis
    fitting = METHODS_OF.get(protocol.design, METHODS)
    if analysis.method in METHODS and analysis.method not in fitting:
        yield Problem("analysis.method", f"For a {protocol.design} trial choose {' or '.join(fitting)}.")
    if not 0 <= analysis.icc < 1:
        yield Problem("analysis.icc", "The correlation within a borough is at least 0 and below 1.")
    if not 0 <= analysis.cac <= 1:
        yield Problem("analysis.cac", "The correlation between periods is between 0 and 1.")
    if not 0.5 < analysis.level < 1:
        yield Problem("analysis.level", "The interval's level is between .5 and 1: .95 as a rule.")
    if analysis.method == BAYESIAN_SEQUENTIAL and protocol.outcome.kind != SHARE:
        yield Problem("outcome.kind", "The Bayesian sequential analysis counts children: its outcome is a share.")


def _stopping(protocol: Protocol) -> Iterator[Problem]:
    looks, rule = protocol.looks, protocol.stopping.rule
    if any(look < 1 for look in looks) or any(later <= earlier for earlier, later in pairwise(looks)):
        yield Problem("looks", "Looks are rising numbers of children in each arm, as 20, 40, 60.")
    if len(looks) > MOST_LOOKS:
        yield Problem("looks", f"Plan at most {MOST_LOOKS} looks.")
    several = len(looks) > 1
    if several and protocol.design != PARALLEL:
        yield Problem("looks", f"A {protocol.design} trial is looked at once, at its end.")
    elif several and rule == NO_RULE:
        yield Problem(
            "stopping.rule", "With several looks choose a stopping rule: looking five times at .05 errs in .142."
        )
    if not several and rule != NO_RULE:
        yield Problem("stopping.rule", "With one look there is nothing to stop: choose none.")
    bayesian = protocol.analysis.method == BAYESIAN_SEQUENTIAL
    if several and bayesian != (rule == BAYESIAN):
        yield Problem(
            "stopping.rule", "The Bayesian rule goes with the Bayesian sequential analysis, and only with it."
        )
    if bayesian and not several:
        yield Problem("looks", "A sequential analysis has at least two looks.")
    if bayesian and not 0 <= protocol.stopping.futility < protocol.stopping.benefit <= 1:
        yield Problem("stopping.benefit", "The probabilities are between 0 and 1, benefit's above futility's.")
    if bayesian and protocol.operating is None:
        yield Problem("operating", "Work out what the stopping rule does before the protocol is frozen.")


def _harm(protocol: Protocol) -> Iterator[Problem]:
    if not protocol.harm.measure.strip():
        yield Problem("harm.measure", "Choose what would show that children come to harm.")
    if protocol.harm.at_most < 0:
        yield Problem("harm.at_most", "Give the largest difference that is not yet harm: at least 0.")
    if not protocol.harm.then.strip():
        yield Problem("harm.then", "Say who does what when the harm rule is met.")


_CHECKS: tuple[Callable[[Protocol], Iterator[Problem]], ...] = (
    _texts, _choices, _arms, _allocated, _outcome, _timing, _analysis, _stopping, _harm,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two protocols, by reference, and the number of children in both."""

    first: str
    second: str
    children: int


def shared_children(children: Mapping[str, frozenset[str]]) -> list[Overlap]:
    """Pairs of running protocols that have children in common: one may hide or feign the other's effect.

    `children` has each protocol's reference and the keys of its children.
    """
    return [
        Overlap(first, second, shared)
        for first, second in combinations(sorted(children), 2)
        if (shared := len(children[first] & children[second]))
    ]


def refuse_shared(children: Mapping[str, frozenset[str]]) -> None:
    """Raise SpecificationError where two protocols have children in common."""
    for overlap in shared_children(children):
        raise SpecificationError(
            expected="children who are in one trial at a time",
            found=f"{overlap.children:,} who are also in {overlap.first}",
            where=f"trial allocation, {overlap.second}",
            do="Leave these children out of one of the two, or begin when the other has ended.",
        )
