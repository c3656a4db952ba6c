"""The XML form of the looked-after children return, written from its tables: the inverse of `xml_form`.

The form states once what several tables repeat (a child's date of birth and sex) and has one HEADER per child, which
also holds the only row of OC3, AD1 and UASC. What the form cannot hold is found by reading back the result
(`returns.conversion`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

import polars as pl

from parentis.returns.models import XmlForm
from parentis.returns.spec import Table
from parentis.returns.ssda903.spec import SPEC

_TAGS = {"CHILD": "CHILDID", "PLACE": "PL"}
"Columns with another name in the form."
_GROUPS = {
    "Reviews": "AREVIEW",
    "PrevPerm": "PERMANENCE",
    "OC2": "OC2",
    "Missing": "AMISSING",
    "PlacedAdoption": "AD_PLACED",
    "SWEpisodes": "SW_EPISODE",
    "DoLo": "DOLO",
}
"Elements of the HEADER that may be repeated."
_ONCE = ("OC3", "AD1")
_SHARED = ("DOB", "SEX")
_NO_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"Characters that are not allowed in XML."

_Rows = Mapping[str, list[dict[str, str | None]]]


def write(tables: Mapping[str, pl.DataFrame]) -> bytes:
    """The return in XML, from its text tables. Children stand in the order of the Header, then of the other tables."""
    declared = SPEC.union()
    root = Element("SSDA903")
    for child, rows in _by_child({name: tables[name] for name in declared if name in tables}):
        headers: list[dict[str, str | None]] = rows.get("Header") or [{"CHILD": child, **_shared(rows)}]
        for number, header in enumerate(headers):
            _child(SubElement(root, "CHILD"), header, {} if number else rows, declared)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode").encode()


def as_said(tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    """The tables as the form gives them: a blank date of birth or sex is filled with the value that it states once
    for the child."""
    shared = pl.DataFrame(
        [{"CHILD": child, **_shared(rows)} for child, rows in _by_child(tables) if child is not None],
        schema=dict.fromkeys(("CHILD", *_SHARED), pl.String),
    )

    def filled(frame: pl.DataFrame) -> pl.DataFrame:
        here = [name for name in _SHARED if name in frame.columns]
        once = shared.select("CHILD", *(pl.col(name).alias(f"{name}_once") for name in here))
        joined = frame.join(once, on="CHILD", how="left", maintain_order="left")
        return joined.with_columns(pl.coalesce(name, f"{name}_once") for name in here).select(frame.columns)

    return {name: frame if name == "Header" else filled(frame) for name, frame in tables.items()}


def _by_child(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str | None, _Rows]]:
    """Each child with its rows by table; a row without a child number is a child of its own."""
    found: dict[str, dict[str, list[dict[str, str | None]]]] = {}
    nameless: list[dict[str, list[dict[str, str | None]]]] = []
    for name, frame in tables.items():
        for row in frame.iter_rows(named=True):
            child = row.get("CHILD")
            if child is None:
                nameless.append({name: [row]})
            else:
                found.setdefault(child, defaultdict(list))[name].append(row)
    yield from found.items()
    for rows in nameless:
        yield None, rows


def _shared(rows: _Rows) -> dict[str, str | None]:
    """The values stated once for a child: from its Header, otherwise from the first table that has them."""
    said = rows.get("Header", [])[:1] or [row for of_table in rows.values() for row in of_table]
    return {name: next((row[name] for row in said if row.get(name)), None) for name in _SHARED}


def _child(element: Element, header: Mapping[str, str | None], rows: _Rows, declared: Mapping[str, Table]) -> None:
    head = SubElement(element, "HEADER")
    seeking = rows.get("UASC", [])
    flag = header.get("UASC") or ("1" if seeking else None)
    _leaves(head, {**header, "UASC": flag}, _names(declared["Header"]))
    if seeking:
        _leaves(head, seeking[0], ["DUC"])
    for name in _ONCE:
        for row in rows.get(name, [])[:1]:
            _leaves(head, row, _own(declared[name]))
    for name, tag in _GROUPS.items():
        for row in rows.get(name, []):
            _leaves(SubElement(head, tag), row, _own(declared[name]))
    for row in rows.get("Episodes", []):
        _leaves(SubElement(element, "EPISODE"), row, _own(declared["Episodes"]))


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _own(table: Table) -> list[str]:
    return [name for name in _names(table) if name not in ("CHILD", *_SHARED)]


def _leaves(under: Element, row: Mapping[str, str | None], names: Iterable[str]) -> None:
    for name in names:
        SubElement(under, _TAGS.get(name, name)).text = _NO_TEXT.sub("", row.get(name) or "")


XML_FORM = XmlForm(write=write, as_said=as_said)
