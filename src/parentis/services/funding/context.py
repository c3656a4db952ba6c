"""Context: population, poverty, deprivation and need of a place, beside its statistical neighbours' and England's.

Each subject has three measures: the place's own, `.neighbours` and `.england`. A place is an authority or a region. Its
neighbours are those of DfE's statistical neighbour model; a region's are those of its authorities that lie outside it,
each once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from parentis.figures import (
    WHOLE,
    Audience,
    Figures,
    Measure,
    NoPeople,
    Polarity,
    Provenance,
    ProvenanceInputs,
    attach,
    empty_figures,
    trace,
)
from parentis.region import edition, footprints, match_authorities, members, population_0_17
from parentis.returns.open_statistics.deprivation import CODE, SCORE
from parentis.services.service import Result
from parentis.services.statistics.lait import DICTIONARY, LINES, lait_rows, measure_id

EDGES = "improvement.neighbours/edges"
DEPRIVATION = "open_statistics.deprivation/summary"
CONTEXT_NEEDS = (LINES, DICTIONARY, EDGES, DEPRIVATION)
LAST = 6
"Periods of each subject that are shown, the last ones."
ENGLAND = "england"
_PUBLISHED = NoPeople("what departments publish of whole authorities, regions and England, as published")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`short`: LAIT's name of it, if it comes from there."""

    id: str
    title: str
    unit: str
    source: str
    definition: str
    short: str = ""
    decimals: int = 1
    polarity: Polarity = Polarity.NEUTRAL


_LAIT = "through DfE's Local Authority Interactive Tool"
SUBJECTS: tuple[Subject, ...] = (
    Subject(
        id="population",
        title="Residents aged 0–17",
        unit="count",
        decimals=0,
        source="ONS, mid-year population estimates",
        definition="Mid-year estimate.",
    ),
    Subject(
        id="child_poverty",
        title="Children in low-income families",
        unit="%",
        short="ChildPov",
        source=f"DWP and HMRC, {_LAIT}",
        definition="Per cent of children, as published.",
    ),
    Subject(
        id="deprivation",
        title="Index of multiple deprivation, average score",
        unit="score",
        source="MHCLG, English indices of deprivation",
        definition="Mean score of the neighbourhoods; higher is more deprived. Over a region and England, the mean of "
        "authorities weighted by residents aged 0 to 17.",
    ),
    Subject(
        id="in_need",
        title="Children in need",
        unit="per 10,000 children",
        short="CIN",
        source=f"DfE, {_LAIT}",
        definition="Rate at 31 March, as published.",
    ),
    Subject(
        id="looked_after",
        title="Children looked after",
        unit="per 10,000 children",
        short="LAC",
        source=f"DfE, {_LAIT}",
        definition="Rate at 31 March, as published.",
    ),
    Subject(
        id="plans",
        title="Pupils with an education, health and care plan",
        unit="%",
        short="SEN_TotStat",
        source=f"DfE, {_LAIT}",
        definition="Per cent of pupils in all schools in January, as published.",
    ),
)
BESIDE = {"": "", ".neighbours": ": its statistical neighbours", ".england": ": England"}


def context_measures() -> tuple[Measure, ...]:
    return tuple(
        Measure(
            id=f"funding.context.{one.id}{end}",
            title=f"{one.title}{words}",
            unit=one.unit,
            definition=f"{one.definition}{_SAID[end]}",
            source=one.source,
            polarity=one.polarity,
            audience=Audience.PUBLISHED,
            people=_PUBLISHED,
            decimals=one.decimals,
        )
        for one in SUBJECTS
        for end, words in BESIDE.items()
    )


_SAID = {
    "": "",
    ".neighbours": " Mean of the neighbours that have a value; of a region, those of its authorities that lie outside "
    "it, each once.",
    ".england": " England, beside the place.",
}
_ROWS = {
    "subject": pl.String, "geography": pl.String, "period": pl.String, "period_start": pl.Date, "period_end": pl.Date,
    "value": pl.Float64, "load_id": pl.String, "table": pl.String,
}  # fmt: skip


def context(tables: Mapping[str, pl.DataFrame]) -> Result:
    """Figures of what is held; none without LAIT, the index of deprivation or a submitted edition of the population."""
    held = pl.concat([_lait(tables), _population(), _deprivation(tables)])
    held = held.filter(pl.col("period_end").rank("dense", descending=True).over("subject", "geography") <= LAST)
    if held.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    placed = pl.concat(_beside(held, tables), how="vertical")
    key = ("measure", "geography")
    used = placed.select(*key, "load_id", "table", row=pl.lit(None, dtype=pl.UInt32), count=pl.col("n"))
    traced = trace(used, key, service="funding", parameters={"context": list(CONTEXT_NEEDS)})
    units = {one.id: one.unit for one in context_measures()}
    figures = attach(
        placed.drop("load_id", "table").with_columns(
            unit=pl.col("measure").replace_strict(units), breakdown=pl.lit(WHOLE), scenario=pl.lit(""),
            audience=pl.lit(str(Audience.PUBLISHED)), provisional=pl.lit(value=False),
            low=pl.lit(None, dtype=pl.Float64), high=pl.lit(None, dtype=pl.Float64),
            level=pl.lit(None, dtype=pl.Float64), suppressed=pl.lit(None, dtype=pl.String),
            gross_net=pl.lit(""), cumulative=pl.lit(""), netted=pl.lit(""),
        ),
        traced,
    )  # fmt: skip
    valid = Figures.validate(figures.select(Figures.column_names()), cast=True)
    return Result(figures=valid, provenance=traced.provenance, inputs=traced.inputs)


def _lait(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    lines, shorts = tables.get(LINES, pl.DataFrame()), {one.short: one.id for one in SUBJECTS if one.short}
    if lines.is_empty() or tables[DICTIONARY].is_empty():
        return pl.DataFrame(schema=_ROWS)
    own = lines.filter(pl.col("SHORT_DESC").is_in(list(shorts)))
    rows, _ = lait_rows(own, tables[DICTIONARY])
    by_id = {measure_id(short): subject for short, subject in shorts.items()}
    latest = pl.col("sequence") == pl.col("sequence").max().over("measure", "geography", "period")
    return (
        rows.filter(latest, pl.col("value").is_not_null())
        .unique(["measure", "geography", "period"], keep="last", maintain_order=True)
        .with_columns(subject=pl.col("measure").replace_strict(by_id, return_dtype=pl.String))
        .select(list(_ROWS))
        .cast(_ROWS)  # type: ignore[arg-type]
    )


def _population() -> pl.DataFrame:
    """Residents, of a submitted edition only: no row stands behind the packaged one."""
    of = edition("population_0_17")
    if of.packaged:
        return pl.DataFrame(schema=_ROWS)
    rows = []
    table = population_0_17()
    for (year,), people in table.group_by("year"):
        day = date(int(str(year)), 6, 30)
        by_authority = dict(people.select("authority", "population").iter_rows())
        rows += [(gss, day, float(count)) for gss, count in by_authority.items()]
        for place in _wide():
            own = [by_authority[gss] for gss in members(place, day) if gss in by_authority]
            if own and len(own) == len(members(place, day)):
                rows.append((place, day, float(sum(own))))
    return pl.DataFrame(
        [("population", place, str(day), day, day, value, of.load_ids[-1], of.table) for place, day, value in rows],
        schema=_ROWS,
        orient="row",
    )


def _deprivation(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    given = tables.get(DEPRIVATION, pl.DataFrame())
    if given.is_empty():
        return pl.DataFrame(schema=_ROWS)
    held = given.filter(pl.col("sequence") == pl.col("sequence").max().over("period"))
    matched = match_authorities(held.drop("authority", strict=False), CODE).drop_nulls("authority").drop_nulls(SCORE)
    rows = []
    for (label,), own in matched.group_by("period"):
        day = date(int(str(label)[:4]), 6, 30)
        people = dict(population_0_17().filter(year=day.year).select("authority", "population").iter_rows())
        score = dict(own.select("authority", pl.col(SCORE).cast(pl.Float64)).iter_rows())
        rows += [(gss, day, value, own["load_id"][0]) for gss, value in score.items()]
        for place in _wide():
            both = [gss for gss in members(place, day) if gss in score and gss in people]
            if both:
                mean = sum(score[gss] * people[gss] for gss in both) / sum(people[gss] for gss in both)
                rows.append((place, day, mean, own["load_id"][0]))
    return pl.DataFrame(
        [("deprivation", place, str(day.year), day, day, value, load, DEPRIVATION) for place, day, value, load in rows],
        schema=_ROWS,
        orient="row",
    )


def _wide() -> list[str]:
    return [one.id for one in footprints() if one.kind in ("region", "country")]


def _beside(held: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """`held` as each place's own figures, its neighbours' mean, and England's."""
    own = held.with_columns(
        measure="funding.context." + pl.col("subject"), n=pl.lit(1, dtype=pl.Int64),
        authority_set=pl.lit("as published"), method=pl.lit("as published"),
    )  # fmt: skip
    key = ["subject", "period"]
    places = own.filter(pl.col("geography") != ENGLAND)
    of_england = own.filter(pl.col("geography") == ENGLAND).select(*key, value="value")
    yield own
    yield places.drop("value").join(of_england, on=key).with_columns(
        measure=pl.col("measure") + ".england", authority_set=pl.lit("England")
    ).select(own.columns)  # fmt: skip
    listed = _neighbours(tables.get(EDGES, pl.DataFrame()), places["geography"].unique().to_list())
    theirs = (
        listed.join(own.select("geography", *key, value="value"), left_on="neighbour", right_on="geography")
        .group_by("geography", *key)
        .agg(pl.col("value").mean(), n=pl.len().cast(pl.Int64))
    )
    yield places.drop("value", "n").join(theirs, on=["geography", *key]).with_columns(
        measure=pl.col("measure") + ".neighbours",
        authority_set=pl.format("mean of {} statistical neighbours", "n"),
        method=pl.lit("mean of statistical neighbours (DfE)"),
    ).select(own.columns)  # fmt: skip


def _neighbours(edges: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """`geography, neighbour`: of each authority, and of each region those of its authorities outside it."""
    schema = {"geography": pl.String, "neighbour": pl.String}
    if edges.is_empty():
        return pl.DataFrame(schema=schema)
    last = edges.filter(pl.col("period") == pl.col("period").max())
    last = last.filter(pl.col("sequence") == pl.col("sequence").max())
    named = match_authorities(last.drop("authority", strict=False), "LA_NUMBER").rename({"authority": "geography"})
    named = match_authorities(named, "NEIGHBOUR").rename({"authority": "neighbour"})
    pairs = named.select(list(schema)).drop_nulls().unique()
    regions = []
    for place in (one for one in _wide() if one in places and one != ENGLAND):
        inside = members(place, date.fromisoformat(_edition_day(last)))
        outside = pairs.filter(pl.col("geography").is_in(list(inside)), ~pl.col("neighbour").is_in(list(inside)))
        regions.append(outside.select(pl.lit(place).alias("geography"), "neighbour").unique())
    return pl.concat([pairs, *regions])


def _edition_day(edges: pl.DataFrame) -> str:
    return f"{str(edges['period'].max())[:4]}-03-31"
