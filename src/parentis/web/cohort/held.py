"""The frames of the last build, read once, and who the reader is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from django.http import HttpRequest
from django.utils import timezone

from parentis import lake, region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import Viewer
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.people import acting
from parentis.web.people.authorisation import viewer

LONDON: Final = "london"
SERVED_DAYS: Final = 30
"Days from the build for which a chance may be shown."


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        return workflow.frame(home, "cohort", name)
    except NotFoundError:
        return None


frame: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=24)
"""A frame of the service by name; None before a build has made it."""


def _built_on(home: Home) -> date | None:
    at = lake.shown(home).filter(pl.col("service") == "cohort")
    return timezone.localtime(at["at"][0]).date() if at.height else None


built_on: VersionedCache[date | None] = VersionedCache(_built_on, mark=shown_mark, most=1)
"""The day on which the figures now shown were built; None before the first build."""


def served_until() -> date | None:
    """The last day on which chances of the last build may be shown."""
    day = built_on()
    return None if day is None else day + timedelta(days=SERVED_DAYS)


@dataclass(frozen=True, slots=True)
class Reader:
    """`own`: the reader's authority, or '' for the region's people."""

    own: str
    viewer: Viewer

    @property
    def place(self) -> str:
        """The geography of frames that hold own rows and London's."""
        return self.own or LONDON

    @property
    def name(self) -> str:
        return place_name(self.place)


def reader_of(request: HttpRequest, action: str = "cohort.open") -> Reader:
    """The reader as whoever they act for."""
    organisation: Any = acting.organisation_for(request, action)
    return Reader(own=str(getattr(organisation, "authority", "") or ""), viewer=viewer(request.user))


def place_name(code: str) -> str:
    return "London" if code == LONDON else region.authority(code).name


def names_of(codes: list[str]) -> dict[str, str]:
    """Code to name, for the places of a frame."""
    return {code: place_name(code) for code in codes}
