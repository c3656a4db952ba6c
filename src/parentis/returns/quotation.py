"""Unclosed quotation marks in delimited text.

A mark that opens a cell and is not closed takes in the following lines, up to the next mark or the end of the file,
and rows would be lost silently. Such a line is rewritten with the mark as part of its cell.
"""

import csv
import io
from collections.abc import Iterator
from itertools import islice

MOST_LINES = 50
"A file with more unclosed marks than this is not delimited text; it is read unchanged."


def mended(utf8: bytes, separator: str) -> tuple[bytes, tuple[int, ...]]:
    """The text with unclosed quotation marks made part of their cells, and the numbers (from 1) of those lines.

    The text unchanged, and no numbers, where every mark is closed.
    """
    if not any(line.count(b'"') % 2 for line in utf8.split(b"\n")):
        return utf8, ()
    lines = io.StringIO(utf8.decode(), newline="").readlines()
    strays = list(islice(_strays(lines, separator), MOST_LINES + 1))
    if not strays or len(strays) > MOST_LINES:
        return utf8, ()
    for at in strays:
        lines[at] = _rewritten(lines[at], separator)
    return "".join(lines).encode(), tuple(at + 1 for at in strays)


def _strays(lines: list[str], separator: str) -> Iterator[int]:
    """Positions of the lines with an unclosed cell that takes in the following rows."""
    width = max((len(_split(line, separator)) for line in lines[:20]), default=0)
    at = 0
    while at < len(lines):
        for start, end, closed in _records(lines, at, separator):
            at = end
            spanned = lines[start + 1 : end]
            # A cell can have several lines; but lines that all have as many cells as the headings are rows.
            rows = spanned and width > 1 and all(len(_split(line, separator)) >= width for line in spanned)
            if not closed or rows:
                yield start
                at = start + 1
                break


def _records(lines: list[str], at: int, separator: str) -> Iterator[tuple[int, int, bool]]:
    """From the line `at` on: first line of each record, the line after its last, and whether its marks are closed."""
    reader = csv.reader(iter(lines[at:]), delimiter=separator, strict=False)
    start = 0
    for _ in reader:
        end = reader.line_num
        ended = at + end == len(lines)
        closed = not ended or _closed(lines[at + start :], separator)
        yield at + start, at + end, closed
        start = end


def _closed(lines: list[str], separator: str) -> bool:
    try:
        for _ in csv.reader(iter(lines), delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return True


def _split(line: str, separator: str) -> list[str]:
    return line.rstrip("\r\n").split(separator)


def _rewritten(line: str, separator: str) -> str:
    ending = line[len(line.rstrip("\r\n")) :]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ending or "").writerow(_split(line, separator))
    return text.getvalue()
