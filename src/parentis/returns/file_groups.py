"""Grouping of files into readings: which files belong to one return and period, and how a second file for a table is
treated."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import polars as pl

from parentis.returns.catalogue import the_return
from parentis.returns.models import Reading
from parentis.returns.periods import period_in_name, period_label
from parentis.returns.pieces import Piece, said_of
from parentis.returns.problems import Problem, Recognised
from parentis.returns.split_tables import joined
from parentis.returns.years_apart import years_of


def grouped(pieces: Sequence[Piece], override: str | None) -> list[Reading]:
    bundles: dict[tuple[str, ...], list[Piece]] = {}
    for piece in pieces:
        bundles.setdefault(_bundle(piece), []).append(piece)
    apart = [group for bundle in bundles.values() for group in _years_apart(bundle)]
    dated = [_dated(bundle) for bundle in apart]
    if override:
        dated = _overridden(dated, override)
    known = {(bundle[0].owner, period) for bundle, period in dated if period}
    gathered: dict[tuple[str, str, str | None], list[Piece]] = {}
    for bundle, period in dated:
        owner = bundle[0].owner
        # Files that do not state their year belong to the only year present, whatever their folder.
        others = [year for other, year in known if other == owner]
        whose = period or (others[0] if len(others) == 1 else None)
        gathered.setdefault((*owner, whose), []).extend(bundle)
    return [_reading(*key, group) for key, group in gathered.items()]


def _bundle(piece: Piece) -> tuple[str, ...]:
    """Files of one return are in one folder and name the same year; a file with several tables is a group of its
    own."""
    alone = piece.name if len(piece.tables) > 1 else ""
    said = piece.taken[0].period or period_in_name(piece.name, the_return(piece.owner[0]).period_kind)
    within = str(PurePosixPath(piece.name).parent)
    return (*piece.owner, piece.folder, within, alone, said)


def _dated(bundle: list[Piece]) -> tuple[list[Piece], str | None]:
    """The files with their period: from their content, otherwise from their name, with a note."""
    first, *others = bundle
    declared = the_return(first.owner[0])
    inside = first.taken[0].period
    if inside is None and declared.infer_period is not None:
        inside = declared.infer_period(
            {name: frame for piece in reversed(bundle) for name, frame in piece.tables.items()}
        )
    if inside is not None:
        return bundle, inside
    named = period_label(period_in_name(first.name, declared.period_kind), declared.period_kind)
    if named is None:
        return bundle, None
    note = said_of(first.name, "", f"nothing in it says its period: {named} is taken from its name", "note")
    return [replace(first, problems=(*first.problems, note)), *others], named


def _years_apart(bundle: list[Piece]) -> list[list[Piece]]:
    """The files of a folder by year, where one table is present for several years; a remark says so."""
    declared = the_return(bundle[0].owner[0])
    if not declared.exported or declared.infer_period is None or len(bundle) == 1:
        return [bundle]
    key = next(column.name for table in declared.spec.tables for column in table.columns if column.key)
    years = years_of([piece.tables for piece in bundle], declared.infer_period, key)
    if years is None:
        return [bundle]
    newest = max(year for year in years if year)
    groups: dict[str, list[Piece]] = {}
    for piece, year in zip(bundle, years, strict=True):
        message = (
            f"files of several years lie together ({', '.join(sorted({y for y in years if y}))}), each checked apart"
        )
        said = f"{message}; this one does not say its year and was taken for {newest}" if year is None else message
        problem = said_of(piece.name, "", f"{said}. Give each year a folder of its own", "error")
        groups.setdefault(year or newest, []).append(replace(piece, problems=(*piece.problems, problem)))
    return list(groups.values())


def _overridden(dated: list[tuple[list[Piece], str | None]], period: str) -> list[tuple[list[Piece], str | None]]:
    """All files take the given period, except an exported file dated to another year beside files dated to this one."""
    own = {(bundle[0].owner, said) for bundle, said in dated}
    return [
        (bundle, said)
        if said and the_return(bundle[0].owner[0]).exported and (bundle[0].owner, period) in own
        else (bundle, period)
        for bundle, said in dated
    ]


def _reading(return_id: str, part: str, period: str | None, pieces: Sequence[Piece]) -> Reading:
    tables: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    ignored: dict[str, tuple[str, ...]] = {}
    taken: list[Recognised] = []
    for piece in pieces:
        problems += piece.problems
        of_table = {one.table: one for one in piece.taken}
        for name, frame in piece.tables.items():
            if name in tables and the_return(return_id).exported:
                tables[name], of_table[name], problem = _joined(piece, name, tables[name], of_table[name])
                problems.append(problem)
                continue
            if name in tables:
                lost = of_table.get(name, piece.taken[0])
                # A published row becomes several rows of the table, so losses are counted in rows of the file.
                rows = frame["row"].n_unique() if lost.kept is None else min(lost.kept, frame["row"].n_unique())
                problems.append(_second(piece, name, frame, tables[name], rows))
                if lost.kept is not None:
                    of_table[lost.table] = replace(lost, kept=lost.kept - rows)
                continue
            tables[name] = frame
            if name in piece.ignored:
                ignored[name] = piece.ignored[name]
        taken += of_table.values()
    declared = the_return(return_id)
    if declared.align:
        aligned, said = declared.align(tables)
        tables = dict(aligned)
        problems += [Problem(file="", where="", message=message, severity="warning") for message in said]
    complete = declared.complete
    return Reading(
        return_id=return_id,
        part=part,
        period=period,
        tables=complete(tables) if complete else tables,
        taken=tuple(replace(one, period=period) for one in taken),
        problems=tuple(problems),
        ignored_columns=ignored,
    )


def _joined(
    piece: Piece, name: str, first: pl.DataFrame, taken: Recognised
) -> tuple[pl.DataFrame, Recognised, Problem]:
    """The table with the rows of one more file added, and the remarks on them."""
    frame = piece.tables[name]
    file = first["file"][0] if first.height else "another file"
    both = joined(first, frame, the_return(taken.return_id).spec.union()[name])
    if both.clash:
        message = (
            f"a second file for {name}, beside {file}, and {both.clash}. Its {frame.height:,} rows are not used: "
            "give only the one that is right"
        )
        return first, replace(taken, kept=0), said_of(piece.name, "", message, "error", frame.height)
    new = both.frame.height - first.height
    again = f"; {both.repeated:,} rows are there too and were used once" if both.repeated else ""
    message = f"{name} came in several files: {new:,} rows were put below those of {file}{again}"
    start = int(both.frame["row"][first.height]) - int(frame["row"][0]) if new else 0
    counted = replace(taken, kept=new, first_row=start)
    return both.frame, counted, said_of(piece.name, "", message, "warning", both.repeated)


def _second(piece: Piece, name: str, frame: pl.DataFrame, first: pl.DataFrame, rows: int) -> Problem:
    file = first["file"][0] if first.height else "another file"
    if frame.drop("file").equals(first.drop("file")):
        message = f"the same {rows:,} rows of {name} as in {file}: used once"
        return said_of(piece.name, "", message, "note", rows)
    message = f"a second file for {name}, beside {file}: its {rows:,} rows are not used, as nothing is merged unasked"
    return said_of(piece.name, "", message, "error", rows)
