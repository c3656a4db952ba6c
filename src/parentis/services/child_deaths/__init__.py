"""Child death review: which footprints have enough deaths, which rates are changing, how often such alarms are false,
and whether what was learned has lasted."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from parentis.services.service import Pack, Ref, Service

if TYPE_CHECKING:
    from parentis.services.child_deaths.budget import ALARMS_A_YEAR, kept
    from parentis.services.child_deaths.expected import GUIDANCE, RATES, boroughs, by_need, by_rate, expectation, needed
    from parentis.services.child_deaths.frontier import FAMILIES, described, efficient, frontier_of
    from parentis.services.child_deaths.level import level_table
    from parentis.services.child_deaths.outside import banded, quarterly
    from parentis.services.child_deaths.picture import Picture, picture_of
    from parentis.services.child_deaths.streams import Alarm, Watch, watch

_HOME = "parentis.services.child_deaths"
NEEDS: Final = tuple(
    f"child_deaths.{each}/{each}" for each in ("notifications", "reports", "reviews", "factors", "actions")
)
SERVICE = Service(
    id="child_deaths",
    title="Child death review",
    needs=NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="child-death-review",
            title="Child death review: the year",
            subtitle="Deaths notified and reviewed, themes, timeliness and the police, for partners and the board",
            summary=Ref("parentis.services.child_deaths.summary:SUMMARY"),
            methods=("child-deaths",),
        ),
    ),
    practice=Ref(f"{_HOME}.practice:returns"),
)

_HOMES = {
    "budget": ("ALARMS_A_YEAR", "kept"),
    "expected": ("GUIDANCE", "RATES", "boroughs", "by_need", "by_rate", "expectation", "needed"),
    "frontier": ("FAMILIES", "described", "efficient", "frontier_of"),
    "level": ("level_table",),
    "outside": ("banded", "quarterly"),
    "picture": ("Picture", "picture_of"),
    "streams": ("Alarm", "Watch", "watch"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ALARMS_A_YEAR",
    "FAMILIES",
    "GUIDANCE",
    "NEEDS",
    "RATES",
    "SERVICE",
    "Alarm",
    "Picture",
    "Watch",
    "banded",
    "boroughs",
    "by_need",
    "by_rate",
    "described",
    "efficient",
    "expectation",
    "frontier_of",
    "kept",
    "level_table",
    "needed",
    "picture_of",
    "quarterly",
    "watch",
]


def __getattr__(name: str) -> Any:
    # Imported late: listing the services imports this package, and must not import frames.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
