"""Permissions to answer the survey, request answers, claim, and try other rates."""

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import MEMBERS, Kind

_ANSWERS = to(Kind.AUTHORITY, "analyst", "treasurer", "commissioner", "section-151", "director")
_REGION = to(Kind.REGION, "analyst", "treasurer", "commissioner")

ACTIONS = (
    Action(
        id="uasc.open",
        title="Open the pages about unaccompanied children; test alternative grant rates",
        about=About.NOTHING,
        to=_ANSWERS | to(tuple(MEMBERS), "analyst", "treasurer", "commissioner"),
    ),
    Action(
        id="uasc.answer",
        title="Fill in an authority's survey of what unaccompanied children cost, as a draft",
        about=About.AUTHORITY,
        to=_ANSWERS,
    ),
    Action(
        id="uasc.ask",
        title="Open a year's cost survey, see responses and send reminders",
        about=About.NOTHING,
        to=_REGION,
    ),
    Action(
        id="uasc.claim",
        title="Download an authority's claim to the Home Office, child by child",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "analyst", "treasurer", "section-151", "director"),
        child_level=True,
    ),
)

MENU = (MenuItem("Unaccompanied children", "uasc", "uasc.open", order=25),)

ROUTES: dict[str, Route] = {
    "uasc": Route(action="uasc.open"),
    "uasc-survey-begin": Route(action="uasc.answer", place="gss"),
    "uasc-survey": Route(action="uasc.answer", place="gss"),
    "uasc-survey-volumes": Route(action="uasc.answer", place="gss"),
    "uasc-survey-heading": Route(action="uasc.answer", place="gss"),
    "uasc-survey-carry": Route(action="uasc.answer", place="gss"),
    "uasc-survey-check": Route(action="uasc.answer", place="gss"),
    "uasc-response": Route(action="uasc.ask"),
    "uasc-ask": Route(action="uasc.ask"),
    "uasc-remind": Route(action="uasc.ask"),
    "uasc-claim": Route(action="uasc.claim", place="gss", records="exported"),
    "uasc-rates": Route(action="uasc.open"),
    "uasc-rates-save": Route(action="uasc.open"),
    "uasc-rates-share": Route(action="uasc.open"),
    "uasc-rates-rename": Route(action="uasc.open"),
    "uasc-rates-delete": Route(action="uasc.open"),
}
