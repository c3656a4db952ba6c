"""Opening files: what is taken for what, and what is refused, each with a sentence."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from parentis.errors import UnreadableFileError
from parentis.returns import open_bytes, open_files
from parentis.returns.untrusted_files import MAX_MEMBERS

TABLE = "CHILD,SEX\nEXAMPLE01,M\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Header")
        for row, cells in enumerate((("CHILD", "SEX"), (330, "M"), (1.5, ""))):
            sheet.write_row(row, 0, cells)
    return buffer.getvalue()


ODS_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="Lines"><table:table-row>
<table:table-cell office:value-type="string"><text:p>CHILD</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
ODS_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


@pytest.mark.spec
@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace(",", ";").encode("cp1252"),
        TABLE.replace("\n", "\n\n").encode(),
        b"\n" + TABLE.encode() + b"\n\n\n",
    ],
)
def test_delimited_text_reads_alike_in_every_encoding_and_line_ending(raw: bytes) -> None:
    (content,) = open_bytes("header.csv", raw)
    assert content.kind == "csv"
    assert content.grid().rows() == [("CHILD", "SEX"), ("EXAMPLE01", "M")]


@pytest.mark.spec
def test_text_that_is_not_utf8_is_windows_1252() -> None:
    (content,) = open_bytes("names.csv", "NAME,COST\nZoë,£5\n".encode("cp1252"))
    assert content.grid().rows()[1] == ("Zoë", "£5")


@pytest.mark.spec
def test_lines_of_unequal_length_are_padded() -> None:
    (content,) = open_bytes("titled.csv", b'A title\nCHILD,SEX,"D,OB"\n1,M\n')
    assert content.grid().rows() == [("A title", None, None), ("CHILD", "SEX", "D,OB"), ("1", "M", None)]


@pytest.mark.unit
def test_a_workbook_gives_its_cells_as_text_without_a_decimal_tail() -> None:
    (content,) = open_bytes("named.csv", workbook())
    assert (content.kind, content.sheets) == ("xlsx", ("Header",))
    assert content.grid().rows() == [("CHILD", "SEX"), ("330", "M"), ("1.5", None)]


@pytest.mark.unit
@pytest.mark.parametrize("mimetype", [True, False])
def test_an_ods_opens_with_and_without_its_mimetype(mimetype: bool) -> None:
    content_xml = ODS_CONTENT.replace("\n", "")  # the reader wants no space between cells, as programs write them
    members = [("content.xml", content_xml.encode()), ("META-INF/manifest.xml", ODS_MANIFEST.encode())]
    if mimetype:
        members.insert(0, ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"))
    (content,) = open_bytes("dsg.ods", zipped(*members))
    assert (content.kind, content.sheets, content.grid().rows()) == ("ods", ("Lines",), [("CHILD", "12")])


@pytest.mark.unit
def test_parquet_json_and_xml_are_known_by_content() -> None:
    frame = pl.DataFrame({"a": [1, 2]})
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    (parquet,) = open_bytes("data.csv", buffer.getvalue())
    assert parquet.kind == "parquet"
    assert parquet.parquet.equals(frame)
    (document,) = open_bytes("x", b'{"a": [1]}')
    assert (document.kind, document.json) == ("json", {"a": [1]})
    (tree,) = open_bytes("x.csv", b"\xef\xbb\xbf<A><B>1</B></A>")
    assert (tree.kind, tree.xml_root.tag) == ("xml", "A")


@pytest.mark.unit
def test_a_zip_gives_its_members_and_leaves_out_what_the_system_added() -> None:
    raw = zipped(("a/header.csv", TABLE.encode()), ("__MACOSX/a/._header.csv", b"\x00"), ("b.xlsx", workbook()))
    assert [(c.name, c.kind) for c in open_bytes("r.zip", raw)] == [
        ("r.zip/a/header.csv", "csv"),
        ("r.zip/b.xlsx", "xlsx"),
    ]


@pytest.mark.unit
def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden"):
        (tmp_path / name).write_text(TABLE)
    assert [content.name for content in open_files([tmp_path])] == [
        f"{tmp_path.name}/a.csv",
        f"{tmp_path.name}/b.csv",
    ]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "raw", "found"),
    [
        ("empty.csv", b"", "an empty file"),
        ("blank.csv", b"\xef\xbb\xbf \r\n\n", "an empty file"),
        ("mark.csv", b"\xff\xfe", "an empty file"),
        ("binary.csv", bytes(range(256)) * 4, "bytes that are none of these"),
        ("page.csv", b"<!DOCTYPE html><html>", "a web page"),
        ("letter.csv", b"%PDF-1.7", "a PDF document"),
        ("secret.xlsx", OLE + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("letter.doc", OLE + b"\0" * 64 + "WordDocument".encode("utf-16-le"), "another program"),
        ("cut.xlsx", workbook()[:-200], "damaged or incomplete"),
        ("cut.xls", OLE + b"\0" * 64 + "Workbook".encode("utf-16-le"), "damaged or incomplete"),
        ("cut.parquet", b"PAR1abc", "damaged or incomplete"),
        ("letter.docx", zipped(("[Content_Types].xml", b""), ("word/document.xml", b"")), "another program"),
        ("none.zip", zipped(), "an empty zip"),
        ("nested.zip", zipped(("inner.zip", zipped(("a.csv", TABLE.encode())))), "another archive inside"),
        ("out.zip", zipped(("../../etc/cron.d/a.csv", TABLE.encode())), "points outside"),
        ("root.zip", zipped(("/etc/a.csv", TABLE.encode())), "points outside"),
        ("drive.zip", zipped(("C:\\a.csv", TABLE.encode())), "points outside"),
        ("bomb.zip", zipped(("a.csv", b"0" * 60_000_000)), "unpacks to many times its size"),
        ("bomb.xlsx", zipped(("[Content_Types].xml", b""), ("xl/a.xml", b"0" * 60_000_000)), "many times"),
        ("many.zip", zipped(*((f"{i}.csv", b"") for i in range(MAX_MEMBERS + 1))), "5,001 files"),
        ("hollow.zip", zipped(("a.csv", b"")), "an empty file"),
        (
            "secret.ods",
            zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
                   ("META-INF/manifest.xml", b"<manifest:encryption-data/>")),
            "protected by a password",
        ),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_no_data_is_refused_with_a_sentence(name: str, raw: bytes, found: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        open_bytes(name, raw)
    assert found in refusal.value.found
    assert refusal.value.where.startswith(name)
    assert refusal.value.do.endswith(".")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (LAUGHS, "declares them"),
        (OUTSIDE, "declares them"),
        (b"<a><b></a>", "a mistake in line 1"),
        (b"\n\n<?xml version='1.0'?><a/>", "a mistake in line 3"),
    ],
)
def test_xml_with_a_dtd_or_mistakes_is_refused(raw: bytes, found: str) -> None:
    (content,) = open_bytes("return.xml", raw)
    with pytest.raises(UnreadableFileError) as refusal:
        _ = content.xml_root
    assert found in refusal.value.found


@pytest.mark.unit
def test_a_zip_member_with_a_password_is_refused() -> None:
    raw = bytearray(zipped(("a.csv", TABLE.encode())))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory that says encrypted
    with pytest.raises(UnreadableFileError, match="password"):
        open_bytes("secret.zip", bytes(raw))


@pytest.mark.unit
def test_a_zip_that_lies_about_a_size_is_refused() -> None:
    raw = bytearray(zipped(("a.csv", b"CHILD,SEX\n" * 1000)))
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(UnreadableFileError, match="damaged"):
        open_bytes("liar.zip", bytes(raw))


@pytest.mark.unit
def test_a_missing_file_and_no_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"none\.csv: .*No such file"):
        open_files([tmp_path / "none.csv"])
    with pytest.raises(UnreadableFileError, match="no file at all"):
        open_files([])


@pytest.mark.integration
@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "sheet", "shape"),
    [
        ("finance/RO3_2024-25_data_by_LA.ods", "RO3_LA_Data_202425", (431, 497)),
        ("send/dsg_alloc_2021-22.ods", "High_needs_block", (170, 9)),
        ("send/dsg_alloc_2022-23.ods", None, (30, 3)),
        ("finance/RS_2017-18_outturn_by_LA.xlsx", "RS LA Data 2017-18", (476, 100)),
        ("finance/RA_2021-22_budget_by_LA.csv", None, (471, 292)),
    ],
)
def test_published_files_open_to_grids(shared_data: Path, path: str, sheet: str | None, shape: tuple[int, int]) -> None:
    (content,) = open_files([shared_data / path])
    assert content.grid(sheet).shape == shape
    assert content.grid(sheet, 5).height == 5


@pytest.mark.integration
@pytest.mark.real
def test_every_published_data_file_opens(shared_data: Path) -> None:
    kinds = {".csv", ".xlsx", ".ods", ".parquet", ".zip", ".xml", ".geojson"}
    paths = sorted(path for path in shared_data.rglob("*") if path.suffix in kinds)
    assert len(open_files(paths)) >= len(paths)
