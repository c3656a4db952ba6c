"""A child in custody of Camden or Croydon, held by that authority's police, and the addresses about it."""

from collections.abc import Callable
from typing import Any

from custody_places import notice, suite_of

from parentis.web.custody import operations
from parentis.web.custody.models import Detention
from parentis.web.people.initial_accounts import police_command
from parentis.web.people.models import Organisation

Sample = Callable[[dict[str, Organisation], str], dict[str, Any]]


def detention_of(places: dict[str, Organisation], place: str) -> Detention:
    """The one detention of a place, made the first time: the police of the fixture hold Camden's, and others
    Croydon's. Without indexes every notice waits at the desk, from which this is sent on."""
    authority = places[place].authority
    found = Detention.objects.filter(case__place=authority).first()
    if found is None:
        force = places["police"] if place == "camden" else police_command("bcu-south")
        made = notice(suite_of(force, f"suite-of-{place}", authority), f"SYN/{place}").detention
        operations.send(by=None, detention=made, authority=authority, why="Practice", seen=None)
        found = Detention.objects.get(pk=made.pk)
    return found


def _case(**more: Any) -> Sample:
    return lambda places, place: {"pk": detention_of(places, place).pk, **more}


CUSTODY_SAMPLES: dict[str, Sample] = {
    "custody-board": lambda places, place: {"board": "authority"},
    "custody-board-rows": lambda places, place: {"board": "authority"},
    **{
        f"custody-{name}": _case()
        for name in (
            "case", "who", "acknowledge", "answer", "hand-over", "return", "message", "withdraw", "certificate",
            "history",
        )
    },
    "custody-news": _case(what="request"),
    **{f"custody-{name}": _case() for name in ("routing", "keeping", "copy", "forget")},
}  # fmt: skip
