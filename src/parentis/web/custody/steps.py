"""What a step changes beside a case, and to whom one may give it: named by the machine in `case_types`."""

from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Case
from parentis.web.custody.case_types import DESK_PLACE
from parentis.web.custody.models import Detention
from parentis.web.duty import escalation

Choices = list[tuple[str, str]]


def other_authorities(case: Case) -> Choices:
    """Those of the region in which the child is held, by name, but for the one that has it."""
    near = members_near(case) - {case.place}
    return sorted(((one.gss, one.name) for one in region.authorities() if one.gss in near), key=lambda one: one[1])


def routing_desk(case: Case) -> Choices:
    return [(DESK_PLACE, "The routing desk")]


def hand_over(case: Case) -> None:
    """The desks of whoever has it now are called."""
    Detention.objects.filter(pk=case.pk).update(routed_at=timezone.now() if case.authority else None)
    escalation.begin(case)


def withdraw(case: Case) -> None:
    """The custody record may be given notice of anew."""
    Detention.objects.filter(pk=case.pk).update(record_hash=None, handed_over_at=None)


def members_near(case: Case) -> frozenset[str]:
    """ONS codes of the authorities of the region in which the child is held."""
    return frozenset(region.members(DESK_PLACE, region.local_day(case.opened_at)))
