"""The columns that spells are made from are those that are said to be."""

from datetime import date

import polars as pl
import pytest

from parentis.returns import the_return
from parentis.services.careers import COLUMNS_READ, spells

EPISODES = {
    "CHILD": ["a", "a", "b"], "DECOM": [date(2023, 5, 1), date(2023, 8, 1), date(2023, 6, 1)],
    "DEC": [date(2023, 8, 1), None, date(2023, 9, 1)], "RNE": ["S", "P", "S"], "LS": ["C2", "C2", "E1"],
    "CIN": ["N1", "N1", "N2"], "PLACE": ["U4", "K2", "U1"], "PLACE_PROVIDER": ["PR1", "PR4", "PR1"],
    "REC": ["X1", None, "E4A"], "REASON_PLACE_CHANGE": ["CARPL", None, None], "PL_POST": ["AB1 2", "AB1 3", "AB1 4"],
    "URN": ["SC1", "SC2", "SC3"], "HOME_POST": ["AB1 2", "AB1 2", "AB1 2"],
}  # fmt: skip
KEYS = {"authority": "E09000007", "period": "2023-24", "load_id": "l", "sequence": 1}


def frame(columns: dict[str, list[object]]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame(columns).with_columns(
        *(pl.lit(value).alias(name) for name, value in KEYS.items()), row=pl.int_range(height, dtype=pl.UInt32)
    )


TABLES = {
    "Episodes": frame(EPISODES),
    "Header": frame({"CHILD": ["a", "b"], "SEX": ["1", "2"], "DOB": [date(2010, 1, 1), date(2012, 2, 2)],
                     "ETHNIC": ["WBRI", "BAFR"], "UPN": ["u", "v"]}),
    "UASC": frame({"CHILD": ["b"], "DUC": [date(2024, 1, 1)], "SEX": ["2"]}),
}  # fmt: skip


def made(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return spells(tables["Episodes"], tables["Header"], tables["UASC"]).spells


@pytest.mark.unit
@pytest.mark.parametrize("table", list(TABLES))
def test_other_columns_change_no_spell(table: str) -> None:
    own = TABLES[table].select(*COLUMNS_READ[table], *KEYS, "row")
    assert made({**TABLES, table: own}).equals(made(TABLES))
    assert set(TABLES[table].columns) > set(own.columns), "and there are others"


@pytest.mark.unit
@pytest.mark.parametrize(("table", "column"), [(t, c) for t, names in COLUMNS_READ.items() for c in names])
def test_each_of_them_does(table: str, column: str) -> None:
    before = TABLES[table]
    if before.schema[column] == pl.Date:
        other = before.with_columns(pl.col(column).dt.offset_by("20d"))
    else:
        other = (
            before.with_columns(pl.col(column) + ("V" if column != "LS" else "")).with_columns(
                LS=pl.lit("V3") if column == "LS" else pl.col("LS")
            )
            if table == "Episodes"
            else before.with_columns(pl.col(column) + "9")
        )
    assert not made({**TABLES, table: other}).equals(made(TABLES)), column


@pytest.mark.unit
def test_they_are_columns_of_the_return() -> None:
    spec = the_return("ssda903").spec.union()
    for table, names in COLUMNS_READ.items():
        assert set(names) <= {one.name for one in spec[table].columns}
