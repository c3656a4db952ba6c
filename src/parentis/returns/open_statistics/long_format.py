"""DfE's long format: columns of time and place, then filters, then indicators → one row per indicator and cell."""

import re
from dataclasses import dataclass

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.open_statistics.cells import (
    YEARS_MONTHS,
    is_number,
    is_percent,
    is_value,
    tidy,
    value_and_marker,
)
from parentis.returns.open_statistics.datasets import COMMON, DATASETS, Dataset
from parentis.returns.open_statistics.places import code_and_name

REQUIRED = frozenset({"time_period", "geographic_level"})
PLACES = frozenset({"country_code", "country_name", "region_code", "new_la_code", "old_la_code", "la_name"})
"At least one of these columns gives the place; releases of a single level omit the others."

_YEAR = r"(?:19|20)\d\d"
_VINTAGE = re.compile(
    rf"(?:[_ -]*(?:v\d+(?:[._]\d+)*|(?:from_)?{_YEAR}(?:or\d\d|[_-]?\d\d(?!\d))?(?:_?rel(?:ease)?)?"
    rf"|(?<=\d)_?to(?=_?{_YEAR})))+$",
    re.IGNORECASE,
)
"The part of a name that identifies the release: a year, a span of years, a version. Ages (`22_25`) do not match."

_ITSELF = re.compile(r"(?:^|_)(?:age|ages|urn|ukprn|laestab|estab|id|code|year|month|quarter|week|order|sort)(?:_|$)")
"A column of whole numbers with such a name identifies rows; it is not an indicator."

OWN = {"row": "row_given"}
"A publisher's column that has the name of one of ours → its name here. All our other names are in capitals."

WORDS = 40
"Characters of the words at the start of an undeclared data set's mark."


@dataclass(frozen=True, slots=True)
class Lengthened:
    """A table of the family with one row per value.

    `values` has the columns of the spec's table and `row`, the 0-based row of the file. Rows without a place are left
    out; `placeless`: their levels and the number of rows of each.
    """

    values: pl.DataFrame
    rows: int
    placeless: dict[str, int]
    unread: dict[str, int]
    "Indicator → the number of its cells that are neither a number nor a sign."
    dataset: Dataset | None
    filters: tuple[str, ...]
    indicators: tuple[str, ...]

    @property
    def words(self) -> str:
        """The identity of the data set, from its content."""
        if self.dataset:
            return self.dataset.id
        told = "_".join((*self.indicators[:2], *(("by", *self.filters) if self.filters else ())))
        return re.sub(r"[^a-z0-9]+", "_", told)[:WORDS].strip("_")


def is_long_format(headings: list[str]) -> bool:
    """Whether these headings are of the family."""
    plain = {heading.strip().casefold() for heading in headings}
    return plain >= REQUIRED and bool(plain & PLACES)


def slug_of(file_name: str) -> str:
    """The common name of a data set from its file name, without folder, extension and release:
    `B2_plans_2013_to_2025.csv` → `b2_plans`; `in_touch_22_25.csv` keeps its ages."""
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", re.split(r"[/\\]", file_name)[-1])
    words = re.sub(r"[^a-z0-9.]+", "_", stem.casefold()).strip("_.")
    return _VINTAGE.sub("", words).replace(".", "_").strip("_") or "dataset"


def known(frame: pl.DataFrame) -> tuple[Dataset, dict[str, str]] | None:
    """The one of `DATASETS` that a table (headings in lower case) is, if any, and its own headings → the headings
    there."""
    own = frozenset(frame.columns) - COMMON
    for dataset in DATASETS:
        renaming = dataset.renaming(own)
        if renaming is None:
            continue
        named = {new: old for old, new in renaming.items()}
        if all(_holds(frame.get_column(named[column]), value) for column, value in dataset.holds.items()):
            return dataset, renaming
    return None


def _holds(column: pl.Series, value: str) -> bool:
    return bool((plain_words(column) == plain_words(pl.Series([value]))[0]).any())


def plain_words(column: pl.Series) -> pl.Series:
    """Values in one spelling for all releases: `At 31 March` is `on 31 March`, whatever the case and spaces."""
    return (
        column.str.strip_chars()
        .str.to_lowercase()
        .str.replace_all(r"\s+", " ")
        .str.replace_all(r"\bat 31 march\b", "on 31 march")
    )


def lengthen(frame: pl.DataFrame, *, where: str = "table") -> Lengthened:
    """The `values` table (all text) of a table of the family whose columns carry its headings.

    In a data set that is not declared, a column is an indicator when its cells are numbers or signs such as `c`, a
    filter otherwise; a column with both is a filter if it is needed to make the rows differ. An indicator in
    `years:months` becomes `<indicator>_months`; one that is a percentage in only some rows becomes
    `<indicator>_percent` in those.
    """
    lower = [OWN.get(name, name) for name in (heading.strip().casefold() for heading in frame.columns)]
    frame = tidy(frame.rename(dict(zip(frame.columns, lower, strict=True)))).with_row_index("row")
    blank = pl.all_horizontal(pl.exclude("row").is_null())
    frame = frame.remove(blank) if frame.height else frame
    if missing := sorted(REQUIRED - set(frame.columns)):
        raise SpecificationError(
            expected=f"the columns {', '.join(sorted(REQUIRED))}",
            found=f"no {', '.join(missing)}",
            where=where,
            do="Download the data set again from Explore education statistics, with its headings.",
        )
    found = known(frame.drop("row"))
    if found:
        dataset, renaming = found
        frame = frame.rename({old: new for old, new in renaming.items() if old != new})
        filters, indicators = dataset.filters, dataset.indicators
    else:
        dataset = None
        filters, indicators = _sorted_out(frame)
    if not indicators:
        raise SpecificationError(
            expected="a column of figures: numbers, or signs such as c and x",
            found="none",
            where=where,
            do="Check that the columns of figures were downloaded with the others.",
        )
    placed = code_and_name(frame)
    lost = placed.filter(pl.col("GEOGRAPHY").is_null())
    levels = lost.group_by(pl.col("geographic_level").fill_null("no level")).len().sort("geographic_level")
    kept = placed.filter(pl.col("GEOGRAPHY").is_not_null())
    unread = {name: int((~_is_read(kept, name)).sum()) for name in indicators}
    return Lengthened(
        values=_long(kept, filters, indicators),
        rows=frame.height,
        placeless=dict(levels.iter_rows()),
        unread={name: count for name, count in unread.items() if count},
        dataset=dataset,
        filters=filters,
        indicators=indicators,
    )


def _long(frame: pl.DataFrame, filters: tuple[str, ...], indicators: tuple[str, ...]) -> pl.DataFrame:
    index = ["row", "GEOGRAPHY", "LEVEL", "PLACE", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN"]
    identifier = pl.col("time_identifier") if "time_identifier" in frame.columns else pl.lit("Reporting year")
    base = frame.select(
        "row",
        "GEOGRAPHY",
        pl.col("geographic_level").alias("LEVEL"),
        "PLACE",
        pl.col("time_period").alias("TIME_PERIOD"),
        identifier.alias("TIME_IDENTIFIER"),
        _breakdown(filters).alias("BREAKDOWN"),
        *(pl.col(name) for name in indicators),
    )
    in_months = [name for name in indicators if frame.get_column(name).str.contains(YEARS_MONTHS).any()]
    partly = _partly_percent(frame, indicators)
    long = base.unpivot(on=list(indicators), index=index, variable_name="INDICATOR", value_name="CELL")
    months = pl.col("CELL").str.contains(YEARS_MONTHS) & pl.col("INDICATOR").is_in(in_months)
    percent = is_percent(pl.col("CELL"))
    named = (
        pl.when(months)
        .then(pl.col("INDICATOR") + "_months")
        .when(percent & pl.col("INDICATOR").is_in(partly))
        .then(pl.col("INDICATOR") + "_percent")
        .otherwise("INDICATOR")
    )
    whole = [name for name in indicators if name not in partly and frame.select(is_percent(pl.col(name)).any()).item()]
    unit = pl.when(percent | pl.col("INDICATOR").is_in(whole)).then(pl.lit("%"))
    return long.with_columns(named.alias("INDICATOR"), unit.alias("UNIT"), *value_and_marker("CELL")).drop("CELL")


def _partly_percent(frame: pl.DataFrame, indicators: tuple[str, ...]) -> list[str]:
    """Indicators in which some numbers, but not all, are written as percentages."""

    def partly(name: str) -> bool:
        cell = pl.col(name)
        percents, plain = frame.select(
            is_percent(cell).any().alias("percents"), (is_number(cell) & ~is_percent(cell)).any().alias("plain")
        ).row(0)
        return bool(percents and plain)

    return [name for name in indicators if partly(name)]


def _sorted_out(frame: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Filters and indicators of a data set that is not declared."""
    own = [
        name
        for name in frame.columns
        if name not in COMMON and name != "row" and not frame.get_column(name).is_null().all()
    ]
    shares = {name: _share_of_values(frame.get_column(name)) for name in own}
    indicators = [name for name in own if shares[name] == 1 and not _tells_apart(frame.get_column(name))]
    # Numbers and words in one column: an indicator with an odd cell, or a filter that has numbers among its values.
    for name in own:
        if 0.5 < shares[name] < 1 and _is_unique(frame, [other for other in own if other not in (*indicators, name)]):
            indicators.append(name)
    return tuple(n for n in own if n not in indicators), tuple(n for n in own if n in indicators)


def _is_unique(frame: pl.DataFrame, filters: list[str]) -> bool:
    """Whether time, place and these filters identify every row."""
    key = [name for name in frame.columns if name in COMMON or name in filters]
    return not frame.select(pl.struct(key).is_duplicated().any()).item()


def _share_of_values(column: pl.Series) -> float:
    """The share of filled cells that are numbers or signs; 1 only if all are and at least one is a number."""
    filled = column.drop_nulls().to_frame("cell")
    cell = pl.col("cell")
    values, numbers = filled.select(
        is_value(cell).sum().alias("values"), (is_value(cell) & cell.str.contains(r"\d")).sum().alias("numbers")
    ).row(0)
    share = float(values / filled.height)
    return share if numbers or share < 1 else 1.0


def _tells_apart(column: pl.Series) -> bool:
    whole = column.drop_nulls().str.contains(r"^\d+$").all()
    return bool(_ITSELF.search(column.name)) and bool(whole)


def _is_read(frame: pl.DataFrame, name: str) -> pl.Series:
    cell = pl.col(name)
    return frame.select((is_value(cell) | cell.is_null()).fill_null(value=True)).to_series()


def _breakdown(filters: tuple[str, ...]) -> pl.Expr:
    """Filters as the breakdown of a figure; a blank filter is left out. `;` and `=` in a value are replaced, as they
    are separators."""
    from parentis.figures import breakdown  # the import takes half a second: only when such a table is read

    pairs = [
        pl.lit(f"{name}=")
        + pl.col(name).str.replace_all(";", ",", literal=True).str.replace_all("=", ":", literal=True)
        for name in sorted(filters)
    ]
    return pl.concat_str(pairs, separator=";", ignore_nulls=True) if pairs else pl.lit(breakdown({}))


def latest_year(frame: pl.DataFrame) -> str | None:
    """The last year in a table of the family, which is the period of its submission. `202324` → 2024."""
    if "time_period" not in frame.columns:
        return None
    text = frame.get_column("time_period").str.strip_chars()
    start = text.str.extract(r"^((?:19|20)\d\d)").cast(pl.Int64)
    two_years = text.str.contains(r"^\d{4}[-/_ ]?\d{2}$") & (
        text.str.slice(-2).cast(pl.Int64, strict=False) == (start + 1) % 100
    )
    last = pl.select(start + pl.when(two_years).then(1).otherwise(0)).to_series().max()
    return None if last is None else str(last)


__all__ = ["Lengthened", "is_long_format", "known", "latest_year", "lengthen", "plain_words", "slug_of"]
