"""Budget monitoring returns: each authority's quarters, which together make the region's published year."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from parentis.practice.money import (
    LOOKED_AFTER_VARIANCE,
    MILLION,
    OPENING_BALANCE,
    OTHER_LINES,
    PLACEMENT_GROUPS,
    PUBLISHED_FROM,
    PUBLISHED_GROUP,
    PUBLISHED_TO,
    SEEN,
    SETTINGS,
    SPEND_UP,
    WEEKS_UP,
    YEARS,
    Year,
)
from parentis.practice.randomness import stream
from parentis.practice.targets import looked_after

NOTE = "SYNTHETIC: practice region"
RESIDENTIAL = ("residential_own", "residential_external", "secure")
FOSTERING = ("foster_own", "foster_agency", "foster_kin")
QUARTERS = tuple(SEEN)


def shared_out(total: int, weight: np.ndarray) -> np.ndarray:
    """`total` whole units in proportion to `weight`, with the largest remainders rounded up, so that the parts sum
    exactly.
    """
    exact = total * weight / weight.sum()
    parts = np.floor(exact).astype(np.int64)
    most = np.argsort(-(exact - parts), kind="stable")[: total - parts.sum()]
    parts[most] += 1
    return parts


def monitoring(seed: int) -> Iterator[tuple[int, str, Mapping[str, pl.DataFrame]]]:
    """(authority index, period, tables) of `finance.monitoring` for every authority and year."""
    size = _sizes(seed)
    balance = shared_out(OPENING_BALANCE * MILLION, size)
    weeks, spend = _activity(seed, size)
    for period, year in YEARS.items():
        children = _children(seed, period, year, size)
        adults = _variances(seed, f"adults {period}", year.adults_budget, year.adults_over, size, None)
        high_needs = _variances(
            seed,
            f"high needs {period}",
            year.high_needs_funding,
            year.high_needs_short,
            size,
            year.authorities_short,
        )
        rng = stream(seed, f"monitoring {period}")
        efficiencies = shared_out(int(year.efficiencies * MILLION), size * rng.uniform(0.5, 1.5, len(size)))
        for at in range(len(size)):
            lines = _lines(
                rng,
                {name: cost[at] for name, cost in spend[period].items()},
                int(children[0][at]),
                int(children[1][at]),
                int(adults[0][at]),
                int(adults[1][at]),
                int(efficiencies[at]),
            )
            yield (
                at,
                period,
                {
                    "lines": lines,
                    "high_needs": _high_needs(rng, int(high_needs[0][at]), int(high_needs[1][at]), int(balance[at])),
                    "activity": _activity_table(
                        rng,
                        {name: count[at] for name, count in weeks[period].items()},
                        {name: cost[at] for name, cost in spend[period].items()},
                    ),
                },
            )
        balance = balance - high_needs[1]


def _sizes(seed: int) -> np.ndarray:
    """Relative size of each authority: children looked after, with random variation."""
    rng = stream(seed, "sizes")
    stock = looked_after().stock[:, 0].astype(float)
    return np.maximum(stock, 12) * rng.uniform(0.85, 1.15, len(stock))


def _children(seed: int, period: str, year: Year, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return _variances(seed, f"children {period}", year.children_budget, year.children_over, size, year.authorities_over)


def _variances(
    seed: int, name: str, budget: float, over: float, size: np.ndarray, count: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Budgets and variances in pounds, shape (authorities,): their sums are exact, and exactly `count` (where
    given) of the variances are above zero."""
    rng = stream(seed, name)
    budgets = shared_out(round(budget * MILLION), size)
    total = round(over * MILLION)
    tendency = stream(seed, "tendency").normal(0, 1, len(size)) + 0.6 * rng.normal(0, 1, len(size))
    # The City is the smallest authority, so the balance is not assigned to it.
    above = np.argsort(-tendency, kind="stable")[: len(size) * 2 // 3 if count is None else count]
    is_above = np.isin(np.arange(len(size)), above)
    under = np.where(is_above, 0, np.rint(budgets * rng.uniform(0.002, 0.02, len(size)))).astype(np.int64)
    excess = total + int(under.sum())
    if excess <= len(above):
        # If underspends exceed overspends, scale the underspends so that the sum is still exact.
        need = -total + len(above) * 20_000
        under = np.where(is_above, 0, 0)
        under[~is_above] = shared_out(need, budgets[~is_above].astype(float))
        excess = total + need
    over_by = np.zeros(len(size), dtype=np.int64)
    over_by[is_above] = 1 + shared_out(
        excess - int(is_above.sum()), budgets[is_above] * rng.gamma(3.0, 1.0, int(is_above.sum()))
    )
    return budgets, over_by - under


def _activity(seed: int, size: np.ndarray) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, np.ndarray]]]:
    """Child-weeks (in tenths) and pounds by period and placement group, shape (authorities,)."""
    weeks: dict[str, dict[str, np.ndarray]] = {}
    spend: dict[str, dict[str, np.ndarray]] = {}
    base_weeks = base_spend = 0
    for number, (period, year) in enumerate(YEARS.items()):
        rng = stream(seed, f"activity {period}")
        weeks[period], spend[period] = {}, {}
        for group, (share, price, more, dearer) in PLACEMENT_GROUPS.items():
            tenths = round(year.children_weeks * 1000 * share * (1 + more) ** number * 10)
            pounds = round(tenths / 10 * price * (1 + dearer) ** number)
            if group == PUBLISHED_GROUP and period == PUBLISHED_FROM:
                # Round numbers, so that the published growth gives whole numbers too.
                tenths, pounds = round(tenths, -2), round(pounds, -4)
                base_weeks, base_spend = tenths, pounds
            if group == PUBLISHED_GROUP and period == PUBLISHED_TO:
                tenths, pounds = round(base_weeks * WEEKS_UP), round(base_spend * SPEND_UP)
            blurred = size * rng.uniform(0.9, 1.1, len(size))
            weeks[period][group] = shared_out(tenths, blurred)
            spend[period][group] = shared_out(pounds, blurred * rng.uniform(0.93, 1.07, len(size)))
    return weeks, spend


def _lines(
    rng: np.random.Generator,
    spend: Mapping[str, int],
    budget: int,
    over: int,
    adults_budget: int,
    adults_over: int,
    efficiencies: int,
) -> pl.DataFrame:
    """Every service line at every quarter. Lines sum to their totals in pounds, in each column."""
    outturn = {
        "csc.looked_after.residential": sum(spend[group] for group in RESIDENTIAL),
        "csc.looked_after.fostering": sum(spend[group] for group in FOSTERING),
        "csc.looked_after.other": spend["supported"] + spend["other"],
    }
    placed = int(sum(outturn.values()))
    weights = np.array(list(OTHER_LINES.values())) * rng.uniform(0.85, 1.15, len(OTHER_LINES))
    outturn |= dict(zip(OTHER_LINES, shared_out(int(budget + over - placed), weights), strict=True))
    # The variance, of either sign: most of it is on placements, in proportion to their cost.
    first = round(abs(int(over)) * LOOKED_AFTER_VARIANCE)
    on_placements = shared_out(first, np.array([outturn[line] for line in list(outturn)[:3]], dtype=float))
    elsewhere = shared_out(abs(int(over)) - first, np.array([outturn[line] for line in OTHER_LINES], dtype=float))
    variance = dict(zip(outturn, np.sign(over) * np.r_[on_placements, elsewhere], strict=True))
    revised = {line: int(outturn[line] - variance[line]) for line in outturn}
    # The original budget, part of which is added or removed during the year.
    original = {line: revised[line] - round(revised[line] * rng.uniform(-0.004, 0.012)) for line in revised}
    noise = {quarter: rng.uniform(0.9, 1.1) if quarter != "Q4" else 1.0 for quarter in SEEN}
    outturn["asc"], revised["asc"], original["asc"] = adults_budget + adults_over, adults_budget, adults_budget
    rows = []
    for number, (quarter, seen) in enumerate(SEEN.items()):
        now = {line: original[line] + (revised[line] - original[line]) * number // 3 for line in outturn}
        early = {line: round(int(outturn[line] - revised[line]) * seen * noise[quarter]) for line in outturn}
        forecast = {line: now[line] + early[line] for line in outturn} if quarter != "Q4" else outturn
        columns = [_with_totals(column) for column in (original, now, forecast, outturn)]
        for line in sorted(columns[0]):
            budget_set, budget_now, expected, spent = (int(column[line]) for column in columns)
            rows.append(
                {
                    "QUARTER": quarter,
                    "SERVICE_LINE": line,
                    "ORIGINAL_BUDGET": budget_set,
                    "REVISED_BUDGET": budget_now,
                    "FORECAST_OUTTURN": expected,
                    "OUTTURN": spent if quarter == "Q4" else None,
                    "USE_OF_RESERVES": max(expected - budget_now, 0) * 4 // 10 if line in ("csc", "asc") else 0,
                    "EFFICIENCIES_PLANNED": efficiencies if line == "csc" else None,
                    "EFFICIENCIES_DELIVERED": efficiencies * (number + 1) * 19 // 80 if line == "csc" else None,
                    "NOTE": NOTE,
                }
            )
    return _typed(rows)


def _with_totals(column: Mapping[str, int]) -> dict[str, int]:
    looked_after = sum(value for line, value in column.items() if line.startswith("csc.looked_after."))
    rest = sum(value for line, value in column.items() if line.startswith("csc.") and line.count(".") == 1)
    return {**column, "csc.looked_after": looked_after, "csc": looked_after + rest}


def _high_needs(rng: np.random.Generator, funding: int, short: int, balance: int) -> pl.DataFrame:
    transfers = round(funding * rng.choice([0.0, 0.005, 0.01]))
    weights = np.array(list(SETTINGS.values())) * rng.uniform(0.8, 1.2, len(SETTINGS))
    rows = []
    for quarter, seen in SEEN.items():
        spend = funding + (short if quarter == "Q4" else round(short * seen))
        settings = shared_out(spend, weights)
        rows.append(
            {
                "QUARTER": quarter,
                "ALLOCATION_AFTER_DEDUCTIONS": funding - transfers,
                "TRANSFERS_IN": transfers,
                "SPEND": spend,
                **{f"SPEND_{name}": int(part) for name, part in zip(SETTINGS, settings, strict=True)},
                "BROUGHT_FORWARD": balance,
                "NOTE": NOTE,
            }
        )
    return _typed(rows)


def _activity_table(rng: np.random.Generator, weeks: Mapping[str, int], spend: Mapping[str, int]) -> pl.DataFrame:
    rows = []
    for group in weeks:
        season = rng.uniform(0.95, 1.05, len(QUARTERS))
        parts = zip(QUARTERS, shared_out(int(weeks[group]), season), shared_out(int(spend[group]), season), strict=True)
        rows += [
            {
                "QUARTER": quarter,
                "PLACEMENT_GROUP": group,
                "CHILD_WEEKS": int(tenths) / 10,
                "SPEND": int(pounds),
                "NOTE": NOTE,
            }
            for quarter, tenths, pounds in parts
        ]
    return _typed(rows).sort("QUARTER", "PLACEMENT_GROUP")


def _typed(rows: list[dict[str, object]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    plain = ("QUARTER", "SERVICE_LINE", "PLACEMENT_GROUP", "CHILD_WEEKS", "NOTE")
    return frame.with_columns(pl.all().exclude(plain).cast(pl.Decimal(18, 2)))
