"""Permissions of adoption: to read its pages, the pool child by child, the agency's money, and to settle activity."""

from parentis.web.adoption.case_types import LINE
from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

_READERS = to(
    Kind.AUTHORITY, "analyst", "treasurer", "section-151", "director", "commissioner", "family-finder", "agency-head"
)
_REGION = to(Kind.REGION, "analyst", "treasurer", "commissioner")
_FINDERS = to(Kind.AUTHORITY, "family-finder", "agency-head")
_TREASURERS = to(Kind.AUTHORITY, "treasurer", "section-151", "director", "agency-head")
_OFFICERS = to(Kind.AUTHORITY, "data-protection")

ACTIONS = (
    Action(id="adoption.open", title="Open the pages about adoption", about=About.NOTHING, to=_READERS | _REGION),
    Action(
        id="adoption.pool",
        title="See an authority's children who wait for a family, child by child",
        about=About.AUTHORITY,
        to=_FINDERS,
        child_level=True,
    ),
    Action(
        id="adoption.money",
        title="Compare what the boroughs of an authority's adoption agency pay under each formula",
        about=About.AUTHORITY,
        to=_TREASURERS,
    ),
    Action(
        id="adoption.lines",
        title="Open the register of disputed activity",
        about=About.NOTHING,
        to=_FINDERS | _TREASURERS | _OFFICERS,
    ),
    Action(
        id="adoption.line.read",
        title="Read their authority's disputed activity",
        about=About.AUTHORITY,
        to=_FINDERS | _TREASURERS | _OFFICERS,
    ),
    Action(
        id="adoption.line.work",
        title="Record and accept their authority's activity",
        about=About.AUTHORITY,
        to=_FINDERS | to(Kind.AUTHORITY, "treasurer"),
    ),
    Action(
        id="adoption.line.settle",
        title="Answer for the agency that their authority hosts",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "agency-head"),
    ),
    Action(
        id="adoption.line.answer",
        title="Answer disputed activity as another borough's agency",
        about=About.ORGANISATION,
        to=to(Kind.AUTHORITY, "agency-head"),
    ),
    Action(
        id="adoption.line.erase", title="Erase what was said of a child's activity", about=About.AUTHORITY, to=_OFFICERS
    ),
)

MENU = (MenuItem("Adoption", "adoption", "adoption.open", order=35),)

ROUTES: dict[str, Route] = {
    "adoption": Route(action="adoption.open"),
    "adoption-waiting": Route(action="adoption.open"),
    "adoption-waiting-csv": Route(action="adoption.open"),
    "adoption-timeliness": Route(action="adoption.open"),
    "adoption-families": Route(action="adoption.open"),
    "adoption-shape": Route(action="adoption.open"),
    "adoption-pool": Route(action="adoption.pool", place="gss"),
    "adoption-money": Route(action="adoption.money", place="gss"),
    "adoption-money-workbook": Route(action="adoption.money", place="gss", records="exported"),
    "adoption-ledger": Route(action="adoption.line.read", place="gss"),
    **routes.register_routes(LINE, read="adoption.lines", enter="adoption.line.work", about_place=False),
}
