"""What other rates of grant would pay, beside the current ones."""

from collections.abc import Mapping
from typing import Any

from parentis.web.forecasts import answers as forecast
from parentis.web.jobs.models import Job
from parentis.web.question_pages import QuestionPage
from parentis.web.uasc import rates
from parentis.web.uasc.models import Schedule


def _answer(place: str, given: Mapping[str, float]) -> dict[str, Any] | None:
    found = rates.answer(given)
    if found is None or (place and place not in found.authorities):
        return None
    return {
        "rows": rates.in_thousands(rates.yearly(found, place)),
        "has_cost": "cost" in found.amounts,
        "picture": rates.picture(found, place),
        "gains": rates.gains(found, place) if given else [],
        "notes": found.notes,
    }


def _awaited(person: Any) -> Job | None:
    return None if forecast.model() else forecast.awaited(person)


RATES = QuestionPage(
    url="uasc-rates",
    command="uasc what-if",
    action="uasc.open",
    noun="rates",
    title="Rates",
    saved_title="Saved rates",
    form=rates.RatesForm,
    model=Schedule,
    words=rates.words,
    answer=_answer,
    awaited=_awaited,
    template="uasc/rates.html",
)
