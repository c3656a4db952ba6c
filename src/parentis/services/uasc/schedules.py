"""Current and proposed schedules of rates, and the income they give for future nights and weeks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from parentis.errors import NotFoundError
from parentis.region import uasc_rates, uasc_thresholds
from parentis.services.uasc.rates import lookup
from parentis.services.uasc.records import CHILD, LEAVER, YEAR_NIGHTS

UNDER_16, OLDER = 0, 1
"Indices of the age bands in arrays of nights."
HEAD = YEAR_NIGHTS
"Nights of one head in a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Pounds a night under 16 and at 16 and 17, for authorities below and from the threshold on; pounds a week for
    care leavers; and the yearly rise of all rates after the first year."""

    name: str
    under_16: float
    under_16_high: float
    older: float
    older_high: float
    leaver: float
    uprating: float = 0.0
    "Per cent a year."
    threshold: float = 0.07
    "Per cent of residents aged 0 to 17 from which the high rates are paid."

    def __post_init__(self) -> None:
        wrong = [name for name, value in asdict(self).items() if name not in ("name", "uprating") and value < 0]
        if wrong or not -50 <= self.uprating <= 50:
            raise NotFoundError(
                expected="rates and a threshold of nil or more, and an uprating from -50 to 50 per cent",
                found=", ".join(wrong) or "uprating",
                where="rate schedule",
                do="Give pounds a night, pounds a week, and per cent.",
            )


def current() -> Schedule:
    """The last rates in the table, kept constant: no later rates have been announced."""
    found = lookup(uasc_rates()).filter(cohort="national")
    known = found.filter(rate_from=found["rate_from"].max())
    rate = {(group, band, age): value for group, band, age, value in known.select(
        "group", "band", "age_band", "rate"
    ).iter_rows()}  # fmt: skip
    share = uasc_thresholds().filter(purpose="funding").sort("valid_from")["share"][-1]
    return Schedule(
        name="as now",
        under_16=rate[(CHILD, "standard", "under 16")],
        under_16_high=rate[(CHILD, "high", "under 16")],
        older=rate[(CHILD, "standard", "16-17")],
        older_high=rate[(CHILD, "high", "16-17")],
        leaver=rate[(LEAVER, "standard", "18+")],
        threshold=100 * share,
    )


def example() -> Schedule:
    """One rate for every authority, the high one, and all rates rising by two per cent a year: for illustration."""
    now = current()
    return replace(
        now, name="high rate for all, rising", under_16=now.under_16_high, older=now.older_high, uprating=2.0
    )


def changed(now: Schedule, **given: float) -> Schedule:
    """`now` with the given values replaced."""
    return replace(now, name="proposed", **given)


def income(
    schedule: Schedule,
    nights: np.ndarray,
    weeks: np.ndarray,
    children: np.ndarray,
    paid: Mapping[str, float],
) -> np.ndarray:
    """Income in pounds, (replicates, authorities, 2, years): for children and for care leavers.

    Args:
        nights: (replicates, authorities, 2, years), under 16 and older.
        weeks: (replicates, authorities, years).
        children: residents aged 0 to 17, (authorities,); nil where not known, so that the standard rates hold.
        paid: by group, the share of nights and weeks that is claimed for.
    """
    heads = nights.sum(axis=2) / HEAD
    limit = schedule.threshold / 100 * children
    high = (heads >= limit[None, :, None]) & (children > 0)[None, :, None]
    rises = (1 + schedule.uprating / 100) ** np.arange(nights.shape[3])
    under = np.where(high, schedule.under_16_high, schedule.under_16) * nights[:, :, UNDER_16]
    older = np.where(high, schedule.older_high, schedule.older) * nights[:, :, OLDER]
    of_children = (under + older) * paid[CHILD] * rises
    of_leavers = schedule.leaver * weeks * paid[LEAVER] * rises
    return np.stack([of_children, of_leavers], axis=2)
