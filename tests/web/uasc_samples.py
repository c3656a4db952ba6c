"""Addresses of the pages about unaccompanied children, for the tests that walk every page."""

from collections.abc import Callable
from typing import Any

from parentis.web.people.models import Organisation

Places = dict[str, Organisation]
YEAR = "2023-24"


def _of(places: Places, place: str) -> dict[str, Any]:
    return {"gss": places[place].authority, "period": YEAR}


UASC_SAMPLES: dict[str, Callable[[Places, str], dict[str, Any]]] = {
    "uasc-survey-begin": lambda places, place: {"gss": places[place].authority},
    "uasc-survey": _of,
    "uasc-survey-volumes": _of,
    "uasc-survey-heading": lambda places, place: _of(places, place) | {"heading": "LEGAL"},
    "uasc-survey-carry": _of,
    "uasc-survey-check": _of,
    "uasc-remind": lambda places, place: {"pk": 1},
    "uasc-claim": lambda places, place: _of(places, place) | {"form": "csv"},
    "uasc-rates-share": lambda places, place: {"pk": 1},
    "uasc-rates-rename": lambda places, place: {"pk": 1},
    "uasc-rates-delete": lambda places, place: {"pk": 1},
}
