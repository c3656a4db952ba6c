"""The content of one file that was opened safely: text, sheets, an XML tree or a data set.

`untrusted_files` decides which files are refused, and `recognition` decides what a file means.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal
from xml.etree.ElementTree import Element

import polars as pl

from parentis.errors import UnreadableFileError
from parentis.returns.extents import MAX_CELL_CHARACTERS, check_cells, check_grid, too_far

if TYPE_CHECKING:
    import fastexcel

FileKind = Literal["csv", "xlsx", "ods", "xml", "parquet", "json"]

TABULAR: tuple[FileKind, ...] = ("csv", "xlsx", "ods")
"Kinds of file that have cells."

HEAD_ROWS = 50
"A request for at most this many rows is quick, and its result is cached."

_HEAD_BYTES = 1 << 18
"Enough for the first `HEAD_ROWS` lines of any file with fewer than about a hundred columns."


@dataclass(frozen=True, kw_only=True)
class Content:
    """One file, or one member of a zip. `csv` is any delimited text, `xlsx` any Excel workbook, old `.xls` too."""

    name: str
    "The file's name; for a member of a zip `archive.zip/member.csv`."
    folder: str = ""
    "The folder or archive that held the file: the files of one return are together."
    kind: FileKind
    raw: bytes
    utf8: bytes = b""
    "A text file's content in UTF-8 without BOM; empty for other kinds."
    notes: tuple[str, ...] = ()
    "Sentences that say what was changed in the bytes to make them readable."

    @classmethod
    def of_grids(cls, grids: Mapping[str | None, pl.DataFrame], **about: Any) -> "Content":
        """A table whose grids (by sheet; None for delimited text) were read in another process. `about` holds its
        fields."""
        content = cls(**about)
        sheets = tuple(sheet for sheet in grids if sheet is not None)
        whole = {(sheet, True): grid for sheet, grid in grids.items()}
        if sheets:
            whole[None, True] = grids[sheets[0]]
        content.__dict__.update(sheets=sheets, _grids=whole)  # where cached properties store their values
        return content

    @cached_property
    def text(self) -> str:
        """The whole of a text file (csv, xml, json)."""
        return self.utf8.decode()

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Names of a workbook's sheets in order; empty for other kinds."""
        return tuple(self._workbook.sheet_names) if self.kind in ("xlsx", "ods") else ()

    def grid(self, sheet: str | None = None, rows: int | None = None) -> pl.DataFrame:
        """Every cell as text (`pl.String`, null where empty), headings among the rows, columns `column_1` on.

        `sheet` is by default the first; `rows` reads no more than the first so many. Empty rows and columns before
        the first filled cell of a sheet are left out. Numbers in a workbook come without a trailing `.0`, dates as
        `YYYY-MM-DD`, followed by the time if the cell has one. A file of any other kind has an empty grid, so no
        reader of grids recognises it.
        """
        if rows is not None and rows > HEAD_ROWS:
            return self._grid(sheet, rows)
        key = (sheet, rows is None or (sheet, True) in self._grids)
        if key not in self._grids:
            self._grids[key] = self._grid(sheet, None if rows is None else HEAD_ROWS)
        return self._grids[key] if rows is None else self._grids[key].head(rows)

    @cached_property
    def _grids(self) -> dict[tuple[str | None, bool], pl.DataFrame]:
        """Grids by sheet and by whether they are complete. They are cached because every reader looks at them."""
        return {}

    def _grid(self, sheet: str | None, rows: int | None) -> pl.DataFrame:
        if self.kind == "csv":
            return check_cells(self.name, _delimited(self.name, self.utf8, rows))
        if self.kind in ("xlsx", "ods"):
            grid = self._sheet_grid(self.sheets[0] if sheet is None else sheet, rows)
            return check_cells(f"{self.name}, sheet {sheet}" if sheet else self.name, grid)
        return pl.DataFrame()

    @cached_property
    def parquet(self) -> pl.DataFrame:
        """A Parquet file's table, with its own types."""
        try:
            return pl.read_parquet(io.BytesIO(self.raw))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise broken(self.name, "a whole Parquet file") from error

    @cached_property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise broken(self.name, "well-formed JSON") from error

    @cached_property
    def xml_root(self) -> Element:
        """The tree of an XML file, which must have no DTD and no entities."""
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring

        try:
            root: Element = fromstring(self.raw, forbid_dtd=True)
        except DefusedXmlException as error:
            raise UnreadableFileError(
                expected="XML without a document type definition or entities",
                found="a file that declares them",
                where=self.name,
                do="Export the return again from the case system; such files can be made to attack the reader.",
            ) from error
        except (ParseError, ValueError, LookupError) as error:
            line = getattr(error, "position", (None,))[0]
            raise broken(self.name, "well-formed XML", f"a mistake in line {line}" if line else None) from error
        return root

    @cached_property
    def _workbook(self) -> "fastexcel.ExcelReader":
        import fastexcel

        try:
            return fastexcel.read_excel(self.raw)
        except (fastexcel.FastExcelError, ValueError) as error:
            raise broken(self.name, "a whole workbook") from error

    def _sheet_grid(self, sheet: str, rows: int | None) -> pl.DataFrame:
        import fastexcel

        try:
            loaded = self._workbook.load_sheet(sheet, header_row=None, dtypes="string", n_rows=rows)
            batch, failed = loaded.to_arrow_with_errors()
        except (fastexcel.FastExcelError, ValueError) as error:
            raise broken(f"{self.name}, sheet {sheet}", "a sheet that can be read") from error
        frame = pl.from_arrow(batch)
        if not isinstance(frame, pl.DataFrame):
            raise TypeError("an Arrow batch is always a frame")
        if failed is not None:
            frame = _with_errors(frame, [(error.position, error.detail) for error in failed.errors])
        return _named(frame).select(pl.when(pl.all() != "").then(pl.all()))


ERROR_CELLS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
"The reader's name of a formula error → the text that a workbook shows."


def _with_errors(frame: pl.DataFrame, failed: list[tuple[tuple[int, int], str]]) -> pl.DataFrame:
    """Put the workbook's error text into cells in which a formula failed: the reader gives a blank, which would hide
    the error."""
    by_column: dict[int, dict[int, str]] = {}
    for (row, column), detail in failed:
        if found := re.search(r"Error\((\w+)\)", detail):
            by_column.setdefault(column, {})[row] = ERROR_CELLS.get(found[1], "#ERROR!")
    return frame.with_columns(
        frame.to_series(column).scatter(list(cells), list(cells.values())) for column, cells in by_column.items()
    )


def broken(where: str, expected: str, found: str | None = None) -> UnreadableFileError:
    """The sentence for a file that is damaged or cut short."""
    return UnreadableFileError(
        expected=expected,
        found=found or "a damaged or incomplete one",
        where=where,
        do="Open it in the program that made it, save it again, and try that copy.",
    )


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({name: f"column_{i}" for i, name in enumerate(frame.columns, 1)})


def _delimited(name: str, utf8: bytes, rows: int | None) -> pl.DataFrame:
    if rows is not None and len(utf8) > _HEAD_BYTES:
        head = utf8[:_HEAD_BYTES].rpartition(b"\n")[0]
        found = _delimited(name, head, rows) if head.count(b"\n") > rows else None
        if found is not None and found.height == rows:
            return found
    body = utf8.strip(b"\r\n")
    if b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    separator = separator_of(body)
    check_grid(name, 1, body.partition(b"\n")[0].count(separator.encode()) + 1)
    if b"\n\n" not in body and b"\n\r\n" not in body:
        try:
            frame = pl.read_csv(body, has_header=False, infer_schema=False, separator=separator, n_rows=rows)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            pass  # lines of unequal length, as below a title: use the slower reader below
        else:
            return _named(frame).select(pl.when(pl.all() != "").then(pl.all()))
    return _ragged(name, body, separator, rows)


def separator_of(body: bytes) -> str:
    """Comma, unless the first line has none and has tabs (Excel's Unicode text) or semicolons."""
    first = body.partition(b"\n")[0]
    return next((mark for mark in (",", "\t", ";") if mark.encode() in first), ",")


def _ragged(name: str, body: bytes, separator: str, rows: int | None) -> pl.DataFrame:
    """Lines of unequal length, padded to the longest; blank lines left out."""
    reader = csv.reader(io.StringIO(body.decode(), newline=""), delimiter=separator)
    try:
        lines = list(islice((line for line in reader if line), rows))
    except csv.Error:  # the only error that the `csv` module raises
        raise too_far(name, f"a cell of more than {MAX_CELL_CHARACTERS:,} characters") from None
    width = max(map(len, lines), default=0)
    check_grid(name, len(lines), width)
    columns = zip(*((cell or None for cell in line + [""] * (width - len(line))) for line in lines), strict=True)
    return pl.DataFrame(
        [pl.Series(f"column_{i}", column, pl.String()) for i, column in enumerate(columns, 1)],
    )
