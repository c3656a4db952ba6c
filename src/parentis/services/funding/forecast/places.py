"""Places of the forecast: the authorities that a figure covers, and rows of figures from simulated futures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import WHOLE, Audience
from parentis.region import financial_year
from parentis.services.funding.forecast.measures import LEVEL


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    own: tuple[int, ...]
    of: int
    said: str
    footprint: bool


VALUES = {
    "measure": pl.String, "geography": pl.String, "breakdown": pl.String, "period": pl.String,
    "period_start": pl.Date, "period_end": pl.Date,
    "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "n": pl.Int64,
    "authority_set": pl.String, "audience": pl.String,
}  # fmt: skip


def those_with(own: Sequence[int], values: np.ndarray) -> list[int]:
    return [at for at in own if np.isfinite(values[:, at]).all()]


def adder(rows: list[dict[str, Any]], place: Place) -> Any:
    edge = (1 - LEVEL) / 2

    def add(
        measure: str,
        period: str,
        drawn: np.ndarray,
        used: Sequence[int],
        *,
        of: str = WHOLE,
        interval: bool = True,
        between: tuple[float, float] | None = None,
    ) -> None:
        """The mean of `drawn` with its interval; `between` are ends of another kind, which are no quantiles."""
        if not used:
            return
        span = financial_year(period)
        # What is the same in every future is known, and has no interval.
        interval = interval and (len(drawn) < 2 or float(np.ptp(drawn)) > 0)
        low, high = between or (np.quantile(drawn, [edge, 1 - edge]) if interval else (None, None))
        said = f"{len(used)} of {place.of} {place.said} authorities" if place.footprint else place.said
        rows.append(
            {
                "measure": measure,
                "geography": place.id,
                "breakdown": of,
                "period": period,
                "period_start": span.start,
                "period_end": span.end,
                "value": float(drawn.mean()),
                "low": low,
                "high": high,
                "level": LEVEL if interval and between is None else None,
                "n": len(used),
                "authority_set": said,
                "audience": str(Audience.OWN),
            }
        )

    return add
