"""Addresses of the register's and the API's pages, about a thing of Camden or Croydon."""

from collections.abc import Callable
from typing import Any

from worker import job_of, submission_of

from parentis.web.cases.declarations import CaseType, case_types
from parentis.web.cases.fields import Register
from parentis.web.cases.models import Case
from parentis.web.cases.register.practice import example_case, example_group
from parentis.web.people.models import Organisation

Sample = Callable[[dict[str, Organisation], str], dict[str, Any]]


def recommendation_of(code: str) -> Case:
    """The one recommendation to a place, made the first time."""
    return example_case("recommendation", code)


def register_samples() -> dict[str, Sample]:
    """An address of every page of every kind of case with declared fields."""
    found: dict[str, Sample] = {}
    for kind in case_types().values():
        if kind.register is not None:
            found |= _case_samples(kind, kind.register) | _group_samples(kind, kind.register)
    return found


def _case_samples(kind: CaseType, register: Register) -> dict[str, Sample]:
    def case(**more: Any) -> Sample:
        return lambda places, place: {"pk": example_case(kind.id, places[place].authority).pk, **more}

    step = next(one.id for one in kind.machine.moves if not one.hands_over)
    clock = next((one.name for one in register.clocks), "none")
    more: dict[str, dict[str, Any]] = {
        "move": {"move": step}, "stop": {"clock": clock}, "start": {"clock": clock}, "file": {"sequence": 1},
    }  # fmt: skip
    names = ("comment", "attach", "assign", "history", "forget", *more, *(one.id for one in register.edits))
    return {kind.detail_url: case(), **{f"{kind.id}-{name}": case(**more.get(name, {})) for name in names}}


def _group_samples(kind: CaseType, register: Register) -> dict[str, Sample]:
    if register.meetings is None:
        return {}

    def group(places: dict[str, Organisation], place: str) -> dict[str, Any]:
        return {"pk": example_group(kind.id, places[place].authority).pk}

    def member(places: dict[str, Organisation], place: str) -> dict[str, Any]:
        found = example_group(kind.id, places[place].authority)
        return {"pk": found.pk, "member": found.members.get().pk}

    names = ("group", "group-member", "group-meeting", "group-pack", "group-pack-xlsx")
    return {
        f"{register.name}-group-member-left": member,
        **{f"{register.name}-{name}": group for name in names},
    }


NOWHERE = "00000000-0000-4000-8000-000000000000"
CASE_SAMPLES: dict[str, Sample] = {
    "tokens-withdraw": lambda places, place: {"pk": 1},
    "api:custody-news": lambda places, place: {"reference": NOWHERE},
    "api:custody-release": lambda places, place: {"reference": NOWHERE},
    "api:custody-withdraw": lambda places, place: {"reference": NOWHERE},
    "api:custody-notice": lambda places, place: {"reference": NOWHERE},
    "api:provenance": lambda places, place: {"provenance_id": "unknown"},
    "api:submission": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "api:findings": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "api:job": lambda places, place: {"pk": job_of(places[place].authority)},
}
