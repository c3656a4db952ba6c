"""Where prices come from: nights and committed cost of the year, by authority, group and provider.

In order of preference: the placement-cost return; the activity of budget monitoring, whose cost and nights are
for whole groups; and, as a last resort, the weekly unit costs of section 251 in DfE's Local Authority Interactive
Tool, which are not nightly prices (`LAST_RESORT`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.region import authorities_frame, parse_period
from parentis.services.demand.states import Groups

FROM_RETURN = "placement-cost return"
FROM_MONITORING = "budget monitoring's activity"
FROM_SECTION_251 = "last resort: section 251 weekly unit cost"

_COST = "Total committed cost accrued in FY to date"
_HEALTH, _EDUCATION = "Contribution from health provider/s", "Contribution from education provider/s"
_SHORT_BREAKS = ("V3", "V4")

_PROVIDERS: Mapping[str, str] = {
    "PR1": "own",
    "PR2": "other public",
    "PR3": "other public",
    "PR4": "private",
    "PR5": "voluntary",
}

_MONITORED: Mapping[str, tuple[str, str]] = {
    "foster_own": ("fostering in-house", "own"),
    "foster_agency": ("fostering independent", "private"),
    "foster_kin": ("kinship", "own"),
    "residential_own": ("residential", "own"),
    "residential_external": ("residential", "private"),
    "supported": ("supported", "private"),
    "secure": ("secure", "other public"),
    "other": ("other", "private"),
}
"Placement group in monitoring → the model's group, and its most common provider."

STAY = 180.0
"Assumed nights per placement where only the nights of the whole group are known."


@dataclass(frozen=True, slots=True)
class LastResort:
    """A unit cost of section 251, and the groups whose price it replaces."""

    short: str
    groups: tuple[str, ...]
    divided_by: str


LAST_RESORT: tuple[LastResort, ...] = (
    LastResort("RescareFinance", ("residential", "secure"), "nights in K1, K2, R1 and S1"),
    LastResort(
        "FosteringFinance",
        ("fostering in-house", "fostering independent", "fostering"),
        "children fostered on 31 March, not nights",
    ),
)
"LAIT measures 297 and 296. Nothing of section 251 covers supported accommodation or kinship care."


def cells_of_return(placements: pl.DataFrame, homes: pl.DataFrame, groups: Groups) -> tuple[pl.DataFrame, list[str]]:
    """One row a placement: `authority, period, group, provider, nights, gross, net, rate`; and what was left out.

    The cost of one of the authority's own homes is shared over the nights of the placements in it that have no cost of
    their own. Short breaks are left out by rule. A placement without a positive cost, or without a night in the year,
    has no price: it is left out, and the number left out is reported.
    """
    if placements.is_empty():
        return pl.DataFrame(schema=CELL), []
    current = placements.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))
    spans = {label: parse_period(label) for label in current["period"].unique().to_list()}
    year = pl.col("period")
    begins = year.replace_strict({k: v.start for k, v in spans.items()}, return_dtype=pl.Date)
    after = year.replace_strict({k: v.end for k, v in spans.items()}, return_dtype=pl.Date).dt.offset_by("1d")
    money = {"gross": pl.col(_COST), "health": pl.col(_HEALTH), "education": pl.col(_EDUCATION)}
    rows = (
        current.filter(~pl.col("Legal status").is_in(_SHORT_BREAKS).fill_null(value=False))
        .with_columns(**{name: column.cast(pl.Float64).fill_null(0.0) for name, column in money.items()})
        .with_columns(
            place=pl.col("Placement type").str.strip_chars().str.to_uppercase(), provider_code="Provider type"
        )
        .with_columns(
            group=groups.of("place", "provider_code").replace_strict(
                dict(enumerate(groups.names)), return_dtype=pl.String
            ),
            provider=pl.col("provider_code").replace_strict(_PROVIDERS, default="not known", return_dtype=pl.String),
            nights=(
                pl.min_horizontal(pl.col("Placement end date").fill_null(after), after)
                - pl.max_horizontal("Placement start date", begins)
            ).dt.total_days(),
        )
    )
    rows = _with_homes(rows, homes).with_columns(net=pl.col("gross") - pl.col("health") - pl.col("education"))
    priced = rows.filter((pl.col("gross") > 0) & (pl.col("nights") > 0) & (pl.col("net") > 0))
    notes = []
    if lost := rows.height - priced.height:
        notes.append(
            f"{lost} of {rows.height} placements of the placement-cost return have no night in their year, no "
            "cost, or contributions above it: they are no prices and are left out."
        )
    return priced.with_columns(rate=pl.col("gross") / pl.col("nights"), placements=pl.lit(1.0)).select(
        list(CELL)
    ), notes


def _with_homes(rows: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    if homes.is_empty():
        return rows
    key = ["authority", "period", "Ofsted URN"]
    cost = (
        homes.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))
        .group_by(key)
        .agg(home=pl.col(_COST).cast(pl.Float64).sum())
    )
    without = (pl.col("gross") <= 0) & (pl.col("nights") > 0) & pl.col("home").is_not_null()
    share = pl.col("nights") / pl.col("nights").filter(without).sum().over(key)
    return rows.join(cost, on=key, how="left", maintain_order="left").with_columns(
        gross=pl.when(without).then(pl.col("home") * share).otherwise("gross")
    )


CELL = {
    "authority": pl.String,
    "period": pl.String,
    "group": pl.String,
    "provider": pl.String,
    "nights": pl.Int64,
    "gross": pl.Float64,
    "net": pl.Float64,
    "rate": pl.Float64,
    "placements": pl.Float64,
}


def cells_of_monitoring(activity: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """Cells with the columns of `cells_of_return`, one row per authority, year and group; only whole years (four
    quarters).
    """
    known = {name: pair for name, pair in _MONITORED.items() if pair[0] in groups.names}
    if activity.is_empty() or not known:
        return pl.DataFrame(schema=CELL)
    current = activity.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))
    return (
        current.filter(pl.col("PLACEMENT_GROUP").is_in(list(known)))
        .group_by("authority", "period", "PLACEMENT_GROUP")
        .agg(
            (pl.col("CHILD_WEEKS") * 7).sum().round().cast(pl.Int64).alias("nights"),
            pl.col("SPEND").cast(pl.Float64).sum().alias("gross"),
            pl.col("QUARTER").n_unique().alias("quarters"),
            pl.col("CHILD_WEEKS", "SPEND").is_null().any(),
        )
        .filter((pl.col("quarters") == 4) & (pl.col("nights") > 0) & (pl.col("gross") > 0))
        .with_columns(
            group=pl.col("PLACEMENT_GROUP").replace_strict({k: v[0] for k, v in known.items()}, return_dtype=pl.String),
            provider=pl.col("PLACEMENT_GROUP").replace_strict(
                {k: v[1] for k, v in known.items()}, return_dtype=pl.String
            ),
            net=pl.col("gross"),
            rate=pl.col("gross") / pl.col("nights"),
            placements=(pl.col("nights") / STAY).clip(lower_bound=1.0),
        )
        .select(list(CELL))
    )


def monitored_placements(
    activity: pl.DataFrame, groups: Groups, authorities: Sequence[str], year: str
) -> tuple[np.ndarray, np.ndarray]:
    """Nights and gross pounds of placements as budget monitoring has them for a whole year, (authorities, groups);
    NaN for every group of an authority whose year is not held."""
    cells = cells_of_monitoring(activity, groups).filter(pl.col("period") == year)
    nights, gross = (np.full((len(authorities), len(groups.names)), np.nan) for _ in range(2))
    place, kind = ({name: at for at, name in enumerate(names)} for names in (authorities, groups.names))
    for row in cells.group_by("authority", "group").agg(pl.col("nights", "gross").sum()).to_dicts():
        if row["authority"] in place:
            at = place[row["authority"]]
            nights[at], gross[at] = np.nan_to_num(nights[at]), np.nan_to_num(gross[at])
            nights[at, kind[row["group"]]] = row["nights"]
            gross[at, kind[row["group"]]] = row["gross"]
    return nights, gross


def section_251(lines: pl.DataFrame, region: str) -> pl.DataFrame:
    """`short, period, authority, weekly` of the region's authorities, for the measures of `LAST_RESORT`, last year
    only; empty where LAIT is not held."""
    schema = {"short": pl.String, "period": pl.String, "authority": pl.String, "weekly": pl.Float64}
    if lines.is_empty():
        return pl.DataFrame(schema=schema)
    own = (
        authorities_frame()
        .filter(pl.col("region_gss") == region)
        .select("authority", LA_NUMBER=pl.col("dfe").cast(pl.String))
    )
    held = (
        lines.filter(
            pl.col("SHORT_DESC").is_in([one.short for one in LAST_RESORT])
            & (pl.col("sequence") == pl.col("sequence").max())
        )
        .with_columns(pl.col("LA_NUMBER").cast(pl.String), period=pl.col("YEARS").str.extract(r"^(\d{4}-\d{2})"))
        .join(own, on="LA_NUMBER")
        .filter(pl.col("VALUE").is_not_null() & (pl.col("VALUE") > 0))
    )
    return held.filter(pl.col("period") == pl.col("period").max().over("SHORT_DESC")).select(
        short="SHORT_DESC", period="period", authority="authority", weekly=pl.col("VALUE").cast(pl.Float64)
    )
