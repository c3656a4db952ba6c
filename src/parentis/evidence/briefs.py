"""One page for each authority: its own figures beside the region's, from the pack's tables by authority."""

from collections.abc import Iterator, Sequence

from parentis.evidence.document import Chapter, Paragraphs, Span
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.formats import in_prose, period_words
from parentis.figures import FigureTable, Section

MOST = 24
"Lines that one page of A4 holds."


def briefs(sections: Sequence[Section], book: FigureLookup) -> tuple[Chapter, ...]:
    """A chapter for each authority with a figure of its own that readers may see."""
    wanted = _measures(sections)
    found = ((place, list(_lines(place, wanted, book))) for place in book.areas)
    return tuple(_brief(place, lines, book) for place, lines in found if lines)


def _measures(sections: Sequence[Section]) -> dict[str, str]:
    """Measure → title of its first section, from tables by authority, in reading order."""
    found: dict[str, str] = {}
    for section in sections:
        for block in section.blocks:
            if isinstance(block, FigureTable) and block.rows == "authority" and not section.annex:
                for measure in block.measures:
                    found.setdefault(measure, section.title)
    return found


def _lines(place: str, wanted: dict[str, str], book: FigureLookup) -> Iterator[tuple[str, tuple[Span, ...]]]:
    for measure, section in wanted.items():
        if not book.periods(measure, place):
            continue
        cell = book.cell(measure, place)
        if cell.value is None:
            continue
        declared = book.measure(measure)
        said = [
            Span(text=f"\n- {declared.title}, {period_words(cell.period)}: "),
            Span(text=in_prose(cell.value, None, declared), cell=cell),
        ]
        region = book.cell(measure, period=cell.period)
        if region.value is not None:
            said += [Span(text="; the region "), Span(text=in_prose(region.value, None, declared), cell=region)]
        yield section, tuple(said)


def _brief(place: str, lines: list[tuple[str, tuple[Span, ...]]], book: FigureLookup) -> Chapter:
    blocks, shown = [], lines[:MOST]
    for title in dict.fromkeys(section for section, _ in shown):
        said = [span for section, spans in shown if section == title for span in spans]
        blocks.append(Paragraphs(spans=(Span(text=f"**{title}**\n"), *said)))
    if len(lines) > MOST:
        text = f"{len(lines) - MOST} more of its figures stand in the tables of this pack."
        blocks.append(Paragraphs(spans=(Span(text=text),), note=True))
    return Chapter(
        id=f"brief-{place}", title=f"{book.name(place)} in brief", blocks=tuple(blocks), part="brief", new_page=True
    )
