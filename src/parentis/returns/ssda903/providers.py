"""The list of providers in which rules look up URNs, under any of the headings with which it is published or stored."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from parentis.errors import UnreadableFileError
from parentis.region import authorities_frame, match_authorities
from parentis.returns.cells import lenient_date
from parentis.returns.content import Content
from parentis.returns.recognition import HEADING_ROWS, plain
from parentis.returns.untrusted_files import open_files

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "URN": ("URN", "Ofsted URN", "Provider URN", "Setting URN", "Unique reference number"),
    "REG_END": ("REG_END", "Deregistration date", "Date of deregistration", "Registration end date", "Closed date"),
    "PLACE_CODES": ("PLACE_CODES", "Placement code", "Placement codes", "Placement type code"),
    "PROVIDER_CODES": ("PROVIDER_CODES", "Placement provider code", "Placement provider codes"),
    "LA_CODE_INFERRED": ("LA_CODE_INFERRED", "LA code"),
    "POSTCODE": ("POSTCODE", "Setting address postcode", "Setting postcode"),
    "authority": ("Local authority", "Local authority name"),
    "type": ("Provision type", "Provider type"),
    "sector": ("Sector",),
}
"""The columns of a list and their headings: in the lists that councils keep for the return, the list of social care
providers and children's homes sent to them, and Ofsted's published files. Missing columns are derived from authority,
type and sector."""

AS_WRITTEN = {"type": "TYPE_AS_PUBLISHED", "sector": "SECTOR_AS_PUBLISHED", "authority": "AUTHORITY_AS_PUBLISHED"}
"Columns from which missing ones are derived, by the names under which they are stored."

FOSTERING = "A3,A4,A5,A6,U1,U2,U3,U4,U5,U6"
PLACES = {
    "children's home": "K2",
    "secure children's home": "K1",
    "independent fostering agency": FOSTERING,
    "voluntary adoption agency": "A3,A4,A5,A6",
    "adoption support agency": "A3,A4,A5,A6",
    "residential family centre": "R3",
    "residential special school": "S1",
    "residential special school (registered as a children's home)": "K2,S1",
    "boarding school": "S1",
    "further education college with residential accommodation": "S1",
    "residential holiday scheme for disabled children": "T0,T4",
    "secure training centre": "R5",
    "supported accommodation": "K3",
}
"Ofsted's provision type → possible placement codes; our mapping, made from the two code lists."

PROVIDERS = {
    "local authority": "PR1,PR2",
    "private": "PR4",
    "voluntary": "PR5",
    "academy": "PR3",
    "health authority": "PR3",
    "public sector": "PR3",
}
"Ofsted's sector → possible provider codes."


def read_providers(paths: Iterable[Path | str]) -> pl.DataFrame:
    """One row for each row that has a number, with those of URN, REG_END (a date), PLACE_CODES, PROVIDER_CODES,
    LA_CODE_INFERRED and POSTCODE that the files have or imply.

    Headings are in the first rows. Codes are derived from type of provision and sector where they have no column.
    Raises `UnreadableFileError` where no table has a column of numbers.
    """
    contents = open_files(paths)
    tables = [table for content in contents for table in _tables(content)]
    if not tables:
        raise UnreadableFileError(
            expected="a table with a column URN",
            found="none",
            where=", ".join(content.name for content in contents) or "the list of providers",
            do="Give Ofsted's file of providers, or a list with URN, REG_END, PLACE_CODES and PROVIDER_CODES.",
        )
    return pl.concat(tables, how="diagonal")


def called(column: str) -> str:
    """A column of the list under its common name: `PLACE_CODES (Placement code)`."""
    names = HEADINGS[column]
    return f"{names[0]} ({names[1]})" if len(names) > 1 else names[0]


_BY_HEADING = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


def _tables(content: Content) -> Iterator[pl.DataFrame]:
    for sheet in content.sheets or (None,):
        grid = content.grid(sheet)
        if headed := where_headed(grid):
            at, places = headed
            found = told_by_grid(grid.slice(at + 1), places).drop(*AS_WRITTEN.values(), strict=False)
            ended = [lenient_date("REG_END").alias("REG_END")] if "REG_END" in found.columns else []
            yield found.with_columns(ended)


def where_headed(grid: pl.DataFrame) -> tuple[int, dict[str, int]] | None:
    """The row of headings of a list, and the positions of its columns; None where no row has a heading for URNs."""
    for at, row in enumerate(grid.head(HEADING_ROWS).rows()):
        # a repeated heading, or a second alias, is ignored: the first counts
        places: dict[str, int] = {}
        for place, heading in enumerate(row):
            if name := _BY_HEADING.get(plain(heading)):
                places.setdefault(name, place)
        if "URN" in places:
            return at, places
    return None


def told_by_grid(body: pl.DataFrame, places: Mapping[str, int]) -> pl.DataFrame:
    """The rows with a URN, as text: the values that the columns at these positions have or imply, with those
    `AS_WRITTEN`."""
    text = body.select(pl.nth(place).str.strip_chars().alias(name) for name, place in places.items())
    text = text.filter(pl.col("URN").str.len_chars() > 0)
    made = {name: pl.col(name) for name in ("URN", "LA_CODE_INFERRED", "POSTCODE", "REG_END") if name in places}
    made |= {AS_WRITTEN[name]: pl.col(name) for name in AS_WRITTEN if name in places}
    for codes, told_by, table in (("PLACE_CODES", "type", PLACES), ("PROVIDER_CODES", "sector", PROVIDERS)):
        if codes in places:
            made[codes] = pl.col(codes).str.replace_all(r"\s*[,;/]\s*|\s+", ",")
        elif told_by in places:
            made[codes] = pl.col(told_by).str.to_lowercase().replace_strict(table, default=None)
    if "LA_CODE_INFERRED" not in places and "authority" in places:
        text = _numbered(text)
        made["LA_CODE_INFERRED"] = pl.col("LA_CODE_INFERRED")
    return text.select(**made)


def _numbered(text: pl.DataFrame) -> pl.DataFrame:
    """Add the DfE number of the named authority."""
    numbers = authorities_frame().select(gss="authority", LA_CODE_INFERRED="dfe")
    named = match_authorities(text.select("authority").unique().rename({"authority": "name"}), "name")
    known = named.join(numbers, left_on="authority", right_on="gss").select("LA_CODE_INFERRED", authority="name")
    return text.join(known, on="authority", how="left", maintain_order="left")
