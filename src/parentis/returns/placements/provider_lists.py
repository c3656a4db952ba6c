"""Ofsted's lists of providers, under the headings with which they are published and stored.

Rules look up URNs in them. A submitted list is used by the provider rules in all later checks of any return.
"""

import re
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.placements import ofsted
from parentis.returns.recognition import HEADING_ROWS, plain
from parentis.returns.spec import Column, Kind, Spec, Table
from parentis.returns.ssda903.headings import KNOWN_AS
from parentis.returns.ssda903.providers import told_by_grid, where_headed

if TYPE_CHECKING:
    from parentis.returns.content import Content

_OTHER = {plain(heading) for name in ("CHILD", "DECOM") for heading in (name, *KNOWN_AS[name])} | {"leaverstatus"}
"A table with one of these headings lists placements, or joiners and leavers, not registered providers."
_TELLING = frozenset({"REG_END", "PLACE_CODES", "PROVIDER_CODES", "type"})
OURS = {"LA_CODE_INFERRED": "DFE_NUMBER", "POSTCODE": "SETTING_POSTCODE"}
"Columns of the register that rules look up, under their names here: no other table has these headings."
_YEAR = re.compile(r"\b(20\d\d)\b")


def _text(name: str, meaning: str, *, key: bool = False, example: str = "") -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, key=key, example=example)


TABLE = Table(
    name="providers",
    meaning="One row for each registration in the list.",
    columns=(
        _text("URN", "Ofsted's unique reference number.", key=True, example="SC000001"),
        _text("TYPE_AS_PUBLISHED", "Type of provision as published."),
        _text("SECTOR_AS_PUBLISHED", "Sector as published."),
        _text("AUTHORITY_AS_PUBLISHED", "The authority in whose area it is, as published."),
        _text("DFE_NUMBER", "That authority's DfE number, as given or by its name.", example="202"),
        _text("SETTING_POSTCODE", "Postcode of the setting.", example="ZZ1 1ZZ"),
        Column(name="REG_END", kind=Kind.DATE, meaning="Day on which the registration ended.", example="31/03/2025"),
        _text("PLACE_CODES", "Placement codes that it may have, with commas; by its type where none are given."),
        _text("PROVIDER_CODES", "Provider codes that it may have, with commas; by its sector where none are given."),
        _text("NAME", "Its name as published; homes' names are withheld."),
        _text("REGION", "Government Office Region as published.", example="London"),
        _text("OWNER", "Organisation which owns the provider, as published."),
        Column(name="PLACES", kind=Kind.INTEGER, meaning="Places it is registered for.", unit="places"),
        Column(name="PREMISES", kind=Kind.INTEGER, meaning="Premises of supported accommodation.", unit="premises"),
        Column(name="REGISTERED", kind=Kind.DATE, meaning="Day on which it was registered.", example="31/03/2020"),
        _text("STATUS", "Active or suspended, as published."),
        _text("GRADE", "Overall grade of the latest full inspection, as published."),
        _text("OUTCOME", "Outcome of supported accommodation's inspection, as published."),
        Column(name="INSPECTED", kind=Kind.DATE, meaning="Day of the latest full inspection.", example="31/01/2025"),
    ),
    optional=False,
    identity=("TYPE_AS_PUBLISHED",),
)


def _found(content: "Content") -> "tuple[str | None, int, dict[str, int]] | None":
    """The sheet, row of headings and columns of the first table that is a list of providers."""
    if content.kind not in ("csv", "xlsx", "ods"):
        return None
    for sheet in content.sheets or (None,):
        top = content.grid(sheet, HEADING_ROWS)
        headed = where_headed(top)
        if headed is None:
            continue
        at, places = headed
        if places.keys() & _TELLING and not {plain(cell) for cell in top.row(at)} & _OTHER:
            return sheet, at, places
    return None


def _recognise(content: "Content") -> Recognised | None:
    found = _found(content)
    if found is None:
        return None
    sheet, at, places = found
    above = " ".join(cell for row in content.grid(sheet, HEADING_ROWS).head(at).rows() for cell in row if cell)
    years = _YEAR.findall(above)
    return Recognised(
        file=content.name,
        return_id=PROVIDER_LISTS.id,
        table=TABLE.name,
        period=max(years) if years else None,
        because=f"a row of headings with a provider's number and {', '.join(sorted(places.keys() & _TELLING))}",
    )


def _read(content: "Content", taken: Recognised) -> Tables:
    found = _found(content)
    if found is None:
        raise SpecificationError(
            expected="a list of providers", found="none", where=content.name, do="Give the file as published."
        )
    sheet, at, places = found
    body = content.grid(sheet).slice(at + 1)
    filled = body.filter(pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0))
    numbered = filled.filter(pl.nth(places["URN"]).str.strip_chars().str.len_chars() > 0)
    further = ofsted.places_of(content.grid(sheet, HEADING_ROWS).row(at))
    whole = told_by_grid(numbered, places).hstack(
        numbered.select(pl.nth(place).str.strip_chars().alias(name) for name, place in further.items())
    )
    named = {OURS.get(name, name): name for name in whole.columns}
    listed = whole.select(pl.col(named[one.name]).alias(one.name) for one in TABLE.columns if one.name in named)
    unnumbered = filled.height - listed.height
    said = f"{unnumbered:,} rows have no number (URN): left out"
    problem = Problem(file=content.name, where=TABLE.name, message=said, severity="warning", rows=unnumbered)
    return Tables(
        tables={TABLE.name: listed}, problems=(problem,) if unnumbered else (), rows=filled.height, kept=listed.height
    )


PROVIDER_LISTS = Return(
    spec=Spec(
        id="placements.providers",
        title="Ofsted's lists of providers",
        tables=(TABLE,),
        source="Ofsted, children's social care data at provider level, and the list of social care providers and "
        "children's homes for the looked-after children return",
    ),
    submitter="publisher",
    publisher="Ofsted",
    period_kind="year",
    readers=(Reader(name="list of providers", recognise=_recognise, read=_read),),
    audience="published",
)
