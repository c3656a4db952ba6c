"""One document in every format: the numbers of HTML, PDF, Word, workbook and CSV, compared figure by figure."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import docx
import lxml.html
import openpyxl
import pikepdf
import polars as pl
import pytest
from docx.oxml.ns import qn
from tagged_pdf import Element, root
from test_pack import render

from parentis.figures import Catalogue

NUMBER = re.compile(r"(−?)£?([\d,]+(?:\.\d+)?)(bn|m|%)?$")
TIMES = {"bn": 1e9, "m": 1e6, "%": 1.0, None: 1.0}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artefacts") / "out"


@pytest.fixture
def written(pack: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame) -> Path:
    if not pack.exists():
        render(pack, figures, catalogue, provenance)
    return pack


class Links(HTMLParser):
    """The numbers of a page: anchor and text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("class") == "figure":
            self._open = (given["href"] or "").partition("#")[2]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found.append((self._open, data))


def of_html(folder: Path) -> Counter[tuple[str, str]]:
    links = Links()
    links.feed((folder / "index.html").read_text())
    return Counter(links.found)


def of_word(folder: Path) -> list[tuple[str, str]]:
    """In reading order."""
    body = docx.Document(str(folder / "spending-review.docx")).element.body
    found = (
        (str(one.get(qn("w:anchor"))), "".join(text.text or "" for text in one.iter(qn("w:t"))))
        for one in body.iter(qn("w:hyperlink"))
    )
    return [(anchor, text) for anchor, text in found if re.fullmatch(r"f\d+", anchor)]


def of_pdf(folder: Path) -> list[tuple[str, str]]:
    """Where each link leads to, and its text, in reading order."""
    links = (one for one in root(folder / "spending-review.pdf").all() if one.role == "Link")
    return [(one.goes_to, one.text) for one in links]


def of_workbook(folder: Path) -> dict[str, float | str]:
    """Anchor → the unrounded value of the sheet of figures."""
    sheet = openpyxl.load_workbook(folder / "spending-review.xlsx")["Figures"]
    rows = sheet.iter_rows(min_row=4, values_only=True)
    at = {name: place for place, name in enumerate(next(rows))}
    return {str(row[at["Figure"]]): row[at["Value"]] for row in rows if row[0]}


@pytest.mark.functional
def test_html_pdf_and_word_state_each_figure_in_the_same_words_as_often(written: Path) -> None:
    html = of_html(written)
    assert len({anchor for anchor, _ in html}) == 10
    word = of_word(written)
    assert Counter(word) == html
    pdf = of_pdf(written)[: len(word)]  # behind these stand the links of the annex of sources to its submissions
    assert [text for _, text in pdf] == [text for _, text in word]
    # A figure has one place among the sources, and no two have the same.
    pairs = {(anchor, place) for (anchor, _), (place, _) in zip(word, pdf, strict=True)}
    assert len(pairs) == len({anchor for anchor, _ in pairs}) == len({place for _, place in pairs})


@pytest.mark.functional
def test_tables_have_the_same_cells_in_pdf_and_word_as_in_html(written: Path) -> None:
    html = tables_of_html(written)
    assert len(html) > 1
    assert tables_of_pdf(written) == html
    assert tables_of_word(written) == html


Rows = list[list[str]]


def tables_of_html(folder: Path) -> dict[str, Rows]:
    """Title → rows of cells, without white space; tables of figures only."""
    page = lxml.html.parse(str(folder / "index.html"))
    return {
        _close(table.find("caption").text_content()): [
            [_close(cell.text_content()) for cell in row.iter("th", "td")] for row in table.iter("tr")
        ]
        for table in page.iter("table")
    }


def tables_of_pdf(folder: Path) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    title = ""
    for one in tags(folder):
        if one.role == "H3":
            title = _close(one.text)
        elif one.role == "H2":
            title = ""
        elif one.role == "Table" and title:
            found[title] = [[_close(cell.text) for cell in row.children] for row in _rows(one)]
            title = ""
    return found


def tables_of_word(folder: Path) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    title = ""
    for one in docx.Document(str(folder / "spending-review.docx")).element.body:
        style = one.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val")) in {"Heading1", "Heading2"}:
            title = _close(one.xpath("string(.)")) if style.get(qn("w:val")) == "Heading2" else ""
        elif one.tag == qn("w:tbl") and title:
            rows = one.iter(qn("w:tr"))
            found[title] = [[_close(cell.xpath("string(.)")) for cell in row.iter(qn("w:tc"))] for row in rows]
            title = ""
    return found


def _close(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)  # where a line may be parted


@pytest.mark.functional
def test_each_number_is_the_workbooks_rounded(written: Path) -> None:
    held, checked = of_workbook(written), 0
    shown = of_html(written)
    assert set(held) == {anchor for anchor, _ in shown}
    for anchor, text in shown:
        value, match = held[anchor], NUMBER.match(text)
        if isinstance(value, str):
            assert value in text  # a letter in brackets
        elif match:
            sign, digits, unit = match.groups()
            number = float(digits.replace(",", "")) * (-1 if sign else 1)
            step = 10.0 ** -len(digits.partition(".")[2])
            # A cell of a table is in the unit of its heading: millions, thousands or as it is.
            scales = [TIMES[unit]] if unit or "£" in text else [1.0, 1e3, 1e6]
            assert any(abs(number - value / scale) <= step / 2 * 1.0001 for scale in scales), (anchor, text, value)
            checked += 1
    assert checked > 5


@pytest.mark.functional
def test_tables_of_workbook_and_csv_hold_the_same(written: Path) -> None:
    book = openpyxl.load_workbook(BytesIO((written / "spending-review.xlsx").read_bytes()))
    names = {table: sheet for sheet in book for table in sheet.tables}
    files = sorted((written / "data").iterdir())
    assert files
    for path in files:
        with path.open(encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
        sheet = names[path.stem.replace("-", "_")]
        cells = [
            [cell.value for cell in row] for row in sheet[next(iter(sheet.tables.values())).ref]
        ]  # fmt: skip
        told = [[_plain(one) for one in row] for row in cells if any(one is not None for one in row)]
        assert told == [[_plain(one) for one in row] for row in rows]


def _plain(value: object) -> object:
    text = str(value).removeprefix("'")
    try:
        return float(text)
    except ValueError:
        return text


def tags(folder: Path) -> list[Element]:
    return list(root(folder / "spending-review.pdf").all())


@pytest.mark.functional
def test_the_pdf_says_that_it_is_universally_accessible_and_has_title_and_language(written: Path) -> None:
    with pikepdf.open(written / "spending-review.pdf") as pdf:
        assert pdf.Root.Lang == "en-GB"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        meta = pdf.open_metadata()
        assert meta["pdfuaid:part"] == "1"
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert "Funding pressures" in str(meta["dc:title"])
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile3" in _descriptor(font) or "/FontFile2" in _descriptor(font) for font in fonts)
        assert all("/ToUnicode" in font for font in fonts)
        links = [one for page in pdf.pages for one in page.get("/Annots", []) if one.Subtype == "/Link"]
        assert links
        assert all(str(one.get("/Contents", "")) for one in links)
        assert all(page.get("/Tabs") == "/S" for page in pdf.pages if "/Annots" in page)


def _descriptor(font: pikepdf.Object) -> pikepdf.Object:
    return font.DescendantFonts[0].FontDescriptor


@pytest.mark.functional
def test_the_pdfs_headings_descend_one_level_at_a_time_and_name_every_chapter(written: Path) -> None:
    heads = [one for one in tags(written) if re.fullmatch(r"H[1-6]", one.role)]
    levels = [int(one.role[1]) for one in heads]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {"First", "Head", "What each measure means", "Where each number comes from"} <= {one.text for one in heads}


@pytest.mark.functional
def test_every_picture_of_the_pdf_has_an_alternative_text_and_every_table_a_row_of_headings(written: Path) -> None:
    found = tags(written)
    pictures = [one for one in found if one.role == "Figure"]
    assert pictures
    assert all("Bars of variance" in one.alt for one in pictures)
    tables = [one for one in found if one.role == "Table"]
    assert len(tables) > 3
    for table in tables:
        heads = [one for one in table.all() if one.role == "TH"]
        assert heads
        assert all(one.scope == "Column" and one.text for one in heads)
        widths = {len([cell for cell in row.children if cell.role in {"TH", "TD"}]) for row in _rows(table)}
        assert widths == {len(heads)}


def _rows(table: Element) -> Iterator[Element]:
    return (one for one in table.all() if one.role == "TR")


@pytest.mark.functional
def test_the_word_document_has_headings_header_rows_alternative_texts_and_language(written: Path) -> None:
    path = written / "spending-review.docx"
    told = docx.Document(str(path))
    assert told.core_properties.title == "Funding pressures"
    assert told.core_properties.language == "en-GB"
    levels = [one.style.name for one in told.paragraphs if one.style.name.startswith(("Title", "Heading"))]
    assert levels[:2] == ["Title", "Heading 1"]
    assert levels.count("Title") == 1
    assert told.tables
    for table in told.tables:
        heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)
    pictures = list(told.element.body.iter(qn("wp:docPr")))
    assert pictures
    assert all("Bars of variance" in one.get("descr") for one in pictures)
    with ZipFile(path) as held:
        styles = held.read("word/styles.xml").decode()
        assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles)) == {"en-GB"}
        body = held.read("word/document.xml").decode()
    marks = re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]+)"', body)
    assert len(marks) == len(set(marks))
    assert set(re.findall(r'w:anchor="([^"]+)"', body)) <= set(marks)


@pytest.mark.functional
def test_what_a_submitter_typed_is_text_in_print_too(written: Path) -> None:
    """Typst has markup and code, Word has XML."""
    paragraph = "Over by £6.5m <script>alert(1)</script>"
    assert any(paragraph in one.text for one in tags(written))
    told = docx.Document(str(written / "spending-review.docx"))
    assert any(paragraph in one._p.xpath("string(.)") for one in told.paragraphs)


@pytest.mark.functional
def test_the_same_document_gives_the_same_bytes(
    written: Path, tmp_path: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame
) -> None:
    render(tmp_path / "again", figures, catalogue, provenance)
    for path in written.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(written)).read_bytes(), path.name
