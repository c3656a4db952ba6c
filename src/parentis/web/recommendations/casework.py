"""A recommendation as a kind of case."""

from parentis.web.cases.kinds import FORGET, READ, WORK, CaseKind, Machine, Move, State

KIND = "recommendation"
DUE = "due"
"The name of its one clock."
AGREE = "agree"
"The deed of whoever says that it is done: not those who did it."

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
        Move(
            id="put-forward", title="Put forward as done", sources=("open", "in-hand"), target="put-forward", why=True,
            tell=AGREE,
        ),
        Move(id="agree", title="Agree that it is done", sources=("put-forward",), target="done", deed=AGREE,
             meets=(DUE,), tell=WORK),
        Move(id="send-back", title="Send back", sources=("put-forward",), target="in-hand", deed=AGREE, why=True,
             tell=WORK),
        Move(id="reopen", title="Reopen", sources=("done", "superseded"), target="in-hand", deed=AGREE, why=True,
             resumes=(DUE,), tell=WORK),
        Move(id="supersede", title="Mark as superseded", sources=("open", "in-hand", "put-forward"),
             target="superseded", deed=AGREE, why=True, meets=(DUE,), tell=WORK),
    ),
)  # fmt: skip

CASES = (
    CaseKind(
        id=KIND,
        title="Recommendation",
        machine=MACHINE,
        page="recommendation",
        deeds={
            READ: "recommendations.read-authority",
            WORK: "recommendations.work-authority",
            AGREE: "recommendations.agree-authority",
            FORGET: "recommendations.forget",
        },
        of_footprint={
            READ: "recommendations.read",
            WORK: "recommendations.work-police",
            AGREE: "recommendations.agree-police",
            FORGET: "recommendations.forget",
        },
        says={"evidence": "Evidence", "commented": "Comment"},
        stop_reasons={
            "inspectorate": "The inspectorate agreed to wait",
            "court": "A court or a prosecution comes first",
            "other-body": "It waits for another body",
        },
    ),
)
