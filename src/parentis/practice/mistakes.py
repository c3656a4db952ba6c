"""Deliberate mistakes, of kinds found in real returns, each recorded so that validation can be tested."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.practice.calendar import label
from parentis.practice.randomness import stream
from parentis.practice.targets import london

RATE = 0.004
"Share of rows with a mistake, in tables for which mistakes are declared."

MANIFEST: Mapping[str, pl.DataType] = {
    "authority": pl.String(),
    "period": pl.String(),
    "table": pl.String(),
    "row": pl.UInt32(),
    "child": pl.String(),
    "rule": pl.String(),
    "mistake": pl.String(),
}
"`row` is 0-based within the authority's table; `rule` is the number of the rule that must detect it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One kind of mistake in a row. `change` gives the new cells; if empty, the row is duplicated."""

    rule: str
    table: str
    words: str
    change: Mapping[str, pl.Expr]
    where: pl.Expr | None = None


def _blank(rule: str, table: str, column: str, where: pl.Expr | None = None) -> Mistake:
    filled = pl.col(column).is_not_null()
    return Mistake(
        rule=rule,
        table=table,
        words=f"{column} left blank",
        change={column: pl.lit(None)},
        where=filled if where is None else filled & where,
    )


def _wrong(rule: str, table: str, column: str, code: str) -> Mistake:
    return Mistake(
        rule=rule, table=table, words=f"{column} with a code that does not exist", change={column: pl.lit(code)}
    )


MISTAKES: tuple[Mistake, ...] = (
    _blank("102", "Header", "DOB"),
    _blank("103", "Header", "ETHNIC"),
    _blank("165", "Header", "MOTHER"),
    _blank("442", "Header", "UPN", where=pl.col("MOTHER").is_not_null()),
    Mistake(rule="INT32", table="Header", words="the child's row is there twice", change={}),
    _wrong("143", "Episodes", "RNE", "X"),
    _wrong("145", "Episodes", "CIN", "N0"),
    _wrong("146", "Episodes", "PLACE", "Q9"),
    _blank("148", "Episodes", "REC", where=pl.col("DEC").is_not_null()),
    _blank("225", "Episodes", "REASON_PLACE_CHANGE", where=pl.col("REC") == "X1"),
    _blank("526", "Episodes", "PLACE_PROVIDER"),
    Mistake(
        rule="356",
        table="Episodes",
        words="DEC ten days before DECOM",
        change={"DEC": pl.col("DECOM").dt.offset_by("-10d")},
        where=pl.col("DEC").is_not_null(),
    ),
    _blank("166", "Reviews", "REVIEW"),
    _blank("167", "Reviews", "REVIEW_CODE"),
    Mistake(
        rule="567",
        table="Missing",
        words="MIS_END three days before MIS_START",
        change={"MIS_END": pl.col("MIS_START").dt.offset_by("-3d")},
    ),
)


def spoilt(
    seed: int, tables: Mapping[str, pl.DataFrame], year: int, rate: float = RATE
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """A year's tables with mistakes, at most one per row, and the manifest of the mistakes."""
    rng = stream(seed, f"mistakes {year}")
    made, noted = dict(tables), []
    for name in dict.fromkeys(mistake.table for mistake in MISTAKES):
        if name in tables:
            made[name], found = _spoil(rng, tables[name], [one for one in MISTAKES if one.table == name], rate)
            noted.append(found.with_columns(table=pl.lit(name)))
    codes = pl.Series([one.gss for one in london()])
    manifest = pl.concat(noted).with_columns(authority=codes.gather(pl.concat(noted)["at"]), period=pl.lit(label(year)))
    return made, manifest.select(pl.col(name).cast(dtype) for name, dtype in MANIFEST.items())


def _spoil(
    rng: np.random.Generator, table: pl.DataFrame, kinds: list[Mistake], rate: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    drawn = np.where(rng.random(table.height) < rate, rng.integers(0, len(kinds), table.height), -1)
    table = table.with_columns(_kind=pl.Series(drawn))
    for number, kind in enumerate(kinds):
        hit = (pl.col("_kind") == number) & (
            pl.lit(value=True) if kind.where is None else kind.where.fill_null(value=False)
        )
        table = table.with_columns(
            _hit=hit, _kind=pl.when((pl.col("_kind") == number) & ~hit).then(-1).otherwise("_kind")
        )
        table = table.with_columns(
            pl.when("_hit").then(cell.cast(table.schema[column])).otherwise(column).alias(column)
            for column, cell in kind.change.items()
        )
        if not kind.change:
            table = pl.concat([table, table.filter("_hit")]).sort("at", "CHILD", maintain_order=True)
    table = table.with_columns(row=pl.int_range(pl.len()).over("at"))
    found = table.filter(pl.col("_kind") >= 0).select(
        "at",
        "row",
        child="CHILD",
        rule=pl.col("_kind").replace_strict(dict(enumerate(one.rule for one in kinds)), return_dtype=pl.String),
        mistake=pl.col("_kind").replace_strict(dict(enumerate(one.words for one in kinds)), return_dtype=pl.String),
    )
    return table.drop("_kind", "_hit", "row"), found
