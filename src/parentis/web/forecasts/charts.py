"""Charts of a scenario beside the forecast, as data addresses."""

from base64 import b64encode

import polars as pl

from parentis import evidence
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind

PEOPLE = Scale(1, 0, "children")
MILLION = Scale(1_000_000, 1, "£ million")
SERIES = {"past": "As returned", "forecast": "Forecast", "scenario": "Scenario"}


def children(past: pl.DataFrame, yearly: pl.DataFrame) -> str:
    """Children looked after on 31 March: as returned, then the forecast and the scenario with their intervals."""
    marches = past.filter(pl.col("month_end").dt.month() == 3).select(
        label=pl.col("month_end").dt.strftime("%b %Y"), past="children"
    )
    ahead = yearly.with_columns(label="Mar " + pl.lit("20") + pl.col("year").str.slice(5))
    rows = [{"label": one["label"], "past": one["past"]} for one in marches.iter_rows(named=True)]
    return _drawn(rows + ahead.to_dicts(), PEOPLE, ("forecast", "scenario", "past"))


def cost(yearly: pl.DataFrame) -> str:
    """What the placements cost in each financial year, with intervals."""
    return _drawn([row | {"label": row["year"]} for row in yearly.to_dicts()], MILLION, ("forecast", "scenario"))


def _drawn(rows: "list[dict[str, object]]", scale: Scale, series: tuple[str, ...]) -> str:
    grid = Grid(
        name="scenario",
        title="",
        label="",
        headings=tuple(Heading(measure="", title=SERIES[name], scale=scale) for name in series),
        rows=tuple(Row(label=str(row["label"]), cells=tuple(_cell(row, name) for name in series)) for row in rows),
    )
    svg = evidence.draw(ChartKind.FAN, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cell(row: "dict[str, object]", name: str) -> Cell:
    value, low, high = (row.get(f"{name}{part}") for part in ("", "_low", "_high"))
    return Cell(
        measure="", geography="", geography_name="", period=str(row["label"]), breakdown="", value=value,  # type: ignore[arg-type]
        low=low, high=high,  # type: ignore[arg-type]
    )  # fmt: skip
