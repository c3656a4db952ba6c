"""Practice returns of family hubs: two hubs an authority, the busier where more children are looked after."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from parentis.practice.parts import Part, World
from parentis.practice.targets import london
from parentis.returns import ReturnData

YEARS = ("2024-25",)


def returns(world: World, wanted: frozenset[str]) -> Iterator[ReturnData]:
    known = np.bincount(world.children.people.children.authority, minlength=len(london()))
    for year in YEARS:
        if year not in wanted:
            continue
        for at, authority in enumerate(london()):
            families = [10 + int(known[at]), 10 + int(known[at]) // 2]
            lines = pl.DataFrame(
                {
                    "HUB": ["Practice hub, north", "Practice hub, south"],
                    "FAMILIES": families,
                    "UNDER_FIVES": [each // 3 for each in families],
                }
            )
            yield ReturnData(return_id="hubs.visits", submitter=authority.gss, period=year, tables={"visits": lines})


PART = Part(id="hubs", title="visits to family hubs", years=YEARS, returns=returns)
