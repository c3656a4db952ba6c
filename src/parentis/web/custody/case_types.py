"""A child's detention as a kind of case."""

from parentis.references import Ref
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State

KIND = "custody"
DETAIN = "detain"
"The permission of the force that holds the child: to send updates, and the release."
ROUTE = "route"
"The permission of the routing desk: to decide which authority is responsible for a child."
DETAINING, HOST = "detaining", "host"
"""Participants: the force (by its organisation's slug), and the duty desk near the suite, which helps another's
child."""
DESK, SENT, ACKNOWLEDGED, ENDED, WITHDRAWN = "desk", "sent", "acknowledged", "ended", "withdrawn"
DESK_PLACE = "london"
"""The footprint that owns a case until the responsible authority is known."""
STANDINGS = {"looked-after": "looked after", "case-held": "case"}
"""The child's status with the authority, by the rule that found it."""

# `duty.escalation` calls those who must act on a handed-over case; the step itself does not notify them.
MACHINE = Machine(
    states=(
        State(SENT, "Sent, not acknowledged", waits_for=EDIT),
        State(DESK, "At the routing desk", waits_for=ROUTE),
        State(ACKNOWLEDGED, "Acknowledged"),
        State(ENDED, "Ended", closed=True),
        State(WITHDRAWN, "Notice withdrawn", closed=True),
    ),
    moves=(
        Move(
            id="route",
            title="Send to an authority",
            sources=(DESK,),
            target=SENT,
            permission=ROUTE,
            requires_reason=True,
            hands_over=True,
        ),
        Move(id="acknowledge", title="Acknowledge", sources=(SENT,), target=ACKNOWLEDGED),
        Move(
            id="hand-over",
            title="Transfer to another authority",
            sources=(SENT, ACKNOWLEDGED),
            target=SENT,
            requires_reason=True,
            help="Recorded in the history. Do not name a child.",
            hands_over=True,
            places=Ref("parentis.web.custody.steps:other_authorities"),
            apply=Ref("parentis.web.custody.steps:hand_over"),
            done="Transferred. It is no longer on your board.",
        ),
        Move(
            id="return",
            title="Return to the routing desk",
            sources=(SENT, ACKNOWLEDGED),
            target=DESK,
            requires_reason=True,
            help="Recorded in the history. Do not name a child.",
            hands_over=True,
            places=Ref("parentis.web.custody.steps:routing_desk"),
            apply=Ref("parentis.web.custody.steps:hand_over"),
            done="Transferred. It is no longer on your board.",
        ),
        Move(id="end", title="Detention ended", sources=(SENT, DESK, ACKNOWLEDGED), target=ENDED, permission=DETAIN),
        Move(
            id="withdraw",
            title="Withdraw a notice given by mistake",
            reason="Why was notice given by mistake?",
            help="The authority that received the notice will see this. Do not name a child.",
            apply=Ref("parentis.web.custody.steps:withdraw"),
            done="The notice is withdrawn. Who had it was told.",
            sources=(SENT, DESK, ACKNOWLEDGED, ENDED),
            target=WITHDRAWN,
            permission=DETAIN,
            requires_reason=True,
            tell=EDIT,
        ),
        # What the site itself does after news that changes who the child is (`reconsideration`).
        Move(
            id="decide",
            title="Decided again, sent to an authority",
            sources=(DESK, SENT, ACKNOWLEDGED),
            target=SENT,
            permission=ROUTE,
            requires_reason=True,
            hands_over=True,
        ),
        Move(
            id="doubt",
            title="Decided again, back to the routing desk",
            sources=(SENT, ACKNOWLEDGED, ENDED),
            target=DESK,
            permission=ROUTE,
            requires_reason=True,
            hands_over=True,
        ),
        Move(
            id="correct",
            title="Decided again, to the authority it was of",
            sources=(DESK, ENDED),
            target=ENDED,
            permission=ROUTE,
            requires_reason=True,
            hands_over=True,
        ),
    ),
)


CASE_TYPES = (
    CaseType(
        id=KIND,
        title="Child in custody",
        machine=MACHINE,
        detail_url="custody-case",
        permissions={VIEW: "custody.read", EDIT: "custody.work", ERASE: "custody.erase"},
        of_footprint={
            VIEW: "custody.desk-read",
            EDIT: "custody.desk",
            ROUTE: "custody.desk",
            ERASE: "custody.desk-erase",
        },
        participant_roles=(
            ParticipantRole(
                id=DETAINING,
                title="The force that holds the child",
                permissions={VIEW: "custody.notify", DETAIN: "custody.notify"},
            ),
            ParticipantRole(id=HOST, title="The duty desk where the suite stands", permissions={VIEW: "custody.read"}),
        ),
        comment_types={"commented": "Message"},
        comment_by=(EDIT, DETAIN),
        entry_titles={
            "told": "Update from the suite",
            "answered": "Answer to the request",
            "resealed": "Sealed anew under another key",
        },
        list_url="custody",
        notify_filter=Ref("parentis.web.duty.rota:on_duty_of"),
        erase=Ref("parentis.web.custody.encrypted_store:erase"),
        verify=Ref("parentis.web.custody.encrypted_store:verify"),
    ),
)
