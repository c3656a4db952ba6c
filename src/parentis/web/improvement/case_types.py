"""A peer challenge and the actions agreed in it, as types of case with declared fields.

The host owns a challenge; the team takes part in it. The findings are encrypted, and only these two can read them.
The impact is checked when four and eight quarters have passed since it began.
"""

from parentis.region import Term, Unit
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Register

KIND, ACTION_KIND = "challenge", "challenge-action"
TEAM = "team"
"The role of the authority that sends the team."
SEE_FINDINGS = "see-findings"
VERDICTS = {
    "more": "Moved more than expected",
    "chance": "As chance would",
    "less": "Moved less than expected",
    "unknown": "Cannot tell",
}

MACHINE = Machine(
    states=(
        State("planned", "Planned"),
        State("agreed", "Agreed by host and team"),
        State("visited", "Visited; actions under way"),
        State("checked", "Checked after 4 quarters"),
        State("closed", "Checked after 8 quarters", closed=True),
        State("withdrawn", "Withdrawn", closed=True),
    ),
    moves=(
        Move(id="agree", title="Agree to the challenge", sources=("planned",), target="agreed", tell=EDIT),
        Move(
            id="visit", title="Record the visit and its findings", sources=("agreed",), target="visited",
            asks=("evidence", "findings"), tell=EDIT,
        ),
        Move(
            id="check-4", title="Record the check after 4 quarters", sources=("visited",), target="checked",
            asks=("verdict_4",), completes_clocks=("check-4",), tell=EDIT,
        ),
        Move(
            id="check-8", title="Record the check after 8 quarters", sources=("checked",), target="closed",
            asks=("verdict_8",), completes_clocks=("check-8",), tell=EDIT,
        ),
        Move(
            id="withdraw", title="Withdraw", sources=("planned", "agreed"), target="withdrawn", requires_reason=True,
            completes_clocks=("check-4", "check-8"), tell=EDIT,
        ),
    ),
)  # fmt: skip

CHALLENGE = CaseType(
    id=KIND,
    title="Peer challenge",
    detail_url="challenge",
    machine=MACHINE,
    permissions={
        VIEW: "improvement.read", EDIT: "improvement.challenge", SEE_FINDINGS: "improvement.findings",
        ERASE: "improvement.erase",
    },
    participant_roles=(
        ParticipantRole(
            TEAM, "The team's authority",
            {VIEW: "improvement.read", EDIT: "improvement.challenge", SEE_FINDINGS: "improvement.findings"},
        ),
    ),
    stop_reasons={"inspection": "An inspection comes first", "host": "The host asked to wait"},
    register=Register(
        title="Peer challenges",
        name="challenges",
        heading="Challenge {reference}",
        place="Host",
        fields=(
            Field(id="reference", label="Reference", listed=True, searched=True, longest=40, erased=False),
            Field(id="theme", label="Theme", listed=True, searched=True, longest=150, erased=False),
            Field(
                id="measure", label="Measure it should move", listed=True, longest=200, erased=False,
                help="The measure's id, as on its page: the impact is checked by it.",
            ),
            Field(id="team", label="Team", listed=True, longest=100, erased=False, help="The authority that sends it."),
            Field(id="begun_on", label="Begins on", type=FieldType.DAY, listed=True, filtered=True, erased=False),
            Field(id="questions", label="Key lines of enquiry", type=FieldType.TEXT, erased=False),
            Field(id="why", label="Why this pair", type=FieldType.TEXT, required=False, erased=False),
            Field(
                id="evidence", label="Evidence seen", type=FieldType.TEXT, required=False, entered=False, heading=None,
                encrypted=True, readers=SEE_FINDINGS,
            ),
            Field(
                id="findings", label="Findings", type=FieldType.TEXT, required=False, entered=False, heading=None,
                encrypted=True, readers=SEE_FINDINGS,
            ),
            Field(
                id="verdict_4", label="After 4 quarters", type=FieldType.CHOICE, choices=VERDICTS, required=False,
                entered=False, heading=None, erased=False,
            ),
            Field(
                id="verdict_8", label="After 8 quarters", type=FieldType.CHOICE, choices=VERDICTS, required=False,
                entered=False, heading=None, erased=False,
            ),
        ),
        key=("reference",),
        lead="theme",
        clocks=(
            ClockRule(name="check-4", title="Impact check after 4 quarters", starts="begun_on",
                      term=Term(12, Unit.MONTHS)),
            ClockRule(name="check-8", title="Impact check after 8 quarters", starts="begun_on",
                      term=Term(24, Unit.MONTHS)),
        ),
        edits=(Edit(id="questions", title="Change the lines of enquiry", done="Lines of enquiry changed.",
                    fields=("questions",)),),
        tabs=(("Actions", "challenge-actions"),),
    ),
)  # fmt: skip

ACTION = CaseType(
    id=ACTION_KIND,
    title="Agreed action",
    detail_url="challenge-action",
    machine=Machine(
        states=(State("open", "To do"), State("done", "Done", closed=True), State("dropped", "Dropped", closed=True)),
        moves=(
            Move(id="done", title="Mark as done", sources=("open",), target="done", requires_reason=True,
                 completes_clocks=("due",), tell=EDIT),
            Move(id="drop", title="Drop", sources=("open",), target="dropped", requires_reason=True,
                 completes_clocks=("due",), tell=EDIT),
        ),
    ),
    permissions={VIEW: "improvement.read", EDIT: "improvement.challenge", ERASE: "improvement.erase"},
    stop_reasons={"inspection": "An inspection comes first"},
    register=Register(
        title="Agreed actions",
        name="challenge-actions",
        heading="Action {number}",
        place="Host",
        fields=(
            Field(id="challenge", label="Challenge", listed=True, searched=True, longest=40, erased=False,
                  help="The challenge's reference."),
            Field(id="number", label="Number", listed=True, longest=20, erased=False),
            Field(id="text", label="Action", type=FieldType.TEXT, listed=True, searched=True, erased=False),
            Field(id="owner", label="Owner", listed=True, longest=200, erased=False,
                  help="The post responsible for it."),
            Field(id="due_on", label="Due on", type=FieldType.DAY, listed=True, filtered=True, erased=False),
        ),
        key=("challenge", "number"),
        lead="text",
        under="challenge",
        clocks=(ClockRule(name="due", title="Due", starts="due_on", term=Term(0, Unit.DAYS)),),
        edits=(Edit(id="owner", title="Change the owner", done="Owner changed.", fields=("owner",)),),
        tabs=(("Challenges", "challenges"),),
    ),
)  # fmt: skip

CASE_TYPES = (CHALLENGE, ACTION)
