"""Comparisons among the values that a reader sees.

A rank, a neighbours' mean or a probability that rests on a hidden value tells it: a mean of ten neighbours of whom nine
are shown gives the tenth. So wherever one of a measure's values is hidden from a reader, the whole measure is compared
anew without it. Of the hidden place its quarter in words stays, as the build worked it out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from parentis.figures.benchmarks import ROWS, Basis, Verdict, benchmark
from parentis.web.dashboards.pages import catalogue

KEY: Final = ("measure", "geography", "period")
IN_WORDS: Final = frozenset({"verdict", "fifth", "band"})
"What stays of a hidden place."
COMPARED: Final = tuple(name for name in ROWS.names() if name not in {"geography", "period"})
Begins = Callable[[str], Mapping[str, Sequence[date]]]
"Of a measure: the days on which each place's series begins anew."


def among_seen(
    rows: pl.DataFrame,
    seen: pl.DataFrame,
    *,
    places: Sequence[str],
    neighbours: Mapping[str, Sequence[str]],
    alike: Mapping[str, Sequence[str]],
    begins: Begins,
) -> pl.DataFrame:
    """`rows` of the wall as someone may see them who sees the figures `seen`: every period, with `value`, `n` and
    counts null where they are hidden."""
    known = seen.filter(pl.col("value").is_not_null())
    told = pl.coalesce("denominator", pl.col("n").cast(pl.Float64)).is_not_null()
    open_ = known.select(*KEY, shown=pl.lit(value=True), counted=told).unique(KEY, keep="first")
    marked = rows.join(open_, on=KEY, how="left", maintain_order="left").with_columns(
        pl.col("shown", "counted").fill_null(value=False)
    )
    whole = pl.col("shown") & (pl.col("counted") | pl.col("denominator").is_null())
    figures = known.partition_by("measure", as_dict=True)
    parts = []
    for (measure,), own in marked.partition_by("measure", as_dict=True, maintain_order=True).items():
        if own.select(whole.all()).item():
            parts.append(own.select(rows.columns))
            continue
        hidden, visible = own.filter(~pl.col("shown")), own.filter("shown")
        secret = [name for name in COMPARED if name not in IN_WORDS]
        parts.append(hidden.with_columns(pl.lit(None, ROWS[name]).alias(name) for name in secret).select(rows.columns))
        if visible.height:
            found = benchmark(
                figures[(measure,)], catalogue()[str(measure)], places=places, neighbours=neighbours or None,
                alike=alike or None, rebased=begins(str(measure)), period=str(own["period"][0]),
            )  # fmt: skip
            parts.append(_anew(visible, found.rows if found else ROWS.to_frame()).select(rows.columns))
    return pl.concat(parts) if parts else rows


def _anew(visible: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
    """The rows with everything compared anew; too few values to compare leave the value alone."""
    compared = computed.select("geography", *(name for name in COMPARED if name != "value"))
    kept = visible.drop(*(name for name in COMPARED if name != "value"))
    joined = kept.join(compared, on="geography", how="left", maintain_order="left")
    return joined.with_columns(
        verdict=pl.col("verdict").fill_null(str(Verdict.UNRANKED)), basis=pl.col("basis").fill_null(str(Basis.NONE))
    )
