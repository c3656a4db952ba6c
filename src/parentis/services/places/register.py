"""The register of homes and supported accommodation: Ofsted's registrations, vacancies reported by providers,
quality, and prices paid compared with the framework.

Three numbers are kept separate: places registered, places approved and staffed, and places free. None is estimated
where it is unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.services.places.quality import NOT_KNOWN, bands

KINDS: Final = {
    "secure children's home": "secure",
    "children's home": "therapeutic",
    "supported accommodation": "supported",
}
"Ofsted's kinds of provision to kinds of place; other kinds are not in this register."
ENTRIES: Final = pl.Schema(
    {
        "urn": pl.String(), "kind": pl.String(), "category": pl.String(), "owner": pl.String(),
        "owner_key": pl.String(), "authority": pl.String(), "region": pl.String(), "places": pl.Int64(),
        "grade": pl.String(), "inspected": pl.Date(), "day": pl.Date(), "approved": pl.Int64(), "staffed": pl.Int64(),
        "taken": pl.Int64(), "free": pl.Int64(), "sex": pl.String(), "age_from": pl.Int64(), "age_to": pl.Int64(),
        "not_risks": pl.List(pl.String()), "school": pl.Boolean(), "hours": pl.Float64(),
        "framework_price": pl.Float64(), "price": pl.Float64(), "void_nights": pl.Int64(), "mean": pl.Float64(),
        "low": pl.Float64(), "high": pl.Float64(), "words": pl.String(),
    }
)  # fmt: skip
"""`places` registered; `day` of the vacancies, null where the provider has not reported. `mean`, `low`, `high`,
`words`: the band of its owner's quality (`quality.bands`)."""


TAKEN: Final = ("urn", "kind", "owner", "owner_key", "authority", "region", "places", "grade", "inspected")
"Columns taken from Ofsted's register."


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An inconsistency in the register."""

    urn: str
    what: str


def entries(ofsted: pl.DataFrame, vacancies: pl.DataFrame) -> pl.DataFrame:
    """Rows of `ENTRIES`, one a home or service.

    Args:
        ofsted: `urn`, `kind` (of `KINDS`), `owner`, `owner_key`, `authority`, `region`, `places`, `grade`, `inspected`.
        vacancies: rows of `places.vacancies/vacancies`; each home's latest counts.
    """
    listed = ofsted.filter(pl.col("kind").is_in(list(KINDS))).with_columns(pl.col("kind").replace_strict(KINDS))
    # Only these columns: Ofsted's day of registration and the vacancies' registered places have the same name.
    listed = listed.unique("urn", keep="last", maintain_order=True).select(*TAKEN)
    told = _latest(vacancies)
    both = listed.join(told, on="urn", how="full", coalesce=True, suffix="_told")
    for name in ("kind", "authority", "region"):
        both = both.with_columns(pl.coalesce(name, f"{name}_told").alias(name))
    both = both.with_columns(owner_key=pl.coalesce("owner_key", "provider"), places=pl.coalesce("places", "registered"))
    found = both.join(_bands_by_kind(both), on=["owner_key", "kind"], how="left")
    found = found.with_columns(pl.col("words").fill_null(NOT_KNOWN))
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in ENTRIES.items() if name not in found.columns]
    return found.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in ENTRIES.items()).sort("urn")


def _bands_by_kind(listed: pl.DataFrame) -> pl.DataFrame:
    """The band of each owner, estimated separately for each kind, since inspections differ between kinds."""
    parts = [bands(listed.filter(pl.col("kind") == kind)).with_columns(kind=pl.lit(kind)) for kind in KINDS.values()]
    return pl.concat(parts).select("owner_key", "kind", "mean", "low", "high", "words")


def _latest(vacancies: pl.DataFrame) -> pl.DataFrame:
    latest = vacancies.sort("DAY", maintain_order=True).unique("URN", keep="last", maintain_order=True)
    return latest.select(
        urn="URN", provider="PROVIDER", kind="KIND", category="CATEGORY", authority="LA", region="REGION",
        day="DAY", registered="REGISTERED", approved="APPROVED", staffed="STAFFED", taken="TAKEN",
        free=(pl.col("STAFFED") - pl.col("TAKEN")).clip(0), sex="SEX", age_from="AGE_FROM", age_to="AGE_TO",
        not_risks=pl.col("NOT_RISKS").str.split(" "), school=pl.col("SCHOOL") == "Y", hours="HOURS",
        framework_price=pl.col("FRAMEWORK_PRICE").cast(pl.Float64), price=pl.col("PRICE").cast(pl.Float64),
        void_nights="VOID_NIGHTS",
    )  # fmt: skip


def doubts(ofsted: pl.DataFrame, vacancies: pl.DataFrame) -> tuple[Doubt, ...]:
    """Contradictions between Ofsted's register and the vacancies: no places, more taken than registered, two
    regions."""
    return tuple(_doubts(ofsted, vacancies))


def _doubts(ofsted: pl.DataFrame, vacancies: pl.DataFrame) -> Iterator[Doubt]:
    listed = ofsted.filter(pl.col("kind").is_in(list(KINDS)))
    # Supported accommodation is registered by premises; homes have places.
    without = listed.filter(pl.col("places").is_null() & (pl.col("kind") != "supported accommodation"))
    for urn in without["urn"]:
        yield Doubt(urn=urn, what="A home without places in Ofsted's register: it is counted, and its places are not.")
    moved = listed.group_by("urn", maintain_order=True).agg(pl.col("region").n_unique()).filter(pl.col("region") > 1)
    for urn in moved["urn"]:
        yield Doubt(urn=urn, what="Two regions in Ofsted's register: the last is taken.")
    held = _latest(vacancies).join(listed.select("urn", "places", listed_in="region"), on="urn")
    for urn, registered, places in (
        held.filter(pl.col("registered") > pl.col("places")).select("urn", "registered", "places").iter_rows()
    ):
        yield Doubt(urn=urn, what=f"The provider says {registered} places are registered; Ofsted says {places}.")
    differ = held.filter(pl.col("region") != pl.col("listed_in"))
    for urn in differ["urn"]:
        yield Doubt(urn=urn, what="The provider and Ofsted name different regions.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The ratio of price paid to the framework price of the same home, with its interval: 1.1 is 10 % above."""

    kind: str
    category: str
    placements: int
    homes: int
    ratio: float
    low: float
    high: float


def paid_against_framework(
    referrals: pl.DataFrame, vacancies: pl.DataFrame, *, level: float = 0.95
) -> tuple[Paid, ...]:
    """Like for like: each placement's price against the same home's framework price, by kind and category. The mean
    of the homes' mean log ratios, since prices of one home are correlated; t interval over homes. Kinds with fewer
    than three homes are left out."""
    from scipy.stats import t

    framework = (
        _latest(vacancies)
        .filter(pl.col("framework_price") > 0)
        .select("urn", "framework_price", "kind", pl.col("category").fill_null(""))
    )
    placed = referrals.filter(pl.col("PRICE") > 0).select(urn="PLACED_WITH", paid=pl.col("PRICE").cast(pl.Float64))
    both = placed.join(framework, on="urn").with_columns(log=(pl.col("paid") / pl.col("framework_price")).log())
    found = []
    for (kind, category), held in both.group_by("kind", "category", maintain_order=True):
        homes = held.group_by("urn").agg(pl.col("log").mean())["log"].to_numpy()
        if len(homes) < 3:
            continue
        middle, error = float(homes.mean()), float(homes.std(ddof=1) / np.sqrt(len(homes)))
        reach = float(t.ppf((1 + level) / 2, len(homes) - 1)) * error
        low, high = np.exp([middle - reach, middle + reach])
        found.append(
            Paid(kind=str(kind), category=str(category), placements=held.height, homes=len(homes),
                 ratio=float(np.exp(middle)), low=float(low), high=float(high))
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.kind, one.category)))
