"""Unaccompanied children: the claim registers of all authorities, and answers to the cost survey of some."""

from collections.abc import Iterator

from parentis.practice.calendar import label
from parentis.practice.parts import Part, World, by_authority
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, london
from parentis.practice.uasc_cohort import register, uasc_cohort
from parentis.practice.uasc_survey import YEARS as SURVEY_YEARS
from parentis.practice.uasc_survey import surveys
from parentis.returns import ReturnData

YEARS = range(FIRST_RETURN, LAST_RETURN + 1)


def returns(world: World, wanted: frozenset[str]) -> Iterator[ReturnData]:
    people = uasc_cohort(world.seed, world.children.people)
    for year in YEARS:
        if label(year) in wanted:
            yield from by_authority("uasc.register", label(year), register(world.seed, people, year))
    for year in SURVEY_YEARS:
        if label(year) in wanted:
            for at, tables in surveys(world.seed, world.children, people, year):
                yield ReturnData(return_id="uasc.survey", submitter=london()[at].gss, period=label(year), tables=tables)


PART = Part(id="uasc", title="unaccompanied children", years=tuple(label(year) for year in YEARS), returns=returns)
