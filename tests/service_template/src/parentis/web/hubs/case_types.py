"""A request for a family to be seen at a hub, as a kind of case with declared fields."""

from parentis.region import Term, Unit
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Meetings, Register

KIND = "hub-request"
ASKED = "asked"
"The role of a hub that is another organisation's."
ANSWER, SEE_NEED = "answer", "see-need"
"Permissions: saying whether the family can come; reading what it needs."

MACHINE = Machine(
    states=(
        State("open", "Waiting for an answer"),
        State("offered", "Offered a time"),
        State("seen", "Seen", closed=True),
        State("refused", "Not taken", closed=True),
    ),
    moves=(
        Move(id="offer", title="Offer a time", sources=("open",), target="offered", permission=ANSWER,
             asks=("visit_on",), completes_clocks=("answer",), tell=EDIT),
        Move(id="refuse", title="Say no", sources=("open", "offered"), target="refused", permission=ANSWER,
             asks=("reason",), completes_clocks=("answer",), tell=EDIT),
        Move(id="seen", title="The family came", sources=("offered",), target="seen"),
    ),
)  # fmt: skip

REQUEST = CaseType(
    id=KIND,
    title="Request",
    detail_url="hub-request",
    machine=MACHINE,
    permissions={VIEW: "hubs.read", EDIT: "hubs.work", SEE_NEED: "hubs.work", ANSWER: "hubs.work", ERASE: "hubs.erase"},
    participant_roles=(
        ParticipantRole(ASKED, "The hub that is asked", dict.fromkeys((VIEW, SEE_NEED, ANSWER), "hubs.answer")),
    ),
    stop_reasons={"family": "The family asked to wait"},
    register=Register(
        title="Requests",
        name="hub-requests",
        place="Authority",
        fields=(
            Field(id="reference", label="Reference", listed=True, searched=True, help="No name: your own number."),
            Field(id="asked_on", label="Asked on", type=FieldType.DAY, listed=True, filtered=True),
            Field(id="urgency", label="Urgency", type=FieldType.CHOICE, listed=True, filtered=True,
                  choices={"soon": "Within a week", "usual": "Within a month"}),
            Field(id="help", label="Help asked for", type=FieldType.CHOICES, required=False,
                  choices={"debt": "Debt", "housing": "Housing", "parenting": "Parenting"}),
            Field(id="children", label="Children", type=FieldType.NUMBER, listed=True),
            Field(id="cost", label="Cost", type=FieldType.MONEY, required=False),
            Field(id="consent", label="The family agrees", type=FieldType.YES_NO, filtered=True),
            Field(id="need", label="What the family needs", type=FieldType.TEXT, encrypted=True, readers=SEE_NEED),
            Field(id="visit_on", label="Visit on", type=FieldType.DAY, required=False, entered=False, heading=None),
            Field(id="reason", label="Why not", type=FieldType.CHOICE, required=False, entered=False, heading=None,
                  choices={"full": "The hub is full", "elsewhere": "Another service is better"}),
        ),
        key=("reference",),
        clocks=(
            ClockRule(name="answer", title="Answer", starts="asked_on", by="urgency",
                      terms={"soon": Term(7, Unit.DAYS), "usual": Term(1, Unit.MONTHS)}),
        ),
        edits=(
            Edit(id="urgency", title="Change the urgency", done="The urgency is changed.", fields=("urgency",),
                 reason=True),
            Edit(id="need", title="Change what is needed", done="What is needed is changed.", fields=("need",)),
        ),
        meetings=Meetings(states={"offered": ("Offered", "Families who have a time and have not come.")}),
    ),
)  # fmt: skip

CASES = (REQUEST,)
