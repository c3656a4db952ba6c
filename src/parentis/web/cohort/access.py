"""Permissions of the older cohort: its counts, its definition, early identification where it is switched on."""

from parentis.web.cases import routes
from parentis.web.cohort.case_types import ASSESSMENT, OBJECTION
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

_WORKERS = to(Kind.AUTHORITY, "edge-of-care-lead", "practice-lead")
_REGION = to(Kind.REGION, "analyst", "commissioner", "improvement-lead")
_OFFICERS = to(Kind.AUTHORITY, "data-protection")
_READERS = (
    _WORKERS
    | _REGION
    | _OFFICERS
    | to(Kind.AUTHORITY, "analyst", "director", "commissioner", "treasurer", "evaluation-lead")
    | to(Kind.REGION, "data-protection", "evaluation-lead")
)
_DIRECTORS = to(Kind.AUTHORITY, "director")

ACTIONS = (
    Action(id="cohort.open", title="See the older cohort and its definition", about=About.NOTHING, to=_READERS),
    Action(
        id="cohort.define",
        title="Propose a new version of the cohort's definition, or have one counted on another day",
        about=About.NOTHING,
        to=_WORKERS | _REGION | to(Kind.AUTHORITY, "analyst", "director"),
    ),
    Action(
        id="cohort.accept",
        title="Accept a version of the cohort's definition that somebody else proposed",
        about=About.NOTHING,
        to=_REGION | _DIRECTORS | to(Kind.AUTHORITY, "practice-lead"),
    ),
    Action(
        id="cohort.evaluation",
        title="See how well early identification does beside a rule",
        about=About.NOTHING,
        to=_WORKERS
        | _REGION
        | _OFFICERS
        | to(Kind.AUTHORITY, "analyst", "director")
        | to(Kind.REGION, "data-protection"),
    ),
    Action(
        id="cohort.child",
        title="See what early identification says of a child of their authority, and object to it",
        about=About.AUTHORITY,
        to=_WORKERS,
        child_level=True,
    ),
    Action(
        id="cohort.objections",
        title="Read objections to what early identification says of their authority's children",
        about=About.AUTHORITY,
        to=_WORKERS | _OFFICERS,
        child_level=True,
    ),
    Action(
        id="cohort.objection.decide",
        title="Decide on a worker's objection to what early identification says of a child",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "practice-lead"),
        child_level=True,
    ),
    Action(
        id="cohort.assessments",
        title="Open the register of assessments of early identification",
        about=About.NOTHING,
        to=_WORKERS | _OFFICERS | _DIRECTORS,
    ),
    Action(
        id="cohort.assessment.read",
        title="Read their authority's assessments of early identification",
        about=About.AUTHORITY,
        to=_WORKERS | _OFFICERS | _DIRECTORS,
    ),
    Action(
        id="cohort.assessment.file",
        title="File an assessment of early identification, and switch it off",
        about=About.AUTHORITY,
        to=_OFFICERS | _DIRECTORS,
    ),
    Action(
        id="cohort.assessment.switch",
        title="Switch early identification on for their authority",
        about=About.AUTHORITY,
        to=_DIRECTORS,
    ),
    Action(id="cohort.erase", title="Erase what was said of early identification", about=About.AUTHORITY, to=_OFFICERS),
)

MENU = (MenuItem("Older cohort", "cohort", "cohort.open", order=37),)

OPEN, DEFINE = Route(action="cohort.open"), Route(action="cohort.define")
ROUTES: dict[str, Route] = {
    "cohort": OPEN,
    "cohort-part": OPEN,
    "cohort-csv": Route(action="cohort.open", records="exported"),
    "cohort-replay": OPEN,
    "cohort-replay-ask": DEFINE,
    "cohort-definitions": OPEN,
    "cohort-definition-file": Route(action="cohort.open", records="downloaded"),
    "cohort-definition-new": DEFINE,
    "cohort-definition-decide": Route(action="cohort.accept"),
    "cohort-evaluation": Route(action="cohort.evaluation"),
    "cohort-evaluation-csv": Route(action="cohort.evaluation", records="exported"),
    "cohort-find": Route(action="cohort.child", place="gss"),
    "cohort-child": Route(action="cohort.child", place="gss"),
    "cohort-object": Route(action="cohort.child", place="gss", records="changed"),
    **routes.register_routes(ASSESSMENT, read="cohort.assessments", enter="cohort.assessment.file", about_place=False),
    **routes.register_routes(OBJECTION, read="cohort.objections", enter="cohort.child"),
}
