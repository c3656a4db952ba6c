"""Small invented files in the layouts of the published ones. Every name is real, every number made up."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import polars as pl
import xlsxwriter

from parentis.returns.models import Reader, Recognised, Return, Tables
from parentis.returns.spec import Kind
from parentis.returns.untrusted_files import open_files

Rows = Sequence[Sequence[object]]
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def read(returns: Sequence[Return], path: Path) -> tuple[Recognised, Tables]:
    """Open a file and read it with the one reader of `returns` that recognises it."""
    [content] = open_files([path])
    taken: list[tuple[Recognised, Reader]] = []
    for declared in returns:
        for reader in declared.readers:
            if found := reader.recognise(content):
                taken.append((found, reader))
                break
    assert len(taken) == 1, [found for found, _ in taken]
    outcome = taken[0][1].read(content, taken[0][0])
    return taken[0][0], outcome if isinstance(outcome, Tables) else Tables(tables=outcome)


def typed(declared: Return, tables: Tables, table: str) -> pl.DataFrame:
    """A table with the types of its spec; a text that is not of its type raises."""
    spec = declared.spec.union()[table]
    frame = tables.tables[table].drop("row", strict=False)  # where the reader says which row of the file it is
    assert set(frame.columns) <= {column.name for column in spec.columns}
    assert all(dtype == pl.String for dtype in frame.dtypes)
    return frame.select(
        pl.col(column.name).str.to_date() if column.kind is Kind.DATE else pl.col(column.name).cast(column.dtype)
        for column in spec.columns
        if column.name in frame.columns
    )


def xlsx(path: Path, sheets: Mapping[str, Rows]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell not in (None, ""):
                        sheet.write(i, j, cell)
    return path


def delimited(path: Path, rows: Rows) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text("\ufeff" + out.getvalue(), encoding="utf-8")
    return path


def ods(path: Path, sheets: Mapping[str, Rows], *, mimetype: bool = True) -> Path:
    """A minimal OpenDocument workbook; without `mimetype` as some publishers' programs leave it."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _row(cells: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: object) -> str:
    if cell in (None, ""):
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>"
