"""The older cohort that is hard to place: who is in it by which version of a definition, and who is heading for it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from parentis.services.service import Pack, Ref, Service

if TYPE_CHECKING:
    from parentis.services.cohort.definition_files import Definition, Regime, definition, definitions, read_definition
    from parentis.services.cohort.membership import MEMBER, cohort_members

_HOME = "parentis.services.cohort"
NEEDS: Final = (
    "ssda903/Episodes", "ssda903/Header", "ssda903/UASC", "ssda903/Missing", "ssda903/DoLo",
    "placements.costs/placements", "placements.costs/homes", "finance.monitoring/activity",
    "open_statistics.lait/lines", "placements.providers/providers", "places.referrals/referrals",
    "places.referrals/asks",
)  # fmt: skip
"What markers read, and what prices are made of."

SERVICE = Service(
    id="cohort",
    title="Older cohort",
    needs=NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    answers=("cohort.children", "cohort.rate", "cohort.share"),
    packs=(
        Pack(
            id="older-cohort",
            title="The older cohort that is hard to place",
            subtitle="How many, by which version of the definition, where and among whom",
        ),
    ),
    parameters={"seed": 0, "samples": 500},
)

_HOMES = {
    "MEMBER": "membership",
    "cohort_members": "membership",
    "Definition": "definition_files",
    "Regime": "definition_files",
    "definition": "definition_files",
    "definitions": "definition_files",
    "read_definition": "definition_files",
}

__all__ = [
    "MEMBER",
    "NEEDS",
    "SERVICE",
    "Definition",
    "Regime",
    "cohort_members",
    "definition",
    "definitions",
    "read_definition",
]


def __getattr__(name: str) -> Any:
    # Imported late: listing the services imports this package, and must not import frames.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
