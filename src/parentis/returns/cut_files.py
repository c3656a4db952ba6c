"""Text files in which some lines have fewer or more cells than the headings: cut off, or with an extra comma."""

import csv
import io
from collections.abc import Iterator

from parentis.returns.content import Content, separator_of
from parentis.returns.corrections import Remark

_QUOTE = b'"'
LISTED = 5


def line_remarks(content: Content, width: int) -> Iterator[Remark]:
    """Remarks on lines that are shorter or longer than `width` cells; most files have none."""
    if content.kind != "csv" or width < 2:
        return
    body = content.utf8.strip(b"\r\n")
    separator = separator_of(body)
    lines = body.count(b"\n") + 1
    if body.count(separator.encode()) == lines * (width - 1) and _QUOTE not in body:
        return
    short: list[int] = []
    long: list[int] = []
    last = 0
    for cells in csv.reader(io.StringIO(body.decode(), newline=""), delimiter=separator):
        last += 1
        if cells and len(cells) < width and any(cells):
            short.append(last)
        elif len(cells) > width and any(cells[width:]):
            long.append(last)
    cut = bool(short) and short[-1] == last and not content.utf8.endswith((b"\n", b"\r"))
    if cut:
        short.pop()
        yield Remark(f"the file ends in the middle of line {last}: it was cut off, export it again", "error")
    if long:
        what = f"{_lines(long)} more cells than there are headings: a comma in a cell without quotation marks, perhaps"
        yield Remark(what, "error")
    if short:
        yield Remark(
            f"{_lines(short)} fewer cells than there are headings: what is lacking was read as blank", "warning"
        )


def _lines(lines: list[int]) -> str:
    named = ", ".join(map(str, lines[:LISTED])) + (" …" if len(lines) > LISTED else "")
    return f"line {named} has" if len(lines) == 1 else f"{len(lines):,} lines ({named}) have"
