"""Figures within prose: `{measure|geography|period|breakdown}` stands for a figure."""

import re

from parentis.evidence.document import Span
from parentis.evidence.figure_lookup import LATEST, FigureLookup
from parentis.evidence.formats import in_prose

PLACEHOLDER = re.compile(r"\{([a-z0-9_.-]+(?:\|[^{}|]*){0,3})\}")


def spans(text: str, book: FigureLookup) -> tuple[Span, ...]:
    """Prose split at its placeholders, `{measure|geography|period|breakdown}`; the later parts may be left out."""
    found: list[Span] = []
    at = 0
    for match in PLACEHOLDER.finditer(text):
        measure, *rest = match[1].split("|")
        geography, period, breakdown = (*rest, "", "", "")[:3]
        cell = book.cell(measure, geography, period or LATEST, breakdown)
        found.append(Span(text=text[at : match.start()]))
        found.append(
            Span(text=in_prose(cell.value, cell.suppressed, book.measure(measure), book.words(cell)), cell=cell)
        )
        at = match.end()
    found.append(Span(text=text[at:]))
    return tuple(span for span in found if span.text)
