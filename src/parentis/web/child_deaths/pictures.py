"""The service's results for the pages: the worker computes and stores them for each state of the lake."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from parentis import region, workflow
from parentis.archive import find_home
from parentis.version import VERSION
from parentis.web.cache import register_mark
from parentis.web.child_deaths.models import BudgetChange, Judgement, StoredPicture
from parentis.web.child_deaths.stored import keep, stored

PANELS: Final = (6, 7, 8, 9)
SIGNALS: Final = "signals"
RATES: Final = ("2024", "2025")
EARLIER: Final = 12
"Number of earlier pictures that are listed."
RELEASED_ONCE: Final = "once"
FALSE: Final = frozenset({"chance", "artefact"})
ALARMS_A_YEAR: Final = 1.0
"Unless a named person changed it; as `services.child_deaths` has it."


def a_year() -> float:
    """False alarms a year that the page may give now."""
    last = BudgetChange.objects.first()
    return float(last.a_year) if last else ALARMS_A_YEAR


def refresh() -> int:
    """Compute again whatever is out of date; returns how many items were."""
    day = timezone.localdate()
    made = int(keep(SIGNALS, _mark(), _picture))
    found = picture()
    if found is not None:
        # A quarter's release does not change, even if deaths are notified, withdrawn or corrected later.
        made += keep(f"released-{found.quarter_ends}", RELEASED_ONCE, lambda: _release(found))
    for rate in RATES:
        made += keep(f"footprints-{rate}", _maps_mark(day), lambda rate=rate: _footprints(rate, day))  # type: ignore[misc]
    return made


def _mark() -> str:
    """Changes with the submissions that are held, the budget, and the version of Parentis."""
    return _hashed([*map(str, register_mark(find_home())[1:]), a_year(), VERSION])


def _maps_mark(day: date) -> str:
    return _hashed([[_of(kind, day) for kind in ("cdr", "icb", "bcu")], VERSION])


def _hashed(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _picture() -> Any:
    from parentis.services import child_deaths

    home = find_home()
    found = child_deaths.picture_of(workflow.tables(home, child_deaths.NEEDS), a_year=a_year(), waits=True)
    if found is None:
        return None
    # Delays and circles are not shown: a day of death could identify a child, and a circle covers only a few boroughs.
    return found if found.inside is None else replace(found, inside=replace(found.inside, delays={}, clusters=()))


def picture(number: int | None = None) -> Any:
    """A `Picture` as it was stored, and nothing before there is one; `number`: an earlier one."""
    found = stored(SIGNALS, number)
    return found.thing if found else None


def computed() -> tuple[datetime, bool] | None:
    """When the shown picture was computed, and whether it includes everything stored now."""
    found = stored(SIGNALS)
    return (found.made_at, found.mark == _mark()) if found else None


def released() -> Mapping[str, Any]:
    """What is told outside the partnerships: `streams`, `level` and `silent` as at the end of a quarter."""
    found = picture()
    held = stored(f"released-{found.quarter_ends}") if found else None
    return held.thing if held else {"streams": [], "level": [], "silent": []}


def _release(found: Any) -> dict[str, Any]:
    return {"streams": found.outside, "level": found.level, "silent": found.silent_then}


def held() -> Any:
    """Realised false alarms beside those promised: those judged to be chance or an artefact, in the months charted."""
    found = picture()
    if found is None or found.inside is None:
        return None
    alarms = sum(outcome in FALSE for outcome in _judged().values())
    return found.kept[min(alarms, len(found.kept) - 1)]


def _judged() -> dict[tuple[str, date], str]:
    """The last judgement of each alarm."""
    return {(one.stream, one.raised): one.outcome for one in Judgement.objects.order_by("at", "pk")}


def cards(found: Any = None) -> list[dict[str, Any]]:
    """The alarms of a picture (the latest), the newest first, each with what was said of it."""
    found = found or picture()
    if found is None or found.inside is None:
        return []
    said = {(one.stream, one.raised): one for one in Judgement.objects.select_related("by").order_by("at", "pk")}
    return [{"alarm": one, "judgement": said.get((one.stream, one.at))} for one in found.alarms]


def earlier() -> list[Any]:
    """Pictures before the one that is shown, the newest first: number and when each was made."""
    rows = StoredPicture.objects.filter(name=SIGNALS).values("pk", "made_at")
    return list(rows[1 : 1 + EARLIER])


def footprints(rate: str) -> Any:
    """Today's map, the frontier at a rate, and what each footprint expects; nothing before it is worked out."""
    found = stored(f"footprints-{rate}")
    return found.thing if found else None


def _footprints(rate: str, day: date) -> dict[str, Any]:
    from parentis.services import child_deaths

    places = child_deaths.boroughs()
    children = _children()
    deaths = child_deaths.by_rate({one.authority: children[one.authority] for one in places}, child_deaths.RATES[rate])
    icbs, bcus, now = (_of(kind, day) for kind in ("icb", "bcu", "cdr"))
    groups: dict[str, list[str]] = {}
    for one in places:
        groups.setdefault(now[one.authority], []).append(one.authority)
    found = child_deaths.frontier_of(places, deaths, icbs=icbs, bcus=bcus, panels=PANELS)
    today = child_deaths.described(list(groups.values()), places, deaths, icbs, bcus, family="today")
    options = (today, *found.options)
    best = set(child_deaths.efficient((*found.options, today)))
    expected = [
        (region.footprint(each).name, child_deaths.expectation(sum(deaths[code] for code in groups[each])))
        for each in sorted(groups)
    ]
    return {
        "options": options, "best": [one in best for one in options], "refused": found.refused, "expected": expected,
        "needed": [(each, child_deaths.needed(each)) for each in (0.2, 0.05, 0.01)],
        "families": dict(child_deaths.FAMILIES),
    }  # fmt: skip


def _children() -> Mapping[str, float]:
    held = region.population_0_17().sort("year").unique("authority", keep="last")
    return {row["authority"]: float(row["population"]) for row in held.iter_rows(named=True)}


def _of(kind: str, day: date) -> dict[str, str]:
    return {code: one.id for one in region.footprints() if one.kind == kind for code in region.members(one.id, day)}
