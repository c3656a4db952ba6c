"""A trial as a type of case: its protocol's fields, and the way from a draft to a decision.

The fields are those of the protocol's own form (`services.trials.protocol.form`), so that the site and the plan cannot
differ. They change in a draft and while an amendment is written; what is frozen is a version of its own
(`models.ProtocolVersion`), never overwritten. A second person freezes, and a second director decides.
"""

from collections.abc import Mapping

from parentis.services import Ref
from parentis.services.trials.protocol import form
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import Edit, Field, FieldType, Register

KIND = "trial"
FREEZE, ALLOCATE, DECIDE, STOP = "freeze", "allocate", "decide", "stop"
HAND_IN, ANALYSE = "outcomes", "analyse"
BOROUGH = "borough"
"The role of a borough that takes part."

WRITABLE = ("draft", "amending")
"States in which the protocol's fields may change."
UNDER_WAY = ("frozen", "allocating", "running")

MACHINE = Machine(
    states=(
        State("draft", "Draft"),
        State("proposed", "Waits to be frozen", waits_for=FREEZE),
        State("frozen", "Frozen, nothing allocated under this version"),
        State("allocating", "Allocating"),
        State("running", "Running"),
        State("amending", "Paused while an amendment is written"),
        State("stop-proposed", "Stop proposed, waits for a second director", waits_for=DECIDE),
        State("go-on-proposed", "Going on proposed, waits for a second director", waits_for=DECIDE),
        State("analysed", "Analysed, waits for a decision", waits_for=DECIDE),
        State("scale-proposed", "Scaling up proposed, waits for a second director", waits_for=DECIDE),
        State("end-proposed", "Not scaling up proposed, waits for a second director", waits_for=DECIDE),
        State("scaled", "Finished: to be scaled up", closed=True),
        State("ended", "Finished: not to be scaled up", closed=True),
        State("stopped", "Stopped early", closed=True),
        State("harm-stopped", "Stopped for harm", closed=True),
        State("abandoned", "Abandoned", closed=True),
    ),
    moves=(
        Move(id="propose", title="Propose for freezing", sources=("draft", "amending"), target="proposed",
             requires_reason=True, reason="Why this version is ready, or what the amendment changes and why",
             tell=FREEZE, apply=Ref("parentis.web.trials.protocols:require_complete"),
             done="Protocol proposed for freezing."),
        Move(id="send-back", title="Send back", sources=("proposed",), target="draft", permission=FREEZE,
             requires_reason=True, tell=EDIT, apply=Ref("parentis.web.trials.protocols:require_no_version")),
        Move(id="send-back-amendment", title="Send the amendment back", sources=("proposed",), target="amending",
             permission=FREEZE, requires_reason=True, tell=EDIT,
             apply=Ref("parentis.web.trials.protocols:require_a_version")),
        Move(id="freeze", title="Freeze", sources=("proposed",), target="frozen", permission=FREEZE,
             not_by=("propose",), tell=EDIT, apply=Ref("parentis.web.trials.frozen_protocols:require_frozen_now"),
             done="Protocol frozen."),
        Move(id="amend", title="Amend the protocol", sources=UNDER_WAY, target="amending", permission=FREEZE,
             requires_reason=True, reason="What is to change, and why",
             help="Nothing can be allocated or analysed until the new version is frozen.", tell=EDIT),
        Move(id="allocate", title="Begin to allocate", sources=("frozen",), target="allocating", permission=ALLOCATE,
             apply=Ref("parentis.web.trials.allocations:require_commitment"), done="Allocation begun."),
        Move(id="run", title="Begin the trial", sources=("allocating", "frozen"), target="running", permission=ALLOCATE,
             apply=Ref("parentis.web.trials.allocations:require_allocation"), tell=EDIT, done="The trial is running."),
        Move(id="finish", title="Close for a decision", sources=("running",), target="analysed", permission=FREEZE,
             apply=Ref("parentis.web.trials.analyses:require_final"), tell=DECIDE, done="Waiting for a decision."),
        Move(id="stop-for-harm", title="Stop for harm", sources=UNDER_WAY, target="harm-stopped", permission=STOP,
             requires_reason=True, reason="What harm was seen, in numbers", help="Do not name a child.", tell=DECIDE,
             done="The trial is stopped for harm."),
        Move(id="propose-stop", title="Propose to stop early", sources=("running",), target="stop-proposed",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="confirm-stop", title="Confirm the stop", sources=("stop-proposed",), target="stopped",
             permission=DECIDE, not_by=("propose-stop",), tell=EDIT),
        Move(id="propose-go-on", title="Propose to go on", sources=("running",), target="go-on-proposed",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="confirm-go-on", title="Confirm going on", sources=("go-on-proposed",), target="running",
             permission=DECIDE, not_by=("propose-go-on",), tell=EDIT, done="The trial goes on."),
        Move(id="refuse", title="Disagree", sources=("stop-proposed", "go-on-proposed"), target="running",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="propose-scale", title="Propose to scale up", sources=("analysed",), target="scale-proposed",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="confirm-scale", title="Confirm scaling up", sources=("scale-proposed",), target="scaled",
             permission=DECIDE, not_by=("propose-scale",), tell=EDIT),
        Move(id="propose-end", title="Propose not to scale up", sources=("analysed",), target="end-proposed",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="confirm-end", title="Confirm not scaling up", sources=("end-proposed",), target="ended",
             permission=DECIDE, not_by=("propose-end",), tell=EDIT),
        Move(id="disagree", title="Disagree", sources=("scale-proposed", "end-proposed"), target="analysed",
             permission=DECIDE, requires_reason=True, tell=DECIDE),
        Move(id="abandon", title="Abandon", sources=("draft", "amending", "proposed", *UNDER_WAY), target="abandoned",
             permission=FREEZE, requires_reason=True,
             reason="Why the trial is given up",
             help="A trial that was frozen keeps its card, which shows this reason. Do not name a child.", tell=DECIDE),
    ),
)  # fmt: skip

_TYPES: Mapping[str, FieldType] = {
    "text": FieldType.LINE,
    "long": FieldType.TEXT,
    "choice": FieldType.CHOICE,
    "whole": FieldType.NUMBER,
    "number": FieldType.LINE,
    "date": FieldType.DAY,
    "list": FieldType.LINE,
}
_HELP = {
    "reference": "Lower-case letters, digits and hyphens, as family-group-conferences. It cannot change later.",
    "boroughs": "Names or ONS codes, with commas. The first need not be the lead.",
}
_LONGEST = {"reference": 40, "title": 150, "boroughs": 2000}
_LISTED = ("title", "population", "design")
_NEEDED = ("reference", "title", "question")
"What a draft cannot be without. The rest is needed before it is frozen."
NAMES: Mapping[str, str] = {
    one.name.replace(".", "_") if one.name != "id" else "reference": one.name for one in form.FIELDS
}
"Id of a case's field to the name of the field of the protocol's form."
SUBJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("question", "the question and the population", ("title", "question", "estimand", "population")),
    ("arms", "the two ways", ("arms_0_name", "arms_0_what", "arms_0_cost", "arms_1_name", "arms_1_what", "arms_1_cost",
                             "replaces")),
    ("outcome", "the outcome and the harm rule", (
        "outcome_measure", "outcome_kind", "outcome_better", "outcome_months", "outcome_baseline", "outcome_expected",
        "harm_measure", "harm_at_most", "harm_then")),
    ("design", "the design and the timing", ("design", "unit", "boroughs", "timing_starts", "timing_periods",
                                            "timing_months", "timing_steps", "allocation")),
    ("analysis", "the analysis, looks and stopping rule", (
        "analysis_method", "analysis_icc", "analysis_cac", "analysis_level", "looks", "stopping_rule",
        "stopping_benefit", "stopping_futility")),
    ("papers", "the references of its papers", ("dpia", "ethics")),
)  # fmt: skip
"The pages on which fields are changed: id, what they change, fields. A test holds that no field is left out."


def _field(name: str, declared: form.Field) -> Field:
    kind = FieldType.TEXT if name == "boroughs" else _TYPES[declared.kind]
    return Field(
        id=name,
        label=declared.title,
        type=kind,
        help=_HELP.get(name, declared.hint),
        required=name in _NEEDED,
        longest=_LONGEST.get(name, 0),
        choices={one: one.capitalize() for one in declared.choices},
        entered=name in (*_NEEDED, "population", "design"),
        erased=False,
        listed=name in _LISTED,
        filtered=name == "design",
        searched=name in ("title", "population"),
    )


_DECLARED = {one.name: one for one in form.FIELDS}
FIELDS = (
    *(_field(name, _DECLARED[dotted]) for name, dotted in NAMES.items()),
    Field(
        id="source", label="Where the draft came from", required=False, entered=False, heading=None, erased=False,
        help="Filled in where another service handed the draft over.",
    ),
)  # fmt: skip

TRIAL = CaseType(
    id=KIND,
    title="Trial",
    detail_url="trial",
    list_url="trials",
    machine=MACHINE,
    permissions={
        VIEW: "trials.read",
        EDIT: "trials.draft",
        FREEZE: "trials.freeze",
        ALLOCATE: "trials.allocate",
        DECIDE: "trials.decide",
        STOP: "trials.stop",
        HAND_IN: "trials.outcomes",
        ANALYSE: "trials.analyse",
        ERASE: "trials.erase",
    },
    participant_roles=(
        ParticipantRole(BOROUGH, "Borough that takes part", {VIEW: "trials.read", DECIDE: "trials.decide"}),
    ),
    entry_titles={
        "protocol-frozen": "Version frozen",
        "seed-committed": "Seed committed",
        "allocated": "Allocated",
        "outcomes-added": "Outcomes handed in",
        "looked": "Analysed",
        "seed-revealed": "Seed revealed",
    },
    verify=Ref("parentis.web.trials.frozen_protocols:verify"),
    erase=Ref("parentis.web.trials.allocations:erase"),
    register=Register(
        title="Trials",
        name="trials",
        heading="Trial {reference}",
        place="Lead",
        fields=FIELDS,
        key=("reference",),
        lead="title",
        edits=tuple(
            Edit(id=f"edit-{name}", title=f"Change {what}", done=f"Changed {what}.", fields=fields, states=WRITABLE)
            for name, what, fields in SUBJECTS
        ),
        tabs=(("Evidence cards", "trials-cards"), ("Design room", "trials-design")),
        context=Ref("parentis.web.trials.case_page:context"),
        template="trials/case.html",
        workbook=False,
    ),
)

CASE_TYPES = (TRIAL,)
