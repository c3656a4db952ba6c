"""Permissions of places: to search for places, to answer for a provider, and to see the results on size and shares.

A secure referral is read by the desk and by the authority that refers. A provider's people open the requests they are
asked about, and nothing else.
"""

from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind
from parentis.web.places.case_types import CASE_TYPES

_REFERRAL, _REQUEST = CASE_TYPES
OFFICERS = to(Kind.AUTHORITY, "placement-officer")
DESK = to(Kind.REGION, "placement-desk")
PROVIDERS = to(Kind.PROVIDER, "provider-answers")
ERASERS = to(Kind.AUTHORITY, "data-protection")
READERS = (
    to(Kind.AUTHORITY, "commissioner", "treasurer", "section-151", "director", "analyst", "placement-officer")
    | to(Kind.REGION, "commissioner", "treasurer", "analyst", "placement-desk")
)  # fmt: skip
PAYERS = to(Kind.AUTHORITY, "treasurer", "section-151", "director", "commissioner")

ACTIONS = (
    Action(id="places.desk", title="Open the desk: referrals, requests to providers, matching", about=About.NOTHING,
           to=OFFICERS | DESK | ERASERS, child_level=True),
    Action(id="places.requests", title="Open requests to providers; see those they have to do with",
           about=About.NOTHING, to=OFFICERS | DESK | PROVIDERS | ERASERS, child_level=True),
    Action(id="places.enter", title="Enter referrals and ask providers", about=About.NOTHING, to=OFFICERS | DESK),
    Action(id="places.read", title="Read referrals of their authority's children", about=About.AUTHORITY,
           to=OFFICERS | DESK | ERASERS, child_level=True),
    Action(id="places.work", title="Work on referrals of their authority's children", about=About.AUTHORITY,
           to=OFFICERS | DESK),
    Action(id="places.answer", title="Answer what their provider is asked", about=About.ORGANISATION, to=PROVIDERS,
           child_level=True),
    Action(id="places.asked", title="See what their provider is asked", about=About.NOTHING, to=PROVIDERS,
           child_level=True),
    Action(id="places.erase", title="Erase what is kept of a referral", about=About.AUTHORITY, to=ERASERS,
           child_level=True),
    Action(id="places.open", title="See how many places are needed, who refuses, and the register of homes",
           about=About.NOTHING, to=READERS),
    Action(id="places.adopt", title="Adopt a priority rule for the desk", about=About.NOTHING,
           to=DESK | to(Kind.REGION, "commissioner")),
    Action(id="places.alone", title="See what their authority would pay, and whether it were better off alone",
           about=About.AUTHORITY, to=PAYERS),
)  # fmt: skip

MENU = (
    MenuItem("Placement desk", "places-desk", "places.desk", order=58),
    MenuItem("Asked of us", "places-asked", "places.asked", order=58),
    MenuItem("Places", "places", "places.open", order=59),
)

OPEN = Route(action="places.open")
ROUTES: dict[str, Route] = {
    **routes.register_routes(_REFERRAL, read="places.desk", enter="places.enter", about_place=False),
    **routes.register_routes(_REQUEST, read="places.requests", enter="places.enter", about_place=False),
    "places-desk": Route(action="places.desk"),
    "referral-ask": Route(action="places.enter"),
    "places-asked": Route(action="places.asked"),
    "places-matching": Route(action="places.desk"),
    "referral-match": Route(action="places.enter"),
    "places": OPEN,
    "places-rules": OPEN,
    "places-adopt": Route(action="places.adopt"),
    **{
        f"places-{name}{end}": OPEN
        for name in ("sizing", "shares", "register", "refusals", "fairness", "paper")
        for end in ("", "-csv")
    },
    "places-alone": Route(action="places.alone", place="gss"),
    "places-alone-csv": Route(action="places.alone", place="gss", records="exported"),
}
