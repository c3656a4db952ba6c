"""Every figure of the practice region's Spending Review pack, worked out a second time by plain loops.

The second route reads the practice region's own rows and the packaged tables of deflators and residents as text, and
uses nothing of the service: no frames, no formulas. What is simulated has tests of its own
(`tests/funding/test_funding_ask.py`, `test_funding_forecast.py`, `tests/demand`), and is named here, so that a measure
in neither list fails.
"""

import csv
import itertools
from collections import defaultdict
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from parentis.evidence import measures_named
from parentis.practice.monitoring import monitoring
from parentis.practice.targets import london
from parentis.services import services
from parentis.services.funding.compute import compute
from parentis.services.funding.sections import PACK, SECTIONS

SEED = 1
CLOSE = 1e-9  # sums of some dozen pounds and pence, multiplied and divided
PLACED = 1e-6  # pounds: a difference of sums of hundreds of millions
SIMULATED = ("funding.forecast.", "funding.reconciled.", "commissioning.", "places.")
NOT_HANDED_IN = (  # of what the practice region's boroughs do not send: RA, RS, RO3 and DfE's tables
    "funding.csc.budget", "funding.csc.outturn", "funding.csc.variance", "funding.csc.overspending_authorities",
    "funding.csc.comparable", "funding.csc.flagged_authorities", "funding.csc.net", "funding.check.csc_outturn_rs",
    "funding.check.csc_variance_rs", "funding.asc.variance", "funding.asc.net", "funding.looked_after.",
    "funding.context.", "funding.treasury.", "funding.dsg.", "funding.hn.block",
    "funding.reconciliation.published.per_child", "funding.reconciliation.ours.per_child",
    "funding.reconciliation.difference.per_child",
)  # fmt: skip
TENTH, QUARTER_OVER, ALONE_OVER = 0.01, 0.25, 0.30
YEARS_AHEAD, LEVEL = 5, 0.8
Key = tuple[str, str, str, str]
"Measure without `funding.`, place, period, breakdown."


def number(value: object) -> float:
    return float(str(value))


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], dict[str, list[dict[str, Any]]]]:
    """By authority and year, the rows of each table."""
    codes = [one.gss for one in london()]
    return {
        (codes[at], period): {name: frame.to_dicts() for name, frame in tables.items()}
        for at, period, tables in monitoring(SEED)
    }


@pytest.fixture(scope="module")
def figures() -> pl.DataFrame:
    """What the service makes of the same returns, as the lake would give them."""
    codes = [one.gss for one in london()]
    gathered: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for at, period, tables in monitoring(SEED):
        for name, frame in tables.items():
            gathered[f"finance.monitoring/{name}"].append(
                frame.with_row_index("row").with_columns(
                    authority=pl.lit(codes[at]), period=pl.lit(period), part=pl.lit(""), sequence=pl.lit(1),
                    load_id=pl.lit(f"{codes[at]} {period}"), submission_id=pl.lit("s"), provisional=pl.lit(value=True),
                )
            )  # fmt: skip
    return compute({name: pl.concat(frames, how="vertical_relaxed") for name, frames in gathered.items()}, {}).figures


def deflators() -> dict[str, float]:
    found: dict[str, float] = {}
    level = 0.0
    for row in csv.DictReader(packaged("gdp_deflator")):
        level = number(row["index"]) if row["index"] else level * (1 + number(row["growth_percent"]) / 100)
        found[row["period"]] = level
    return found


def packaged(name: str) -> list[str]:
    return resources.files("parentis.region").joinpath(f"tables/{name}.csv").read_text(encoding="utf-8").splitlines()


def residents() -> dict[tuple[str, str], float]:
    return {
        (row["authority"], year): number(people)
        for row in csv.DictReader(packaged("population_0_17"))
        for year, people in row.items()
        if year != "authority" and people
    }


def facts(tables: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """One authority's year: the fourth quarter's view of money, and all quarters' placements."""
    found: dict[str, float] = {}
    for row in tables["lines"]:
        if row["QUARTER"] == "Q4" and row["SERVICE_LINE"] in ("csc", "asc"):
            line = row["SERVICE_LINE"]
            expected = row["OUTTURN"] if row["OUTTURN"] is not None else row["FORECAST_OUTTURN"]
            found[f"{line}.original"] = number(row["ORIGINAL_BUDGET"])
            found[f"{line}.plan"] = number(row["REVISED_BUDGET"])
            found[f"{line}.out"] = number(expected)
            for name in ("USE_OF_RESERVES", "EFFICIENCIES_PLANNED", "EFFICIENCIES_DELIVERED"):
                if row[name] is not None:
                    found[f"{line}.{name}"] = number(row[name])
    for row in tables["high_needs"]:
        if row["QUARTER"] == "Q4":
            found["hn.plan"] = number(row["ALLOCATION_AFTER_DEDUCTIONS"]) + number(row["TRANSFERS_IN"])
            found["hn.out"] = number(row["SPEND"])
            found["hn.before"] = number(row["BROUGHT_FORWARD"])
    for row in tables["activity"]:
        group = row["PLACEMENT_GROUP"]
        found[f"weeks {group}"] = found.get(f"weeks {group}", 0.0) + number(row["CHILD_WEEKS"])
        found[f"spend {group}"] = found.get(f"spend {group}", 0.0) + number(row["SPEND"])
    return found


def flagged(one: dict[str, float]) -> bool:
    def moved(line: str, most: float) -> bool:
        return abs(one[f"{line}.out"] - one[f"{line}.original"]) > most * abs(one[f"{line}.original"])

    both = moved("csc", QUARTER_OVER) and moved("asc", QUARTER_OVER)
    return both or (moved("csc", ALONE_OVER) and not moved("asc", QUARTER_OVER))


def of_year(members: list[dict[str, float]], people: float, to_real: float, *, footprint: bool) -> dict[str, float]:
    """Sums over the authorities of a place, each of which has everything."""
    found: dict[str, float] = {}

    def gaps(line: str, of: list[dict[str, float]] = members) -> list[float]:
        return [one[f"{line}.out"] - one[f"{line}.plan"] for one in of]

    def total(name: str) -> float:
        return sum(one[name] for one in members)

    names = {
        "csc": ("revised_budget", "expected_outturn", "overspend", "over_budget_authorities"),
        "asc": ("revised_budget", "expected_outturn", "overspend", "over_budget_authorities"),
        "hn": ("budget", "outturn", "shortfall", "shortfall_authorities"),
    }
    for line, (plan, out, gap, count) in names.items():
        found[f"{line}.{plan}"], found[f"{line}.{out}"] = total(f"{line}.plan"), total(f"{line}.out")
        found[f"{line}.{gap}"] = sum(gaps(line))
        found[f"{line}.{gap}_gross"] = sum(max(one, 0.0) for one in gaps(line))
        found[f"{line}.{gap}_percent"] = 100 * sum(gaps(line)) / total(f"{line}.plan")
        if footprint:
            over = [one > 0 for one in gaps(line)]
            found[f"{line}.{count}"] = sum(over)
            found[f"{line}.{count}.share"] = 100 * sum(over) / len(over)
            found[f"{line}.{count}.over_1_percent"] = sum(
                gap > TENTH * abs(one[f"{line}.plan"]) for gap, one in zip(gaps(line), members, strict=True)
            )
    pairs = list(zip(gaps("csc"), gaps("hn"), strict=True))
    found["total.shortfall"] = sum(a + b for a, b in pairs)
    found["total.shortfall_gross"] = sum(max(a, 0.0) + max(b, 0.0) for a, b in pairs)
    found["csc.original_budget"] = total("csc.original")
    found["csc.reserves_used"] = total("csc.USE_OF_RESERVES")
    found["csc.efficiencies_planned"] = total("csc.EFFICIENCIES_PLANNED")
    found["csc.efficiencies_delivered"] = total("csc.EFFICIENCIES_DELIVERED")
    found["hn.balance"] = sum(one["hn.before"] + one["hn.plan"] - one["hn.out"] for one in members)
    for name in list(found):
        if not name.endswith(("percent", "authorities", ".share")):
            found[f"{name}.real"] = found[name] * to_real
            found[f"{name}.per_child"] = found[name] / people
    unlike = [flagged(one) for one in members]
    found["csc.monitoring_comparable"] = 0.0 if any(unlike) else 1.0
    kept = [one for one, is_flagged in zip(members, unlike, strict=True) if not is_flagged]
    if kept:
        found["csc.overspend.unflagged"] = sum(gaps("csc", kept))
        found["csc.overspend_percent.unflagged"] = 100 * sum(gaps("csc", kept)) / sum(one["csc.plan"] for one in kept)
    if footprint:
        found["csc.monitoring_flagged_authorities"] = sum(unlike)
        larger = [a > b for a, b in zip(gaps("csc"), gaps("asc"), strict=True)]
        shares = [
            (one["csc.out"] - one["csc.plan"]) / one["csc.plan"] > (one["asc.out"] - one["asc.plan"]) / one["asc.plan"]
            for one in members
        ]
        for name, tests in (("pounds", larger), ("percent", shares)):
            found[f"csc.overspend_above_adults_{name}"] = sum(tests)
            found[f"csc.overspend_above_adults_{name}.share"] = 100 * sum(tests) / len(tests)
    return found


def drivers(
    before: list[dict[str, float]], after: list[dict[str, float]], inflation: float
) -> dict[tuple[str, str], float]:
    """Volume, mix and price, first in order and then averaged over the six orders, by kind of placement and whole."""
    groups = sorted(
        {name.removeprefix("weeks ") for one in (*before, *after) for name in one if name.startswith("weeks ")}
    )

    def added(members: list[dict[str, float]], kind: str) -> dict[str, float]:
        return {group: sum(one.get(f"{kind} {group}", 0.0) for one in members) for group in groups}

    weeks, spend = (added(before, "weeks"), added(after, "weeks")), (added(before, "spend"), added(after, "spend"))
    volume = [sum(one.values()) for one in weeks]
    share = [{group: weeks[year][group] / volume[year] for group in groups} for year in (0, 1)]
    price = [{group: spend[year][group] / weeks[year][group] for group in groups} for year in (0, 1)]

    def worth(group: str, v: int, s: int, p: int) -> float:
        return volume[v] * share[s][group] * price[p][group]

    found: dict[tuple[str, str], float] = {}
    for group in groups:
        of = f"placement={group}"
        found["volume", of] = worth(group, 1, 0, 0) - worth(group, 0, 0, 0)
        found["mix", of] = worth(group, 1, 1, 0) - worth(group, 1, 0, 0)
        found["price", of] = worth(group, 1, 1, 1) - worth(group, 1, 1, 0)
        found["change", of] = spend[1][group] - spend[0][group]
        found["weeks", of] = weeks[1][group]
        found["unit_cost", of] = price[1][group]
    for name in ("volume", "mix", "price", "change", "weeks"):
        found[name, ""] = sum(value for (kind, of), value in found.items() if kind == name and of)
    found["unit_cost", ""] = sum(spend[1].values()) / sum(weeks[1].values())
    averaged = dict.fromkeys(("volume", "mix", "price"), 0.0)
    for order in itertools.permutations(averaged):
        at = dict.fromkeys(averaged, 0)
        for part in order:
            then = {**at, part: 1}
            averaged[part] += sum(
                worth(g, then["volume"], then["mix"], then["price"]) - worth(g, at["volume"], at["mix"], at["price"])
                for g in groups
            ) / 6  # fmt: skip
            at = then
    for name, value in averaged.items():
        found[f"{name}.shapley", ""] = value
    found["price_inflation", ""] = sum(weeks[1][g] * price[0][g] * (inflation - 1) for g in groups)
    found["price_beyond_inflation", ""] = found["price", ""] - found["price_inflation", ""]
    return found


def line_ahead(years: list[str], values: list[float]) -> list[tuple[str, float, float]]:
    """The straight line for the years to come, with half the width of its prediction interval."""
    x, y = np.array([float(year[:4]) for year in years]), np.array(values)
    fitted = stats.linregress(x, y)
    rest = y - fitted.intercept - fitted.slope * x
    spread = np.sqrt((rest**2).sum() / (len(x) - 2))
    t = stats.t.ppf(0.5 + LEVEL / 2, len(x) - 2)
    found = []
    for step in range(1, YEARS_AHEAD + 1):
        at = x[-1] + step
        half = t * spread * np.sqrt(1 + 1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
        label = f"{int(at)}-{(int(at) + 1) % 100:02}"
        found.append((label, fitted.intercept + fitted.slope * at, half))
    return found


def second_route(rows: dict[tuple[str, str], dict[str, list[dict[str, Any]]]]) -> dict[Key, float]:
    """Every figure that is not simulated, of London and each of its authorities."""
    codes = sorted({code for code, _ in rows})
    years = sorted({period for _, period in rows})
    held = {key: facts(tables) for key, tables in rows.items()}
    index, people = deflators(), residents()
    found: dict[Key, float] = {}
    for place, inside in (("london", codes), *((code, [code]) for code in codes)):
        for at, year in enumerate(years):
            members = [held[code, year] for code in inside]
            living = sum(people[code, year[:4]] for code in inside)
            to_real = index[years[-1]] / index[year]
            made = of_year(members, living, to_real, footprint=place == "london")
            found |= {(name, place, year, ""): value for name, value in made.items()}
            if at:
                earlier = [held[code, years[at - 1]] for code in inside]
                moved = drivers(earlier, members, index[year] / index[years[at - 1]])
                found |= {(f"drivers.{name}", place, year, of): value for (name, of), value in moved.items()}
            if place == "london":
                for name in ("monitoring", "high_needs"):
                    found[f"response.{name}", place, year, ""] = 100.0
                found["response.signed", place, year, ""] = 0.0
        lines = (("csc", "expected_outturn", "revised_budget"), ("hn", "outturn", "budget"))
        for name, parts in (("csc_", lines[:1]), ("hn_", lines[1:]), ("", lines)):
            values = [sum(found[f"{pot}.{one}.real", place, year, ""] for pot, one, _ in parts) for year in years]
            budget = sum(found[f"{pot}.{plan}.real", place, years[-1], ""] for pot, _, plan in parts)
            for year, centre, half in line_ahead(years, values):
                for end, value in (("", centre), (" low", centre - half), (" high", centre + half)):
                    found[f"check.{name}outturn.real{end}", place, year, ""] = value
                    found[f"check.{name}gap.real{end}", place, year, ""] = value - budget
    return found


@pytest.fixture(scope="module")
def plain(rows: dict[tuple[str, str], dict[str, list[dict[str, Any]]]]) -> dict[Key, float]:
    return second_route(rows)


@pytest.fixture(scope="module")
def shown() -> set[str]:
    """Measures that the service's chapters put into the pack."""
    return {one for section in SECTIONS if PACK in section.packs for one in measures_named(section)}


@pytest.mark.integration
def test_every_figure_of_the_pack_is_the_same_by_a_second_route(
    figures: pl.DataFrame, plain: dict[Key, float], shown: set[str]
) -> None:
    places = {code for _, code, _, _ in plain}
    made = figures.filter(
        pl.col("measure").is_in(list(shown)) & pl.col("geography").is_in(list(places))
        & ~pl.col("measure").str.starts_with("funding.reconciliation")
    )  # fmt: skip
    compared = 0
    for row in made.iter_rows(named=True):
        key = (row["measure"].removeprefix("funding."), row["geography"], row["period"], row["breakdown"])
        if key[0] in ("response.ra_rs", "response.ro3"):
            assert row["value"] == 0, key
            continue
        assert key in plain, f"only the service has {key}"
        assert row["value"] == pytest.approx(plain[key], rel=CLOSE, abs=PLACED), key
        compared += 1
        for end in ("low", "high"):
            if row[end] is not None:
                wanted = plain[f"{key[0]} {end}", *key[1:]]
                # The service's quantile of Student's t is an expansion, within one in a hundred.
                assert abs(row[end] - wanted) <= 0.01 * abs(wanted - plain[key]) + PLACED, (key, end)
    of_pack = {key for key in plain if f"funding.{key[0]}" in shown}
    assert compared == len(of_pack), "the second route has figures that the service did not make"
    assert compared > 20_000


@pytest.mark.integration
def test_published_totals_are_set_against_the_same_figures(figures: pl.DataFrame, plain: dict[Key, float]) -> None:
    text = resources.files("parentis.services.funding").joinpath("published.csv").read_text(encoding="utf-8")
    expected = {}
    for row in csv.DictReader(text.splitlines()):
        ours = plain.get((row["measure"].removeprefix("funding."), row["geography"], row["period"], ""))
        if ours is not None:
            expected[row["period"], row["title"], row["source"], row["measure"]] = (number(row["value"]), ours)
    assert len(expected) >= 10
    ends = ("pounds", "percent", "count")
    for name, pick in (("published", 0), ("ours", 1)):
        ids = [f"funding.reconciliation.{name}.{end}" for end in ends]
        values = sorted(figures.filter(pl.col("measure").is_in(ids))["value"].to_list())
        assert values == pytest.approx(sorted(pair[pick] for pair in expected.values()), rel=CLOSE)
    ids = [f"funding.reconciliation.difference.{end}" for end in ends]
    values = sorted(figures.filter(pl.col("measure").is_in(ids))["value"].to_list())
    assert values == pytest.approx(sorted(ours - said for said, ours in expected.values()), rel=CLOSE, abs=PLACED)


@pytest.mark.unit
def test_every_measure_of_the_pack_has_a_second_route_or_is_named(shown: set[str], plain: dict[Key, float]) -> None:
    reached = {f"funding.{name}" for name, *_ in plain}
    apart = (*SIMULATED, *NOT_HANDED_IN, "funding.reconciliation.", "funding.response.r")
    left = {one for one in shown - reached if not one.startswith(apart)}
    assert not left
    assert "funding" in services()
