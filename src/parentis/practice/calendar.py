"""Days as whole numbers since 1970, as in all simulation arrays."""

from datetime import date

import numpy as np

EPOCH = date(1970, 1, 1).toordinal()
FAR = date(2200, 1, 1).toordinal() - EPOCH
"A day after all simulated days, used where there is no end yet."


def day_number(day: date) -> int:
    return day.toordinal() - EPOCH


def april(year: int) -> int:
    """1 April of a calendar year."""
    return day_number(date(year, 4, 1))


def anniversary(days: np.ndarray, years: int) -> np.ndarray:
    """The same day of the month `years` later; 29 February becomes 1 March of a plain year."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    past_first = days - month.astype("datetime64[D]").astype(np.int64)
    return (month + 12 * years).astype("datetime64[D]").astype(np.int64) + past_first


def label(year: int) -> str:
    """The collection year that starts in April of `year`: 2020 → `2020-21`."""
    return f"{year}-{(year + 1) % 100:02}"
