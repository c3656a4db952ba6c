"""One address of every page, for the tests that walk them all. A page about one thing takes Camden's or Croydon's."""

import uuid
from collections.abc import Callable
from typing import Any

from case_samples import CASE_SAMPLES, register_samples
from custody_samples import CUSTODY_SAMPLES
from django.urls import NoReverseMatch, reverse
from uasc_samples import UASC_SAMPLES
from worker import job_of, submission_of

from parentis.web.people.models import Organisation
from parentis.web.people.permissions import routes
from parentis.web.service import web_services

Places = dict[str, Organisation]

SAMPLES: dict[str, Callable[[Places, str], dict[str, Any]]] = {
    "people-join": lambda places, place: {"secret": "unknown"},
    "people-organisation": lambda places, place: {"slug": place},
    "joining": lambda places, place: {"slug": place},
    "people-withdraw": lambda places, place: {"slug": place, "pk": 1},
    "people-take-role": lambda places, place: {"slug": place, "pk": 1},
    "people-remove": lambda places, place: {"slug": place, "pk": 1},
    "people-reset-codes": lambda places, place: {"slug": place, "pk": 1},
    "people-access-list": lambda places, place: {"slug": place},
    "people-access-reviewed": lambda places, place: {"slug": place},
    "people-decide": lambda places, place: {"slug": place, "pk": 1},
    **{
        name: lambda places, place: {"slug": place, "pk": 1}
        for name in ("programs-one", "programs-secret", "programs-key", "programs-addresses", "programs-withdraw")
    },
    "programs-end": lambda places, place: {"slug": place, "pk": 1, "credential": 1},
    "notices-open": lambda places, place: {"pk": 1},
    **CASE_SAMPLES,
    **UASC_SAMPLES,
    **CUSTODY_SAMPLES,
    "account_reset_password_from_key": lambda places, place: {"uidb36": "1", "key": "a-b"},
    "account_confirm_email": lambda places, place: {"key": "a"},
    "openid_connect_login": lambda places, place: {"provider_id": "organisation"},
    "openid_connect_callback": lambda places, place: {"provider_id": "organisation"},
    **{
        name: lambda places, place: {"gss": places[place].authority}
        for name in ("duty-desks", "duty-export", "duty-import", "duty-hours", "duty-turn", "duty-rung")
    },
    "duty-turn-off": lambda places, place: {"gss": places[place].authority, "pk": 1},
    "duty-rung-off": lambda places, place: {"gss": places[place].authority, "pk": 1},
    "forecasts-share": lambda places, place: {"pk": 1},
    "forecasts-rename": lambda places, place: {"pk": 1},
    "forecasts-delete": lambda places, place: {"pk": 1},
    "figures-comment": lambda places, place: {"gss": places[place].authority},
    "figures-page": lambda places, place: {"page": "funding"},
    "figures-chart": lambda places, place: {"page": "funding", "name": "none"},
    "figures-csv": lambda places, place: {"page": "funding", "name": "none"},
    "figures-origin": lambda places, place: {"provenance_id": "none"},
    "figures-rows": lambda places, place: {
        "provenance_id": "none",
        "submission_id": submission_of(places[place].authority),
    },
    "figures-published-rows": lambda places, place: {"provenance_id": "none", "submission_id": "unknown"},
    "data-download": lambda places, place: {"service": "funding", "form": "csv"},
    "packs-version-new": lambda places, place: {"pk": job_of(places[place].authority)},
    **{
        name: lambda places, place: {"version": uuid.UUID(int=1)}
        for name in ("packs-version", "packs-version-sign", "packs-version-freeze", "packs-version-zip")
    },
    "packs-version-read": lambda places, place: {"version": uuid.UUID(int=1), "name": "none"},
    "packs-one": lambda places, place: {"pk": job_of(places[place].authority)},
    "packs-read": lambda places, place: {"pk": job_of(places[place].authority), "name": "none"},
    "packs-download": lambda places, place: {"pk": job_of(places[place].authority), "name": "none"},
    "jobs-state": lambda places, place: {"pk": job_of(places[place].authority)},
    "submissions-published-job": lambda places, place: {"pk": job_of("")},
    "submissions-job": lambda places, place: {"pk": job_of(places[place].authority)},
    "submissions-template": lambda places, place: {"return_id": "ssda903", "period": "2024-25"},
    "submissions-rule": lambda places, place: {"code": "142"},
    "submissions-one": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-findings": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-worklist": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-worklist-xlsx": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-report": lambda places, place: {
        "submission_id": submission_of(places[place].authority),
        "form": "csv",
    },
    "submissions-accept": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-reject": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-children": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-child": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-explain": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-reverse": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-changes": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-refuse": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "submissions-published-one": lambda places, place: {"submission_id": "unknown"},
    "submissions-published-accept": lambda places, place: {"submission_id": "unknown"},
    "submissions-published-reject": lambda places, place: {"submission_id": "unknown"},
    "submissions-published-reverse": lambda places, place: {"submission_id": "unknown"},
    "submissions-published-changes": lambda places, place: {"submission_id": "unknown"},
    "submissions-release": lambda places, place: {"submission_id": submission_of(places[place].authority)},
}
"View name to its keyword arguments, where an address says which thing; makes the thing where the gate looks it up."


def announced() -> dict[str, Callable[[Places, str], dict[str, Any]]]:
    """Samples that the services' web sides announce, and those of registers."""
    found: dict[str, Callable[[Places, str], dict[str, Any]]] = register_samples()
    for service in web_services().values():
        found |= service.samples.resolve() if service.samples else {}
    return found


def samples(places: Places, place: str) -> dict[str, str]:
    """View name to an address about `place` (`camden`, `croydon`)."""
    found = {}
    makers = SAMPLES | announced()
    for name in routes():
        make = makers.get(name)
        try:
            found[name] = reverse(name, kwargs=make(places, place) if make else None)
        except NoReverseMatch:
            continue  # the test says which sample is missing
    return found
