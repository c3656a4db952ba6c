"""Reads a tagged PDF as a screen reader does: its structure, with the text under each element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf


@dataclass(frozen=True, slots=True)
class Element:
    """A tag: its role, its own text and that of its children in order, and what it says of itself."""

    role: str
    alt: str
    scope: str
    text: str
    goes_to: str
    "The place that a link leads to: its page and position."
    children: tuple["Element", ...] = field(default=())

    def all(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.all()


def root(path: Path) -> Element:
    """The document's structure, from the root of its tags."""
    with pikepdf.open(path) as pdf:
        return element(pdf, pdf.Root.StructTreeRoot.K)


def element(pdf: pikepdf.Pdf, tag: Any) -> Element:
    texts = {page.objgen: marked_text(page) for page in pdf.pages}
    return _element(tag[0] if isinstance(tag, pikepdf.Array) else tag, None, texts)


def _element(tag: Any, page: Any, texts: dict[Any, dict[int, str]]) -> Element:
    page = tag.get("/Pg", page)
    said, children, goes = [], [], ""
    held = tag.get("/K", [])
    for one in held if isinstance(held, pikepdf.Array) else [held]:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/OBJR":
            place = one.Obj.get("/Dest", "")
            goes = " ".join(str(part) for part in _place(place)) if isinstance(place, pikepdf.Array) else str(place)
        elif isinstance(one, pikepdf.Dictionary) and "/MCID" in one:
            said.append(texts[one.get("/Pg", page).objgen].get(int(one.MCID), ""))
        elif isinstance(one, pikepdf.Dictionary):
            child = _element(one, page, texts)
            children.append(child)
            said.append(child.text)
        else:
            said.append(texts[page.objgen].get(int(one), ""))
    attributes = tag.get("/A", [])
    listed = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    scope = next((str(one["/Scope"]) for one in listed if isinstance(one, pikepdf.Dictionary) and "/Scope" in one), "")
    return Element(
        str(tag.S).lstrip("/"), str(tag.get("/Alt", "")), scope.lstrip("/"), "".join(said), goes, tuple(children)
    )


def _place(place: pikepdf.Array) -> list[object]:
    page, *position = list(place)
    return [page.objgen, *position]


def marked_text(page: pikepdf.Page) -> dict[int, str]:
    """Number of a marked piece of the page → its text."""
    letters = {str(name): _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    marks: list[int | None] = []
    font: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                held = operands[1]
                marks.append(int(held["/MCID"]) if isinstance(held, pikepdf.Dictionary) and "/MCID" in held else None)
            case "BMC":
                marks.append(None)
            case "EMC":
                marks.pop()
            case "Tf":
                font = letters[str(operands[0])]
            case "Tj" | "TJ":
                number = next((one for one in reversed(marks) if one is not None), None)
                if number is not None:
                    pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                    strings = [bytes(one) for one in pieces if isinstance(one, pikepdf.String)]
                    found[number] = found.get(number, "") + "".join(_decoded(one, font) for one in strings)
    return found


def _decoded(code: bytes, font: dict[int, str]) -> str:
    return "".join(font.get(int.from_bytes(code[at : at + 2], "big"), "?") for at in range(0, len(code), 2))


def _letters(font: Any) -> dict[int, str]:
    """The font's own table of what its glyphs mean."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        found |= {int(code, 16): _text(to) for code, to in re.findall(r"<(\w+)>\s*<(\w+)>", block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, to in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = chr(int(to, 16) + step)
    return found


def _text(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode("utf-16-be")
