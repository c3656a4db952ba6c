"""Practice lists, costs and fees of adoption, at London's published scale, from a pool with known parameters.

The pool of `simulation` is run with the rates and acceptance below, and the two lists record what happens to its
units. So estimates from the lists can be compared with `truth`. All of it is invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.region import authorities, footprints, members
from parentis.region.apportionment import divide
from parentis.returns import ReturnData
from parentis.services.adoption.pool import LEFT, NATIONAL, OWN, REGION
from parentis.services.adoption.practice_collection import collected
from parentis.services.adoption.simulation import WARM_UP, YEAR, Replicate, Shape, World, replicate
from parentis.services.adoption.world import LISTS
from parentis.services.demand.randomness import generator

FIRST, LAST = 2021, 2024
"Financial years of the lists, by the year they begin in."
BEGINS: Final = date(FIRST, 4, 1)
ORDERS = (34.0, 6.0, 62.0, 14.0, 26.0, 12.0)
"Units with a placement order a year, by `CHILD_KINDS`: about 180 children."
APPROVED = (78.0, 32.0, 27.0)
"Families approved a year, by `FAMILY_KINDS`."
ACCEPTS = (
    (0.022, 0.018, 0.008), (0.001, 0.001, 0.018), (0.016, 0.016, 0.006), (0.0005, 0.001, 0.014),
    (0.0015, 0.0065, 0.002),
    (0.0005, 0.001, 0.008),
)  # fmt: skip
"The chance that a family of each kind suits a child of each kind."
REVERSAL = (0.10, 0.20, 0.18, 0.35, 0.45, 0.60)
WITHDRAWAL = (0.12, 0.12, 0.12)
ABROAD = (0.50, 0.30, 0.45, 0.25, 0.15, 0.10)
"Yearly rates by kind: a plan reversed, a family withdrawn, a family found outside the region."
SIZES = (1.0, 2.1, 1.0, 2.1, 1.0, 2.1)
NO_ORDER = 0.3
"Share of decisions for which the court made no order."
ETHNICITIES, SHARES = ("A", "B", "C", "D", "E", "F"), (0.36, 0.24, 0.11, 0.22, 0.06, 0.01)
FEE, VOLUNTARY_FEE = 29_700, 37_000


def practice(seed: int) -> Iterator[ReturnData]:
    """Both lists and the agencies' money of every year, and the quarters of the last."""
    boroughs, agency, hosts = region()
    run = replicate(truth(boroughs), as_now(boroughs, agency), seed=seed, number=0, years=LAST - FIRST + 2)
    children, adopters = _people(run, boroughs, agency, hosts, seed)
    for year in range(FIRST, LAST + 1):
        starts, ends = date(year, 4, 1), date(year + 1, 3, 31)
        label = f"{year}-{str(year + 1)[2:]}"
        yield from _lists(
            "adoption.children", "children", label, _as_known(children, starts, ends, "DECISION"), boroughs
        )
        yield from _lists(
            "adoption.adopters", "adopters", label, _as_known(adopters, starts, ends, "STAGE_1_START"), hosts
        )
        yield from _money(children, label, starts, ends, boroughs, agency, hosts, seed)
        if year == LAST:
            yield from collected(children, label, boroughs, agency, hosts, seed)


def region() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """London's authorities, the agency (footprint) of each, and the authority that hosts each agency, in order."""
    on = date(2025, 3, 31)
    boroughs = tuple(one.gss for one in authorities() if one.region == "London" and one.existed(on))
    agencies = {gss: one.id for one in footprints() if one.kind == "raa" for gss in members(one.id, on)}
    named = tuple(agencies.get(gss, "none") for gss in boroughs)
    return boroughs, named, tuple(boroughs[named.index(name)] for name in dict.fromkeys(named))


def truth(boroughs: tuple[str, ...]) -> World:
    """The world from which the practice lists are drawn: a year's expected arrivals, known exactly."""
    weight = np.linspace(0.6, 1.4, len(boroughs))
    weight /= weight.sum()
    years = 1e6  # so many that the rates are exact
    return World(
        boroughs=boroughs, years=years, children=np.outer(weight, ORDERS) * years,
        families=np.outer(weight, APPROVED) * years,
        reversal=np.array(REVERSAL), withdrawal=np.array(WITHDRAWAL), accepts=np.array([ACCEPTS]), size=np.array(SIZES),
        abroad=np.array(ABROAD),
    )  # fmt: skip


def as_now(boroughs: tuple[str, ...], agency: tuple[str, ...]) -> Shape:
    return Shape(name="As now", agency=agency)


def _people(
    run: Replicate, boroughs: tuple[str, ...], agency: tuple[str, ...], hosts: tuple[str, ...], seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    rng = generator(seed, LISTS, 2)
    begin = BEGINS - timedelta(days=round(WARM_UP * YEAR))
    last = date(LAST + 1, 3, 31)
    names = tuple(dict.fromkeys(agency))
    children: list[dict[str, Any]] = []
    for at in range(len(run.children.at)):
        children.extend(_children_of(run, at, boroughs, begin, last, rng))
    refused = rng.poisson(NO_ORDER / (1 - NO_ORDER) * sum(ORDERS) * (LAST - FIRST + 3))
    children.extend(_without_order(number, boroughs, begin, last, rng) for number in range(refused))
    adopters: list[dict[str, Any]] = []
    for at in range(len(run.families.at)):
        adopters.extend(_adopters_of(run, at, names, hosts, begin, last, rng))
    return pl.DataFrame(children, infer_schema_length=None), pl.DataFrame(adopters, infer_schema_length=None)


def _day(begin: date, days: float) -> date:
    return begin + timedelta(days=int(days))


def _children_of(
    run: Replicate, at: int, boroughs: tuple[str, ...], begin: date, last: date, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    kind = int(run.children.kind[at])
    several = kind % 2 == 1
    ordered = _day(begin, run.children.at[at])
    decided = ordered - timedelta(days=int(rng.integers(30, 160)))
    entered = decided - timedelta(days=int(rng.gamma(4.0, 55.0)))
    state, end = int(run.outcome.child_state[at]), _day(begin, run.outcome.child_end[at])
    matched = end if state in (OWN, REGION, NATIONAL) and end <= last else None
    placed = matched + timedelta(days=int(rng.integers(10, 40))) if matched else None
    adopted = placed + timedelta(days=int(rng.integers(120, 330))) if placed else None
    reversed_on = end if state == LEFT and end <= last else None
    fostered = placed - timedelta(days=int(rng.integers(60, 250))) if placed and rng.random() < 0.18 else None
    size = 1 if not several else 2 + int(rng.random() < 0.1)
    ethnicity = str(rng.choice(ETHNICITIES, p=SHARES))
    youngest = {0: 150, 1: 800, 2: 2100}[kind // 2] + int(rng.integers(0, 200))
    for sibling in range(size):
        born = ordered - timedelta(days=youngest + 600 * sibling)
        yield {
            "at": int(run.borough[at]), "CHILD": f"PRACTICE-A{at:05}-{sibling}",
            "FAMILY": f"PRACTICE-S{at:05}" if several else None, "GENDER": str(rng.choice(["Boy", "Girl"])),
            "ETHNICITY": ethnicity, "DOB": born,
            "DISABILITY": "Yes" if rng.random() < 0.1 else "No", "ENTERED_CARE": max(entered, born),
            "DECISION": max(decided, born),
            "PLACEMENT_ORDER": ordered, "MATCHED": matched, "PLACED": placed if placed and placed <= last else None,
            "ADOPTED": adopted if adopted and adopted <= last else None, "REVERSED": reversed_on,
            "REASON": str(rng.choice(["A", "C", "D"], p=[0.3, 0.5, 0.2])) if reversed_on else None,
            "FOSTERED": fostered if fostered and entered < fostered else None,
            "AGENCY_PLACED": {OWN: "OWN", REGION: "REGION", NATIONAL: "VOLUNTARY"}.get(state) if matched else None,
            "ADOPTIVE_FAMILY": (
                f"PRACTICE-F{run.outcome.partner[at]:05}" if matched and state != NATIONAL
                else f"PRACTICE-V{at:05}" if matched else None
            ),
        }  # fmt: skip


def _without_order(
    number: int, boroughs: tuple[str, ...], begin: date, last: date, rng: np.random.Generator
) -> dict[str, Any]:
    decided = begin + timedelta(days=int(rng.integers(0, (last - begin).days)))
    entered = decided - timedelta(days=int(rng.gamma(4.0, 55.0)))
    ended = decided + timedelta(days=int(rng.integers(60, 300)))
    return {
        "at": int(rng.integers(0, len(boroughs))), "CHILD": f"PRACTICE-N{number:05}", "FAMILY": None,
        "GENDER": str(rng.choice(["Boy", "Girl"])), "ETHNICITY": str(rng.choice(ETHNICITIES, p=SHARES)),
        "DOB": entered - timedelta(days=int(rng.integers(1, 1500))), "DISABILITY": "No", "ENTERED_CARE": entered,
        "DECISION": decided, "PLACEMENT_ORDER": None, "MATCHED": None, "PLACED": None, "ADOPTED": None,
        "REVERSED": ended if ended <= last else None, "REASON": "B" if ended <= last else None, "FOSTERED": None,
        "AGENCY_PLACED": None, "ADOPTIVE_FAMILY": None,
    }  # fmt: skip


def _adopters_of(
    run: Replicate, at: int, names: tuple[str, ...], hosts: tuple[str, ...], begin: date, last: date,
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    kind, state = int(run.families.kind[at]), int(run.outcome.family_state[at])
    approved = _day(begin, run.families.at[at])
    end = _day(begin, run.outcome.family_end[at])
    matched = end if state in (OWN, REGION) and end <= last else None
    placed = matched + timedelta(days=int(rng.integers(10, 40))) if matched else None
    left = end if state == LEFT and end <= last else None
    stages = [approved - timedelta(days=int(days)) for days in np.cumsum(rng.integers(40, 90, 4))]
    for person in range(1 + int(rng.random() < 0.85)):
        yield {
            "at": int(run.families.agency[at]), "ADOPTER": f"PRACTICE-P{at:05}-{person}",
            "FAMILY": f"PRACTICE-F{at:05}",
            "GENDER": str(rng.choice(["Man", "Woman"])), "ETHNICITY": str(rng.choice(ETHNICITIES, p=SHARES)),
            "DISABILITY": "No", "EARLY_PERMANENCE": "Yes" if at % 5 == 0 else "No", "ENQUIRED": stages[3],
            "STAGE_1_START": stages[2], "STAGE_1_END": stages[1], "STAGE_2_START": stages[1], "STAGE_2_END": stages[0],
            "APPLIED": stages[0], "APPROVED": approved if approved <= last else None, "MATCHED": matched,
            "PLACED": placed if placed and placed <= last else None,
            "CHILDREN": (2 if kind == 2 else 1) if matched else None,
            "ADOPTED": None, "LEFT": left, "REASON": "A" if left else None, "APPROVED_FOR": 2 if kind == 2 else 1,
            "OLDEST": 3 if kind == 0 else 8,
        }  # fmt: skip


def _as_known(people: pl.DataFrame, starts: date, ends: date, first: str) -> pl.DataFrame:
    """The list of a year: the people it covers, with only what had happened by its last day."""
    dates = [name for name, kind in people.schema.items() if kind == pl.Date and name != "DOB"]
    over = [name for name in ("ADOPTED", "REVERSED", "LEFT") if name in people.columns]
    open_then = pl.all_horizontal([pl.col(name).is_null() | (pl.col(name) >= starts) for name in over])
    known = people.filter(pl.col(first) <= ends, open_then)
    known = known.with_columns([pl.when(pl.col(name) <= ends).then(pl.col(name)).alias(name) for name in dates])
    blank = {"REASON": pl.any_horizontal([pl.col(n).is_not_null() for n in over if n != "ADOPTED"])}
    for name in ("AGENCY_PLACED", "ADOPTIVE_FAMILY", "CHILDREN"):
        if name in known.columns:
            blank[name] = pl.col("MATCHED").is_not_null()
    return known.with_columns([pl.when(keep).then(pl.col(name)).alias(name) for name, keep in blank.items()])


def _lists(
    return_id: str, table: str, period: str, people: pl.DataFrame, submitters: tuple[str, ...]
) -> Iterator[ReturnData]:
    for at, submitter in enumerate(submitters):
        ours = people.filter(pl.col("at") == at).drop("at")
        if ours.height:
            yield ReturnData(return_id=return_id, submitter=submitter, period=period, tables={table: ours})


LINES = {"STAFF": 310_000, "PREMISES": 22_000, "PANEL": 9_000, "HOST": 24_000, "SUPPORT": 95_000, "OTHER": 6_000,
         "GRANT": -8_000}  # fmt: skip
"Pounds a borough and year, by line of the agency's budget."


def _money(
    children: pl.DataFrame, period: str, starts: date, ends: date, boroughs: tuple[str, ...], agency: tuple[str, ...],
    hosts: tuple[str, ...], seed: int,
) -> Iterator[ReturnData]:  # fmt: skip
    rng = generator(seed, LISTS + starts.year, 3)
    for name, host in zip(dict.fromkeys(agency), hosts, strict=True):
        ours = [at for at, one in enumerate(agency) if one == name]
        budget = {line: float(pounds * len(ours)) for line, pounds in LINES.items()}
        total = sum(budget.values())
        pence = divide(round(total * 100), [Fraction(one) for one in rng.dirichlet(np.full(len(ours), 30.0)).tolist()])
        parts = {at: paid / 100 for at, paid in zip(ours, pence, strict=True)}
        costs = [
            {"LINE": line, "DETAIL": "Practice", "BUDGET": pounds, "OUTTURN": round(pounds * rng.normal(1.02, 0.03), 2),
             "FTE": round(pounds / 62_000, 1) if line == "STAFF" else None}
            for line, pounds in budget.items()
        ]  # fmt: skip
        contributions = [
            {"MEMBER": boroughs[at], "PAID": part, "TRANSFERRED": round(part * 0.97, 2)} for at, part in parts.items()
        ]
        bought = children.filter(
            pl.col("at").is_in(ours), pl.col("PLACED").is_between(starts, ends),
            pl.col("AGENCY_PLACED").is_in(["VOLUNTARY", "REGION"]),
        )  # fmt: skip
        tables = {
            "costs": pl.DataFrame(costs),
            "contributions": pl.DataFrame(contributions),
            "fees": _fees(bought, boroughs),
        }
        yield ReturnData(return_id="adoption.money", submitter=host, period=period, tables=tables)


def _fees(bought: pl.DataFrame, boroughs: tuple[str, ...]) -> pl.DataFrame:
    fee = pl.when(pl.col("AGENCY_PLACED") == "REGION").then(FEE).otherwise(VOLUNTARY_FEE).cast(pl.Float64)
    return bought.select(
        "CHILD", MEMBER=pl.col("at").replace_strict(dict(enumerate(boroughs)), return_dtype=pl.String),
        DIRECTION=pl.lit("BOUGHT"), AGENCY=pl.lit("Practice agency"), PAID_ON=pl.col("PLACED"), FEE=fee,
        SIBLINGS=pl.lit(1),
    )  # fmt: skip
