"""Commissioning: every authority's census of bought placements, and the returns of each partnership's lead."""

from collections.abc import Iterator

from parentis.practice.calendar import label
from parentis.practice.commissioning import CENSUSES, bought, census_table
from parentis.practice.commissioning_contracts import FROM, contracts
from parentis.practice.parts import Part, World
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, london
from parentis.region import financial_year_of
from parentis.returns import ReturnData

YEARS = range(FIRST_RETURN, LAST_RETURN + 1)


def returns(world: World, wanted: frozenset[str]) -> Iterator[ReturnData]:
    parted = census_table(bought(world.seed)).partition_by("census", "at", as_dict=True, include_key=False)
    for census, day in enumerate(CENSUSES):
        if financial_year_of(day).label not in wanted:
            continue
        for at, authority in enumerate(london()):
            if (census, at) in parted:
                yield ReturnData(
                    return_id="placements.london",
                    submitter=authority.gss,
                    period=day.isoformat(),
                    tables={"placements": parted[census, at]},
                )
    for year in YEARS:
        if year >= FROM and label(year) in wanted:
            yield from contracts(world.seed, year)


PART = Part(id="commissioning", title="bought placements", years=tuple(label(year) for year in YEARS), returns=returns)
