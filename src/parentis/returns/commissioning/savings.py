"""Savings claimed for an arrangement: the amount, kind, baseline and evidence."""

from parentis.references import Ref
from parentis.returns.commissioning.columns import PARTNERSHIP, SOURCE, coded, money, text
from parentis.returns.models import Return
from parentis.returns.spec import Spec, Table, codes

KINDS = codes(CASHABLE="Less is spent than was", AVOIDED="Less is spent than would have been")
COUNTERFACTUALS = codes(
    SPOT="Spot prices of like placements", LAST_YEAR="Last year's price", OTHERS="Prices of those outside",
    FORECAST="A forecast", NONE="None is stated",
)  # fmt: skip
EVIDENCE = codes(
    PAID="Invoices or the ledger", MODEL="A model that others can run", CASE="A case told", NONE="None is given"
)

TABLE = Table(
    name="savings",
    meaning="A saving that was claimed in the financial year.",
    columns=(
        text("SAVING", "The saving's reference: the same wherever it is claimed.", key=True, example="WLA-S1"),
        PARTNERSHIP,
        text("ARRANGEMENT", "The arrangement that it is claimed for."),
        text("WHAT", "What was saved, in words."),
        coded("KIND", "Cashable or avoided: the two are never added.", KINDS, key=True),
        money("CLAIMED", "In the year, before the cost of running the arrangement.", "pounds", key=True),
        coded("COUNTERFACTUAL", "What it is measured against.", COUNTERFACTUALS),
        coded("EVIDENCE", "What it rests on.", EVIDENCE),
    ),
    optional=False,
)

SAVINGS = Return(
    spec=Spec(id="commissioning.savings", title="Savings claimed", tables=(TABLE,), source=SOURCE),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.commissioning.rules:check_savings"),
    audience="members",
    keep_years=7,
)
