"""Tasks of people who manage access: roles to decide on, and access reviews."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from parentis.web.audit.models import Entry
from parentis.web.people import authorisation, grants, review
from parentis.web.people.models import Organisation
from parentis.web.tasks import Task


def tasks_of(person: Any) -> Iterator[Task]:
    path = reverse("people-access")
    for asked in grants.waiting_for(person) if authorisation.holds(person, "people.confirm") else ():
        yield Task(
            path=f"{path}#role-{asked.pk}",
            title=f"{asked.role_title}, requested by {asked.asked_by.name}",
            wanted="Grant or refuse the role",
            place=asked.organisation.name,
            since=asked.asked_at,
        )
    for place, last in _own_reviews(person).items():
        began = last or place.memberships.order_by("since").values_list("since", flat=True).first()
        if began is not None:
            yield Task(
                path=f"{path}#{place.slug}", title="Review of who has access", wanted="Review the list of roles",
                place=place.name, since=began, due=began + review.REVIEW_EVERY,
            )  # fmt: skip


def _own_reviews(person: Any) -> dict[Organisation, Any]:
    """The organisations whose access the person's own roles there review, each with the time of its last review.
    Account managers of the region may review all, but each organisation's review is a task for its own people."""
    own = {one.organisation for one in authorisation.memberships(person)}
    places = [one for one in own if authorisation.may(person, "people.review", organisation=one)]
    done = dict(
        Entry.objects.filter(what=review.REVIEWED, subject__in=[one.slug for one in places])
        .order_by("sequence")
        .values_list("subject", "at")
    )
    return {one: done.get(one.slug) for one in places}
