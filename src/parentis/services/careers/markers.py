"""Markers: facts about a looked-after child on a day that may count towards a cohort, with window and threshold.

What a marker says of a child is yes, no or not known: where a table is not held, nothing is known, and it is never no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parentis.errors import DeclarationError

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
MISSING, DOLO = "ssda903/Missing", "ssda903/DoLo"
COSTS = "placements.costs/placements"
PROVIDERS = "placements.providers/providers"
REFERRALS, ASKS = "places.referrals/referrals", "places.referrals/asks"
MARKER_NEEDS: Final = (EPISODES, HEADER, UASC, MISSING, DOLO, COSTS, PROVIDERS, REFERRALS, ASKS)
"Every lake table that a marker may read. An absent or empty one is a table that is not held."

YEAR: Final = 365
"Days of the usual window."


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """`window`: days up to and with the day; None where the marker has none. `threshold` in `unit`; None likewise."""

    id: str
    title: str
    meaning: str
    tables: tuple[str, ...]
    window: int | None = None
    threshold: float | None = None
    unit: str = ""


MARKERS: Final[Mapping[str, Marker]] = {
    one.id: one
    for one in (
        Marker(
            id="late_entry", title="Came into care late",
            meaning="The first entry to care in the returns held was at this age or over.",
            tables=(EPISODES, HEADER), threshold=14, unit="years",
        ),
        Marker(
            id="placements", title="Placements in a year",
            meaning="At least this many placements in the window, the first one's nights counted; temporary ones "
            "(T0 to T4) left out.",
            tables=(EPISODES,), window=YEAR, threshold=3, unit="placements",
        ),
        Marker(
            id="carer_ended", title="Carer ended a placement for behaviour",
            meaning="At least this many placements in the window ended at the carer's request because of the "
            "child's behaviour (CREQB).",
            tables=(EPISODES,), window=YEAR, threshold=1, unit="placements",
        ),
        Marker(
            id="missing", title="Missing again and again",
            meaning="At least this many times missing or away without permission began in the window.",
            tables=(MISSING,), window=90, threshold=3, unit="times",
        ),
        Marker(
            id="distance", title="Placed far away",
            meaning="Placed more than this many miles from home, and outside the authority. Measured between "
            "the middles of postcode sectors.",
            tables=(EPISODES,), threshold=20, unit="miles",
        ),
        Marker(
            id="residential", title="First in a home or secure at an older age",
            meaning="The first placement in a children's home, secure home, residential care home or school "
            "(K2, K1, R1, S1) began at this age or over. Once so, always so.",
            tables=(EPISODES, HEADER), threshold=14, unit="years",
        ),
        Marker(
            id="deprivation", title="Deprived of liberty by a court",
            meaning="An order to deprive the child of liberty was in force in the window. Returned from 2026-27 on.",
            tables=(DOLO,), window=YEAR,
        ),
        Marker(
            id="weekly_cost", title="Dear placement",
            meaning="The placement of the day costs at least this much a week: committed cost divided by its nights.",
            tables=(COSTS,), threshold=10_000, unit="pounds a week",
        ),
        Marker(
            id="declines", title="Turned down by many providers",
            meaning="At least this many providers declined in the window.",
            tables=(REFERRALS, ASKS), window=YEAR, threshold=20, unit="providers",
        ),
        Marker(
            id="search_hours", title="Long search for a place",
            meaning="A search that was open in the window had lasted at least this long by the day.",
            tables=(REFERRALS,), window=YEAR, threshold=72, unit="hours",
        ),
        Marker(
            id="ehcp", title="Education, health and care plan",
            meaning="The return of placement costs says that the child has one.",
            tables=(COSTS,),
        ),
        Marker(
            id="unregistered", title="In a home that is not registered",
            meaning="In a home or supported accommodation (K1, K2, K3) whose number is given as none (XXXXXXX). A "
                    "number "
            "that no list of Ofsted's up to then has is not known: the home may be new.",
            tables=(EPISODES, PROVIDERS),
        ),
        Marker(
            id="health", title="Discharged from a mental health ward",
            meaning="Says yes or no where health records are linked; no return holds them yet.",
            tables=(),
        ),
    )
}  # fmt: skip
"By id."


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerRule:
    """One use of a marker, under a `name` of its own; window and threshold are the marker's where not given. Raises
    DeclarationError for a marker there is not, or for a window or threshold that it does not take."""

    name: str
    marker: str
    window: int | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.marker not in MARKERS:
            raise DeclarationError(f"rule {self.name}: no marker {self.marker!r}; there are {', '.join(MARKERS)}")
        of = MARKERS[self.marker]
        for what, given, usual in (("window", self.window, of.window), ("threshold", self.threshold, of.threshold)):
            if given is not None and (usual is None or given <= 0):
                why = "takes none" if usual is None else f"is {given}, and must be above 0"
                raise DeclarationError(f"rule {self.name}: the {what} of {self.marker} {why}")

    @property
    def days(self) -> int:
        """The window in force; 1 for a marker of the day alone."""
        return self.window or MARKERS[self.marker].window or 1

    @property
    def least(self) -> float:
        """The threshold in force; 1 for a marker without one."""
        return self.threshold or MARKERS[self.marker].threshold or 1.0
