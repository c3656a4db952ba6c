"""A stream's chart as points of a small drawing; its rows stand in the table beside it."""

from typing import Any

WIDTH, HEIGHT, LEFT, TOP = 560, 120, 40, 10


def chart(one: Any) -> dict[str, Any]:
    """The CUSUM of a stream (`streams.Watched` with a path): points of its line, its decision, and its rows."""
    values, decision = one.path.values, float(one.share.chart.decision)
    begun = one.months[len(one.months) - len(values) :]
    most = max(decision * 1.2, float(values.max()) if len(values) else 0.0)
    step = (WIDTH - LEFT) / max(1, len(values) - 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP) * (1 - value / most), 1)

    return {
        "stream": one, "points": " ".join(f"{LEFT + step * at:.1f},{y(float(v))}" for at, v in enumerate(values)),
        "decision": y(decision), "base": y(0.0), "width": WIDTH, "height": HEIGHT + 20, "left": LEFT,
        "visible": 100 * (one.smallest_visible - 1),
        "rows": [{"month": month, "value": float(value)} for month, value in zip(begun, values, strict=True)],
        "limit": decision,
    }  # fmt: skip
