"""Permissions of prevention: to read the catalogue and promises, to write, support and agree bids, to record checks."""

from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind
from parentis.web.prevention.case_types import BID, BID_TYPE, PROMISE_TYPE

BOTH = (Kind.AUTHORITY, Kind.REGION)
MANAGERS = to(BOTH, "programme-manager")
TREASURERS = to(BOTH, "treasurer") | to(Kind.AUTHORITY, "section-151")
BOARD = to(BOTH, "investment-board")
OFFICERS = to(BOTH, "data-protection")
READERS = MANAGERS | TREASURERS | BOARD | to(BOTH, "analyst", "commissioner") | to(Kind.AUTHORITY, "director")

ACTIONS = (
    Action(id="prevention.open", title="Read the catalogue of prevention, and how promises come true",
           about=About.NOTHING, to=READERS),
    Action(id="prevention.bids", title="Read their authority’s bids", about=About.AUTHORITY, to=READERS | OFFICERS),
    Action(id="prevention.write", title="Write bids and have them worked out", about=About.AUTHORITY, to=MANAGERS),
    Action(id="prevention.support", title="Support a bid, or send it back", about=About.AUTHORITY, to=TREASURERS),
    Action(id="prevention.decide", title="Agree or refuse a bid", about=About.AUTHORITY, to=BOARD),
    Action(id="prevention.promises", title="Read their authority’s promises", about=About.AUTHORITY,
           to=READERS | OFFICERS),
    Action(id="prevention.check", title="Record the check of a promise", about=About.AUTHORITY,
           to=MANAGERS | TREASURERS),
    Action(id="prevention.erase", title="Erase what was written about a bid or a promise", about=About.AUTHORITY,
           to=OFFICERS),
)  # fmt: skip

MENU = (MenuItem("Prevention", "prevention", "prevention.open", order=37),)

OPEN = Route(action="prevention.open")
OF_BID = Route(action="prevention.bids", place=routes.place_of(BID))
ROUTES: dict[str, Route] = {
    "prevention": OPEN,
    "prevention-catalogue-csv": Route(action="prevention.open", records="exported"),
    "prevention-entry": OPEN,
    "prevention-portfolio": Route(action="prevention.bids"),
    "prevention-portfolio-work-out": Route(action="prevention.write", place="gss"),
    "prevention-portfolio-csv": Route(action="prevention.bids", records="exported"),
    "prevention-portfolio-picture": Route(action="prevention.bids"),
    "prevention-promises": OPEN,
    "prevention-promises-csv": Route(action="prevention.open", records="exported"),
    "prevention-promises-picture": OPEN,
    "bid-work-out": Route(action="prevention.write", place=routes.place_of(BID)),
    "bid-answer": OF_BID,
    "bid-conditions": OF_BID,
    "bid-picture": OF_BID,
    "bid-table": Route(action="prevention.bids", place=routes.place_of(BID), records="exported"),
    "bid-trial": OF_BID,
    **routes.register_routes(BID_TYPE, read="prevention.bids", enter="prevention.write"),
    **routes.register_routes(PROMISE_TYPE, read="prevention.promises", enter="prevention.check"),
}
