"""The rules by which boroughs have shared, or could share, the cost of places: weights from facts, and pence from
weights.

A rule shares a year's whole cost: the home, full or empty, and the nights that it could not take, bought elsewhere.
So all rules have the same total, and no borough pays extra for being refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np

from parentis.region.apportionment import collar, divide

AVAILABLE: Final = Fraction(3, 5)
"The part of the cost that the rule *availability and use* shares equally, for availability."
PER_NIGHT: Final = 1000
"Whole weights are in thousandths of a night."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Inputs of the rules, for each borough in order: children aged 10 to 17, deprivation (any scale, 0 or more),
    nights used in years past (the latest last), and its part of Shapley's value and of the nucleolus (any scale;
    empty where not worked out)."""

    children: Sequence[int]
    deprivation: Sequence[float]
    nights: Sequence[Sequence[float]]
    shapley: Sequence[float] = ()
    nucleolus: Sequence[float] = ()


Weights: TypeAlias = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`weights(facts, this_year)` divides a year's cost; `this_year` are the nights used in it, of each borough.
    `by_use`: the rule depends on use, so that weights change from year to year."""

    id: str
    title: str
    weights: Callable[[Facts, Sequence[float]], Weights]
    by_use: bool = False


def _whole(values: Sequence[float]) -> Weights:
    """Weights in exact thousandths; equal weights where all are zero, since a year without use must be paid for too."""
    found = tuple(Fraction(round(max(value, 0.0) * PER_NIGHT)) for value in values)
    return found if any(found) else (Fraction(1),) * len(found)


def _past(years: int) -> Rule:
    def weights(facts: Facts, this_year: Sequence[float]) -> Weights:
        if len(facts.nights) < years:
            raise ValueError(f"past use of {years} years needs as many years' nights; {len(facts.nights)} are known")
        return _whole([sum(each) for each in zip(*facts.nights[-years:], strict=True)])

    span = "the year before" if years == 1 else f"the {years} years before"
    return Rule(id=f"past-{years}", title=f"Use in {span}", weights=weights, by_use=True)


def _availability(facts: Facts, this_year: Sequence[float]) -> Weights:
    used = _whole(this_year)
    total = sum(used)
    return tuple(AVAILABLE / len(used) + (1 - AVAILABLE) * each / total for each in used)


FLAT: Final = Rule(id="flat", title="The same for all", weights=lambda facts, _: _whole([1] * len(facts.children)))
PER_HEAD: Final = Rule(
    id="per-head",
    title="Children aged 10 to 17",
    weights=lambda facts, _: _whole([float(each) for each in facts.children]),
)
DEPRIVATION: Final = Rule(
    id="deprivation", title="Children aged 10 to 17 by deprivation",
    weights=lambda facts, _: _whole([n * d for n, d in zip(facts.children, facts.deprivation, strict=True)]),
)  # fmt: skip
USE: Final = Rule(id="use", title="Use in the year", weights=lambda _, used: _whole(used), by_use=True)
AVAILABILITY: Final = Rule(
    id="availability", title="Six tenths for availability, four tenths by use", weights=_availability, by_use=True
)
SHAPLEY: Final = Rule(id="shapley", title="Shapley's value", weights=lambda facts, _: _whole(facts.shapley))
NUCLEOLUS: Final = Rule(id="nucleolus", title="The nucleolus", weights=lambda facts, _: _whole(facts.nucleolus))
RULES: Final = (FLAT, PER_HEAD, DEPRIVATION, _past(1), _past(3), _past(5), USE, AVAILABILITY, SHAPLEY, NUCLEOLUS)
BY_ID: Final[Mapping[str, Rule]] = {rule.id: rule for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collar:
    """Nobody pays less than `floor` or more than `cap` times what they paid the year before."""

    floor: Fraction = Fraction(4, 5)
    cap: Fraction = Fraction(6, 5)


def payments(
    rule: Rule, pence: int, facts: Facts, this_year: Sequence[float], *, before: Sequence[int] | None = None,
    within: Collar | None = None,
) -> tuple[int, ...]:  # fmt: skip
    """What each borough pays of `pence`, to the penny. With `within`, payments stay within the collar around the year
    `before`; where the caps or floors do not allow the total, all are scaled in proportion until they do."""
    weights = rule.weights(facts, this_year)
    if within is None or before is None:
        return divide(pence, weights)
    lowest = [-int(-each * within.floor // 1) for each in before]
    highest = [int(each * within.cap // 1) for each in before]
    if sum(highest) < pence or sum(lowest) > pence:
        return divide(pence, [Fraction(each) for each in (highest if sum(highest) < pence else lowest)])
    return collar(pence, weights, lowest, highest).paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A borough that leaves pays its share of the home's fixed costs for `notice` years, less the part `relief` where
    its place is taken up."""

    notice: int = 2
    relief: Fraction = Fraction(0)


def exit_fee(share: int, whole: int, fixed: int, terms: Exit | None = None) -> int:
    """Pence that a borough pays to leave: its part (`share` of `whole`, what all pay) of `fixed` pence a year, over
    the notice.

    `ValueError` where a share is more than the whole.
    """
    agreed = terms or Exit()
    if not 0 <= share <= whole or whole == 0:
        raise ValueError("a borough's share lies between nothing and the whole")
    return int(Fraction(share, whole) * fixed * agreed.notice * (1 - agreed.relief) + Fraction(1, 2))


def expected(rule: Rule, facts: Facts, nights: np.ndarray, cost: float) -> np.ndarray:
    """Pounds a year that each pays on the mean of simulated years, shape (boroughs,), where `nights`, shape (years,
    boroughs), are
    used and every year costs the same: for tests of the core and of leaving, where pennies do not matter."""
    every = np.array([[float(w) for w in rule.weights(facts, list(map(float, row)))] for row in nights])
    return np.asarray(cost * (every / every.sum(axis=1, keepdims=True)).mean(axis=0))
