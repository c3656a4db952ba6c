"""The methods behind a pack, whole, as its annexes: the documentation's own pages, which come with the package."""

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from parentis.errors import DeclarationError
from parentis.evidence.document import Chapter, Drawn, Paragraphs, Span, TextTable

EXAMPLES = (
    "This page describes the method. Examples in it are worked on published or made-up files, and are no figures of "
    "this pack."
)
_HEADING = re.compile(r"#+\s+(.*)")
_RULE = re.compile(r"[|\s:-]+$")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def method_chapters(names: Sequence[str]) -> tuple[Chapter, ...]:
    """A chapter for each page of methods, by its name without ending. Raises DeclarationError for an unknown one."""
    return tuple(_chapter(name) for name in names)


def _chapter(name: str) -> Chapter:
    first, *rest = _text(name).splitlines()
    title = _HEADING.sub(r"\1", first)
    blocks = (Paragraphs(spans=(Span(text=EXAMPLES),), note=True), *_blocks(name, rest))
    return Chapter(id=f"method-{name}", title=f"Method: {title}", blocks=blocks, part="annex")


def _text(name: str) -> str:
    packaged = files("parentis.evidence").joinpath(f"methods/{name}.md")
    written = Path(__file__).parents[3] / "docs" / "methods" / f"{name}.md"
    for one in (packaged, written):
        if one.is_file():
            return one.read_text(encoding="utf-8")
    raise DeclarationError(f"no page of methods is called {name!r}")


def _blocks(name: str, rows: Sequence[str]) -> Iterator[Drawn]:
    """Tables as tables, everything else as text, with headings in bold."""
    heading, number = "", 0
    for is_table, group in groupby(rows, key=lambda row: row.startswith("|")):
        held = list(group)
        if is_table and len(held) > 2:
            number += 1
            yield _table(f"method-{name}-{number}", f"{heading or name.capitalize()} ({number})", held)
            continue
        heading = next((found[1] for row in reversed(held) if (found := _HEADING.match(row))), heading)
        text = "\n".join(_HEADING.sub(r"**\1**\n", row) for row in held).strip()
        if text:
            yield Paragraphs(spans=(Span(text=_LINK.sub(r"\1", text)),))


def _table(name: str, title: str, rows: Sequence[str]) -> TextTable:
    cells = [[_plain(cell) for cell in row.strip().strip("|").split("|")] for row in rows if not _RULE.match(row)]
    headings, *body = cells
    width = len(headings)
    return TextTable(
        name=name,
        title=title,
        headings=tuple(headings),
        rows=tuple(tuple((*row, *[""] * width)[:width]) for row in body),
    )


def _plain(cell: str) -> str:
    """The cell's words: links and marks of emphasis have no place in a cell."""
    return re.sub(r"[*`]", "", _LINK.sub(r"\1", cell)).strip()
