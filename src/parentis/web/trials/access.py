"""Who drafts, freezes, allocates, analyses and decides. Concealment: arms are seen only after allocation, by evaluation
leads, of their own boroughs; whoever hands in outcomes does not see them."""

from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind
from parentis.web.trials.case_types import KIND, TRIAL

BOTH = (Kind.AUTHORITY, Kind.REGION)
LEADS = to(BOTH, "evaluation-lead")
DIRECTORS = to(Kind.AUTHORITY, "director")
DRAFTERS = LEADS | DIRECTORS | to(BOTH, "analyst", "commissioner", "improvement-lead")
ERASERS = to(BOTH, "data-protection")
READERS = DRAFTERS | ERASERS | to(BOTH, "treasurer")

ACTIONS = (
    Action(id="trials.open", title="See the region's evidence cards, and the design room", about=About.NOTHING,
           to=READERS),
    Action(id="trials.read", title="Read protocols, logs and results of trials", about=About.AUTHORITY, to=READERS),
    Action(id="trials.draft", title="Draft a trial's protocol", about=About.AUTHORITY, to=DRAFTERS),
    Action(id="trials.freeze", title="Freeze, amend and close a trial's protocol", about=About.AUTHORITY, to=LEADS),
    Action(id="trials.allocate", title="Allocate, and reveal the seed", about=About.AUTHORITY, to=LEADS),
    Action(id="trials.arms", title="See which arm was allocated, after it was", about=About.AUTHORITY, to=LEADS,
           child_level=True),
    Action(id="trials.outcomes", title="Hand in outcomes of a trial", about=About.AUTHORITY,
           to=LEADS | to(BOTH, "analyst")),
    Action(id="trials.analyse", title="Analyse a trial at a planned look", about=About.AUTHORITY, to=LEADS),
    Action(id="trials.decide", title="Decide to stop, go on or scale up, with a second director", about=About.AUTHORITY,
           to=DIRECTORS),
    Action(id="trials.stop", title="Stop a trial for harm at once", about=About.AUTHORITY, to=LEADS | DIRECTORS),
    Action(id="trials.erase", title="Erase what is kept of a trial's families", about=About.AUTHORITY, to=ERASERS),
)  # fmt: skip

MENU = (MenuItem("Trials", "trials-start", "trials.open", order=62),)

OPEN = Route(action="trials.open")
_of = routes.place_of(KIND)
ROUTES: dict[str, Route] = {
    **routes.register_routes(TRIAL, read="trials.read", enter="trials.draft"),
    "trials-start": OPEN,
    "trials-design": OPEN,
    "trials-design-csv": OPEN,
    "trials-simulate": OPEN,
    "trials-cards": OPEN,
    "trials-cards-csv": Route(action="trials.open", records="exported"),
    "trials-cards-json": Route(action="trials.open", records="exported"),
    "trials-card": OPEN,
    "trial-freeze": Route(action="trials.freeze", place=_of),
    "trial-plan": Route(action="trials.read", place=_of),
    "trial-plan-text": Route(action="trials.read", place=_of),
    "trial-allocation": Route(action="trials.read", place=_of),
    "trial-allocate": Route(action="trials.allocate", place=_of),
    "trial-arms": Route(action="trials.arms", place=_of),
    "trial-reveal": Route(action="trials.allocate", place=_of),
    "trial-log": Route(action="trials.read", place=_of, records="exported"),
    "trial-analysis": Route(action="trials.read", place=_of),
    "trial-outcomes": Route(action="trials.outcomes", place=_of),
    "trial-analyse": Route(action="trials.analyse", place=_of),
    "trial-result-csv": Route(action="trials.read", place=_of, records="exported"),
}
