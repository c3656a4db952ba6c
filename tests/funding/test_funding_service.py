"""What the service announces: that it resolves, names what exists, and states no number of its own."""

import re

import pytest

from parentis.evidence import measures_named
from parentis.figures import Catalogue, Chart, FigureTable, Headline, Prose
from parentis.returns import returns
from parentis.services import services
from parentis.services.funding import SERVICE
from parentis.services.funding.catalogue import measures
from parentis.services.funding.reconciliation import reasons
from parentis.services.funding.sections import PACK, SECTIONS
from parentis.services.funding.straight_line import LEVEL
from parentis.services.funding.summary import SUMMARY

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
    """Its own, and in the table of options those of the services that work options out."""
    announced = (one.measures.resolve() for one in services().values() if one.id != SERVICE.id)
    others = (measure for each in announced if not callable(each) for measure in each)
    catalogue = Catalogue((*measures(), *others))
    for section in SECTIONS:
        for block in section.blocks:
            named = PLACEHOLDER.findall(block.text) if isinstance(block, Prose) else block.measures
            for measure in (*named, *filter(None, [block.only_with])):
                assert measure in catalogue, (section.id, measure)
            if isinstance(block, FigureTable) and block.sort_by:
                assert block.sort_by in block.measures


@pytest.mark.unit
def test_prose_holds_no_number_of_its_own() -> None:
    allowed = {"section 151", "RO3", "finance.ro3", "31 March", "1 comparable, 0 flagged", f"{LEVEL:.0%}", "0–17"}
    cited = {reasons(one) for one in measures()}
    for section in SECTIONS:
        for words in (section.title, section.otherwise, *(w for block in section.blocks for w in _words(block))):
            if words not in cited:
                bare = PLACEHOLDER.sub("", words)
                for phrase in sorted(allowed):
                    bare = bare.replace(phrase, "")
                assert not re.search(r"\d", bare), (section.id, bare)


def _words(block: object) -> tuple[str, ...]:
    match block:
        case Prose():
            return (block.text,)
        case FigureTable():
            return (block.title, block.note, *block.headings)
        case Chart():
            return (block.title, block.description, *block.headings)
        case Headline():
            return ()
    raise AssertionError(block)


@pytest.mark.unit
def test_sections_stand_in_the_pack_in_an_order() -> None:
    places = [section.packs[PACK] for section in SECTIONS]
    assert places == sorted(set(places))
    assert len({section.id for section in SECTIONS}) == len(SECTIONS)


@pytest.mark.unit
def test_columns_have_headings_of_their_own() -> None:
    for section in SECTIONS:
        for block in section.blocks:
            if isinstance(block, FigureTable | Chart):
                assert len(set(block.headings)) == len(block.measures), (section.id, block.title)


@pytest.mark.unit
def test_a_section_that_waits_for_figures_says_what_it_would_need() -> None:
    for section in SECTIONS:
        waiting = [bool(block.only_with) for block in section.blocks]
        assert section.otherwise or not all(waiting), section.id


@pytest.mark.unit
def test_no_sentence_of_the_summary_sets_amounts_of_different_years_beside_each_other() -> None:
    """Outturns are published of later years than budgets: the last outturn less the last budget is not the variance."""
    for finding in (*SUMMARY.claim, *SUMMARY.number):
        named = set(PLACEHOLDER.findall(finding.text))
        assert not {"funding.csc.variance", "funding.csc.outturn"} <= named, finding.text


@pytest.mark.spec
def test_the_straight_line_stands_in_the_annexs_check_and_nowhere_else() -> None:
    """There is one future: every service's sections, and the pack's first page."""
    for service in services().values():
        for section in service.sections.resolve():
            named = {one for one in measures_named(section) if one.startswith("funding.check.")}
            assert not named or section.id == "funding-check", (section.id, named)
    first = (SUMMARY.claim, SUMMARY.number, SUMMARY.cause)
    assert not [one.text for part in first for one in part if "funding.check." in one.text]
    titles = [one.title for one in measures() if one.id.startswith("funding.check.")]
    assert titles
    assert all(title.startswith("Check: ") for title in titles)
