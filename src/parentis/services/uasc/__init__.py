"""Unaccompanied asylum-seeking children: what they cost, what the Home Office pays, night by night."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parentis.services.demand import OUTLOOK_NEEDS
from parentis.services.service import Command, Ref, Service
from parentis.services.uasc.tables import LEDGER_NEEDS, NATIONAL_NEEDS, SURVEY_NEEDS

if TYPE_CHECKING:
    from parentis.services.uasc.futures import Futures, futures
    from parentis.services.uasc.ledger import ledger
    from parentis.services.uasc.records import FINDINGS, STATUSES, Bands, Ledger, Nights
    from parentis.services.uasc.schedules import Schedule, changed, current
    from parentis.services.uasc.whatif import Answer, ask

__all__ = [
    "FINDINGS",
    "FUTURES_NEEDS",
    "LEDGER_NEEDS",
    "SERVICE",
    "STATUSES",
    "Answer",
    "Bands",
    "Futures",
    "Ledger",
    "Nights",
    "Schedule",
    "ask",
    "changed",
    "current",
    "futures",
    "ledger",
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
    commands=(
        Command(
            name="uasc-survey",
            help="Answers to the cost survey in pounds of the year, and those that cannot be used.",
            needs=SURVEY_NEEDS,
            run=Ref(f"{_HOME}.commands:survey"),
            from_files=True,
        ),
        Command(
            name="uasc-what-if",
            help="What other rates would pay over five years, and who would gain.",
            needs=FUTURES_NEEDS,
            run=Ref(f"{_HOME}.commands:what_if"),
        ),
    ),
    parameters={"replicates": 200, "seed": 0},
)

_HOMES = {
    "Answer": "whatif",
    "Futures": "futures",
    "Schedule": "schedules",
    "ask": "whatif",
    "changed": "schedules",
    "current": "schedules",
    "futures": "futures",
    "ledger": "ledger",
}


def __getattr__(name: str) -> Any:
    # The door opens late: listing the services imports this package, and must not import frames.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)
    globals()[name] = value
    return value
