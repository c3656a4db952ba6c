"""A draft as the return's tables and back: what is filled in at the site is handed in as a file would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis import workflow
from parentis.archive import File, Home, find_home
from parentis.returns import Checked
from parentis.web.cache import VersionedCache, register_mark
from parentis.web.uasc.models import Draft
from parentis.web.uasc.questions import BY_CODE, COST_CELLS, GROUPS, STAFF_CELLS, SURVEY, HeadingForm, plain

NAMES = ("denominators", "costs", "staff_time")
_KEYS = {"denominators": ("MEASURE", "VALUE", "NOTE"), "costs": ("HEADING", "GROUP", *COST_CELLS),
         "staff_time": ("HEADING", "GROUP", *STAFF_CELLS)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What is there of one heading: by group `answered`, `carried`, `started` or ''."""

    code: str
    label: str
    kind: str
    groups: tuple[tuple[str, str], ...]


def tables(answers: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The return's rows, as text."""
    volumes = [{"MEASURE": name, "VALUE": value, "NOTE": ""} for name, value in answers.get("volumes", {}).items()]
    costs = [
        {"HEADING": heading, "GROUP": group, **{cell: cells.get(cell, "") for cell in COST_CELLS}}
        for key, cells in answers.get("costs", {}).items()
        for group, heading in (key.split(":"),)
    ]
    return {"denominators": volumes, "costs": costs, "staff_time": answers.get("staff_time", [])}


def files(draft: Draft) -> list[File]:
    """The draft as the CSV files that the return would be handed in as."""
    found = []
    for name, rows in tables(draft.answers).items():
        if rows:
            frame = pl.DataFrame(rows, schema=dict.fromkeys(_KEYS[name], pl.String))
            text = frame.with_columns(pl.all().replace("", None)).write_csv()
            found.append(File(f"{SURVEY}_{name}_{draft.period}_{draft.authority}.csv", text.encode()))
    return found


def checked(draft: Draft) -> Checked | None:
    """What checking would find, by the return's own rules; None while there is nothing to check."""
    given = files(draft)
    if not given:
        return None
    return workflow.preview(
        find_home(), given, return_id=SURVEY, period=str(draft.period), authority=str(draft.authority)
    )


def states(answers: Mapping[str, Any]) -> list[State]:
    """Every heading, in order, with what is there of it."""
    costs = answers.get("costs", {})
    return [
        State(one.code, one.label, one.kind, tuple((title, _state(costs.get(f"{group}:{one.code}")))
              for group, title in GROUPS))
        for one in BY_CODE.values()
    ]  # fmt: skip


def _state(cells: Mapping[str, Any] | None) -> str:
    if not cells:
        return ""
    if cells.get("carried"):
        return "carried"
    return "answered" if cells.get("AMOUNT") or cells.get("METHOD") == "TIME_USE" else "started"


def initial(draft: Draft, code: str) -> dict[str, str]:
    """What the heading's form begins with."""
    found: dict[str, str] = {"seen": str(draft.revision)}
    for group, _ in GROUPS:
        cells = draft.answers.get("costs", {}).get(f"{group}:{code}", {})
        found |= {f"{group}_{cell}": cells.get(cell, "") for cell in COST_CELLS}
        rows = [r for r in draft.answers.get("staff_time", []) if r["HEADING"] == code and r["GROUP"] == group]
        for at, row in enumerate(rows):
            found |= {f"{group}_{cell}_{at}": row.get(cell, "") for cell in STAFF_CELLS}
    return found


def with_heading(answers: Mapping[str, Any], form: HeadingForm) -> dict[str, Any]:
    """`answers` with the form's heading in place of what they said of it; looked at, so no longer carried."""
    code = form.heading.code
    kept = {key: cells for key, cells in answers.get("costs", {}).items() if key.split(":")[1] != code}
    kept |= {f"{group}:{code}": cells for group, cells in form.costs().items()}
    rows = [row for row in answers.get("staff_time", []) if row["HEADING"] != code]
    return {**answers, "costs": kept, "staff_time": [*rows, *form.staff_time()]}


def _accepted(home: Home, authority: str) -> dict[str, dict[str, pl.DataFrame]]:
    needs = [f"{SURVEY}/{name}" for name in NAMES]
    held = workflow.tables(home, needs)
    own = {need: frame.filter(pl.col("authority") == authority) for need, frame in held.items()}
    periods = sorted({period for frame in own.values() for period in frame["period"].unique()})
    return {
        period: {name: own[f"{SURVEY}/{name}"].filter(pl.col("period") == period) for name in NAMES}
        for period in periods
    }


accepted: VersionedCache[dict[str, dict[str, pl.DataFrame]]] = VersionedCache(_accepted, mark=register_mark, most=64)
"An authority's accepted answers, by year and table."


def earlier(authority: str, period: str) -> str:
    """The last year before `period` whose answers are accepted; '' if there is none."""
    return max((one for one in accepted(authority) if one < period), default="")


def carried_forward(authority: str, period: str) -> dict[str, Any]:
    """The answers of the last accepted year before, each marked as not looked at since; nights and people are of
    their own year, and are not carried."""
    found = accepted(authority)[earlier(authority, period)]
    costs = {
        f"{row['GROUP']}:{row['HEADING']}": {**{cell: plain(row[cell]) for cell in COST_CELLS}, "carried": True}
        for row in found["costs"].iter_rows(named=True)
        if row["GROUP"] and row["HEADING"] in BY_CODE
    }
    staff = [
        {name: plain(row[name]) for name in _KEYS["staff_time"]} for row in found["staff_time"].iter_rows(named=True)
    ]
    return {"costs": costs, "staff_time": staff}
