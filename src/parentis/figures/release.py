"""Release: the figures one viewer may see, as they may see them.

* **Own**: an authority's own figures are shown to it as they are.
* **Published** figures of others are shown to anyone, **members** figures to members of the region, and **own**
  figures of other authorities to nobody.
* Totals of *own* figures over a footprint are shown to members, where they cover at least three authorities and
  neither the totals together nor any authority's own figure give away another's; else they are `c`.
* Counts of people are guarded, once for everybody: what is hidden is the same for every viewer, less their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from parentis.figures.cells import PART, TABLE, TOLD, VALUE, Cell, N, is_authority, showings
from parentis.figures.measures import Catalogue
from parentis.figures.populations import Audience, NoPeople
from parentis.figures.schema import COUNTS, FIGURE_COLUMNS, counted
from parentis.figures.suppression import SLACK, Table, hide
from parentis.figures.withheld import withheld_totals

HIDDEN: Final = ("hidden", "n_hidden")
"Columns of guarded figures: the value, or its `n`, is hidden from everybody but the authority itself."


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


def guard(
    figures: pl.DataFrame,
    catalogue: Catalogue,
    *,
    before: pl.DataFrame | None = None,
    together: frozenset[str] = frozenset(),
) -> pl.DataFrame:
    """`figures` with `HIDDEN`: what everybody but the authority itself must not see, whoever they are.

    Give every figure there is, not a selection: what else is shown decides what must be hidden. `before` are the
    guarded figures that were shown until now: nothing small is told by the two together. `together` are authorities
    whose numbers one viewer can put side by side. Guarded figures stay hidden where they are."""
    held = figures if set(HIDDEN) <= set(figures.columns) else figures.with_columns(hidden=False, n_hidden=False)
    shown = showings(held, catalogue)
    past = _cells_of(before, catalogue) if before is not None else {}
    hidden, n_hidden = _small(held, shown, together, past)
    hidden |= _withheld(held, together)
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    return held.with_columns(
        hidden=pl.col("hidden") | row.is_in(list(hidden)), n_hidden=pl.col("n_hidden") | row.is_in(list(n_hidden))
    )


def release(figures: pl.DataFrame, catalogue: Catalogue, viewer: Viewer) -> pl.DataFrame:
    """`figures` as `viewer` may see them: rows they may not see are gone, values they may not see are null with
    `suppressed` saying why, and say nothing of where they came from.

    Figures that `guard` has not marked are guarded here: give all of them then, for what else is shown decides what
    must be hidden."""
    if not set(HIDDEN) <= set(figures.columns):
        figures = guard(figures, catalogue)
    if len(viewer.authorities) > 1:
        figures = guard(figures, catalogue, together=viewer.authorities)
    mine = pl.col("geography").is_in(list(viewer.authorities))
    seen = figures.with_columns(mine=mine, single=_is_single(figures)).filter(_may_see(viewer))
    seen = _rounded(_with_rules(counted(seen), catalogue))
    return _suppressed(seen).select(*FIGURE_COLUMNS, *(name for name in COUNTS if name in figures.columns))


def _may_see(viewer: Viewer) -> pl.Expr:
    audience = pl.col("audience").cast(pl.String)
    shared = (audience == "members") | ((audience == "own") & ~pl.col("single"))
    return pl.col("mine") | (audience == "published") | (shared & pl.lit(viewer.member))


def _is_single(figures: pl.DataFrame) -> pl.Expr:
    return pl.col("geography").is_in([one for one in figures["geography"].unique() if is_authority(one)])


def _with_rules(seen: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """What the measure declares beside each figure: `each` (people to one of a value that counts them), `each_n`,
    `rounding`, and `digits` to which others see it; nulls where it counts none. `closed`: it tells of people and does
    not declare its `n` a count of them, so that numerator and denominator are for the authority alone."""
    rows = []
    for measure in seen["measure"].unique():
        people = catalogue[measure].people
        if people is not None and not isinstance(people, NoPeople):
            value = next((one for one in people if one.value), None)
            n = next((one.n for one in people if one.n), None)
            counts = (value.value, value.days) if value else (None, False)
            told = n is None and any(one.of.threshold > 0 for one in people)
            rows.append((measure, *counts, told, n, people[0].of.rounding, 10.0 ** catalogue[measure].decimals))
    rules = {"measure": pl.String, "each": pl.Float64, "of_days": pl.Boolean, "closed": pl.Boolean}
    rules |= dict.fromkeys(("each_n", "rounding", "digits"), pl.Float64)
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return seen.join(
        pl.DataFrame(rows, schema=rules, orient="row"), on="measure", how="left", maintain_order="left"
    ).with_columns(each=pl.when("of_days").then(pl.col("each") * days).otherwise("each"))


def _rounded(seen: pl.DataFrame) -> pl.DataFrame:
    """What tells of other authorities' people has its measure's digits and no more: the fourth digit of a ratio tells
    what it was divided by. Counts over footprints, and `n`, are to the nearest `rounding`; a count that rounds to
    nothing is `k`."""
    others = ~pl.col("mine") & pl.col("digits").is_not_null()
    wide = others & ~pl.col("single") & (pl.col("rounding") > 0)
    count = wide & pl.col("each").is_not_null()
    to_ten, to_digit = pl.col("rounding") / pl.col("each"), 1 / pl.col("digits")

    def shown(column: str) -> pl.Expr:
        at = pl.col(column)
        return pl.when(count).then(_nearest(at, to_ten)).when(others).then(_nearest(at, to_digit)).otherwise(at)

    n = pl.when(wide & pl.col("each_n").is_not_null()).then(
        _nearest(pl.col("n"), pl.col("rounding") / pl.col("each_n"))
    )
    nothing = count & (pl.col("value") != 0) & (_nearest(pl.col("value"), to_ten) == 0)
    return seen.with_columns(
        pl.when(nothing).then(None).otherwise(shown("value")).alias("value"),
        *(shown(column).alias(column) for column in ("low", "high")),
        n.otherwise("n").cast(pl.Int64).alias("n"),
        *(
            pl.when(wide).then(_nearest(pl.col(name), pl.col("rounding"))).otherwise(name).alias(name)
            for name in COUNTS
        ),
        suppressed=pl.when(nothing).then(pl.lit("k")).otherwise("suppressed"),
    )


def _nearest(value: pl.Expr, step: pl.Expr) -> pl.Expr:
    """Halves go up, so that rounding twice is rounding once."""
    return (value / step + 0.5).floor() * step


def _suppressed(seen: pl.DataFrame) -> pl.DataFrame:
    """A hidden value takes its interval, its `n`, its counts and its provenance with it."""
    hidden = pl.col("hidden") & ~pl.col("mine")
    n_hidden = hidden | (pl.col("n_hidden") & ~pl.col("mine"))
    nothing = pl.col("value").is_null() | hidden
    gone = ("value", "low", "high", "level")
    uncounted = nothing | n_hidden | (pl.col("closed").fill_null(value=False) & ~pl.col("mine"))
    return seen.with_columns(
        *(pl.when(hidden).then(None).otherwise(column).alias(column) for column in gone),
        *(pl.when(uncounted).then(None).otherwise(name).alias(name) for name in COUNTS),
        n=pl.when(n_hidden).then(None).otherwise("n"),
        suppressed=pl.when(hidden).then(pl.lit("c")).otherwise("suppressed"),
        provenance_id=pl.when(nothing & ~pl.col("mine")).then(pl.lit("")).otherwise("provenance_id"),
    )


def _small(
    held: pl.DataFrame, shown: pl.DataFrame, together: frozenset[str], past: Mapping[tuple[str, ...], Table]
) -> tuple[set[int], set[int]]:
    """The rows whose value, and those whose `n`, would tell of few people."""
    limit = pl.col("threshold") - SLACK
    few = pl.any_horizontal(pl.col(one).is_between(SLACK, limit, closed="left") for one in ("x", "rest"))
    small = shown.filter((few | pl.col("settled")).fill_null(value=False))
    key = [*TABLE, *Cell._fields]
    cells = set(small.filter("settled").select(key).iter_rows())
    for table, rows in _tables(held, shown).items():
        now, then = _table(rows, together), past.get(table)
        found = hide(now) if then is None else then.hidden if now.same_as(then) else hide(now.after(then))
        cells |= {(*table, *cell) for cell in found}
    places = pl.DataFrame(sorted(cells), schema=dict.fromkeys(key, pl.String), orient="row")
    tell, by_n = shown.join(places, on=key, how="semi"), pl.col("how") == N
    hidden = {*small["row"], *tell.filter(~by_n)["row"]}
    return hidden, {*tell.filter(by_n)["row"], *shown.filter(by_n, ~pl.col("open"))["row"]}


def _tables(held: pl.DataFrame, shown: pl.DataFrame) -> dict[tuple[str, ...], pl.DataFrame]:
    """The showings of each population and scenario, with what is hidden of them already."""
    marks = held.with_row_index("row").select("row", *HIDDEN)
    guarded = shown.filter(pl.col("threshold") > 0).join(marks, on="row", maintain_order="left")
    return {
        (str(of), str(scenario)): rows for (of, scenario), rows in guarded.partition_by(TABLE, as_dict=True).items()
    }


def _cells_of(before: pl.DataFrame, catalogue: Catalogue) -> dict[tuple[str, ...], Table]:
    """The tables of guarded figures that were shown before, as far as their measures are still known."""
    known = before.filter(pl.col("measure").is_in([one for one in before["measure"].unique() if one in catalogue]))
    tables = _tables(known, showings(known, catalogue))
    return {table: _table(rows, frozenset()) for table, rows in tables.items()}


def _table(rows: pl.DataFrame, together: frozenset[str]) -> Table:
    """The cells of one table. A count as a value is held before one as `n`, and that before one by a per cent."""
    ranked = rows.sort(pl.col("how").replace_strict({VALUE: 0, N: 1, PART: 2, TOLD: 3}), maintain_order=True)
    cells = ranked.group_by(Cell._fields, maintain_order=True).agg(
        pl.col("x").drop_nulls().first(), pl.col("settled").any(), pl.col("start", "end").first(),
        open=(pl.col("open") & (pl.col("how") != TOLD)).any(),
        hidden=(pl.col("open") & pl.when(pl.col("how") == N).then("n_hidden").otherwise("hidden")).any(),
    )  # fmt: skip

    def those(which: pl.Expr) -> frozenset[Cell]:
        return frozenset(Cell(*one) for one in cells.filter(which).select(Cell._fields).iter_rows())

    held = cells.filter(pl.col("x").is_not_null() & ~pl.col("settled"))
    return Table(
        cells={Cell(*place): x for *place, x in held.select(*Cell._fields, "x").iter_rows()},
        spans={label: (start, end) for label, start, end in cells.select("period", "start", "end").iter_rows()},
        threshold=rows["threshold"][0],
        closed=those(pl.col("x").is_not_null() & ~pl.col("settled") & ~pl.col("open")),
        settled=those(pl.col("settled")),
        hidden=set(those(pl.col("x").is_not_null() & ~pl.col("settled") & pl.col("hidden") & pl.col("open"))),
        together=together,
    )


def _withheld(held: pl.DataFrame, together: frozenset[str]) -> set[int]:
    """The rows of totals that would give an authority's unpublished figure away."""
    own = held.with_row_index("row").filter(pl.col("audience").cast(pl.String) == str(Audience.OWN))
    tables = ["measure", "period_start", "period_end", "period", "scenario", "breakdown"]
    rows: set[int] = set()
    grouped = own.group_by(tables, maintain_order=True).agg("geography", "row")
    for on, places, at in grouped.select("period_end", "geography", "row").iter_rows():
        withheld = withheld_totals(frozenset(places), on, together)
        rows |= {row for place, row in zip(places, at, strict=True) if place in withheld}
    return rows
