"""What a borough does with its own figures: compare collected, derived and published values, own a difference, see the
rows of its return behind a derived count, begin a series anew."""

from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from parentis.returns.improvement import slots
from parentis.services.improvement.derivation import NOT_DERIVED
from parentis.services.improvement.reconciliation import COMPARED
from parentis.web.dashboards.pages import catalogue, own_place
from parentis.web.improvement import differences, series_starts
from parentis.web.improvement.benchmarks import REGION, frames, names
from parentis.web.people.authorisation import may


class AnswerForm(forms.Form):
    """Who owns a difference, and what they say."""

    slot = forms.ChoiceField(choices=[(one.id, one.title) for one in slots()])
    period = forms.CharField(max_length=20)
    owner = forms.CharField(max_length=differences.LONGEST_OWNER)
    text = forms.CharField(max_length=differences.LONGEST, required=False)


class RebaseForm(forms.Form):
    """From when a series begins anew, and why; or that it does not after all."""

    measure = forms.CharField(max_length=200)
    period = forms.CharField(max_length=20)
    reason = forms.CharField(max_length=series_starts.LONGEST_REASON)
    holds = forms.CharField(max_length=3, required=False)


@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """The borough's three values of each indicator; of the region, who has how many differences."""
    held = frames("reconciliation")
    rows = COMPARED.to_frame() if held is None else held
    place = own_place(request.user)
    own = place if place != REGION else ""
    every = request.GET.get("every") == "1"
    context: dict[str, Any] = {
        "place": own, "place_name": names().get(own, ""), "every": every,
        "compared": differences.compared(rows, own, every=every, behind=_with_rows(own)) if own else [],
        "boroughs": [(names().get(code, code), differ, of) for code, differ, of in differences.by_borough(rows)],
        "answers": bool(own) and may(request.user, "improvement.answer", authority=own),
        "sees_rows": bool(own) and may(request.user, "improvement.rows", authority=own),
        "not_derived": _not_derived(), "longest": differences.LONGEST,
        "longest_owner": differences.LONGEST_OWNER,
    }  # fmt: skip
    return render(request, "improvement/reconciliation.html", context)


def _not_derived() -> list[tuple[str, str]]:
    titles = {one.id: one.title for one in slots()}
    return [(titles[slot], why) for slot, why in NOT_DERIVED.items()]


def _with_rows(place: str) -> set[tuple[str, str]]:
    held = frames("derived_rows")
    if held is None or not place:
        return set()
    return set(held.filter(pl.col("geography") == place).select("slot", "period").unique().iter_rows())


@require_POST
def answer(request: HttpRequest, gss: str) -> HttpResponse:
    """Save who owns a difference of an authority."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(
            request,
            f"Name the post that owns the difference (at most {differences.LONGEST_OWNER} characters), and explain it "
            f"in at most {differences.LONGEST}. Nothing was saved.",
        )
    else:
        differences.answer(by=request.user, authority=gss, request=request, **form.cleaned_data)
        messages.success(request, "Owner of the difference saved.")
    return redirect("improvement-reconciliation")


@require_safe
def rows(request: HttpRequest, gss: str, slot: str, period: str) -> HttpResponse:
    """The rows of the authority's own return that a derived count is made of: numbers of rows, no child's values."""
    held = frames("derived_rows")
    label = period.replace("_", " ")
    found = (
        held.filter(pl.col("geography") == gss, pl.col("slot") == slot, pl.col("period") == label)
        if held is not None
        else None
    )
    if found is None or found.is_empty():
        raise Http404
    told = found.select(
        indicator="slot", quarter="period", table="table", line_of_the_table=pl.col("row") + 2,
        counted_as_so=pl.col("in_numerator").replace_strict({True: "yes", False: "no"}, return_dtype=pl.String),
    )  # fmt: skip
    response = HttpResponse(told.write_csv().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{slot}-{period}-rows.csv")
    return response


@require_POST
def rebase(request: HttpRequest, gss: str) -> HttpResponse:
    """A borough's series begins anew from a period on."""
    return _rebased(request, gss)


@require_POST
def rebase_all(request: HttpRequest) -> HttpResponse:
    """Every borough's series of a measure begins anew from a period on."""
    return _rebased(request, "")


def _rebased(request: HttpRequest, authority: str) -> HttpResponse:
    form = RebaseForm(request.POST)
    measure = request.POST.get("measure", "")
    if measure not in catalogue():
        raise Http404
    if not form.is_valid() or not series_starts.known_period(form.cleaned_data["period"]):
        messages.error(
            request,
            "Choose the first period of the new series, and say why in at most "
            f"{series_starts.LONGEST_REASON} characters. "
            "Nothing was changed.",
        )
    else:
        told = form.cleaned_data
        holds = told["holds"] != "no"
        series_starts.decide(
            by=request.user, authority=authority, measure=told["measure"], period=told["period"], reason=told["reason"],
            holds=holds, request=request,
        )  # fmt: skip
        messages.success(request, "The series begins anew." if holds else "The decision is taken back.")
    response = redirect("improvement-measure", measure=measure)
    response["Location"] += f"?place={authority}" if authority else ""
    return response
