"""Permissions to run what-if scenarios and to save them."""

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import MEMBERS, Kind

ACTIONS = (
    Action(
        id="forecasts.ask",
        title="Run what-if scenarios on the forecast of their own authority, a footprint or the region, and see other "
        "authorities' number of children; save and share scenarios",
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
    "forecasts-rename": Route(action="forecasts.ask"),
    "forecasts-delete": Route(action="forecasts.ask"),
    "forecasts-download": Route(action="forecasts.ask"),
}
