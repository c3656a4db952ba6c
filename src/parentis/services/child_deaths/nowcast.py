"""How many deaths have happened, including those not yet notified: the latest months are never shown as raw counts.

Delays from death to notification are counted on a clock that runs slower at weekends and on bank holidays, when fewer
are notified. Their distribution is estimated from right-truncated data: a long delay of a recent death has not been
observed yet (reverse hazards, Lynden-Bell 1971). Given the distribution, deaths not yet notified are Poisson with a
gamma rate; intervals are by simulation over the rate, the estimated delays and their overdispersion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from parentis.errors import DeclarationError

LONGEST: Final = 120
"Days on the notifying clock by which every death that will be notified is taken to have been."
WINDOW: Final = 365
"Days of deaths from which delays are estimated, so that a change in delays is followed within a year."
DRAWS: Final = 2000
SHAPES: Final = (4.0, 40.0)
"""Least and greatest shape of the gamma distribution of a span's rate about the year's: from one that allows it to
double to one that allows a sixth. The past data decide between them."""
FEWEST_PAIRS: Final = 1000
"Pairs of deaths in one week (counted twice) below which no correlation within weeks is estimated."
COHORT: Final = 7
"Days grouped together to estimate the overdispersion of delays."


@dataclass(frozen=True, slots=True)
class Delays:
    """`within[d]`: share notified within d whole days of the notifying clock, shape (LONGEST + 1,). `ones[d]`,
    `known[d]`: deaths with delay d, and with delay ≤ d, among those for which d could have been observed.
    `alike`: correlation between deaths of one week in being notified early."""

    within: np.ndarray
    ones: np.ndarray
    known: np.ndarray
    alike: float
    clock: np.ndarray
    first_day: int
    deaths: int

    def elapsed(self, death_day: np.ndarray, as_of: int) -> np.ndarray:
        """Days of the notifying clock from each day of death to the end of `as_of`. Days are ordinals."""
        return _between(self.clock, self.first_day, death_day, as_of)

    def complete(self, death_day: np.ndarray, as_of: int) -> np.ndarray:
        """Share of the deaths of each day that is notified by the end of `as_of`."""
        return _at(self.within, self.elapsed(death_day, as_of))

    def median(self) -> int:
        """Days of the notifying clock within which half are notified."""
        return int(np.searchsorted(self.within, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """`notified` so far; `expected`, `low` and `high` of the true number; `complete`: share notified.

    `low` to `high` is the shortest range of counts whose probability, `holds`, is nearest to `level`: with few deaths
    still to be notified no range has exactly that probability. `chances[k]`: probability that k are still to be
    notified."""

    first: date
    last: date
    notified: int
    expected: float
    low: int
    high: int
    complete: float
    holds: float
    chances: tuple[float, ...]
    level: float = 0.95

    def rank(self, whole: int, luck: float) -> float:
        """The true count's rank in the predicted distribution, uniform between 0 and 1 where the prediction is right;
        `luck` (0 to 1) decides within the count's own probability."""
        at = whole - self.notified
        below = sum(self.chances[:at])
        return below + luck * (self.chances[at] if 0 <= at < len(self.chances) else 0.0)


def fit_delays(
    died: np.ndarray, notified: np.ndarray, as_of: int, *, quiet: Iterable[int] = (), window: int = WINDOW
) -> Delays:
    """Of deaths on day `died[i]`, notified on day `notified[i]` (ordinals of dates, same shape). `quiet`: ordinals of
    bank holidays. Notifications after `as_of` are not known then, and left out."""
    died, notified = np.asarray(died, dtype=np.int64), np.asarray(notified, dtype=np.int64)
    if died.shape != notified.shape or (notified < died).any():
        raise DeclarationError("delays need a day of death and a later day of notification of each")
    seen = notified <= as_of
    first_day = int(died.min()) if died.size else as_of
    clock = _clock(notified[seen], first_day, as_of, frozenset(quiet))
    recent = seen & (died > as_of - window)
    died, notified = died[recent], notified[recent]
    delay = np.minimum(np.floor(_between(clock, first_day, died, notified)).astype(int), LONGEST)
    could = np.floor(_between(clock, first_day, died, as_of)).astype(int)
    ones = np.bincount(delay, minlength=LONGEST + 1).astype(float)
    # Deaths for which a delay of this many days could have been observed: those early enough.
    later = np.bincount(np.minimum(could, LONGEST + 1), minlength=LONGEST + 2)
    known = np.cumsum(ones) - np.concatenate([[0.0], np.cumsum(later)[:LONGEST]])
    within = _within(_hazards(ones, known))
    return Delays(
        within=within, ones=ones, known=known, alike=_alike(died, delay, could, within), clock=clock,
        first_day=first_day, deaths=int(died.size),
    )  # fmt: skip


def nowcast(
    delays: Delays, died: np.ndarray, notified: np.ndarray, span: tuple[date, date], as_of: date, *,
    yearly: float, level: float = 0.95, seed: int = 1,
) -> Nowcast:  # fmt: skip
    """Deaths in `span` (both days in it) as known at the end of `as_of`. `yearly`: deaths expected in a year."""
    now = as_of.toordinal()
    days = np.arange(span[0].toordinal(), min(span[1].toordinal(), now) + 1)
    died, notified = np.asarray(died), np.asarray(notified)
    inside = (died >= span[0].toordinal()) & (died <= span[1].toordinal()) & (notified <= now)
    count = int(inside.sum())
    random = np.random.Generator(np.random.Philox(key=np.array([seed, span[0].toordinal()], dtype=np.uint64)))
    share = _drawn(delays, days, now, random)
    due = yearly / 365.25 * len(days)
    seen = share.sum(axis=1) / len(days)
    shape = _shape(died, days, now)
    rate = random.gamma(shape + count, 1 / (shape / due + seen))
    missing = random.poisson(rate * (1 - seen))
    chances = np.bincount(missing) / len(missing)
    low, high, holds = _shortest(chances, level)
    return Nowcast(
        first=span[0], last=span[1], notified=count, expected=float(count + missing.mean()), low=count + low,
        high=count + high, complete=float(delays.complete(days, now).mean()), holds=holds,
        chances=tuple(map(float, chances)), level=level,
    )  # fmt: skip


def _shortest(chances: np.ndarray, level: float) -> tuple[int, int, float]:
    """Among the most likely range of each length, the one whose probability is nearest to `level`."""
    sums = np.concatenate([[0.0], np.cumsum(chances)])
    best = (2.0, 0, 0, 0.0)
    for length in range(1, len(chances) + 1):
        inside = sums[length:] - sums[:-length]
        first = int(np.argmax(inside))
        holds = float(inside[first])
        best = min(best, (abs(holds - level), first, first + length - 1, holds))
        if holds >= level:
            break
    return best[1:]


def _shape(died: np.ndarray, days: np.ndarray, now: int) -> float:
    """The gamma shape of rates of spans of this length: by the moments of past spans that are complete by now."""
    length = len(days)
    old = died[died <= now - LONGEST]
    first = int(old.min()) if len(old) else now
    spans = (now - LONGEST - first + 1) // length
    if spans < 10:
        return SHAPES[0]
    counts = np.bincount((old - first) // length, minlength=spans)[:spans]
    mean, variance = counts.mean(), counts.var(ddof=1)
    if variance <= mean:
        return SHAPES[1]
    return float(np.clip(mean**2 / (variance - mean), *SHAPES))


def _clock(notified: np.ndarray, first: int, last: int, quiet: frozenset[int]) -> np.ndarray:
    """Hours of the notifying clock at the start of each day from `first` to two days after `last`: a working day
    counts as one, a weekend day or holiday less, in proportion to the fewer notifications made on it."""
    days = np.arange(first, last + 1)
    off = np.isin((days - 1) % 7, (5, 6)) | np.isin(days, list(quiet))
    weight = np.ones(len(days))
    if len(notified) and off.any() and (~off).any():
        on_off = np.isin(notified, days[off]).sum() / off.sum()
        on_work = (len(notified) - np.isin(notified, days[off]).sum()) / (~off).sum()
        weight[off] = min(1.0, max(0.05, on_off / on_work)) if on_work > 0 else 1.0
    return np.concatenate([[0.0], np.cumsum(weight)])


def _between(clock: np.ndarray, first: int, start: np.ndarray, end: np.ndarray | int) -> np.ndarray:
    """From the start of day `start` to the end of day `end`, less one working day: a notification on the day of death
    has delay 0."""
    at = np.clip(np.asarray(start) - first, 0, len(clock) - 1)
    to = np.clip(np.asarray(end) - first + 1, 0, len(clock) - 1)
    gone: np.ndarray = np.maximum(0.0, clock[to] - clock[at] - 1.0)
    return gone


def _at(within: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
    at = np.minimum(np.floor(np.asarray(elapsed)).astype(int), LONGEST)
    share: np.ndarray = within[..., at]
    return share


def _hazards(ones: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The share notified exactly on day d, of those notified within d days."""
    hazards = np.divide(ones, known, out=np.zeros_like(ones), where=known > 0)
    hazards[0] = 1.0
    return hazards


def _within(hazards: np.ndarray) -> np.ndarray:
    """Share notified within d days: the product over longer delays of one less their hazard."""
    after = np.cumprod((1 - hazards)[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones((*hazards.shape[:-1], 1))
    return np.concatenate([after[..., 1:], ones], axis=-1)


def _alike(died: np.ndarray, delay: np.ndarray, could: np.ndarray, within: np.ndarray) -> float:
    """Correlation between deaths of one week in being notified within the median delay, from the variance of weekly
    shares (moments of the beta-binomial); 0 where they vary no more than by chance."""
    half = int(np.searchsorted(within, 0.5))
    old = could >= LONGEST
    if old.sum() < 50:
        return 0.0
    week, early = died[old] // COHORT, (delay[old] <= half).astype(float)
    share = early.mean()
    _, inverse = np.unique(week, return_inverse=True)
    size = np.bincount(inverse).astype(float)
    part = np.bincount(inverse, weights=early)
    spread = np.sum((part - size * share) ** 2) - np.sum(size) * share * (1 - share)
    count = np.sum(size * (size - 1))
    pairs = count * share * (1 - share)
    return float(min(0.5, max(0.0, spread / pairs))) if count >= FEWEST_PAIRS and pairs > 0 else 0.0


def _drawn(delays: Delays, days: np.ndarray, now: int, random: np.random.Generator) -> np.ndarray:
    """Shares notified of each day, in every draw; shape (DRAWS, days)."""
    # A delay never observed is not more likely than those observed: it gets no prior count.
    seen = np.flatnonzero(delays.ones > 0)
    drawn = np.zeros((DRAWS, LONGEST + 1))
    others = np.maximum(delays.known[seen] - delays.ones[seen], 0.5)
    drawn[:, seen] = random.beta(delays.ones[seen], others, size=(DRAWS, len(seen)))
    drawn[:, 0] = 1.0
    share = _at(_within(drawn), delays.elapsed(days, now))
    if delays.alike <= 0:
        return share
    times = 1 / delays.alike - 1
    week = days // COHORT
    luck = {each: random.random(DRAWS) for each in np.unique(week)}
    from scipy.special import betaincinv

    made = np.empty_like(share)
    for each, uniform in luck.items():
        column = np.flatnonzero(week == each)
        middle = np.clip(share[:, column].mean(axis=1), 1e-6, 1 - 1e-6)
        moved = betaincinv(middle * times, (1 - middle) * times, uniform)
        logit = np.log(np.clip(moved, 1e-9, 1 - 1e-9) / np.clip(1 - moved, 1e-9, 1)) - np.log(middle / (1 - middle))
        old = np.clip(share[:, column], 1e-9, 1 - 1e-9)
        made[:, column] = 1 / (1 + np.exp(-(np.log(old / (1 - old)) + logit[:, None])))
    return made
