"""Whole returns drawn at random: every table, plausible and implausible cells alike."""

import random
from collections.abc import Iterable, Mapping

import polars as pl

from parentis.returns import Column, Kind, Reading, Typed, type_cells
from parentis.returns.ssda903.spec import SPEC

PERIOD, BEFORE = "2026-27", "2025-26"
ODD = ("", "  ", "x", "99/99/9999", "01/01/2150", "31/12/2199", "2024-04-01", "ZZ/ZZ/2000", "é", "=1+1", "1e400",
       "-1", "0.0", "29/02/2004", "NaN", "01/01/0001", '"', "\n")  # fmt: skip
CHOICES: Mapping[str, tuple[str, ...]] = {
    "URN": ("SC1", "SC2", "XXXXXXX", "1234"),
    "UPN": ("UN1", "UN4", "A12345678901B", "A123456789012"),
    "HOME_POST": ("AB1 1AA", "AB11AA", "ZZ9 9ZZ", "CD1 1CC"),
    "PL_POST": ("AB1 1AA", "AB12BB", "ZZ9 9ZZ", "CD1 1CC"),
}


def cell(column: Column, chance: random.Random) -> str | None:
    """One cell: blank one time in eight, nonsense one in sixteen."""
    drawn = chance.random()
    if drawn < 0.125:
        return None
    if drawn < 0.1875:
        return chance.choice(ODD)
    if column.kind is Kind.CODE:
        return chance.choice(column.codes).code
    if column.kind is Kind.DATE:
        return f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(2003, 2028)}"
    if column.kind is Kind.INTEGER:
        return str(chance.randint(0, 45))
    return chance.choice(CHOICES.get(column.name, ("SW1", "XX2", "301")))


def text_tables(period: str, chance: random.Random, *, rows: int, children: int) -> dict[str, pl.DataFrame]:
    """Every table of the period, `rows` long, about children C0, C1, …; one CHILD in twenty is blank."""
    tables = {}
    for name, table in SPEC.at(period).tables.items():
        data = {c.name: [cell(c, chance) for _ in range(rows)] for c in table.columns}
        data["CHILD"] = [None if chance.random() < 0.05 else f"C{chance.randrange(children)}" for _ in range(rows)]
        tables[name] = pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))
    return tables


def typed(tables: Mapping[str, pl.DataFrame], period: str) -> Typed:
    numbered = {
        name: frame.with_row_index("row").with_columns(file=pl.lit("generated")) for name, frame in tables.items()
    }
    reading = Reading(return_id="ssda903", part="", period=period, tables=numbered, taken=())
    return type_cells(reading, SPEC.at(period))


def without(frame: pl.DataFrame, children: Iterable[str | None]) -> pl.DataFrame:
    return frame.filter(~pl.col("child").is_in(list(children), nulls_equal=True))
