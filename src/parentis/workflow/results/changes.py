"""The changes that accepting a submission would make, for the person who decides: rows, children, findings, figures."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from parentis import archive, lake, region
from parentis.archive import Home
from parentis.errors import NotFoundError, UserError
from parentis.figures import Viewer
from parentis.returns import Table, the_return
from parentis.returns.spec import Retention
from parentis.workflow.decisions.acceptance import considered
from parentis.workflow.intake.contents import Ready, reopen
from parentis.workflow.intake.upload_options import Progress, restored, silent
from parentis.workflow.register_queries import register, submission
from parentis.workflow.results.changed_cells import ChangedCell, ChangedCells, changed_cells
from parentis.workflow.results.trial import MovedFigure, MovedFigures, moved_figures
from parentis.workflow.safeguards.objections import Objections, Resemblance, child_columns

ABOUT = "what accepting will change"
MOST_TOTALS = 40
"Authorities whose totals of a publisher's table are listed: those that change most."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedChildren:
    """Children by the file's own identifiers. Only users who may see children see those that are new or missing."""

    before: int
    now: int
    appear: tuple[str, ...]
    vanish: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTotal:
    """The sum of every amount of a publisher's table about one authority."""

    table: str
    authority: str
    before: float
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """`supersedes` is the submission whose rows would be replaced, '' for none. `tables` are `(name, before, now)`."""

    submission_id: str
    supersedes: str
    year: str
    "How its year was told, in words."
    tables: tuple[tuple[str, int, int], ...]
    children: ChangedChildren | None
    whose: Resemblance | None
    errors: int | None
    errors_before: int | None
    "Findings to put right; None where it was not checked, or there is nothing to compare with."
    before: str
    "The year whose findings `errors_before` counts."
    objections: tuple[str, ...]
    "What needs a written reason."
    edition: str
    "What it changes of the accepted edition, in a sentence, for publishers' tables that come in editions."
    totals: tuple[ChangedTotal, ...] = ()
    cells: ChangedCells | None = None
    "What it changes of the submission it would supersede, cell by cell; None for returns about children."
    figures: MovedFigures | None = None
    tried: bool = True
    "Whether figures were worked out at all."


def changes(home: Home, submission_id: str, *, figures: bool = True, progress: Progress = silent) -> Changes:
    """The changes that accepting a stored submission would make to what readers see now. Changes nothing; takes about
    as long as a build if `figures`.

    Raises NotFoundError for an unknown submission and for one whose bytes were deleted.
    """
    row = submission(home, submission_id)
    whole, key = row["submission_id"], {name: row[name] for name in archive.KEY}
    (ready,) = reopen(home, [row])
    held = register(home)
    same = held.filter("current", pl.col("submission_id") != whole, *_is(key))
    before = same.row(0, named=True) if same.height else None
    replacing = considered(home, ready, whole)
    year_before = _year_before(held, key)
    compared = before or year_before
    declared = the_return(row["return_id"])
    published = declared.submitter == "publisher"
    viewer = Viewer.members() if published else Viewer.members(row["submitter"])
    moved = moved_figures(home, ready, whole, viewer, progress) if figures else None
    return Changes(
        submission_id=whole,
        supersedes=before["submission_id"] if before else "",
        year=year_in_words(home, row, ready),
        tables=tuple(_tables(before, ready)),
        children=_children(home, before, ready),
        whose=None if published else Objections(home).resemblance(ready),
        errors=row["errors"],
        errors_before=compared["errors"] if compared else None,
        before=compared["period"] if compared else "",
        objections=replacing.reasons,
        edition=replacing.told,
        totals=_totals(home, ready) if published else (),
        cells=None if published else _cells(home, before, ready),
        figures=moved,
        tried=figures,
    )


def sealed_changes(home: Home, found: Changes) -> bytes:
    """`found` sealed under the submission's key, so that erasing the submission makes it unreadable."""
    return archive.seal_beside(home, found.submission_id, json.dumps(asdict(found)).encode(), ABOUT)


def unsealed_changes(home: Home, submission_id: str, sealed: bytes) -> Changes:
    """Inverse of `sealed_changes`."""
    kept = json.loads(archive.open_beside(home, submission_id, sealed, ABOUT))
    children, whose, figures = kept.pop("children"), kept.pop("whose"), kept.pop("figures")
    cells = kept.pop("cells", None)  # stored changes may be older than this part of them
    totals = tuple(ChangedTotal(**one) for one in kept.pop("totals"))
    if children is not None:
        children = ChangedChildren(**{name: _tuple(value) for name, value in children.items()})
    if figures is not None:
        most = tuple(MovedFigure(**one) for one in figures.pop("most"))
        figures = MovedFigures(most=most, **{name: _tuple(value) for name, value in figures.items()})
    plain = {name: _tuple(value) for name, value in kept.items() if name != "tables"}
    return Changes(
        **plain, tables=tuple(map(tuple, kept["tables"])), children=children,
        whose=Resemblance(**whose) if whose else None, figures=figures, totals=totals,
        cells=ChangedCells(count=cells["count"], most=tuple(ChangedCell(**one) for one in cells["most"]))
        if cells
        else None,
    )  # fmt: skip


def year_in_words(home: Home, row: Mapping[str, Any], ready: Ready) -> str:
    """How a submission's year was determined: by its sender, the files, the dates in them, or their names."""
    period = row["period"] or ""
    if not period:
        return "It is of no single year."
    dates = _dates_within(ready, period)
    said = restored(archive.manifest(home, row["submission_id"]).intent)
    if said.period and said.split_from is None:
        return f"{period}, as stated when it was submitted. {dates}".strip()
    named = [problem.message for problem in ready.found.reading.problems if "is taken from its name" in problem.message]
    if named:
        return f"{period}, from the name of the file: nothing in it says its year. {dates}".strip()
    declared, read = the_return(row["return_id"]), ready.found.reading
    if declared.infer_period is not None and declared.infer_period(read.tables) == period:
        told = "from the dates in the files" if declared.exported else "from what its tables hold"
        return f"{period}, {told}. {dates}".strip()
    return f"{period}, as the files themselves say. {dates}".strip()


def _dates_within(ready: Ready, period: str) -> str:
    """A sentence on how many of the dates that indicate a year lie in it; '' if the tables have no such dates."""
    declared = the_return(ready.found.reading.return_id)
    if not declared.exported:
        return ""
    year = region.parse_period(period)
    told = []
    for name, frame in ready.typed.tables.items():
        column = next((one for one in ("DECOM", "REVIEW", "MIS_START") if one in frame.columns), None)
        if column is None or frame.schema[column] != pl.Date:
            continue
        days = frame[column].drop_nulls()
        if days.len():
            within = int(days.is_between(year.start, year.end).sum())
            after = int((days > year.end).sum())
            late = f", {after:,} after it" if after else ""
            told.append(f"{within:,} of {days.len():,} dates {column} of {name} fall in the year{late}")
    return f"{'; '.join(told)}." if told else ""


def _is(key: Mapping[str, Any]) -> list[pl.Expr]:
    return [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in key.items()]


def _year_before(held: pl.DataFrame, key: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        period = region.parse_period(key["period"] or "").previous.label
    except UserError:
        return None
    found = held.filter("current", *_is({**key, "period": period}))
    return found.row(0, named=True) if found.height else None


def _tables(before: Mapping[str, Any] | None, ready: Ready) -> list[tuple[str, int, int]]:
    was = {count["table"]: count["rows"] for count in (before or {}).get("counts") or ()}
    now = dict(ready.counts)
    return [(name, was.get(name, 0), now.get(name, 0)) for name in sorted({*was, *now})]


def _children(home: Home, before: Mapping[str, Any] | None, ready: Ready) -> ChangedChildren | None:
    now = _ids(ready)
    if now is None:
        return None
    was: frozenset[str] = frozenset()
    if before is not None:
        with suppress(NotFoundError):  # if its bytes were deleted, every child counts as new
            was = _ids(reopen(home, [before])[0]) or was
    return ChangedChildren(
        before=len(was), now=len(now), appear=tuple(sorted(now - was)), vanish=tuple(sorted(was - now))
    )


def _ids(ready: Ready) -> frozenset[str] | None:
    """The children's identifiers as written in the file; None for a return without children."""
    spec = the_return(ready.found.reading.return_id).spec.at(ready.found.period)
    found = [
        ready.typed.tables[name][column].cast(pl.String).drop_nulls()
        for name, column in child_columns(spec.tables).items()
        if name in ready.typed.tables and column in ready.typed.tables[name].columns
    ]
    return frozenset(value for series in found for value in series) if found else None


def _cells(home: Home, before: Mapping[str, Any] | None, ready: Ready) -> ChangedCells | None:
    """None without a submission to compare with, and for a return of which anything is kept back from readers."""
    tables = the_return(ready.found.reading.return_id).spec.at(ready.found.period).tables
    if before is None or any(
        column.retention is not Retention.KEEP for table in tables.values() for column in table.columns
    ):
        return None
    try:
        (held,) = reopen(home, [before])
    except NotFoundError:  # its bytes were deleted
        return None
    return changed_cells(tables, held.typed.tables, ready.typed.tables)


def _totals(home: Home, ready: Ready) -> tuple[ChangedTotal, ...]:
    """The sum of all amounts of a publisher's table by authority, before and after, for those that change most."""
    spec = the_return(ready.found.reading.return_id).spec.at(ready.found.period)
    found: list[ChangedTotal] = []
    for name, frame in ready.typed.tables.items():
        table = spec.tables[name]
        amount = _amount(table)
        if not amount or not table.authority or amount not in frame.columns:
            continue
        now = region.match_authorities(frame, table.authority)
        visible = lake.read(home, f"{ready.found.reading.return_id}/{name}").filter(
            pl.col("submitter") == ready.found.submitter,
            pl.col("period") == ready.found.period,
            pl.col("part") == ready.found.reading.part,
        )
        both = _summed(visible.collect(), amount).join(
            _summed(now, amount), on="authority", how="full", suffix="_now", coalesce=True
        )
        found += [
            ChangedTotal(table=name, authority=authority, before=was or 0.0, now=is_ or 0.0)
            for authority, was, is_ in both.select("authority", "total", "total_now").iter_rows()
            if (was or 0.0) != (is_ or 0.0)
        ]
    return tuple(sorted(found, key=lambda one: (-abs(one.now - one.before), one.authority))[:MOST_TOTALS])


def _amount(table: Table) -> str:
    """The column with a publisher's amounts: the declared one, or else the only numeric column."""
    numbers = [one.name for one in table.columns if one.dtype.is_numeric()]
    return table.amount or (numbers[0] if len(numbers) == 1 else "")


def _summed(frame: pl.DataFrame, amount: str) -> pl.DataFrame:
    known = frame.filter(pl.col("authority").is_not_null())
    return known.group_by("authority").agg(pl.col(amount).cast(pl.Float64).sum().alias("total"))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def in_words(found: Changes, name_of: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The lines of the summary on the command line. Contains numbers of children, but none of their ids."""
    names = name_of or {}
    lines = [f"Its year: {found.year}"]
    head = f"It supersedes submission {found.supersedes[:8]}." if found.supersedes else "It supersedes nothing."
    lines.append(head)
    lines += [f"  {name}: {was:,} rows → {now:,}" for name, was, now in found.tables if was or now]
    if found.children is not None:
        one = found.children
        lines.append(f"Children: {one.before:,} → {one.now:,}; {len(one.appear):,} appear, {len(one.vanish):,} vanish.")
    if found.whose is not None:
        lines.append(whose_in_words(found.whose))
    if found.errors is not None:
        beside = f", {found.errors_before:,} in {found.before}" if found.errors_before is not None else ""
        lines.append(f"Findings to put right: {found.errors:,}{beside}.")
    if found.edition:
        lines.append(found.edition)
    lines += [
        f"  {names.get(one.authority, one.authority)}, {one.table}: {one.before:,.0f} → {one.now:,.0f}"
        for one in found.totals
    ]
    if found.cells is not None:
        lines.append(f"Cells that change: {found.cells.count:,}.")
        lines += [
            f"  {one.table}, {one.row}, {one.column}: {one.before or 'blank'} → {one.now or 'blank'}"
            for one in found.cells.most
        ]
    lines += figures_in_words(found, names)
    lines += [f"It needs a reason: {one}." for one in found.objections]
    return tuple(lines)


def whose_in_words(one: Resemblance) -> str:
    """Whether the file looks like the authority's own."""
    if not one.period:
        return f"Whose it is: {one.children:,} children; there is no return of the year before to know them by."
    share = 100 * one.known / one.children if one.children else 0
    return (
        f"Whose it is: {one.known:,} of its {one.children:,} children ({share:.0f}%) were in this authority's return "
        f"for {one.period}."
    )


def figures_in_words(found: Changes, names: Mapping[str, str]) -> Sequence[str]:
    """The figures that change, from a trial build."""
    if not found.tried:
        return ("Figures: not worked out.",)
    if found.figures is None:
        return ("Figures: no figure that is shown is made from this return.",)
    one = found.figures
    lines = [
        f"Figures ({', '.join(one.services)}): {one.moved:,} move, {one.come:,} come, {one.gone:,} go, "
        f"{one.hidden:,} would be hidden."
    ]
    lines += [
        f"  {each.title}, {names.get(each.geography, each.geography)}, {each.period}: "
        f"{each.before or 0:,.{each.decimals}f} → {each.after or 0:,.{each.decimals}f} {each.unit}"
        for each in one.most
    ]
    if one.stale:
        lines.append("  What is shown was built before the last decision: its movement is among these.")
    return lines
