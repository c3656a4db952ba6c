"""Whether bands of need drift upwards where they set the fee: the band given to similar children, year by year."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.services.commissioning.hedonic import PARTNERSHIP
from parentis.services.commissioning.mixed_models import clustered, least_squares
from parentis.services.commissioning.placement_prices import TERMS, design, priced, provider_and_home

LEVEL: Final = 0.95
FIXED: Final = tuple(
    term for term in TERMS if term.column in ("type", "age", "solo", "dols", "education", "packages", "miles")
)

ROWS_A_TERM: Final = 10
"With fewer placements for each term of the model, a partnership's drift is not estimated."


@dataclass(frozen=True, slots=True)
class Drift:
    """Rise in a partnership's bands of need, in bands a year, with children's other characteristics held constant.

    `low` to `high` hold 95 %, with errors clustered by provider. `hidden`: the rise of price a year, in logarithms,
    that is attributed to greater need; 0 where no drift is found. `children`: number of placements.
    """

    partnership: str
    yearly: float
    low: float
    high: float
    hidden: float
    children: int

    @property
    def seen(self) -> bool:
        """Whether the interval excludes zero."""
        return not self.low <= 0.0 <= self.high


def drift(placements: pl.DataFrame, step: float) -> list[Drift]:
    """For each partnership; `step` is the price of one more band, in logarithms (`Unmeasured.step`). Partnerships at
    fewer than two censuses, with one provider, or with few placements, are left out."""
    from scipy.stats import t as student

    found = []
    rows = priced(placements).filter(pl.col("need").is_not_null())
    years = {census: _year(census) for census in rows["census"].unique().to_list()}
    for (name,), part in rows.group_by(pl.col(PARTNERSHIP).fill_null("none"), maintain_order=True):
        group, _, providers = provider_and_home(part)
        if part["census"].n_unique() < 2 or len(providers) < 2:
            continue
        columns = design(part, FIXED).matrix
        if part.height < ROWS_A_TERM * columns.shape[1]:
            continue
        year = part["census"].replace_strict(years, return_dtype=pl.Float64).to_numpy()
        whole = np.column_stack([year - year.mean(), columns])
        need = part["need"].cast(pl.Float64).to_numpy()
        beta = least_squares(whole, need)
        error = float(np.sqrt(clustered(whole, need, beta, group)[0, 0]))
        reach = float(student.ppf(0.5 + LEVEL / 2, len(providers) - 1)) * error
        low, high = float(beta[0]) - reach, float(beta[0]) + reach
        hidden = 0.0 if low <= 0.0 <= high else float(beta[0]) * step
        found.append(Drift(str(name), float(beta[0]), low, high, hidden, part.height))
    return sorted(found, key=lambda one: one.partnership)


def _year(census: object) -> float:
    """The day as a decimal year, from a date or from text that begins with one."""
    day = str(census)
    return int(day[:4]) + (int(day[5:7]) - 1) / 12 + (int(day[8:10]) - 1) / 365
