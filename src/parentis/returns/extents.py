"""Limits on the extent of a file, checked before a reader allocates memory for what the file declares.

A workbook of a kilobyte may hold one cell in its last corner, or declare a row to be repeated a million times; the
libraries that read it allocate memory for all of that at once. A file refused here gets its own error message. A file
with a false extent is stopped by the memory limit of `isolation`.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence

import polars as pl

from parentis.errors import UnreadableFileError

MAX_COLUMNS = 16_384
"The number of columns in Excel. The widest published file has 500."
MAX_CELLS = 32_000_000
"Cells of one sheet, including blank cells between filled ones: three million rows of ten."
MAX_CELL_CHARACTERS = 131_072
"Four times the limit of an Excel cell; also the limit of Python's CSV reader."
SMALL_CELLS = 1_000_000
"A sheet up to this extent is safe, however few of its cells are filled."

PLAIN_BYTES = 64 * 1024**2
PLAIN_XML_BYTES = 8 * 1024**2
PLAIN_CELLS = 8_000_000
LONGEST_PLAIN_LINE = 64 * 1024
_BINARY = (b"PK", b"PAR1", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff", b"{", b"[")

_DIMENSION = re.compile(rb'<dimension\s+ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')
_FILLED_CELL = re.compile(rb'<c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>/]*>\s*<(?:v|is|f)\b')
_REPEATED_ROW = re.compile(rb'<table:table-row\b[^>]*number-rows-repeated="(\d+)"[^>]*?(/?)>')
_REPEATED_CELL = re.compile(rb'<table:(?:covered-)?table-cell\b[^>]*number-columns-repeated="(\d+)"[^>]*?(/?)>')
_SPACES = re.compile(rb'<text:s\b[^>]*text:c="(\d+)"')
_ROW_END = b"</table:table-row>"
_HEAD_BYTES = 64 * 1024


def is_plain(raw: bytes) -> bool:
    """Whether these bytes are text that is safe to read in this process: small, with short lines and few cells, or
    small XML.

    Takes a few milliseconds for a return of 10,000 children.
    """
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start or start.startswith(_BINARY) or b"\0" in raw[:4096] or len(raw) > PLAIN_BYTES:
        return False
    if start.startswith(b"<"):
        return len(raw) <= PLAIN_XML_BYTES
    separators = sum(raw.count(mark) for mark in (b",", b";", b"\t", b"\n"))
    return separators <= PLAIN_CELLS and _has_short_lines(raw)


def _has_short_lines(raw: bytes) -> bool:
    at = 0
    while len(raw) - at > LONGEST_PLAIN_LINE:
        at = raw.rfind(b"\n", at, at + LONGEST_PLAIN_LINE) + 1
        if at == 0:
            return False
    return True


def check_workbook(name: str, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    """Raises UnreadableFileError for a workbook (XLSX or ODS) whose cells are too far apart or repeated too often."""
    for member in members:
        if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
            _check_xlsx_sheet(name, archive, member)
        elif member.filename == "content.xml":
            _check_ods(name, archive.read(member))


def check_grid(name: str, rows: int, columns: int) -> None:
    """Raises UnreadableFileError for a table with more columns or cells than any return has."""
    if columns > MAX_COLUMNS:
        raise too_far(name, f"{columns:,} columns")
    if rows * columns > MAX_CELLS:
        raise too_far(name, f"{rows:,} rows of {columns:,} columns")


def check_cells(name: str, grid: pl.DataFrame) -> pl.DataFrame:
    """The grid of text, after a check that none of its cells is too long."""
    check_grid(name, grid.height, grid.width)
    if grid.width and grid.height:
        longest = grid.select(pl.max_horizontal(pl.all().str.len_bytes().max()).fill_null(0)).item()
        if longest > 4 * MAX_CELL_CHARACTERS:
            raise too_far(name, f"a cell of {longest:,} bytes")
    return grid


def too_far(name: str, found: str) -> UnreadableFileError:
    """The error for a file that is larger in extent than any return."""
    return UnreadableFileError(
        expected=f"at most {MAX_COLUMNS:,} columns, {MAX_CELLS:,} cells, {MAX_CELL_CHARACTERS:,} characters in a cell",
        found=found,
        where=name,
        do="Delete what stands beside and below the table (Ctrl+End shows it), save it, and give that copy.",
    )


def _check_xlsx_sheet(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as file:
        declared = _DIMENSION.search(file.read(_HEAD_BYTES))
    if declared and _box([declared.group(1, 2), declared.group(3, 4)]) <= max(SMALL_CELLS, member.file_size):
        return
    # Formatting extends far in many harmless workbooks, so only filled cells count.
    corners = [found.group(1, 2) for found in _FILLED_CELL.finditer(archive.read(member))]
    if not corners:
        return
    cells = _box(corners)
    if cells > max(SMALL_CELLS, min(MAX_CELLS, member.file_size)):
        raise too_far(name, f"cells so far apart that there are {cells:,} between them")


def _box(corners: Sequence[tuple[bytes | None, ...]]) -> int:
    """Cells of the smallest rectangle that holds these (letters, row number)."""
    known = [(_column(letters), int(row)) for letters, row in corners if letters and row]
    width, height = (max(axis) - min(axis) + 1 for axis in zip(*known, strict=True))
    return width * height


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_ods(name: str, content: bytes) -> None:
    if sum(int(found.group(1)) for found in _SPACES.finditer(content)) > MAX_CELL_CHARACTERS:
        raise too_far(name, "a run of spaces longer than a cell may be")
    cells = sum(_cells_of_row(content, found) for found in _REPEATED_ROW.finditer(content))
    cells += sum(int(found.group(1)) for found in _filled_repeats(content))
    if cells > max(SMALL_CELLS, min(MAX_CELLS, len(content))):
        raise too_far(name, f"rows that are repeated to {cells:,} cells")


def _cells_of_row(content: bytes, row: re.Match[bytes]) -> int:
    """The number of cells of a repeated row; none for an empty row."""
    if row.group(2):
        return 0
    own = content[row.end() : content.find(_ROW_END, row.end())]
    if b"office:value" not in own and b"<text:" not in own:
        return 0
    repeated = sum(int(found.group(1)) for found in _filled_repeats(own))
    return int(row.group(1)) * (own.count(b"<table:table-cell") + repeated)


def _filled_repeats(content: bytes) -> Iterator[re.Match[bytes]]:
    """Repeated cells with content. Empty ones fill the rest of most rows, and readers allocate no memory for them."""
    return (
        found for found in _REPEATED_CELL.finditer(content) if not found.group(2) or b"office:value" in found.group()
    )
