"""Reader of the government's wide finance sheets: a row per authority, a column per line and measure.

The families (RA, RS/RSX, RO3) differ by year in the position of the header, the identifying columns, whether line
numbers have a row of their own, and whether a column states its measure. The reader relies on what does not change:
the header row has `E-code` and the authority's name, an authority's row has a nine-character ONS code (or, before
2017-18, only an E-code and a name), and the lines are to the right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from parentis.returns.editions import released
from parentis.returns.finance.headings import LineColumn, read_columns
from parentis.returns.finance.lines import plain

IDENTIFIERS: Mapping[str, frozenset[str]] = {
    "e_code": frozenset({"e code", "ecode", "la code", "mhclg code"}),
    "ons_code": frozenset({"ons code", "gss code", "new ons code", "ons area code", "ons la code"}),
    "name": frozenset({"local authority", "authority", "local authority name", "la name", "authority name"}),
    "notes": frozenset({"notes", "note", "footnotes", "footnote"}),
    "class": frozenset({"class", "authority class"}),
    "detailed_class": frozenset({"detailed class", "sub class", "subclass"}),
    "certification": frozenset({"certification", "certified"}),
}
"Headings of the columns that identify the authority, as `plain` gives them."

LOWER_CLASSES = ("SD", "O")
"Shire districts; fire, police, parks, waste and other single-purpose authorities."

HEADER_SEARCH = 40
"The header is among this many first rows; no published sheet has more than ten rows above it."

MARKERS = frozenset({"m", "x", "n", "y", "z", "c", "s", "-", "–", "—", ".", "..", "...", "…", "n/a", "na", "low"})
"Cell texts that mean `no value`, without square brackets."

_YEAR = re.compile(r"(20\d\d)\s*(?:[-–/]|to)\s*(?:20)?(\d\d)(?!\d)")
_SHEET_YEAR = re.compile(r"(20\d\d)(\d\d)(?!\d)")
_UNITS = (
    (re.compile(r"£\s*(?:thousand|000s?|k\b)|£'000|£s?\s*thousand", re.IGNORECASE), 1_000),
    (re.compile(r"£\s*(?:million|m\b)", re.IGNORECASE), 1_000_000),
)
_AUTHORITY_ECODE = r"^E\d{4}$"
_AUTHORITY_ONS = r"^E\d{8}$"
# A region's or a country's code is not an authority's. The publisher files the Greater London Authority under
# London's region code; kept, it would count as London itself.
_AREA_ONS = r"^E(?:12|13|92)"


@dataclass(frozen=True, slots=True)
class WideSheet:
    """The layout of one wide sheet. Positions are 0-based."""

    header: int
    identifiers: Mapping[str, int]
    columns: tuple[LineColumn, ...]
    unknown: tuple[str, ...]
    "Headings of columns whose line or measure is not stated; they belong to no line."
    title: str
    period: str | None
    released: date | None
    "The release date, where the sheet states it."
    pounds: int | None
    "Pounds in one published unit; None where the sheet does not state it."
    sections: Mapping[int, str]
    "Column → the section heading above it and its neighbours, if a row of the sheet has section headings."
    repeated: tuple[str, ...] = ()
    "Sentences on columns whose line and measure are repeated."

    @property
    def width(self) -> int:
        """Columns of figures, known and unknown."""
        return len(self.columns) + len(self.unknown)


@dataclass(frozen=True, slots=True)
class WideLines:
    """The sheet in long format, as text, and what was left out.

    `lines` columns, all String: ONS_CODE, AUTHORITY_NAME, NOTE, LINE, LABEL, SERVICE_LINE, MEASURE, AMOUNT
    (pounds), MARKER. `excluded`: names of total rows; `unresolved`: names of authorities without a code, by
    whether their class (shire district, other) says that they run no social care.
    """

    lines: pl.DataFrame
    excluded: tuple[str, ...]
    unresolved: Mapping[bool, tuple[str, ...]]
    unread: tuple[str, ...]
    "Distinct cell texts that are neither a number nor a known marker."
    rows: int
    "Rows below the header that are not blank."
    kept: int
    empty: int
    "Rows without an authority or a figure, under the header or below the authorities."


def locate(grid: pl.DataFrame, return_id: str, *, only: str | None = None) -> WideSheet | None:
    """Find the header and the line columns of an all-text grid read without a header; None if it is not a wide sheet.

    `only` is the single measure of a form that has one column per line.
    """
    top, identifiers = header(grid)
    if top is None or "name" not in identifiers or not ({"e_code", "ons_code"} & identifiers.keys()):
        return None
    above = [_cells(grid, i) for i in range(top)]
    said = [cell for row in above for cell in row if cell]
    headings = _cells(grid, top)
    first = max(identifiers.values()) + 1
    places = [at for at in range(first, len(headings)) if headings[at]]
    if not places:
        return None
    columns, unknown = read_columns(return_id, headings, above, places, only=only)
    return WideSheet(
        header=top,
        identifiers=identifiers,
        columns=columns,
        unknown=unknown,
        title=said[0] if said else "",
        period=next((found for cell in said if (found := financial_year(cell))), None),
        released=released(said),
        pounds=pounds(said),
        sections=_sections(above, places),
    )


def _sections(above: Sequence[Sequence[str]], places: Sequence[int]) -> dict[int, str]:
    """Section headings from the nearest row above the header that has any, each applied to the right until the next."""
    for row in reversed(above):
        if sum(bool(re.search("[A-Za-z]{4}", row[at])) for at in places) < 1 or len({row[at] for at in places}) < 2:
            continue
        found: dict[int, str] = {}
        words = ""
        for at in places:
            words = " ".join(row[at].split()) or words
            found[at] = words
        return found
    return {}


def without_repeats(grid: pl.DataFrame, sheet: WideSheet) -> WideSheet:
    """The sheet with each line and measure once. A repeated column with the same cells is one line. Repeated columns
    with different cells are distinguished by their section, and none is a service line, because the sheet does not
    say which it is."""
    groups: dict[tuple[str, str, str], list[LineColumn]] = {}
    for column in sheet.columns:
        groups.setdefault((column.number, column.label, column.measure), []).append(column)
    if all(len(group) == 1 for group in groups.values()):
        return sheet
    columns: list[LineColumn] = []
    told: list[str] = []
    for group in groups.values():
        apart = _apart(grid, sheet, group)
        if len(apart) < len(group):
            told.append(
                f"column {group[0].label} stands {len(group)} times, {len(apart)} of them different: each is used once"
            )
        if len(apart) == 1:
            columns += apart
            continue
        names = [f"{one.label} ({sheet.sections.get(one.at) or f'column {one.at + 1}'})" for one in apart]
        told.append(
            f"column {group[0].label} stands {len(apart)} times with different figures: "
            f"read as {' and '.join(names)}, in no service line"
        )
        columns += [replace(one, label=name, service_line=None) for one, name in zip(apart, names, strict=True)]
    return replace(sheet, columns=tuple(sorted(columns, key=lambda one: one.at)), repeated=tuple(told))


def _apart(grid: pl.DataFrame, sheet: WideSheet, group: Sequence[LineColumn]) -> list[LineColumn]:
    """The columns of the group whose cells differ from those of every earlier column."""
    body = grid.slice(sheet.header + 1)
    apart: list[LineColumn] = []
    for one in group:
        cells = body.to_series(one.at)
        if not any(cells.equals(body.to_series(other.at), check_names=False) for other in apart):
            apart.append(one)
    return apart


def financial_year(text: str) -> str | None:
    """`2017-18` from a title or a sheet's name; None where there is none or the years are not consecutive."""
    for pattern in (_YEAR, _SHEET_YEAR):
        for start, end in pattern.findall(text):
            if (int(start) + 1) % 100 == int(end):
                return f"{start}-{end}"
    return None


def pounds(texts: Sequence[str]) -> int | None:
    """Pounds in one unit, from the texts of a sheet: `£ thousand` is 1,000. None if they name no unit or two."""
    found = {unit for pattern, unit in _UNITS if any(pattern.search(text) for text in texts)}
    return found.pop() if len(found) == 1 else None


def to_lines(grid: pl.DataFrame, sheet: WideSheet, *, unit: int, ons_codes: Mapping[str, str]) -> WideLines:
    """Convert a located sheet to long format. `ons_codes`: authority's name → ONS code, for sheets without codes."""
    names = grid.columns
    ids = {key: names[at] for key, at in sheet.identifiers.items()}
    unnamed = _unnamed_note(sheet, _cells(grid, sheet.header))
    body = grid.slice(sheet.header + 1).select(
        _text(ids.get("e_code")).alias("e_code"),
        _text(ids.get("ons_code")).alias("ons"),
        _text(ids["name"]).alias("AUTHORITY_NAME"),
        _text(ids.get("class")).str.to_uppercase().is_in(LOWER_CLASSES).fill_null(False).alias("lower"),
        _text(ids.get("notes") or (names[unnamed] if unnamed is not None else None)).alias("NOTE"),
        *(pl.col(names[column.at]).alias(f"#{i}") for i, column in enumerate(sheet.columns)),
    )
    body, below = _at_second_header(body.with_row_index("row"))
    body = body.with_columns(pl.col("AUTHORITY_NAME").replace_strict(ons_codes, default=None).alias("by_name"))
    coded = pl.coalesce(pl.when(pl.col("ons").str.contains(_AUTHORITY_ONS)).then("ons"), "by_name")
    authority = pl.col("e_code").str.contains(_AUTHORITY_ECODE).fill_null(False) | pl.col("ons").str.contains(
        _AUTHORITY_ONS
    ).fill_null(False)
    body = body.with_columns(
        coded.alias("ONS_CODE"),
        (authority & ~pl.col("ons").str.contains(_AREA_ONS).fill_null(False)).alias("is_authority"),
    )
    kept = body.filter(pl.col("is_authority") & pl.col("ONS_CODE").is_not_null())
    holds_figures = pl.any_horizontal(
        pl.col(f"#{i}").str.contains(r"\d").fill_null(False) for i in range(len(sheet.columns))
    )
    named = pl.col("AUTHORITY_NAME").is_not_null() & holds_figures
    totals = pl.concat(
        [
            body.filter(named & ~pl.col("is_authority")).select("AUTHORITY_NAME"),
            below.filter(named).select("AUTHORITY_NAME"),
        ]
    )
    unresolved = body.filter(pl.col("is_authority") & pl.col("ONS_CODE").is_null())
    lines = _long(kept, sheet, unit)
    filled = pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).fill_null(value=False)
    rows = int(grid.slice(sheet.header + 1).select(filled.sum()).item() or 0)
    left_out = totals.height + unresolved.height
    return WideLines(
        lines=lines.drop("unread"),
        excluded=tuple(totals["AUTHORITY_NAME"]),
        unresolved={
            lower: tuple(unresolved.filter(pl.col("lower") == lower)["AUTHORITY_NAME"].fill_null("(no name)"))
            for lower in (False, True)
        },
        unread=tuple(lines.filter("unread")["MARKER"].unique().sort()),
        rows=rows,
        kept=kept.height,
        empty=rows - kept.height - left_out,
    )


def _long(kept: pl.DataFrame, sheet: WideSheet, unit: int) -> pl.DataFrame:
    columns = pl.DataFrame(
        [
            {
                "key": f"#{i}",
                "LINE": column.number or None,
                "LABEL": column.label,
                "SERVICE_LINE": column.service_line,
                "MEASURE": column.measure,
            }
            for i, column in enumerate(sheet.columns)
        ],
        schema=dict.fromkeys(("key", "LINE", "LABEL", "SERVICE_LINE", "MEASURE"), pl.String),
    )
    long = kept.unpivot(
        index=["row", "ONS_CODE", "AUTHORITY_NAME", "NOTE"],
        on=[f"#{i}" for i in range(len(sheet.columns))],
        variable_name="key",
        value_name="cell",
    ).join(columns, on="key", how="left", maintain_order="left")
    cell = pl.col("cell").str.strip_chars()
    bare = cell.str.replace_all(r"[,£\s]", "").str.replace(r"^\((.*\d.*)\)$", "-$1")
    number = bare.cast(pl.Float64, strict=False)
    marker = pl.when(number.is_null() & (cell != "")).then(cell)
    known = cell.str.strip_chars("[]").str.to_lowercase().is_in(list(MARKERS)) | cell.str.contains(r"(?i)^\[note")
    return long.select(
        "row",
        "ONS_CODE",
        "AUTHORITY_NAME",
        "NOTE",
        "LINE",
        "LABEL",
        "SERVICE_LINE",
        "MEASURE",
        (number * unit).round(2).cast(pl.Decimal(18, 2)).cast(pl.String).alias("AMOUNT"),
        marker.alias("MARKER"),
        (marker.is_not_null() & ~known).fill_null(False).alias("unread"),
    )


def _at_second_header(body: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Late workbooks stack a table of class totals under its own header; the authorities end there."""
    words = pl.col("e_code").str.to_lowercase().str.replace_all(r"[^a-z]", "")
    repeat = body.with_row_index("at").filter(words == "ecode")["at"]
    end = int(repeat[0]) if len(repeat) else body.height
    return body.slice(0, end), body.slice(end + 1)


def header(grid: pl.DataFrame) -> tuple[int | None, dict[str, int]]:
    """The row of headings and the positions of its identifying columns; None where there is none."""
    for i in range(min(HEADER_SEARCH, grid.height)):
        words = [plain(cell) for cell in _cells(grid, i)]
        found: dict[str, int] = {}
        for at, word in enumerate(words):
            for key, known in IDENTIFIERS.items():
                if word in known:
                    found.setdefault(key, at)
        if "name" in found and ({"e_code", "ons_code"} & found.keys()):
            return i, found
    return None, {}


def _unnamed_note(sheet: WideSheet, headings: Sequence[str]) -> int | None:
    """The column without a heading to the right of the name, in which early years put footnote letters."""
    at = sheet.identifiers["name"] + 1
    return at if at < len(headings) and not headings[at] else None


def _cells(grid: pl.DataFrame, i: int) -> list[str]:
    return [(cell or "").strip().lstrip("\ufeff") for cell in grid.row(i)]


def _text(name: str | None) -> pl.Expr:
    if name is None:
        return pl.lit(None, dtype=pl.String)
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)
