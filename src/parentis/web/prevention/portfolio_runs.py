"""The worker's joint run of an authority's bids: what each costs, and which of them could have saved the same night."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.utils import timezone

from parentis.archive import Home
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.discount_factors import discount_factors
from parentis.services.prevention.joint_claims import joint_claims
from parentis.services.prevention.portfolio import Claim, Programme, Scale
from parentis.services.prevention.proposal_bids import bid_of
from parentis.version import VERSION
from parentis.web.cache import Mark, VersionedCache, model_mark
from parentis.web.cases.models import Case, Record
from parentis.web.jobs.models import Job
from parentis.web.prevention.bids import CLOSED, answer_of, problems_of, proposal_of, returns_behind
from parentis.web.prevention.bids import run_of as run_of_bid
from parentis.web.prevention.case_types import BID
from parentis.web.prevention.held import children
from parentis.web.prevention.models import PortfolioRun
from parentis.web.prevention.runs import basis_of
from parentis.workflow import Progress

JOB: Final = "prevention-portfolio"
MOST: Final = 10
"Bids that can share one night."


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A joint run as the page uses it; `drawn` is pounds of each claim by draw."""

    programmes: tuple[Programme, ...]
    claims: tuple[Claim, ...]
    drawn: list[list[float]]
    facts: dict[str, Any]


def bids_of(place: str) -> list[Case]:
    """An authority's bids that are not closed, can be worked out and have been, the first ten by number."""
    found = Record.objects.filter(case__kind=BID, case__place=place).exclude(case__state__in=CLOSED)
    return [
        one.case for one in found.select_related("case").order_by("case__pk")
        if run_of_bid(one.case) is not None and not any(problem.stops for problem in problems_of(one.case))
    ][:MOST]  # fmt: skip


def mark(place: str) -> str:
    """Changes with the bids, the forecast's model and the version of Parentis."""
    told = [[one.pk, one.record.values] for one in bids_of(place)]
    return hashlib.sha256(json.dumps([told, returns_behind(), VERSION]).encode()).hexdigest()


def run_of(place: str) -> PortfolioRun | None:
    """The latest joint run of an authority's bids."""
    return PortfolioRun.objects.filter(place=place).first()


def work_out(job: Job, progress: Progress) -> dict[str, Any]:
    """For the worker: run an authority's bids together and store their claims."""
    place = str(job.asked["place"])
    cases, asked = bids_of(place), mark(place)
    proposals = [proposal_of(one) for one in cases]
    progress("simulating the bids together", 1, 1)
    of, places = basis_of(proposals), tuple(dict.fromkeys(code for one in proposals for code in one.authorities))
    bids = [bid_of(one, of.entries, of.basis.prices.period) for one in proposals]
    claims, by_draw = joint_claims(bids, of.basis, places, on=timezone.localdate())
    programmes = [
        _programme(str(one.pk), proposal.title, answer_of(run), proposal.workers())
        for one, proposal in zip(cases, proposals, strict=True)
        if (run := run_of_bid(one)) is not None
    ]
    PortfolioRun.objects.update_or_create(
        place=place,
        defaults={"asked": asked, "made_at": timezone.now(), "stored": {
            "programmes": programmes,
            "claims": [{"bids": sorted(name for name, _ in one.items), "pounds": one.pounds,
                        "boroughs": dict(one.boroughs)} for one in claims],
            "drawn": by_draw.tolist(), "draws": len(by_draw),
        }},
    )  # fmt: skip
    return {"place": place}


def _programme(number: str, title: str, answer: BidResult, workers: float) -> dict[str, Any]:
    """A bid's costs by year, and each borough's part by its children, at present value."""
    known, years = children(), answer.header["years"]
    own = {place: known.get(place, 0.0) for place in answer.header["authorities"]}
    whole = sum(own.values()) or 1.0
    costs = [sum(line["amounts"].get(year, 0.0) for line in answer.header["costs"]) for year in years]
    worth = float(np.array(costs) @ discount_factors(len(years), on=timezone.localdate()))
    return {
        "id": number, "title": title, "costs": dict(zip(years, costs, strict=True)), "cost": worth, "workers": workers,
        "boroughs": {place: worth * people / whole for place, people in own.items()},
    }  # fmt: skip


def _held(_home: Home, number: int, _made: str) -> Held:
    stored = PortfolioRun.objects.get(pk=number).stored
    years = sorted({year for one in stored["programmes"] for year in one["costs"]})
    programmes = tuple(
        Programme(
            id=one["id"],
            title=one["title"],
            scales=(
                Scale(
                    costs=tuple(one["costs"].get(year, 0.0) for year in years),
                    staff={"worker": one["workers"]},
                    borough_costs=one["boroughs"],
                    cost=one["cost"],
                ),
            ),
        )
        for one in stored["programmes"]
    )
    claims = tuple(
        Claim(items=frozenset((name, 0) for name in one["bids"]), pounds=one["pounds"], boroughs=one["boroughs"])
        for one in stored["claims"]
    )
    return Held(
        programmes=programmes, claims=claims, drawn=stored["drawn"], facts={"draws": stored["draws"], "years": years}
    )


def _mark(home: Home) -> Mark:
    return model_mark(home)


_cached: VersionedCache[Held] = VersionedCache(_held, mark=_mark, most=16)


def held(run: PortfolioRun) -> Held:
    """What a joint run holds."""
    return _cached(run.pk, run.made_at.isoformat())
