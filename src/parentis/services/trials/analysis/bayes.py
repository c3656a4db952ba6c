"""Bayesian looks: the probability that the new way is better, and what a rule on it does over many trials.

Each arm's share has a flat prior, Beta(1, 1). What the rule does is worked out exactly, by carrying the chances of all
results from look to look, and can be simulated as a second route.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from parentis.services.trials.protocol.record import LOWER, Operating, Protocol

Floats = npt.NDArray[np.float64]

DRAWS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """What a rule does: chances of each end, and the mean number of children in an arm."""

    benefit: float
    futility: float
    undecided: float
    mean: float


def chance_lower(events_new: int, new: int, events_old: int, old: int) -> float:
    """The posterior probability that the new way's share is the lower one."""
    return float(_table(new, old)[events_new, events_old])


def difference_interval(events_new: int, new: int, events_old: int, old: int, *, level: float) -> tuple[float, float]:
    """The central posterior interval of the new way's share less the other's."""
    from scipy import optimize, special, stats

    nodes, weights = special.roots_legendre(400)
    at = (nodes + 1) / 2
    density = stats.beta.pdf(at, events_old + 1, old - events_old + 1) * weights / 2

    def below(difference: float) -> float:
        moved = np.clip(at + difference, 0.0, 1.0)
        return float(density @ special.betainc(events_new + 1, new - events_new + 1, moved))

    return tuple(  # type: ignore[return-value]
        float(optimize.brentq(lambda d, tail=tail: below(d) - tail, -1.0, 1.0))
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )


def _table(new: int, old: int) -> Floats:
    """`chance_lower` for every result, (new + 1, old + 1).

    A product of polynomials of degree `new` and `old + 1`, integrated over 0 to 1: Gauss–Legendre is exact.
    """
    from scipy import special, stats

    nodes, weights = special.roots_legendre((new + old) // 2 + 2)
    at, weights = (nodes + 1) / 2, weights / 2
    y, x = np.arange(new + 1)[:, None], np.arange(old + 1)[:, None]
    density = stats.beta.pdf(at, y + 1, new - y + 1)
    above = special.betaincc(x + 1, old - x + 1, at)
    return np.asarray((density * weights) @ above.T)


def operating_characteristics(
    new: float, old: float, looks: Sequence[int], *, benefit: float, futility: float, better: str = LOWER
) -> Characteristics:
    """What the rule does where the true shares are `new` and `old`: exact, by recursion over the looks.

    `looks` are children in each arm. The trial stops for benefit where the posterior probability that the new way is
    better is at least `benefit`, as futile where it is at most `futility`.
    """
    from scipy import stats

    going_on = np.ones((1, 1))
    won = lost = mean = 0.0
    before = 0
    for number, look in enumerate(looks):
        more = np.arange(look - before + 1)
        steps = [stats.binom.pmf(more, look - before, share) for share in (new, old)]
        chances = _convolved(_convolved(going_on, steps[0]).T, steps[1]).T
        stop_good, stop_bad = _stops(look, benefit, futility, better)
        won += float(chances[stop_good].sum())
        lost += float(chances[stop_bad].sum())
        going_on = np.where(stop_good | stop_bad, 0.0, chances)
        ended = chances.sum() if number == len(looks) - 1 else chances.sum() - going_on.sum()
        mean += look * float(ended)
        before = look
    return Characteristics(benefit=won, futility=lost, undecided=1.0 - won - lost, mean=mean)


def _convolved(chances: Floats, steps: Floats) -> Floats:
    """Add the new arm's further events: along the first axis."""
    out = np.zeros((chances.shape[0] + len(steps) - 1, chances.shape[1]))
    for events, chance in enumerate(steps):
        out[events : events + chances.shape[0]] += chance * chances
    return out


def _stops(look: int, benefit: float, futility: float, better: str) -> tuple[npt.NDArray[np.bool_], ...]:
    good = _table(look, look)
    good = good if better == LOWER else 1.0 - good
    return good >= benefit, good <= futility


def simulated_characteristics(
    new: float, old: float, looks: Sequence[int], *, benefit: float, futility: float, better: str = LOWER,
    draws: int = DRAWS, seed: int = 0,
) -> Characteristics:  # fmt: skip
    """The second route: `draws` trials drawn at random."""
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, 20], dtype=np.uint64)))
    events = np.zeros((2, draws), dtype=np.int64)
    ended = np.zeros(draws, dtype=np.int64)
    result = np.zeros(draws, dtype=np.int64)
    before = 0
    for look in looks:
        events += [generator.binomial(look - before, share, draws) for share in (new, old)]
        good, bad = _stops(look, benefit, futility, better)
        running = ended == 0
        for stops, code in ((good, 1), (bad, -1)):
            now = running & stops[events[0], events[1]]
            ended[now], result[now] = look, code
        before = look
    ended[ended == 0] = looks[-1]
    won, lost = float((result == 1).mean()), float((result == -1).mean())
    return Characteristics(benefit=won, futility=lost, undecided=1 - won - lost, mean=float(ended.mean()))


def with_operating(protocol: Protocol) -> Protocol:
    """The protocol with what its Bayesian rule does, as it must be before it is frozen."""
    outcome, rule = protocol.outcome, protocol.stopping
    none, expected = (
        operating_characteristics(
            share, outcome.baseline, protocol.looks, benefit=rule.benefit, futility=rule.futility, better=outcome.better
        )
        for share in (outcome.baseline, outcome.expected)
    )
    return replace(
        protocol,
        operating=Operating(
            benefit_if_none=round(none.benefit, 6), futility_if_none=round(none.futility, 6),
            benefit_if_expected=round(expected.benefit, 6), futility_if_expected=round(expected.futility, 6),
            mean_if_none=round(none.mean, 4), mean_if_expected=round(expected.mean, 4),
        ),
    )  # fmt: skip
