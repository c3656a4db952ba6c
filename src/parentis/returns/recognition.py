"""Recognition of a table by its headings: its return, its table and its columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from parentis.returns.catalogue import the_return
from parentis.returns.spec import Kind, Table

HEADING_ROWS = 10
"The number of first rows that are searched for headings: people put a title above them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A grid recognised as a table. `columns` maps the spec's column names to 0-based grid columns."""

    return_id: str
    table: str
    heading_row: int
    columns: Mapping[str, int]
    other: tuple[str, ...]
    "Headings that are not in the spec."
    missing_keys: tuple[str, ...]
    repeated: Mapping[str, tuple[int, ...]]
    "Repeated headings: all the grid columns that have them."
    renamed: Mapping[str, str]
    "Columns recognised by an alias, and that alias."
    name_hit: int
    likeness: float

    @property
    def because(self) -> str:
        return f"headings {', '.join(self.columns)}"

    @property
    def score(self) -> tuple[int, int, float]:
        """Ranks by the number of known headings, then a matching name, then fewer missing headings of the table."""
        return len(self.columns), self.name_hit, self.likeness


_MARKS = re.compile(r"[^0-9a-z]")


def plain(text: str | None) -> str:
    """A heading or name in lower case without spaces and marks: `PL_Post ` and `pl post` are equal."""
    return _MARKS.sub("", text.casefold()) if text else ""


def match_table(rows: Sequence[Sequence[str | None]], name: str, return_ids: Iterable[str]) -> tuple[Match, ...]:
    """The best readings of a grid whose first rows are `rows`, from a file or sheet called `name`.

    One match where it is clear, several where returns match equally well, none where nothing matches.
    """
    ids = tuple(return_ids)
    found = [
        match
        for position, row in enumerate(rows[:HEADING_ROWS])
        if any(written := [plain(cell) for cell in row])
        for return_id in ids
        for match in _row_matches(position, row, written, plain(name), return_id)
    ]
    if not found:
        return ()
    best = max(match.score for match in found)
    return tuple(match for match in found if match.score == best)


def match_cells(grid: pl.DataFrame, name: str, return_ids: Iterable[str]) -> Match | None:
    """Match a grid without a row of headings to the only table whose columns, in order, fit its cells.

    Only exported returns are recognised in this way, and only tables with enough columns of dates and codes.
    """
    head = grid.head(HEAD)
    fitting = [
        (return_id, table)
        for return_id in return_ids
        if the_return(return_id).exported
        for table in the_return(return_id).spec.union().values()
        if len(table.columns) == grid.width and head.height and _fits(head, table, _codes_of(return_id, table))
    ]
    named = [found for found in fitting if plain(found[1].name) in plain(name)]
    chosen = named if len(named) == 1 else fitting
    if len(chosen) != 1:
        return None
    return_id, table = chosen[0]
    return Match(
        return_id=return_id,
        table=table.name,
        heading_row=-1,
        columns={column.name: place for place, column in enumerate(table.columns)},
        other=(),
        missing_keys=(),
        repeated={},
        renamed={},
        name_hit=0,
        likeness=1.0,
    )


HEAD, FIT, TELLING = 50, 0.9, 3
"Rows looked at; the share of filled cells of each column that must fit; columns of dates and codes that must be there."


def _codes_of(return_id: str, table: Table) -> Mapping[str, frozenset[str]]:
    """All codes of a column in any period."""
    spec = the_return(return_id).spec
    years = [spec.at(period).tables for period in spec.periods]
    found: dict[str, set[str]] = {}
    for tables in years:
        for column in tables[table.name].columns if table.name in tables else ():
            found.setdefault(column.name, set()).update(code.code.upper() for code in column.codes)
    return {name: frozenset(codes) for name, codes in found.items()}


def _fits(head: pl.DataFrame, table: Table, codes: Mapping[str, frozenset[str]]) -> bool:
    telling = 0
    for place, column in enumerate(table.columns):
        cells = [cell.strip().upper() for cell in head.to_series(place) if cell and cell.strip()]
        if column.kind is Kind.DATE:
            right = sum(bool(_DATED.fullmatch(cell)) for cell in cells)
        elif column.kind is Kind.CODE:
            right = sum(cell in codes.get(column.name, ()) for cell in cells)
        else:
            continue
        if right < FIT * len(cells):
            return False
        telling += bool(cells)
    return telling >= min(TELLING, sum(column.kind in (Kind.DATE, Kind.CODE) for column in table.columns))


_DATED = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?: 0?0:00.*)?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?"
    r"|\d{5}|(?:\d\d|ZZ)/(?:\d\d|ZZ)/(?:\d{4}|Z{4})"
)


def known_headings(rows: Sequence[Sequence[str | None]], return_ids: Iterable[str]) -> tuple[str, ...]:
    """The headings of any return that occur in the first rows. Nothing else of an unknown file's content may be
    quoted."""
    known = {heading for i in return_ids for headings in _headings(i).values() for heading in headings}
    return tuple(dict.fromkeys(cell.strip() for row in rows for cell in row if cell and plain(cell) in known))


def _row_matches(
    position: int, row: Sequence[str | None], written: Sequence[str], name: str, return_id: str
) -> Iterable[Match]:
    """`written` are the cells of `row`, plain."""
    tables = the_return(return_id).spec.union()
    for table_name, headings in _headings(return_id).items():
        if headings.keys().isdisjoint(written):
            continue
        places: dict[str, list[int]] = {}
        other = []
        for index, heading in enumerate(written):
            if column := headings.get(heading):
                places.setdefault(column, []).append(index)
            elif heading:
                other.append((row[index] or "").strip())
        columns = {column: found[0] for column, found in places.items()}
        table = tables[table_name]
        missing_keys = tuple(c.name for c in table.columns if c.key and c.name not in columns)
        hit = sum(len(said) for said in (plain(table_name), plain(return_id)) if said in name)
        if len(columns) < _enough(len(table.columns), has_keys=not missing_keys, hit=hit > 0):
            continue
        yield Match(
            return_id=return_id,
            table=table_name,
            heading_row=position,
            columns={c.name: columns[c.name] for c in table.columns if c.name in columns},
            other=tuple(other),
            missing_keys=missing_keys,
            repeated={column: tuple(found) for column, found in places.items() if len(found) > 1},
            renamed={column: (row[at] or "").strip() for column, at in columns.items() if written[at] != plain(column)},
            name_hit=hit,
            likeness=2 * len(columns) / (len(table.columns) + len(columns)),
        )


def _enough(of: int, *, has_keys: bool, hit: bool) -> int:
    """How many known headings are enough for a table: a few, or half of them if a key column is missing."""
    if has_keys:
        return min(of, 1 if hit else 2)
    return max(2, (of + 1) // 2)


@cache
def _headings(return_id: str) -> Mapping[str, Mapping[str, str]]:
    """For each table: plain heading or alias → column name."""
    return {
        name: {plain(heading): column.name for column in table.columns for heading in (column.name, *column.aliases)}
        for name, table in the_return(return_id).spec.union().items()
    }
