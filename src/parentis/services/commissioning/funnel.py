"""From referral to placement: offer, decline, silence and withdrawal as competing events, and comparison of providers
with few referrals.

A referral to one provider is observed from sending. Silence is an event: no answer within the arrangement's time
limit. A referral without an answer when observation ended, before the time limit, is censored.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.services.commissioning.mixed_models import Floats
from parentis.services.commissioning.small_cells import QUANTILES_FROM
from parentis.services.methods.competing_risks import Waits, cumulative_incidence

WAYS: Final = ("offer", "decline", "silence", "withdrawn")
HOURS: Final = (24.0, 48.0, 72.0, 120.0, 168.0)


def waits(referrals: pl.DataFrame) -> Waits:
    """From `hours` (to answer, withdrawal or end of watching) and `answer` (one of WAYS, or null while it is open). An
    answer in the same hour counts as one of half an hour."""
    frame = referrals.select(end=pl.max_horizontal(pl.col("hours").cast(pl.Float64), 0.5), exit=pl.col("answer"))
    return Waits.of(frame, WAYS)


def answered_by(referrals: pl.DataFrame, hours: tuple[float, ...] = HOURS) -> pl.DataFrame:
    """`exit, day, share, error, low, high, at_risk, few` (see `competing_risks.cumulative_incidence`), with `day` in
    hours and called `hours`."""
    return cumulative_incidence(waits(referrals), hours).rename({"day": "hours"})


def stages(referrals: pl.DataFrame) -> pl.DataFrame:
    """`partnership, referrals, sent, offers, declines, silences, withdrawn, open, accepted, placed,
    hours_to_offer`.

    `referrals` are children's, `sent` their copies to providers; `accepted` offers taken up, `placed` referrals with a
    placement; `hours_to_offer` the median of offers. Needs `referral, partnership, hours, answer`,
    `accepted` (Boolean), `placed` (Date).
    """
    count = {way: (pl.col("answer") == way).sum() for way in WAYS}
    return (
        referrals.group_by(pl.col("partnership").fill_null("none"))
        .agg(
            referrals=pl.col("referral").n_unique(),
            sent=pl.len(),
            offers=count["offer"],
            declines=count["decline"],
            silences=count["silence"],
            withdrawn=count["withdrawn"],
            open=pl.col("answer").is_null().sum(),
            accepted=pl.col("accepted").fill_null(value=False).sum(),
            placed=pl.col("referral").filter(pl.col("placed").is_not_null()).n_unique(),
            hours_to_offer=_median(pl.col("hours").filter(pl.col("answer") == "offer")),
        )
        .sort("partnership")
    )


def _median(hours: pl.Expr) -> pl.Expr:
    """The median of twenty or more; of fewer, it could disclose one provider's answer."""
    return pl.when(hours.len() >= QUANTILES_FROM).then(hours.cast(pl.Float64).median())


def reasons(referrals: pl.DataFrame) -> pl.DataFrame:
    """`reason, n, share` of declines, the most frequent first; a decline without a reason is `not stated`."""
    declined = referrals.filter(pl.col("answer") == "decline")
    return (
        declined.group_by(pl.col("reason").fill_null("not stated"))
        .agg(n=pl.len())
        .with_columns(share=pl.col("n") / pl.col("n").sum())
        .sort(["n", "reason"], descending=[True, False])
    )


@dataclass(frozen=True, slots=True, eq=False)
class ProviderRates:
    """How often providers answer in one way, against the expectation for their referrals from all providers' rates.

    `frame`: `provider, n, events, expected, ratio, low, high, above` (the probability that the ratio is over 1).
    `spread` is the estimated standard deviation of true ratios.
    """

    frame: pl.DataFrame
    spread: float


def provider_rates(referrals: pl.DataFrame, way: str, within: tuple[str, ...] = ("type", "need")) -> ProviderRates:
    """Events of one way by provider over those expected from the rates (by time since sending, within each group of
    `within`) of all providers together, shrunk towards 1, more for providers with few referrals.

    Gamma–Poisson, the spread by marginal likelihood (Clayton & Kaldor 1987, Biometrics 43: 671–681).
    """
    groups = [name for name in within if name in referrals.columns]
    frame = referrals.with_columns(
        end=pl.max_horizontal(pl.col("hours").cast(pl.Float64), 0.5),
        hit=(pl.col("answer") == way).fill_null(value=False),
    )
    parts = frame.partition_by(groups) if groups else [frame]
    expected = pl.concat([part.with_columns(expected=pl.Series(_cumulative_hazard(part))) for part in parts])
    by = (
        expected.group_by("provider")
        .agg(n=pl.len(), events=pl.col("hit").sum().cast(pl.Float64), expected=pl.col("expected").sum())
        .filter(pl.col("expected") > 0)
        .sort("provider")
    )
    shape = _gamma_shape(by["events"].to_numpy(), by["expected"].to_numpy())
    from scipy.stats import gamma

    a, b = shape + by["events"].to_numpy(), shape + by["expected"].to_numpy()
    return ProviderRates(
        by.with_columns(
            ratio=pl.Series(a / b), low=pl.Series(gamma.ppf(0.025, a, scale=1 / b)),
            high=pl.Series(gamma.ppf(0.975, a, scale=1 / b)), above=pl.Series(gamma.sf(1.0, a, scale=1 / b)),
        ),
        float(1 / np.sqrt(shape)),
    )  # fmt: skip


def _cumulative_hazard(part: pl.DataFrame) -> Floats:
    """Nelson–Aalen cumulative hazard of the way at each referral's end: its expected number of events by then."""
    end, hit = part["end"].to_numpy(), part["hit"].to_numpy()
    at = np.unique(end, return_inverse=True)[1]
    events = np.bincount(at, weights=hit.astype(np.float64))
    at_risk = np.bincount(at)[::-1].cumsum()[::-1]
    found: Floats = np.cumsum(events / at_risk)[at]
    return found


def _gamma_shape(events: Floats, expected: Floats) -> float:
    """Maximum likelihood estimate of the shape (and rate) of the ratios' gamma distribution about 1."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    def against(log_shape: float) -> float:
        shape = np.exp(log_shape)
        likelihood = (
            gammaln(events + shape)
            - gammaln(shape)
            + shape * np.log(shape)
            - (events + shape) * np.log(expected + shape)
        )
        return -float(likelihood.sum())

    return float(np.exp(minimize_scalar(against, bounds=(-3.0, 10.0), method="bounded").x))
