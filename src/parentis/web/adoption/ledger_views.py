"""The activity that payments depend on, by source, and where the sources disagree."""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis import region
from parentis.services.adoption.activity_ledger import AGREED, DISPUTED, EVENTS, ONE_SOURCE, SOURCES, lines
from parentis.web.adoption.case_types import KIND
from parentis.web.adoption.held import held
from parentis.web.cases.register import queries

TITLES = {"decisions": "Decisions", "orders": "Placement orders", "placed": "Placements", "adopted": "Adoption orders"}
STATES = {AGREED: "Agreed", ONE_SOURCE: "One source only", DISPUTED: "Sources disagree"}


@require_safe
def ledger(request: HttpRequest, gss: str) -> HttpResponse:
    """Counts of lines by financial year and state, with links to disputed lines."""
    known = held()
    if known is None:
        return render(request, "adoption/nothing.html", {"title": "Activity ledger"})
    own = lines(known.tables).filter(pl.col("authority") == gss)
    day = pl.coalesce(SOURCES)
    own = own.with_columns(year=day.dt.year() - (day.dt.month() < 4).cast(pl.Int32))
    years = sorted(own["year"].drop_nulls().unique().to_list(), reverse=True)[:4]
    open_lines = queries.not_closed(queries.records(request.user, KIND), KIND).count()
    context = {
        "name": region.authority(gss).name,
        "years": [_year(own.filter(pl.col("year") == year), year) for year in years],
        "states": list(STATES.values()),
        "open": open_lines,
    }
    return render(request, "adoption/ledger.html", context)


def _year(own: pl.DataFrame, year: int) -> dict[str, Any]:
    counts = {(row[0], row[1]): row[2] for row in own.group_by("activity", "state").agg(pl.len()).iter_rows()}
    rows = [
        {"title": TITLES[activity], "cells": [counts.get((activity, state), 0) for state in STATES]}
        for activity in EVENTS
    ]
    return {"label": f"{year}-{str(year + 1)[2:]}", "rows": rows}
