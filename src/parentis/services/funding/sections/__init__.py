"""What the service puts into the spending-review pack, as data.

The text contains only placeholders, no numbers; the published values that ours are compared with are a cited table.

A placeholder without geography and period refers to the pack's own footprint and the last period held (`Prose`).
If monitoring returns are held, they give the headline; budget to outturn is shown separately, never combined with them.
Blocks without submitted data are left out (`only_with`); a chapter without any blocks says which data it needs
(`otherwise`).
"""

from parentis.figures import Section
from parentis.services.funding.forecast import ASK, OPTIONS_TRIED, RECORD, RISK, SENSITIVITIES
from parentis.services.funding.sections.context import CONTEXT
from parentis.services.funding.sections.explanation import (
    ADULTS,
    CHECK,
    DRIVERS,
    EFFICIENCIES,
    MAP,
    OPTIONS,
    TRENDS,
)
from parentis.services.funding.sections.gap import GAP, HEADLINE
from parentis.services.funding.sections.grounds import (
    METHOD,
    QUALITY,
    RECONCILIATION,
    RESPONSE,
    SOURCES,
    TREASURY_NUMBERS,
)

PACK = "spending-review"

_MONITORING = "authorities' monitoring returns"
_RA_RS = "RA budgets and RS or RSX outturns of one year"
_FIVE_YEARS = f"five years of {_MONITORING} from every authority of the footprint"

# The strongest argument comes first: what drives spend, then the gap, then the ask and what it rests on.
_DECLARED = (
    (
        "drivers",
        "What drives it",
        DRIVERS,
        f"Volume, mix and price need two years of activity in {_MONITORING}; spend by line needs RO3.",
    ),
    ("headline", "The gap", HEADLINE, f"Nothing to head this pack has been submitted: {_MONITORING}, {_RA_RS}."),
    (
        "ask",
        "The ask by year",
        ASK,
        f"The ask needs looked-after children returns, and {_MONITORING}.",
    ),
    (
        "sensitivities",
        "What the ask rests on",
        SENSITIVITIES,
        f"Trying other assumptions needs looked-after children returns, and {_MONITORING} for their last year.",
    ),
    (
        "record",
        "How forecasts of the past came out",
        RECORD,
        f"Forecasts of the past need three years of looked-after children returns, and {_MONITORING} for them.",
    ),
    (
        "risk",
        "Risk of a shortfall, and reserves",
        RISK,
        f"Risk needs looked-after children returns, and {_MONITORING} for their last year.",
    ),
    (
        "context",
        "Beside England and statistical neighbours",
        CONTEXT,
        "This comparison needs DfE's Local Authority Interactive Tool and its dictionary, and statistical neighbours.",
    ),
    ("trends", "How it has grown", TRENDS, f"Growth needs more than one year of {_MONITORING}, or of {_RA_RS}."),
    ("gap", "The gap by authority", GAP, f"This table needs {_MONITORING}, or {_RA_RS}."),
    (
        "adults",
        "Children's against adults' social care",
        ADULTS,
        f"Setting children's services against adults' needs both in {_MONITORING}, or {_RA_RS}.",
    ),
    ("map", "Where it falls", MAP, f"The map needs {_MONITORING}, or {_RA_RS}."),
    ("efficiencies", "Efficiencies made", EFFICIENCIES, f"Savings planned and delivered come from {_MONITORING}."),
    ("options", "Options", (*OPTIONS, *OPTIONS_TRIED), ""),
    ("method", "Method", METHOD, ""),
    ("sources", "Sources", SOURCES, ""),
    ("response", "Response rate", RESPONSE, ""),
    ("quality", "Quality and comparability", QUALITY, f"The tests look at {_MONITORING}, {_RA_RS}, and RO3."),
    (
        "check",
        "A check of the ask: past outturn in a straight line",
        CHECK,
        f"Carrying past outturn on needs {_FIVE_YEARS}, or as many of {_RA_RS}.",
    ),
    (
        "treasury",
        "The government's own numbers beside ours",
        TREASURY_NUMBERS,
        "What the settlement gave needs RA budgets; differences need them beside monitoring.",
    ),
    (
        "reconciliation",
        "Reconciliation with published figures",
        RECONCILIATION,
        "Nothing has been submitted that a published total could be set against.",
    ),
)

_ANNEXES = {"method", "sources", "response", "quality", "check", "reconciliation"}

SECTIONS: tuple[Section, ...] = tuple(
    Section(
        id=f"funding-{name}",
        title=title,
        blocks=blocks,
        packs={PACK: 10 * place},
        otherwise=otherwise,
        annex=name in _ANNEXES,
    )
    for place, (name, title, blocks, otherwise) in enumerate(_DECLARED, 1)
)
