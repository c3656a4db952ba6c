"""Charts of benchmarks: funnel, caterpillar with rank bars, a series with its limits.

The reader's own place is marked by shape, colour and name. Each chart's table and CSV are made from the same rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import polars as pl
import vl_convert

from parentis.evidence.charts import FONT, INK, LINE, PALE, SERIES, WIDTH

OWN, OTHERS, LIMIT = SERIES[1], "#8a93a5", SERIES[0]
_ROW: Final = 17


def funnel_chart(points: pl.DataFrame, limits: pl.DataFrame, pooled: float, unit: str) -> str:
    """SVG. `points`: `name`, `own`, `denominator`, `value`; `limits`: `denominator`, `level`, `low`, `high`."""
    across = alt.X("denominator:Q", title="Denominator: how many it is of", scale=alt.Scale(nice=False))
    lines = alt.Chart(limits).encode(x=across, strokeDash=alt.StrokeDash("level:N", legend=alt.Legend(
        title=None, orient="top", symbolType="stroke"))).mark_line(color=LIMIT)  # fmt: skip
    middle = alt.Chart(pl.DataFrame({"y": [pooled]})).mark_rule(color=LINE).encode(y="y:Q")
    dots = alt.Chart(points).encode(
        x=across,
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.condition("datum.own", alt.value(OWN), alt.value(OTHERS)),
        size=alt.condition("datum.own", alt.value(170), alt.value(45)),
        shape=alt.condition("datum.own", alt.value("diamond"), alt.value("circle")),
    )  # fmt: skip
    named = dots.transform_filter("datum.own").mark_text(dy=-14, color=INK, fontWeight="bold").encode(
        text="name:N", size=alt.value(13), color=alt.value(INK)
    )  # fmt: skip
    chart = lines.encode(y="low:Q") + lines.encode(y="high:Q") + middle + dots.mark_point(filled=True) + named
    return svg(chart.properties(width=WIDTH, height=340))


def caterpillar_chart(rows: pl.DataFrame, ranked: int) -> str:
    """SVG of rank intervals, the best first. `rows`: `name`, `own`, `rank_low`, `rank_median`, `rank_high`."""
    order = rows.sort("rank_median", "rank_low", "name")["name"].to_list()
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=order, title=None),
        color=alt.condition("datum.own", alt.value(OWN), alt.value(OTHERS)),
    )
    across = alt.Scale(domain=[1, max(ranked, 2)], nice=False)
    bars = base.mark_bar(height=7).encode(
        x=alt.X("rank_low:Q", title="Rank: 1 is the best", scale=across), x2="rank_high:Q"
    )
    middle = base.mark_point(filled=True, size=60, shape="diamond").encode(
        x=alt.X("rank_median:Q", scale=across), color=alt.value(INK)
    )
    start = pl.DataFrame({"x": [ranked - ranked // 4 + 0.5]})
    quarter = alt.Chart(start).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("x:Q", scale=across))
    return svg((bars + middle + quarter).properties(width=WIDTH, height=_ROW * max(1, rows.height)))


def series_chart(rows: pl.DataFrame, limits: Mapping[str, float], unit: str, breaks: Sequence[str] = ()) -> str:
    """SVG of a place's series beside others. `rows`: `period`, `series`, `value`; `limits`: `mean`, `lower`, `upper`;
    `breaks` are the first periods of a new definition."""
    order = rows["period"].unique(maintain_order=True).to_list()
    names = rows["series"].unique(maintain_order=True).to_list()
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", labelLimit=400)
    colour = alt.Color("series:N", legend=legend, scale=alt.Scale(domain=names, range=[OWN, *SERIES][: len(names)]))
    line = alt.Chart(rows).mark_line(point=True, strokeWidth=2.5).encode(
        x=alt.X("period:O", sort=order, title=None, axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
        color=colour, strokeDash=alt.StrokeDash("series:N", legend=legend, scale=alt.Scale(domain=names)),
    )  # fmt: skip
    rules: list[Any] = [
        alt.Chart(pl.DataFrame({"y": [level]})).mark_rule(color=LINE, strokeDash=[1, 0] if name == "mean" else [5, 3])
        .encode(y="y:Q")
        for name, level in limits.items()
    ]  # fmt: skip
    marks = [
        alt.Chart(pl.DataFrame({"period": [one]})).mark_rule(color=INK, strokeWidth=2).encode(
            x=alt.X("period:O", sort=order)
        )
        for one in breaks if one in order
    ]  # fmt: skip
    return svg(alt.layer(line, *rules, *marks).properties(width=WIDTH, height=300))


def svg(chart: Any) -> str:
    """An Altair chart in the house style, as SVG."""
    styled = chart.configure(font=FONT, background="#ffffff", padding=6).configure_view(stroke=None).configure_axis(
        labelColor=INK, titleColor=INK, gridColor=PALE, domainColor=LINE, tickColor=LINE, labelLimit=220
    )  # fmt: skip
    return str(vl_convert.vegalite_to_svg(styled.to_json(validate=False)))
