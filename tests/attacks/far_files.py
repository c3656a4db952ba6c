"""Files that ask their reader for more than a machine has."""

import io
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
_RELATED = """<?xml version="1.0"?><Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
 Target="{target}"/></Relationships>"""
_BOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
<sheet name="lines" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
{dimension}<sheetData>{rows}</sheetData></worksheet>"""
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>\
<table:table table:name="lines">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""
_ODS_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def zipped(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def xlsx(rows: str, dimension: str = "") -> bytes:
    """A workbook of one sheet, its rows and dimension as written."""
    main = "officeDocument", "xl/workbook.xml"
    sheet = "worksheet", "worksheets/sheet1.xml"
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATED.format(kind=main[0], target=main[1]),
            "xl/workbook.xml": _BOOK,
            "xl/_rels/workbook.xml.rels": _RELATED.format(kind=sheet[0], target=sheet[1]),
            "xl/worksheets/sheet1.xml": _SHEET.format(rows=rows, dimension=dimension),
        }
    )


def ods(rows: str) -> bytes:
    """An OpenDocument sheet, its rows as written."""
    return zipped(
        {"mimetype": _ODS_TYPE, "content.xml": _ODS.format(rows=rows), "META-INF/manifest.xml": _ODS_MANIFEST}
    )


def _cell(at: str, text: str = "CHILD") -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


_FAR = f'<row r="1">{_cell("A1")}</row><row r="1048576">{_cell("XFD1048576")}</row>'
_ODS_CELL = '<table:table-cell{more} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _ods_row(cell: str, more: str = "") -> str:
    return f"<table:table-row{more}>{cell}</table:table-row>"


def _repeated_parquet() -> bytes:
    """Eighty million rows of one text, in a few thousand bytes."""
    buffer, rows = io.BytesIO(), pa.table({"CHILD": pa.array(["x" * 50]).take(pa.array([0] * 1_000_000))})
    with pq.ParquetWriter(buffer, rows.schema) as writer:
        for _ in range(80):
            writer.write_table(rows)
    return buffer.getvalue()


FAR_FILES: dict[str, Callable[[], bytes]] = {
    "one cell in the last corner.xlsx": lambda: xlsx(_FAR, '<dimension ref="A1:XFD1048576"/>'),
    "a corner that the dimension denies.xlsx": lambda: xlsx(_FAR, '<dimension ref="A1:B2"/>'),
    "a corner without a dimension.xlsx": lambda: xlsx(_FAR),
    "rows in disorder.xlsx": lambda: xlsx(
        f'<row r="1048576">{_cell("XFD1048576")}</row><row r="1">{_cell("A1")}</row>', '<dimension ref="A1"/>'
    ),
    "a row a thousand million times.ods": lambda: ods(
        _ods_row(_ODS_CELL.format(more="", text="CHILD"), ' table:number-rows-repeated="1000000000"')
    ),
    "many rows many times.ods": lambda: ods(
        _ods_row(_ODS_CELL.format(more="", text="x" * 900), ' table:number-rows-repeated="60000"') * 300
    ),
    "a cell a thousand million times.ods": lambda: ods(
        _ods_row(_ODS_CELL.format(more=' table:number-columns-repeated="1000000000"', text="CHILD"))
    ),
    "four thousand million spaces.ods": lambda: ods(
        _ods_row(_ODS_CELL.format(more="", text='a<text:s text:c="4000000000"/>b'))
    ),
    "a million columns.csv": lambda: b",".join(b"C%d" % n for n in range(1_000_000)) + b"\n",
    "a long line among short ones.csv": lambda: b"CHILD,SEX\n" * 40_000 + b",".join([b""] * 20_000),
    "a cell of 150 MB.csv": lambda: b'CHILD,SEX\n1,"' + b"x" * 150_000_000 + b'"\n',
    "a quoted cell of many lines.csv": lambda: b'CHILD,SEX\n1,"' + b"x\n" * 10_000_000 + b'"\n',
    "a heading of 20 MB.csv": lambda: b"x" * 20_000_000 + b",SEX\n1,M\n",
    "only commas.csv": lambda: (b"," * 9_000 + b"\n") * 9_000,
    "a text eighty million times.parquet": _repeated_parquet,
    "nested a million times.json": lambda: b"[" * 1_000_000,
    "nested a million times.xml": lambda: b"<a>" * 1_000_000 + b"</a>" * 1_000_000,
}
"""Name to the bytes of a file that is to be refused."""
