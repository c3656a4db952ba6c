"""A line of activity that a borough and its agency do not agree on, as a kind of case with declared fields."""

from parentis.region import Term, Unit
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Meetings, Register

KIND = "adoption-line"
AGENCY = "agency"
"The role of the agency, by the authority that hosts it."
SETTLE, SEE_CHILD = "settle", "see-child"

MACHINE = Machine(
    states=(
        State("disputed", "Disputed"),
        State("answered", "Answered by the agency"),
        State("agreed", "Agreed", closed=True),
        State("struck-out", "Struck out", closed=True),
    ),
    moves=(
        Move(
            id="answer",
            title="Answer",
            sources=("disputed",),
            target="answered",
            permission=SETTLE,
            requires_reason=True,
            completes_clocks=("answer",),
            tell=EDIT,
        ),
        Move(
            id="agree",
            title="Agree the line",
            sources=("disputed", "answered"),
            target="agreed",
            asks=("agreed_on",),
            completes_clocks=("answer",),
            tell=SETTLE,
        ),
        Move(
            id="strike-out",
            title="Strike the line out",
            sources=("disputed", "answered"),
            target="struck-out",
            requires_reason=True,
            completes_clocks=("answer",),
            tell=SETTLE,
        ),
        Move(
            id="reopen",
            title="Dispute again",
            sources=("agreed", "struck-out"),
            target="disputed",
            requires_reason=True,
            restarts_clocks=("answer",),
            tell=SETTLE,
        ),
    ),
)

LINE = CaseType(
    id=KIND,
    title="Activity line",
    detail_url="adoption-line",
    machine=MACHINE,
    permissions={
        VIEW: "adoption.line.read",
        EDIT: "adoption.line.work",
        SEE_CHILD: "adoption.line.work",
        SETTLE: "adoption.line.settle",
        ERASE: "adoption.line.erase",
    },
    participant_roles=(
        ParticipantRole(
            AGENCY, "The adoption agency", dict.fromkeys((VIEW, SEE_CHILD, SETTLE), "adoption.line.answer")
        ),
    ),
    stop_reasons={"court": "Waiting for the court's record"},
    register=Register(
        title="Disputed activity",
        name="adoption-lines",
        heading="Line {reference}",
        place="Borough",
        fields=(
            Field(
                id="reference",
                label="Reference",
                listed=True,
                searched=True,
                erased=False,
                help="Your own number for the line. Not the child's name or number.",
            ),
            Field(id="year", label="Financial year", listed=True, longest=7, help="For example 2024-25."),
            Field(
                id="activity",
                label="Activity",
                type=FieldType.CHOICE,
                listed=True,
                filtered=True,
                choices={
                    "decisions": "Decision",
                    "orders": "Placement order",
                    "placed": "Placement",
                    "adopted": "Adoption order",
                    "supported": "Adoption support",
                },
            ),
            Field(id="raised_on", label="Disputed on", type=FieldType.DAY, listed=True),
            Field(id="listed_on", label="Date on the borough's list", type=FieldType.DAY, required=False),
            Field(id="agency_on", label="Date on the agency's record", type=FieldType.DAY, required=False),
            Field(id="worth", label="What the line is worth in the formula", type=FieldType.MONEY, required=False),
            Field(id="child", label="The child's number", encrypted=True, readers=SEE_CHILD, longest=60),
            Field(id="grounds", label="Why it is disputed", type=FieldType.TEXT, encrypted=True, readers=SEE_CHILD),
            Field(
                id="agreed_on",
                label="Agreed date of the event",
                type=FieldType.DAY,
                required=False,
                entered=False,
                heading=None,
            ),
        ),
        key=("reference",),
        clocks=(ClockRule(name="answer", title="Answer", starts="raised_on", term=Term(28, Unit.DAYS)),),
        edits=(
            Edit(
                id="dates",
                title="Correct the dates",
                done="Dates changed.",
                fields=("listed_on", "agency_on"),
                reason=True,
            ),
        ),
        meetings=Meetings(
            states={"answered": ("Answered", "Lines that the agency has answered and the borough has not settled.")}
        ),
    ),
)

CASES = (LINE,)
