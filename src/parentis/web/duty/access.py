"""Who sees and keeps the rota of an authority's duty desks."""

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

AT_DESKS = to(Kind.AUTHORITY, "front-door", "youth-justice", "emergency-duty")

ACTIONS = (
    Action(
        id="duty.read",
        title="See who is on duty at the desks of their authority, and its phone list",
        about=About.AUTHORITY,
        to=AT_DESKS | to(Kind.AUTHORITY, "director") | to(Kind.REGION, "routing-desk"),
    ),
    Action(
        id="duty.keep",
        title="Manage the rota, the phone list and the office hours of their authority's desks",
        about=About.AUTHORITY,
        to=AT_DESKS | to(Kind.AUTHORITY, "director"),
    ),
)

MENU = (MenuItem("Duty desks", "duty", "duty.read", order=56),)

ROUTES: dict[str, Route] = {
    "duty": Route(action="duty.read"),
    "duty-desks": Route(action="duty.read", place="gss"),
    "duty-export": Route(action="duty.read", place="gss", records="exported"),
    "duty-import": Route(action="duty.keep", place="gss"),
    "duty-hours": Route(action="duty.keep", place="gss"),
    "duty-turn": Route(action="duty.keep", place="gss"),
    "duty-turn-off": Route(action="duty.keep", place="gss"),
    "duty-rung": Route(action="duty.keep", place="gss"),
    "duty-rung-off": Route(action="duty.keep", place="gss"),
}
