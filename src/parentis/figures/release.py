"""Release: the figures one viewer may see, as they may see them.

* **Own**: an authority's own figures are shown to it as they are.
* **Published** figures of others are shown to anyone, **members** figures to members of the region, and **own**
  figures of other authorities to nobody.
* Totals of *own* figures over a footprint are shown to members, where they cover at least three authorities and
  neither the totals together nor any authority's own figure give away another's; else they are `c`.
* Whatever is not the viewer's own passes disclosure control by its measure's rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from parentis.figures.disclosure import hidden_cells, withheld_totals
from parentis.figures.measures import Catalogue
from parentis.figures.recover import Cell, breakdown_sums, geographic_sums, is_authority, recoverable
from parentis.figures.schema import FIGURE_COLUMNS

COUNT: Final = "count"
PERCENT: Final = "%"
TABLE: Final = ("measure", "period_start", "period_end", "period", "scenario")
"Figures that agree in these are one table of cells: geography by breakdown."


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the authorities they read for, and whether they belong to the region's agreement."""

    authorities: frozenset[str]
    "ONS codes."
    member: bool

    @classmethod
    def public(cls) -> "Viewer":
        return cls(frozenset(), member=False)

    @classmethod
    def members(cls, *authorities: str) -> "Viewer":
        """Somebody inside the agreement: of these authorities, or of the regional team when none is named."""
        return cls(frozenset(authorities), member=True)

    @classmethod
    def own(cls, gss: str) -> "Viewer":
        """Somebody of one authority that shares nothing with others."""
        return cls(frozenset({gss}), member=False)


def release(figures: pl.DataFrame, catalogue: Catalogue, viewer: Viewer) -> pl.DataFrame:
    """`figures` (all of them, as stored) as `viewer` may see them: rows they may not see are gone, values they
    may not see are null with `suppressed` saying why. Releasing twice changes nothing more.

    Give every figure of a measure, not a selection: what else is published decides what must be hidden."""
    held = _with_rules(figures, catalogue, viewer)
    held = _suppress(held, pl.col("place").is_in(_confidential(held, viewer)))
    seen = held.filter(_may_see(viewer))
    return _whole_percentages(_rounded(seen)).select(FIGURE_COLUMNS)


def differencing(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Cells hidden (`c`) in one release that the two together give away: the columns that tell figures apart, and
    `how`: `shown in the earlier release`, `shown in the later release`, `by subtraction`."""
    key = [*TABLE, "geography", "breakdown"]
    both = (
        old.select(*key, pl.col("value").alias("before"), (pl.col("suppressed") == "c").alias("hid_before"))
        .join(
            new.select(*key, pl.col("value").alias("after"), (pl.col("suppressed") == "c").alias("hid_after")),
            on=key,
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("hid_before", "hid_after").fill_null(value=False))
    )
    plain = both.with_columns(
        pl.when(pl.col("hid_after") & pl.col("before").is_not_null())
        .then(pl.lit("shown in the earlier release"))
        .when(pl.col("hid_before") & pl.col("after").is_not_null())
        .then(pl.lit("shown in the later release"))
        .alias("how")
    )
    found = [plain.filter(pl.col("how").is_not_null()).select(*key, "how")]
    for table in plain.partition_by(TABLE, include_key=True):
        shown = table.filter(pl.coalesce("after", "before").is_not_null())
        hidden = table.filter(pl.coalesce("after", "before").is_null() & (pl.col("hid_before") | pl.col("hid_after")))
        if hidden.is_empty():
            continue
        on = table.get_column("period_end")[0]
        known = set(_cells(shown))
        every = known | set(_cells(hidden))
        sums = [*geographic_sums(every, on), *breakdown_sums(every)]
        unknown = {cell for each in sums for cell in (each.total, *each.cells)} - known
        pinned = [cell for cell in recoverable(sums, unknown) if cell in every]
        found.append(_rows_at(hidden, pinned).select(*key, pl.lit("by subtraction").alias("how")))
    return pl.concat(found).sort(key)


def _with_rules(figures: pl.DataFrame, catalogue: Catalogue, viewer: Viewer) -> pl.DataFrame:
    """The measure's rule beside each figure; is it the viewer's own (`mine`), of one authority (`single`)?"""
    measures = figures.get_column("measure").unique().sort().to_list()
    rules = pl.DataFrame(
        {
            "measure": measures,
            "threshold": [catalogue[each].disclosure.threshold for each in measures],
            "rounding": [float(catalogue[each].disclosure.rounding) for each in measures],
            "whole": [catalogue[each].disclosure.whole_percentages for each in measures],
        },
        schema={"measure": pl.String, "threshold": pl.Int64, "rounding": pl.Float64, "whole": pl.Boolean},
    )
    geographies = figures.get_column("geography").unique().to_list()
    authorities = [each for each in geographies if is_authority(each)]
    held = figures.with_row_index("place").join(rules, on="measure", how="left", maintain_order="left")
    return held.with_columns(
        pl.col("geography").is_in(authorities).alias("single"),
        pl.col("geography").is_in(list(viewer.authorities)).alias("mine"),
    )


def _may_see(viewer: Viewer) -> pl.Expr:
    audience = pl.col("audience").cast(pl.String)
    shared = (audience == "members") | ((audience == "own") & ~pl.col("single"))
    return pl.col("mine") | (audience == "published") | (shared & pl.lit(viewer.member))


def _confidential(held: pl.DataFrame, viewer: Viewer) -> list[int]:
    """Places of the rows whose value this viewer must not learn."""
    hidden: list[int] = []
    people = held.filter((pl.col("threshold") > 0) & (pl.col("unit") == COUNT))
    for table in people.partition_by(TABLE):
        hidden += _small(table, viewer)
    for table in held.filter(pl.col("audience").cast(pl.String) == "own").partition_by([*TABLE, "breakdown"]):
        # Where only the viewer's own figure stands beside the totals, the others' are elsewhere, not absent.
        others = table if table.filter("single", ~pl.col("mine")).height else table.filter(~pl.col("single"))
        held_by = frozenset(others.get_column("geography"))
        withheld = withheld_totals(held_by, table.get_column("period_end")[0], viewer.authorities)
        hidden += table.filter(pl.col("geography").is_in(list(withheld))).get_column("place").to_list()
    few = held.filter((pl.col("unit") != COUNT) & pl.col("n").is_between(1, pl.col("threshold") - 1))
    hidden += few.get_column("place").to_list()
    return sorted(set(hidden) - set(held.filter("mine").get_column("place")))


def _small(table: pl.DataFrame, viewer: Viewer) -> list[int]:
    shown = table.filter(pl.col("value").is_not_null())
    settled = table.filter(pl.col("suppressed").is_in(["c", "k"]))
    hidden = hidden_cells(
        dict(zip(_cells(shown), shown.get_column("value"), strict=True)),
        table.get_column("period_end")[0],
        threshold=table.get_column("threshold")[0],
        rounding=table.get_column("rounding")[0],
        settled=_cells(settled),
        together=viewer.authorities,
    )
    return _rows_at(shown, hidden).get_column("place").to_list()


def _suppress(frame: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    """A confidential value takes its interval and its denominator with it."""
    gone = ("value", "low", "high", "level", "n")
    return frame.with_columns(
        *(pl.when(where).then(None).otherwise(pl.col(column)).alias(column) for column in gone),
        pl.when(where).then(pl.lit("c")).otherwise(pl.col("suppressed")).alias("suppressed"),
    )


def _rounded(seen: pl.DataFrame) -> pl.DataFrame:
    """Counts over footprints, and denominators of percentages over them, to the nearest `rounding`; a count
    that rounds to zero is `k`."""
    people = (pl.col("threshold") > 0) & (pl.col("rounding") > 0) & ~pl.col("single") & ~pl.col("mine")
    counts, shares = people & (pl.col("unit") == COUNT), people & (pl.col("unit") == PERCENT)
    nothing = counts & (pl.col("value") != 0) & (_nearest("value") == 0)
    return seen.with_columns(
        *(pl.when(counts).then(_nearest(column)).otherwise(column).alias(column) for column in ("low", "high")),
        pl.when(shares).then(_nearest("n").cast(pl.Int64)).otherwise("n").alias("n"),
        pl.when(nothing).then(None).when(counts).then(_nearest("value")).otherwise("value").alias("value"),
        pl.when(nothing).then(pl.lit("k")).otherwise("suppressed").alias("suppressed"),
    )


def _whole_percentages(seen: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers where the measure says so; then `c` where a percentage and its denominator, as shown, give
    away a small number of children, or of the others."""
    people = (pl.col("threshold") > 0) & (pl.col("unit") == PERCENT) & ~pl.col("mine")
    whole = people & pl.col("whole")
    seen = seen.with_columns(
        pl.when(whole).then((pl.col(column) + 0.5).floor()).otherwise(column).alias(column)
        for column in ("value", "low", "high")
    )
    implied = (pl.col("n") * pl.col("value") / 100).round()
    small = implied.is_between(1, pl.col("threshold") - 1)
    small_rest = (pl.col("n") - implied).is_between(1, pl.col("threshold") - 1)
    return _suppress(seen, people & (small | small_rest))


def _nearest(column: str) -> pl.Expr:
    """Halves go up, so that rounding twice is rounding once."""
    return (pl.col(column) / pl.col("rounding") + 0.5).floor() * pl.col("rounding")


def _cells(table: pl.DataFrame) -> list[Cell]:
    return list(zip(table.get_column("geography"), table.get_column("breakdown"), strict=True))


def _rows_at(table: pl.DataFrame, cells: Iterable[Cell]) -> pl.DataFrame:
    places = pl.DataFrame(sorted(cells), schema={"geography": pl.String, "breakdown": pl.String}, orient="row")
    return table.join(places, on=["geography", "breakdown"], how="semi")
