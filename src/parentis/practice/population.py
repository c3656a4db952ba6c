"""Entries to care and leavers: one continuous population for all years.

Starts and stocks on 31 March are the published ones for each authority; leavers are drawn with hazards by age, time in
care and route. Years before the first return (burn-in) and after the last (so that children at the end have a future)
repeat their neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from parentis.practice.calendar import FAR, anniversary, april
from parentis.practice.randomness import choose, pick, stream
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, looked_after

BURN_IN, AFTER = 1, 2
"Years simulated before the first return and after the last."

# Ages in years at the start of care: (from, to, share). DfE, London, starts by age, year to 31 March 2022; the
# unaccompanied are taken out of the oldest bands.
START_AGES = ((0, 1, 600), (1, 5, 520), (5, 10, 550), (10, 16, 1280), (16, 17.9, 800))
UNACCOMPANIED_AGES = ((12, 15, 4), (15, 16, 10), (16, 17, 40), (17, 17.9, 46))
# Children in care when the simulation begins. DfE, London, 31 March 2021, less the unaccompanied.
STOCK_AGES = ((0.1, 1, 450), (1, 5, 950), (5, 10, 1160), (10, 16, 3450), (16, 18, 2300))

# Chance of leaving in a year relative to others, by days in care so far: most leavers leave early.
EARLY = ((30, 5.0), (180, 2.6), (365, 1.5), (1000, 0.8), (FAR, 0.35))

# … and by age: small children leave by adoption and special guardianship, older ones tend to stay to 18.
BY_AGE = ((1, 0.4), (5, 2.0), (10, 1.7), (16, 0.7), (99, 0.55))

NEEDS = ("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8")
NEED_WEIGHTS = (5570, 280, 410, 820, 830, 230, 10, 150)
"DfE, London, 31 March 2025; absent parenting (N8) without the unaccompanied, who are all N8."

ETHNIC = {
    "WBRI": 2300, "WIRI": 90, "WOTH": 720, "WIRT": 60, "WROM": 40, "MWBC": 800, "MWBA": 300, "MWAS": 220,
    "MOTH": 620, "AIND": 110, "APKN": 150, "ABAN": 260, "AOTH": 160, "BCRB": 780, "BAFR": 950, "BOTH": 520,
    "CHNE": 20, "OOTH": 220, "REFU": 10, "NOBT": 50,
}  # fmt: skip
UNACCOMPANIED_ETHNIC = {"AOTH": 25, "BAFR": 32, "OOTH": 28, "WOTH": 15}

ROUTES = ("usual", "unaccompanied", "remand")
USUAL, UNACCOMPANIED, REMAND = range(3)

RETURN_SHARE = 0.06
"Share of starts by children who have been in care before …"
AWAY_DAYS = 366
"… and were away for a whole return: one year to three."

# Reasons for leaving. E4x means a special guardianship order, whose exact code follows from the last placement.
ENDINGS = ("E11", "E12", "E2", "E3", "E4A", "E4B", "E13", "E41", "E4x", "E5", "E6", "E7", "E8", "E9", "E14", "E15",
           "E16", "E17")  # fmt: skip
# Weights by circumstances: DfE, London, reasons for ceasing, year to 31 March 2024.
LEAVES: Mapping[str, Mapping[str, float]] = {
    "at 18": {"E17": 1020, "E5": 850, "E6": 60, "E7": 50, "E8": 190, "E13": 60},
    "unaccompanied": {"E15": 80, "E3": 90, "E8": 80, "E13": 30},
    "remand": {"E14": 60, "E9": 25, "E4A": 15},
    "adopted": {"E11": 40, "E12": 60},
    "short stay": {"E4A": 50, "E4B": 14, "E13": 14, "E3": 5, "E8": 12, "E41": 2, "E4x": 3},
    "long stay": {"E4A": 33, "E4B": 3, "E13": 10, "E41": 6, "E4x": 36, "E8": 9, "E3": 3, "E2": 0.8, "E16": 1.5},
}
ADOPTABLE_AGE, ADOPTABLE_DAYS, ADOPTED_SHARE = 6.0, 330, 0.64


@dataclass(frozen=True, slots=True)
class Children:
    """One row, one child. Arrays of shape (children,)."""

    authority: np.ndarray
    "Index into `targets.london()`."
    born: np.ndarray
    girl: np.ndarray
    ethnic: np.ndarray
    "Codes."
    unaccompanied: np.ndarray
    respite: np.ndarray
    "True if the child has only short breaks."


@dataclass(frozen=True, slots=True)
class Care:
    """One row, one period of care. Arrays of shape (periods,)."""

    child: np.ndarray
    "Index into Children."
    start: np.ndarray
    end: np.ndarray
    "The day of leaving, exclusive; FAR where still in care when the simulation ends."
    ending: np.ndarray
    "Code of the reason for leaving, '' if still in care."
    route: np.ndarray
    need: np.ndarray
    "Category of need, a code."


@dataclass(frozen=True, slots=True)
class Population:
    children: Children
    care: Care


def population(seed: int) -> Population:
    """Everyone in care in London from the burn-in to two years after the last return."""
    rng = stream(seed, "population")
    goal = looked_after()
    first = FIRST_RETURN - BURN_IN
    homes, starts = _beginning(rng, goal.stock_2020, goal.unaccompanied_2020, april(first))
    people = _Growing(homes, starts)
    before = goal.stock_2020
    for year in range(first, LAST_RETURN + AFTER + 1):
        at = int(np.clip(year - FIRST_RETURN, 0, goal.stock.shape[1] - 1))
        inside = FIRST_RETURN <= year <= LAST_RETURN
        stock, alone = (
            (goal.stock[:, at], goal.unaccompanied[:, at])
            if inside
            else (before, None if year > LAST_RETURN else goal.unaccompanied_2020)
        )
        _pass_year(rng, people, year, goal.started[:, at], stock, alone)
        before = stock
    homes, starts = people.frozen()
    care = Care(
        child=starts["child"],
        start=starts["start"],
        end=starts["end"],
        ending=starts["ending"],
        route=starts["route"],
        need=_needs(rng, starts["route"]),
    )
    return _with_respite(rng, Population(children=Children(**homes), care=care), goal.stock[:, 0])


class _Growing:
    """Children and periods of care while years pass: columns that grow by appending."""

    def __init__(self, homes: dict[str, np.ndarray], starts: dict[str, np.ndarray]) -> None:
        self.homes, self.care = homes, starts

    def add(self, homes: dict[str, np.ndarray], starts: dict[str, np.ndarray]) -> None:
        """New children, and periods of care whose `child` −1, −2 … counts back from the last new child."""
        size = len(self.homes["born"]) + len(homes["born"])
        starts = starts | {"child": np.where(starts["child"] < 0, size + starts["child"], starts["child"])}
        self.homes = {name: np.concatenate([self.homes[name], homes[name]]) for name in self.homes}
        self.care = {name: np.concatenate([self.care[name], starts[name]]) for name in self.care}

    def frozen(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        return self.homes, self.care


def _pass_year(
    rng: np.random.Generator,
    people: _Growing,
    year: int,
    started: np.ndarray,
    stock: np.ndarray,
    alone: np.ndarray | None,
) -> None:
    """Let children start and leave between 1 April and 31 March so that `stock` are in care on the last night."""
    begin, end = april(year), april(year + 1)
    homes, care = people.homes, people.care
    here = care["end"] == FAR
    authority = homes["authority"][care["child"]]
    count = len(stock)
    held_alone = np.bincount(authority[here & (care["route"] == UNACCOMPANIED)], minlength=count)
    if alone is None:
        alone = held_alone
    leaving_alone = here & (care["route"] == UNACCOMPANIED) & (anniversary(homes["born"], 18)[care["child"]] < end)
    gone = np.bincount(authority[leaving_alone], minlength=count)
    # About 30 % of unaccompanied arrivals turn 18 or leave before the year ends.
    coming = np.clip(np.rint((alone - held_alone * 0.96 + gone) / 0.70), 0, np.rint(started * 0.9)).astype(int)
    people.add(*_starters(rng, people, started, coming, begin, end))

    homes, care = people.homes, people.care
    authority = homes["authority"][care["child"]]
    eighteen = anniversary(homes["born"], 18)[care["child"]]
    here = care["end"] == FAR
    adult = here & (eighteen < end)
    inside = np.bincount(authority[here], minlength=count)
    wanted = np.maximum(inside - stock - np.bincount(authority[adult], minlength=count), 0)
    stayed = np.minimum(end - care["start"], end - begin) * 0.5 + np.maximum(begin - care["start"], 0)
    weight = np.select([stayed < days for days, _ in EARLY], [one for _, one in EARLY])
    age = (begin - homes["born"][care["child"]]) / 365.25
    weight = weight * np.select([age < years for years, _ in BY_AGE], [one for _, one in BY_AGE])
    weight = np.where(care["route"] == REMAND, 40.0, weight)
    weight = np.where(care["route"] == UNACCOMPANIED, weight * 0.35, weight)
    earliest = np.maximum(care["start"] + 1, begin)
    # Nobody leaves on 31 March: some rules treat such a child as in care all year, others as a leaver.
    may_leave = here & ~adult & (earliest < end - 1)
    leaver = choose(rng, authority, np.where(may_leave, weight, 0.0), wanted)
    skew = np.where(care["start"] >= begin, rng.random(len(weight)) ** 1.8, rng.random(len(weight)))
    some_day = earliest + (skew * (end - 1 - earliest)).astype(np.int64)
    care["end"] = np.where(adult, np.maximum(eighteen, earliest), np.where(leaver, some_day, care["end"]))
    left = adult | leaver
    care["ending"] = np.where(left, _endings(rng, homes, care, adult), care["ending"])


def _endings(
    rng: np.random.Generator, homes: dict[str, np.ndarray], care: dict[str, np.ndarray], adult: np.ndarray
) -> np.ndarray:
    stayed = care["end"] - care["start"]
    age = (care["end"] - homes["born"][care["child"]]) / 365.25
    young = (age < ADOPTABLE_AGE) & (stayed >= ADOPTABLE_DAYS) & (rng.random(len(age)) < ADOPTED_SHARE)
    case = np.select(
        [adult, care["route"] == UNACCOMPANIED, care["route"] == REMAND, young, stayed < 180],
        ["at 18", "unaccompanied", "remand", "adopted", "short stay"],
        "long stay",
    )
    weights = np.array([[LEAVES[name].get(code, 0.0) for code in ENDINGS] for name in LEAVES])
    number = np.searchsorted(sorted(LEAVES), case)
    rows = weights[np.argsort(np.array(list(LEAVES)))][number]
    return np.array(ENDINGS)[pick(rng, rows)]


def _starters(
    rng: np.random.Generator, people: _Growing, started: np.ndarray, alone: np.ndarray, begin: int, end: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """New children of a year, and those who come back."""
    homes, care = people.homes, people.care
    authority = homes["authority"][care["child"]]
    may_return = (
        (care["end"] < begin - AWAY_DAYS)
        & (care["end"] > begin - AWAY_DAYS - 730)
        & (anniversary(homes["born"], 16)[care["child"]] > end)
        & np.isin(care["ending"], ["E4A", "E4B", "E13", "E8"])
    )
    # A child comes back at most once, and not while in care.
    once = np.bincount(care["child"], minlength=len(homes["born"]))[care["child"]] == 1
    back = choose(rng, authority, (may_return & once).astype(float), np.rint((started - alone) * RETURN_SHARE))
    returning = care["child"][back]
    new = started - np.bincount(authority[back], minlength=len(started))
    homes_new, born_before, route = _newcomers(rng, new, alone)
    size = len(route)
    start = begin + (rng.random(size) * (end - begin)).astype(np.int64)
    homes_new["born"] = _plain(start - born_before)
    again = np.full(len(returning), begin) + (rng.random(len(returning)) * (end - begin)).astype(np.int64)
    both = size + len(returning)
    return homes_new, {
        "child": np.concatenate([np.arange(-size, 0), returning]),
        "start": np.concatenate([start, again]),
        "end": np.full(both, FAR),
        "ending": np.full(both, "", dtype="<U3"),
        "route": np.concatenate([route, np.full(len(returning), USUAL)]),
    }


def _newcomers(
    rng: np.random.Generator, new: np.ndarray, alone: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Children by authority, their ages in days at the start, and their routes."""
    authority = np.repeat(np.arange(len(new)), new)
    first = np.cumsum(new) - new
    unaccompanied = np.arange(len(authority)) - first[authority] < alone[authority]
    age = np.where(unaccompanied, _ages(rng, UNACCOMPANIED_AGES, len(authority)), 0)
    usual = _ages(rng, START_AGES, len(authority))
    # Half of those who enter care in their first year are newborn.
    usual = np.where((usual < 365) & (rng.random(len(usual)) < 0.5), usual // 12, usual)
    age = np.where(unaccompanied, age, usual)
    remand = ~unaccompanied & (age > 14 * 366) & (rng.random(len(age)) < 0.11)
    route = np.where(unaccompanied, UNACCOMPANIED, np.where(remand, REMAND, USUAL))
    return _homes(rng, authority, unaccompanied), age, route


def _homes(rng: np.random.Generator, authority: np.ndarray, unaccompanied: np.ndarray) -> dict[str, np.ndarray]:
    size = len(authority)
    usual = np.array(list(ETHNIC))[pick(rng, np.tile(list(ETHNIC.values()), (size, 1)))]
    other = np.array(list(UNACCOMPANIED_ETHNIC))[pick(rng, np.tile(list(UNACCOMPANIED_ETHNIC.values()), (size, 1)))]
    return {
        "authority": authority,
        "born": np.zeros(size, dtype=np.int64),
        "girl": rng.random(size) < np.where(unaccompanied, 0.06, 0.475),
        "ethnic": np.where(unaccompanied, other, usual),
        "unaccompanied": unaccompanied,
        "respite": np.zeros(size, dtype=bool),
    }


def _beginning(
    rng: np.random.Generator, stock: np.ndarray, alone: np.ndarray, day: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Children in care on the eve of `day`, with the dates on which they came."""
    authority = np.repeat(np.arange(len(stock)), stock)
    first = np.cumsum(stock) - stock
    unaccompanied = np.arange(len(authority)) - first[authority] < alone[authority]
    homes = _homes(rng, authority, unaccompanied)
    size = len(authority)
    age = np.where(unaccompanied, _ages(rng, ((15, 16, 10), (16, 17, 42), (17, 17.99, 48)), size), 0)
    age = np.where(unaccompanied, age, _ages(rng, STOCK_AGES, size))
    stay = np.where(unaccompanied, rng.gamma(1.2, 260, size), rng.gamma(0.85, 1350, size)).astype(np.int64)
    start = day - 1 - np.minimum(stay, age - 1)
    homes["born"] = _plain(day - age)
    return homes, {
        "child": np.arange(size),
        "start": start,
        "end": np.full(size, FAR),
        "ending": np.full(size, "", dtype="<U3"),
        "route": np.where(unaccompanied, UNACCOMPANIED, USUAL),
    }


def _ages(rng: np.random.Generator, bands: tuple[tuple[float, float, float], ...], size: int) -> np.ndarray:
    """Ages in days."""
    low, high, share = np.array(bands).T
    band = pick(rng, np.tile(share, (size, 1)))
    return np.maximum((low[band] + rng.random(size) * (high[band] - low[band])) * 365.25, 1).astype(np.int64)


def _plain(born: np.ndarray) -> np.ndarray:
    """Birthdays moved a day back from 29 February and 1 April, on which the return's rules conflict."""
    month = born.astype("datetime64[D]").astype("datetime64[M]")
    past_first = born - month.astype("datetime64[D]").astype(np.int64)
    of_year = month.astype(np.int64) % 12
    return born - ((of_year == 1) & (past_first == 28) | (of_year == 3) & (past_first == 0))


def _needs(rng: np.random.Generator, route: np.ndarray) -> np.ndarray:
    usual = np.array(NEEDS)[pick(rng, np.tile(NEED_WEIGHTS, (len(route), 1)))]
    return np.select([route == UNACCOMPANIED, route == REMAND], ["N8", "N6"], usual)


def _with_respite(rng: np.random.Generator, made: Population, stock: np.ndarray) -> Population:
    """Add the few disabled children who have series of short breaks: about one per hundred children looked after."""
    authority = np.repeat(np.arange(len(stock)), np.rint(stock / 100).astype(int))
    size = len(authority)
    homes = _homes(rng, authority, np.zeros(size, dtype=bool))
    first, last = april(FIRST_RETURN), april(LAST_RETURN + 1)
    start = first + (rng.random(size) * (last - first - 30)).astype(np.int64)
    homes |= {
        "born": _plain(start - ((6 + rng.random(size) * 8) * 365.25).astype(np.int64)),
        "respite": np.ones(size, dtype=bool),
    }
    children = Children(
        **{f.name: np.concatenate([getattr(made.children, f.name), homes[f.name]]) for f in fields(Children)}
    )
    before = len(made.children.born)
    more = {
        "child": before + np.arange(size),
        "start": start,
        "end": start + 60 + (rng.random(size) * 900).astype(np.int64),
        "ending": np.full(size, "E8"),
        "route": np.full(size, USUAL),
        "need": np.full(size, "N2"),
    }
    care = Care(**{f.name: np.concatenate([getattr(made.care, f.name), more[f.name]]) for f in fields(Care)})
    return Population(children=children, care=care)
