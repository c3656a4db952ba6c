"""Who sees a job: for its authority's, the submissions' pages decide; one's own are open to oneself."""

from parentis.web.people.permissions import Action, Open, Route

ACTIONS: tuple[Action, ...] = ()

ROUTES: dict[str, Route] = {"jobs-state": Route(action=Open.SIGNED_IN)}
