"""Pages of adoption that show no single child: waits, timeliness, families needed, shapes."""

import csv
import io
from base64 import b64encode
from datetime import date
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis import evidence, region, workflow
from parentis.archive import find_home
from parentis.errors import NotFoundError
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind, parts
from parentis.services.adoption.between_pools import widened
from parentis.services.adoption.commands import GROUPS, waiting_by
from parentis.services.adoption.compute import YEARS
from parentis.services.adoption.gray import gray
from parentis.services.adoption.outlook import REPLICATES, told
from parentis.services.adoption.shapes import verdict
from parentis.services.adoption.timeliness import Waited, scorecard
from parentis.services.adoption.waiting import DAYS, MONTHS, WAYS
from parentis.services.methods.competing_risks import Waits, one_minus_waiting
from parentis.web.adoption.held import PLACE, Held, frame, held
from parentis.web.people import acting
from parentis.web.people.authorisation import authorities_for, holds

FEWEST = 11
"Fewest children for a share to be shown to readers of more than their own authority."
GROUP_TITLES = {
    "all": "All children",
    "age": "Age at the order",
    "together": "Brothers and sisters",
    "ethnicity": "Ethnic group",
    "disability": "Disability",
}
EXIT_TITLES = {"placed": "Placed", "reversed": "Plan reversed", "other": "Other", "waiting": "Waiting still"}
ETHNIC_GROUPS = {"A": "White", "B": "Mixed", "C": "Asian", "D": "Black", "E": "Other", "F": "Not stated"}
PER_CENT = Scale(1, 0, "%")


def _place(request: HttpRequest) -> tuple[str, str]:
    """The reader's authority and its name; for the region's people all of it."""
    organisation = acting.organisation_for(request, "adoption.open")
    own = str(getattr(organisation, "authority", "") or "")
    return own, region.authority(own).name if own else "All authorities together"


def _own(known: Held, place: str) -> pl.DataFrame:
    return known.children.filter(pl.col("authority") == place) if place else known.children


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The service's three main results, with links to the other pages."""
    _, name = _place(request)
    context = {
        "place_name": name,
        "nothing": held() is None,
        "pools": [(gss, region.authority(gss).name) for gss in sorted(authorities_for(request.user, "adoption.pool"))],
        "money": [(gss, region.authority(gss).name) for gss in sorted(authorities_for(request.user, "adoption.money"))],
        "ledgers": [
            (gss, region.authority(gss).name) for gss in sorted(authorities_for(request.user, "adoption.line.read"))
        ],
        "lines": holds(request.user, "adoption.lines"),
        "has_figures": held() is not None,
    }
    return render(request, "adoption/start.html", context)


def _waits(request: HttpRequest, known: Held) -> tuple[str, str, str, pl.DataFrame, Any]:
    place, name = _place(request)
    by = request.GET.get("by", "all")
    by = by if by in GROUPS else "all"
    found, people = waiting_by(_own(known, place), ends=known.ends, years=YEARS, by=by)
    if not place:
        found = found.filter(~pl.col("group").is_in(_withheld(found)))
    spreads = frame("between_pools")
    if by == "all" and spreads is not None:
        found = widened(found, spreads, place or PLACE)
    return place, name, by, found, people


def _withheld(found: pl.DataFrame) -> list[str]:
    """Groups that a reader of the whole region is not shown: those of few children, and the smallest others until the
    withheld are not few together, for the page of all children gives the sum."""
    counts = found.select("group", "n").unique().sort("n", "group")
    few, so_far = [], 0
    for group, n in counts.iter_rows():
        if n >= FEWEST and (not so_far or so_far >= FEWEST):
            break
        few.append(group)
        so_far += n
    return few


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Of a hundred children with an order, how many are placed, reversed and waiting as the months go by."""
    known = held()
    if known is None:
        return render(request, "adoption/nothing.html", {"title": "Waiting for a family"})
    _, name, by, found, people = _waits(request, known)
    context = {
        "place_name": name,
        "by": by,
        "groups": [(key, GROUP_TITLES[key]) for key in GROUPS],
        "tables": _tables(found, by),
        "picture": _picture(found, by),
        "test": _tested(people, by),
        "mistake": _mistake(found, people) if by == "all" else None,
        "since": date(known.ends.year - YEARS, 4, 1),
        "until": known.ends,
        "few": bool(found["few"].any()) if found.height else False,
    }
    return render(request, "adoption/waiting.html", context)


@require_safe
def waiting_csv(request: HttpRequest) -> HttpResponse:
    """The table of the page as a file."""
    known = held()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("group", "outcome", "months", "per cent", "low", "high", "children at risk"))
    if known is not None:
        _, _, by, found, _ = _waits(request, known)
        for row in found.iter_rows(named=True):
            writer.writerow(
                (
                    _group_name(by, row["group"]),
                    EXIT_TITLES[row["exit"]],
                    row["months"],
                    *(_rounded(row[key]) for key in ("share", "low", "high")),
                    row["at_risk"],
                )
            )
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="adoption-waiting.csv"'
    return answer


def _mistake(found: pl.DataFrame, people: pl.DataFrame) -> dict[str, float] | None:
    """One minus Kaplan–Meier at 24 months, compared with the observed share; None where nothing is shown."""
    right = found.filter(pl.col("exit") == "placed", pl.col("months") == MONTHS[-1])["share"]
    if right.is_empty() or right[0] is None:
        return None
    wrong = one_minus_waiting(Waits.of(people, WAYS), "placed", [float(DAYS[-1])])[0]
    return {"right": 100 * right[0], "wrong": 100 * wrong}


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def _group_name(by: str, group: str) -> str:
    return ETHNIC_GROUPS.get(group, group) if by == "ethnicity" else "All children" if by == "all" else group


def _tables(found: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    tables = []
    for (group,), own in found.group_by("group", maintain_order=True):
        rows = []
        for way in ("placed", "reversed", "waiting"):
            cells = own.filter(pl.col("exit") == way).sort("months").rows(named=True)
            rows.append(
                {
                    "title": EXIT_TITLES[way],
                    "cells": [
                        {**one, **{k: None if one[k] is None else 100 * one[k] for k in ("share", "low", "high")}}
                        for one in cells
                    ],
                }
            )
        tables.append({"name": _group_name(by, str(group)), "n": int(own["n"][0]), "rows": rows})
    return tables


def _picture(found: pl.DataFrame, by: str) -> str:
    """The share placed over the months, a line a group (all three ways out where there is one group)."""
    if found.is_empty():
        return ""
    if by == "all":
        lines = {EXIT_TITLES[way]: found.filter(pl.col("exit") == way) for way in ("placed", "reversed", "waiting")}
    else:
        placed = found.filter(pl.col("exit") == "placed")
        lines = {_group_name(by, str(group)): own for (group,), own in placed.group_by("group", maintain_order=True)}
    by_month = {title: {row["months"]: row for row in own.iter_rows(named=True)} for title, own in lines.items()}
    grid = Grid(
        name="waiting",
        title="",
        label="Months since the order",
        headings=tuple(Heading(measure="", title=title, scale=PER_CENT) for title in lines),
        rows=tuple(
            Row(label=f"{month} months", cells=tuple(_cell(by_month[title].get(month), month) for title in lines))
            for month in MONTHS
        ),
    )
    svg = evidence.draw(ChartKind.TREND, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cell(row: dict[str, Any] | None, month: int) -> Cell:
    values = {key: None if row is None or row[key] is None else 100 * row[key] for key in ("share", "low", "high")}
    return Cell(
        measure="",
        geography="",
        geography_name="",
        period=f"{month} months",
        breakdown="",
        value=values["share"],
        low=values["low"],
        high=values["high"],
    )


def _tested(people: pl.DataFrame, by: str) -> str:
    """A sentence on whether groups differ in being placed, by Gray's test. Late entries are left out of the test."""
    if by == "all" or people.is_empty():
        return ""
    whole = people.filter(pl.col("entry") < 0)
    group = (whole["group"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    found = gray(Waits.of(whole, WAYS), group, "placed") if whole.height else None
    if found is None:
        return ""
    if found.p < 0.05:
        return f"The groups differ in how soon children are placed (Gray's test, p = {max(found.p, 0.001):.3f})."
    return (
        "These children do not show that the groups differ in how soon they are placed (Gray's test, "
        f"p = {found.p:.2f})."
    )


@require_safe
def timeliness(request: HttpRequest) -> HttpResponse:
    """A1, A2, A3 and A10 with the numbers behind them, for one year and three."""
    known = held()
    if known is None:
        return render(request, "adoption/nothing.html", {"title": "Timeliness"})
    place, name = _place(request)
    own = _own(known, place)
    year = known.ends.year - 1
    spans = (
        (f"{year}-{str(year + 1)[2:]}", date(year, 4, 1)),
        (f"{year - 2}-{str(year - 1)[2:]} to {year}-{str(year + 1)[2:]}", date(year - 2, 4, 1)),
    )
    tables = [(label, _scores(scorecard(own, start=starts, end=known.ends), place)) for label, starts in spans]
    context = {"place_name": name, "tables": tables, "stages": _stages()}
    return render(request, "adoption/timeliness.html", context)


def _stages() -> list[dict[str, Any]]:
    """England's mean months between stages, of the last five years that DfE published; none where its file is not
    held."""
    try:
        found = workflow.figures(find_home(), measure=STAGES, geography="england")
    except NotFoundError:
        return []
    last = found.sort("period_start")["period"].unique(maintain_order=True).to_list()[-5:]
    rows: dict[str, dict[str, float]] = {}
    for row in found.filter(pl.col("period").is_in(last)).iter_rows(named=True):
        told = parts(row["breakdown"])
        if "age" not in told or told["age"].lower() == "total":
            rows.setdefault(told.get("stage", ""), {})[row["period"]] = row["value"]
    return [
        {"stage": stage, "cells": [(period, by.get(period)) for period in last]} for stage, by in sorted(rows.items())
    ]


STAGES = "statistics.adoption.months_between_stages"
TITLES = {
    "A1": "A1: entering care to moving in",
    "A10": "A10: as A1, foster carers' adoptions adjusted",
    "A2": "A2: placement order to match",
}


def _scores(card: dict[str, Waited], place: str) -> list[dict[str, Any]]:
    rows = []
    for key, title in TITLES.items():
        one = card[key]
        hidden = one.n == 0 or (not place and one.n < FEWEST)
        rows.append(
            {"title": title, "hidden": hidden, "one": one, "within": None if one.within is None else 100 * one.within}
        )
    return rows


@require_safe
def families(request: HttpRequest) -> HttpResponse:
    """How many more families, of which kind."""
    more = frame("one_more")
    if more is None:
        return render(request, "adoption/nothing.html", {"title": "Families needed", "unbuilt": held() is not None})
    found = workflow.figures(find_home(), measure="adoption.families_needed", geography=PLACE)
    row = found.sort("period").rows(named=True)[-1] if found.height else None
    return render(request, "adoption/families.html", {"needed": row, "more": more.rows(named=True)})


@require_safe
def shape(request: HttpRequest) -> HttpResponse:
    """Shapes of the agency on the same simulated years."""
    compared = frame("shapes")
    if compared is None:
        return render(request, "adoption/nothing.html", {"title": "Shape of the agency", "unbuilt": held() is not None})
    context = {"rows": _shapes(compared), "verdict": verdict(told(compared)), "replicates": REPLICATES}
    return render(request, "adoption/shape.html", context)


def _shapes(compared: pl.DataFrame) -> list[dict[str, Any]]:
    """A row a shape: mean of each thing compared, and the difference from today's with its interval."""
    rows: dict[str, dict[str, Any]] = {}
    for one in compared.iter_rows(named=True):
        row = rows.setdefault(one["shape"], {"name": one["shape"]})
        scale = 1.0 if one["what"] in ("days", "fees") else 100.0
        row[one["what"]] = one["mean"] * scale
        if one["change"] is not None:
            change, low, high = (one[name] * scale for name in ("change", "low", "high"))
            row[f"{one['what']}_change"] = (change, low, high, low > 0 or high < 0)
    return list(rows.values())
