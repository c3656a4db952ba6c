"""Quality of a provider's services from few inspections: a band; a provider without inspections is never called good.

Owners' shares of strong services have a Beta distribution, fitted to all owners' counts (beta-binomial, maximum
likelihood). A provider's band is the posterior of its share given its own inspections; a provider without inspections
has the prior's band and is called *not known*.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

STRONG: Final = frozenset({"Consistently strong", "Outstanding", "Good"})
"Outcomes that count as strong: supported accommodation's first, and homes' first two."
LEVEL: Final = 0.8
CLEAR: Final = 0.5
"A band wholly above it is called mostly strong, one wholly below it mostly not."
MOST_CERTAIN: Final = 200.0
"Largest weight of the prior, in inspections: few inspections cannot show that owners are alike."
COUNTS: Final = ("services", "inspected", "strong")
SHARES: Final = ("mean", "low", "high")
NOT_KNOWN: Final = "Not known: never inspected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Beta(a, b) of owners' shares of strong services. `inspected`: how many services it was learned from."""

    a: float
    b: float
    inspected: int

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


def fit(strong: np.ndarray, inspected: np.ndarray) -> Prior:
    """Maximum likelihood Beta for owners' counts, each of shape (owners,). Without any inspection: uniform."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit

    known = inspected > 0
    strong, inspected = strong[known], inspected[known]
    if not len(inspected):
        return Prior(a=1.0, b=1.0, inspected=0)

    def cost(at: np.ndarray) -> float:
        mean, size = expit(at[0]), np.exp(at[1])
        a, b = mean * size, (1 - mean) * size
        likelihood = betaln(a + strong, b + inspected - strong) - betaln(a, b)
        return float(-likelihood.sum())

    share = (strong.sum() + 0.5) / (inspected.sum() + 1.0)
    start = np.array([np.log(share / (1 - share)), np.log(5.0)])
    bounds = [(-6.0, 6.0), (0.0, float(np.log(MOST_CERTAIN)))]
    found = minimize(cost, start, bounds=bounds, method="L-BFGS-B").x
    mean, size = float(expit(found[0])), float(np.exp(found[1]))
    return Prior(a=mean * size, b=(1 - mean) * size, inspected=int(inspected.sum()))


def bands(register: pl.DataFrame, *, by: str = "owner_key", level: float = LEVEL) -> pl.DataFrame:
    """`by`, `services`, `inspected`, `strong`, `mean`, `low`, `high`, `words` of each owner in rows with `by` and
    `grade` (null where not inspected). A row with an unknown owner counts as an owner of its own."""
    from scipy.stats import beta

    if register.is_empty():
        counts, shares = (
            dict.fromkeys(names, dtype) for names, dtype in ((COUNTS, pl.UInt32()), (SHARES, pl.Float64()))
        )
        return pl.DataFrame(schema={by: pl.String, **counts, **shares, "words": pl.String})
    counted = (
        register.filter(pl.col(by).is_not_null())
        .group_by(by, maintain_order=True)
        .agg(
            services=pl.len(),
            inspected=pl.col("grade").is_not_null().sum(),
            strong=pl.col("grade").is_in(STRONG).sum(),
        )
    )
    strong, inspected = (counted[name].to_numpy().astype(float) for name in ("strong", "inspected"))
    prior = fit(strong, inspected)
    a, b = prior.a + strong, prior.b + inspected - strong
    tail = (1 - level) / 2
    low, high = beta.ppf(tail, a, b), beta.ppf(1 - tail, a, b)
    words = np.where(
        inspected == 0, NOT_KNOWN,
        np.where(low > CLEAR, "Mostly strong", np.where(high < CLEAR, "Mostly not strong", "Not clear yet")),
    )  # fmt: skip
    return counted.with_columns(
        mean=pl.Series(a / (a + b)), low=pl.Series(low), high=pl.Series(high), words=pl.Series(words.astype(str))
    )
