"""Tables and charts of the service's measures, each with a short heading: `{"csc.overspend": "Overspend"}`."""

from collections.abc import Mapping
from typing import Any

from parentis.figures import Chart, ChartKind, FigureTable, Headline


def table(title: str, columns: Mapping[str, str], **more: Any) -> FigureTable:
    """`columns`: end of the measure's id → heading. Shown only with the first of them, unless said otherwise."""
    measures = tuple(f"funding.{name}" for name in columns)
    more.setdefault("only_with", measures[0])
    return FigureTable(title=title, measures=measures, headings=tuple(columns.values()), **more)


def chart(kind: ChartKind, title: str, columns: Mapping[str, str], description: str, **more: Any) -> Chart:
    """A chart; arguments as for `table`."""
    measures = tuple(f"funding.{name}" for name in columns)
    more.setdefault("only_with", measures[0])
    return Chart(
        kind=kind,
        title=title,
        measures=measures,
        headings=tuple(columns.values()),
        description=description,
        **more,
    )


def headline(*names: str) -> Headline:
    """Large figures, shown only with the first."""
    measures = tuple(f"funding.{name}" for name in names)
    return Headline(measures=measures, only_with=measures[0])
