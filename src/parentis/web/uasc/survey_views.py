"""The cost survey, heading by heading: saved as a draft, carried forward, checked, handed in like any return."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import region, workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.web.error_messages import next_step
from parentis.web.people.authorisation import authorities_for, holds, may, require
from parentis.web.uasc import drafts, operations
from parentis.web.uasc.models import Draft, Round
from parentis.web.uasc.questions import BY_CODE, HeadingForm, PeriodForm, VolumesForm, following
from parentis.web.uasc.response import response_status

FINDINGS_SHOWN = 60


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page for unaccompanied children."""
    own = sorted(authorities_for(request.user, "uasc.answer"))
    claiming = authorities_for(request.user, "uasc.claim")
    rounds = list(Round.objects.all()[:5])
    context: dict[str, Any] = {
        "own": [(gss, region.authority(gss).name, _years(gss, rounds)) for gss in own],
        "form": PeriodForm(),
        "rounds": rounds,
        "may_ask": holds(request.user, "uasc.ask"),
        "claims": [(gss, region.authority(gss).name, _claimable()) for gss in sorted(claiming)],
    }
    return render(request, "uasc/start.html", context)


def _claimable() -> list[tuple[str, bool]]:
    """The years that funding instructions are known of, the latest first, and whether they were read: without that a
    claim is a draft."""
    with workflow.submitted_references(find_home()):
        known = region.uasc_instructions().select("period", "cited")
    return sorted(known.iter_rows(), reverse=True)


def _years(gss: str, rounds: list[Round]) -> list[dict[str, Any]]:
    """The years begun or asked for, the latest first: when they are wanted, and where they stand."""
    begun = {one.period: one for one in Draft.objects.filter(authority=gss)}
    due = {str(one.period): one.due for one in rounds}
    return [
        {"period": period, "due": due.get(period), "draft": begun.get(period), "standing": response_status(gss, period)}
        for period in sorted({*begun, *due}, reverse=True)
    ]


def _draft(gss: str, period: str) -> Draft:
    return get_object_or_404(Draft, authority=gss, period=period)


@require_POST
def begin(request: HttpRequest, gss: str) -> HttpResponse:
    """Start a year's answers, or continue with them."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Survey not started: enter the year like 2024-25.")
        return redirect("uasc")
    draft = operations.begin(by=request.user, authority=gss, period=form.cleaned_data["period"], request=request)
    return redirect("uasc-survey", gss, draft.period)


@require_safe
def overview(request: HttpRequest, gss: str, period: str) -> HttpResponse:
    """Every heading, with its state."""
    draft = _draft(gss, period)
    states = drafts.states(draft.answers)
    context = {
        "draft": draft,
        "name": region.authority(gss).name,
        "kinds": [(kind, [one for one in states if one.kind == kind]) for kind in ("placement", "non-placement")],
        "volumes": draft.answers.get("volumes", {}),
        "earlier": drafts.earlier(gss, period),
        "carried": sum(1 for one in draft.answers.get("costs", {}).values() if one.get("carried")),
        "standing": response_status(gss, period),
    }
    return render(request, "uasc/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def volumes(request: HttpRequest, gss: str, period: str) -> HttpResponse:
    """Nights, weeks and people of the year."""
    draft = _draft(gss, period)
    begun = {"seen": draft.revision, **draft.answers.get("volumes", {})}
    form = VolumesForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        answers = {**draft.answers, "volumes": form.volumes()}
        if _saved(request, draft, form, answers, "volumes"):
            return redirect("uasc-survey-heading", gss, period, next(iter(BY_CODE)))
    context = {"draft": draft, "form": form, "name": region.authority(gss).name}
    return render(request, "uasc/volumes.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def heading(request: HttpRequest, gss: str, period: str, heading: str) -> HttpResponse:
    """One heading, for children and for care leavers."""
    draft = _draft(gss, period)
    if heading not in BY_CODE:
        raise Http404
    asked = BY_CODE[heading]
    form = HeadingForm(asked, request.POST or None, initial=drafts.initial(draft, heading))
    if request.method == "POST" and form.is_valid():
        answers = drafts.with_heading(draft.answers, form)
        if _saved(request, draft, form, answers, heading):
            after = following(heading)
            if after and request.POST.get("go") == "next":
                return redirect("uasc-survey-heading", gss, period, after)
            return redirect("uasc-survey", gss, period)
    context = {
        "draft": draft, "form": form, "asked": asked, "groups": list(form.groups()), "after": following(heading),
        "name": region.authority(gss).name,
        "number": list(BY_CODE).index(heading) + 1, "of": len(BY_CODE),
    }  # fmt: skip
    return render(request, "uasc/heading.html", context, status=422 if form.errors else 200)


def _saved(
    request: HttpRequest, draft: Draft, form: VolumesForm | HeadingForm, answers: dict[str, Any], what: str
) -> bool:
    try:
        seen = form.cleaned_data["seen"]
        operations.save(by=request.user, draft=draft, seen=seen, answers=answers, what=what, request=request)
    except operations.StaleDraftError as error:
        form.add_error(None, next_step(error))
        return False
    return True


@require_POST
def carry(request: HttpRequest, gss: str, period: str) -> HttpResponse:
    """Fill in what is empty from the last accepted year."""
    draft = _draft(gss, period)
    if not drafts.earlier(gss, period):
        raise Http404
    try:
        came = operations.carry(by=request.user, draft=draft, request=request)
    except operations.StaleDraftError as error:
        messages.warning(request, next_step(error))
    else:
        messages.success(
            request, f"{came} answers were carried forward. Review each one: prices and ledger codes change."
        )
    return redirect("uasc-survey", gss, period)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, gss: str, period: str) -> HttpResponse:
    """What checking finds; and handing in, which asks a second person to sign."""
    draft = _draft(gss, period)
    problem = ""
    if request.method == "POST":
        require(request.user, "submissions.hand-in", authority=gss)
        try:
            job = operations.hand_in(
                by=request.user, draft=draft, once=uuid.UUID(request.POST.get("once", "")), request=request
            )
        except UserError as error:
            problem = next_step(error)
        except ValueError:
            raise Http404 from None  # a form that this page did not draw
        else:
            return redirect("submissions-job", job.pk)
    found = None
    try:
        found = drafts.checked(draft)
    except UserError as error:
        problem = problem or next_step(error)
    context = {
        "draft": draft,
        "name": region.authority(gss).name,
        "checked": found,
        "findings": _worded(found, draft),
        "problem": problem,
        "once": uuid.uuid4(),
        "carried": sum(1 for one in draft.answers.get("costs", {}).values() if one.get("carried")),
        "may_hand_in": may(request.user, "submissions.hand-in", authority=gss),
    }
    return render(request, "uasc/check.html", context, status=409 if problem and request.method == "POST" else 200)


def _worded(found: Any, draft: Draft) -> list[dict[str, str]]:
    """Each finding with the heading it is about and its page; those of severity error first."""
    if found is None:
        return []
    rules = {row["rule"]: row for row in found.statuses.iter_rows(named=True)}
    rows = drafts.tables(draft.answers)
    gss, period = str(draft.authority), str(draft.period)
    listed = []
    for row in found.findings.head(FINDINGS_SHOWN).iter_rows(named=True):
        given = rows.get(row["table"] or "", [])
        about = given[row["row"]] if row["row"] is not None and row["row"] < len(given) else {}
        code = about.get("HEADING", "")
        where = (
            reverse("uasc-survey-heading", args=[gss, period, code])
            if code
            else reverse("uasc-survey-volumes", args=[gss, period])
        )
        group = {"CHILD": ", children", "LEAVER": ", care leavers"}.get(about.get("GROUP", ""), "")
        label = BY_CODE[code].label if code in BY_CODE else "Nights, weeks and people"
        rule = rules[row["rule"]]
        listed.append(
            {"what": rule["message"], "about": f"{label}{group}", "path": where, "severity": rule["severity"]}
        )
    return sorted(listed, key=lambda one: ("error", "query", "note").index(one["severity"]))
