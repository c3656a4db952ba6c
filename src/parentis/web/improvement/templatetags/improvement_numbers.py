"""How pages of benchmarks write probabilities."""

from django import template

register = template.Library()
LEAST = 0.01


@register.filter
def probability(value: float | None) -> str:
    """Two places; nothing is certain and nothing impossible; empty where it is not known."""
    if value is None:
        return ""
    if value < LEAST:
        return f"under {LEAST}"
    return f"over {1 - LEAST}" if value > 1 - LEAST else f"{value:.2f}"
