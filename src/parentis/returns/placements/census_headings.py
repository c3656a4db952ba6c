"""Location of a census in a file: the row of headings, in which a sentence of guidance may follow each name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parentis.returns.placements import census_columns as columns
from parentis.returns.recognition import HEADING_ROWS, plain

if TYPE_CHECKING:
    from parentis.returns.content import Content

ENOUGH = 6
"How many known headings, including two key columns, identify a census of any edition."
ENOUGH_OF_LONDON = 3
"How many headings that are only in London's edition identify it."

_EVERY = {
    c.name: c for spec in (columns.SPEC, columns.LONDON_SPEC) for c in spec.union()[columns.PLACEMENTS.name].columns
}
_HEADINGS = {plain(heading): c.name for c in _EVERY.values() for heading in (c.name, *c.aliases)}
KEYS = {name for name, column in _EVERY.items() if column.key}


def named(heading: str | None) -> str | None:
    """The column for a heading: from all of its text, or from the part before a line break, bracket or question
    mark."""
    written = (heading or "").strip()
    first_line = written.split("\n")[0]
    short = re.split(r"[\n(?]", written)[0]
    return next((_HEADINGS[plain(one)] for one in (written, first_line, short) if plain(one) in _HEADINGS), None)


@dataclass(frozen=True, slots=True)
class Headed:
    """The position of a census table: the sheet, its row of headings, and the grid column of each spec column."""

    sheet: str | None
    at: int
    columns: Mapping[str, int]

    @property
    def of_london(self) -> bool:
        return len(self.columns.keys() & columns.TELLING_LONDON) >= ENOUGH_OF_LONDON


def found_in(content: "Content") -> Iterator[Headed]:
    """The tables of placements; only those with enough known headings."""
    for sheet in content.sheets if content.kind in ("xlsx", "ods") else (None,):
        for at, row in enumerate(content.grid(sheet, rows=HEADING_ROWS).iter_rows()):
            places: dict[str, int] = {}
            for index, heading in enumerate(row):
                name = named(heading)
                if name and name not in places:
                    places[name] = index
            if len(places) >= ENOUGH and len(places.keys() & KEYS) >= len(KEYS) - 1:
                yield Headed(sheet, at, places)
                break
