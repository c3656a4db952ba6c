"""Unaccompanied asylum-seeking children: what they cost, what the Home Office pays, night by night."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parentis.services.uasc.tables import LEDGER_NEEDS

if TYPE_CHECKING:
    from parentis.services.uasc.ledger import ledger
    from parentis.services.uasc.records import FINDINGS, STATUSES, Bands, Ledger, Nights

__all__ = ["FINDINGS", "LEDGER_NEEDS", "STATUSES", "Bands", "Ledger", "Nights", "ledger"]

_HOMES = {"ledger": "ledger"}


def __getattr__(name: str) -> Any:
    # The door opens late: listing the services imports this package, and must not import frames.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)
    globals()[name] = value
    return value
