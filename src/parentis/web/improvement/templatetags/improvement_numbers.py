"""How pages of benchmarks write probabilities."""

from django import template

register = template.Library()
LEAST = 0.01


@register.filter
def probability(value: float | None) -> str:
    """A probability to two decimals, never shown as 0 or 1; empty where unknown."""
    if value is None:
        return ""
    if value < LEAST:
        return f"under {LEAST}"
    return f"over {1 - LEAST}" if value > 1 - LEAST else f"{value:.2f}"
