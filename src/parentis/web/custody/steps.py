"""What a step changes besides the case, and to whom it may give the case: named by the machine in `case_types`."""

from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Case
from parentis.web.custody.case_types import DESK_PLACE
from parentis.web.custody.models import Detention
from parentis.web.duty import escalation

Choices = list[tuple[str, str]]


def other_authorities(case: Case) -> Choices:
    """The region's other authorities, by name: where the child is held, without the authority that has the case."""
    near = members_near(case) - {case.place}
    return sorted(((one.gss, one.name) for one in region.authorities() if one.gss in near), key=lambda one: one[1])


def routing_desk(case: Case) -> Choices:
    return [(DESK_PLACE, "The routing desk")]


def hand_over(case: Case) -> None:
    """Call the desks of the authority that now has the case."""
    Detention.objects.filter(pk=case.pk).update(routed_at=timezone.now() if case.authority else None)
    escalation.begin(case)


def withdraw(case: Case) -> None:
    """Allow a new notice to be given for the same custody record."""
    Detention.objects.filter(pk=case.pk).update(record_hash=None, handed_over_at=None)


def members_near(case: Case) -> frozenset[str]:
    """ONS codes of the authorities of the region in which the child is held."""
    return frozenset(region.members(DESK_PLACE, region.local_day(case.opened_at)))
