"""Figures as people read them: `£208.5m`, `8.5%`, `30`, `[c]`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from parentis.figures import Measure

MISSING = "x"
SHORTHAND = {
    "c": "confidential: the number is small enough to point to a child",
    MISSING: "not available",
    "z": "not applicable",
    "k": "rounds to zero",
}
"What the letters in brackets mean, as official statistics use them."

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MILLION = 1_000_000
THOUSAND = 1_000
MILLIONS_FROM = 250_000
"The amount in pounds from which a sentence states millions."
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Scale:
    """How a column of one measure is written: each value divided by `divisor`, with `decimals` digits."""

    divisor: float
    decimals: int
    unit: str
    "The unit as a column heading says it: `£ million`."


def scale_of(measure: Measure, largest: float) -> Scale:
    """The scale for absolute values up to `largest`. Pounds go to millions or thousands; nothing else moves."""
    if measure.unit == "£" and largest >= MILLION:
        return Scale(MILLION, 1, "£ million")
    if measure.unit == "£" and largest >= 10 * THOUSAND:
        return Scale(THOUSAND, 0, "£ thousand")
    return Scale(1, measure.decimals, measure.unit)


def in_column(value: float | None, suppressed: str | None, scale: Scale) -> str:
    """A table cell: a number without its unit, which is in the heading, or a letter in brackets."""
    if value is None:
        return f"[{suppressed or MISSING}]"
    return _signed(value / scale.divisor, scale.decimals)


def interval(low: float | None, high: float | None, scale: Scale) -> str:
    """`(1.2 to 3.4)`, at the scale of its column; '' where there is none."""
    if low is None or high is None:
        return ""
    return f"({_signed(low / scale.divisor, scale.decimals)} to {_signed(high / scale.divisor, scale.decimals)})"


def in_prose(value: float | None, suppressed: str | None, measure: Measure, absent: str = "not available") -> str:
    """A figure within a sentence, with its unit: `−£4.0m`, `8.5%`, `£1,367 per child`; without a value, `absent`."""
    if value is None:
        return f"{absent} [{suppressed or MISSING}]"
    if measure.unit.startswith("£"):
        return _money(value, measure)
    number = _signed(value, measure.decimals)
    if measure.unit == "%":
        return f"{number}%"
    return number if measure.unit == "count" else f"{number} {measure.unit}"


def _money(value: float, measure: Measure) -> str:
    size = abs(value)
    sign = MINUS if value < 0 else ""
    rest = measure.unit.removeprefix("£")
    if rest == "" and size >= 1_000 * MILLION:
        return f"{sign}£{size / MILLION / 1_000:,.2f}bn"
    if rest == "" and size >= MILLIONS_FROM:
        return f"{sign}£{size / MILLION:,.1f}m"
    return f"{sign}£{size:,.{measure.decimals}f}{rest}"


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not text.strip("0.,")
    return f"{MINUS}{text}" if value < 0 and not is_zero else text


def period_words(label: str) -> str:
    """A period as people write it: days and spans of days in words, everything else (`2017-18`) as it is.

    `2025-03-31` → `31 Mar 2025`; `2026-10-01..2026-10-31` → `October 2026`; other spans → `28 Sep to 4 Oct 2026`.
    """
    ends = label.split("..")
    if not all(_DAY.fullmatch(end) for end in ends):
        return " to ".join(ends)
    first, last = date.fromisoformat(ends[0]), date.fromisoformat(ends[-1])
    if first == last:
        return f"{first.day} {first:%b %Y}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1 and (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    begin = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{begin} to {last.day} {last:%b %Y}"
