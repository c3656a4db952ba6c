"""Net benefit: what referring by the model is worth beside a manager's rule, everybody and nobody (Vickers and
Elkin).

At a threshold of 10 % one child helped in time is worth nine looked at in vain: net benefit is children rightly
referred less those referred in vain × threshold ÷ (1 − threshold), for each child at risk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

THRESHOLDS: Final = tuple(round(0.05 + 0.01 * at, 2) for at in range(26))
"5 to 30 %."
PRINCIPAL: Final = 0.10
"The threshold at which the claim is made or not, set beforehand."
MODEL, ALL, NONE = "model", "refer all", "refer none"
SAMPLES: Final = 1000
LEVEL: Final = 0.95
JEFFREYS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Gain:
    """Net benefit of a policy at a threshold, and the model's less it with a bootstrap interval."""

    threshold: float
    policy: str
    net_benefit: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Headline:
    """`claimed` only where the model's interval is above 0 beside every other policy at the principal threshold."""

    says: str
    claimed: bool
    threshold: float
    rule: str
    gain: float
    low: float
    high: float


def net_benefit(referred: Flags, happened: Flags, threshold: float) -> float:
    """Per child, of referring those who are `referred` (children,)."""
    n = len(happened)
    right, vain = (referred & happened).sum() / n, (referred & ~happened).sum() / n
    return float(right - vain * threshold / (1 - threshold))


def gains(
    chance: Floats,
    rules: Mapping[str, Flags],
    happened: Flags,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    samples: int = SAMPLES,
    seed: int = 0,
) -> tuple[Gain, ...]:
    """The model beside each rule, all and none, at each threshold.

    Intervals are of a Bayesian bootstrap (Rubin 1981): shares of the children on whom the two disagree, by which of
    them refers and whether the event came, are drawn `samples` times from what was seen and half a child of each kind
    (Jeffreys). Without the half, a policy that leaves out ten children and by luck misses no event would look
    certain.
    """
    n = len(chance)
    fixed = {**rules, ALL: np.ones(n, bool), NONE: np.zeros(n, bool)}
    rng = np.random.default_rng(seed)
    found = []
    for threshold in thresholds:
        cost = threshold / (1 - threshold)
        own = chance >= threshold
        value = net_benefit(own, happened, threshold)
        found.append(Gain(threshold, MODEL, value, 0.0, 0.0, 0.0))
        for name, other in fixed.items():
            kinds = [
                own & ~other & happened,
                own & ~other & ~happened,
                other & ~own & happened,
                other & ~own & ~happened,
            ]
            counts = np.array([int(one.sum()) for one in kinds])
            shares = rng.dirichlet(np.r_[counts, n - counts.sum()] + JEFFREYS, size=samples)[:, :4]
            low, high = np.quantile(shares @ [1, -cost, -1, cost], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
            theirs = net_benefit(other, happened, threshold)
            found.append(Gain(threshold, name, theirs, value - theirs, float(low), float(high)))
    return tuple(found)


def headline(found: Sequence[Gain], titles: Mapping[str, str], *, threshold: float = PRINCIPAL) -> Headline:
    """What the page opens with. `titles`: the rules in words; the model is held to the best of them, and to all and
    none."""
    here = [one for one in found if one.threshold == threshold and one.policy != MODEL]
    rules = [one for one in here if one.policy in titles]
    as_good = [one for one in rules if one.low <= 0]
    best = max(as_good or rules, key=lambda one: one.net_benefit)
    rule, at = f"\u201c{titles[best.policy]}\u201d", f"at a threshold of {100 * threshold:.0f} %"
    beaten = all(one.low > 0 for one in here)
    if beaten:
        gain, low, high = (1000 * one for one in (best.gain, best.low, best.high))
        more = f"{gain:.0f} of 1,000 children at risk (95 % interval {low:.0f} to {high:.0f})"
        says = f"The model does better than the rule {rule} {at}: a gain worth {more}."
    elif as_good:
        says = f"The rule is as good: {rule} does as well as the model {at}, as far as can be told."
    else:
        other = next(one.policy for one in here if one.low <= 0)
        says = f"The model does better than the rules {at}, but no better than to {other}: it is no reason to use it."
    return Headline(says, beaten, threshold, best.policy, best.gain, best.low, best.high)


def found_among(order: Floats, happened: Flags, places: int) -> float:
    """Children with the event among the `places` with the highest `order` (children,); those alike at the edge count by
    their share, as if drawn by lot."""
    if places >= len(order):
        return float(happened.sum())
    if places <= 0:
        return 0.0
    edge = np.partition(order, len(order) - places)[len(order) - places]
    above, level = order > edge, order == edge
    left = places - int(above.sum())
    return float(happened[above].sum() + left * happened[level].mean())
