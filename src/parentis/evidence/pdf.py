"""Prints a document as tagged PDF: PDF/UA-1 and PDF/A-2a, by Typst, which refuses what breaks either.

Fonts come with the package `font-roboto` and with Typst, never from the machine: the same document gives the
same bytes.
"""

import importlib.util
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from parentis.errors import UserError
from parentis.evidence.charts import FONT
from parentis.evidence.document import Document
from parentis.evidence.printed import Image, Printed, Table, Text, Title

STANDARDS = ("ua-1", "a-2a")
AUTHOR = "Parentis"
_PRINT_FONT = "Roboto"
_LISTS = {"bullet": False, "number": True}
"Styles that are items of a list → whether it is numbered."
_LONGEST = 60
"Letters of a cell that count towards the width of its column of words."


def pdf(document: Document, blocks: Sequence[Printed]) -> bytes:
    """PDF bytes; the same document gives the same bytes."""
    import typst

    told = {
        "title": document.title,
        "author": AUTHOR,
        "description": document.subtitle,
        "mark": document.mark,
        "at": {name: getattr(document.at, name) for name in ("year", "month", "day", "hour", "minute", "second")},
        "blocks": list(_told(blocks)),
    }
    sources = {
        "main": files("parentis.evidence").joinpath("templates/pack.typ").read_bytes(),
        "document.json": json.dumps(told, ensure_ascii=False).encode(),
    }
    for block in blocks:
        if isinstance(block, Image):
            sources[_file(block)] = block.svg.replace(FONT, _PRINT_FONT).encode()
    compile_: Any = typst.compile  # its stubs do not know that it takes files by name
    compiled = compile_(
        sources, font_paths=[_fonts()], ignore_system_fonts=True, format="pdf", pdf_standards=list(STANDARDS)
    )
    return bytes(compiled)


@cache
def _fonts() -> str:
    """The folder of the fonts. The package is not imported: it lists its files on import, and says nothing else."""
    found = importlib.util.find_spec("font_roboto")
    if found is None or not found.submodule_search_locations:
        raise UserError(
            expected="the fonts of the package font-roboto",
            found="none",
            where="this environment",
            do="Install Parentis with its dependencies.",
        )
    return str(Path(next(iter(found.submodule_search_locations))) / "files")


def _file(image: Image) -> str:
    return f"charts/{image.name}.svg"


def _told(blocks: Sequence[Printed]) -> Iterator[dict[str, Any]]:
    """The blocks as data. Items that follow one another are one list."""
    for listed, group in groupby(blocks, key=lambda one: one.style if isinstance(one, Text) else ""):
        if listed in _LISTS:
            items = [asdict(one)["words"] for one in group if isinstance(one, Text)]
            yield {"kind": "list", "ordered": _LISTS[listed], "items": items}
        else:
            yield from _each(group)


def _each(blocks: Iterable[Printed]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        match block:
            case Title():
                yield {"kind": "title", **asdict(block)}
            case Text():
                yield {"kind": "text", **asdict(block)}
            case Table():
                yield {"kind": "table", **asdict(block), "widths": list(block.shares) or _widths(block)}
            case Image():
                yield {"kind": "image", "file": _file(block), "alt": block.alt}


def _widths(table: Table) -> list[int]:
    """Shares of the page's width for columns of words: by their longest cell, within bounds."""
    columns = zip(*table.rows, strict=True) if table.rows else ([] for _ in table.headings)
    return [
        max(8, len(heading), *(min(_LONGEST, sum(len(one.text) for one in cell)) for cell in column), 1)
        for heading, column in zip(table.headings, columns, strict=True)
    ]
