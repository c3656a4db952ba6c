"""The page shown after signing in."""

from typing import Any

from django.urls import reverse

from parentis.web.people.authorisation import memberships
from parentis.web.service import web_services


def landing_of(person: Any) -> str:
    """The path of the page shown after signing in: the one that all the person's roles share, or the first page."""
    roles = {one.role for one in memberships(person)}
    pages = {role: page for service in web_services().values() for role, page in service.landing.items()}
    leads = {pages.get(role, "home") for role in roles}
    return reverse(leads.pop() if len(leads) == 1 else "home")
