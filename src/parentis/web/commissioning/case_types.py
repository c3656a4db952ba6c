"""A learning card: what a partnership tried, under which conditions, what came of it as a live figure, what failed,
and whom to ring. It names its figure and the interval that it cites, and goes stale when the figure leaves it."""

from parentis.region import Term, Unit
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, CaseType, Machine, Move, State
from parentis.web.cases.fields import ClockRule, Edit, Field, FieldType, Register

KIND = "learning-card"
FORMS = {
    "block": "Block contract", "framework": "Framework", "dpv": "Dynamic purchasing", "cost-volume": "Cost and volume",
    "spot": "Spot purchase", "hub": "Brokerage hub or shared team", "other": "Other",
}  # fmt: skip
DRAFT, PUBLISHED, STALE, WITHDRAWN = "draft", "published", "stale", "withdrawn"

MACHINE = Machine(
    states=(
        State(DRAFT, "Draft"),
        State(PUBLISHED, "Published"),
        State(STALE, "Stale: its figure moved"),
        State(WITHDRAWN, "Withdrawn", closed=True),
    ),
    moves=(
        Move(id="publish", title="Publish to every partnership", sources=(DRAFT,), target=PUBLISHED, tell=EDIT),
        Move(id="stale", title="Mark as stale", sources=(PUBLISHED,), target=STALE, requires_reason=True, tell=EDIT),
        Move(
            id="renew", title="Publish again with the figure of today", sources=(PUBLISHED, STALE), target=PUBLISHED,
            asks=("cited", "low", "high", "expires_on"), completes_clocks=("expiry",), tell=EDIT,
        ),
        Move(id="withdraw", title="Withdraw", sources=(DRAFT, PUBLISHED, STALE), target=WITHDRAWN, requires_reason=True,
             completes_clocks=("expiry",)),
    ),
)  # fmt: skip

CARD = CaseType(
    id=KIND,
    title="Learning card",
    detail_url="learning-card",
    machine=MACHINE,
    permissions={VIEW: "commissioning.cards", EDIT: "commissioning.write", ERASE: "commissioning.erase"},
    register=Register(
        title="Learning cards",
        name="learning-cards",
        heading="Card {reference}",
        place="Authority",
        fields=(
            Field(id="reference", label="Reference", listed=True, searched=True, longest=40, erased=False),
            Field(id="headline", label="What was learned, in a sentence", short="Learned", listed=True, searched=True,
                  longest=200, erased=False),
            Field(id="partnership", label="Partnership", listed=True, searched=True, longest=40, erased=False,
                  help="Its code, such as WLA."),
            Field(id="form", label="Form of contract", type=FieldType.CHOICE, choices=FORMS, listed=True, filtered=True,
                  erased=False),
            Field(id="context", label="Context", type=FieldType.TEXT, searched=True, erased=False,
                  help="Who tried it, for which children, when. No details of a child, and no provider’s price."),
            Field(id="failed", label="What failed", type=FieldType.TEXT, searched=True, erased=False),
            Field(id="conditions", label="Conditions under which it would work elsewhere", type=FieldType.TEXT,
                  searched=True, erased=False),
            Field(id="contact", label="Whom to ring", longest=200, help="A post and its number, not a name."),
            Field(id="measure", label="Measure it cites", longest=200, erased=False,
                  help="The measure’s id, as on the page of figures: commissioning.effect."),
            Field(id="geography", label="Place of the figure", longest=60, required=False, erased=False,
                  help="An ONS code or a footprint; empty for London."),
            Field(id="breakdown", label="Breakdown of the figure", longest=200, required=False, erased=False,
                  help="Such as partnership=WLA, as on the page of figures."),
            Field(id="cited", label="Value it cites", longest=30, erased=False),
            Field(id="low", label="Interval it cites: low", longest=30, erased=False),
            Field(id="high", label="Interval it cites: high", longest=30, erased=False),
            Field(id="expires_on", label="Expires on", type=FieldType.DAY, listed=True, filtered=True, erased=False),
        ),
        key=("reference",),
        lead="headline",
        clocks=(ClockRule(name="expiry", title="Review it", starts="expires_on", term=Term(0, Unit.DAYS)),),
        edits=(
            Edit(id="text", title="Change what it says", done="The card is changed.",
                 fields=("headline", "context", "failed", "conditions", "contact")),
            Edit(id="figure", title="Change the figure it cites", done="The figure is changed.",
                 fields=("measure", "geography", "breakdown", "cited", "low", "high"), reason=True),
        ),
    ),
)  # fmt: skip

CASES = (CARD,)
