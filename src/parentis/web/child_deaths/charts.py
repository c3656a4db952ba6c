"""The charts of Signals as points of small drawings, and what each stream would see; tables stand beside them."""

import math
from typing import Any, Final

WIDTH, HEIGHT, LEFT, TOP = 560, 120, 40, 10
LONGEST: Final = 120
"Waits above this many months are shown as longer than ten years."
METHODS: Final = {"t-chart": "days between two", "g-chart": "others between two"}


def charts(found: Any) -> list[dict[str, Any]]:
    """Charts of every stream that counts by month."""
    return [_chart(one, wait_of(found, one)) for one in found.inside.streams if one.path is not None]


GROUPS: Final = (
    ("London, and each partnership", ("", "cdr")), ("Ages", ("age",)), ("Likely causes", ("cause",)),
    ("Ethnic groups", ("ethnicity",)), ("Places of death", ("place",)), ("Joint agency responses", ("jar",)),
    ("What else was notified", ("flag", "born")),
    ("How complete notifications are", ("late", "no-number", "no-ethnicity", "no-cause")),
)  # fmt: skip


def groups_of(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Charts grouped under headings by subject."""
    made = []
    for title, names in GROUPS:
        some = [one for one in listed if _group(one["stream"].stream.id) in names]
        if some:
            made.append({"title": title, "charts": some})
    return made


def _group(stream: str) -> str:
    name, equals, _ = stream.partition("=")
    return name if equals else "cdr" if name.startswith("cdr-") else ""


def rare(found: Any) -> list[dict[str, Any]]:
    """Rare streams, which are monitored by the gaps between events."""
    return [
        {"stream": one, "method": METHODS[one.stream.method], "wait": wait_of(found, one)}
        for one in found.inside.streams if one.stream.method in METHODS
    ]  # fmt: skip


def scan_of(found: Any) -> Any:
    """The stream of clusters."""
    return next(one for one in found.inside.streams if one.stream.method == "scan")


def wait_of(found: Any, one: Any) -> str:
    """Months until half of rises by half are seen, with the months until data are complete; in words."""
    months = found.waits.get(one.stream.id)
    if months is None or months > LONGEST:
        return "more than ten years"
    whole = math.ceil(months) + found.delay
    return f"{whole} month" if whole == 1 else f"{whole} months"


def _chart(one: Any, wait: str) -> dict[str, Any]:
    """The CUSUM of a stream (`streams.Watched` with a path): points of its line, its decision, and its rows."""
    values, decision = one.path.values, float(one.share.chart.decision)
    begun = one.months[len(one.months) - len(values) :]
    most = max(decision * 1.2, *values)
    step = (WIDTH - LEFT) / max(1, len(values) - 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP) * (1 - value / most), 1)

    return {
        "stream": one, "points": " ".join(f"{LEFT + step * at:.1f},{y(v)}" for at, v in enumerate(values)),
        "decision": y(decision), "base": y(0.0), "width": WIDTH, "height": HEIGHT + 20, "left": LEFT,
        "visible": 100 * (one.smallest_visible - 1), "wait": wait,
        "rows": [{"month": month, "value": value} for month, value in zip(begun, values, strict=True)],
        "limit": decision,
    }  # fmt: skip
