"""The service's run: collected indicators as figures, and the frames behind its pages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import polars as pl

from parentis.figures import COUNTS, Polarity
from parentis.figures.benchmarks import NEVER_RANKED
from parentis.region import members
from parentis.returns.improvement import slots
from parentis.services.improvement.agenda import candidates, costs
from parentis.services.improvement.alike import computed_neighbours
from parentis.services.improvement.collected import INDICATORS, REGION, collected
from parentis.services.improvement.derivation import NEEDS as CHILDREN
from parentis.services.improvement.derivation import derive
from parentis.services.improvement.figures import figures_of
from parentis.services.improvement.inspections import INSPECTIONS, inspections
from parentis.services.improvement.measures import MEASURES, measure_of
from parentis.services.improvement.published import EDGES, lait_measures, listed, neighbours, published
from parentis.services.improvement.reconciliation import reconciled
from parentis.services.improvement.regression import Panel, regression_to_the_mean
from parentis.services.improvement.walls import benchmarks, series, wall
from parentis.services.service import Result
from parentis.services.statistics.lait import DICTIONARY, LINES

NEEDS: Final = (INDICATORS, EDGES, INSPECTIONS, LINES, DICTIONARY, *CHILDREN)
COLLECTED: Final = "Collected"


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures of the collection; frames `wall`, `series`, `rebased`, `neighbours`, `candidates`, `regression`,
    `reconciliation`, `derived_rows`, `inspections`."""
    quarters, years = collected(tables), published(tables)
    edges = neighbours(tables[EDGES])
    known = {one.id: one for one in (*MEASURES, *lait_measures(tables))}
    places = _places(quarters, years)
    topics = {**dict(years.select("measure", "topic").unique().iter_rows()),
              **dict.fromkeys(quarters["measure"].unique(), COLLECTED)}  # fmt: skip
    columns = ("measure", "geography", "period", "period_end", "value", *COUNTS)
    own = quarters.filter(pl.col("geography") != REGION)
    values = pl.concat([own.select(*columns, "rebased"), years.select(columns)], how="diagonal")
    near = listed(edges) or _each_other(places)
    alike = computed_neighbours(tables)
    found = benchmarks(values, known, places, near, listed(alike))
    rows = wall(found, topics)
    panels = {
        name: _panel(one.history, one.measure.polarity) for name, one in found.items() if topics[name] != COLLECTED
    }
    derived = derive(tables, quarters["period"].unique())
    figures, traced = figures_of(quarters, rows.filter(pl.col("topic") == COLLECTED), parameters)
    return Result(
        figures=figures,
        provenance=traced.provenance,
        inputs=traced.inputs,
        frames={
            "wall": rows,
            "series": series(found),
            "rebased": own.filter(pl.col("rebased").fill_null(value=False)).select("measure", "geography", "period"),
            "neighbours": pl.concat([edges, alike]),
            "candidates": candidates(found, _published_topics(tables, topics), near, costs(tables, places)),
            "regression": pl.DataFrame([asdict(regression_to_the_mean(panels))]),
            "reconciliation": reconciled(quarters, tables, derived.values),
            "derived_rows": _latest(derived.rows),
            "inspections": inspections(tables[INSPECTIONS]),
        },
    )


def _places(quarters: pl.DataFrame, years: pl.DataFrame) -> tuple[str, ...]:
    days = pl.concat([quarters["period_end"], years["period_end"]]).drop_nulls().to_list()
    return members(REGION, max(days)) if days else ()


def _published_topics(tables: Mapping[str, pl.DataFrame], topics: Mapping[str, str]) -> dict[str, str]:
    """A collected indicator has the topic of the published measure that it equals at the end of the year."""
    of = dict(tables[DICTIONARY].select("SHORT_DESC", "TOPIC").iter_rows())
    return {**topics, **{measure_of(one): of.get(one.lait, "") for one in slots()}}


def _latest(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last four quarters; the command `improvement rows` derives older ones again."""
    last = rows["period"].unique().sort().tail(4).to_list()
    return rows.filter(pl.col("period").is_in(last))


def _each_other(places: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Neighbours while no list of them is loaded: all other authorities of the region."""
    ranked = [one for one in places if one not in NEVER_RANKED]
    return {one: tuple(other for other in ranked if other != one) for one in places}


def _panel(history: pl.DataFrame, polarity: Polarity) -> Panel:
    sign = 1.0 if polarity is Polarity.LOWER else -1.0
    held = history.filter(~pl.col("geography").is_in(list(NEVER_RANKED)), pl.col("value").is_not_null())
    wide = held.with_columns(year=pl.col("period_end").dt.year()).pivot(
        on="year", index="geography", values="value", aggregate_function="first", sort_columns=True
    ).sort("geography")  # fmt: skip
    years = [name for name in wide.columns if name != "geography"]
    return Panel(tuple(wide["geography"]), tuple(int(one) for one in years), wide.select(years).to_numpy() * sign)
