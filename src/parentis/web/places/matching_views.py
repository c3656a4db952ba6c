"""Matching a batch, or one child; and the priority rules with their trials."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from parentis.errors import UserError
from parentis.services.places.priority_rules import PriorityRule, priority_rules
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.register.frames import frame as register_frame
from parentis.web.error_messages import correction
from parentis.web.people.authorisation import may
from parentis.web.places import batch, rule_operations
from parentis.web.places.case_types import REFERRAL
from parentis.web.places.held import frame, rule_in_use, trial_of

KINDS = {"sex": "Sex", "ethnicity": "Ethnic group", "authority": "Authority"}


def looking(request: HttpRequest) -> Any:
    """Referrals that the reader may work on and for which a place is looked for, the longest waiting first."""
    places = permissions.places_for(request.user, EDIT, REFERRAL)
    seen = permissions.visible(request.user, REFERRAL).filter(state="looking", place__in=places)
    return seen.select_related("record").order_by("opened_at", "pk")


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """The best places for all children together, with what else each could have."""
    rule, adopted = rule_in_use()
    made = batch.batch(looking(request))
    context = {
        **register_frame(REFERRAL), "rule": rule, "adopted": adopted, "made": made,
        "rows": batch.rows(made) if made else [], "there": batch.homes() is not None,
    }  # fmt: skip
    return render(request, "places/matching.html", context)


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One child's three best homes, what each concession would buy, and what stands in the way."""
    case = permissions.case_for(request.user, REFERRAL, pk, permission=EDIT)
    made = batch.batch([case])
    rule, adopted = rule_in_use()
    context = {"case": case, "rule": rule, "adopted": adopted, "made": made,
               "row": batch.rows(made)[0] if made else None}  # fmt: skip
    return render(request, "places/match.html", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with what it would have done with the last year of the log, and the waits of groups under it."""
    used, adopted = rule_in_use()
    gaps = frame("rule_gaps")
    rows = [
        {"rule": rule, "trial": trial_of(rule), "used": rule.digest == used.digest, "gaps": _gaps(gaps, rule)}
        for rule in priority_rules()
    ]
    context = {"rows": rows, "adopted": adopted, "adopts": may(request.user, rule_operations.ADOPT)}
    return render(request, "places/rules.html", context)


def _gaps(gaps: Any, rule: PriorityRule) -> list[dict[str, Any]]:
    if gaps is None:
        return []
    return [one for one in gaps.to_dicts() if one["rule"] == rule.id and one["by"] != "authority"]


class AdoptForm(forms.Form):
    """Why a rule is adopted."""

    why = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest, rule: str) -> HttpResponse:
    """Adopt a rule, on the page that shows its trial."""
    chosen = next((one for one in priority_rules() if one.id == rule), None)
    if chosen is None:
        raise Http404
    form = AdoptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rule_operations.adopt(by=request.user, rule=chosen, why=form.cleaned_data["why"], request=request)
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            messages.success(request, f"“{chosen.title}” is adopted.")
            return redirect("places-rules")
    used, _ = rule_in_use()
    context = {"form": form, "rule": chosen, "trial": trial_of(chosen), "used": used, "now": trial_of(used)}
    return render(request, "places/adopt.html", context)
