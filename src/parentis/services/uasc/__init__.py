"""Unaccompanied asylum-seeking children: what they cost, what the Home Office pays, night by night."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parentis.services.demand import OUTLOOK_NEEDS
from parentis.services.service import Command, Pack, Ref, Service
from parentis.services.uasc.tables import LEDGER_NEEDS, NATIONAL_NEEDS, SURVEY_NEEDS

if TYPE_CHECKING:
    from parentis.services.uasc.child_nights import ledger
    from parentis.services.uasc.claims import Claim, claim
    from parentis.services.uasc.forecast import Futures, futures
    from parentis.services.uasc.reconciliation import reconcile
    from parentis.services.uasc.records import FINDINGS, STATUSES, Bands, Ledger, Nights
    from parentis.services.uasc.schedules import HEAD, Schedule, changed, current
    from parentis.services.uasc.thresholds import headroom
    from parentis.services.uasc.whatif import Answer, ask, small

__all__ = [
    "FINDINGS",
    "FUTURES_NEEDS",
    "HEAD",
    "LEDGER_NEEDS",
    "SERVICE",
    "STATUSES",
    "Answer",
    "Bands",
    "Claim",
    "Futures",
    "Ledger",
    "Nights",
    "Schedule",
    "ask",
    "changed",
    "claim",
    "current",
    "futures",
    "headroom",
    "ledger",
    "reconcile",
    "small",
]

FUTURES_NEEDS: tuple[str, ...] = (*LEDGER_NEEDS, *SURVEY_NEEDS)
"What-if of rates: nights, weeks and what they cost."

_HOME = "parentis.services.uasc"

SERVICE = Service(
    id="uasc",
    title="Unaccompanied children",
    needs=tuple(dict.fromkeys((*FUTURES_NEEDS, *NATIONAL_NEEDS, *OUTLOOK_NEEDS))),
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="uasc-home-office",
            title="Unaccompanied children and care leavers: cost and grant",
            subtitle="The region's evidence for the Home Office: what care costs, what is paid, who carries the rest",
            summary=Ref("parentis.services.uasc.summary:SUMMARY"),
            methods=("uasc",),
        ),
    ),
    commands=(
        Command(
            name="uasc nights",
            options={
                "by": "What to count by, with commas: financial_year, group, authority, month.",
            },
            help="Nights of unaccompanied children and days of care leavers, and what is paid for them.",
            needs=LEDGER_NEEDS,
            run=Ref(f"{_HOME}.ledger_commands:nights"),
            from_files=True,
        ),
        Command(
            name="uasc claim",
            options={
                "nightly": "Each night's rate, not sums.",
            },
            help="The claim of an authority for a financial year, line by line or night by night.",
            needs=LEDGER_NEEDS,
            run=Ref(f"{_HOME}.ledger_commands:claim_file"),
            from_files=True,
        ),
        Command(
            name="uasc thresholds",
            options={
                "vintage": "The year of the population estimates; 0 for the latest.",
            },
            help="Unaccompanied children beside the thresholds, and when the last year's line reaches them.",
            needs=LEDGER_NEEDS,
            run=Ref(f"{_HOME}.ledger_commands:near_thresholds"),
        ),
        Command(
            name="uasc findings",
            help="Children whose looked-after return and claim register do not fit together, and why.",
            needs=LEDGER_NEEDS,
            run=Ref(f"{_HOME}.ledger_commands:amiss"),
            from_files=True,
        ),
        Command(
            name="uasc reconcile",
            help="Children on 31 March by the ledger beside DfE's published count.",
            needs=(*LEDGER_NEEDS, "open_statistics.lait/lines"),
            run=Ref(f"{_HOME}.commands:reconcile"),
        ),
        Command(
            name="uasc survey",
            options={
                "findings": "What is to be corrected in the answers, not the answers.",
            },
            help="Answers to the cost survey in pounds of the year, and those that cannot be used.",
            needs=SURVEY_NEEDS,
            run=Ref(f"{_HOME}.commands:survey"),
            from_files=True,
        ),
        Command(
            name="uasc what-if",
            options={
                "under_16": "Usual rate under 16, pounds per night; −1 keeps the current one.",
                "under_16_high": "High rate under 16, pounds per night; −1 keeps the current one.",
                "older": "Usual rate at 16 and 17, pounds per night; −1 keeps the current one.",
                "older_high": "High rate at 16 and 17, pounds per night; −1 keeps the current one.",
                "leaver": "Rate for care leavers, pounds per week; −1 keeps the current one.",
                "threshold": "Per cent of residents under 18 for the high rate; −1 keeps the current one.",
                "uprating": "Per cent by which all rates rise each year, from the second.",
                "cost_growth": "Per cent by which costs rise each year; −1 for the forecast's own.",
                "gains": "What each authority gains or loses, not the years.",
            },
            help="What other rates would pay over five years, and who would gain.",
            needs=FUTURES_NEEDS,
            run=Ref(f"{_HOME}.commands:what_if"),
        ),
    ),
    parameters={"replicates": 200, "seed": 0},
)

_HOMES = {
    "Answer": "whatif",
    "Claim": "claims",
    "Futures": "forecast",
    "HEAD": "schedules",
    "Schedule": "schedules",
    "ask": "whatif",
    "small": "whatif",
    "changed": "schedules",
    "claim": "claims",
    "current": "schedules",
    "futures": "forecast",
    "headroom": "thresholds",
    "ledger": "child_nights",
    "reconcile": "reconciliation",
}


def __getattr__(name: str) -> Any:
    # Names are imported on first use: listing the services imports this package, and must not load Polars.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)
    globals()[name] = value
    return value
