"""What the service announces: that it resolves, names what exists, and states no number of its own."""

import re

import pytest

from parentis.figures import Catalogue, Chart, FigureTable, Headline, Prose
from parentis.returns import returns
from parentis.services import services
from parentis.services.funding import SERVICE
from parentis.services.funding.catalogue import measures
from parentis.services.funding.reconciliation import reasons
from parentis.services.funding.sections import PACK, SECTIONS

PLACEHOLDER = re.compile(r"\{([^}|]+)[^}]*\}")


@pytest.mark.unit
def test_the_service_is_found_and_everything_it_names_resolves() -> None:
    assert services()["funding"] is SERVICE
    for ref in (SERVICE.measures, SERVICE.compute, SERVICE.sections, *(one.run for one in SERVICE.commands)):
        assert ref.resolve() is not None


@pytest.mark.unit
def test_every_table_it_needs_is_declared() -> None:
    for name in {*SERVICE.needs, *(need for one in SERVICE.commands for need in one.needs)}:
        return_id, _, table = name.partition("/")
        assert table in returns()[return_id].spec.union(), name


@pytest.mark.unit
def test_sections_name_measures_that_exist() -> None:
    catalogue = Catalogue(measures())
    for section in SECTIONS:
        for block in section.blocks:
            named = PLACEHOLDER.findall(block.text) if isinstance(block, Prose) else block.measures
            for measure in (*named, *filter(None, [block.only_with])):
                assert measure in catalogue, (section.id, measure)
            if isinstance(block, FigureTable) and block.sort_by:
                assert block.sort_by in block.measures


@pytest.mark.unit
def test_prose_holds_no_number_of_its_own() -> None:
    allowed = {"section 151", "(RA, RS, RSX, RO3)", "RO3"}
    for section in SECTIONS:
        for block in section.blocks:
            for words in _words(block):
                bare = PLACEHOLDER.sub("", words).replace(reasons(), "")
                for phrase in allowed:
                    bare = bare.replace(phrase, "")
                assert not re.search(r"\d", bare), (section.id, bare)


def _words(block: object) -> tuple[str, ...]:
    match block:
        case Prose():
            return (block.text,)
        case FigureTable():
            return (block.title, block.note)
        case Chart():
            return (block.title, block.description)
        case Headline():
            return ()
    raise AssertionError(block)


@pytest.mark.unit
def test_sections_stand_in_the_pack_in_an_order() -> None:
    places = [section.packs[PACK] for section in SECTIONS]
    assert places == sorted(set(places))
    assert len({section.id for section in SECTIONS}) == len(SECTIONS)
