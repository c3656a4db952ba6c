"""The practice site's bids and promises (synthetic), and samples of addresses for the tests that visit every page."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import transaction

from parentis import region
from parentis.services.prevention.bids import CATEGORIES, BidResult
from parentis.services.prevention.entry_counts import later
from parentis.services.prevention.promises import Band, Promise
from parentis.services.prevention.proposal_bids import EACH, FIXED
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
MADE_UP_SHARES: Final = {("council", "cashable"): 0.7, ("council", "avoided growth"): 0.2, ("nhs", "cashable"): 0.1}
BIDS: Final[tuple[dict[str, Any], ...]] = (
    {"reference": "P-2026-1", "title": "Practice: family group conferences six months earlier",
     "entry": "family-group-conference", "reach": 100, "eligible": 220, "fixed_cost": Decimal("60000.00"),
     "each_cost": Decimal("1500.00"), "per": "family", "children_per_family": "1.686", "law": "earlier",
     "earlier": 15, "earlier_low": 5, "earlier_high": 25},
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
        "children_per_worker": 40, "ramp_months": 6, "horizon_years": 5, "grant": "",
        "compliance": None, "earlier": None, "earlier_low": None, "earlier_high": None, **values,
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


def made_up(gss: str, draws: int = 200) -> BidResult:
    """A run that nothing was simulated for: for tests and samples of pages alone."""
    rng, years = np.random.default_rng(7), ["2026-27", "2027-28", "2028-29"]
    effect = np.exp(rng.normal(np.log(0.81), 0.1, draws))
    price = np.exp(rng.normal(0, 0.08, draws))
    saved = 900_000 * ((1 - effect) * price)[:, None] * np.array([0.5, 1.0, 1.2])
    pounds = np.zeros((draws, 1, 3, len(CATEGORIES)), np.float32)
    for (payer, cash), share in MADE_UP_SHARES.items():
        pounds[:, 0, :, CATEGORIES.index((payer, cash))] = share * saved
    months = [later(date(2026, 7, 1), at) - timedelta(days=1) for at in range(1, 34)]
    nights = np.repeat((saved / 250 / 11)[:, None, :], 1, axis=1)
    monthly = np.repeat(nights, 11, axis=2)
    header = {
        "bid": "sample", "title": BIDS[0]["title"], "start": "2026-07-01", "years": years, "grade": 4,
        "price_year": "2024-25", "authorities": [gss], "groups": ["residential"],
        "months": [one.isoformat() for one in months], "seed": 7, "replicates": draws, "cut": "2025-03-31",
        "programmes": ["sample"], "notes": ["Made up: nothing was simulated."], "benefits": [],
        "costs": [
            {"what": FIXED, "payer": "council", "amounts": {"2026-27": 60_000.0, "2027-28": 60_000.0}, "each": 0.0},
            {"what": EACH, "payer": "council", "amounts": {"2026-27": 98_000.0, "2027-28": 98_000.0}, "each": 0.0},
        ],
    }  # fmt: skip
    arrays = {
        "pounds_by_group": pounds, "pounds_by_authority": pounds, "avoided": (saved / 250)[:, None, :],
        "added": (saved / 2_500)[:, None, :], "entries": monthly / 200, "nights": monthly, "worth": 230 * monthly,
        "reached": np.full((draws, 1, 3), 60), "factor": effect[:, None], "price_level": price,
    }  # fmt: skip
    return BidResult(header=header, arrays=arrays)


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
