"""Writes a document for Word: styles, headings, header rows, alternative texts, its language, links to the sources.

Text and tables are written as XML of their own: python-docx takes seconds for a table that this takes milliseconds for.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from parentis.evidence.document import Document
from parentis.evidence.printed import Image, Printed, Style, Table, Text, Title, Words

if TYPE_CHECKING:
    from docx.document import Document as Docx

LANGUAGE = "en-GB"
PAGE = (210, 297)
"Width and height of A4 in millimetres."
MARGIN = 18
_LONGEST_PROPERTY = 255
SHARPNESS = 2.0
"Pixels of a chart's picture, for each of its own."
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLES: dict[Style, str] = {
    "text": "Normal", "bullet": "ListBullet", "number": "ListNumber", "note": "Note", "lead": "Subtitle",
    "warning": "Warning", "finding": "Finding", "source": "Source",
}  # fmt: skip
_OWN_STYLES = {"Note": (8.5, False), "Warning": (10.5, True), "Finding": (11.5, True), "Source": (7.0, False)}
"Paragraph styles that Word's own template lacks → size in points, and whether bold."


def word(document: Document, blocks: Sequence[Printed]) -> bytes:
    """DOCX bytes; the same document gives the same bytes."""
    import docx
    from docx.oxml.parser import parse_xml

    out = docx.Document()
    _prepare(out, document)
    body = out.element.body
    marks = _Bookmarks()
    for block in blocks:
        match block:
            case Image():
                _picture(out, block)
            case Table():
                body.insert(len(body) - 1, parse_xml(_table(block, marks)))
                body.insert(len(body) - 1, parse_xml(_paragraph("Note", "")))
            case Title():
                body.insert(len(body) - 1, parse_xml(_title(block, marks)))
            case Text():
                body.insert(len(body) - 1, parse_xml(_paragraph(_STYLES[block.style], _runs(block.words, marks))))
    held = io.BytesIO()
    out.save(held)
    return _still(held.getvalue())


def _prepare(out: "Docx", document: Document) -> None:
    """Page, styles, language and properties."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = out.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in PAGE)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    normal: Any = out.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    for name, (size, bold) in _OWN_STYLES.items():
        style: Any = out.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size, style.font.bold = normal, Pt(size), bold
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2"):
        heading: Any = out.styles[name]
        heading.font.name, heading.font.color.rgb = "Arial", None
        fonts = heading.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for language in out.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    core = out.core_properties
    core.title, core.subject, core.author, core.language = document.title, document.subtitle, "Parentis", LANGUAGE
    core.comments = " ".join(document.warnings)[:_LONGEST_PROPERTY]
    core.created = core.modified = datetime(*_EPOCH, tzinfo=UTC)
    footer = section.footer.paragraphs[0]
    footer.text = f"{document.mark}\tPage "
    footer._p.append(_field("PAGE"))


def _field(code: str) -> Any:
    from docx.oxml.parser import parse_xml

    return parse_xml(f'<w:fldSimple {_NAMESPACE} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')


class _Bookmarks:
    """Numbers the bookmarks, which Word wants unique."""

    def __init__(self) -> None:
        self._held = 0

    def around(self, anchor: str, inside: str) -> str:
        if not anchor:
            return inside
        self._held += 1
        start = f'<w:bookmarkStart w:id="{self._held}" w:name={quoteattr(anchor)}/>'
        return f'{start}{inside}<w:bookmarkEnd w:id="{self._held}"/>'


def _title(block: Title, marks: _Bookmarks) -> str:
    style = "Title" if block.level == 1 else f"Heading{block.level - 1}"
    break_before = "<w:pageBreakBefore/>" if block.new_page else ""
    return _paragraph(style, marks.around(block.anchor, _run(Words(text=block.text))), break_before)


def _paragraph(style: str, runs: str, more: str = "", *, outer: bool = True) -> str:
    space = f" {_NAMESPACE}" if outer else ""
    return f'<w:p{space}><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{runs}</w:p>'


def _runs(words: Iterable[Words], marks: _Bookmarks, size: int = 0) -> str:
    return "".join(_linked(one, marks, size) for one in words)


def _linked(one: Words, marks: _Bookmarks, size: int) -> str:
    run = marks.around(one.anchor, _run(one, size))
    if not one.to or one.to.startswith("http"):  # a page of the web stands as its words: Word wants it declared apart
        return run
    tip = f" w:tooltip={quoteattr(one.about[:250])}" if one.about else ""
    return f'<w:hyperlink w:anchor={quoteattr(one.to)}{tip} w:history="1">{run}</w:hyperlink>'


def _run(one: Words, size: int = 0) -> str:
    """A run of text; `size` in half points, that of its paragraph's style if 0. Word wants the properties in order."""
    marks = (
        ("<w:b/>", one.bold), ("<w:i/>", one.italic), (f'<w:sz w:val="{size}"/>', size),
        ('<w:u w:val="dotted"/>', one.to),
    )  # fmt: skip
    style = "".join(mark for mark, holds in marks if holds)
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{escape(_printable(one.text))}</w:t></w:r>'


def _printable(text: str) -> str:
    """XML 1.0 has no place for control letters."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")


def _table(block: Table, marks: _Bookmarks) -> str:
    size = 17 if len(block.headings) <= 5 else 15 if len(block.headings) <= 7 else 13
    head = "".join(
        _cell(_run(Words(text=text, bold=True), size), right=bool(at) and block.numeric)
        for at, text in enumerate(block.headings)
    )
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(_cell(_runs(cell, marks, size), right=bool(at) and block.numeric) for at, cell in enumerate(row))
        + "</w:tr>"
        for row in block.rows
    )
    return (
        f'<w:tbl {_NAMESPACE}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
        f'<w:tblLook w:val="0620" w:firstRow="1" w:firstColumn="1"/>'
        f"<w:tblCaption w:val={quoteattr(block.title)}/></w:tblPr>"
        f"<w:tblGrid>{'<w:gridCol/>' * len(block.headings)}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
    )


def _cell(runs: str, *, right: bool) -> str:
    side = '<w:jc w:val="right"/>' if right else ""
    spacing = '<w:spacing w:after="0"/>'
    return f"<w:tc>{_paragraph('Normal', runs, spacing + side, outer=False)}</w:tc>"


def _picture(out: "Docx", block: Image) -> None:
    import vl_convert
    from docx.shared import Mm

    png = vl_convert.svg_to_png(block.svg, scale=SHARPNESS)
    shape = out.add_picture(io.BytesIO(png), width=Mm(PAGE[0] - 2 * MARGIN))
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)


def _still(archive: bytes) -> bytes:
    """The same archive with no hour in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
