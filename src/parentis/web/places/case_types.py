"""Case types: a referral, and a request to one provider about it.

A provider is a participant in its request only: it sees neither the referral nor other providers' requests and
answers. The child's risks are encrypted; a provider can read them while its request is open, and not after it has
declined.
"""

from typing import Final

from parentis.references import Ref
from parentis.region import Term, Unit
from parentis.returns.places import code_lists
from parentis.returns.spec import Code
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Register

REFERRAL, REQUEST = "referral", "place-request"
SEE_CHILD, ANSWER = "see-child", "answer"
"Permissions: to read the child's encrypted fields; to answer for a provider."
ASKED, ANSWERED = "asked", "answered"
TOLD = "told"
"Permission of providers: to be notified of the outcome of a request."

_D, _C, _N = FieldType.DAY, FieldType.CHOICE, FieldType.NUMBER
_HOME: Final = "parentis.web.places.operations"


def _choices(listed: tuple[Code, ...], *, but: str = "") -> dict[str, str]:
    return {one.code: one.label for one in listed if one.code != but}


URGENCIES: Final = {"emergency": "Tonight", "urgent": "Tomorrow", "planned": "Within three days"}
TERMS: Final = {"emergency": Term(2, Unit.HOURS), "urgent": Term(24, Unit.HOURS), "planned": Term(72, Unit.HOURS)}
"How long a provider has to answer."
KINDS = _choices(code_lists.KINDS)
REASONS = _choices(code_lists.DECLINE_REASONS, but="no-answer")
"Closed: a provider that says no gives one of them. Silence is a reason that nobody gives: it is a state."

REFERRAL_MACHINE = Machine(
    states=(
        State("looking", "Looking for a place"),
        State("accepted", "Place accepted"),
        State("there", "In the place"),
        State("ended", "Ended", closed=True),
        State("elsewhere", "Placed elsewhere", closed=True),
        State("lost", "No place found", closed=True),
        State("withdrawn", "No longer needed", closed=True),
    ),
    moves=(
        Move(id="accept", title="Record a place that is accepted", sources=("looking",), target="accepted",
             asks=("placed_with", "price"), completes_clocks=("ask", "offer", "place"),
             apply=Ref(f"{_HOME}:withdraw_requests")),
        Move(id="start", title="Record the first night", sources=("accepted",), target="there", asks=("start_on",)),
        Move(id="fall-through", title="The place fell through", sources=("accepted",), target="looking",
             requires_reason=True, restarts_clocks=("offer", "place")),
        Move(id="end", title="Record the end", sources=("there",), target="ended", asks=("end_on", "moved_to")),
        Move(id="elsewhere", title="Placed in what was not looked for", sources=("looking",), target="elsewhere",
             requires_reason=True, completes_clocks=("ask", "offer", "place"),
             apply=Ref(f"{_HOME}:withdraw_requests")),
        Move(id="lose", title="Stop looking: no place found", sources=("looking",), target="lost",
             requires_reason=True, completes_clocks=("ask", "offer", "place"),
             apply=Ref(f"{_HOME}:withdraw_requests")),
        Move(id="withdraw", title="No longer needed", sources=("looking", "accepted"), target="withdrawn",
             requires_reason=True, completes_clocks=("ask", "offer", "place"),
             apply=Ref(f"{_HOME}:withdraw_requests")),
    ),
)  # fmt: skip

REFERRAL_REGISTER = Register(
    title="Referrals",
    name="referrals",
    place="Authority",
    workbook=False,
    template="places/referral_requests.html",
    context=Ref("parentis.web.places.desk_views:referral_context"),
    lead="reference",
    fields=(
        Field(id="reference", label="Reference", listed=True, searched=True, longest=30, example="SYN",
              help="Your own number. No name."),
        Field(id="looked_for", label="Looked for", type=_C, choices=KINDS, listed=True, filtered=True),
        Field(id="urgency", label="Needed", type=_C, choices=URGENCIES, listed=True, filtered=True),
        Field(id="referred_on", label="Referred on", type=_D, listed=True, filtered=True),
        Field(id="need_by", label="Needed by", type=_D, listed=True),
        Field(id="sex", label="Sex", type=_C, choices=_choices(code_lists.SEXES), filtered=True),
        Field(id="ethnicity", label="Ethnic group", type=_C, choices=_choices(code_lists.ETHNICITIES),
              help="Self-defined. For the fairness of waits; no provider sees it."),
        Field(id="age", label="Age", type=_N, help="In years."),
        Field(id="basis", label="Legal basis", type=_C, choices=_choices(code_lists.BASES), filtered=True),
        Field(id="basis_on", label="From", type=_D, help="The day of the order, or of the first night."),
        Field(id="radius", label="Within", type=_N, required=False, help="Kilometres from home, as the crow flies."),
        Field(id="together", label="Children to be placed together", type=_N, required=False),
        Field(id="child", label="Child's number", longest=40, required=False, encrypted=True, readers=SEE_CHILD,
              help="The same whoever refers: the NHS number, say. It leaves the desk as a keyed hash alone."),
        Field(id="born_on", label="Date of birth", type=_D, encrypted=True, readers=SEE_CHILD),
        Field(id="risks", label="Risks", type=FieldType.CHOICES, choices=_choices(code_lists.RISKS), required=False,
              encrypted=True, readers=SEE_CHILD),
        Field(id="apart", label="Not with", longest=200, required=False, encrypted=True, readers=SEE_CHILD,
              help="References of referrals whose child this one must not live with, and Ofsted's numbers of homes."),
        Field(id="siblings", label="Together with", longest=200, required=False, encrypted=True, readers=SEE_CHILD,
              help="References of the referrals of brothers and sisters."),
        Field(id="needs", label="What the child needs", type=FieldType.TEXT, longest=2000, required=False,
              encrypted=True, readers=SEE_CHILD, help="Providers who are asked read this. No name."),
        Field(id="placed_with", label="Placed with", required=False, entered=False, longest=150),
        Field(id="price", label="Price a week", type=FieldType.MONEY, required=False, entered=False),
        Field(id="start_on", label="First night", type=_D, required=False, entered=False),
        Field(id="ready_on", label="Ready to move on", type=_D, required=False, entered=False),
        Field(id="end_on", label="The day after the last night", type=_D, required=False, entered=False),
        Field(id="moved_to", label="Moved on to", type=_C, required=False, entered=False,
              choices={"home": "Home", "step-down": "Step-down home", "open-home": "Open children's home",
                       "foster": "Foster care", "supported": "Supported accommodation", "custody": "Custody",
                       "other": "Elsewhere"}),
    ),
    key=("reference",),
    clocks=(
        ClockRule(name="ask", title="Providers are asked", term=Term(2, Unit.HOURS)),
        ClockRule(name="offer", title="First offer", term=Term(24, Unit.HOURS)),
        ClockRule(name="place", title="Place accepted", term=Term(72, Unit.HOURS)),
    ),
    edits=(
        Edit(id="need", title="Change what is needed", done="What is needed is changed.",
             fields=("need_by", "urgency", "radius"), reason=True),
        Edit(id="child", title="Change what providers read", done="What providers read is changed for those who are "
             "asked from now on.", fields=("risks", "apart", "siblings", "needs")),
        Edit(id="ready", title="Record when the child could move on", done="Saved.", fields=("ready_on",)),
    ),
    tabs=(("Desk", "places-desk"), ("Requests", "place-requests"), ("Matching", "places-matching")),
)  # fmt: skip

REQUEST_MACHINE = Machine(
    states=(
        State("asked", "Asked"),
        State("offered", "Place offered"),
        State("accepted", "Offer accepted", closed=True),
        State("declined", "Declined", closed=True),
        State("silent", "No answer", closed=True),
        State("not-taken", "Offer not taken", closed=True),
        State("withdrawn", "Request withdrawn", closed=True),
    ),
    moves=(
        Move(id="offer", title="Offer a place", sources=("asked",), target="offered", permission=ANSWER,
             asks=("offered_price", "available_on"), completes_clocks=("answer",), tell=EDIT,
             apply=Ref(f"{_HOME}:note_offer"), done="Your offer is with the authority."),
        Move(id="decline", title="Decline", sources=("asked", "offered"), target="declined", permission=ANSWER,
             asks=("decline_reason",), completes_clocks=("answer",), tell=EDIT, apply=Ref(f"{_HOME}:end_part"),
             done="Your answer is with the authority."),
        Move(id="accept", title="Accept the offer", sources=("offered",), target="accepted", tell=TOLD,
             apply=Ref(f"{_HOME}:accept_offer"),
             done="The offer is accepted. Other requests for the child are withdrawn."),
        Move(id="pass", title="Do not take the offer", sources=("offered",), target="not-taken", requires_reason=True,
             tell=TOLD, apply=Ref(f"{_HOME}:end_part")),
        Move(id="silent", title="Record that no answer came", sources=("asked",), target="silent",
             completes_clocks=("answer",), apply=Ref(f"{_HOME}:end_part")),
        Move(id="withdraw", title="Withdraw the request", sources=("asked", "offered"), target="withdrawn",
             completes_clocks=("answer",), tell=TOLD, apply=Ref(f"{_HOME}:end_part")),
    ),
)  # fmt: skip

REQUEST_REGISTER = Register(
    title="Requests to providers",
    name="place-requests",
    place="Authority",
    workbook=False,
    has_entry_page=False,
    lead="home",
    fields=(
        Field(id="home", label="Home or service", listed=True, searched=True, longest=150),
        Field(id="provider", label="Provider", longest=50, help="The provider's short name at this site."),
        Field(id="urn", label="Ofsted's number", longest=20),
        Field(id="referral", label="Referral", type=_N, heading=None),
        Field(id="looked_for", label="Looked for", type=_C, choices=KINDS, listed=True, filtered=True),
        Field(id="urgency", label="Needed", type=_C, choices=URGENCIES, listed=True, filtered=True),
        Field(id="need_by", label="Needed by", type=_D, listed=True),
        Field(id="sex", label="Sex", type=_C, choices=_choices(code_lists.SEXES), filtered=True),
        Field(id="age", label="Age", type=_N),
        Field(id="basis", label="Legal basis", type=_C, choices=_choices(code_lists.BASES), encrypted=True,
              readers=SEE_CHILD),
        Field(id="risks", label="Risks", type=FieldType.CHOICES, choices=_choices(code_lists.RISKS), required=False,
              encrypted=True, readers=SEE_CHILD),
        Field(id="needs", label="What the child needs", type=FieldType.TEXT, longest=2000, required=False,
              encrypted=True, readers=SEE_CHILD),
        Field(id="offered_price", label="Price a week", type=FieldType.MONEY, required=False, entered=False),
        Field(id="available_on", label="Available on", type=_D, required=False, entered=False),
        Field(id="decline_reason", label="Why not", type=_C, choices=REASONS, required=False, entered=False,
              listed=True, filtered=True),
    ),
    clocks=(ClockRule(name="answer", title="Answer", by="urgency", terms=TERMS),),
)  # fmt: skip

CASE_TYPES = (
    CaseType(
        id=REFERRAL,
        title="Referral",
        machine=REFERRAL_MACHINE,
        detail_url="referral",
        permissions={VIEW: "places.read", EDIT: "places.work", SEE_CHILD: "places.work", ERASE: "places.erase"},
        stop_reasons={"court": "Waiting for the court", "child": "The child cannot be moved yet"},
        entry_titles={"provider-asked": "Provider asked", "offer-received": "Offer received"},
        list_url="referrals",
        register=REFERRAL_REGISTER,
    ),
    CaseType(
        id=REQUEST,
        title="Request",
        machine=REQUEST_MACHINE,
        detail_url="place-request",
        permissions={VIEW: "places.read", EDIT: "places.work", SEE_CHILD: "places.work", ERASE: "places.erase"},
        participant_roles=(
            ParticipantRole(ASKED, "The provider that is asked",
                            dict.fromkeys((VIEW, TOLD, SEE_CHILD, ANSWER), "places.answer")),
            ParticipantRole(ANSWERED, "A provider that was asked", dict.fromkeys((VIEW, TOLD), "places.answer")),
        ),
        stop_reasons={"information": "Waiting for information from the authority"},
        list_url="place-requests",
        register=REQUEST_REGISTER,
    ),
)  # fmt: skip
