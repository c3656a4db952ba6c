"""LAIT's base data as figures, with its dictionary as the catalogue."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis.figures import Measure, Polarity
from parentis.services.statistics.declared_measures import AS_PUBLISHED
from parentis.services.statistics.excluded_rows import EXCLUDED_ROWS, excluded_rows
from parentis.services.statistics.places import geographies
from parentis.services.statistics.shape import RESOLVED
from parentis.services.statistics.slugs import slug, unit_of
from parentis.services.statistics.years import lait_basis, lait_period

DISAGREES = "the same key stands several times in the file, with different numbers"
LINES, DICTIONARY = "open_statistics.lait/lines", "open_statistics.lait/dictionary"
_POLARITY = {"high": Polarity.HIGHER, "low": Polarity.LOWER}
_MONEY = ("£", "£ per week")


def measure_id(short: str) -> str:
    return f"statistics.lait.{slug(short)}"


def lait_ids(dictionary: pl.DataFrame) -> dict[str, str]:
    """Short name → id of every measure that the dictionary describes."""
    return {short: measure_id(short) for short in dictionary["SHORT_DESC"].drop_nulls().unique()}


def lait_measures(dictionary: pl.DataFrame) -> tuple[Measure, ...]:
    """A measure for every entry of the dictionary; for an entry in several vintages, the latest."""
    return tuple(_measure(entry) for entry in _entries(dictionary).iter_rows(named=True))


def _entries(dictionary: pl.DataFrame) -> pl.DataFrame:
    latest_first = dictionary.filter(pl.col("SHORT_DESC").is_not_null()).sort(
        ["sequence", "row"], descending=[True, False]
    )
    return latest_first.unique("SHORT_DESC", keep="first", maintain_order=True).sort("SHORT_DESC")


def _measure(entry: Mapping[str, Any]) -> Measure:
    title = entry["TITLE"] or entry["MEASURE"] or entry["SHORT_DESC"]
    axis = entry["AXIS"] or ""
    unit = unit_of(axis, otherwise=axis or "as published")
    decimals = entry["DECIMALS"]
    return Measure(
        id=measure_id(entry["SHORT_DESC"]),
        title=title,
        unit=unit,
        definition=" ".join((entry["DESCRIPTION"] or entry["MEASURE"] or title).split()),
        source=f"{' '.join((entry['OWNER'] or 'DfE').split())}, through DfE's Local Authority Interactive Tool",
        polarity=_POLARITY.get((entry["POLARITY"] or "").casefold(), Polarity.NEUTRAL),
        gross_net="gross" if unit == "£" and "gross" in title.casefold() else "",
        cumulative="in-year" if unit in _MONEY else "",
        people=AS_PUBLISHED,
        decimals=(0 if unit in ("count", *_MONEY) else 1) if decimals is None else decimals,
    )


def lait_rows(lines: pl.DataFrame, dictionary: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows resolved to measure, geography and period, and a count of those left out, with the reason.

    Lines of a measure that no dictionary describes are left out, because their unit is unknown.
    """
    if lines.is_empty():
        return RESOLVED.to_frame(), EXCLUDED_ROWS.to_frame()
    entries = _entries(dictionary)
    joined = (
        lines.select(
            "part",
            "SHORT_DESC",
            "YEARS",
            "LA_NUMBER",
            "VALUE",
            "MARKER",
            "period",
            "load_id",
            "sequence",
            "provisional",
        )
        .rename({"period": "vintage"})
        .join(_periods(lines, entries), on=["SHORT_DESC", "YEARS"], how="left")
        .join(geographies(lines.get_column("LA_NUMBER")), left_on="LA_NUMBER", right_on="code", how="left")
    )
    lost = excluded_rows(
        joined,
        LINES,
        {
            "the dictionary does not describe the measure": pl.col("measure").is_null(),
            "no period can be read": pl.col("period").is_null(),
            "the place is no authority or footprint": pl.col("geography").is_null(),
            DISAGREES: _disagrees(),
        },
    )
    whole = joined.filter(
        pl.all_horizontal(pl.col("measure", "period", "geography").is_not_null()) & ~_disagrees()
    ).sort("rank")
    return (
        whole.select(
            "measure",
            "geography",
            pl.lit("").alias("breakdown"),
            "period",
            "period_start",
            "period_end",
            pl.col("VALUE").alias("value"),
            pl.col("MARKER").alias("marker"),
            "authority_set",
            (pl.lit("as published by DfE in LAIT, data to ") + pl.col("vintage") + pl.col("said")).alias("method"),
            "load_id",
            pl.col("sequence").cast(pl.Int64),
            "provisional",
            pl.lit(LINES).alias("table"),
        ),
        lost,
    )


def _disagrees() -> pl.Expr:
    """Lines of one file with conflicting values for one measure, place and year; it is unclear which is right."""
    key = ("load_id", "SHORT_DESC", "YEARS", "LA_NUMBER")
    return pl.struct("VALUE", "MARKER").n_unique().over(key) > 1


def _periods(lines: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Measure and period of every pair of short name and year; nulls where there is none. A provisional release
    ranks after a final one of the same period."""
    known = {row["SHORT_DESC"]: row for row in entries.iter_rows(named=True)}
    rows = []
    for short, text in lines.select("SHORT_DESC", "YEARS").unique().drop_nulls().iter_rows():
        entry = known.get(short)
        basis = lait_basis(entry["YEAR_TYPE"] or "", f"{entry['TITLE']} {entry['MEASURE']}") if entry else None
        period, said = lait_period(text, basis) if basis else (None, "")
        rows.append(
            (
                short,
                text,
                measure_id(short) if entry else None,
                *((period.label, period.start, period.end) if period else (None, None, None)),
                f"; {said}" if said else "",
                int(said.startswith("provisional")),
            )
        )
    names = {"SHORT_DESC": pl.String, "YEARS": pl.String, "measure": pl.String, "period": pl.String}
    days = {"period_start": pl.Date, "period_end": pl.Date}
    return pl.DataFrame(rows, schema={**names, **days, "said": pl.String, "rank": pl.Int64}, orient="row")
