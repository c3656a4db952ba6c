"""The gap itself: headline, and the gap by authority."""

from parentis.figures import Block, Prose
from parentis.services.funding.sections.blocks import headline, table

FOOTPRINTS = ("region", "sub-region")
"Kinds of footprint that plan, fund or buy together."

HEADLINE: tuple[Block, ...] = (
    Prose(
        text="Councils' own monitoring says that children's social care spent {funding.csc.overspend} more than "
        "its revised budgets ({funding.csc.overspend_percent}), which is {funding.csc.overspend.per_child}, and "
        "that {funding.csc.over_budget_authorities.share} of councils spent more than they had budgeted.",
        only_with="funding.csc.overspend",
    ),
    Prose(
        text="High needs fell short of its funding by {funding.hn.shortfall} ({funding.hn.shortfall_percent}): "
        "{funding.total.shortfall} together with social care. Without netting off underspends it is "
        "{funding.total.shortfall_gross}. Shortfalls carried forward in the dedicated schools grant now stand at "
        "a balance of {funding.hn.balance}.",
        only_with="funding.total.shortfall",
    ),
    headline(
        "total.shortfall",
        "csc.overspend",
        "hn.shortfall",
        "csc.over_budget_authorities",
        "hn.shortfall_authorities",
        "hn.balance",
    ),
    Prose(
        text="On the government's own returns, outturn differed from original budget by {funding.csc.variance} "
        "({funding.csc.variance_percent}). That is another basis: original budgets, not revised ones. It is "
        "not an overspend, and is not to be added to or compared with monitoring without the reconciliation below.",
        only_with="funding.csc.variance",
    ),
    Prose(
        text="{funding.csc.flagged_authorities} of the authorities are flagged, because outturn and budget lie so far "
        "apart that they may be coded differently. Without them the variance is {funding.csc.variance.unflagged}.",
        only_with="funding.csc.variance.unflagged",
    ),
    headline("csc.variance", "csc.variance_gross", "csc.overspending_authorities"),
    headline("csc.net", "looked_after.net", "csc.net.per_child"),
)

GAP: tuple[Block, ...] = (
    table(
        "Children's social care and high needs by authority (monitoring)",
        {
            "csc.overspend": "Social care: overspend",
            "csc.overspend_percent": "Social care: overspend, per cent of revised budget",
            "csc.overspend.per_child": "Social care: overspend per child",
            "hn.shortfall": "High needs: in-year shortfall",
            "hn.shortfall_percent": "High needs: shortfall, per cent of funding",
            "hn.balance": "High needs: balance at year end",
            "total.shortfall": "Both: shortfall",
        },
        note="Revised budget to outturn or forecast; before reserves. A negative balance is a deficit.",
    ),
    table(
        "Children's social care by authority: revised budget and outturn or forecast (monitoring)",
        {
            "csc.original_budget": "Original budget",
            "csc.revised_budget": "Revised budget",
            "csc.expected_outturn": "Outturn or forecast",
            "csc.overspend": "Overspend",
            "csc.overspend_percent": "Overspend, per cent",
        },
        sort_by="funding.csc.overspend_percent",
    ),
    table(
        "The monitored gap by footprint",
        {
            "csc.overspend": "Social care: overspend",
            "csc.overspend_percent": "Social care: overspend, per cent",
            "hn.shortfall": "High needs: in-year shortfall",
            "total.shortfall": "Both: shortfall",
        },
        rows="footprint",
        footprint_kinds=FOOTPRINTS,
    ),
    table(
        "Children's social care by authority, original budget to outturn (RA and RS)",
        {
            "csc.budget": "Original budget",
            "csc.outturn": "Outturn",
            "csc.variance": "Variance",
            "csc.variance_percent": "Variance, per cent",
            "csc.variance.per_child": "Variance per child",
        },
        sort_by="funding.csc.variance_percent",
        note="RA against RS: never an overspend.",
        only_with="funding.csc.variance",
    ),
    table(
        "Original budget to outturn by footprint (RA and RS)",
        {
            "csc.budget": "Original budget",
            "csc.outturn": "Outturn",
            "csc.variance": "Variance",
            "csc.variance_percent": "Variance, per cent",
        },
        rows="footprint",
        footprint_kinds=FOOTPRINTS,
        only_with="funding.csc.variance",
    ),
    table(
        "Dedicated schools grant by authority (DfE)",
        {
            "dsg.allocation": "Grant, before deductions",
            "hn.block": "High needs block, before deductions",
            "hn.block_after_deductions": "High needs block, after deductions",
        },
    ),
    table(
        "Dedicated schools grant balance at 31 March by authority (DfE)",
        {"dsg.balance_percent": "Balance, per cent of income"},
        note="A deficit is negative.",
    ),
)
