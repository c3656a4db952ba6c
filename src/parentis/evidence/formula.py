"""How a figure was calculated, in words with its inputs."""

from collections.abc import Mapping
from typing import Any

from parentis.evidence.formats import in_prose
from parentis.figures import Measure

TIMES = (1, 100, 1_000, 10_000, 100_000)
"What a share or rate is commonly stated out of."
CLOSE = 0.006
"A quotient this near to the value, in relation to it, is it, as rounding has it."


def formula(figure: Mapping[str, Any], measure: Measure) -> str:
    """`12 ÷ 340 × 100 = 3.5%` if the counts behind a figure are known and reproduce it; otherwise ''."""
    above, below, value = figure.get("numerator"), figure.get("denominator"), figure["value"]
    if value is None or above is None or not below:
        return ""
    shown = in_prose(value, None, measure)
    for times in TIMES:
        made = above / below * times
        if abs(made - value) <= max(CLOSE * abs(value), 0.5 * 10.0**-measure.decimals):
            scaled = "" if times == 1 else f" × {times:,}"
            return f"{_number(above)} ÷ {_number(below)}{scaled} = {shown}"
    return ""


def interval_words(figure: Mapping[str, Any], measure: Measure) -> str:
    """The figure's interval in words; '' where it has none."""
    if figure["low"] is None or figure["high"] is None:
        return ""
    low, high = (in_prose(figure[name], None, measure) for name in ("low", "high"))
    level = figure["level"]
    chance = f" with a chance of {level:.0%}" if level is not None else ""
    return f"Between {low} and {high}{chance}."


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
