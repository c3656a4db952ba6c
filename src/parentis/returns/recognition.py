"""Recognising a table by its headings: which return's, which table, which column is which."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parentis.returns.catalogue import the_return

HEADING_ROWS = 10
"Headings are looked for in so many first rows: people put a title above them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A grid taken for a table. `columns` maps the spec's column names to 0-based grid columns."""

    return_id: str
    table: str
    heading_row: int
    columns: Mapping[str, int]
    other: tuple[str, ...]
    "Headings the spec does not know, and repeats of those it does."
    missing_keys: tuple[str, ...]
    name_hit: int
    likeness: float

    @property
    def because(self) -> str:
        return f"headings {', '.join(self.columns)}"

    @property
    def score(self) -> tuple[int, int, float]:
        """More headings known, then a name that says so, then fewer of the table's headings lacking."""
        return len(self.columns), self.name_hit, self.likeness


def plain(text: str | None) -> str:
    """A heading or name without case, spaces and marks: `PL_Post ` and `pl post` are the same."""
    return re.sub(r"[^0-9a-z]", "", (text or "").casefold())


def match_table(rows: Sequence[Sequence[str | None]], name: str, return_ids: Iterable[str]) -> tuple[Match, ...]:
    """The best readings of a grid whose first rows are `rows`, from a file or sheet called `name`.

    One where it is clear, several where returns fit equally well, none where nothing fits.
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


def known_headings(rows: Sequence[Sequence[str | None]], return_ids: Iterable[str]) -> tuple[str, ...]:
    """Which headings of any return occur in the first rows: all that may be said of an unknown file's content."""
    known = {heading for i in return_ids for headings in _headings(i).values() for heading in headings}
    return tuple(dict.fromkeys(cell.strip() for row in rows for cell in row if cell and plain(cell) in known))


def _row_matches(
    position: int, row: Sequence[str | None], written: Sequence[str], name: str, return_id: str
) -> Iterable[Match]:
    """`written` are the cells of `row`, plain."""
    tables = the_return(return_id).spec.union()
    for table_name, headings in _headings(return_id).items():
        columns: dict[str, int] = {}
        other = []
        for index, heading in enumerate(written):
            column = headings.get(heading)
            if column and column not in columns:
                columns[column] = index
            elif heading:
                other.append((row[index] or "").strip())
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
            name_hit=hit,
            likeness=2 * len(columns) / (len(table.columns) + len(columns)),
        )


def _enough(of: int, *, has_keys: bool, hit: bool) -> int:
    """How many known headings make a table: a few, or half of them where the key is lacking."""
    if has_keys:
        return min(of, 1 if hit else 2)
    return max(2, (of + 1) // 2)


@cache
def _headings(return_id: str) -> Mapping[str, Mapping[str, str]]:
    """By table: plain heading, alias too, to column name."""
    return {
        name: {plain(heading): column.name for column in table.columns for heading in (column.name, *column.aliases)}
        for name, table in the_return(return_id).spec.union().items()
    }
