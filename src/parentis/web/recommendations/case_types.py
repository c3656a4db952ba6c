"""A recommendation as a kind of case, and what is known of one.

How soon one is to be acted on counts from the day its report was published. The classes are those of HMIC's inspection
of child protection in the Metropolitan Police (25 November 2016): at once, within three months, within six. One without
a period is late from the day after publication.
"""

from parentis.region import Term, Unit
from parentis.services import Ref
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Meetings, Register

KIND = "recommendation"
DUE = "due"
"The name of its one clock."
AGREE = "agree"
"The permission to agree that it is done: not for those who did it."

MACHINE = Machine(
    states=(
        State("open", "Not begun"),
        State("in-hand", "In hand"),
        State("put-forward", "Put forward as done"),
        State("done", "Done", closed=True),
        State("superseded", "Superseded", closed=True),
    ),
    moves=(
        Move(id="begin", title="Begin", sources=("open",), target="in-hand"),
        Move(id="put-forward", title="Put forward as done", sources=("open", "in-hand"), target="put-forward",
             requires_reason=True, tell=AGREE),
        Move(id="agree", title="Agree that it is done", sources=("put-forward",), target="done", permission=AGREE,
             completes_clocks=(DUE,), tell=EDIT),
        Move(id="send-back", title="Send back", sources=("put-forward",), target="in-hand", permission=AGREE,
             requires_reason=True, tell=EDIT),
        Move(id="reopen", title="Reopen", sources=("done", "superseded"), target="in-hand", permission=AGREE,
             requires_reason=True, restarts_clocks=(DUE,), tell=EDIT),
        Move(id="supersede", title="Mark as superseded", sources=("open", "in-hand", "put-forward"),
             target="superseded", permission=AGREE, requires_reason=True, completes_clocks=(DUE,), tell=EDIT),
    ),
)  # fmt: skip

DEADLINES = {"immediate": "Immediately", "3-months": "Within 3 months", "6-months": "Within 6 months"}
TERMS = {"immediate": Term(0, Unit.DAYS), "3-months": Term(3, Unit.MONTHS), "6-months": Term(6, Unit.MONTHS)}

# What a published report says is no secret, and stays when what was said of it is erased.
REGISTER = Register(
    title="Recommendations",
    name="recommendations",
    heading="Recommendation {number}",
    place="To",
    footprints={"bcu": "Police commands"},
    fields=(
        Field(id="report", label="Report", searched=True, erased=False),
        Field(id="inspectorate", label="Inspectorate", longest=100, erased=False),
        Field(id="published_on", label="Published on", type=FieldType.DAY, heading="Published", erased=False,
              help="The deadline is counted from this date."),
        Field(id="link", label="Where it is published", type=FieldType.LINK, required=False, heading=None,
              erased=False),
        Field(id="number", label="Number", short="No.", longest=20, listed=True, erased=False,
              help="The number in the report."),
        Field(id="text", label="Recommendation", type=FieldType.TEXT, listed=True, searched=True, erased=False),
        Field(id="deadline", label="Deadline", type=FieldType.CHOICE, choices=DEADLINES, filtered=True, erased=False),
        Field(id="owners", label="Owners", longest=300, listed=True, searched=True, erased=False,
              help="The posts responsible for it."),
    ),
    key=("report", "published_on", "number"),
    lead="text",
    under="report",
    clocks=(ClockRule(name=DUE, title="Due", starts="published_on", by="deadline", terms=TERMS),),
    edits=(
        Edit(id="owners", title="Change the owners", done="Owners changed.", fields=("owners",)),
        Edit(id="text", title="Correct the text", done="Text changed.", fields=("number", "text"), reason=True),
    ),
    comments="evidence",
    meetings=Meetings(
        states={"put-forward": ("To be agreed", "Put forward as done by their owners.")},
        tables=Ref("parentis.web.recommendations.gradings:pack_tables"),
    ),
    tabs=(("Gradings", "gradings"),),
)  # fmt: skip

RECOMMENDATION = CaseType(
    id=KIND,
    title="Recommendation",
    machine=MACHINE,
    detail_url="recommendation",
    permissions={
        VIEW: "recommendations.read-authority",
        EDIT: "recommendations.work-authority",
        AGREE: "recommendations.agree-authority",
        ERASE: "recommendations.forget",
    },
    of_footprint={
        VIEW: "recommendations.read",
        EDIT: "recommendations.work-police",
        AGREE: "recommendations.agree-police",
        ERASE: "recommendations.forget",
    },
    comment_types={"evidence": "Evidence", "commented": "Comment"},
    stop_reasons={
        "inspectorate": "The inspectorate agreed to wait",
        "court": "A court or a prosecution comes first",
        "other-body": "Waiting for another body",
    },
    register=REGISTER,
)

CASE_TYPES = (RECOMMENDATION,)
