"""A child's detention as a kind of case."""

from parentis.web.cases.kinds import FORGET, READ, WORK, CaseKind, Machine, Move, Side, State
from parentis.web.cases.models import Case
from parentis.web.duty.rota import on_duty_of

KIND = "custody"
DETAIN = "detain"
"The deed of the force that holds the child: news of it, and its release."
ROUTE = "route"
"The deed of the routing desk: to say whose child it is."
DETAINING, HOST = "detaining", "host"
"Sides: the force (by its organisation's slug), and the duty desk where the suite stands, which helps another's child."
DESK, SENT, ACKNOWLEDGED, ENDED = "desk", "sent", "acknowledged", "ended"

# Who is to act on a step that hands a case over is called by `duty.calling`, and not told by the step.
MACHINE = Machine(
    states=(
        State(SENT, "Sent, not acknowledged"),
        State(DESK, "At the routing desk"),
        State(ACKNOWLEDGED, "Acknowledged"),
        State(ENDED, "Ended", closed=True),
    ),
    moves=(
        Move(id="route", title="Send to an authority", sources=(DESK,), target=SENT, deed=ROUTE, why=True,
             hands_over=True),
        Move(id="acknowledge", title="Acknowledge", sources=(SENT,), target=ACKNOWLEDGED),
        Move(id="hand-over", title="Hand over to another authority", sources=(SENT, ACKNOWLEDGED), target=SENT,
             why=True, hands_over=True),
        Move(id="return", title="Hand back to the routing desk", sources=(SENT, ACKNOWLEDGED), target=DESK, why=True,
             hands_over=True),
        Move(id="end", title="Detention ended", sources=(SENT, DESK, ACKNOWLEDGED), target=ENDED, deed=DETAIN),
    ),
)  # fmt: skip


def _erase(case: Case) -> None:
    from parentis.web.custody.enclave import erase

    erase(case)


def _verify(case: Case) -> int:
    from parentis.web.custody.enclave import verify

    return verify(case)


CASES = (
    CaseKind(
        id=KIND,
        title="Child in custody",
        machine=MACHINE,
        page="custody-case",
        deeds={READ: "custody.read", WORK: "custody.work", FORGET: "custody.erase"},
        of_footprint={
            READ: "custody.desk-read",
            WORK: "custody.desk",
            ROUTE: "custody.desk",
            FORGET: "custody.desk-erase",
        },
        sides=(
            Side(id=DETAINING, title="The force that holds the child",
                 deeds={READ: "custody.notify", DETAIN: "custody.notify"}),
            Side(id=HOST, title="The duty desk where the suite stands", deeds={READ: "custody.read"}),
        ),
        says={"told": "News from the suite", "commented": "Message", "answered": "Answer to the request"},
        lists="custody",
        on_duty=on_duty_of,
        forget=_erase,
        verify=_verify,
    ),
)  # fmt: skip
