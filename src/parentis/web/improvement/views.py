"""Pages of benchmarks: my borough, the region's wall, a measure with its pictures, table and CSV."""

from datetime import date
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.errors import PeriodError
from parentis.figures.benchmarks import AMOUNTS
from parentis.web.dashboards.pages import catalogue, own_place
from parentis.web.improvement import benchmarks
from parentis.web.improvement.benchmarks import REGION, MeasurePage, measure_page
from parentis.web.improvement.borough import LONGEST, different, exceptions
from parentis.web.improvement.borough import explain as keep_explanation
from parentis.web.improvement.inspections import grades, inspection_of, tally
from parentis.web.improvement.pictures import picture, pictures_of
from parentis.web.improvement.series_starts import LONGEST_REASON, decisions
from parentis.web.people.authorisation import may, viewer

CSV_COLUMNS = (
    "measure", "title", "topic", "geography", "name", "period", "value", "numerator", "denominator", "verdict",
    "p_worst", "p_best", "rank", "rank_low", "rank_median", "rank_high", "ranked", "neighbours_mean", "gap", "p_worse",
    "alike_mean", "gap_alike", "p_worse_alike", "direction", "slope", "moved", "fifth", "band", "basis",
)  # fmt: skip
PICTURES = (
    ("funnel", "Funnel", "Each place by its denominator; beyond the outer limits chance is no explanation."),
    (
        "ranks",
        "Ranks, with the interval that holds 95 %",
        "Bars are intervals, the diamond is the middle; right of the dashed line is the worst quarter.",
    ),
    (
        "series",
        "Over time",
        "The borough beside the middle of the boroughs; its mean, and the limits of its usual variation.",
    ),
)
MARKS = {"worst quarter": "W", "best quarter": "B", "neither quarter": "·", "cannot tell": "?", "not ranked": ""}


class ExplanationForm(forms.Form):
    """A borough's words on one measure."""

    measure = forms.CharField(max_length=200)
    period = forms.CharField(max_length=20)
    text = forms.CharField(label="Explanation", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))


def boroughs(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Of the wall: code and name, by name."""
    return sorted(rows.select("geography", "name").unique().iter_rows(), key=lambda one: one[1]) if rows.height else []


def place_wanted(request: HttpRequest, known: list[tuple[str, str]]) -> str:
    """The borough asked for, else the reader's own, else the first."""
    codes = [code for code, _ in known]
    asked = request.GET.get("place", "")
    if asked and asked not in codes:
        raise Http404
    own = own_place(request.user)
    return asked or (own if own in codes else (codes[0] if codes else ""))


@require_safe
def borough(request: HttpRequest) -> HttpResponse:
    """My borough: five differences, what to explain, every measure."""
    today, reader = timezone.localdate(), viewer(request.user)
    rows = benchmarks.wall(reader)
    known = boroughs(rows)
    place = place_wanted(request, known)
    own = rows.filter(pl.col("geography") == place) if rows.height else rows
    others = benchmarks.others(reader).filter(pl.col("geography") == place)
    every = pl.concat([own, past(others, today)], how="diagonal") if own.height else own
    topics = sorted(set(every["topic"])) if every.height else []
    topic = request.GET.get("topic", "")
    shown = every.filter(pl.col("topic") == topic) if topic in topics else own
    order = shown.sort(pl.col("p_worst").fill_null(-1), "title", descending=[True, False]) if shown.height else shown
    context: dict[str, Any] = {
        "place": place, "place_name": dict(known).get(place, ""), "boroughs": known, "topics": topics, "topic": topic,
        "different": different(every) if every.height else [],
        "exceptions": exceptions(own, _ends(own), place, today) if own.height else [],
        "rows": list(order.iter_rows(named=True)),
        "explains": bool(place) and may(request.user, "improvement.explain", authority=place),
        "counts": own["verdict"].value_counts(sort=True).rows() if own.height else [],
        "regression": _regression(), "longest": LONGEST, "inspection": inspection_of(place, today),
    }  # fmt: skip
    return render(request, "improvement/borough.html", context)


def past(rows: pl.DataFrame, today: date) -> pl.DataFrame:
    """Rows of periods that are over: what is forecast is no difference yet."""
    over = [label for label, end in _ends(rows).items() if end <= today]
    return rows.filter(pl.col("period").is_in(over))


def _regression() -> dict[str, Any] | None:
    held = benchmarks.frames("regression")
    found = held.row(0, named=True) if held is not None and held.height else None
    return found if found and found["measure_years"] else None


def _ends(rows: pl.DataFrame) -> dict[str, Any]:
    found = {}
    for label in rows["period"].unique():
        try:
            found[label] = region.parse_period(label).end
        except PeriodError:
            continue
    return found


@require_POST
def explain(request: HttpRequest, gss: str) -> HttpResponse:
    """Save what a borough says of a measure."""
    form = ExplanationForm(request.POST)
    if not form.is_valid() or form.cleaned_data["measure"] not in catalogue():
        messages.error(request, f"Write an explanation of at most {LONGEST} characters.")
        return redirect(f"/improvement/?place={gss}")
    keep_explanation(by=request.user, authority=gss, request=request, **form.cleaned_data)
    messages.success(request, "Explanation saved.")
    return redirect(f"/improvement/?place={gss}")


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """Every borough in every measure: how sure, or as the 20 % rule and the quartiles have it."""
    rows = benchmarks.wall(viewer(request.user))
    view = request.GET.get("view", "sure")
    if view not in {"sure", "fifths", "quartiles"}:
        raise Http404
    known = boroughs(rows)
    table = []
    parts = rows.partition_by("measure", as_dict=True, maintain_order=True) if rows.height else {}
    for (measure,), part in parts.items():
        cells = {row["geography"]: _cell(row, view) for row in part.iter_rows(named=True)}
        first = part.row(0, named=True)
        table.append(
            {"measure": measure, "title": first["title"], "topic": first["topic"], "period": first["period"],
             "cells": [cells.get(code, ("", "none", "no value")) for code, _ in known]}
        )  # fmt: skip
    table.sort(key=lambda one: (str(one["topic"]) != "Collected", one["topic"], one["title"]))
    context = {
        "boroughs": [{"code": code, "name": name} for code, name in known], "table": table, "view": view,
        "own": own_place(request.user), "regression": _regression(),
        "moved": int(rows["moved"].sum()) if rows.height else 0, "bases": _bases(rows),
        "grades": [grades(timezone.localdate()).get(code) for code, _ in known],
        "tally": tally(timezone.localdate()),
    }  # fmt: skip
    return render(request, "improvement/wall.html", context)


def _bases(rows: pl.DataFrame) -> list[tuple[str, int]]:
    """How chance is known, and of how many of the wall's measures."""
    if rows.is_empty():
        return []
    best = rows.filter(pl.col("verdict") != "not ranked").group_by("measure").agg(pl.col("basis").first())
    return best["basis"].value_counts(sort=True).rows()


def _cell(row: dict[str, Any], view: str) -> tuple[str, str, str]:
    """What stands in a cell, its class, and its words."""
    if view == "quartiles":
        band = row["band"] or ""
        return band, f"band-{band.lower()}" if band else "none", f"quartile {band}" if band else "no quartile"
    if view == "fifths":
        fifth = row["fifth"] or ""
        words = {"worst": "worst fifth", "best": "best fifth"}.get(fifth, "between")
        return {"worst": "W", "best": "B"}.get(fifth, ""), fifth or "between", words
    verdict = row["verdict"]
    return MARKS.get(verdict, ""), verdict.replace(" ", "-"), verdict


@require_safe
def wall_csv(request: HttpRequest) -> HttpResponse:
    return _csv(benchmarks.wall(viewer(request.user)), "wall")


def _csv(rows: pl.DataFrame, name: str) -> HttpResponse:
    held = rows.select(one for one in CSV_COLUMNS if one in rows.columns)
    response = HttpResponse(held.write_csv().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return response


def _found(request: HttpRequest, measure: str) -> tuple[MeasurePage, str]:
    place = request.GET.get("place") or own_place(request.user)
    if place != REGION and place not in {one.gss for one in region.authorities()}:
        raise Http404
    found = measure_page(measure, place, viewer(request.user))
    if found is None:
        raise Http404
    return found, place


@require_safe
def measure(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure: funnel, ranks, series, table."""
    found, place = _found(request, measure)
    judged = grades(timezone.localdate())
    rows = [{**row, "grade": judged.get(row["geography"])} for row in found.rows.iter_rows(named=True)]
    mine = place != REGION and may(request.user, "improvement.rebase", authority=place)
    everywhere = may(request.user, "improvement.rebase-all")
    there = pictures_of(found, place)
    context = {
        "page": found, "rows": rows, "place": place, "place_name": benchmarks.names().get(place, ""),
        "boroughs": sorted(((row["geography"], row["name"]) for row in rows), key=lambda one: str(one[1])),
        "charts": [(name, title, words) for name, title, words in PICTURES if name in there],
        "amount": found.measure.unit in AMOUNTS,
        "grades": bool(judged),
        "rebases": mine or everywhere, "rebase_to": place if mine else "", "everywhere": everywhere,
        "periods": [period for period, *_ in found.history][1:], "longest_reason": LONGEST_REASON,
        "rebased_by": {one.pk: one for one in decisions(measure)},
    }  # fmt: skip
    return render(request, "improvement/measure.html", context)


@cache_control(private=True, max_age=60)
@require_safe
def chart(request: HttpRequest, measure: str, name: str) -> HttpResponse:
    """A picture of the measure's page."""
    _, place = _found(request, measure)
    svg = picture(name, measure, place, viewer(request.user))
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    response._csp_replace = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}
    return response


@require_safe
def measure_csv(request: HttpRequest, measure: str) -> HttpResponse:
    """The table of the measure's page."""
    found, _ = _found(request, measure)
    return _csv(found.rows, measure)
