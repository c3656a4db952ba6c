"""What a document shows, for its annexes: measures with their definitions, and figures by their source."""

from collections.abc import Mapping
from dataclasses import dataclass

from parentis.evidence.document import Document, key_of
from parentis.evidence.figure_lookup import Cell
from parentis.evidence.formats import period_words
from parentis.figures import Catalogue, Measure, parts


@dataclass(frozen=True, slots=True)
class Listed:
    """A figure in the list of sources."""

    anchor: str
    "As `Document.numbers` has it."
    words: str


def measures_shown(document: Document, catalogue: Catalogue) -> tuple[Measure, ...]:
    """The measures of the figures shown, in the order of their ids."""
    return tuple(catalogue[one] for one in sorted({cell.measure for cell in document.cells()}))


def figure_words(cell: Cell, catalogue: Catalogue) -> str:
    """`Budget, Alder, 2017-18, fostering`."""
    title = catalogue[cell.measure].title
    return ", ".join([title, cell.geography_name, period_words(cell.period), *parts(cell.breakdown).values()])


def figures_by_source(document: Document, catalogue: Catalogue) -> Mapping[str, tuple[Listed, ...]]:
    """Provenance → the figures that it belongs to, each once."""
    numbers = document.numbers()
    found: dict[str, dict[str, Listed]] = {}
    for cell in document.cells():
        if cell.present:
            anchor = numbers[key_of(cell)]
            found.setdefault(cell.provenance_id, {})[anchor] = Listed(anchor, figure_words(cell, catalogue))
    return {key: tuple(listed.values()) for key, listed in found.items()}
