"""Who is on duty at an authority's desks, and calling them until somebody acknowledges."""

from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="duty",
    title="Duty desks",
    prefix="duty/",
    roles=(Role("emergency-duty", "Emergency duty team", "Answers out of hours.", frozenset({Kind.AUTHORITY})),),
    accounts={Kind.AUTHORITY: ("emergency-duty",)},
)
