"""Releases: the counts that builds have shown, with how long each was shown, and what they disclose together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import polars as pl

from parentis.figures.cells import PART, TABLE, TOLD, VALUE, Cell, N, showings
from parentis.figures.measures import Catalogue
from parentis.figures.suppression import Table, left_alone

HIDDEN: Final = ("hidden", "n_hidden")
"Columns of guarded figures: the value, or its `n`, is hidden from everybody but the authority itself."
PLACE: Final = [*TABLE, *Cell._fields]
CELLS: Final = {
    **dict.fromkeys(PLACE, pl.String()), "x": pl.Float64(), "settled": pl.Boolean(), "start": pl.Date(),
    "end": pl.Date(), "threshold": pl.Float64(), "open": pl.Boolean(), "hidden": pl.Boolean(),
}  # fmt: skip
"A count of a release: how many, of whom and where; `open`: others than its authority see it, unless it is `hidden`."
STOOD: Final = {**CELLS, "first": pl.Int64(), "last": pl.Int64()}
"The same with the numbers of the first and the last release, 1, 2, 3 …, that had it so."
Key: TypeAlias = tuple[str, str]
"A table: population and scenario."


def cells_held(guarded: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """The counts behind figures that carry `HIDDEN`, as `CELLS`; `shown` is the result of `cells.showings`. A count
    shown as a value takes precedence over one shown as `n`, and that over one derived from a percentage."""
    marks = guarded.with_row_index("row").select("row", *HIDDEN)
    ranked = (
        shown.filter(pl.col("threshold") > 0)
        .join(marks, on="row", maintain_order="left")
        .sort(pl.col("how").replace_strict({VALUE: 0, N: 1, PART: 2, TOLD: 3}), maintain_order=True)
    )
    return ranked.group_by(PLACE, maintain_order=True).agg(
        pl.col("x").drop_nulls().first(), pl.col("settled").any(), pl.col("start", "end", "threshold").first(),
        open=(pl.col("open") & (pl.col("how") != TOLD)).any(),
        hidden=(pl.col("open") & pl.when(pl.col("how") == N).then("n_hidden").otherwise("hidden")).any(),
    ).select(pl.col(name).cast(kind) for name, kind in CELLS.items())  # fmt: skip


def with_release(before: pl.DataFrame | None, guarded: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """`before`, the counts of all releases until now (`STOOD`), with those of `guarded` figures added as the next."""
    known = guarded.filter(pl.col("measure").is_in([one for one in guarded["measure"].unique() if one in catalogue]))
    now = cells_held(known, showings(known, catalogue)).with_columns(pl.col("x").round(6))
    held = pl.DataFrame(schema=STOOD) if before is None else before
    number = int(str(held["last"].max() or 0)) + 1
    standing = held.filter(pl.col("last") == number - 1)
    same = list(CELLS)
    stays = standing.join(now, on=same, how="semi", nulls_equal=True).with_columns(last=pl.lit(number, pl.Int64))
    gone = held.join(stays, on=[*same, "first"], how="anti", nulls_equal=True)
    new = now.join(standing, on=same, how="anti", nulls_equal=True)
    added = new.with_columns(first=pl.lit(number, pl.Int64), last=pl.lit(number, pl.Int64))
    return pl.concat([gone, stays, added])


def tables_of(held: pl.DataFrame, together: frozenset[str] = frozenset()) -> dict[Key, Table]:
    """`CELLS` as tables of one population and scenario each."""
    return {(str(of), str(to)): _table(rows, together) for (of, to), rows in
            held.partition_by(TABLE, as_dict=True, maintain_order=True).items()}  # fmt: skip


def earlier_tables(before: pl.DataFrame) -> dict[Key, list[Table]]:
    """The tables of all releases, oldest first; consecutive identical ones appear once."""
    newest = before["last"].max()
    found: dict[Key, list[Table]] = {}
    for (of, to), rows in before.partition_by(TABLE, as_dict=True, maintain_order=True).items():
        numbers = sorted({*rows["first"], *(last + 1 for last in rows["last"] if last != newest)})
        states = [rows.filter(pl.col("first") <= one, pl.col("last") >= one) for one in numbers]
        found[str(of), str(to)] = [_table(state, frozenset()) for state in states]
    return found


def _table(rows: pl.DataFrame, together: frozenset[str]) -> Table:
    def those(which: pl.Expr) -> frozenset[Cell]:
        return frozenset(Cell(*one) for one in rows.filter(which).select(Cell._fields).iter_rows())

    counted = pl.col("x").is_not_null() & ~pl.col("settled")
    return Table(
        cells={Cell(*place): x for *place, x in rows.filter(counted).select(*Cell._fields, "x").iter_rows()},
        spans={label: (start, end) for label, start, end in rows.select("period", "start", "end").iter_rows()},
        threshold=float(str(rows["threshold"][0])) if rows.height else 0.0,
        closed=those(counted & ~pl.col("open")),
        settled=those(pl.col("settled")),
        hidden=set(those(counted & pl.col("hidden") & pl.col("open"))),
        together=together,
    )


def differencing(guarded: pl.DataFrame, catalogue: Catalogue, before: pl.DataFrame | None) -> pl.DataFrame:
    """The small counts of people (above 0, below the threshold) that can be worked out by repeated subtraction from
    `guarded` figures and all releases `before` them, by anyone or by an authority that knows its own figures:
    `population, scenario, geography, breakdown, period, by`.

    Uses subtraction alone, without the linear programmes of `guard`: an independent check of its decisions."""
    now = tables_of(cells_held(guarded, showings(guarded, catalogue)))
    then: Mapping[Key, Sequence[Table]] = {} if before is None else earlier_tables(before)
    return pl.DataFrame(
        sorted({(*key, *cell, by) for key, table in now.items() for cell, by in _alone(table, then.get(key, ()))}),
        schema=dict.fromkeys((*PLACE, "by"), pl.String), orient="row",
    )  # fmt: skip


def _alone(table: Table, earlier: Sequence[Table]) -> Iterator[tuple[Cell, str]]:
    if table.hidden and not (earlier and table.same_as(earlier[-1])):
        yield from left_alone(table.after(earlier) if earlier else table)
