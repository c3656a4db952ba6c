"""The organisation for which somebody with roles in several acts: chosen by them, never guessed."""

from django.http import HttpRequest

from parentis.web.people import authorisation
from parentis.web.people.models import Organisation
from parentis.web.people.permissions import actions
from parentis.web.people.roles import Kind

SESSION_KEY = "acting-for"


def choices(request: HttpRequest, action: str) -> list[Organisation]:
    """The organisations in which the reader holds a role that may do `action`, by name."""
    allowed = actions()[action].to
    held = {
        one.organisation
        for one in authorisation.memberships(request.user)
        if (Kind(one.organisation.kind), one.role) in allowed
    }
    return sorted(held, key=lambda one: one.name)


def organisation_for(request: HttpRequest, action: str) -> Organisation | None:
    """The organisation for which the reader does `action`: the one they chose if it may, else the only one that may,
    else the first by name, which the page shows and lets them change. None where no role of theirs allows it."""
    found = choices(request, action)
    chosen = next((one for one in found if one.slug == request.session.get(SESSION_KEY)), None)
    return chosen or (found[0] if found else None)


def choose(request: HttpRequest, slug: str) -> str:
    """Store the choice for the session; return the organisation's name, or nothing if the reader does not belong to
    it."""
    for one in authorisation.memberships(request.user):
        if one.organisation.slug == slug:
            request.session[SESSION_KEY] = slug
            return str(one.organisation.name)
    return ""
