"""Reading of files: what each file was recognised as, and its tables as text, grouped by return and period."""

import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import polars as pl

from parentis import remedies
from parentis.errors import SpecificationError, UnreadableFileError, UserError
from parentis.remedies import Channel
from parentis.returns.catalogue import returns, the_return
from parentis.returns.content import Content
from parentis.returns.corrections import Remark, corrected, one_column
from parentis.returns.cut_files import line_remarks
from parentis.returns.file_groups import grouped
from parentis.returns.identity import identity
from parentis.returns.isolation import RawFile, gather_apart, stays_here
from parentis.returns.models import Gathered, Problem, Reader, Reading, Recognised, Return, Tables, Unused
from parentis.returns.periods import period_label, year_column
from parentis.returns.pieces import Piece, said_of
from parentis.returns.problems import Severity
from parentis.returns.recognition import HEADING_ROWS, Match, known_headings, match_cells, match_table, plain
from parentis.returns.untrusted_files import HOLDS_NO_DATA, Unopened, each_part, raw_files

log = logging.getLogger(__name__)

COVER = "Cover"
"Sheet of our own workbooks that names the return and the period, in rows `Return | …` and `Period | …`."

FEW = 2
_BY_CELLS = "its columns were taken by their place, as their cells fit those of"

_WORDS = ("cover", "notes", "codes")
"Common names of sheets without data."


def read(paths: Iterable[Path | str], *, return_id: str | None = None, period: str | None = None) -> list[Reading]:
    """Read files, folders and zips: one `Reading` for each return, part and period found in them.

    `return_id` and `period` override what is inferred from the files. A file that cannot be opened, belongs to no
    known return or breaks its spec so that no row can be read becomes a problem of the first reading, and the other
    files are read; if there is no other, its `UnreadableFileError` or `SpecificationError` is raised.
    """
    return read_files(raw_files(paths), return_id=return_id, period=period)


def read_files(
    files: Sequence[RawFile | Unopened], *, return_id: str | None = None, period: str | None = None
) -> list[Reading]:
    """`read`, from bytes."""
    return _with_unused(gather_files(files, return_id=return_id, period=period))


def read_contents(
    contents: Sequence[Content | Unopened], *, return_id: str | None = None, period: str | None = None
) -> list[Reading]:
    """`read`, from files that are already open."""
    return _with_unused(gather_readings(contents, return_id=return_id, period=period))


def _with_unused(found: Gathered) -> list[Reading]:
    if not found.readings:
        raise found.unused[0].error
    first, *others = found.readings
    aside = tuple(one.problem for one in found.unused)
    return [replace(first, problems=first.problems + aside), *others]


def gather_files(
    files: Sequence[RawFile | Unopened], *, return_id: str | None = None, period: str | None = None, sent: bool = True
) -> Gathered:
    """The content of files. If they were `sent` by others, plain text is read in this process and everything else in
    a separate one (`isolation`); our own files are read in this process. Does not raise for any file."""
    given = [file for file in files if isinstance(file, RawFile)]
    if sent and given and not stays_here(given):
        missing = [_unopened(file) for file in files if isinstance(file, Unopened)]
        found = gather_apart(given, return_id=return_id)
        return _gathered(found.pieces, (*found.unused, *missing), period, found.members)
    opened = [
        one
        for file in files
        for one in ([file] if isinstance(file, Unopened) else each_part(file.name, file.raw, file.folder))
    ]
    members = {content.name: content.raw for content in opened if isinstance(content, Content)}
    return replace(gather_readings(opened, return_id=return_id, period=period), members=members)


def gather_readings(
    contents: Sequence[Content | Unopened], *, return_id: str | None = None, period: str | None = None
) -> Gathered:
    """`read_contents`, with the files of which nothing was used in a list of their own. Does not raise for any file."""
    read_of = [read_one(content, return_id) for content in contents]
    pieces = [one for one in read_of if isinstance(one, Piece)]
    return _gathered(pieces, [one for one in read_of if isinstance(one, Unused)], period)


def _gathered(
    pieces: Sequence[Piece], unused: Iterable[Unused], period: str | None, members: Mapping[str, bytes] | None = None
) -> Gathered:
    readings = grouped(pieces, period_label(period) if period else None)
    return Gathered(readings=tuple(readings), unused=tuple(unused), members=members or {})


def read_one(content: Content | Unopened, return_id: str | None = None) -> Piece | Unused:
    """Read one file, as `return_id` if that is given. Never raises."""
    candidates = [the_return(return_id)] if return_id else list(returns().values())
    if isinstance(content, Unopened):
        return _unopened(content)
    try:
        piece = _piece(content, candidates)
        if piece is not None:
            return piece
        described = _described(content, [candidate.id for candidate in candidates])
    except UserError as error:
        return _unused(content.name, error, "error")
    except (Exception, pl.exceptions.PanicException) as error:
        # A fault of a reader or its library with one file does not affect the other files. The log has the location
        # of the error but not its text, which may quote a cell.
        at = traceback.extract_tb(error.__traceback__)[-1]
        log.error("a reader failed: %s in %s, line %s", type(error).__name__, at.name, at.lineno)
        return _unused(content.name, _beyond_us(content, error), "error")
    return Unused(
        file=content.name,
        error=_unrecognised(content, candidates, described),
        severity="note" if plain(content.name).endswith("txt") else "warning",
        why=f"it is of no known return: {described}",
    )


def _unopened(file: Unopened) -> Unused:
    return _unused(file.name, file.error, "warning" if file.error.found in HOLDS_NO_DATA else "error")


def _unused(file: str, error: UserError, severity: Severity) -> Unused:
    # The sentence is stored unchanged and shown in every interface.
    why = f"{error.found}; expected {error.expected}. {error.remedy.on(Channel.SITE)}"
    return Unused(file=file, error=error, severity=severity, why=why)


def _beyond_us(content: Content, error: BaseException) -> UnreadableFileError:
    return UnreadableFileError(
        expected=f"a {content.kind} file whose cells can be told apart",
        found=f"one on which the reader failed ({type(error).__name__})",
        where=content.name,
        do="Open it, save it again as CSV UTF-8 or XLSX, and try that copy; if it fails too, tell us.",
    )


def _piece(content: Content, candidates: Sequence[Return]) -> Piece | None:
    if plainly := _by_own_headings(content, candidates):
        return _by_headings(content, [(None, PurePosixPath(content.name).stem)], [plainly])
    for candidate in candidates:
        for reader in candidate.readers:
            taken = reader.recognise(content)
            if taken:
                return _by_reader(content, taken, reader)
    if content.kind == "csv":
        return _by_headings(content, [(None, PurePosixPath(content.name).stem)], candidates)
    if content.kind in ("xlsx", "ods"):
        return _by_headings(content, [(sheet, sheet) for sheet in content.sheets], candidates)
    return None


def _by_own_headings(content: Content, candidates: Sequence[Return]) -> Return | None:
    """The exported return that has a table with every heading in the first row of a CSV. This holds for most exported
    files, which then need not be offered to the readers of all other returns."""
    exported = {candidate.id: candidate for candidate in candidates if candidate.exported}
    if content.kind != "csv" or not exported:
        return None
    match match_table(content.grid(None, HEADING_ROWS).head(1).rows(), PurePosixPath(content.name).stem, exported):
        case (only,) if not only.other and not only.missing_keys and len(only.columns) > FEW:
            return exported[only.return_id]
    return None


def _by_reader(content: Content, taken: Recognised, reader: Reader) -> Piece:
    given = reader.read(content, taken)
    if not isinstance(given, Tables):
        given = Tables(tables=given)
    tables = {name: _numbered(frame, content.name) for name, frame in given.tables.items()}
    return Piece(
        name=content.name,
        folder=content.folder,
        taken=(replace(taken, part=_part(taken, tables, given.words), rows=given.rows, kept=given.kept),),
        tables=tables,
        problems=(*_remarks(content), *given.problems, *_unaccounted(content, given)),
        ignored={},
    )


def _part(taken: Recognised, tables: Mapping[str, pl.DataFrame], words: str = "") -> str:
    """The data set, identified by its content, if the return's tables declare the columns that identify it."""
    declared = the_return(taken.return_id).spec.union()
    told = {name: declared[name] for name in tables if name in declared and declared[name].identity}
    return identity(words or taken.part, tables, told) if told else taken.part


def _remarks(content: Content) -> tuple[Problem, ...]:
    return tuple(said_of(content.name, "", note, "warning") for note in content.notes)


def _unaccounted(content: Content, given: Tables) -> Iterator[Problem]:
    """Rows that a reader neither kept nor reported: there should be none; if there are any, this gives a problem."""
    if given.rows is None or given.kept is None:
        return
    lost = given.rows - given.kept - sum(problem.rows for problem in given.problems)
    if lost:
        yield said_of(
            content.name, "", f"{lost:,} of {given.rows:,} rows were not used, and why is not known", "error", lost
        )


def _by_headings(
    content: Content, sheets: Sequence[tuple[str | None, str]], candidates: Sequence[Return]
) -> Piece | None:
    cover = _cover(content)
    ids = [c.id for c in candidates if cover.get("return", c.id) == c.id]
    taken: list[Recognised] = []
    tables: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    ignored: dict[str, tuple[str, ...]] = {}
    for sheet, name in sheets:
        where = sheet or ""
        top = content.grid(sheet, HEADING_ROWS)
        matches = [m for m in match_table(top.rows(), name, ids) if not taken or m.return_id == taken[0].return_id]
        # one known word does not make a row of headings: CHILD is also a code for why a placement changed
        if all(len(m.columns) < FEW for m in matches) and (by_cells := match_cells(top, name, ids)):
            matches = [by_cells]
            problems.append(
                said_of(content.name, where, f"it has no row of headings: {_BY_CELLS} {by_cells.table}", "warning")
            )
        if not matches:
            if sheet and plain(sheet) not in _WORDS:
                message = f"sheet not used: no table of a known return; {_filled_rows(content.grid(sheet)):,} rows"
                problems.append(said_of(content.name, where, message, "note"))
            continue
        match = _the_one(content, where, matches)
        grid = content.grid(sheet)
        body = grid.slice(match.heading_row + 1)
        columns, said = _columns(body, match)
        problems += [said_of(content.name, where, one.message, one.severity) for one in said]
        frame = _numbered(columns, content.name)
        blank = _left_out(body, frame)
        rows = frame.height + blank
        if the_return(match.return_id).exported:
            frame, remarks = _as_exported(content, frame, match, grid)
            problems += [said_of(content.name, where, one.message, one.severity, one.rows) for one in remarks]
        kept = frame.height
        if match.table in tables:
            message = f"a second sheet for {match.table}: not used, {rows:,} rows"
            problems.append(said_of(content.name, where, message, "error"))
            continue
        tables[match.table] = frame
        if match.other:
            ignored[match.table] = match.other
            problems.append(said_of(content.name, where, f"columns not used: {_unknown(match)}", "note"))
        problems += _set_aside(content, where, grid, match, blank)
        taken.append(
            Recognised(
                file=content.name,
                return_id=match.return_id,
                table=match.table,
                period=cover.get("period") or year_column(grid, match, the_return(match.return_id).period_kind),
                because=match.because + (f" in sheet {sheet}" if sheet else ""),
                rows=rows,
                kept=kept,
                first_line=match.heading_row + 2,
            )
        )
    if not taken:
        return None
    # An empty sheet of a template is a table that was not submitted.
    filled = {name: frame for name, frame in tables.items() if frame.height} or tables
    part = _part(taken[0], filled)
    return Piece(
        name=content.name,
        folder=content.folder,
        taken=tuple(replace(one, part=part) for one in taken if one.table in filled),
        tables=filled,
        problems=(*_remarks(content), *problems),
        ignored=ignored,
    )


def _set_aside(content: Content, where: str, grid: pl.DataFrame, match: Match, blank: int) -> Iterator[Problem]:
    """The parts of a grid that are not used: lines above the headings, columns without a heading, rows that are empty
    in the columns used."""
    above = [n for n, row in enumerate(grid.head(max(0, match.heading_row)).rows(), 1) if sum(map(_is_filled, row)) > 1]
    if above:
        lines = ", ".join(map(str, above))
        message = f"the headings stand in line {match.heading_row + 1}; what stands above, in line {lines}, is not used"
        yield said_of(content.name, where, message, "note")
    if match.heading_row < 0:
        return
    nameless = [i for i, heading in enumerate(grid.row(match.heading_row)) if not _is_filled(heading)]
    body = grid.slice(match.heading_row + 1)
    cells = {i + 1: int(body.to_series(i).str.strip_chars().str.len_chars().gt(0).sum()) for i in nameless}
    if filled := {at: count for at, count in cells.items() if count}:
        told = ", ".join(f"column {at} ({count:,} cells)" for at, count in filled.items())
        yield said_of(content.name, where, f"cells without a heading are not used: {told}", "warning")
    if blank:
        message = f"{blank:,} rows hold nothing in the columns that are used: left out"
        yield said_of(content.name, where, message, "warning", blank)


def _is_filled(cell: str | None) -> bool:
    return bool(cell and cell.strip())


def _filled_rows(grid: pl.DataFrame) -> int:
    """Rows with a cell that is not blank."""
    if not grid.width:
        return 0
    return int(grid.select(pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).sum()).item() or 0)


def _left_out(body: pl.DataFrame, kept: pl.DataFrame) -> int:
    """Rows with content, but none in the columns that are used."""
    if kept.height == body.height:
        return 0
    return _filled_rows(body.with_row_index("row").filter(~pl.col("row").is_in(kept["row"].implode())).drop("row"))


def _the_one(content: Content, where: str, matches: Sequence[Match]) -> Match:
    first = matches[0]
    if others := sorted({m.return_id for m in matches if m.return_id != first.return_id}):
        raise SpecificationError(
            expected="headings of one return",
            found=f"headings that fit {', '.join([first.return_id, *others])} alike",
            where=f"{content.name} {where}".strip(),
            do=remedies.CHOOSE_RETURN,
        )
    if first.missing_keys:
        raise SpecificationError(
            expected=f"the column {', '.join(first.missing_keys)} in {first.table}",
            found=f"{first.because}, without it",
            where=f"{content.name} {where}".strip(),
            do="Add the column: without it no row can be told from another.",
        )
    return first


def _cover(content: Content) -> dict[str, str]:
    """The `return` and `period` on the cover sheet of our own workbooks, if there is one."""
    sheet = next((name for name in content.sheets if name == COVER), None)
    if sheet is None:
        return {}
    rows = content.grid(sheet, 40).rows()
    said = {plain(row[0]): row[1] for row in rows if len(row) > 1 and row[0] and row[1]}
    return {key: said[key].strip() for key in ("return", "period") if key in said}


def _columns(body: pl.DataFrame, match: Match) -> tuple[pl.DataFrame, list[Remark]]:
    """The columns under their spec's names, and problems for repeated columns."""
    frame = body.select(pl.nth(index).alias(name) for name, index in match.columns.items())
    said: list[Remark] = []
    for name, places in match.repeated.items():
        column, remark = one_column(name, {place: body.to_series(place) for place in places})
        frame = frame.with_columns(column.alias(name))
        said += [remark] if remark else []
    return frame, said


def _as_exported(
    content: Content, frame: pl.DataFrame, match: Match, grid: pl.DataFrame
) -> tuple[pl.DataFrame, list[Remark]]:
    """Undo the effects of an export on the table, and report them."""
    table = the_return(match.return_id).spec.union()[match.table]
    frame, remarks = corrected(frame, table, first_line=match.heading_row + 2, workbook=content.kind in ("xlsx", "ods"))
    headings = grid.row(match.heading_row) if match.heading_row >= 0 else ()
    width = max((place + 1 for place, heading in enumerate(headings) if _is_filled(heading)), default=grid.width)
    other = [f"{heading} as {name}" for name, heading in match.renamed.items()]
    known = [Remark(f"columns known by other headings: {', '.join(other)}", "note")] if other else []
    return frame, [*known, *line_remarks(content, width), *remarks]


def _unknown(match: Match) -> str:
    """The unknown headings, each with the missing column that has the most similar name."""
    lacking = {
        plain(column.name): column.name
        for column in the_return(match.return_id).spec.union()[match.table].columns
        if column.name not in match.columns
    }
    near = {heading: get_close_matches(plain(heading), lacking, n=1) for heading in match.other}
    return ", ".join(f"{heading} (is it {lacking[found[0]]}?)" if found else heading for heading, found in near.items())


def _numbered(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """With `row` first and `file` last, without rows that are wholly blank, and blanks as null."""
    cells = [name for name in frame.columns if name not in ("row", "file")]
    text = frame.select(pl.col(cells).cast(pl.String)) if cells else frame
    whole = text.with_row_index("row").with_columns(pl.lit(file).alias("file"))
    if "row" in frame.columns:
        whole = whole.with_columns(frame["row"].cast(pl.UInt32))
    if not cells:
        return whole
    # most rows have a filled first cell; only the few others need a check of all cells
    may_be = whole.filter(pl.col(cells[0]).is_null() | ~pl.col(cells[0]).str.contains(r"\S"))
    blank = pl.all_horizontal(pl.col(name).str.strip_chars().fill_null("") == "" for name in cells)
    rows = may_be.filter(blank)["row"]
    return whole.filter(~pl.col("row").is_in(rows.implode())) if rows.len() else whole


def _unrecognised(content: Content, candidates: Sequence[Return], described: str) -> UnreadableFileError:
    ids = [candidate.id for candidate in candidates]
    return UnreadableFileError(
        expected=f"a file of {' or '.join(ids) if len(ids) < 4 else 'a known return: ' + ', '.join(ids)}",
        found=described,
        where=content.name,
        do="Check that the headings stand in one of the first rows and are spelt as in the blank template.",
    )


def _described(content: Content, ids: Sequence[str]) -> str:
    """A description of an unknown file that quotes no cell, because a cell may hold a child's data."""
    if content.kind == "xml":
        return f"XML whose root is {content.xml_root.tag}"
    if content.kind in ("json", "parquet"):
        return f"a {content.kind} file of none of them"
    rows = [row for sheet in content.sheets or (None,) for row in content.grid(sheet, HEADING_ROWS).rows()]
    known = known_headings(rows, ids)
    sheets = f"sheets {', '.join(content.sheets)} with " if content.sheets else ""
    return sheets + (f"only the known headings {', '.join(known)}" if known else "no heading that is known")
