"""Small hand-made tables as the lake holds them."""

from datetime import date
from typing import Any

import polars as pl

EPISODE = ("CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST")
PLACE = "E09000002"
DAYS = {
    "DECOM",
    "DEC",
    "DOB",
    "MIS_START",
    "MIS_END",
    "DOLO_START",
    "DOLO_END",
    "REFERRED",
    "CLOSED",
    "START",
    "ANSWERED",
}


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows with `authority`, `period` and what the lake adds; days may be given as text."""
    made = [
        {
            "authority": row.get("authority", PLACE), "period": row["period"], "load_id": f"load {row['period']}",
            "row": at, "sequence": int(row["period"][:4]),
            **{name: _cell(name, row.get(name)) for name in columns},
        }
        for at, row in enumerate(rows)
    ]  # fmt: skip
    days = {name: pl.Date for name in columns if name in DAYS or name.startswith("Placement")}
    texts = {name: pl.String for name in columns if name not in days and name != COST}
    money = {COST: pl.Float64} if COST in columns else {}
    schema = {"authority": pl.String, "period": pl.String, "load_id": pl.String, "row": pl.UInt32, "sequence": pl.Int64}
    return pl.DataFrame(made, schema=schema | {name: (days | texts | money)[name] for name in columns})


COST = "Total committed cost accrued in FY to date"


def _cell(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in DAYS and value else value


def episodes(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {"CHILD": "A", "RNE": "S", "LS": "C2", "PLACE": "U4"}
    return table([usual | row for row in rows], (*EPISODE, "CIN", "PLACE_PROVIDER", "URN"))


def header(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {"CHILD": "A", "DOB": "2009-06-01", "SEX": "F", "ETHNIC": "WBRI"}
    return table([usual | row for row in rows], ("CHILD", "DOB", "SEX", "ETHNIC"))


def returns(
    *, episode: list[dict[str, Any]], child: list[dict[str, Any]] | None = None, **more: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Tables of the looked-after children return, with a header row in each year for each child of the episodes."""
    told = episodes(*episode)
    about = {one["CHILD"]: one for one in child or ()}
    named = [
        {"period": period, "authority": authority, **about.get(name, {}), "CHILD": name}
        for period, authority, name in told.select("period", "authority", "CHILD").unique().sort(pl.all()).iter_rows()
    ]
    return {"ssda903/Episodes": told, "ssda903/Header": header(*named)} | {
        f"ssda903/{name}": frame for name, frame in more.items()
    }
