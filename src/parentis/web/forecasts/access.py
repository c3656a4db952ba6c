"""Permissions to run what-if scenarios and to save them."""

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import MEMBERS, Kind

ACTIONS = (
    Action(
        id="forecasts.ask",
        title="Run what-if scenarios on their own authority's forecast or the region's; save and share scenarios",
        about=About.NOTHING,
        to=to(tuple(MEMBERS), "analyst", "treasurer", "commissioner") | to(Kind.AUTHORITY, "director", "section-151"),
    ),
)

MENU = (MenuItem("Forecasts", "forecasts", "forecasts.ask", order=15),)

ROUTES: dict[str, Route] = {
    "forecasts": Route(action="forecasts.ask"),
    "forecasts-compare": Route(action="forecasts.ask"),
    "forecasts-save": Route(action="forecasts.ask"),
    "forecasts-share": Route(action="forecasts.ask"),
}
