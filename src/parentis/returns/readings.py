"""From files to readings: what each file was taken for, its tables as text, grouped by return and period."""

import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import polars as pl

from parentis.errors import SpecificationError, UnreadableFileError, UserError
from parentis.returns.catalogue import returns, the_return
from parentis.returns.content import Content
from parentis.returns.corrections import Remark, corrected, one_column
from parentis.returns.cut_files import line_remarks
from parentis.returns.identity import identity
from parentis.returns.isolation import RawFile, gather_apart, stays_here
from parentis.returns.models import Gathered, Problem, Reader, Reading, Recognised, Return, Tables, Unused
from parentis.returns.periods import period_label, year_column, year_in_name
from parentis.returns.problems import Severity
from parentis.returns.recognition import HEADING_ROWS, Match, known_headings, match_cells, match_table, plain
from parentis.returns.split_tables import joined
from parentis.returns.untrusted_files import HOLDS_NO_DATA, Unopened, open_parts, raw_files
from parentis.returns.years_apart import years_of

log = logging.getLogger(__name__)

COVER = "Cover"
"Sheet of our own workbooks that names the return and the period, in rows `Return | …` and `Period | …`."

FEW = 2
_BY_CELLS = "its columns were taken by their place, as their cells fit those of"

_WORDS = ("cover", "notes", "codes")
"Sheets that hold no data, by anybody's name for them."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What one file gave."""

    content: Content
    taken: tuple[Recognised, ...]
    tables: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...] = ()
    ignored: Mapping[str, tuple[str, ...]]

    @property
    def owner(self) -> tuple[str, str]:
        return self.taken[0].return_id, self.taken[0].part


def read(paths: Iterable[Path | str], *, return_id: str | None = None, period: str | None = None) -> list[Reading]:
    """Read files, folders and zips: one `Reading` for each return, part and period found in them.

    `return_id` and `period` override what the files suggest. A file that cannot be opened, is of no known return or
    breaks its spec so far that no row can be read is a problem of the first reading, and the others stand; where
    there is no other, its `UnreadableFileError` or `SpecificationError` is raised.
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
    """`read`, from files that are open already."""
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
    """What files hold. Of what somebody `sent`, plain text is read here and everything else in a process of its own
    (`isolation`); what we wrote ourselves is read here. Raises for none of them."""
    given = [file for file in files if isinstance(file, RawFile)]
    if sent and given and not stays_here(given):
        missing = [_unopened(file) for file in files if isinstance(file, Unopened)]
        found = gather_apart(given, return_id=return_id, period=period)
        return replace(found, unused=(*found.unused, *missing))
    opened = [
        one
        for file in files
        for one in ([file] if isinstance(file, Unopened) else open_parts(file.name, file.raw, file.folder))
    ]
    members = {content.name: content.raw for content in opened if isinstance(content, Content)}
    return replace(gather_readings(opened, return_id=return_id, period=period), members=members)


def gather_readings(
    contents: Sequence[Content | Unopened], *, return_id: str | None = None, period: str | None = None
) -> Gathered:
    """`read_contents`, with the files of which nothing was used kept apart. Raises for none of them."""
    candidates = [the_return(return_id)] if return_id else list(returns().values())
    label = period_label(period) if period else None
    pieces: list[_Piece] = []
    unused: list[Unused] = []
    for content in contents:
        match _attempted(content, candidates):
            case Unused() as one:
                unused.append(one)
            case piece:
                pieces.append(piece)
    return Gathered(readings=tuple(_grouped(pieces, label)), unused=tuple(unused))


def _attempted(content: Content | Unopened, candidates: Sequence[Return]) -> _Piece | Unused:
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
        # A fault of a reader or its library with one file: the files beside it stand. Where it happened goes on
        # record, but not what the error says, which may be a cell.
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
    why = f"{error.found}; expected {error.expected}. {error.do}"
    return Unused(file=file, error=error, severity=severity, why=why)


def _beyond_us(content: Content, error: BaseException) -> UnreadableFileError:
    return UnreadableFileError(
        expected=f"a {content.kind} file whose cells can be told apart",
        found=f"one on which the reader failed ({type(error).__name__})",
        where=content.name,
        do="Open it, save it again as CSV UTF-8 or XLSX, and try that copy; if it fails too, tell us.",
    )


def _piece(content: Content, candidates: Sequence[Return]) -> _Piece | None:
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


def _by_reader(content: Content, taken: Recognised, reader: Reader) -> _Piece:
    given = reader.read(content, taken)
    if not isinstance(given, Tables):
        given = Tables(tables=given)
    tables = {name: _numbered(frame, content.name) for name, frame in given.tables.items()}
    return _Piece(
        content=content,
        taken=(replace(taken, part=_part(taken, tables, given.words), rows=given.rows, kept=given.kept),),
        tables=tables,
        problems=(*_remarks(content), *given.problems, *_unaccounted(content, given)),
        ignored={},
    )


def _part(taken: Recognised, tables: Mapping[str, pl.DataFrame], words: str = "") -> str:
    """Which data set it is, by what it holds, where the return's tables say what that is told by."""
    declared = the_return(taken.return_id).spec.union()
    told = {name: declared[name] for name in tables if name in declared and declared[name].identity}
    return identity(words or taken.part, tables, told) if told else taken.part


def _remarks(content: Content) -> tuple[Problem, ...]:
    return tuple(_said(content, "", note, "warning") for note in content.notes)


def _unaccounted(content: Content, given: Tables) -> Iterator[Problem]:
    """Rows that a reader neither kept nor named: there should be none, and if there are, that is said."""
    if given.rows is None or given.kept is None:
        return
    lost = given.rows - given.kept - sum(problem.rows for problem in given.problems)
    if lost:
        yield _said(content, "", f"{lost:,} of {given.rows:,} rows were not used, and why is not known", "error", lost)


def _by_headings(
    content: Content, sheets: Sequence[tuple[str | None, str]], candidates: Sequence[Return]
) -> _Piece | None:
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
        # one known word is no row of headings: CHILD is also a code for why a placement changed
        if all(len(m.columns) < FEW for m in matches) and (by_cells := match_cells(top, name, ids)):
            matches = [by_cells]
            problems.append(
                _said(content, where, f"it has no row of headings: {_BY_CELLS} {by_cells.table}", "warning")
            )
        if not matches:
            if sheet and plain(sheet) not in _WORDS:
                message = f"sheet not used: no table of a known return; {_filled_rows(content.grid(sheet)):,} rows"
                problems.append(_said(content, where, message, "note"))
            continue
        match = _the_one(content, where, matches)
        grid = content.grid(sheet)
        body = grid.slice(match.heading_row + 1)
        columns, said = _columns(body, match)
        problems += [_said(content, where, message, "error") for message in said]
        frame = _numbered(columns, content.name)
        blank = _left_out(body, frame)
        rows = frame.height + blank
        if the_return(match.return_id).exported:
            frame, remarks = _as_exported(content, frame, match, grid)
            problems += [_said(content, where, one.message, one.severity, one.rows) for one in remarks]
        kept = frame.height
        if match.table in tables:
            message = f"a second sheet for {match.table}: not used, {rows:,} rows"
            problems.append(_said(content, where, message, "error"))
            continue
        tables[match.table] = frame
        if match.other:
            ignored[match.table] = match.other
            problems.append(_said(content, where, f"columns not used: {_unknown(match)}", "note"))
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
    # A sheet of a template that was left empty is a table that was not submitted.
    filled = {name: frame for name, frame in tables.items() if frame.height} or tables
    part = _part(taken[0], filled)
    return _Piece(
        content=content,
        taken=tuple(replace(one, part=part) for one in taken if one.table in filled),
        tables=filled,
        problems=(*_remarks(content), *problems),
        ignored=ignored,
    )


def _set_aside(content: Content, where: str, grid: pl.DataFrame, match: Match, blank: int) -> Iterator[Problem]:
    """What of a grid is in no used row and column: lines above the headings, columns without one, rows that hold
    nothing in the columns used."""
    above = [n for n, row in enumerate(grid.head(max(0, match.heading_row)).rows(), 1) if sum(map(_is_filled, row)) > 1]
    if above:
        lines = ", ".join(map(str, above))
        message = f"the headings stand in line {match.heading_row + 1}; what stands above, in line {lines}, is not used"
        yield _said(content, where, message, "note")
    if match.heading_row < 0:
        return
    nameless = [i for i, heading in enumerate(grid.row(match.heading_row)) if not _is_filled(heading)]
    body = grid.slice(match.heading_row + 1)
    cells = {i + 1: int(body.to_series(i).str.strip_chars().str.len_chars().gt(0).sum()) for i in nameless}
    if filled := {at: count for at, count in cells.items() if count}:
        told = ", ".join(f"column {at} ({count:,} cells)" for at, count in filled.items())
        yield _said(content, where, f"cells without a heading are not used: {told}", "warning")
    if blank:
        message = f"{blank:,} rows hold nothing in the columns that are used: left out"
        yield _said(content, where, message, "warning", blank)


def _is_filled(cell: str | None) -> bool:
    return bool(cell and cell.strip())


def _filled_rows(grid: pl.DataFrame) -> int:
    """Rows in which some cell holds more than spaces."""
    if not grid.width:
        return 0
    return int(grid.select(pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).sum()).item() or 0)


def _left_out(body: pl.DataFrame, kept: pl.DataFrame) -> int:
    """Rows that hold something, but nothing in the columns that are used."""
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
            do="Say which with --return, or put it in the file's name.",
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
    """What the cover sheet of our own workbooks says: `return` and `period`, if there is one."""
    sheet = next((name for name in content.sheets if name == COVER), None)
    if sheet is None:
        return {}
    rows = content.grid(sheet, 40).rows()
    said = {plain(row[0]): row[1] for row in rows if len(row) > 1 and row[0] and row[1]}
    return {key: said[key].strip() for key in ("return", "period") if key in said}


def _columns(body: pl.DataFrame, match: Match) -> tuple[pl.DataFrame, list[str]]:
    """The columns under their spec's names, and what to say of one that is there twice."""
    frame = body.select(pl.nth(index).alias(name) for name, index in match.columns.items())
    said = []
    for name, places in match.repeated.items():
        column, differ = one_column(name, {place: body.to_series(place) for place in places})
        frame = frame.with_columns(column.alias(name))
        said += [differ] if differ else []
    return frame, said


def _as_exported(
    content: Content, frame: pl.DataFrame, match: Match, grid: pl.DataFrame
) -> tuple[pl.DataFrame, list[Remark]]:
    """What an export did to the table is undone, and said."""
    table = the_return(match.return_id).spec.union()[match.table]
    frame, remarks = corrected(frame, table, first_line=match.heading_row + 2, workbook=content.kind in ("xlsx", "ods"))
    headings = grid.row(match.heading_row) if match.heading_row >= 0 else ()
    width = max((place + 1 for place, heading in enumerate(headings) if _is_filled(heading)), default=grid.width)
    other = [f"{heading} as {name}" for name, heading in match.renamed.items()]
    known = [Remark(f"columns known by other headings: {', '.join(other)}", "note")] if other else []
    return frame, [*known, *line_remarks(content, width), *remarks]


def _unknown(match: Match) -> str:
    """The headings that nobody knows, each with the lacking column that it is nearly called."""
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
    # most rows are known to be filled by their first cell: the others are few enough to be looked at whole
    may_be = whole.filter(pl.col(cells[0]).is_null() | ~pl.col(cells[0]).str.contains(r"\S"))
    blank = pl.all_horizontal(pl.col(name).str.strip_chars().fill_null("") == "" for name in cells)
    rows = may_be.filter(blank)["row"]
    return whole.filter(~pl.col("row").is_in(rows.implode())) if rows.len() else whole


def _grouped(pieces: Sequence[_Piece], override: str | None) -> list[Reading]:
    bundles: dict[tuple[str, ...], list[_Piece]] = {}
    for piece in pieces:
        bundles.setdefault(_bundle(piece), []).append(piece)
    apart = [group for bundle in bundles.values() for group in _years_apart(bundle)]
    dated = [_dated(bundle) for bundle in apart]
    if override:
        dated = _overridden(dated, override)
    known = {(bundle[0].owner, period) for bundle, period in dated if period}
    gathered: dict[tuple[str, str, str | None], list[_Piece]] = {}
    for bundle, period in dated:
        owner = bundle[0].owner
        # Files that do not say their year are of the only year there is, wherever they lie.
        others = [year for other, year in known if other == owner]
        whose = period or (others[0] if len(others) == 1 else None)
        gathered.setdefault((*owner, whose), []).extend(bundle)
    return [_reading(*key, group) for key, group in gathered.items()]


def _bundle(piece: _Piece) -> tuple[str, ...]:
    """Files of one return lie together and name the same year; a file with several tables stands alone."""
    alone = piece.content.name if len(piece.tables) > 1 else ""
    said = piece.taken[0].period or year_in_name(piece.content.name)
    within = str(PurePosixPath(piece.content.name).parent)
    return (*piece.owner, piece.content.folder, within, alone, said)


def _dated(bundle: list[_Piece]) -> tuple[list[_Piece], str | None]:
    """The files with the period they are of: what they say of themselves, else what their name says, with a note."""
    first, *others = bundle
    declared = the_return(first.owner[0])
    inside = first.taken[0].period
    if inside is None and declared.infer_period is not None:
        inside = declared.infer_period(
            {name: frame for piece in reversed(bundle) for name, frame in piece.tables.items()}
        )
    if inside is not None:
        return bundle, inside
    named = period_label(year_in_name(first.content.name), declared.period_kind)
    if named is None:
        return bundle, None
    note = _said(first.content, "", f"nothing in it says its period: {named} is taken from its name", "note")
    return [replace(first, problems=(*first.problems, note)), *others], named


def _years_apart(bundle: list[_Piece]) -> list[list[_Piece]]:
    """The files of a folder by the year they are of, where one table is there for several; said to be so."""
    declared = the_return(bundle[0].owner[0])
    if not declared.exported or declared.infer_period is None or len(bundle) == 1:
        return [bundle]
    key = next(column.name for table in declared.spec.tables for column in table.columns if column.key)
    years = years_of([piece.tables for piece in bundle], declared.infer_period, key)
    if years is None:
        return [bundle]
    newest = max(year for year in years if year)
    groups: dict[str, list[_Piece]] = {}
    for piece, year in zip(bundle, years, strict=True):
        message = (
            f"files of several years lie together ({', '.join(sorted({y for y in years if y}))}), each checked apart"
        )
        said = f"{message}; this one does not say its year and was taken for {newest}" if year is None else message
        problem = _said(piece.content, "", f"{said}. Give each year a folder of its own", "error")
        groups.setdefault(year or newest, []).append(replace(piece, problems=(*piece.problems, problem)))
    return list(groups.values())


def _overridden(dated: list[tuple[list[_Piece], str | None]], period: str) -> list[tuple[list[_Piece], str | None]]:
    """All files are of the period given; but where some are by their dates, exported files of another year are not."""
    own = {(bundle[0].owner, said) for bundle, said in dated}
    return [
        (bundle, said)
        if said and the_return(bundle[0].owner[0]).exported and (bundle[0].owner, period) in own
        else (bundle, period)
        for bundle, said in dated
    ]


def _reading(return_id: str, part: str, period: str | None, pieces: Sequence[_Piece]) -> Reading:
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
                # A published row becomes several of the table: what is lost is counted in rows of the file.
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
    piece: _Piece, name: str, first: pl.DataFrame, taken: Recognised
) -> tuple[pl.DataFrame, Recognised, Problem]:
    """The table with the rows of one more file of it, and what to say of them."""
    frame = piece.tables[name]
    file = first["file"][0] if first.height else "another file"
    both = joined(first, frame, the_return(taken.return_id).spec.union()[name])
    if both.clash:
        message = (
            f"a second file for {name}, beside {file}, and {both.clash}. Its {frame.height:,} rows are not used: "
            "give only the one that is right"
        )
        return first, replace(taken, kept=0), _said(piece.content, "", message, "error", frame.height)
    new = both.frame.height - first.height
    again = f"; {both.repeated:,} rows are there too and were used once" if both.repeated else ""
    message = f"{name} came in several files: {new:,} rows were put below those of {file}{again}"
    start = int(both.frame["row"][first.height]) - int(frame["row"][0]) if new else 0
    counted = replace(taken, kept=new, first_row=start)
    return both.frame, counted, _said(piece.content, "", message, "warning", both.repeated)


def _second(piece: _Piece, name: str, frame: pl.DataFrame, first: pl.DataFrame, rows: int) -> Problem:
    file = first["file"][0] if first.height else "another file"
    if frame.drop("file").equals(first.drop("file")):
        message = f"the same {rows:,} rows of {name} as in {file}: used once"
        return _said(piece.content, "", message, "note", rows)
    message = f"a second file for {name}, beside {file}: its {rows:,} rows are not used, as nothing is merged unasked"
    return _said(piece.content, "", message, "error", rows)


def _said(content: Content, where: str, message: str, severity: Severity, rows: int = 0) -> Problem:
    return Problem(file=content.name, where=where, message=message, severity=severity, rows=rows)


def _unrecognised(content: Content, candidates: Sequence[Return], described: str) -> UnreadableFileError:
    ids = [candidate.id for candidate in candidates]
    return UnreadableFileError(
        expected=f"a file of {' or '.join(ids) if len(ids) < 4 else 'a known return: ' + ', '.join(ids)}",
        found=described,
        where=content.name,
        do="Check that the headings stand in one of the first rows and are spelt as in the blank template.",
    )


def _described(content: Content, ids: Sequence[str]) -> str:
    """What an unknown file looks like, without repeating a cell that might be a child's."""
    if content.kind == "xml":
        return f"XML whose root is {content.xml_root.tag}"
    if content.kind in ("json", "parquet"):
        return f"a {content.kind} file of none of them"
    rows = [row for sheet in content.sheets or (None,) for row in content.grid(sheet, HEADING_ROWS).rows()]
    known = known_headings(rows, ids)
    sheets = f"sheets {', '.join(content.sheets)} with " if content.sheets else ""
    return sheets + (f"only the known headings {', '.join(known)}" if known else "no heading that is known")
