"""The measures in the cells of DfE's data sets: `tables/measures.csv` and `tables/published.csv`.

The measures of a data set that is not listed there are named after its headings.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parentis.errors import DeclarationError
from parentis.figures import Audience, Counts, Measure, NoPeople, People, Polarity, Population, parts
from parentis.services.statistics import years
from parentis.services.statistics.years import Basis

PREFIX = "statistics."
_YEARS: Mapping[str, Basis] = {
    one.__name__: one
    for one in (years.on_31_march, years.to_31_march, years.on_30_september, years.to_30_september, years.mid_year)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A measure and where it is published: data set (`part`), indicator, and the filter values of its rows."""

    part: str
    indicator: str
    measure: Measure
    basis: Basis
    where: Mapping[str, str]
    "Filters a row must have with these values; they are part of the measure, not of its breakdown."
    rename: Mapping[str, str]
    "Filter → dimension, where the filter's name is not clear enough."
    breakdown: Mapping[str, str]
    "Breakdown given by the indicator itself, where counts are in separate columns."


REPEATED = frozenset({("cla_number_and_rate", "population_estimate")})
"Indicators that only repeat another data set's figures: the population that a rate was divided by."
PART_UNITS: Mapping[str, str] = {"cla_sfr": "count"}
"Unit of a part's indicators whose headings do not give it."


@cache
def declared_measures() -> Mapping[str, Measure]:
    """Declared measures by id."""
    return {
        (id_ := PREFIX + row["measure"]): Measure(
            id=id_,
            title=row["title"],
            unit=row["unit"],
            definition=row["definition"] or row["title"],
            source=row["source"],
            polarity=Polarity(row["polarity"]),
            decimals=0 if row["unit"] == "count" else 1,
            people=_people(row),
        )
        for row in _rows("measures")
    }


AS_PUBLISHED = NoPeople("shown as its publisher shows it")


def _people(row: Mapping[str, str]) -> People:
    """Published figures stay public; but if a publisher hid a count, rates that would reveal it are not shown."""
    if not row["counts"]:
        return AS_PUBLISHED
    of = Population(id=f"published: {row['counts']}", threshold=0, rounding=0, audience=Audience.PUBLISHED)
    return (Counts(of=of, value=1) if row["unit"] == "count" else Counts(of=of, told=True),)


@cache
def published() -> Mapping[tuple[str, str], tuple[Published, ...]]:
    """Declarations for a part's indicator, in order: the first whose `where` matches a row gives its measure."""
    found: dict[tuple[str, str], tuple[Published, ...]] = {}
    for row in _rows("published"):
        if row["measure"]:
            key = (row["part"], row["indicator"])
            found[key] = (*found.get(key, ()), _published(row))
    return found


@cache
def usual_basis() -> Mapping[str, Basis]:
    """The meaning of a reporting year in a part for rows without a declared measure: as in the part's last
    declaration.
    """
    return {row["part"]: _YEARS[row["year_means"]] for row in _rows("published")}


def _published(row: Mapping[str, str]) -> Published:
    measure = declared_measures().get(PREFIX + row["measure"])
    if measure is None or row["year_means"] not in _YEARS:
        raise DeclarationError(f"published.csv: {row['part']}/{row['indicator']} names no measure or meaning of a year")
    return Published(
        part=row["part"],
        indicator=row["indicator"],
        measure=measure,
        basis=_YEARS[row["year_means"]],
        where=parts(row["where"]),
        rename=parts(row["rename"]),
        breakdown=parts(row["breakdown"]),
    )


@cache
def _rows(table: str) -> tuple[Mapping[str, str], ...]:
    text = files(__package__).joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
