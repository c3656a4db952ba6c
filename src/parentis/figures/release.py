"""Release: the figures that a viewer may see, rounded and suppressed for that viewer.

* **Own**: an authority's own figures are shown to it as they are.
* **Published** figures of others are shown to anyone, **members** figures to members of the region, and **own**
  figures of other authorities to nobody.
* Totals of *own* figures over a footprint are shown to members if they cover at least three authorities and another
  authority's figure cannot be worked out from the totals together with any one authority's own; otherwise they are `c`.
* Counts of people are suppressed once for everybody: every viewer sees the same counts hidden, except their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from parentis.figures.cells import N, is_authority, showings
from parentis.figures.measures import Catalogue
from parentis.figures.populations import Audience, NoPeople
from parentis.figures.releases import HIDDEN, PLACE, Key, cells_held, earlier_tables, tables_of
from parentis.figures.schema import COUNTS, FIGURE_COLUMNS, counted
from parentis.figures.suppression import SLACK, Table, hide
from parentis.figures.withheld import families, withheld_across, withheld_totals


@dataclass(frozen=True, slots=True)
class Viewer:
    """A reader: the authorities they read for, and whether they belong to the region's agreement."""

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


@dataclass(frozen=True, slots=True)
class Guarded:
    """`figures` with `HIDDEN`. `told` are the counts that can be worked out whatever is hidden now, because too much
    was shown in earlier releases: `population, scenario, geography, breakdown, period`."""

    figures: pl.DataFrame
    told: pl.DataFrame


def guard(
    figures: pl.DataFrame,
    catalogue: Catalogue,
    *,
    before: pl.DataFrame | None = None,
    together: frozenset[str] = frozenset(),
) -> Guarded:
    """`figures` with `HIDDEN`, which marks what nobody outside the authority itself may see.

    Pass every figure, not a selection: what must be hidden depends on everything else that is shown. `before` are the
    counts of all earlier releases (`releases.with_release`): no small count can be worked out from all releases
    together. `together` are authorities whose figures one viewer can compare. Figures marked hidden stay hidden.
    """
    held = figures if set(HIDDEN) <= set(figures.columns) else figures.with_columns(hidden=False, n_hidden=False)
    shown = showings(held, catalogue)
    hidden, n_hidden, told = _small(held, shown, together, {} if before is None else earlier_tables(before))
    hidden |= _withheld(held, catalogue, together)
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    marked = held.with_columns(
        hidden=pl.col("hidden") | row.is_in(list(hidden)), n_hidden=pl.col("n_hidden") | row.is_in(list(n_hidden))
    )
    return Guarded(marked, told)


def release(figures: pl.DataFrame, catalogue: Catalogue, viewer: Viewer) -> pl.DataFrame:
    """`figures` as `viewer` may see them: rows they may not see are removed; values they may not see are null, with the
    reason in `suppressed` and no provenance.

    Figures without the marks of `guard` are guarded here: then pass every figure, because what must be hidden depends
    on everything else that is shown."""
    if not set(HIDDEN) <= set(figures.columns):
        figures = guard(figures, catalogue).figures
    if len(viewer.authorities) > 1:
        figures = guard(figures, catalogue, together=viewer.authorities).figures
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
    """Adds the measure's declarations to each figure: `each` (people per unit of a value that counts them), `each_n`,
    `rounding`, and `digits`, the precision that others see; null where it counts nobody. `closed`: the measure reveals
    people but does not declare its `n` a count of them, so only the authority sees the numerator and denominator."""
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
    """Rounds figures about other authorities' people to the measure's digits, because further digits of a ratio reveal
    its denominator. Counts over footprints, and `n`, are rounded to the nearest `rounding`; a count that rounds to 0
    is shown as `k`."""
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
    """Rounds to a multiple of `step`, halves up, so that rounding a second time changes nothing."""
    return (value / step + 0.5).floor() * step


def _suppressed(seen: pl.DataFrame) -> pl.DataFrame:
    """Removes hidden values together with their interval, `n`, counts and provenance."""
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
    held: pl.DataFrame, shown: pl.DataFrame, together: frozenset[str], past: Mapping[Key, Sequence[Table]]
) -> tuple[set[int], set[int], pl.DataFrame]:
    """The rows whose value, and those whose `n`, would reveal a small count, and the counts that can be worked out
    anyway."""
    limit = pl.col("threshold") - SLACK
    few = pl.any_horizontal(pl.col(one).is_between(SLACK, limit, closed="left") for one in ("x", "rest"))
    small = shown.filter((few | pl.col("settled")).fill_null(value=False))
    cells = set(small.filter("settled").select(PLACE).iter_rows())
    told: list[tuple[str, ...]] = []
    for key, now in tables_of(cells_held(held, shown), together).items():
        then = past.get(key, ())
        table = now.after(then) if then else now
        cells |= {(*key, *cell) for cell in (then[-1].hidden if then and now.same_as(then[-1]) else hide(table))}
        told += [(*key, *cell) for cell in sorted(table.told)]
    rows = dict.fromkeys(PLACE, pl.String)
    tell, by_n = (
        shown.join(pl.DataFrame(sorted(cells), schema=rows, orient="row"), on=PLACE, how="semi"),
        pl.col("how") == N,
    )
    hidden = {*small["row"], *tell.filter(~by_n)["row"]}
    n_hidden = {*tell.filter(by_n)["row"], *shown.filter(by_n, ~pl.col("open"))["row"]}
    return hidden, n_hidden, pl.DataFrame(told, schema=rows, orient="row")


def _withheld(held: pl.DataFrame, catalogue: Catalogue, together: frozenset[str]) -> set[int]:
    """The rows of totals that would disclose an authority's unpublished figure, measure by measure, and then of those
    that add up others (`Measure.sum_of`), together with the totals of what they add up."""
    own = held.with_row_index("row").filter(pl.col("audience").cast(pl.String) == str(Audience.OWN))
    tables = ["measure", "period_start", "period_end", "period", "scenario", "breakdown"]
    rows: set[int] = set()
    grouped = own.group_by(tables, maintain_order=True).agg("geography", "row")
    for on, places, at in grouped.select("period_end", "geography", "row").iter_rows():
        withheld = withheld_totals(frozenset(places), on, together)
        rows |= {row for place, row in zip(places, at, strict=True) if place in withheld}
    for sums in families(catalogue, own["measure"].unique().to_list()):
        inside = own.filter(pl.col("measure").is_in(list(sums)))
        whole = inside.group_by(tables[1:], maintain_order=True).agg("measure", "geography", "row")
        for on, measures, places, at in whole.select("period_end", "measure", "geography", "row").iter_rows():
            found = list(zip(measures, places, strict=True))
            given = {one: row for one, row in zip(found, at, strict=True) if row not in rows}
            withheld_sums = withheld_across(frozenset(found), frozenset(given), sums, on, together)
            rows |= {row for one, row in given.items() if one in withheld_sums}
    return rows
