"""A trial build: the figures as they would be if a submission were accepted, compared with the current ones.

Nothing is written: while the services read, the submission's rows replace those it would supersede; the result is
compared and discarded.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parentis import archive, lake
from parentis.archive import Home
from parentis.figures import Catalogue, Figures, Viewer, release
from parentis.returns import Table, returns, the_return
from parentis.services import Service, services
from parentis.workflow.decisions.release import NARROWEST_FIRST, opened_to
from parentis.workflow.intake.contents import Key, Ready, lake_rows
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.results.build import guarded_beside, made
from parentis.workflow.results.queries import catalogue, released

LOAD = "trial"
"The id of the load that is tried. No load of the lake has it: theirs are 32 digits."
SAME = 1e-9
"Figures that differ by less than this share of themselves are the same figure."
MOST_SHOWN = 12
"Figures that are named of each kind: money, and all else."
OF_ONE_MEASURE = 2
"Figures of one measure that are named: the place's own and the next."
YES_OR_NO = "0 or 1"
"The unit of marks, which are counted among what moves and not named."
_KEY = Figures.primary_key()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFigure:
    """One figure before and after; None where there is none, or it may not be seen."""

    measure: str
    title: str
    geography: str
    period: str
    breakdown: str
    unit: str
    decimals: int
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFigures:
    """How many of the figures that the viewer may see would move, come, go, and be hidden so that the two builds
    together tell of nobody; and those that move most, the place's own first."""

    moved: int
    come: int
    gone: int
    hidden: int
    most: tuple[MovedFigure, ...]
    services: tuple[str, ...]
    "Titles of the services that were tried."
    stale: bool
    "Whether what is shown was built before something else was decided: its movement is among these."


def moved_figures(
    home: Home, ready: Ready, submission_id: str, viewer: Viewer, progress: Progress = silent
) -> MovedFigures | None:
    """The changes that accepting a submission would make to what `viewer` sees; None if no service that shows figures
    reads its tables, or none shows figures yet."""
    chosen = _readers(home, ready.found.reading.return_id)
    if not chosen:
        return None
    place = NARROWEST_FIRST.index(returns()[ready.found.reading.return_id].audience)
    opened = opened_to(home, None)
    opened = pl.concat([opened, pl.DataFrame({"load_id": [LOAD], "openness": [place]}, schema=opened.schema)])
    with lake.trying(_Overlay.of(home, ready, submission_id)):
        built = made(home, chosen, opened, progress=progress)
    beside = guarded_beside(home, built, forget=False)
    known = beside.known
    after = release(beside.guarded, known, viewer)
    before = released(home, catalogue(home), viewer)
    last = archive.events(home).filter(pl.col("event").is_in(["accepted", "reversed", "released", "erased"]))
    shown = lake.shown(home).filter(pl.col("service").is_in(list(built)))
    return compared(
        before, after, known, own=ready.found.submitter,
        services=tuple(one.title for one in chosen),
        stale=bool((shown["sequence"] < int(str(last["sequence"].max() or 0))).any()),
    )  # fmt: skip


def compared(
    before: pl.DataFrame, after: pl.DataFrame, known: Catalogue, *, own: str, services: tuple[str, ...], stale: bool
) -> MovedFigures:
    """The difference of two sets of released figures."""
    columns = [*_KEY, "unit", "value"]
    both = before.select(columns).join(after.select(columns), on=_KEY, how="full", suffix="_after", coalesce=True)
    was, is_ = pl.col("value"), pl.col("value_after")
    same = ((was - is_).abs() <= SAME * pl.max_horizontal(was.abs(), is_.abs())) | (was.is_null() & is_.is_null())
    differ = both.filter(~same.fill_null(value=False)).with_columns(
        unit_before="unit", unit=pl.coalesce("unit", "unit_after")
    )
    there, is_there = pl.col("unit_before").is_not_null(), pl.col("unit_after").is_not_null()
    counts = differ.select(
        moved=(was.is_not_null() & is_.is_not_null()).sum(),
        come=(was.is_null() & is_.is_not_null()).sum(),
        gone=(there & ~is_there & was.is_not_null()).sum(),
        hidden=(is_there & is_.is_null() & was.is_not_null()).sum(),
    ).row(0, named=True)
    change = (is_ - was).abs()
    ranked = differ.filter(
        (pl.col("breakdown") == "") & (pl.col("unit") != YES_OR_NO) & change.is_not_null()
    ).with_columns(
        change=change, share=change / pl.max_horizontal(was.abs(), is_.abs()), elsewhere=pl.col("geography") != own
    )
    money = pl.col("unit") == "£"
    shown = pl.concat([_first(ranked.filter(money), "change"), _first(ranked.filter(~money), "share")])
    return MovedFigures(
        **counts,
        most=tuple(_figure(row, known) for row in shown.iter_rows(named=True)),
        services=services,
        stale=stale,
    )


def _first(ranked: pl.DataFrame, by: str) -> pl.DataFrame:
    ordered = ranked.sort("elsewhere", by, *_KEY, descending=[False, True, *[False] * len(_KEY)])
    return ordered.filter(pl.int_range(pl.len()).over("measure") < OF_ONE_MEASURE).head(MOST_SHOWN)


def _figure(row: Mapping[str, object], known: Catalogue) -> MovedFigure:
    measure = str(row["measure"])
    declared = known[measure]
    return MovedFigure(
        measure=measure, title=declared.title, geography=str(row["geography"]),
        period=str(row["period"]), breakdown=str(row["breakdown"]), unit=str(row["unit"]),
        decimals=declared.decimals,
        before=row["value"], after=row["value_after"],  # type: ignore[arg-type]
    )  # fmt: skip


def _readers(home: Home, return_id: str) -> list[Service]:
    """The services that show figures and read a return: its own tables, or what all of them reckon with."""
    known = services()
    shown = [known[one] for one in lake.shown(home)["service"] if one in known]
    reference = not any(need.startswith(f"{return_id}/") for one in known.values() for need in one.needs)
    return [one for one in shown if reference or any(need.startswith(f"{return_id}/") for need in one.needs)]


@dataclass(frozen=True, slots=True)
class _Overlay:
    """Replaces the rows that a submission's acceptance would supersede with its own."""

    key: Key
    rows: Mapping[str, pl.DataFrame]
    sequence: int

    @classmethod
    def of(cls, home: Home, ready: Ready, submission_id: str) -> "_Overlay":
        last = archive.events(home)["sequence"].max()
        rows = lake_rows(ready, submission_id, LOAD, archive.hasher(home, "lake"))
        return cls(ready.found.key, rows, int(str(last or 0)) + 1)

    def __call__(self, name: str, visible: pl.LazyFrame) -> pl.LazyFrame:
        return_id, _, table = name.partition("/")
        if return_id != self.key[0]:
            return visible
        _, part, submitter, period = self.key
        same = (
            (pl.col("part") == part) & (pl.col("submitter") == submitter) & (pl.col("period") == period)
        ).fill_null(value=False)  # fmt: skip
        others = visible.filter(~same)
        if table not in self.rows:
            return others
        schema = visible.collect_schema()
        signed = not the_return(return_id).sign_offs
        new = lake.conform(self.rows[table], name).with_columns(
            sequence=pl.lit(self.sequence, pl.Int64), provisional=pl.lit(not signed)
        )
        new = _kept(new.select(schema.names()), visible.filter(same), lake.declared(name)[1])
        return pl.concat([others, new.lazy()])


def _kept(new: pl.DataFrame, held: pl.LazyFrame, table: Table) -> pl.DataFrame:
    """With the amounts of the accepted edition that the new one no longer prints."""
    if not table.edition:
        return new
    earlier = held.with_columns(order=pl.lit(0, pl.Int64), sequence=pl.lit(new["sequence"].max(), pl.Int64)).collect()
    return lake.keep_amounts(new, earlier, table)
