"""What a bid promised for 12 and 24 months, frozen by its hash, and what came of it.

A check measures the entries to care that were avoided. Without the programme a borough would have had its own
underlying rate, not that of its last, perhaps unlucky years (regression to the mean), moved as its neighbours' entries
moved. What is saved is that, less what was counted. What is promised in nights or pounds is checked by the same part:
the promised amount for each entry avoided.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from parentis.errors import IntegrityError

CHECKS: Final = (12, 24)
"Months after the start at which a promise is checked."
Z: Final = 1.959964
"Of a 95 % interval."
YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is promised from the start to `months` after it: entries to care avoided, nights saved, pounds saved, with
    95 % intervals."""

    months: int
    entries: float
    entries_low: float
    entries_high: float
    nights: float = 0.0
    nights_low: float = 0.0
    nights_high: float = 0.0
    pounds: float = 0.0
    pounds_low: float = 0.0
    pounds_high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A bid's prediction. `authorities`, `neighbours`: ONS codes; `made_of` names the run that it came from."""

    reference: str
    title: str
    entry: str
    authorities: tuple[str, ...]
    neighbours: tuple[str, ...]
    start: date
    bands: tuple[Band, ...]
    made_of: str = ""

    def canonical(self) -> str:
        """The prediction as text, the same for the same prediction: what the hash is of."""
        return json.dumps(asdict(self), default=str, sort_keys=True, separators=(",", ":"))

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def band(self, months: int) -> Band | None:
        return next((one for one in self.bands if one.months == months), None)


def read(text: str, expected: str) -> Promise:
    """A frozen prediction. Raises IntegrityError where its hash is another than when it was frozen."""
    if hashlib.sha256(text.encode()).hexdigest() != expected:
        raise IntegrityError("a promise is not what was frozen: its hash differs")
    given: dict[str, Any] = json.loads(text)
    bands = tuple(Band(**one) for one in given.pop("bands"))
    start = date.fromisoformat(given.pop("start"))
    authorities, neighbours = tuple(given.pop("authorities")), tuple(given.pop("neighbours"))
    return Promise(**given, authorities=authorities, neighbours=neighbours, bands=bands, start=start)


class Verdict(StrEnum):
    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"
    NOT_MEASURABLE = "not measurable"


VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.WITHIN: "Within what was promised",
    Verdict.BELOW: "Below what was promised",
    Verdict.ABOVE: "Above what was promised",
    Verdict.NOT_MEASURABLE: "Not measurable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Entries to care by place, before the start and after it.

    Attributes:
        before: entries in `before_years` years before the start, by place.
        after: entries from the start to the check, `after_years` years, by place.
        children: children in the population, by place.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    children: Mapping[str, float]
    before_years: float
    after_years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of a promise.

    Attributes:
        expected: entries that there would have been without the programme; `counted`: entries that there were.
        avoided, low, high: entries avoided, with a 95 % interval.
        before_and_after: what a plain comparison with the years before would have said; shown, never used.
        regression, elsewhere: entries by which the comparison is corrected for each of the two reasons.
        z: distance from the promise in standard errors of both.
        part: avoided entries as a part of those promised.
    """

    months: int
    promised: Band
    expected: float
    counted: float
    avoided: float
    low: float
    high: float
    before_and_after: float
    regression: float
    elsewhere: float
    z: float
    verdict: Verdict
    why: str

    @property
    def part(self) -> float:
        return self.avoided / self.promised.entries if self.promised.entries else math.nan

    @property
    def nights(self) -> float:
        """Nights saved, at the promised nights for each entry avoided."""
        return self.part * self.promised.nights if self.promised.entries else 0.0

    @property
    def pounds(self) -> float:
        """Pounds saved, at the promised pounds for each entry avoided."""
        return self.part * self.promised.pounds if self.promised.entries else 0.0


def check(promise: Promise, months: int, counts: Counts) -> Check:
    """Compare the entries counted with those promised for these months."""
    band = promise.band(months)
    if band is None:
        raise ValueError(f"nothing was promised for {months} months")
    treated = [one for one in promise.authorities if one in counts.before and one in counts.after]
    near = [one for one in promise.neighbours if one in counts.before and one in counts.after and one not in treated]
    if len(treated) < len(promise.authorities) or len(near) < 2:
        missing = (
            "A borough of the programme has" if len(treated) < len(promise.authorities) else "Too few neighbours have"
        )
        return _unmeasured(months, band, f"{missing} no accepted return for these months.")
    rate, spread = _underlying(treated, counts)
    trend, trend_variance = _trend(near, counts)
    children = sum(counts.children[one] for one in treated)
    plain = sum(counts.before[one] for one in treated) / counts.before_years * counts.after_years
    own = rate * children * counts.after_years
    expected = own * trend
    counted = sum(counts.after[one] for one in treated)
    # Luck of the counted entries, doubt about the underlying rate, and about how the place would have moved.
    variance = expected + expected**2 * (spread + trend_variance)
    error = math.sqrt(max(variance, 1e-9))
    avoided = expected - counted
    promised_error = (band.entries_high - band.entries_low) / (2 * Z)
    z = (avoided - band.entries) / math.hypot(error, promised_error)
    verdict, why = _verdict(z, error, band)
    return Check(
        months=months, promised=band, expected=expected, counted=counted, avoided=avoided, low=avoided - Z * error,
        high=avoided + Z * error, before_and_after=plain - counted, regression=plain - own, elsewhere=own - expected,
        z=z, verdict=verdict, why=why,
    )  # fmt: skip


def _verdict(z: float, error: float, band: Band) -> tuple[Verdict, str]:
    if z < -Z:
        return Verdict.BELOW, "Fewer entries were avoided than was promised, by more than luck explains."
    if z > Z:
        return Verdict.ABOVE, "More entries were avoided than was promised, by more than luck explains."
    if Z * error > abs(band.entries):
        return (
            Verdict.NOT_MEASURABLE,
            f"A saving of the promised {band.entries:.0f} could not be told from none: entries vary by as many as "
            f"{Z * error:.0f} by luck.",
        )
    return Verdict.WITHIN, "What was measured and what was promised agree within their doubt."


def _unmeasured(months: int, band: Band, why: str) -> Check:
    nothing = math.nan
    return Check(
        months=months, promised=band, expected=nothing, counted=nothing, avoided=nothing, low=nothing, high=nothing,
        before_and_after=nothing, regression=nothing, elsewhere=nothing, z=nothing, verdict=Verdict.NOT_MEASURABLE,
        why=why,
    )  # fmt: skip


def _underlying(treated: Sequence[str], counts: Counts) -> tuple[float, float]:
    """The rate of entries a child and year that these places had before, drawn towards that of all places, and its
    squared relative error: a gamma distribution of rates over places, fitted by moments."""
    places = [one for one in counts.before if counts.children.get(one)]
    exposure = np.array([counts.children[one] * counts.before_years for one in places])
    rates = np.array([counts.before[one] for one in places]) / exposure
    mean = float(np.average(rates, weights=exposure))
    between = float(np.average((rates - mean) ** 2, weights=exposure)) - mean * len(places) / float(exposure.sum())
    own = sum(counts.before[one] for one in treated)
    seen = sum(counts.children[one] for one in treated) * counts.before_years
    if between <= mean * 1e-6 / float(exposure.mean()):  # places do not differ by more than luck: all have the one rate
        return mean, 1 / max(mean * float(exposure.sum()), 1.0)
    # Several places together vary less than one does.
    between /= len(treated)
    shape, scale = mean**2 / between + own, mean / between + seen
    return shape / scale, 1 / shape


def _trend(near: Sequence[str], counts: Counts) -> tuple[float, float]:
    """How the neighbours' entries moved, and the variance of its logarithm for one more such place."""
    before = np.array([max(counts.before[one], 0.5) / counts.before_years for one in near])
    after = np.array([max(counts.after[one], 0.5) / counts.after_years for one in near])
    trend = float(after.sum() / before.sum())
    luck = 1 / (before * counts.before_years) + 1 / (after * counts.after_years)
    moved = np.log(after / before) - math.log(trend)
    own = _not_below_nothing(float((moved**2 - luck).sum()) / (len(near) - 1), luck, moved)
    together = 1 / float(before.sum() * counts.before_years) + 1 / float(after.sum() * counts.after_years)
    return trend, together + own / len(near) + own


def _not_below_nothing(found: float, luck: np.ndarray, moved: np.ndarray) -> float:
    """The variance by which a place moves by itself, beyond luck: the mean of what it may be (a normal cut at 0), since
    the few neighbours tell it badly and nothing would be too sure."""
    error = math.sqrt(2 / (len(moved) - 1)) * max(float((moved**2).mean()), float(luck.mean()))
    normal, at = NormalDist(), found / error
    return found + error * normal.pdf(at) / max(normal.cdf(at), 1e-6) if at > -4 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the region's promises have come true. `within` counts checks within what was promised, of `measured`;
    `low`, `high`: the 95 % interval (Wilson) of their share; `part`: entries avoided of those promised, all checks
    together; `low_part`, `high_part` its interval."""

    checks: int
    measured: int
    within: int
    below: int
    above: int
    share: float
    low: float
    high: float
    part: float
    low_part: float
    high_part: float

    @property
    def sentence(self) -> str:
        if not self.checks:
            return "No promise has come to a check yet."
        if not self.measured:
            return f"{self.checks} checks were due; none of them could be measured."
        return (
            f"Of {self.checks} {'check' if self.checks == 1 else 'checks'}, {self.measured} could be measured: "
            f"{self.within} within what was promised, "
            f"{self.below} below and {self.above} above. Well-calibrated promises are within in 95 of 100. All checks "
            f"together avoided {_percent(self.part)} of the entries that were promised "
            f"({_percent(self.low_part)} to {_percent(self.high_part)})."
        )


def calibration(checks: Sequence[Check]) -> Calibration:
    """Of all checks that were due. Those of unknown counts are among `checks` and in nothing else."""
    known = [one for one in checks if not math.isnan(one.avoided)]
    measured = [one for one in known if one.verdict is not Verdict.NOT_MEASURABLE]
    tally = {verdict: sum(one.verdict is verdict for one in measured) for verdict in Verdict}
    promised = sum(one.promised.entries for one in known)
    errors = math.sqrt(sum(((one.high - one.low) / (2 * Z)) ** 2 for one in known))
    part = sum(one.avoided for one in known) / promised if promised else math.nan
    wide = Z * errors / promised if promised else math.nan
    low, high = _wilson(tally[Verdict.WITHIN], len(measured))
    return Calibration(
        checks=len(checks), measured=len(measured), within=tally[Verdict.WITHIN], below=tally[Verdict.BELOW],
        above=tally[Verdict.ABOVE], share=tally[Verdict.WITHIN] / len(measured) if measured else math.nan, low=low,
        high=high, part=part, low_part=part - wide, high_part=part + wide,
    )  # fmt: skip


def _percent(part: float) -> str:
    return f"{'−' if part < 0 else ''}{abs(100 * part):.0f} %"


def _wilson(hits: int, n: int) -> tuple[float, float]:
    if not n:
        return 0.0, 1.0
    p, z2 = hits / n, Z**2
    centre, half = p + z2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
