"""The service's single run: from rows of detentions to weekly and monthly figures by footprint."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from parentis.figures import (
    WHOLE,
    Figures,
    Provenance,
    ProvenanceInputs,
    attach,
    breakdown,
    empty_figures,
    trace,
)
from parentis.region import authorities_frame, footprints, parse_period, places
from parentis.services.custody.measures import (
    DEFINITIONS,
    DISPARITY,
    MEASURES,
    MONTH,
    OUTCOMES,
    TABLE,
    WEEK,
    Counted,
    measure_id,
)
from parentis.services.custody.ratios import LEVEL, rate_ratio
from parentis.services.service import Result

KINDS: Final = ("region", "sub-region", "bcu")
"""Kinds of footprint to break down by, unless `footprint_kinds` says otherwise. They nest: if they overlapped, the
counts of one could be subtracted from another's, and disclosure control would suppress most of both."""

WIDE: Final = 10
"""Number of authorities a place must have for its counts to be regional and split by ethnicity; all others are
local."""

SPLIT: Final = ("detentions", "overnight")
"""Counts large enough to be split by ethnicity."""

REFERENCE: Final = "W"
"The group the others are compared with."

_KEY = ("geography", "period")


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Calculate every figure. Parameter `footprint_kinds`: the kinds of footprint to break down by, `KINDS` by
    default."""
    rows = _rows(tables[TABLE])
    if rows.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    kinds = tuple(parameters.get("footprint_kinds", KINDS))
    facts = _by_span(rows)
    where = _where(facts, kinds)
    members = where.join(facts, on=["authority", "period"], how="left")
    held = members.filter(pl.col("DETENTION").is_not_null())
    values = pl.concat([_values(held, where), _ethnic_counts(held), _disparities(held)], how="diagonal_relaxed")
    traced = trace(_used(where, facts), _KEY, service="custody", parameters={"footprint_kinds": list(kinds)})
    labels = pl.DataFrame([{"measure": one.id, "unit": one.unit, "audience": one.audience.value} for one in MEASURES])
    figures = attach(
        values.join(labels, on="measure")
        .join(_described(where, tables[TABLE]), on=_KEY)
        .with_columns(
            suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""), gross_net=pl.lit(""), cumulative=pl.lit(""),
            netted=pl.lit(""), provisional=pl.lit(value=False),
        ),
        traced,
    )  # fmt: skip
    return Result(
        figures=Figures.validate(
            figures.select(Figures.column_names()).sort("measure", "period", "geography", "breakdown"), cast=True
        ),
        provenance=traced.provenance,
        inputs=traced.inputs,
    )


def _rows(table: pl.DataFrame) -> pl.DataFrame:
    """Each detention once, as last accepted; detentions of an unknown authority are left out."""
    return table.filter(pl.col("authority").is_not_null()).sort("sequence").unique("DETENTION", keep="last")


def _by_span(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row once for its week and once for its month, with `span` and the label `period`."""
    ends = {WEEK: pl.col("WEEK").dt.offset_by("6d"), MONTH: pl.col("MONTH").dt.month_end()}
    return pl.concat(
        rows.with_columns(
            span=pl.lit(span),
            period=pl.format("{}..{}", pl.col(span.upper()).cast(pl.String), end.cast(pl.String)),
        )
        for span, end in ends.items()
    )


def _where(facts: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """`geography`, `period`, `span`, `authority`, … of every place in the regions that have rows. An authority in such
    a region with no rows has a count of zero, because the desk submits for all authorities."""
    regions = authorities_frame().select("authority", "region_gss")
    here = regions.join(facts.select("authority").unique(), on="authority", how="semi")["region_gss"].unique()
    wanted = [one.id for one in footprints() if one.kind in kinds]
    spans = facts.select("period", "span").unique()
    return (
        places(facts["period"])
        .join(regions.filter(pl.col("region_gss").is_in(here.implode())), on="authority", how="semi")
        .filter(~pl.col("is_footprint") | pl.col("geography").is_in(wanted))
        .join(spans, on="period")
    )


def _values(held: pl.DataFrame, where: pl.DataFrame) -> pl.DataFrame:
    key = ["geography", "members", "period", "span"]
    made = held.group_by(key).agg(
        *(one.value().alias(f"value {one.name}") for one in DEFINITIONS),
        *(one.n().cast(pl.Int64).alias(f"n {one.name}") for one in DEFINITIONS),
    )
    every = where.select(key).unique().join(made, on=key, how="left")
    parts = []
    for (span, local), some in every.group_by("span", pl.col("members") < WIDE):
        for one in DEFINITIONS:
            value = pl.col(f"value {one.name}")
            parts.append(
                some.select(
                    "geography",
                    "period",
                    measure=pl.lit(measure_id(str(span), one, local=bool(local))),
                    value=(value.fill_null(0.0) if isinstance(one, Counted) else value).cast(pl.Float64),
                    n=pl.col(f"n {one.name}").fill_null(0),
                )
            )
    return pl.concat(parts).drop_nulls("value").with_columns(breakdown=pl.lit(WHOLE))


def _ethnic_counts(held: pl.DataFrame) -> pl.DataFrame:
    """A month's counts by ethnic group, in places that cover many authorities."""
    counted = [one for one in DEFINITIONS if isinstance(one, Counted) and one.name in SPLIT]
    made = (
        held.filter(pl.col("members") >= WIDE, pl.col("span") == MONTH)
        .group_by("geography", "period", "ETHNICITY")
        .agg(pl.len().cast(pl.Int64).alias("n"), *(one.value().alias(measure_id(MONTH, one)) for one in counted))
        .unpivot(index=["geography", "period", "ETHNICITY", "n"], variable_name="measure", value_name="value")
    )
    names = pl.col("ETHNICITY").map_elements(lambda code: breakdown({"ethnicity": code}), pl.String)
    return made.with_columns(breakdown=names).drop("ETHNICITY")


def _disparities(held: pl.DataFrame) -> pl.DataFrame:
    """Ratio of each group's rate to the reference group's rate, by month, in places that cover many authorities."""
    counts = (
        held.filter(pl.col("members") >= WIDE, pl.col("span") == MONTH)
        .group_by("geography", "period", "ETHNICITY")
        .agg(pl.len().alias("detentions"), *(happened.sum().alias(name) for name, (_, happened) in OUTCOMES.items()))
    )
    return pl.DataFrame(
        list(_ratios(counts)),
        schema={
            "geography": pl.String, "period": pl.String, "measure": pl.String, "breakdown": pl.String,
            "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "n": pl.Int64,
        },
    )  # fmt: skip


def _ratios(counts: pl.DataFrame) -> Iterator[dict[str, object]]:
    for (geography, period), groups in counts.group_by("geography", "period", maintain_order=True):
        found = {row["ETHNICITY"]: row for row in groups.iter_rows(named=True)}
        reference = found.pop(REFERENCE, None)
        if reference is None:
            continue
        for group, row in sorted(found.items()):
            for name in OUTCOMES:
                ratio = rate_ratio(row[name], row["detentions"], reference[name], reference["detentions"])
                if ratio.value is not None:
                    yield {
                        "geography": geography,
                        "period": period,
                        "measure": f"{DISPARITY}.{name}",
                        "breakdown": breakdown({"ethnicity": group}),
                        "value": ratio.value,
                        "low": ratio.low,
                        "high": ratio.high,
                        "level": LEVEL,
                        "n": min(row[name], reference[name]),
                    }


def _described(where: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Dates, authority set and method for each place and period; states where a period was not submitted in full."""
    said = {label: _covered(label, table["period"].unique().to_list()) for label in where["period"].unique()}
    return where.group_by("geography", "period", "period_start", "period_end").agg(
        pl.format("{} of {} authorities", pl.col("authority").n_unique(), pl.col("members").first())
        .first()
        .alias("authority_set"),
        method=pl.col("period").first().replace_strict(said, return_dtype=pl.String),
    )


def _covered(label: str, submitted: list[str]) -> str:
    whole = parse_period(label)
    days = set[int]()
    for text in submitted:
        if text:
            span = parse_period(text)
            days |= set(range(max(span.start, whole.start).toordinal(), min(span.end, whole.end).toordinal() + 1))
    method = "detentions that began in the period, as the custody desk submitted them"
    if not all(submitted) or len(days) == whole.days:
        return method
    return f"{method}; only {len(days)} of its {whole.days} days were handed in"


def _used(where: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """For each place and period, the loads its rows came from and how many rows; zero rows are recorded too."""
    loads = facts.select("period", "load_id").unique()
    counts = (
        where.join(facts, on=["authority", "period"])
        .group_by("geography", "period", "load_id")
        .agg(pl.len().alias("count"))
    )
    return (
        where.select("geography", "period")
        .unique()
        .join(loads, on="period")
        .join(counts, on=["geography", "period", "load_id"], how="left")
        .with_columns(pl.col("count").fill_null(0), table=pl.lit(TABLE), row=pl.lit(None, dtype=pl.UInt32))
    )
