"""Arrangements: what a partnership runs, its aims and cost, and the members with their dates."""

from parentis.references import Ref
from parentis.returns.commissioning.columns import PARTNERSHIP, SOURCE, coded, day, money, text
from parentis.returns.models import Return
from parentis.returns.spec import Spec, Table, codes

FORMS = codes(
    BLOCK="Block contract", FRAMEWORK="Framework", DPV="Dynamic purchasing", COST_VOLUME="Cost and volume",
    SPOT="Spot purchase, each by itself", HUB="Brokerage hub or shared team",
)  # fmt: skip

ARRANGEMENT_TABLE = Table(
    name="arrangements",
    meaning="An arrangement that a partnership ran in the financial year.",
    columns=(
        text("ARRANGEMENT", "Its id.", key=True, example="WLA-FRAMEWORK"),
        PARTNERSHIP,
        text("TITLE", "What it is called."),
        coded("FORM", "Form of the contract.", FORMS, key=True),
        text("AIMS", "What it is for, in words."),
        day("STARTS", "First day.", key=True),
        day("ENDS", "Last day; empty while no end is agreed."),
        money("RUN_COST", "Cost of running it: staff, systems, legal advice.", "pounds a year", key=True),
    ),
    optional=False,
    unique=("ARRANGEMENT",),
)
MEMBER_TABLE = Table(
    name="members",
    meaning="An authority's time in a partnership.",
    columns=(
        PARTNERSHIP,
        text("MEMBER", "The authority's ONS code or name.", key=True, example="Camden"),
        day("JOINED", "First day as a member.", key=True),
        day("LEFT", "Last day; empty while it is one."),
    ),
    optional=False,
    unique=("PARTNERSHIP", "MEMBER", "JOINED"),
)

ARRANGEMENTS = Return(
    spec=Spec(
        id="commissioning.arrangements",
        title="Partnerships: arrangements and members",
        tables=(ARRANGEMENT_TABLE, MEMBER_TABLE),
        source=SOURCE,
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.commissioning.rules:check_arrangements"),
    audience="members",
    keep_years=7,
)
