"""The first page of trials, and evidence cards: all of one size, one to a page for printing, and as files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.services.trials import GRADES
from parentis.web.cases import permissions
from parentis.web.cases.models import Case
from parentis.web.people.authorisation import authorities_for
from parentis.web.trials.cards import Shown, row
from parentis.web.trials.cards import cards as all_cards
from parentis.web.trials.case_types import KIND
from parentis.web.trials.tables import as_csv


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What trials there are, which wait, which were stopped for harm."""
    visible = list(permissions.visible(request.user, KIND).select_related("record").order_by("opened_at", "pk"))
    own = [one for one in visible if not one.state_now.closed]
    found = all_cards()
    context = {
        "trials": own,
        "harm": [one for one in found if one.harm],
        "counts": _counts(found),
        "drafts": bool(authorities_for(request.user, "trials.draft")),
    }
    return render(request, "trials/start.html", context)


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Every card, running ones first and then by the day they ended; what was found changes neither size nor order."""
    found = all_cards()
    finding = request.GET.get("finding", "")
    findings = list(dict.fromkeys(one.card.finding for one in found))
    listed = [one for one in found if one.card.finding == finding] if finding in findings else found
    context = {"cards": [_words(one) for one in listed], "all": len(found), "findings": findings, "finding": finding,
               "counts": _counts(found)}  # fmt: skip
    return render(request, "trials/cards.html", context)


@require_safe
def card(request: HttpRequest, reference: str, version: int) -> HttpResponse:
    """One card, for a sheet of paper."""
    one = next((one for one in all_cards(_named(reference)) if one.version == version), None)
    if one is None:
        raise Http404
    readable = permissions.visible(request.user, KIND).filter(pk=one.case).exists()
    return render(request, "trials/card.html", {"each": _words(one), "readable": readable})


@require_safe
def cards_csv(request: HttpRequest) -> HttpResponse:
    rows = [row(one) for one in all_cards()]
    headings = list(rows[0]) if rows else ["id"]
    return as_csv("evidence-cards", headings, [[one[name] for name in headings] for one in rows])


@require_safe
def cards_json(request: HttpRequest) -> JsonResponse:
    """The cards for other services and programs, each under `trial:<name>@<version>`."""
    return JsonResponse({"cards": [row(one) for one in all_cards()]})


def _named(reference: str) -> list[Case]:
    return list(Case.objects.filter(kind=KIND, record__values__reference=reference, protocols__isnull=False).distinct())


def _counts(found: list[Shown]) -> list[tuple[str, int]]:
    names = list(dict.fromkeys(one.card.finding for one in found))
    return [(name, sum(one.card.finding == name for one in found)) for name in sorted(names)]


def _words(one: Shown) -> dict[str, Any]:
    """A card in the words of its page."""
    made = one.card
    return {
        "one": one, "card": made, "effect": _effect(one), "grade": GRADES[made.grade],
        "cost": f"£{made.cost_per_outcome:,.0f}" if made.cost_per_outcome is not None else "Not known",
    }  # fmt: skip


def _effect(one: Shown) -> str:
    made = one.card
    if made.effect is None or made.effect != made.effect:
        return "Not known"
    said = _number(made.effect, one.share)
    if made.low is not None and made.high is not None:
        said += f" ({_number(made.low, one.share)} to {_number(made.high, one.share)})"
    return f"{said} percentage points" if one.share else said


def _number(value: float, share: bool) -> str:
    return (f"{100 * value:+.1f}" if share else f"{value:+.3g}").replace("-", "−")
