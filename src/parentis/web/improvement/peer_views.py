"""Who is like a borough (DfE's list beside computed neighbours), and who may not be matched with whom."""

from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parentis.returns.improvement.neighbours import CLOSENESS
from parentis.services.improvement.alike import EDITION, VARIABLES
from parentis.web.dashboards.pages import own_place
from parentis.web.improvement import benchmarks, conflicts
from parentis.web.improvement.models import Conflict
from parentis.web.improvement.views import boroughs, place_wanted
from parentis.web.people.authorisation import may, viewer

WORDS = {one.code: one.label for one in CLOSENESS}
NEAR, FAR = 0.8, 0.2
"P(worse than neighbours) from which a borough is said to be worse, and to which it is said to be better."


class ConflictForm(forms.Form):
    """A conflict of interest of a member of a borough's team."""

    other = forms.CharField(max_length=9)
    post = forms.CharField(max_length=conflicts.LONGEST_POST)
    reason = forms.CharField(max_length=conflicts.LONGEST_REASON)
    until = forms.DateField(required=False)


@require_safe
def neighbours(request: HttpRequest) -> HttpResponse:
    """A borough's neighbours by each edition of DfE's list and as computed, and what the choice changes."""
    rows = benchmarks.wall(viewer(request.user))
    known = boroughs(rows)
    place = place_wanted(request, known)
    held = benchmarks.frames("neighbours")
    edges = held.filter(pl.col("geography") == place) if held is not None else None
    back = (
        set(held.filter(pl.col("neighbour") == place).select("geography", "edition").iter_rows())
        if held is not None
        else set()
    )
    names = benchmarks.names()
    lists = []
    if edges is not None and edges.height:
        dated = sorted((one for one in edges["edition"].unique() if one != EDITION), reverse=True)
        editions = [*dated[:1], *(one for one in edges["edition"].unique() if one == EDITION), *dated[1:]]
        for edition in editions:
            of = edges.filter(pl.col("edition") == edition).sort("place")
            lists.append(
                (
                    "Computed" if edition == EDITION else f"DfE, {edition}",
                    [
                        (names.get(row["neighbour"], row["neighbour"]), WORDS.get(row["closeness"] or "", ""),
                         (row["neighbour"], edition) in back)
                        for row in of.iter_rows(named=True)
                    ],
                    edition != EDITION,
                )
            )  # fmt: skip
    own = rows.filter(pl.col("geography") == place) if rows.height else rows
    changed, compared = sensitive(own)
    context: dict[str, Any] = {
        "place": place, "place_name": dict(known).get(place, ""), "boroughs": known, "lists": lists,
        "variables": list(VARIABLES.values()), "changed": changed, "compared": compared,
    }  # fmt: skip
    return render(request, "improvement/neighbours.html", context)


def sensitive(own: pl.DataFrame) -> tuple[list[dict[str, Any]], int]:
    """Measures whose answer (worse, better, cannot tell) is another beside computed neighbours, the farthest apart
    first; and of how many measures both are known."""
    if own.is_empty():
        return [], 0
    both = own.filter(pl.col("p_worse").is_not_null(), pl.col("p_worse_alike").is_not_null())
    told = both.with_columns(_answer("p_worse").alias("by_dfe"), _answer("p_worse_alike").alias("by_computed")).filter(
        pl.col("by_dfe") != pl.col("by_computed")
    )
    apart = (pl.col("p_worse") - pl.col("p_worse_alike")).abs()
    return list(told.sort(apart, "title", descending=[True, False]).iter_rows(named=True)), both.height


def _answer(column: str) -> pl.Expr:
    p = pl.col(column)
    return (
        pl.when(p >= NEAR).then(pl.lit("worse")).when(p <= FAR).then(pl.lit("better")).otherwise(pl.lit("cannot tell"))
    )


@require_safe
def conflict_list(request: HttpRequest) -> HttpResponse:
    """Conflicts of interest that stand; a borough's own with their reason, others as a pair."""
    today, place = timezone.localdate(), own_place(request.user)
    names = benchmarks.names()
    own = place if place != benchmarks.REGION else ""
    region_wide = may(request.user, "improvement.match")
    rows = [
        {"conflict": one, "team": names.get(one.authority, one.authority), "other": names.get(one.other, one.other),
         "own": one.authority == own, "open": one.authority == own or region_wide}
        for one in conflicts.declared(today)
    ]  # fmt: skip
    others = sorted(
        ((code, name) for code, name in _region_names(today).items() if code != own), key=lambda one: one[1]
    )
    context = {
        "rows": rows, "place": own, "place_name": names.get(own, ""), "others": others,
        "declares": bool(own) and may(request.user, "improvement.declare", authority=own),
        "longest_post": conflicts.LONGEST_POST, "longest_reason": conflicts.LONGEST_REASON,
    }  # fmt: skip
    return render(request, "improvement/conflicts.html", context)


def _region_names(today: Any) -> dict[str, str]:
    from parentis import region

    names = benchmarks.names()
    return {code: names[code] for code in region.members(benchmarks.REGION, today)}


@require_POST
def declare(request: HttpRequest, gss: str) -> HttpResponse:
    """Declare a conflict of interest of a member of the authority's team."""
    form = ConflictForm(request.POST)
    known = _region_names(timezone.localdate())
    if not form.is_valid() or form.cleaned_data["other"] not in known or form.cleaned_data["other"] == gss:
        messages.error(
            request,
            "Choose the other borough, name the post (not the person), and say what the conflict is in at most "
            f"{conflicts.LONGEST_REASON} characters. Nothing was declared.",
        )
    else:
        conflicts.declare(by=request.user, authority=gss, request=request, **form.cleaned_data)
        messages.success(request, "Conflict declared: the two boroughs will not be matched.")
    return redirect("improvement-conflicts")


@require_POST
def end(request: HttpRequest, gss: str) -> HttpResponse:
    """Say that a declared conflict of the authority has ended."""
    number = request.POST.get("conflict", "")
    if not number.isdecimal():
        raise Http404
    held = get_object_or_404(Conflict, pk=int(number), authority=gss)
    conflicts.end(by=request.user, conflict=held, request=request)
    messages.success(request, "Conflict ended.")
    return redirect("improvement-conflicts")
