"""The desk's day, what a provider is asked, and asking a provider."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from parentis.errors import UserError
from parentis.web.cases import permissions, records
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.models import Case, Clock, Record
from parentis.web.cases.register.frames import frame
from parentis.web.cases.templatetags.cases import last_day
from parentis.web.error_messages import correction
from parentis.web.organisation_kinds import Kind
from parentis.web.people.models import Organisation
from parentis.web.places import batch, operations
from parentis.web.places.case_types import KINDS, REASONS, REFERRAL, REQUEST, URGENCIES

PAGE = 50
"Referrals, and answers, that the desk shows at once: the soonest due, and the newest."


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Referrals for which a place is looked for, with their clocks and what providers said; offers to decide first."""
    mine = permissions.visible(request.user, REFERRAL)
    states = dict(mine.filter(closed_at=None).order_by().values_list("state").annotate(Count("pk")))
    running = Clock.objects.filter(met_at=None).exclude(due_at=None).order_by("due_at")
    looking = list(
        mine.filter(state="looking").select_related("record")
        .prefetch_related(Prefetch("clocks", queryset=running, to_attr="running"))
    )  # fmt: skip
    answers = _answers(request.user, {one.pk for one in looking})
    # Looked up once: a hundred rows, each with a link and a clock, are most of what the page costs.
    base = reverse("referrals")
    rows = sorted((_row(one, answers.get(one.pk, []), base) for one in looking), key=lambda row: row["order"])
    context = {
        **frame(REFERRAL),
        "rows": rows[:PAGE],
        "total": len(rows),
        "more": max(0, len(rows) - PAGE),
        "offers": [row for row in rows if row["offers"]],
        "late": sum(row["late"] for row in rows),
        "accepted": states.get("accepted", 0),
        "there": states.get("there", 0),
    }
    return render(request, "places/desk.html", context)


def _answers(person: Any, referrals: set[int]) -> dict[int, list[Record]]:
    """The requests of referrals that are open, by referral."""
    found: dict[int, list[Record]] = {}
    requests = Record.objects.filter(
        case__in=permissions.visible(person, REQUEST), values__referral__in=sorted(referrals)
    )
    for one in requests.select_related("case").order_by("case"):
        found.setdefault(one.values["referral"], []).append(one)
    return found


def _row(case: Case, requests: list[Record], base: str) -> dict[str, Any]:
    values = case.record.values
    clock = case.running[0] if case.running else None
    late = clock is not None and clock.due_at <= timezone.now()
    counted = {state: sum(one.case.state == state for one in requests) for state in ("asked", "offered", "declined")}
    return {
        "case": case, "reference": values.get("reference") or str(case), "place": case.place_name,
        "kind": KINDS.get(values.get("looked_for"), ""), "urgency": URGENCIES.get(values.get("urgency"), ""),
        "clock": clock.title if clock else "", "due": last_day(clock) if clock else "", "late": late,
        "url": f"{base}{case.pk}/", "asked": len(requests), "counted": counted, "offers": counted["offered"],
        "order": (clock is None, clock.due_at.timestamp() if clock else 0.0, case.pk),
    }  # fmt: skip


def referral_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """The providers that were asked about a referral, with their answers, and the form that asks another."""
    works = permissions.may_do(request.user, EDIT, case)
    return {
        "requests": [_answer(one) for one in operations.requests_of(case)],
        "ask_form": AskForm() if works and case.state == "looking" else None,
        "ask_url": reverse("referral-ask", kwargs={"pk": case.pk}),
    }


def _answer(one: Record) -> dict[str, Any]:
    values = one.values
    reason = "No answer" if one.case.state == "silent" else REASONS.get(values.get("decline_reason"), "")
    return {
        "case": one.case, "home": values.get("home") or str(one.case), "state": one.case.state_now.title,
        "price": values.get("offered_price"), "reason": reason,
    }  # fmt: skip


class AskForm(forms.Form):
    """Which provider is asked, for which of its homes."""

    provider = forms.ChoiceField(label="Provider")
    home = forms.CharField(label="Home or service", max_length=150)
    urn = forms.CharField(label="Ofsted's number", max_length=20)
    why = forms.CharField(
        label="Why this home (only if it is not among the three best of the matching)", max_length=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Organisation.objects.filter(kind=Kind.PROVIDER).order_by("name")
        self.fields["provider"].choices = [("", "Choose"), *held.values_list("slug", "name")]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a provider for a place for a referral's child."""
    case = permissions.case_for(request.user, REFERRAL, pk, permission=EDIT)
    form = AskForm(request.POST or None, initial={name: request.GET.get(name, "") for name in ("home", "urn")})
    if request.method == "POST" and form.is_valid() and _reasoned(case, form):
        try:
            operations.ask(by=request.user, referral=case, request=request, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            messages.success(request, f"{form.cleaned_data['home']} is asked.")
            return redirect("referral", pk=pk)
    return render(request, "places/ask.html", {"form": form, "case": case})


def _reasoned(case: Case, form: AskForm) -> bool:
    """Any home may be asked; one that is not among the three best needs a reason, which the history keeps."""
    made = batch.batch([case])
    best = {one["home"] for one in batch.rows(made)[0]["choices"]} if made else set()
    if not best or form.cleaned_data["urn"] in best or form.cleaned_data["why"].strip():
        return True
    form.add_error("why", f"Say why: the three best homes are {', '.join(sorted(best))}.")
    return False


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What a provider is asked: those to answer first. It sees no other provider's, and no referral."""
    found = Record.objects.filter(case__in=permissions.visible(request.user, REQUEST)).select_related("case")
    running = Clock.objects.filter(met_at=None).order_by("due_at")
    found = found.prefetch_related(Prefetch("case__clocks", queryset=running, to_attr="running"))
    rows = [_asked(one) for one in found.order_by("-case")[: PAGE * 4]]
    open_rows = sorted((row for row in rows if row["open"]), key=lambda row: row["order"])
    context = {"open": open_rows, "answered": [row for row in rows if not row["open"]][:PAGE]}
    return render(request, "places/asked.html", context)


def _asked(one: Record) -> dict[str, Any]:
    values, case = one.values, one.case
    clock = case.running[0] if case.running else None
    return {
        **_answer(one), "place": case.place_name, "kind": KINDS.get(values.get("looked_for"), ""), "clock": clock,
        "open": case.state in operations.OPEN_REQUESTS, "to_answer": case.state == "asked",
        "order": (case.state != "asked", clock.due_at.timestamp() if clock and clock.due_at else 0.0),
        "sex": dict(records.register_of(REQUEST).field("sex").choices).get(values.get("sex"), ""),
        "age": values.get("age"),
    }  # fmt: skip
