"""Who reads, works on and agrees recommendations. An authority's are its own and the region's; a police command's are
also read by the authorities it serves. Whoever did the work does not say that it is done."""

from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind
from parentis.web.recommendations.case_types import RECOMMENDATION

COUNCIL = to((Kind.AUTHORITY, Kind.REGION), "improvement-lead", "analyst", "data-protection") | to(
    Kind.AUTHORITY, "director"
)
POLICE = to(Kind.POLICE, "improvement-lead")
COUNCIL_LEADS = to((Kind.AUTHORITY, Kind.REGION), "improvement-lead") | to(Kind.AUTHORITY, "director")
REGION_LEAD = to(Kind.REGION, "improvement-lead")

ACTIONS = (
    Action(
        id="recommendations.read",
        title="Open the register; read recommendations to police commands in their area",
        about=About.AUTHORITY,
        to=COUNCIL | POLICE,
    ),
    Action(
        id="recommendations.read-authority",
        title="Read recommendations to their authority",
        about=About.AUTHORITY,
        to=COUNCIL,
    ),
    Action(
        id="recommendations.enter",
        title="Add and import recommendations, gradings, oversight groups and minutes",
        about=About.AUTHORITY,
        to=COUNCIL_LEADS | POLICE,
    ),
    Action(
        id="recommendations.work-authority",
        title="Work on recommendations to their authority: evidence, owners, progress",
        about=About.AUTHORITY,
        to=COUNCIL_LEADS,
    ),
    Action(
        id="recommendations.work-police",
        title="Work on recommendations to their police command",
        about=About.AUTHORITY,
        to=POLICE | REGION_LEAD,
    ),
    Action(
        id="recommendations.agree-authority",
        title="Agree that a recommendation to an authority is done, or send it back",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "director") | REGION_LEAD,
    ),
    Action(
        id="recommendations.agree-police",
        title="Agree that a recommendation to a police command is done, or send it back",
        about=About.AUTHORITY,
        to=REGION_LEAD,
    ),
    Action(
        id="recommendations.forget",
        title="Erase comments and files of a recommendation",
        about=About.AUTHORITY,
        to=to((Kind.AUTHORITY, Kind.REGION), "data-protection"),
    ),
)

MENU = (MenuItem("Recommendations", "recommendations", "recommendations.read", order=60),)


READ, ENTER = "recommendations.read", "recommendations.enter"
ROUTES: dict[str, Route] = {
    **routes.register_routes(RECOMMENDATION, read=READ, enter=ENTER),
    "gradings": Route(action=READ),
    "gradings-new": Route(action=ENTER),
}
