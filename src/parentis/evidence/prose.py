"""The text of paragraphs, parsed once: paragraphs and list items as runs of plain text, emphasis and figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

from parentis.evidence.document import Paragraphs, Span
from parentis.evidence.figure_lookup import Cell

# A private-use character marks where a figure stands while the prose goes through Markdown.
_MARK = "\ue000"
Kind: TypeAlias = Literal["text", "bullet", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of a line in one style; `cell` is the figure that the text states."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""
    "An address on the web; nothing else is a link."
    cell: Cell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph, or an item of a list."""

    kind: Kind
    runs: tuple[Run, ...]


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def lines(block: Paragraphs) -> tuple[Line, ...]:
    """The block's paragraphs and list items, in order. Raw HTML is text."""
    text = "".join(span.text if span.cell is None else _MARK for span in block.spans)
    figures = iter([span for span in block.spans if span.cell is not None])
    found: list[Line] = []
    lists: list[Kind] = []
    for token in _markdown().parse(text):
        match token.type:
            case "bullet_list_open":
                lists.append("bullet")
            case "ordered_list_open":
                lists.append("number")
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "inline":
                kind: Kind = lists[-1] if lists else "text"
                found.append(Line(kind=kind, runs=tuple(_runs(token.children or [], figures))))
            case "code_block" | "fence":
                found.append(Line(kind="text", runs=(Run(text=token.content, code=True),)))
    return tuple(found)


def _runs(tokens: Iterable[Token], figures: Iterator[Span]) -> Iterator[Run]:
    style = Run(text="")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.nesting == 1)
            case "em_open" | "em_close":
                style = replace(style, italic=token.nesting == 1)
            case "link_open":
                address = str(token.attrGet("href") or "")
                style = replace(style, href=address if address.startswith(("https://", "http://")) else "")
            case "link_close":
                style = replace(style, href="")
            case "softbreak" | "hardbreak":
                yield replace(style, text=" ")
            case _:
                yield from _with_figures(replace(style, text=token.content, code=token.type == "code_inline"), figures)


def _with_figures(run: Run, figures: Iterator[Span]) -> Iterator[Run]:
    for at, piece in enumerate(run.text.split(_MARK)):
        if at:
            span = next(figures)
            yield replace(run, text=span.text, cell=span.cell, code=False)
        if piece:
            yield replace(run, text=piece)
