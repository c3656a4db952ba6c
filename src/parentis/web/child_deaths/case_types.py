"""Case types: a child's death, and an action from its review.

The review meeting is due three months after the death, the panel six weeks after the meeting, the whole within six
months: general knowledge, dated defaults. A joint response meets within the standard of the footprint (`standards`).
Names and narratives are not stored: they are in the review system. Fields that could identify a child are encrypted
under the enclave's own key.
"""

from datetime import date
from typing import Final

from parentis import region
from parentis.references import Ref
from parentis.region import Term, Unit
from parentis.returns.child_deaths import labels
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Meetings, Register
from parentis.web.child_deaths.standards import standards

DEATH, ACTION = "child-death", "child-death-action"
ENCLAVE: Final = "child-deaths"
SEE_CHILD, MEET, REVIEW, ATTEND = "see-child", "meet", "review", "attend"
"Permissions: see encrypted fields, hold the response and the meeting (doctor), complete (chair), attend (police)."
BOROUGH, POLICE = "borough", "police"

_D = FieldType.DAY
_C = FieldType.CHOICE
_AGENCIES = labels("agency")


def _homes() -> dict[str, str]:
    """Authorities that lie in the footprint of a child death review partnership, by name."""
    lie = {code for one in region.footprints() if one.kind == "cdr" for code in region.members(one.id, date.max)}
    return dict(sorted(((code, region.authority(code).name) for code in lie), key=lambda each: each[1]))


DEATH_MACHINE = Machine(
    states=(
        State("notified", "Notified"),
        State("response", "Joint agency response"),
        State("gathering", "Reports asked for"),
        State("met", "Review meeting held"),
        State("listed", "Listed for the panel"),
        State("reviewed", "Review complete", closed=True),
        State("withdrawn", "Notification withdrawn", closed=True),
    ),
    moves=(
        Move(id="respond", title="Begin the joint agency response", sources=("notified",), target="response",
             permission=MEET, tell=ATTEND),
        Move(id="no-response", title="No joint agency response", sources=("notified",), target="gathering",
             permission=MEET, completes_clocks=("response",)),
        Move(id="attend", title="Record the first meeting", sources=("response",), target="gathering",
             permission=ATTEND, asks=("response_on", "police_part"), completes_clocks=("response",), tell=EDIT),
        Move(id="meet", title="Record the review meeting", sources=("gathering",), target="met", permission=MEET,
             asks=("meeting_on",), completes_clocks=("meeting",), tell=EDIT),
        Move(id="list", title="List for the panel", sources=("met",), target="listed", tell=REVIEW),
        Move(id="send-back", title="Send back for more", sources=("listed",), target="gathering", permission=REVIEW,
             requires_reason=True, tell=EDIT),
        Move(id="review", title="Complete the review", sources=("listed",), target="reviewed", permission=REVIEW,
             asks=("panel_on", "category", "modifiable"), completes_clocks=("panel", "whole"), tell=EDIT),
        Move(id="withdraw", title="Withdraw the notification", requires_reason=True, target="withdrawn",
             sources=("notified", "response", "gathering", "met", "listed", "reviewed"),
             completes_clocks=("response", "meeting", "panel", "whole")),
    ),
)  # fmt: skip

DEATH_REGISTER = Register(
    title="Child deaths",
    name="child-deaths",
    place="Partnership",
    footprints={"cdr": "Partnerships"},
    workbook=False,
    participants=Ref("parentis.web.child_deaths.participants:participants_of"),
    enclave=ENCLAVE,
    fields=(
        Field(id="reference", label="Case number", listed=True, searched=True, longest=30, example="SYN",
              help="The review system's number. No name."),
        Field(id="notified_on", label="Notified on", type=_D, listed=True, filtered=True),
        Field(id="age", label="Age", type=_C, choices=labels("age"), listed=True, filtered=True),
        Field(id="jar", label="Joint agency response", type=_C, choices=labels("jar"), listed=True, filtered=True),
        Field(id="standard", label="The response meets", type=_C, filtered=True,
              choices={"none": "No response"} | {one.id: one.title for one in standards()},
              help="The standard of the partnership."),
        Field(id="died_on", label="Died on", type=_D, encrypted=True, readers=SEE_CHILD),
        Field(id="born_on", label="Born on", type=_D, encrypted=True, readers=SEE_CHILD),
        Field(id="borough", label="Lived in", type=_C, choices=_homes(), encrypted=True, readers=SEE_CHILD,
              help="The authority of residence."),
        Field(id="looked_after", label="Looked after by an authority", type=FieldType.YES_NO, encrypted=True,
              readers=SEE_CHILD, help="Asked of the authority at notification; nothing else is."),
        Field(id="plan", label="On a child protection plan", type=FieldType.YES_NO, encrypted=True, readers=SEE_CHILD),
        Field(id="reports", label="Reports received", type=FieldType.CHOICES, choices=_AGENCIES, required=False,
              entered=False),
        Field(id="response_on", label="First meeting of the joint response", type=_D, required=False, entered=False),
        Field(id="police_part", label="The police took part", type=_C, required=False, entered=False,
              choices={"yes": "Yes, in time", "late": "Yes, later", "no": "No"}, filtered=True),
        Field(id="meeting_on", label="Review meeting", type=_D, required=False, entered=False),
        Field(id="panel_on", label="Panel", type=_D, required=False, entered=False),
        Field(id="category", label="Category", type=_C, choices=labels("category"), required=False, entered=False,
              encrypted=True, readers=SEE_CHILD),
        Field(id="modifiable", label="A modifiable factor was found", type=_C, choices={"yes": "Yes", "no": "No"},
              required=False, entered=False),
    ),
    key=("reference",),
    clocks=(
        ClockRule(name="response", title="Joint response meets", starts="notified_on", by="standard",
                  terms={one.id: one.term for one in standards()}),
        ClockRule(name="meeting", title="Review meeting", starts="notified_on", term=Term(3, Unit.MONTHS)),
        ClockRule(name="panel", title="Panel", starts="meeting_on", term=Term(42, Unit.DAYS)),
        ClockRule(name="whole", title="Review complete", starts="notified_on", term=Term(6, Unit.MONTHS)),
    ),
    edits=(
        Edit(id="reports", title="Change the reports received", done="Reports changed.", fields=("reports",)),
        Edit(id="response-kind", title="Change whether there is a joint response", done="Response changed.",
             fields=("jar", "standard"), reason=True),
    ),
    meetings=Meetings(
        states={
            "gathering": ("Reports awaited", "Reports are asked for, or the review meeting is to be held."),
            "met": ("To be listed", "The review meeting is held."),
            "listed": ("For this panel", "Listed; the panel completes the review."),
        },
    ),
    tabs=(("Today", "child-deaths-today"),),
)  # fmt: skip

ACTION_MACHINE = Machine(
    states=(
        State("agreed", "Agreed"),
        State("done", "Done, to be checked again"),
        State("held", "Checked again: it held", closed=True),
        State("dropped", "Dropped", closed=True),
    ),
    moves=(
        Move(id="done", title="Record that it is done", sources=("agreed",), target="done",
             asks=("done_on", "evidence"), completes_clocks=("due",), tell=REVIEW),
        Move(id="held", title="Checked again: it held", sources=("done",), target="held", permission=REVIEW,
             asks=("checked_on", "check"), completes_clocks=("check",), tell=EDIT),
        Move(id="not-held", title="Checked again: it did not hold", sources=("done",), target="agreed",
             permission=REVIEW, asks=("checked_on", "check"), requires_reason=True, restarts_clocks=("due",),
             tell=EDIT),
        Move(id="drop", title="Drop", sources=("agreed", "done"), target="dropped", permission=REVIEW,
             requires_reason=True, completes_clocks=("due", "check"), tell=EDIT),
    ),
)  # fmt: skip
ACTION_REGISTER = Register(
    title="Lessons and actions",
    name="child-death-lessons",
    workbook=False,
    heading="Action {number}",
    place="Partnership",
    footprints={"cdr": "Partnerships"},
    enclave=ENCLAVE,
    fields=(
        Field(id="number", label="Number", longest=20, searched=True, erased=False),
        Field(id="lesson", label="Lesson", type=FieldType.TEXT, listed=True, searched=True, longest=400, erased=False,
              help="What was learned, written to be shared. Nothing about a child or a family."),
        Field(id="factor", label="Factor", type=_C, choices=labels("factor"), listed=True, filtered=True, erased=False),
        Field(id="context", label="Context", type=_C, filtered=True, erased=False, choices={
            "infant": "Infants", "child": "Children of 1 to 9", "young": "Children of 10 to 17", "all": "Every age"}),
        Field(id="action", label="Action", type=FieldType.TEXT, searched=True, longest=400, erased=False),
        Field(id="owner", label="Owner", longest=150, listed=True, searched=True, erased=False,
              help="The organisation and post."),
        Field(id="agreed_on", label="Agreed on", type=_D, erased=False),
        Field(id="term", label="To be done", type=_C, erased=False,
              choices={"3-months": "Within 3 months", "6-months": "Within 6 months", "12-months": "Within a year"}),
        Field(id="done_on", label="Done on", type=_D, required=False, entered=False, erased=False),
        Field(id="evidence", label="Evidence that it is done", type=FieldType.TEXT, required=False, entered=False,
              longest=1000, searched=True),
        Field(id="checked_on", label="Checked again on", type=_D, required=False, entered=False, erased=False),
        Field(id="check", label="What the check found", type=FieldType.TEXT, required=False, entered=False,
              longest=1000),
    ),
    key=("number",),
    lead="lesson",
    under="action",
    clocks=(
        ClockRule(name="due", title="Done", starts="agreed_on", by="term", terms={
            "3-months": Term(3, Unit.MONTHS), "6-months": Term(6, Unit.MONTHS), "12-months": Term(12, Unit.MONTHS)}),
        ClockRule(name="check", title="Checked again", starts="done_on", term=Term(12, Unit.MONTHS)),
    ),
    edits=(Edit(id="owner", title="Change the owner", done="Owner changed.", fields=("owner",)),),
)  # fmt: skip

STOPS = labels("stop")
CASE_TYPES = (
    CaseType(
        id=DEATH,
        title="Child death",
        machine=DEATH_MACHINE,
        detail_url="child-death",
        permissions={},
        of_footprint={
            VIEW: "child-deaths.read", EDIT: "child-deaths.work", SEE_CHILD: "child-deaths.child",
            MEET: "child-deaths.meet", REVIEW: "child-deaths.review", ATTEND: "child-deaths.meet",
            ERASE: "child-deaths.erase",
        },
        participant_roles=(
            ParticipantRole(BOROUGH, "The borough the child lived in", {VIEW: "child-deaths.own"}),
            ParticipantRole(POLICE, "The police command of that borough",
                            {VIEW: "child-deaths.police", ATTEND: "child-deaths.police"}),
        ),
        stop_reasons=STOPS,
        register=DEATH_REGISTER,
    ),
    CaseType(
        id=ACTION,
        title="Action",
        machine=ACTION_MACHINE,
        detail_url="child-death-action",
        permissions={},
        of_footprint={
            VIEW: "child-deaths.lessons", EDIT: "child-deaths.work", REVIEW: "child-deaths.review",
            ERASE: "child-deaths.erase",
        },
        stop_reasons={"other-body": "Waiting for another body"},
        register=ACTION_REGISTER,
    ),
)  # fmt: skip
