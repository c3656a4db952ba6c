"""What the service makes of the lake, worked out once for each state of it and shown many times."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from parentis import region, workflow
from parentis.archive import Home
from parentis.services import child_deaths
from parentis.web.cache import VersionedCache, register_mark
from parentis.web.child_deaths.models import BudgetChange, Judgement

if TYPE_CHECKING:
    from parentis.services.child_deaths import Picture

MOST = 4
PANELS = (6, 7, 8, 9)


def _make(home: Home, a_year: float) -> "Picture | None":
    return child_deaths.picture_of(workflow.tables(home, child_deaths.NEEDS), a_year=a_year)


_pictures: "VersionedCache[Picture | None]" = VersionedCache(_make, mark=register_mark, most=MOST)


def a_year() -> float:
    """False alarms a year that the page may give now."""
    last = BudgetChange.objects.first()
    return float(last.a_year) if last else child_deaths.ALARMS_A_YEAR


def picture() -> "Picture | None":
    return _pictures(a_year())


def held() -> Any:
    """Realised false alarms beside those promised: those judged to be chance or an artefact, in the months charted."""
    found = picture()
    if found is None or found.inside is None or not found.inside.streams:
        return None
    from parentis.services.child_deaths.streams import BASELINE_MONTHS

    months = len(found.inside.streams[0].months) - BASELINE_MONTHS
    judged = _judged()
    false = {"chance", "artefact"}
    alarms = sum(judged.get((one.stream, one.at), "") in false for one in found.inside.alarms)
    return child_deaths.kept(alarms, months / 12, found.inside.budget.promised)


def _judged() -> dict[tuple[str, date], str]:
    """The last judgement of each alarm."""
    return {(one.stream, one.raised): one.outcome for one in Judgement.objects.order_by("at", "pk")}


def cards() -> list[dict[str, Any]]:
    """The alarms, the newest first, each with what was said of it."""
    found = picture()
    if found is None or found.inside is None:
        return []
    said = {(one.stream, one.raised): one for one in Judgement.objects.select_related("by").order_by("at", "pk")}
    return [{"alarm": one, "judgement": said.get((one.stream, one.at))} for one in found.inside.alarms]


@lru_cache(maxsize=8)
def footprints(rate: float, day: date) -> dict[str, Any]:
    """Today's map, the frontier at a rate, and what each footprint expects."""
    places = child_deaths.boroughs()
    children = {one.authority: _children()[one.authority] for one in places}
    deaths = child_deaths.by_rate(children, rate)
    icbs, bcus, now = (_of(kind, day) for kind in ("icb", "bcu", "cdr"))
    groups: dict[str, list[str]] = {}
    for one in places:
        groups.setdefault(now[one.authority], []).append(one.authority)
    found = child_deaths.frontier_of(places, deaths, icbs=icbs, bcus=bcus, panels=PANELS)
    today = child_deaths.described(list(groups.values()), places, deaths, icbs, bcus, family="today")
    best = set(child_deaths.efficient((*found.options, today)))
    expected = [
        (region.footprint(each).name, child_deaths.expectation(sum(deaths[code] for code in groups[each])))
        for each in sorted(groups)
    ]
    return {"today": today, "options": found.options, "refused": found.refused, "best": best, "expected": expected,
            "rate": rate}  # fmt: skip


def _children() -> Mapping[str, float]:
    held = region.population_0_17().sort("year").unique("authority", keep="last")
    return {row["authority"]: float(row["population"]) for row in held.iter_rows(named=True)}


def _of(kind: str, day: date) -> dict[str, str]:
    return {code: one.id for one in region.footprints() if one.kind == kind for code in region.members(one.id, day)}
