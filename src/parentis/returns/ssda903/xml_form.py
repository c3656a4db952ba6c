"""The XML form of the looked-after children return: a CHILD with a HEADER and EPISODEs.

Repeated groups (AREVIEW, EPISODE, …) are recognised by their fields; what occurs once is in the HEADER itself.
Rows are numbered in their order of appearance within each table.
"""

from collections.abc import Mapping
from functools import cache
from xml.etree.ElementTree import Element

import polars as pl

from parentis.returns.content import Content
from parentis.returns.models import Reader, Recognised
from parentis.returns.ssda903.spec import SPEC

_TABLES = SPEC.union()
_COLUMNS = {
    name: {heading: c.name for c in table.columns for heading in (c.name, *c.aliases)}
    for name, table in _TABLES.items()
}
_SHARED = frozenset({"CHILD", "DOB", "SEX"})
"Facts about the child that several tables repeat."
_OWN = {
    name: frozenset(h for h, column in columns.items() if column not in _SHARED and (name, h) != ("Header", "UASC"))
    for name, columns in _COLUMNS.items()
}
_IN_HEADER = ("OC3", "AD1")
"Tables with one row per child, whose fields the form puts into the HEADER."

_Row = dict[str, str | None]


def recognise(content: Content) -> Recognised | None:
    if content.kind != "xml":
        return None
    root = content.xml_root
    if "SSDA903" not in _tag(root) and not any(_tag(part) == "HEADER" for child in root for part in child):
        return None
    return Recognised(file=content.name, return_id=SPEC.id, because=f"XML root {_tag(root)}")


def read(content: Content, _taken: Recognised) -> Mapping[str, pl.DataFrame]:
    """Every table that has a row, with the spec's column names."""
    rows: dict[str, list[_Row]] = {name: [] for name in _TABLES}
    for child in content.xml_root:
        if _tag(child) == "CHILD":
            _take_child(child, rows)
    return {
        # the form omits blank elements, so an element that is absent throughout is a blank column
        name: pl.DataFrame(found, schema={c.name: pl.String for c in _TABLES[name].columns})
        for name, found in rows.items()
        if found
    }


def _take_child(child: Element, rows: dict[str, list[_Row]]) -> None:
    headers = [part for part in child if _tag(part) == "HEADER"]
    once = {_tag(leaf): _text(leaf) for header in headers for leaf in header if not len(leaf)}
    header = _row("Header", once)
    shared = {name: header.get(name) for name in _SHARED}
    rows["Header"].append(header)
    if once.get("UASC") == "1" or once.get("DUC"):
        rows["UASC"].append({**shared, "DUC": once.get("DUC")})
    for name in _IN_HEADER:
        if any(once.get(field) for field in _OWN[name]):
            rows[name].append({**_row(name, once), **_known(name, shared)})
    groups = [part for head in headers for part in head if len(part)]
    groups += [part for part in child if _tag(part) != "HEADER"]
    for group in groups:
        fields = {_tag(leaf): _text(leaf) for leaf in group}
        table = _table_of(frozenset(fields))
        if table and any(fields.values()):
            rows[table].append({**_row(table, fields), **_known(table, shared)})


@cache
def _table_of(fields: frozenset[str]) -> str | None:
    """The table with the most of its own fields in a group."""
    best = max(_OWN, key=lambda name: len(_OWN[name] & fields))
    return best if _OWN[best] & fields else None


def _row(table: str, fields: Mapping[str, str | None]) -> _Row:
    columns = _COLUMNS[table]
    return {columns[field]: text for field, text in fields.items() if field in columns}


def _known(table: str, shared: _Row) -> _Row:
    return {name: text for name, text in shared.items() if name in _COLUMNS[table].values()}


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].upper()


def _text(element: Element) -> str | None:
    return element.text if element.text and element.text.strip() else None


XML_FORM = Reader(name="SSDA903 XML", recognise=recognise, read=read)
