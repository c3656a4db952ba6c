"""Charts of grids, drawn to SVG on the server by Vega-Lite: the same in pages and packs, with no script.

Lines have a contrast of at least 3:1 against white. Meaning never depends on colour alone: lines also differ in their
dashes, tiles show their value, and intervals are drawn.
"""

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from parentis.evidence.document import Grid, Heading, Row
from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import Scale, in_column
from parentis.figures import ChartKind

INK, PALE, LINE = "#1f2a44", "#dfe4ee", "#5b6475"
SERIES = (
    "#1d5fa8", "#b3521b", "#2f7a4f", "#7a3e8c", "#8a6d00", "#5b6475", "#a8336b", "#0f766e", "#4338ca", "#6b4226",
)  # fmt: skip
PARTS = (
    "#123a63", "#e8a06a", "#2f7a4f", "#d8c7e3", "#7a3e8c", "#f0d67a", "#5b6475", "#f2b8cf", "#0b4f4a", "#c9cfda",
)  # fmt: skip
"Dark and light in turn, so that neighbours differ on paper without colour."
DIVERGING = ("#7fb0e6", "#f4f4f2", "#e8935a")
"Light enough at both ends for dark letters on every tile."
FONT = "Arial, Helvetica, sans-serif"
WIDTH = 640
ROW_HEIGHT = 16
TILE = 78
TILE_LETTERS = 11
LABEL_LETTERS, LABEL_ROOM, LABEL_STEP = 18, 150, 0.1
AXIS_LETTERS = 16
LEGEND: Mapping[str, Any] = {
    "title": None, "orient": "top", "labelLimit": 600, "columns": 1, "labelFontSize": 12, "symbolSize": 400,
    "symbolStrokeWidth": 2.5, "symbolOpacity": 1, "symbolType": "stroke",
}  # fmt: skip
MARK = "  ◂"
"Stands after the number of the place that the page is about: colour alone says nothing."
OWN_COLOUR = alt.Color("own:N", scale=alt.Scale(domain=[False, True], range=[SERIES[0], SERIES[1]]), legend=None)
RIGHT = 48
"Room at the right: a screen's letters may be wider than those the drawing was measured with."
LABELLED = 5
"Lines up to which each has its name at its end; of more, names would lie on one another."
VALUED = 30
"Points of a chart of lines up to which each has its value on it."
PERIODS: Any = alt.Axis(labelAngle=-40, labelOverlap="parity")
"Where periods are many, every other one is named."


def _tidy(grid: Grid, own: str = "") -> pl.DataFrame:
    """One row per cell with a value: label, series, value, low, high, shown, and whether it belongs to `own`."""
    rows = [
        {
            "label": row.label,
            "series": heading.title,
            "value": cell.value / heading.scale.divisor,
            "low": None if cell.low is None else cell.low / heading.scale.divisor,
            "high": None if cell.high is None else cell.high / heading.scale.divisor,
            "shown": in_column(cell.value, cell.suppressed, heading.scale),
            "order": index,
            "own": cell.geography == own,
        }
        for index, row in enumerate(grid.rows)
        for heading, cell in zip(grid.headings, row.cells, strict=True)
        if cell.value is not None
    ]
    schema: dict[str, Any] = {
        "label": pl.String,
        "series": pl.String,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "shown": pl.String,
        "order": pl.Int64,
        "own": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema)


def _lines(text: str, letters: int) -> str:
    return "\n".join(textwrap.wrap(text, letters, break_long_words=False))


def _value_axis(grid: Grid) -> alt.Axis:
    return alt.Axis(title=grid.headings[0].scale.unit if grid.headings else None, grid=True, tickCount=6)


def _bar(grid: Grid, _: Mapping[str, tuple[int, int]], own: str) -> alt.TopLevelMixin:
    data = _tidy(grid, own)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=data["label"].unique(maintain_order=True).to_list(), title=None),
        x=alt.X("value:Q", axis=_value_axis(grid)),
    )
    bars = base.mark_bar().encode(color=OWN_COLOUR)
    text = (
        base.mark_text(align="left", dx=3, color=INK)
        .encode(text="said:N", x=alt.X("end:Q"))
        .transform_calculate(end="max(0, datum.value)", said=f"datum.own ? datum.shown + '{MARK}' : datum.shown")
    )
    return (bars + text).properties(width=WIDTH, height=ROW_HEIGHT * max(1, len(grid.rows)))


def _trend(grid: Grid, _: Mapping[str, tuple[int, int]], __: str) -> alt.TopLevelMixin:
    data = _tidy(grid)
    names = [heading.title for heading in grid.headings]
    direct = 1 < len(names) <= LABELLED
    legend = None if len(names) == 1 or direct else alt.Legend(**LEGEND)
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=list(SERIES)[: len(names)]), legend=legend)
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=names), legend=legend)
    # Set the order of the grid: by default the axis of two layers starts with the values of the first layer.
    base = alt.Chart(data).encode(
        x=alt.X("label:O", sort=[row.label for row in grid.rows], title=None, axis=PERIODS),
        color=colour,
    )
    band = base.mark_area(opacity=0.18).encode(y="low:Q", y2="high:Q").transform_filter("isValid(datum.low)")
    line = base.mark_line(point={"size": 40}, strokeWidth=2.5).encode(
        y=alt.Y("value:Q", axis=_value_axis(grid)), strokeDash=dash
    )
    drawn = band + line + _values(base, data, names)
    if direct:
        ends = data.sort("order").group_by("series", maintain_order=True).last()
        tallest = max((abs(value) for value in data["value"]), default=0.0)
        last = alt.Chart(_apart(ends, tallest)).encode(
            x=alt.X("label:O", sort=[row.label for row in grid.rows]), color=colour
        )
        drawn += last.mark_text(align="left", dx=8, fontSize=12, fontWeight="bold", lineBreak="\n").encode(
            y="at:Q", text="name:N"
        )
    return drawn.properties(width=WIDTH - (LABEL_ROOM if direct else 0), height=300)


def _values(base: alt.Chart, data: pl.DataFrame, names: list[str]) -> alt.TopLevelMixin:
    """Values on the points: on all of few, otherwise on each line's first and last; every other line's below it."""
    ends = pl.col("order").is_in([data["order"].min(), data["order"].max()]) if data.height else pl.lit(True)
    first = pl.col("order") == pl.col("order").min().over("series")
    last = pl.col("order") == pl.col("order").max().over("series")
    told = data if data.height <= VALUED else data.filter(ends | first | last)
    layers = [
        base.properties(data=told.filter(pl.col("series").is_in(names[at::2])))
        .mark_text(dy=dy, fontSize=9.5)
        .encode(y=alt.Y("value:Q"), text="shown:N", color=alt.value(INK))
        for at, dy in ((0, -9), (1, 13))
    ]
    return alt.layer(*layers)


def _apart(ends: pl.DataFrame, tallest: float) -> pl.DataFrame:
    """Labels of lines and their positions: at the lines' ends, moved up where two would overlap."""
    rows, at = [], float("-inf")
    for row in ends.sort("value").iter_rows(named=True):
        at = max(row["value"], at + tallest * LABEL_STEP)
        rows.append({**row, "at": at, "name": _lines(row["series"], LABEL_LETTERS)})
    return pl.DataFrame(rows, schema={**ends.schema, "at": pl.Float64, "name": pl.String})


def _tile_map(grid: Grid, tiles: Mapping[str, tuple[int, int]], own: str) -> alt.TopLevelMixin:
    rows: list[dict[str, Any]] = [
        {
            "name": _lines(row.label, TILE_LETTERS),
            "x": tiles[row.cells[0].geography][0] * TILE,
            "y": tiles[row.cells[0].geography][1] * TILE,
            "value": row.cells[0].value,
            "shown": in_column(row.cells[0].value, row.cells[0].suppressed, grid.headings[0].scale),
            "own": row.cells[0].geography == own,
        }
        for row in grid.rows
        if row.cells[0].geography in tiles
    ]
    data = pl.DataFrame(
        rows,
        schema={
            "name": pl.String, "x": pl.Int64, "y": pl.Int64, "value": pl.Float64, "shown": pl.String, "own": pl.Boolean,
        },
    )  # fmt: skip
    limit = max((abs(row["value"]) for row in rows if row["value"] is not None), default=0.0) or 1.0
    right = max((row["x"] for row in rows), default=0) + TILE
    bottom = max((row["y"] for row in rows), default=0) + TILE
    across = alt.X("x:Q", scale=alt.Scale(domain=[0, right], nice=False), axis=None)
    down = alt.Y("y:Q", scale=alt.Scale(domain=[bottom, 0], nice=False), axis=None)
    base = alt.Chart(data).transform_calculate(
        cx=f"datum.x + {TILE / 2}",
        ty=f"datum.y + {TILE * 0.25}",
        vy=f"datum.y + {TILE * 0.72}",
        x2=f"datum.x + {TILE - 4}",
        y2=f"datum.y + {TILE - 4}",
    )
    squares = base.mark_rect().encode(
        stroke=alt.condition("datum.own", alt.value(INK), alt.value(LINE)),
        strokeWidth=alt.condition("datum.own", alt.value(4), alt.value(0.5)),
        x=across,
        y=down,
        x2="x2:Q",
        y2="y2:Q",
        color=alt.Color(
            "value:Q",
            scale=alt.Scale(domain=[-limit, 0, limit], range=list(DIVERGING), interpolate="lab"),
            legend=None,
        ),
    )
    names = base.mark_text(fontSize=10.5, fontWeight="bold", color=INK, lineBreak="\n", baseline="middle").encode(
        x=alt.X("cx:Q", scale=alt.Scale(domain=[0, right], nice=False), axis=None),
        y=alt.Y("ty:Q", scale=alt.Scale(domain=[bottom, 0], nice=False), axis=None),
        text="name:N",
    )
    values = base.mark_text(fontSize=13, color=INK).encode(
        x=alt.X("cx:Q", scale=alt.Scale(domain=[0, right], nice=False), axis=None),
        y=alt.Y("vy:Q", scale=alt.Scale(domain=[bottom, 0], nice=False), axis=None),
        text="shown:N",
    )
    return (squares + names + values).properties(width=right, height=bottom)


def _scatter(grid: Grid, _: Mapping[str, tuple[int, int]], own: str) -> alt.TopLevelMixin:
    across, up = grid.headings[0], grid.headings[1]
    rows = [
        {
            "label": row.label,
            "x": row.cells[0].value / across.scale.divisor,
            "y": row.cells[1].value / up.scale.divisor,
            "own": row.cells[0].geography == own,
        }
        for row in grid.rows
        if row.cells[0].value is not None and row.cells[1].value is not None
    ]
    data = pl.DataFrame(rows, schema={"label": pl.String, "x": pl.Float64, "y": pl.Float64, "own": pl.Boolean})
    bounds = [v for name in ("x", "y") for v in data[name].to_list()] or [0.0, 1.0]
    low, high = min(0.0, *bounds), max(0.0, *bounds)
    equal = pl.DataFrame({"x": [low, high], "y": [low, high]})
    base = alt.Chart(data).encode(
        x=alt.X("x:Q", title=f"{across.title} ({across.scale.unit})"),
        y=alt.Y("y:Q", title=f"{up.title} ({up.scale.unit})"),
    )
    points = base.mark_point(filled=True, opacity=0.9).encode(
        color=OWN_COLOUR,
        size=alt.condition("datum.own", alt.value(140), alt.value(55)),
        shape=alt.condition("datum.own", alt.value("diamond"), alt.value("circle")),
    )
    names = base.mark_text(align="left", dx=6, fontSize=9, color=INK).encode(text="label:N")
    diagonal = alt.Chart(equal).mark_line(color=LINE, strokeDash=[4, 4]).encode(x="x:Q", y="y:Q")
    return (diagonal + points + names).properties(width=WIDTH, height=460)


def _waterfall(grid: Grid, _: Mapping[str, tuple[int, int]], __: str) -> alt.TopLevelMixin:
    """Each row adds to the running sum; the last row, the total, starts from 0."""
    data = _tidy(grid)
    steps, at = [], 0.0
    for row in data.iter_rows(named=True):
        is_total = row["order"] == len(grid.rows) - 1
        start = 0.0 if is_total else at
        at = row["value"] if is_total else at + row["value"]
        steps.append(
            {
                "label": _lines(row["label"], AXIS_LETTERS),
                "start": start,
                "end": at,
                "shown": f"+{row['shown']}" if row["value"] > 0 and row["order"] > 0 and not is_total else row["shown"],
                "kind": "total" if is_total else "up" if at >= start else "down",
            }
        )
    frame = pl.DataFrame(
        steps,
        schema={"label": pl.String, "start": pl.Float64, "end": pl.Float64, "shown": pl.String, "kind": pl.String},
    )
    axis = alt.Axis(labelAngle=0, labelExpr="split(datum.label, '\\n')")
    base = alt.Chart(frame).encode(x=alt.X("label:N", sort=None, title=None, axis=axis))
    bars = base.mark_bar(size=46).encode(
        y=alt.Y("start:Q", axis=_value_axis(grid)),
        y2="end:Q",
        color=alt.Color(
            "kind:N",
            legend=None,
            scale=alt.Scale(domain=["up", "down", "total"], range=[SERIES[1], SERIES[2], SERIES[0]]),
        ),
    )
    text = (
        base.mark_text(dy=-7, color=INK)
        .encode(y="top:Q", text="shown:N")
        .transform_calculate(top="max(datum.start, datum.end)")
    )
    return (bars + text).properties(width=WIDTH, height=320)


def _tornado(grid: Grid, _: Mapping[str, tuple[int, int]], __: str) -> alt.TopLevelMixin:
    """One bar per row from low to high, in two shades that meet at the value."""
    data = _tidy(grid).filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    y = alt.Y("label:N", sort=data["label"].to_list(), title=None, axis=alt.Axis(labelLimit=400))
    shared = alt.Scale(zero=False)
    base = alt.Chart(data).encode(y=y)
    lower = base.mark_bar(color=SERIES[2]).encode(x=alt.X("low:Q", scale=shared, axis=_value_axis(grid)), x2="value:Q")
    upper = base.mark_bar(color=SERIES[1]).encode(x=alt.X("value:Q", scale=shared), x2="high:Q")
    middle = base.mark_tick(color=INK, thickness=2).encode(x=alt.X("value:Q", scale=shared))
    return (lower + upper + middle).properties(width=WIDTH, height=ROW_HEIGHT * max(1, data.height))


def _stack(grid: Grid, _: Mapping[str, tuple[int, int]], __: str) -> alt.TopLevelMixin:
    names = [heading.title for heading in grid.headings]
    return (
        alt.Chart(_tidy(grid))
        .mark_bar(stroke="#ffffff", strokeWidth=1)
        .encode(
            x=alt.X("label:O", sort=None, title=None, axis=PERIODS),
            y=alt.Y("value:Q", axis=_value_axis(grid)),
            color=alt.Color(
                "series:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[PARTS[at % len(PARTS)] for at in range(len(names))]),
                legend=alt.Legend(
                    title=None, orient="top", columns=3, columnPadding=40, labelLimit=200, labelFontSize=12
                ),
            ),
            order="order:O",
        )
        .properties(width=WIDTH, height=320)
    )


_DRAW: Mapping[ChartKind, Callable[[Grid, Mapping[str, tuple[int, int]], str], alt.TopLevelMixin]] = {
    ChartKind.BAR: _bar,
    ChartKind.TREND: _trend,
    ChartKind.FAN: _trend,
    ChartKind.TILE_MAP: _tile_map,
    ChartKind.SCATTER: _scatter,
    ChartKind.WATERFALL: _waterfall,
    ChartKind.STACK: _stack,
    ChartKind.TORNADO: _tornado,
}


def draw(kind: ChartKind, grid: Grid, tiles: Mapping[str, tuple[int, int]], own: str = "") -> str:
    """SVG of `grid`. `tiles` gives each authority's (column, row) on the region's tile map; `own` is the place whose
    mark differs from the others'."""
    chart = (
        _DRAW[kind](grid, tiles, own)
        .configure(font=FONT, background="#ffffff", padding={"left": 6, "top": 6, "bottom": 6, "right": RIGHT})
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            labelFontSize=11,
            titleFontSize=12,
            gridColor=PALE,
            domainColor=LINE,
            tickColor=LINE,
            labelLimit=220,
        )
        .configure_legend(labelColor=INK, labelFontSize=11)
    )
    # Checked against the Vega-Lite schema by the tests, which draw every kind, rather than at every drawing.
    return str(vl_convert.vegalite_to_svg(chart.to_json(validate=False)))


def prepare() -> None:
    """Start the drawing engine, which takes most of a second, so that no reader's first chart waits for it."""
    points = tuple(
        Row(
            label=str(at), cells=(Cell(measure="", geography="", geography_name="", period="", breakdown="", value=at),)
        )
        for at in (1.0, 2.0)
    )
    heading = Heading(measure="", title="", scale=Scale(1, 0, ""))
    draw(ChartKind.TREND, Grid(name="", title="", label="", headings=(heading,), rows=points), {})
