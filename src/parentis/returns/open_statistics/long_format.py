"""DfE's long format: columns of time and place, then filters, then indicators → one row per indicator and cell."""

import re

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.open_statistics.cells import YEARS_MONTHS, is_number, is_value, tidy, value_and_marker
from parentis.returns.open_statistics.datasets import COMMON, DATASETS, Dataset

REQUIRED = frozenset({"time_period", "time_identifier", "geographic_level", "country_code"})

NATIONAL, REGIONAL, AUTHORITY = "National", "Regional", "Local authority"
_VINTAGE = re.compile(r"([_-]?(v?\d+(\.\d+)*|\d{4}|\d{4}(or\d{2})?(rel)?|to|\d{2}or\d{2}rel))+$", re.IGNORECASE)


def is_long_format(headings: list[str]) -> bool:
    """Whether these headings are of the family."""
    return {heading.strip().casefold() for heading in headings} >= REQUIRED


def slug_of(file_name: str) -> str:
    """A data set's id from its file's name, without folder, ending and vintage: `B2_plans_2013_to_2025.csv` →
    `b2_plans`."""
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", re.split(r"[/\\]", file_name)[-1])
    words = re.sub(r"[^a-z0-9.]+", "_", stem.casefold()).strip("_.")
    return _VINTAGE.sub("", words).replace(".", "_").strip("_") or "dataset"


def known(frame: pl.DataFrame) -> Dataset | None:
    """The data set that a table (headings in lower case) is, if it is one of `DATASETS`."""
    own = frozenset(frame.columns) - COMMON
    for dataset in DATASETS:
        if dataset.columns == own and all(
            frame.get_column(column).str.strip_chars().eq(value).any() for column, value in dataset.holds.items()
        ):
            return dataset
    return None


def lengthen(frame: pl.DataFrame, *, where: str = "table") -> pl.DataFrame:
    """Columns of the `values` table (all text) from a table of the family whose columns carry its headings.

    In a data set that is not declared, a column is an indicator when every cell of it is a number or a sign
    such as `c`; a filter otherwise. An indicator given in `years:months` becomes `<indicator>_months`.
    """
    frame = tidy(frame.rename({name: name.strip().casefold() for name in frame.columns}))
    if missing := sorted(REQUIRED - set(frame.columns)):
        raise SpecificationError(
            expected=f"the columns {', '.join(sorted(REQUIRED))}",
            found=f"no {', '.join(missing)}",
            where=where,
            do="Download the data set again from Explore education statistics, with its headings.",
        )
    dataset = known(frame)
    filters, indicators = (dataset.filters, dataset.indicators) if dataset else _sorted_out(frame)
    in_months = _in_months(frame, indicators)
    base = frame.select(
        _place("code", frame).alias("GEOGRAPHY"),
        pl.col("geographic_level").alias("LEVEL"),
        _place("name", frame).alias("PLACE"),
        pl.col("time_period").alias("TIME_PERIOD"),
        pl.col("time_identifier").alias("TIME_IDENTIFIER"),
        _breakdown(filters).alias("BREAKDOWN"),
        *(pl.col(name) for name in indicators),
    )
    index = ["GEOGRAPHY", "LEVEL", "PLACE", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN"]
    long = base.unpivot(on=list(indicators), index=index, variable_name="INDICATOR", value_name="CELL")
    months = pl.col("CELL").str.contains(YEARS_MONTHS) & pl.col("INDICATOR").is_in(in_months)
    return long.with_columns(
        pl.when(months).then(pl.col("INDICATOR") + "_months").otherwise("INDICATOR").alias("INDICATOR"),
        *value_and_marker("CELL"),
    ).drop("CELL")


def _sorted_out(frame: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = [name for name in frame.columns if name not in COMMON and not frame.get_column(name).is_null().all()]
    looks = frame.select((is_value(pl.col(name)) | pl.col(name).is_null()).all() for name in own)
    indicators = tuple(name for name in own if looks.get_column(name).item())
    return tuple(name for name in own if name not in indicators), indicators


def _in_months(frame: pl.DataFrame, indicators: tuple[str, ...]) -> list[str]:
    return [name for name in indicators if frame.get_column(name).str.contains(YEARS_MONTHS).any()]


def _place(part: str, frame: pl.DataFrame) -> pl.Expr:
    """Code or name of the place a row is about, by its level; null for levels below authorities."""
    columns = {
        NATIONAL: f"country_{part}",
        REGIONAL: f"region_{part}",
        AUTHORITY: "new_la_code" if part == "code" else "la_name",
    }
    level = pl.col("geographic_level").str.to_lowercase()
    return pl.coalesce(
        *(
            pl.when(level == name.casefold()).then(pl.col(column))
            for name, column in columns.items()
            if column in frame.columns
        ),
        pl.lit(None, dtype=pl.String),
    )


def _breakdown(filters: tuple[str, ...]) -> pl.Expr:
    """Filters as a figures' breakdown; a blank filter is left out. `;` and `=` in a value would end it."""
    from parentis.figures import breakdown  # costs half a second: only when such a table is read

    pairs = [
        pl.lit(f"{name}=")
        + pl.col(name).str.replace_all(";", ",", literal=True).str.replace_all("=", ":", literal=True)
        for name in sorted(filters)
    ]
    return pl.concat_str(pairs, separator=";", ignore_nulls=True) if pairs else pl.lit(breakdown({}))


def latest_year(frame: pl.DataFrame) -> str | None:
    """The last year in a table of the family: what its submission is filed under. `202324` → 2024."""
    if "time_period" not in frame.columns:
        return None
    text = frame.get_column("time_period").str.strip_chars()
    start = text.str.extract(r"^(\d{4})").cast(pl.Int64)
    two_years = text.str.contains(r"^\d{4}[-/]?\d{2}$") & (
        text.str.slice(-2).cast(pl.Int64, strict=False) == (start + 1) % 100
    )
    last = pl.select(start + pl.when(two_years).then(1).otherwise(0)).to_series().max()
    return None if last is None else str(last)


__all__ = ["is_long_format", "is_number", "known", "latest_year", "lengthen", "slug_of"]
