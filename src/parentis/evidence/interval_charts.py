"""Charts of values with their intervals: one per row, or several series over time.

The reader's own row is marked by shape, colour and name. Each chart's table and CSV are made from the same rows.
"""

import altair as alt
import polars as pl

from parentis.evidence.benchmark_charts import OTHERS, OWN, svg
from parentis.evidence.charts import INK, LINE, SERIES, WIDTH


def interval_chart(rows: pl.DataFrame, unit: str, reference: float | None = None) -> str:
    """SVG. `rows`: `name`, `own`, `low`, `value`, `high`, in the order they are drawn; `reference` is a line across."""
    order = rows["name"].to_list()
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=order, title=None),
        color=alt.condition("datum.own", alt.value(OWN), alt.value(OTHERS)),
    )
    across = alt.Scale(zero=False)
    bars = base.mark_bar(height=7).encode(x=alt.X("low:Q", title=unit, scale=across), x2="high:Q")
    middle = base.mark_point(filled=True, size=70, shape="diamond").encode(
        x=alt.X("value:Q", scale=across), color=alt.value(INK)
    )
    line = alt.Chart(pl.DataFrame({"x": [reference or 0.0]})).mark_rule(color=LINE, strokeDash=[4, 3]).encode(x="x:Q")
    layers = [bars, middle, *([line] if reference is not None else [])]
    return svg(alt.layer(*layers).properties(width=WIDTH, height=26 * max(1, rows.height)))


def lines_chart(rows: pl.DataFrame, unit: str) -> str:
    """SVG of several series. `rows`: `at` (text, in order), `series`, `value`, and `low` and `high`, null for series
    without a band."""
    order = rows["at"].unique(maintain_order=True).to_list()
    names = rows["series"].unique(maintain_order=True).to_list()
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", labelLimit=400)
    scale = alt.Scale(domain=names, range=[*SERIES, OWN, OTHERS][: len(names)])
    across = alt.X("at:O", sort=order, title=None, axis=alt.Axis(labelAngle=-40))
    base = alt.Chart(rows).encode(x=across, color=alt.Color("series:N", legend=legend, scale=scale))
    band = base.transform_filter("datum.low != null").mark_area(opacity=0.15).encode(
        y=alt.Y("low:Q", title=unit, scale=alt.Scale(zero=False)), y2="high:Q"
    )  # fmt: skip
    line = base.mark_line(point=True, strokeWidth=2.5).encode(
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
        strokeDash=alt.StrokeDash("series:N", legend=legend, scale=alt.Scale(domain=names)),
    )
    return svg((band + line).properties(width=WIDTH, height=320))
