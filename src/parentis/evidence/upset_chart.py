"""A chart of combinations: which marks come together, and how many have each combination (UpSet)."""

import altair as alt
import polars as pl

from parentis.evidence.benchmark_charts import OTHERS, svg
from parentis.evidence.charts import INK, PALE, WIDTH

ROW, DOT = 24, 90


def upset_chart(rows: pl.DataFrame, marks: list[str], unit: str) -> str:
    """SVG. `rows`: `marks` (list of text) and `value`, in the order they are drawn; `marks`: every mark, in order. A
    row's dots are its marks, and its bar is how many have them all and no others."""
    numbered = rows.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    dots = numbered.select("row", mark=pl.col("marks")).explode("mark")
    grid = numbered.select("row").join(pl.DataFrame({"mark": marks}), how="cross")
    down = alt.Y("row:O", title=None, axis=None)
    across = alt.X(
        "mark:N", sort=marks, title=None, axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=320, labelAlign="left")
    )
    empty = alt.Chart(grid).mark_circle(size=DOT, color=PALE, opacity=1).encode(x=across, y=down)
    full = alt.Chart(dots).mark_circle(size=DOT, color=INK, opacity=1).encode(x=across, y=down)
    joined = alt.Chart(dots).mark_line(color=INK, strokeWidth=2).encode(x=across, y=down, detail="row:O")
    bars = alt.Chart(numbered).mark_bar(height=12, color=OTHERS).encode(
        x=alt.X("value:Q", title=unit, axis=alt.Axis(orient="top")), y=down
    )  # fmt: skip
    numbers = alt.Chart(numbered).mark_text(align="left", dx=4, color=INK).encode(x="value:Q", y=down, text="value:Q")
    height = ROW * max(1, rows.height)
    left = alt.layer(joined, empty, full).properties(width=28 * max(1, len(marks)), height=height)
    return svg(alt.hconcat(left, (bars + numbers).properties(width=WIDTH // 2, height=height), spacing=10))
