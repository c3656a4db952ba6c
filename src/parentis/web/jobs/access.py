"""Who sees a job: the permissions of the submissions pages apply to an authority's jobs; everyone sees their own."""

from parentis.web.people.permissions import Action, Open, Route

ACTIONS: tuple[Action, ...] = ()

ROUTES: dict[str, Route] = {"jobs-state": Route(action=Open.SIGNED_IN)}
