"""What every service says of itself on pages and in packs: words, not the ids of files and measures."""

import re

import pytest

from parentis.figures import Chart, FigureTable, Prose
from parentis.services import services

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
IDENTIFIER = re.compile(r"`|\b[a-z]+_[a-z_]+\b|\b[a-z0-9]+\.[a-z]+_[a-z]+|(?<![\w.])/[\w/.]+|\.(csv|xlsx|parquet)\b")


def said() -> list[tuple[str, str]]:
    found = []
    for service in services().values():
        for section in service.sections.resolve():
            texts = [section.title, section.otherwise]
            for block in section.blocks:
                match block:
                    case Prose():
                        texts.append(block.text)
                    case FigureTable():
                        texts += [block.title, block.note, *block.headings, *block.labels.values()]
                    case Chart():
                        texts += [block.title, block.description, *block.headings, *block.labels.values()]
            found += [(section.id, PLACEHOLDER.sub("", text)) for text in texts if text]
    return found


@pytest.mark.spec
def test_no_prose_of_any_service_names_an_id_or_a_path() -> None:
    texts = said()
    assert len(texts) > 100
    assert [(where, text) for where, text in texts if IDENTIFIER.search(text)] == []


@pytest.mark.unit
@pytest.mark.parametrize("text", ["needs (`ssda903`)", "from uasc.rate_grants", "see child_deaths", "in /work/x.csv"])
def test_an_id_or_a_path_is_seen(text: str) -> None:
    assert IDENTIFIER.search(text)
