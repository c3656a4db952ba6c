"""From files to readings: what each file was taken for, its tables as text, grouped by return and period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import polars as pl

from parentis.errors import SpecificationError, UnreadableFileError
from parentis.returns.catalogue import returns, the_return
from parentis.returns.content import Content
from parentis.returns.models import Problem, Reading, Recognised, Return, Tables
from parentis.returns.periods import period_label, year_column, year_in_name
from parentis.returns.recognition import HEADING_ROWS, Match, known_headings, match_table, plain
from parentis.returns.untrusted_files import open_files

COVER = "Cover"
"Sheet of our own workbooks that names the return and the period, in rows `Return | …` and `Period | …`."

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

    `return_id` and `period` override what the files suggest. Raises `UnreadableFileError` for a file that
    cannot be opened or when no file is of a known return, `SpecificationError` for a table without its key
    column. A file of no known return among others that are is a problem of the first reading.
    """
    return read_contents(open_files(paths), return_id=return_id, period=period)


def read_contents(
    contents: Sequence[Content], *, return_id: str | None = None, period: str | None = None
) -> list[Reading]:
    """`read`, from files that are open already."""
    candidates = [the_return(return_id)] if return_id else list(returns().values())
    label = period_label(period) if period else None
    pieces: list[_Piece] = []
    strangers: list[Content] = []
    for content in contents:
        piece = _piece(content, candidates)
        if piece:
            pieces.append(piece)
        else:
            strangers.append(content)
    if not pieces:
        raise _unrecognised(strangers[0], candidates)
    readings = _grouped(pieces, label)
    if strangers:
        aside = tuple(
            Problem(
                file=content.name,
                where="",
                message="not used: it is of no known return",
                severity="note" if plain(content.name).endswith("txt") else "warning",
            )
            for content in strangers
        )
        readings[0] = replace(readings[0], problems=readings[0].problems + aside)
    return readings


def _piece(content: Content, candidates: Sequence[Return]) -> _Piece | None:
    for candidate in candidates:
        for reader in candidate.readers:
            taken = reader.recognise(content)
            if taken:
                given = reader.read(content, taken)
                tables, problems = (given.tables, given.problems) if isinstance(given, Tables) else (given, ())
                return _Piece(
                    content=content,
                    taken=(taken,),
                    tables={name: _numbered(frame, content.name) for name, frame in tables.items()},
                    problems=problems,
                    ignored={},
                )
    if content.kind == "csv":
        return _by_headings(content, [(None, PurePosixPath(content.name).stem)], candidates)
    if content.kind in ("xlsx", "ods"):
        return _by_headings(content, [(sheet, sheet) for sheet in content.sheets], candidates)
    return None


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
        if not matches:
            if sheet and plain(sheet) not in _WORDS:
                problems.append(_said(content, where, "sheet not used: no table of a known return", "note"))
            continue
        match = _the_one(content, where, matches)
        grid = content.grid(sheet)
        frame = _numbered(_columns(grid, match), content.name)
        if match.table in tables:
            problems.append(_said(content, where, f"a second sheet for {match.table}: not used", "error"))
            continue
        tables[match.table] = frame
        if match.other:
            ignored[match.table] = match.other
            problems.append(_said(content, where, f"columns not used: {', '.join(match.other)}", "note"))
        taken.append(
            Recognised(
                file=content.name,
                return_id=match.return_id,
                table=match.table,
                period=cover.get("period") or year_column(grid, match, the_return(match.return_id).period_kind),
                because=match.because + (f" in sheet {sheet}" if sheet else ""),
            )
        )
    if not taken:
        return None
    # A sheet of a template that was left empty is a table that was not submitted.
    filled = {name: frame for name, frame in tables.items() if frame.height} or tables
    return _Piece(
        content=content,
        taken=tuple(one for one in taken if one.table in filled),
        tables=filled,
        problems=tuple(problems),
        ignored=ignored,
    )


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


def _columns(grid: pl.DataFrame, match: Match) -> pl.DataFrame:
    body = grid.slice(match.heading_row + 1)
    return body.select(pl.nth(index).alias(name) for name, index in match.columns.items())


def _numbered(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """With `row` first and `file` last, without rows that are wholly blank, and blanks as null."""
    cells = [name for name in frame.columns if name not in ("row", "file")]
    text = frame.select(pl.col(cells).cast(pl.String)) if cells else frame
    whole = text.with_row_index("row").with_columns(pl.lit(file).alias("file"))
    if "row" in frame.columns:
        whole = whole.with_columns(frame["row"].cast(pl.UInt32))
    blank = pl.all_horizontal(pl.col(name).is_null() for name in cells)
    return whole.remove(blank) if whole.select(blank.any()).item() else whole


def _grouped(pieces: Sequence[_Piece], override: str | None) -> list[Reading]:
    bundles: dict[tuple[str, ...], list[_Piece]] = {}
    for piece in pieces:
        bundles.setdefault(_bundle(piece), []).append(piece)
    dated = [(bundle, override or _period(bundle)) for bundle in bundles.values()]
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


def _period(bundle: Sequence[_Piece]) -> str | None:
    said = bundle[0].taken[0].period
    if said:
        return said
    declared = the_return(bundle[0].owner[0])
    if declared.infer_period:
        tables = {name: frame for piece in reversed(bundle) for name, frame in piece.tables.items()}
        if inferred := declared.infer_period(tables):
            return inferred
    return period_label(year_in_name(bundle[0].content.name), declared.period_kind)


def _reading(return_id: str, part: str, period: str | None, pieces: Sequence[_Piece]) -> Reading:
    tables: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    ignored: dict[str, tuple[str, ...]] = {}
    for piece in pieces:
        problems += piece.problems
        for name, frame in piece.tables.items():
            if name in tables:
                message = f"a second file for {name}: not used, as nothing is merged unasked"
                problems.append(_said(piece.content, "", message, "error"))
                continue
            tables[name] = frame
            if name in piece.ignored:
                ignored[name] = piece.ignored[name]
    complete = the_return(return_id).complete
    return Reading(
        return_id=return_id,
        part=part,
        period=period,
        tables=complete(tables) if complete else tables,
        taken=tuple(replace(taken, period=period) for piece in pieces for taken in piece.taken),
        problems=tuple(problems),
        ignored_columns=ignored,
    )


def _said(content: Content, where: str, message: str, severity: str) -> Problem:
    return Problem(file=content.name, where=where, message=message, severity=severity)  # type: ignore[arg-type]


def _unrecognised(content: Content, candidates: Sequence[Return]) -> UnreadableFileError:
    ids = [candidate.id for candidate in candidates]
    return UnreadableFileError(
        expected=f"a file of {' or '.join(ids) if len(ids) < 4 else 'a known return: ' + ', '.join(ids)}",
        found=_described(content, ids),
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
