"""Who may read the audit record."""

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

ACTIONS = (
    Action(
        id="audit.search",
        title="Search the audit record: what was done with their authority's things, or by their people",
        about=About.NOTHING,
        to=to((Kind.AUTHORITY, Kind.REGION), "auditor", "data-protection"),
    ),
)

MENU = (MenuItem("Audit", "audit", "audit.search", order=90),)

ROUTES = {
    "audit": Route(action="audit.search"),
    "audit-csv": Route(action="audit.search", records="exported"),
}
