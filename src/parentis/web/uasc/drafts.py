"""Conversion between a draft and the return's tables: answers entered on the site are submitted like a file."""

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
    """The state of one heading: for each group `answered`, `carried`, `started` or ''."""

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
    """The draft as the CSV files of the return."""
    found = []
    for name, rows in tables(draft.answers).items():
        if rows:
            frame = pl.DataFrame(rows, schema=dict.fromkeys(_KEYS[name], pl.String))
            text = frame.with_columns(pl.all().replace("", None)).write_csv()
            found.append(File(f"{SURVEY}_{name}_{draft.period}_{draft.authority}.csv", text.encode()))
    return found


def checked(draft: Draft) -> Checked | None:
    """The findings of the return's own rules on the draft; None if it is empty."""
    given = files(draft)
    if not given:
        return None
    return workflow.preview(
        find_home(), given, return_id=SURVEY, period=str(draft.period), authority=str(draft.authority)
    )


def states(answers: Mapping[str, Any]) -> list[State]:
    """Every heading, in order, with its state."""
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
    """The initial values of the heading's form."""
    found: dict[str, str] = {"seen": str(draft.revision)}
    for group, _ in GROUPS:
        cells = draft.answers.get("costs", {}).get(f"{group}:{code}", {})
        found |= {f"{group}_{cell}": cells.get(cell, "") for cell in COST_CELLS}
        rows = [r for r in draft.answers.get("staff_time", []) if r["HEADING"] == code and r["GROUP"] == group]
        for at, row in enumerate(rows):
            found |= {f"{group}_{cell}_{at}": row.get(cell, "") for cell in STAFF_CELLS}
    return found


def with_heading(answers: Mapping[str, Any], form: HeadingForm) -> dict[str, Any]:
    """`answers` with the form's values for its heading, which is now reviewed and no longer marked as carried."""
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
    """The last year before `period` with accepted answers; '' if there is none."""
    return max((one for one in accepted(authority) if one < period), default="")


def carried_forward(authority: str, period: str) -> dict[str, Any]:
    """The answers of the last accepted year before, each marked as not reviewed; nights and people belong to their
    year and are not carried."""
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
