"""Two kinds of case: the assessment that must be filed before early identification is switched on, and a worker's
objection to what it says of a child."""

from parentis.web.cases.declarations import EDIT, ERASE, OPENED, VIEW, CaseType, Machine, Move, State
from parentis.web.cases.fields import Field, FieldType, Register

ASSESSMENT_KIND, OBJECTION_KIND = "cohort-assessment", "cohort-objection"
SWITCH, DECIDE, SEE = "switch", "decide", "see"
ON = "on"
"The state of an assessment in which early identification is on for its authority."
HIDING = ("raised", "upheld")
"States of an objection in which the child's page shows no chance."

ASSESSMENT = CaseType(
    id=ASSESSMENT_KIND,
    title="Assessment of early identification",
    detail_url="cohort-assessment",
    machine=Machine(
        states=(
            State("filed", "Filed, not switched on", waits_for=SWITCH),
            State(ON, "Switched on"),
            State("off", "Switched off", closed=True),
        ),
        moves=(
            Move(
                id="switch-on",
                title="Switch on",
                sources=("filed",),
                target=ON,
                permission=SWITCH,
                requires_reason=True,
                done="Early identification is switched on.",
                tell=EDIT,
            ),
            Move(
                id="switch-off",
                title="Switch off",
                sources=("filed", ON),
                target="off",
                permission=EDIT,
                requires_reason=True,
                done="Early identification is switched off.",
                tell=SWITCH,
            ),
        ),
    ),
    permissions={
        VIEW: "cohort.assessment.read",
        EDIT: "cohort.assessment.file",
        SWITCH: "cohort.assessment.switch",
        ERASE: "cohort.erase",
    },
    register=Register(
        title="Assessments of early identification",
        name="cohort-assessments",
        heading="Assessment {reference}",
        place="Authority",
        fields=(
            Field(
                id="reference",
                label="Reference of the data protection impact assessment",
                short="Reference",
                listed=True,
                erased=False,
                longest=60,
                example="DPIA-17",
            ),
            Field(id="filed_on", label="Filed on", type=FieldType.DAY, listed=True),
            Field(id="review_by", label="To be reviewed by", type=FieldType.DAY, listed=True),
            Field(
                id="basis", label="Legal basis", type=FieldType.TEXT, help="Which law lets you show it, and to whom."
            ),
            Field(id="document", label="Where the assessment is kept", required=False),
        ),
        key=("reference",),
        workbook=False,
    ),
)

OBJECTION = CaseType(
    id=OBJECTION_KIND,
    title="Objection",
    detail_url="cohort-objection",
    machine=Machine(
        states=(
            State("raised", "Raised; nothing is shown of the child", waits_for=DECIDE),
            State("upheld", "Upheld; nothing is shown of the child", closed=True),
            State("answered", "Answered; shown again", closed=True),
        ),
        moves=(
            Move(
                id="uphold",
                title="Uphold the objection",
                sources=("raised",),
                target="upheld",
                permission=DECIDE,
                not_by=(OPENED,),
                requires_reason=True,
                tell=EDIT,
            ),
            Move(
                id="answer",
                title="Answer, and show the page again",
                sources=("raised", "upheld"),
                target="answered",
                permission=DECIDE,
                not_by=(OPENED,),
                requires_reason=True,
                tell=EDIT,
            ),
        ),
    ),
    permissions={
        VIEW: "cohort.objections",
        EDIT: "cohort.child",
        SEE: "cohort.child",
        DECIDE: "cohort.objection.decide",
        ERASE: "cohort.erase",
    },
    register=Register(
        title="Objections",
        name="cohort-objections",
        heading="Objection {pk}",
        lead="raised_on",
        place="Authority",
        fields=(
            Field(id="raised_on", label="Raised on", type=FieldType.DAY, listed=True),
            Field(id="child", label="The child's number", encrypted=True, readers=SEE, longest=60),
            Field(id="why", label="What is wrong with it", type=FieldType.TEXT, encrypted=True, readers=SEE),
        ),
        workbook=False,
        has_entry_page=False,
    ),
)

CASES = (ASSESSMENT, OBJECTION)
