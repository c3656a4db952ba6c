"""Each year's return from the single population, with what the authority would have known on 31 March."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.practice import children as about
from parentis.practice.calendar import april
from parentis.practice.episodes import NO_NUMBER, episodes
from parentis.practice.legal import Legal, legal
from parentis.practice.older_children import OlderChildren
from parentis.practice.older_risk import PLANTED, Risk
from parentis.practice.placements import placements
from parentis.practice.population import Population, population
from parentis.practice.targets import london

LETTERS_FROM = 2024
"Sex is M or F from the 2024-25 return on, 1 or 2 before."
BEGINS = {"SWEpisodes": 2023, "DoLo": 2026}
"Social worker episodes begin with the 2023-24 return, orders that deprive of liberty with that of 2026-27."
OTHERS_APART_FROM = 2025
"Other placements (Z1) are told apart from the 2025-26 return on."


@dataclass(frozen=True, slots=True)
class Simulated:
    """All data of the synthetic region's children, beyond what a single return contains."""

    people: Population
    law: Legal
    episodes: pl.DataFrame
    "See `episodes.episodes`."
    older: OlderChildren


def simulated(seed: int, risk: Risk = PLANTED) -> Simulated:
    """Every child's care from before the first return to after the last."""
    people = population(seed)
    law = legal(seed, people)
    homes, older = placements(seed, people, law, risk)
    return Simulated(people, law, episodes(seed, people, law, homes), older)


def year_tables(seed: int, world: Simulated, year: int) -> dict[str, pl.DataFrame]:
    """The return of the collection year that starts in April of `year`, for all authorities: the spec's columns,
    and `at`, the index of the authority; sorted by authority and child."""
    begin, end = april(year), april(year + 1)
    shown = _shown(world.episodes, begin, end)
    within = about.Year(
        year=year, begin=begin, end=end, people=world.people, law=world.law, episodes=shown, older=world.older
    )
    tables = {"Episodes": _episode_table(shown, end, year)} | {
        name: make(seed, within) for name, make in TABLES.items() if year >= BEGINS.get(name, year)
    }
    return {name: _finished(table, world.people, year) for name, table in tables.items()}


def _shown(episodes: pl.DataFrame, begin: int, end: int) -> pl.DataFrame:
    """Episodes that touch the year; one that ended on 1 April was open on 31 March, and is shown as ended."""
    return episodes.filter(pl.col("start") < end, pl.col("end") >= begin).with_columns(
        known_end=pl.when(pl.col("end") < end).then("end")
    )


def _episode_table(shown: pl.DataFrame, end: int, year: int) -> pl.DataFrame:
    ended = pl.col("known_end").is_not_null()
    return shown.select(
        "child",
        pl.col("start").alias("DECOM"),
        "RNE",
        "LS",
        "CIN",
        # Orders that deprive of liberty are expected in Z12 and Z13 of the new codes.
        pl.col("PLACE").replace("Z1", "Z12") if year >= OTHERS_APART_FROM else "PLACE",
        "PLACE_PROVIDER",
        pl.col("known_end").alias("DEC"),
        pl.when(ended).then("REC").alias("REC"),
        pl.when(ended).then("REASON_PLACE_CHANGE").alias("REASON_PLACE_CHANGE"),
        "HOME_POST",
        "PL_POST",
        # Rule 242 of 2025-26: a place without a number of its own has none, not XXXXXXX.
        pl.when(pl.col("URN") != NO_NUMBER).then("URN").alias("URN") if year >= OTHERS_APART_FROM else "URN",
    ).sort("child", "DECOM")


def _finished(table: pl.DataFrame, people: Population, year: int) -> pl.DataFrame:
    """Day numbers as dates, the child's number, and DOB and SEX where the table has them."""
    child = table["child"].to_numpy()
    at = people.children.authority[child]
    numbers = np.array([one.dfe for one in london()])[at]
    sexes = ["M", "F"] if year >= LETTERS_FROM else ["1", "2"]
    filled = {
        "at": pl.Series(at),
        "CHILD": pl.Series(np.char.add(np.char.add("SYN", numbers), np.char.zfill(child.astype(str), 6))),
        "DOB": pl.Series(people.children.born[child]),
        "SEX": pl.Series(np.array(sexes)[people.children.girl[child].astype(int)]),
    }
    wanted = ["at", "CHILD", *(name for name in table.columns if name != "child")]
    made = table.with_columns(**{name: column for name, column in filled.items() if name in wanted}).select(wanted)
    days = [name for name in made.columns if name in about.DATES]
    return made.with_columns(pl.col(days).cast(pl.Int32).cast(pl.Date))


TABLES: Mapping[str, Callable[[int, about.Year], pl.DataFrame]] = {
    "Header": about.header,
    "Reviews": about.reviews,
    "UASC": about.unaccompanied,
    "OC2": about.health,
    "OC3": about.leavers,
    "AD1": about.adopted,
    "PlacedAdoption": about.placed_for_adoption,
    "PrevPerm": about.previous_permanence,
    "Missing": about.missing,
    "SWEpisodes": about.workers,
    "DoLo": about.orders,
}
