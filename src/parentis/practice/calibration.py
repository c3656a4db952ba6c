"""Compare the synthetic region with its targets: the table that is written with every copy of it."""

from collections.abc import Iterable
from typing import TypeAlias

import polars as pl

from parentis.practice.calendar import april, label
from parentis.practice.money import PUBLISHED_FROM, PUBLISHED_GROUP, PUBLISHED_TO, SPEND_UP, WEEKS_UP, YEARS
from parentis.practice.ssda903 import Simulated
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, looked_after
from parentis.returns import ReturnData

# DfE, London, 31 March 2025 (unaccompanied children: and every year, in targets.looked_after).
PLACED_2025 = {
    "fostering": (("U1", "U2", "U3", "U4", "U5", "U6"), 6330),
    "secure units and children's homes": (("K1", "K2"), 940),
    "semi-independent and supported": (("H5", "P2", "K3"), 1150),
    "with parents": (("P1",), 300),
    "placed for adoption": (("A3", "A4", "A5", "A6"), 150),
}
PUBLISHED = "published"
THREE_PLACEMENTS = 10.0
"Per cent of children on 31 March 2025 with three or more placements in the year."

MILLION = 1_000_000

Row: TypeAlias = tuple[str, str, str, float, float]


def targets_and_achieved(world: Simulated, money: Iterable[ReturnData]) -> pl.DataFrame:
    """`period, what, basis, target, achieved`: children in numbers, money in £ million. The basis of a target is
    `published`, or `assumed` where nothing was published for the region."""
    rows = [*_children(world), *_money(money)]
    return pl.DataFrame(rows, schema=["period", "what", "basis", "target", "achieved"], orient="row")


def _children(world: Simulated) -> list[Row]:
    goal = looked_after()
    episodes = world.episodes.filter(pl.col("LS") != "V4")
    alone = world.people.children.unaccompanied
    rows: list[Row] = []
    for at, year in enumerate(range(FIRST_RETURN, LAST_RETURN + 1)):
        begin, end = april(year), april(year + 1)
        inside = episodes.filter(pl.col("start") < end, pl.col("end") >= end)
        starts = episodes.filter(pl.col("RNE") == "S", pl.col("start").is_between(begin, end - 1)).height
        held = int(alone[inside["child"].to_numpy()].sum())
        period = label(year)
        rows += [
            (
                period,
                "children looked after on 31 March",
                PUBLISHED,
                float(goal.stock[:, at].sum()),
                float(inside.height),
            ),
            (period, "of them unaccompanied", PUBLISHED, float(goal.unaccompanied[:, at].sum()), float(held)),
            (period, "starting to be looked after", PUBLISHED, float(goal.started[:, at].sum()), float(starts)),
        ]
    last, period = episodes.filter(pl.col("start") < end, pl.col("end") >= end), label(LAST_RETURN)
    for what, (codes, target) in PLACED_2025.items():
        rows.append((period, what, PUBLISHED, float(target), float(last.filter(pl.col("PLACE").is_in(codes)).height)))
    new = episodes.filter(pl.col("start").is_between(begin, end - 1), pl.col("RNE").is_in(["S", "P", "B"]))
    already = episodes.filter(pl.col("start") < begin, pl.col("end") >= begin)
    placements = pl.concat([new.select("child"), already.select("child")]).group_by("child").len()
    often = last.select("child").join(placements, on="child", how="left").select((pl.col("len") >= 3).mean()).item()
    return [*rows, (period, "three or more placements in the year, %", PUBLISHED, THREE_PLACEMENTS, 100 * often)]


def _money(money: Iterable[ReturnData]) -> list[Row]:
    final: dict[str, list[dict[str, pl.DataFrame]]] = {}
    for filled in money:
        final.setdefault(filled.period, []).append(
            {name: table.filter(pl.col("QUARTER") == "Q4") for name, table in filled.tables.items()}
        )
    rows: list[Row] = []
    for period, year in YEARS.items():
        basis = PUBLISHED if period == PUBLISHED_TO else "assumed"
        lines = pl.concat([tables["lines"] for tables in final[period]]).filter(pl.col("SERVICE_LINE") == "csc")
        over = lines["OUTTURN"] - lines["REVISED_BUDGET"]
        needs = pl.concat([tables["high_needs"] for tables in final[period]])
        short = needs["SPEND"] - needs["ALLOCATION_AFTER_DEDUCTIONS"] - needs["TRANSFERS_IN"]
        rows += [
            (
                period,
                "children's social care over budget, £m",
                basis,
                year.children_over,
                float(over.sum()) / MILLION,
            ),
            (period, "authorities over", basis, float(year.authorities_over), float((over > 0).sum())),
            (period, "short on high needs, £m", basis, year.high_needs_short, float(short.sum()) / MILLION),
            (period, "authorities short", basis, float(year.authorities_short), float((short > 0).sum())),
        ]
    return rows + _growth(money)


def _growth(money: Iterable[ReturnData]) -> list[Row]:
    sums: dict[str, tuple[float, float]] = dict.fromkeys((PUBLISHED_FROM, PUBLISHED_TO), (0.0, 0.0))
    for filled in money:
        if filled.period in sums:
            homes = filled.tables["activity"].filter(pl.col("PLACEMENT_GROUP") == PUBLISHED_GROUP)
            weeks, spend = sums[filled.period]
            sums[filled.period] = (weeks + float(homes["CHILD_WEEKS"].sum()), spend + float(homes["SPEND"].sum()))
    before, after = sums[PUBLISHED_FROM], sums[PUBLISHED_TO]
    since = f"independent homes, {{}} since {PUBLISHED_FROM}, %"
    return [
        (
            PUBLISHED_TO,
            since.format("child-weeks"),
            PUBLISHED,
            (WEEKS_UP - 1) * 100,
            (after[0] / before[0] - 1) * 100,
        ),
        (PUBLISHED_TO, since.format("spend"), PUBLISHED, (SPEND_UP - 1) * 100, (after[1] / before[1] - 1) * 100),
    ]
