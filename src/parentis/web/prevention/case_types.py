"""A bid and a promise, as types of case with declared fields.

A programme manager writes a bid; the treasurer checks it, and the board decides: no person takes two of these steps.
What is agreed becomes a promise, whose prediction is frozen by its hash and checked after 12 and 24 months.
"""

from typing import Final

from parentis.region import Term, Unit
from parentis.services import Ref
from parentis.services.prevention.proposals import CASES
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Register

BID, PROMISE = "bid", "promise"
SUPPORT, DECIDE = "support", "decide"
"Permissions of the treasurer and of the board."
DRAFT, WITH_TREASURER, WITH_BOARD, AGREED = "draft", "with-treasurer", "with-board", "agreed"
FROZEN, CHECKED = "frozen", "checked"
PER: Final = {"child": "A child", "family": "A family"}
LAW: Final = {key.replace(" ", "-"): title for key, title in CASES.items()}
"The readings of the law, by the ids that fields have."

BID_TYPE = CaseType(
    id=BID,
    title="Bid",
    detail_url="bid",
    machine=Machine(
        states=(
            State(DRAFT, "Draft"),
            State(WITH_TREASURER, "With the treasurer"),
            State(WITH_BOARD, "With the board"),
            State(AGREED, "Agreed: promised", closed=True),
            State("refused", "Refused", closed=True),
            State("withdrawn", "Withdrawn", closed=True),
        ),
        moves=(
            Move(id="put-forward", title="Put forward to the treasurer", sources=(DRAFT,), target=WITH_TREASURER,
                 tell=SUPPORT, apply=Ref("parentis.web.prevention.runs:must_be_worked_out")),
            Move(id="support", title="Support: to the board", sources=(WITH_TREASURER,), target=WITH_BOARD,
                 permission=SUPPORT, not_by=("put-forward",), requires_reason=True, tell=DECIDE,
                 help="What you checked, and on which reading of price and discount you rely."),
            Move(id="send-back", title="Send back", sources=(WITH_TREASURER,), target=DRAFT, permission=SUPPORT,
                 requires_reason=True, tell=EDIT),
            Move(id="agree", title="Agree, and freeze its promise", sources=(WITH_BOARD,), target=AGREED,
                 permission=DECIDE, not_by=("put-forward", "support"), requires_reason=True, tell=EDIT,
                 apply=Ref("parentis.web.prevention.promises:freeze")),
            Move(id="refuse", title="Refuse", sources=(WITH_BOARD,), target="refused", permission=DECIDE,
                 requires_reason=True, tell=EDIT),
            Move(id="withdraw", title="Withdraw", sources=(DRAFT,), target="withdrawn", requires_reason=True),
        ),
    ),
    permissions={VIEW: "prevention.bids", EDIT: "prevention.write", SUPPORT: "prevention.support",
                 DECIDE: "prevention.decide", ERASE: "prevention.erase"},
    register=Register(
        title="Bids",
        name="bids",
        heading="Bid {reference}",
        place="Lead authority",
        fields=(
            Field(id="reference", label="Reference", listed=True, searched=True, longest=40, erased=False),
            Field(id="title", label="Title", listed=True, searched=True, longest=150, erased=False),
            Field(id="entry", label="Intervention", longest=80, listed=True, filtered=False, erased=False,
                  help="The id of its entry in the catalogue: family-group-conference."),
            Field(id="boroughs", label="Other authorities", type=FieldType.TEXT, required=False, longest=1000,
                  erased=False, help="Names, with commas between them; leave empty for the lead authority alone."),
            Field(id="starts_on", label="Starts on", type=FieldType.DAY, listed=True, erased=False),
            Field(id="ends_on", label="Ends on", type=FieldType.DAY, erased=False,
                  help="The day after the last day of delivery."),
            Field(id="reach", label="Children reached a year", type=FieldType.NUMBER, erased=False,
                  help="All authorities together."),
            Field(id="eligible", label="Children eligible a year", type=FieldType.NUMBER, erased=False,
                  help="Children a year of the entry’s population, all authorities together."),
            Field(id="fixed_cost", label="Fixed cost a year", type=FieldType.MONEY, erased=False,
                  help="Whoever is reached: a manager, premises."),
            Field(id="each_cost", label="Cost for each", type=FieldType.MONEY, erased=False),
            Field(id="per", label="That cost is for", type=FieldType.CHOICE, choices=PER, erased=False),
            Field(id="children_per_family", label="Children in a family", longest=10, required=False, erased=False,
                  help="Needed where the cost is for a family: 1.686 in the trial of family group conferences."),
            Field(id="price_base", label="Prices of", longest=7, erased=False,
                  help="The financial year of whose prices the costs are: 2025-26."),
            Field(id="children_per_worker", label="Children a worker can reach a year", type=FieldType.NUMBER,
                  required=False, erased=False),
            Field(id="ramp_months", label="Months until fully running", type=FieldType.NUMBER, required=False,
                  erased=False),
            Field(id="horizon_years", label="Years counted", type=FieldType.NUMBER, erased=False,
                  help="From the start, 1 to 10."),
            Field(id="law", label="What the law requires already", type=FieldType.CHOICE, choices=LAW, erased=False),
            Field(id="compliance", label="Offers that the law requires and that would be made anyway, per cent",
                  short="Made anyway, %", type=FieldType.NUMBER, required=False, erased=False,
                  help="100 if left empty."),
            Field(id="earlier", label="Of those reached, per cent whom only an earlier offer reaches",
                  short="Only earlier, %", type=FieldType.NUMBER, required=False, erased=False,
                  help="Children who come into care before the duty’s offer. Needed where the offer comes earlier."),
            Field(id="earlier_low", label="At least, per cent", type=FieldType.NUMBER, required=False, erased=False),
            Field(id="earlier_high", label="At most, per cent", type=FieldType.NUMBER, required=False, erased=False),
            Field(id="grant", label="Grant that pays for the benefit already", longest=150, required=False,
                  erased=False, help="Leave empty if there is none."),
        ),
        key=("reference",),
        lead="title",
        edits=(
            Edit(id="terms", title="Change the bid", done="The bid is changed. Work it out again.", states=(DRAFT,),
                 fields=("title", "entry", "boroughs", "starts_on", "ends_on", "reach", "eligible", "fixed_cost",
                         "each_cost", "per", "children_per_family", "price_base", "children_per_worker",
                         "ramp_months", "horizon_years", "law", "compliance", "earlier", "earlier_low", "earlier_high",
                         "grant")),
        ),
        tabs=(("Catalogue", "prevention"), ("Portfolio", "prevention-portfolio"), ("Promises", "prevention-promises")),
        context=Ref("parentis.web.prevention.bid_views:case_context"),
        template="prevention/bid_panel.html",
    ),
)  # fmt: skip

PROMISE_TYPE = CaseType(
    id=PROMISE,
    title="Promise",
    detail_url="promise",
    machine=Machine(
        states=(
            State(FROZEN, "Frozen; waiting for 12 months"),
            State(CHECKED, "Checked at 12 months; waiting for 24"),
            State("closed", "Checked at 24 months", closed=True),
        ),
        moves=(
            Move(id="check-12", title="Record the check at 12 months", sources=(FROZEN,), target=CHECKED,
                 completes_clocks=("check-12",), tell=EDIT, apply=Ref("parentis.web.prevention.promises:check_12")),
            Move(id="check-24", title="Record the check at 24 months", sources=(CHECKED,), target="closed",
                 completes_clocks=("check-24",), tell=EDIT, apply=Ref("parentis.web.prevention.promises:check_24")),
            Move(id="unseen-12", title="Record that 12 months cannot be measured", sources=(FROZEN,), target=CHECKED,
                 completes_clocks=("check-12",), requires_reason=True, tell=EDIT,
                 apply=Ref("parentis.web.prevention.promises:unseen_12")),
            Move(id="unseen-24", title="Record that 24 months cannot be measured", sources=(CHECKED,),
                 target="closed", completes_clocks=("check-24",), requires_reason=True, tell=EDIT,
                 apply=Ref("parentis.web.prevention.promises:unseen_24")),
        ),
    ),
    permissions={VIEW: "prevention.promises", EDIT: "prevention.check", ERASE: "prevention.erase"},
    register=Register(
        title="Promises",
        name="promises",
        heading="Promise {reference}",
        place="Lead authority",
        fields=(
            Field(id="reference", label="Reference", listed=True, searched=True, longest=40, erased=False),
            Field(id="title", label="Title", listed=True, searched=True, longest=150, erased=False),
            Field(id="entry", label="Intervention", longest=80, listed=True, erased=False),
            Field(id="boroughs", label="Authorities", type=FieldType.TEXT, longest=2000, erased=False),
            Field(id="started_on", label="Started on", type=FieldType.DAY, listed=True, erased=False),
            Field(id="sha256", label="Hash of the prediction", longest=64, erased=False,
                  help="SHA-256 of the prediction as it was frozen."),
            Field(id="prediction", label="The prediction, as it was frozen", type=FieldType.TEXT, longest=4000,
                  erased=False, heading=None),
        ),
        key=("reference",),
        lead="title",
        clocks=(
            ClockRule(name="check-12", title="Check at 12 months", starts="started_on", term=Term(12, Unit.MONTHS)),
            ClockRule(name="check-24", title="Check at 24 months", starts="started_on", term=Term(24, Unit.MONTHS)),
        ),
        tabs=(("Catalogue", "prevention"), ("Bids", "bids"), ("All promises", "prevention-promises")),
        context=Ref("parentis.web.prevention.promise_views:case_context"),
        template="prevention/promise_panel.html",
        has_entry_page=False,
        workbook=False,
    ),
)  # fmt: skip

CASE_TYPES = (BID_TYPE, PROMISE_TYPE)
