"""Help is for everybody; what search and downloads hold, each reader's own permissions decide."""

from parentis.web.people.permissions import Action, MenuItem, Open, Route

ACTIONS: tuple[Action, ...] = ()

MENU = (MenuItem("Data", "data", "figures.read", order=45),)

ROUTES: dict[str, Route] = {
    "search": Route(action=Open.SIGNED_IN),
    "glossary": Route(action=Open.PUBLIC),
    "methods": Route(action=Open.PUBLIC),
    "privacy": Route(action=Open.PUBLIC),
    "contact": Route(action=Open.SIGNED_IN),
    "data": Route(action="figures.read"),
    "data-download": Route(action="figures.read", records="exported"),
}
