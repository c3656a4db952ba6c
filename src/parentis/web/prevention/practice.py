"""The practice site's bids and promises (synthetic), and samples of addresses for the tests that visit every page."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import transaction

from parentis import region
from parentis.services.prevention.bid_answers import BidAnswer
from parentis.services.prevention.promises import Band, Promise
from parentis.web.cases.models import Case, Record
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.jobs.queue import enqueue
from parentis.web.prevention.bids import mark
from parentis.web.prevention.case_types import BID
from parentis.web.prevention.held import frame, neighbours
from parentis.web.prevention.models import BidRun
from parentis.web.prevention.promises import checked, make

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]
LEAD: Final = "Croydon"
BIDS: Final[tuple[dict[str, Any], ...]] = (
    {"reference": "P-2026-1", "title": "Practice: family group conferences six months earlier",
     "entry": "family-group-conference", "reach": 100, "eligible": 220, "fixed_cost": Decimal("60000.00"),
     "each_cost": Decimal("1500.00"), "per": "family", "children_per_family": "1.686", "law": "earlier"},
    {"reference": "P-2026-2", "title": "Practice: family group conferences for every family",
     "entry": "family-group-conference", "reach": 150, "eligible": 220, "fixed_cost": Decimal("90000.00"),
     "each_cost": Decimal("900.00"), "per": "child", "children_per_family": "", "law": "no-duty"},
    {"reference": "P-2026-3", "title": "Practice: multisystemic therapy", "entry": "multisystemic-therapy",
     "reach": 40, "eligible": 90, "fixed_cost": Decimal("120000.00"), "each_cost": Decimal("9000.00"), "per": "child",
     "children_per_family": "", "law": "met-by-all"},
)  # fmt: skip
PROMISES: Final = (
    ("P-2022-1", "Practice: a team at the edge of care", "Croydon", date(2022, 4, 1), 25, 9),
    ("P-2022-2", "Practice: conferences for all", "Kingston upon Thames", date(2022, 4, 1), 35, 12),
    ("P-2022-3", "Practice: evening visits", "Westminster", date(2022, 4, 1), 30, 10),
    ("P-2023-1", "Practice: a family hub", "Redbridge", date(2023, 4, 1), 60, 20),
    ("P-2024-1", "Practice: respite weekends", "Hounslow", date(2024, 4, 1), 80, 25),
    ("P-2025-1", "Practice: a mentor for every child", "Croydon", date(2025, 4, 1), 20, 9),
)
"""Reference, title, borough, start, promised entries avoided in 12 months and half the width of their interval."""


@transaction.atomic
def make_practice_bids() -> int:
    """Bids of one borough, which the worker works out, and promises of several with the checks that returns allow; 0
    where there were any."""
    if Record.objects.filter(case__kind=BID).exists():
        return 0
    place = region.authority(LEAD).gss
    for values in BIDS:
        case = enter(by=None, kind=BID, place=place, practice=True, values=_whole(values))
        enqueue(kind="prevention-bid", by=None, asked={"case": case.pk}, authority=place)
    for promise in map(_promise, PROMISES):
        _checked(make(promise, place=promise.authorities[0], practice=True), promise)
    return len(BIDS) + len(PROMISES)


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "boroughs": "", "starts_on": date(2026, 7, 1), "ends_on": date(2029, 7, 1), "price_base": "2025-26",
        "children_per_worker": 40, "ramp_months": 6, "horizon_years": 5, "grant": "", **values,
    }  # fmt: skip


def _promise(given: tuple[str, str, str, date, float, float]) -> Promise:
    reference, title, borough, start, entries, half = given
    own = (region.authority(borough).gss,)
    bands = tuple(
        Band(
            months=months, entries=entries * times, entries_low=(entries - half) * times,
            entries_high=(entries + half) * times, nights=60.0 * entries * times**2,
            nights_low=60.0 * (entries - half) * times**2, nights_high=60.0 * (entries + half) * times**2,
            pounds=14_000.0 * entries * times**2, pounds_low=14_000.0 * (entries - half) * times**2,
            pounds_high=14_000.0 * (entries + half) * times**2,
        )
        for months, times in ((12, 1), (24, 2))
    )  # fmt: skip
    return Promise(
        reference=reference, title=title, entry="family-group-conference", authorities=own,
        neighbours=neighbours(own), start=start, bands=bands, made_of="practice",
    )  # fmt: skip


def _checked(case: Case, promise: Promise) -> None:
    if frame("prevention", "entries") is None:
        return
    for months in (12, 24):
        if checked(promise, months) is None:
            return
        move(by=None, case=case, move=f"check-{months}", seen=None)


def _bid(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    """A bid with a run that was made up, for the pages that show one."""
    gss = places[place].authority or region.authority(LEAD).gss
    found = Record.objects.filter(case__kind=BID, case__place=gss, values__reference="sample").first()
    case = found.case if found else enter(
        by=None, kind=BID, place=gss, practice=True, values=_whole({**BIDS[0], "reference": "sample"})
    )  # fmt: skip
    if not BidRun.objects.filter(case=case).exists():
        BidRun.objects.create(case=case, asked=mark(case), stored=made_up(gss).to_bytes())
    return {"pk": case.pk}


def made_up(gss: str, draws: int = 200) -> BidAnswer:
    """A run that nothing was simulated for: for tests and samples of pages alone."""
    rng, years = np.random.default_rng(7), ("2026-27", "2027-28", "2028-29")
    effect = np.exp(rng.normal(np.log(0.81), 0.1, draws))
    price = np.exp(rng.normal(0, 0.08, draws))
    saved = 900_000 * ((1 - effect) * price)[:, None] * np.array([0.5, 1.0, 1.2])
    return BidAnswer(
        title=BIDS[0]["title"], years=years, payers=("the council", "health and education"), price_year="2024-25",
        authorities=(gss,), saved=np.stack([0.9 * saved, 0.1 * saved], axis=1), saved_real=saved,
        nights=saved / 250, entries=saved / 60_000, reached=np.full((draws, 3), 60.0), places=saved.sum(1)[:, None],
        costs=(160_000.0, 160_000.0, 0.0), costs_real=(158_000.0, 158_000.0, 0.0), fixed=(60_000.0, 60_000.0, 0.0),
        drawn={"effect": effect, "price": price},
        bands=(Band(months=12, entries=8, entries_low=2, entries_high=15, nights=900, pounds=200_000),
               Band(months=24, entries=16, entries_low=4, entries_high=30, nights=2_500, pounds=600_000)),
        notes=("Made up: nothing was simulated.",),
        facts={"entry": "family-group-conference", "draws": draws, "seed": 7, "model ends": "2025-03-31"},
    )  # fmt: skip


def _with(more: Mapping[str, Any]) -> Sample:
    return lambda places, place: {**_bid(places, place), **more}


SAMPLES: dict[str, Sample] = {
    "prevention-entry": lambda places, place: {"entry": "family-group-conference"},
    "prevention-portfolio-work-out": lambda places, place: {"gss": places[place].authority},
    "prevention-portfolio-csv": lambda places, place: {"table": "frontier"},
    "prevention-portfolio-picture": lambda places, place: {"picture": "frontier"},
    "prevention-promises-csv": lambda places, place: {"table": "checks"},
    "prevention-promises-picture": lambda places, place: {"picture": "promised"},
    "bid-work-out": _bid,
    "bid-answer": _bid,
    "bid-conditions": _bid,
    "bid-trial": _bid,
    "bid-table": _with({"page": "answer", "table": "cash"}),
    "bid-picture": _with({"page": "answer", "picture": "net"}),
}
