"""Responses to the survey, and reminders to authorities without one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from parentis.web.people.authorisation import authorities_for, holds
from parentis.web.uasc import operations
from parentis.web.uasc.models import Round
from parentis.web.uasc.questions import AskForm
from parentis.web.uasc.response import lines


def _asked(request: HttpRequest) -> list[str]:
    """The authorities that the reader's regional team asks."""
    return sorted(authorities_for(request.user, "uasc.ask"))


@require_safe
def response(request: HttpRequest) -> HttpResponse:
    """The rounds, and of the one chosen where each authority stands."""
    rounds = list(Round.objects.all())
    chosen = next((one for one in rounds if one.period == request.GET.get("period")), rounds[0] if rounds else None)
    context: dict[str, Any] = {"rounds": rounds, "chosen": chosen, "form": AskForm()}
    if chosen is not None:
        found = lines(chosen, _asked(request))
        context |= {
            "lines": found,
            "answered": sum(1 for one in found if one.standing.answered),
            "nobody": sum(1 for one in found if not one.people),
            "may_invite": holds(request.user, "people.organisations"),
        }
    return render(request, "uasc/response.html", context)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a year's answers."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return render(request, "uasc/response.html", {"rounds": list(Round.objects.all()), "form": form}, status=422)
    made = operations.ask(by=request.user, request=request, **form.cleaned_data)
    messages.success(request, f"The survey for {made.period} has been requested. You can send reminders below.")
    return redirect("uasc-response")


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind every authority of the round that has not answered; once a day."""
    round_ = get_object_or_404(Round, pk=pk)
    missing = [one.gss for one in lines(round_, _asked(request)) if not one.standing.answered]
    told = operations.remind(by=request.user, round_=round_, authorities=missing, request=request)
    messages.success(
        request,
        f"{told} {'person was' if told == 1 else 'people were'} reminded."
        if told
        else "Everybody has already been reminded today.",
    )
    return redirect("uasc-response")
