"""The shares laboratory with London's data: futures from the log, facts of boroughs, and groups for exact values."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.region import footprints, members
from parentis.region.reference import rows
from parentis.services.places.estimate import Estimate
from parentis.services.places.need.referrals import PLACED
from parentis.services.places.shares.coalitions import Game, game
from parentis.services.places.shares.laboratory import HISTORY, Groups, Laboratory, laboratory
from parentis.services.places.shares.rules import Facts
from parentis.services.places.sizing.futures import AS_REFERRED, Assumptions, future

FUTURES: Final = 4
YEARS: Final = 10
GROUP_KIND: Final = "cdr"
"""The sub-regions between which Shapley's value and the nucleolus are exact: six groups of neighbours, which hold
every borough."""


def settle(
    made: Estimate, *, seed: int = 0, seconds: float | None = None, members_of: tuple[str, ...] | None = None
) -> Laboratory:
    """Every rule for London's boroughs, or for `members_of` alone; with `seconds`, Shapley's value sampled for every
    borough."""
    players = members_of or made.authorities
    return laboratory(
        played(made, players, seed=seed), facts(made, players), groups(players), seed=seed, seconds=seconds
    )


def played(made: Estimate, players: tuple[str, ...], *, seed: int = 0) -> Game:
    """The cost game of `players`, on the same futures for any players."""
    number = np.array([players.index(each) if each in players else -1 for each in made.authorities])
    streams = []
    for which in range(FUTURES):
        children = AS_REFERRED.of(future(made.demand, which, Assumptions(late=0.0), years=YEARS, seed=seed))
        borough = number[children.borough]
        kept = children.only(borough >= 0)
        kept.borough[:] = borough[borough >= 0]
        streams.append(kept)
    return game(players, streams, YEARS)


def facts(made: Estimate, players: tuple[str, ...]) -> Facts:
    """Children aged 10 to 17 (ONS mid-2023), IMD 2019 average score, and nights of children placed by year; for years
    before the log, the mean of the log's years."""
    known = {row["authority"]: row for row in rows("boroughs")}
    placed = made.found.filter((pl.col("OUTCOME") == PLACED) & pl.col("END").is_not_null())
    nights = placed.group_by("period", "LA").agg(nights=(pl.col("END") - pl.col("START")).dt.total_days().sum())
    held = {(p, a): float(n) for p, a, n in nights.iter_rows()}
    periods = sorted(made.found["period"].unique().to_list())
    years = [[held.get((period, each), 0.0) for each in players] for period in periods]
    before = [float(np.mean([year[at] for year in years])) for at in range(len(players))]
    return Facts(
        children=[int(known[each]["aged_10_17"]) for each in players],
        deprivation=[float(known[each]["imd_score"]) for each in players],
        nights=[before] * (HISTORY - len(years)) + years,
    )


def groups(players: tuple[str, ...], on: date = date(2025, 3, 31)) -> Groups:
    """Each player's sub-region."""
    names = [each for each in footprints() if each.kind == GROUP_KIND]
    home = {authority: each.id for each in names for authority in members(each.id, on)}
    used = sorted({home[each] for each in players})
    return Groups(of=tuple(used.index(home[each]) for each in players), names=tuple(used))
