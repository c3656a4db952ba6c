"""Published measures for benchmarks: LAIT's, with their counts, and DfE's neighbours."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from parentis.figures import Measure, Polarity
from parentis.region import match_authorities
from parentis.services.statistics import lait
from parentis.services.statistics.denominators import with_counts

EDGES: Final = "improvement.neighbours/edges"
TOPICS: Final = (
    "Adoption", "Child Protection", "Children Looked After", "Children in Need", "Children's Services Workforce",
)  # fmt: skip
"Topics of LAIT that are children's social care."
NEIGHBOURS: Final = pl.Schema(
    {"geography": pl.String(), "neighbour": pl.String(), "place": pl.Int64(), "closeness": pl.String(),
     "edition": pl.String()}
)  # fmt: skip


def published(tables: Mapping[str, pl.DataFrame], topics: tuple[str, ...] = TOPICS) -> pl.DataFrame:
    """Values of authorities with `numerator`, `denominator`, `fit` and `topic`, of measures with a polarity."""
    dictionary = tables[lait.DICTIONARY]
    ids = lait.lait_ids(dictionary)
    topic = {ids[row[0]]: row[1] for row in dictionary.select("SHORT_DESC", "TOPIC").iter_rows() if row[0] in ids}
    rows, _ = lait.lait_rows(tables[lait.LINES], dictionary)
    known = rows.filter(pl.col("geography").str.starts_with("E0"))
    counts = with_counts(known, ids)
    polar = [one.id for one in lait_measures(tables) if one.polarity is not Polarity.NEUTRAL]
    return counts.with_columns(
        topic=pl.col("measure").replace_strict(topic, default="", return_dtype=pl.String)
    ).filter(pl.col("topic").is_in(topics), pl.col("measure").is_in(polar)).unique(
        ["measure", "geography", "period"], keep="first", maintain_order=True
    )  # fmt: skip


def lait_measures(tables: Mapping[str, pl.DataFrame]) -> tuple[Measure, ...]:
    return lait.lait_measures(tables[lait.DICTIONARY])


def last_values(tables: Mapping[str, pl.DataFrame], names: Sequence[str]) -> pl.DataFrame:
    """The last published value of LAIT's measures (by short name) of every place: `name`, `geography`, `value`."""
    lines = tables[lait.LINES].filter(pl.col("SHORT_DESC").is_in(names))
    rows, _ = lait.lait_rows(lines, tables[lait.DICTIONARY])
    ids = {measure: short for short, measure in lait.lait_ids(tables[lait.DICTIONARY]).items()}
    known = rows.filter(pl.col("value").is_not_null()).sort("period_end")
    return known.group_by("measure", "geography", maintain_order=True).last().select(
        "geography", name=pl.col("measure").replace_strict(ids, default="", return_dtype=pl.String), value="value"
    )  # fmt: skip


def neighbours(edges: pl.DataFrame) -> pl.DataFrame:
    """DfE's edges as `NEIGHBOURS`, of every edition."""
    if edges.is_empty():
        return NEIGHBOURS.to_frame()
    codes = pl.concat([edges["LA_NUMBER"], edges["NEIGHBOUR"]]).unique().drop_nulls()
    known = match_authorities(codes.to_frame("code"), "code").select("code", gss="authority")
    own = known.rename({"code": "LA_NUMBER", "gss": "geography"})
    other = known.rename({"code": "NEIGHBOUR", "gss": "neighbour"})
    return (
        edges.join(own, on="LA_NUMBER", how="left").join(other, on="NEIGHBOUR", how="left")
        .drop_nulls(["geography", "neighbour"])
        .select("geography", "neighbour", place=pl.col("PLACE").cast(pl.Int64), closeness="CLOSENESS", edition="period")
        .unique(["geography", "place", "edition"], keep="last").sort("edition", "geography", "place")
    )  # fmt: skip


def listed(edges: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The neighbours of each authority in the latest edition, the nearest first."""
    latest = edges.filter(pl.col("edition") == pl.col("edition").max()).sort("geography", "place")
    return {
        str(key[0]): tuple(rows["neighbour"]) for key, rows in latest.partition_by("geography", as_dict=True).items()
    }
