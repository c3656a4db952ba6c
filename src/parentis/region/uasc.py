"""Unaccompanied asylum-seeking children: Home Office rates, their dates, and the thresholds that apply.

Three dated, cited tables. A rate's `certainty` is that of its row: `certain` (a source states it), `doubtful` (a source
implies it) or `general knowledge` (check that year's instructions before relying on it for money).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from parentis.errors import PeriodError
from parentis.region.authorities import authority as the_authority
from parentis.region.children import population_0_17
from parentis.region.periods import financial_year_of
from parentis.region.reference import holds, rows
from parentis.region.references import submitted

if TYPE_CHECKING:
    import polars as pl

NATIONAL_FROM = date(2016, 7, 1)
"The first day of the National Transfer Scheme: who arrived on or after it is of the national cohort (LGC 2019)."

Purpose = Literal["transfer", "funding"]


def uasc_rates() -> "pl.DataFrame":
    """One row per rate: `valid_from`, `valid_to` (last day), `group` (`child`, `leaver`), `band` (`standard`, `high`,
    `all`), `cohort` (`national`, `legacy`, `all`), `age_from`, `age_to` (in years, inclusive; null: no upper
    limit), `rate` (pounds), `unit` (`night`, `week`), `certainty`, `source`.

    At most one row applies to a child on a day. A day, age, band and cohort without a row has no rate. Submitted rates
    replace the packaged ones for the days they cover."""
    import polars as pl

    packaged = pl.DataFrame(rows("uasc_rates")).with_columns(
        pl.col("valid_from", "valid_to").str.to_date(strict=False),
        pl.col("age_from", "age_to").cast(pl.Int32, strict=False),
        pl.col("rate").cast(pl.Float64),
    )
    given = submitted("uasc_rates")
    return packaged if given is None else _instead_of(packaged, given)


def _instead_of(packaged: "pl.DataFrame", given: "pl.DataFrame") -> "pl.DataFrame":
    """The given rates, and the packaged ones of every other financial year."""
    import polars as pl

    years = [financial_year_of(day) for day in given["valid_from"].to_list()]
    replaced, latest = {year.label for year in years}, max(year.end for year in years)
    kept = []
    for row in packaged.to_dicts():
        year = financial_year_of(row["valid_from"])
        last = row["valid_to"] or max(latest, year.end)
        while year.start <= last:
            if year.label not in replaced:
                valid_to = None if row["valid_to"] is None and year.end >= last else min(year.end, last)
                kept.append({**row, "valid_from": max(year.start, row["valid_from"]), "valid_to": valid_to})
            year = year.next
    others = pl.DataFrame(kept, schema=packaged.schema)
    return pl.concat([others, given.select(pl.col(name).cast(kind) for name, kind in packaged.schema.items())])


def uasc_instructions() -> "pl.DataFrame":
    """The funding instructions by financial year: `period`, `title`, `source`, `cited` (false: not read, so no claim
    may rely on them). A submitted year is kept as submitted."""
    import polars as pl

    packaged = pl.DataFrame(rows("uasc_instructions")).with_columns(cited=pl.col("cited") == "yes")
    given = submitted("uasc_instructions")
    if given is None:
        return packaged
    others = packaged.join(given, on="period", how="anti")
    return pl.concat([others, given.select(packaged.columns)]).sort("period")


def uasc_thresholds() -> "pl.DataFrame":
    """`purpose` (`transfer`: above it no child need be accepted; `funding`: from it the high band is paid),
    `share` (of residents aged 0 to 17: 0.0007), `valid_from`, `valid_to`, `certainty`, `source`."""
    import polars as pl

    given = submitted("uasc_thresholds")
    if given is not None:
        return given
    return pl.DataFrame(rows("uasc_thresholds")).select(
        "purpose",
        (pl.col("percent").cast(pl.Float64) / 100).alias("share"),
        pl.col("valid_from", "valid_to").str.to_date(strict=False),
        "certainty",
        "source",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A share of one authority's child population, as a number of children."""

    purpose: Purpose
    share: float
    population: int
    vintage: int
    "The mid-year of the population."

    @property
    def heads(self) -> float:
        return round(
            self.share * self.population, 4
        )  # 0.07 % of an integer has four decimals: this removes rounding error


def uasc_threshold(
    authority: str, on: date, vintage: int | None = None, *, purpose: Purpose = "funding"
) -> Threshold | None:
    """The threshold of an authority on a day; None where none was in force.

    `vintage` is the mid-year of the population used. The Home Office decides it, and no source held here states it:
    unless given, it is `default_vintage(on)`. Raises PeriodError for a year without a population."""
    in_force = (row for row in uasc_thresholds().to_dicts() if row["purpose"] == purpose)
    share = next((row["share"] for row in in_force if holds(row["valid_from"], row["valid_to"], on)), None)
    if share is None:
        return None
    gss, year = the_authority(authority).gss, default_vintage(on) if vintage is None else vintage
    people = _children().get((gss, year))
    if people is None:
        raise PeriodError(
            expected="a mid-year for which ONS gives this authority's children",
            found=str(year),
            where="UASC threshold",
            do="Give a population vintage from 2012 to 2024 in which the authority existed.",
        )
    return Threshold(purpose=purpose, share=float(share), population=people, vintage=year)


def default_vintage(on: date) -> int:
    """The latest mid-year whose estimates are published when the financial year of `on` begins: two years before, or
    the last one held."""
    last = max(year for _, year in _children())
    return min(financial_year_of(on).start.year - 2, last)


def _children() -> Mapping[tuple[str, int], int]:
    return _packaged_children() if submitted("population_0_17") is None else _children_of(population_0_17())


@cache
def _packaged_children() -> Mapping[tuple[str, int], int]:
    return _children_of(population_0_17())


def _children_of(table: "pl.DataFrame") -> Mapping[tuple[str, int], int]:
    return {(gss, year): people for gss, year, people in table.iter_rows()}
