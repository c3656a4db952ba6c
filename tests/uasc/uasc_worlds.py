"""Small worlds of invented children, as the lake holds them: looked-after returns and claim registers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from parentis.region import financial_year
from parentis.returns import the_return

WHERE = "E09000007"
LAKE = {
    "authority": pl.String,
    "period": pl.String,
    "load_id": pl.String,
    "row": pl.UInt32,
    "sequence": pl.Int64,
    "provisional": pl.Boolean,
}
USUAL = {"RNE": "S", "LS": "V2", "CIN": "N8", "PLACE": "U6", "PLACE_PROVIDER": "PR4", "REC": "X1"}


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a table (`uasc.register/children`) with its columns and the lake's."""
    return_id, _, which = name.partition("/")
    columns = {column.name: column.dtype for column in the_return(return_id).spec.union()[which].columns}
    lake = {"authority": WHERE, "load_id": "l", "sequence": 1, "provisional": False}
    full = [lake | {"row": at} | dict(row) for at, row in enumerate(rows)]
    return pl.DataFrame(full, schema=LAKE | columns)


def world(
    stays: Sequence[tuple[str, str, str | None]] | Sequence[Mapping[str, Any]],
    *,
    born: Mapping[str, str] | None = None,
    until: Mapping[str, str] | None = None,
    periods: Sequence[str],
    register: Sequence[Mapping[str, Any]] = (),
    leavers: Sequence[Mapping[str, Any]] = (),
    registered: Sequence[str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Tables of returns that know each stay (`child, start, end` in ISO days, or a mapping with other columns) up to
    the end of their year; every child is in the UASC table. `registered` are the years of the register, those of the
    returns unless given; each says the same."""
    born, until = born or {}, until or {}
    rows = [
        one if isinstance(one, Mapping) else dict(zip(("CHILD", "start", "end"), one, strict=True)) for one in stays
    ]
    episodes, header, uasc = [], [], []
    for period in periods:
        year = financial_year(period)
        inside = [one for one in rows if day(one["start"]) <= year.end and (day(one["end"]) or date.max) > year.start]
        for one in inside:
            end = day(one["end"])
            facts = {name: value for name, value in one.items() if name not in ("start", "end")}
            known = end if end is not None and end <= year.end else None
            episodes.append(USUAL | {"period": period, "DECOM": day(one["start"]), "DEC": known} | facts)
        for child in sorted({one["CHILD"] for one in inside}):
            header.append({"period": period, "CHILD": child, "SEX": "1", "DOB": day(born.get(child, "2004-01-01"))})
            uasc.append({"period": period, "CHILD": child, "DUC": day(until.get(child))})
    years = periods if registered is None else registered
    return {
        "ssda903/Episodes": table("ssda903/Episodes", episodes),
        "ssda903/Header": table("ssda903/Header", header),
        "ssda903/UASC": table("ssda903/UASC", uasc),
        "uasc.register/children": table(
            "uasc.register/children", [_dated(row) | {"period": period} for period in years for row in register]
        ),
        "uasc.register/leavers": table(
            "uasc.register/leavers", [_dated(row) | {"period": period} for period in years for row in leavers]
        ),
    }


def entry(child: str, **facts: Any) -> dict[str, Any]:
    """A row of the claim register: eligible, arrived in 2017, unless told otherwise."""
    return {"CHILD": child, "HO_REF": f"Z{child}", "ARRIVED": "2017-01-01", "ELIGIBILITY": "YES"} | facts


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("DOB", "ARRIVED", "TRANSFER_IN", "TRANSFER_OUT", "CEASED", "LEAVER_FROM", "LEAVER_TO")
    return {name: day(value) if name in dates else value for name, value in row.items()}


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
