"""Careers: spells, nights and markers made from several years' SSDA903 episodes. All services use this package."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.services.careers.episodes import COLUMNS_READ
    from parentis.services.careers.marker_answers import marked
    from parentis.services.careers.markers import MARKER_NEEDS, MARKERS, Marker, MarkerRule
    from parentis.services.careers.night_counts import nights, pieces, stock
    from parentis.services.careers.postcode_sectors import sector_positions
    from parentis.services.careers.records import ENDINGS, RESPITE, USES, Careers, Spells
    from parentis.services.careers.spell_assembly import spells

__all__ = [
    "COLUMNS_READ",
    "ENDINGS",
    "MARKERS",
    "MARKER_NEEDS",
    "RESPITE",
    "USES",
    "Careers",
    "Marker",
    "MarkerRule",
    "Spells",
    "marked",
    "nights",
    "pieces",
    "sector_positions",
    "spells",
    "stock",
]

_HOMES = {
    "COLUMNS_READ": "episodes",
    "MARKERS": "markers",
    "MARKER_NEEDS": "markers",
    "Marker": "markers",
    "MarkerRule": "markers",
    "marked": "marker_answers",
    "sector_positions": "postcode_sectors",
    "nights": "night_counts",
    "pieces": "night_counts",
    "stock": "night_counts",
    "spells": "spell_assembly",
}


def __getattr__(name: str) -> Any:
    # Names are imported on first use: listing the services imports this package, and must not load Polars.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)
    globals()[name] = value
    return value
