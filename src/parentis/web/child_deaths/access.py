"""Who reads and works on the deaths of a partnership's children, and who sees the service's results."""

from parentis.web.cases import routes
from parentis.web.child_deaths.case_types import CASE_TYPES
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

_DEATH, _ACTION = CASE_TYPES
MANAGER, DOCTOR, CHAIR = (to(Kind.CHILD_DEATHS, role) for role in ("panel-manager", "designated-doctor", "panel-chair"))
PARTNERSHIP = MANAGER | DOCTOR | CHAIR
BOROUGH = to(Kind.AUTHORITY, "child-death-contact")
POLICE = to(Kind.POLICE, "child-death-investigator")
REGION = to(Kind.REGION, "child-death-lead")

ACTIONS = (
    Action(id="child-deaths.open", title="Open the register of child deaths; see those they have to do with",
           about=About.NOTHING, to=PARTNERSHIP | BOROUGH | POLICE, child_level=True),
    Action(id="child-deaths.read", title="See their partnership's child deaths", about=About.AUTHORITY,
           to=PARTNERSHIP, child_level=True),
    Action(id="child-deaths.child", title="See what is sealed of a child of their partnership", about=About.AUTHORITY,
           to=PARTNERSHIP, child_level=True),
    Action(id="child-deaths.work", title="Enter and work on their partnership's child deaths, lessons and actions",
           about=About.AUTHORITY, to=MANAGER | DOCTOR),
    Action(id="child-deaths.enter", title="Enter child deaths, lessons, panels and minutes", about=About.NOTHING,
           to=MANAGER | DOCTOR),
    Action(id="child-deaths.meet", title="Hold the joint agency response and the review meeting",
           about=About.AUTHORITY, to=DOCTOR | MANAGER, child_level=True),
    Action(id="child-deaths.review", title="Complete a review; agree that an action held", about=About.AUTHORITY,
           to=CHAIR, child_level=True),
    Action(id="child-deaths.own", title="See the deaths of their authority's children", about=About.AUTHORITY,
           to=BOROUGH, child_level=True),
    Action(id="child-deaths.police", title="See child deaths in their command, and record the joint response",
           about=About.AUTHORITY, to=POLICE, child_level=True),
    Action(id="child-deaths.erase", title="Erase what is kept of a child death", about=About.AUTHORITY,
           to=MANAGER, child_level=True),
    Action(id="child-deaths.lessons", title="Read lessons and actions of child death reviews", about=About.AUTHORITY,
           to=PARTNERSHIP),
    Action(id="child-deaths.lessons-open", title="Open the register of lessons and actions", about=About.NOTHING,
           to=PARTNERSHIP),
    Action(id="child-deaths.inside", title="See the signals and themes of child deaths as they are",
           about=About.NOTHING, to=PARTNERSHIP),
    Action(id="child-deaths.judge", title="Say what an alarm turned out to be", about=About.NOTHING,
           to=DOCTOR | CHAIR),
    Action(id="child-deaths.budget", title="Change how many false alarms the signals may give a year",
           about=About.NOTHING, to=CHAIR),
    Action(id="child-deaths.released", title="See the released picture of child deaths: footprints, levels, signals "
           "by the quarter", about=About.NOTHING, to=PARTNERSHIP | REGION | POLICE),
)  # fmt: skip

MENU = (
    MenuItem("Child deaths", "child-deaths-today", "child-deaths.open", order=62),
    MenuItem("Child death review", "child-death-review", "child-deaths.released", order=63),
)

INSIDE, RELEASED = Route(action="child-deaths.inside"), Route(action="child-deaths.released")
ROUTES: dict[str, Route] = {
    **routes.register_routes(_DEATH, read="child-deaths.open", enter="child-deaths.enter", about_place=False),
    **routes.register_routes(_ACTION, read="child-deaths.lessons-open", enter="child-deaths.enter", about_place=False),
    "child-deaths-today": Route(action="child-deaths.open"),
    "child-death-review": RELEASED,
    "child-death-footprints": RELEASED,
    "child-death-footprints-csv": RELEASED,
    "child-death-level": RELEASED,
    "child-death-level-csv": RELEASED,
    "child-death-police": RELEASED,
    "child-death-signals": RELEASED,
    "child-death-signals-csv": RELEASED,
    "child-death-judge": Route(action="child-deaths.judge"),
    "child-death-budget": Route(action="child-deaths.budget"),
    "child-death-themes": INSIDE,
    "child-death-themes-csv": INSIDE,
}
