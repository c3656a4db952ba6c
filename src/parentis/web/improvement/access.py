"""Who sees benchmarks, who explains and votes, who plans challenges, and who reads what was found in one."""

from parentis.web.cases import routes
from parentis.web.improvement.case_types import ACTION, CHALLENGE
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

LEADS = to((Kind.AUTHORITY, Kind.REGION), "improvement-lead") | to(Kind.AUTHORITY, "director")
READERS = LEADS | to((Kind.AUTHORITY, Kind.REGION), "analyst", "commissioner", "treasurer", "data-protection")

ACTIONS = (
    Action(id="improvement.open", title="See every borough against others", about=About.NOTHING, to=READERS),
    Action(id="improvement.read", title="Read peer challenges and their actions", about=About.AUTHORITY, to=READERS),
    Action(id="improvement.explain", title="Explain a measure of their authority", about=About.AUTHORITY, to=LEADS),
    Action(
        id="improvement.vote", title="Cast their authority's ballot on priorities", about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "director"),
    ),
    Action(id="improvement.challenge", title="Plan and work on challenges", about=About.AUTHORITY, to=LEADS),
    Action(
        id="improvement.findings", title="Read what a challenge found", about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "improvement-lead", "director"),
    ),
    Action(
        id="improvement.match", title="Match hosts and teams", about=About.NOTHING,
        to=to(Kind.REGION, "improvement-lead"),
    ),
    Action(
        id="improvement.answer", title="Own a difference between collected, derived and published values",
        about=About.AUTHORITY, to=to(Kind.AUTHORITY, "director", "improvement-lead", "analyst"),
    ),
    Action(
        id="improvement.rows", title="See which rows of their return a derived indicator counts", about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "improvement-lead", "analyst", "data-protection"),
    ),
    Action(
        id="improvement.rebase", title="Begin a series of their authority anew", about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "improvement-lead", "analyst"),
    ),
    Action(
        id="improvement.rebase-all", title="Begin every authority's series of a measure anew", about=About.NOTHING,
        to=to(Kind.REGION, "analyst"),
    ),
    Action(
        id="improvement.declare", title="Declare conflicts of interest of their peer team", about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "director", "improvement-lead"),
    ),
    Action(
        id="improvement.erase", title="Erase what was said in a challenge", about=About.AUTHORITY,
        to=to((Kind.AUTHORITY, Kind.REGION), "data-protection"),
    ),
)  # fmt: skip

MENU = (MenuItem("My borough", "improvement", "improvement.open", order=5),)

OPEN = Route(action="improvement.open")
ROUTES: dict[str, Route] = {
    "improvement": OPEN,
    "improvement-wall": OPEN,
    "improvement-wall-csv": Route(action="improvement.open", records="exported"),
    "improvement-measure": OPEN,
    "improvement-chart": OPEN,
    "improvement-measure-csv": Route(action="improvement.open", records="exported"),
    "improvement-priorities": OPEN,
    "improvement-impact": OPEN,
    "improvement-explain": Route(action="improvement.explain", place="gss"),
    "improvement-reconciliation": OPEN,
    "improvement-neighbours": OPEN,
    "improvement-conflicts": OPEN,
    "improvement-difference": Route(action="improvement.answer", place="gss"),
    "improvement-rows": Route(action="improvement.rows", place="gss", records="exported"),
    "improvement-rebase": Route(action="improvement.rebase", place="gss"),
    "improvement-rebase-all": Route(action="improvement.rebase-all"),
    "improvement-conflict": Route(action="improvement.declare", place="gss"),
    "improvement-conflict-end": Route(action="improvement.declare", place="gss"),
    "improvement-ballot": Route(action="improvement.vote", place="gss"),
    "improvement-matching": Route(action="improvement.match"),
    "improvement-start-challenge": Route(action="improvement.match"),
    **routes.register_routes(CHALLENGE, read="improvement.read", enter="improvement.challenge"),
    **routes.register_routes(ACTION, read="improvement.read", enter="improvement.challenge"),
}
