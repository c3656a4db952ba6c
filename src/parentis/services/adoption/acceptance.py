"""How likely a family of each kind is to suit a child of each kind, learned from who was placed with whom.

When a search for a child begins, the waiting families are considered in order of their wait until one suits; when a
family is approved, the waiting children are considered in the same way. So every pair that was in the pool together
and came earlier in that order than the match was a *no*, and the match was a *yes*: the dates are enough to count
both. Kinds with few pairs borrow from the others (partial pooling on the logit scale; how much is estimated from the
kinds themselves).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parentis.services.adoption.pool import Outcome, Units

Floats = npt.NDArray[np.float64]

SPREADS = np.geomspace(0.05, 3.0, 32)
"Grid of standard deviations between kinds, on the logit scale."
SPREAD_PRIOR = 1.5
POINTS = np.linspace(-9.0, 5.0, 281)
"Grid of logits for a kind's chance."


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Pairs that were considered and those that were made, each children's kinds × families' kinds."""

    considered: Floats
    made: Floats


def asked(children: Units, families: Units, outcome: Outcome, *, shape: tuple[int, int], widen: float) -> Asked:
    """Work out which pairs were considered from the dates at which each was in the pool (`policy` `ON_ARRIVAL`; see
    the module).

    Days are counted from when the record opens. Pairs that met before that are left out: those that suited are not on
    record, so that only the refusals would be counted.
    """
    considered, made = np.zeros(shape), np.zeros(shape)
    for family, kind in enumerate(families.kind):
        came, gone = families.at[family], outcome.family_end[family]
        together = (children.at <= gone) & (outcome.child_end >= came) | (outcome.partner == family)
        for child in np.flatnonzero(together).tolist():
            meet = max(came, children.at[child])
            if families.agency[family] != children.agency[child]:
                meet = max(meet, children.at[child] + widen)
            both = min(gone, outcome.child_end[child])
            pair = outcome.partner[child] == family
            if not pair and (meet < 0 or meet > both or _not_reached(children, families, outcome, child, family, meet)):
                continue
            considered[children.kind[child], kind] += 1
            made[children.kind[child], kind] += pair
    return Asked(considered, made)


def _not_reached(children: Units, families: Units, outcome: Outcome, child: int, family: int, meet: float) -> bool:
    """Whether the search that would have brought the two together ended with another pair first."""
    if outcome.partner[child] >= 0 and outcome.child_end[child] == meet:
        return bool(families.at[outcome.partner[child]] < families.at[family])
    chosen = np.flatnonzero(outcome.partner == family)
    if len(chosen) and outcome.family_end[family] == meet:
        return bool(children.at[chosen[0]] < children.at[child])
    return False


def draw_acceptance(found: Asked, draws: int, rng: np.random.Generator) -> Floats:
    """Chances that a pair suits, (draws, children's kinds, families' kinds), from their posterior.

    Logits are normal about a mean of all kinds, with a spread that has a half-normal prior; the mean and the spread are
    drawn from their grid, each kind's logit given them from its own.
    """
    yes, no = found.made.ravel(), (found.considered - found.made).ravel()
    likelihood = yes[:, None] * -np.logaddexp(0, -POINTS) + no[:, None] * -np.logaddexp(0, POINTS)
    means = POINTS[::4]
    # evidence of each (mean, spread): the product over kinds of the likelihood averaged over the kind's logit
    deviation = (POINTS[None, None, :] - means[:, None, None]) / SPREADS[None, :, None]
    prior = -0.5 * deviation**2
    prior -= np.logaddexp.reduce(prior, axis=2)[..., None]
    evidence = np.zeros(prior.shape[:2])
    for kind in range(len(yes)):
        evidence += np.logaddexp.reduce(prior + likelihood[kind], axis=2)
    evidence += np.log(SPREADS)[None, :] - 0.5 * (SPREADS / SPREAD_PRIOR)[None, :] ** 2
    flat = np.exp(evidence - evidence.max()).ravel()
    picked = rng.choice(len(flat), size=draws, p=flat / flat.sum())
    mean_at, spread_at = np.unravel_index(picked, evidence.shape)
    out = np.empty((draws, len(yes)))
    luck = rng.random((draws, len(yes)))
    for kind in range(len(yes)):
        weight = prior[mean_at, spread_at] + likelihood[kind]
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        total = np.cumsum(weight, axis=1)
        place = (total < luck[:, kind, None] * total[:, -1:]).sum(axis=1)
        out[:, kind] = 1.0 / (1.0 + np.exp(-POINTS[np.minimum(place, len(POINTS) - 1)]))
    return out.reshape(draws, *found.made.shape)
