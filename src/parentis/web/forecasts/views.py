"""The scenario builder, and saved scenarios side by side."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.web.forecasts import answers
from parentis.web.forecasts.levers import LeversForm, words
from parentis.web.forecasts.models import Saved
from parentis.web.jobs.models import Job
from parentis.web.question_pages import QuestionPage, place_name

MOST_COMPARED = 4


def _answer(place: str, levers: Mapping[str, Any]) -> dict[str, Any] | None:
    if not answers.is_known(place):
        return None
    found = answers.answer(place, dict(levers))
    return {"rows": answers.yearly(found), "futures": found.futures, "picture": answers.picture(found, "total")}


def _awaited(person: Any) -> Job | None:
    return None if answers.model() else answers.awaited(person)


SCENARIOS = QuestionPage(
    url="forecasts",
    command="scenario",
    action="forecasts.ask",
    noun="scenario",
    title="Scenario",
    saved_title="Saved scenarios",
    form=LeversForm,
    model=Saved,
    words=words,
    answer=_answer,
    awaited=_awaited,
    template="forecasts/scenario_form.html",
)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Saved scenarios side by side: the total at the end of each year, and how it differs from the forecast."""
    place, _ = SCENARIOS.place_of(request)
    wanted = [int(text) for text in request.GET.getlist("with") if text.isdigit()][:MOST_COMPARED]
    compared = []
    if answers.is_known(place):
        for one in SCENARIOS.readable(request).filter(pk__in=wanted):
            rows = [row for row in answers.yearly(answers.answer(place, one.levers)) if row["group"] == "total"]
            compared.append((one, words(one.levers), rows))
    return render(request, "forecasts/compare.html", {"compared": compared, "place_name": place_name(place)})
