"""From a bid's fields to what the service works with, and the run that belongs to its present terms."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from parentis import region, workflow
from parentis.archive import Home
from parentis.errors import SpecificationError, UserError
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.catalogue import Costs, entry
from parentis.services.prevention.proposals import CASES, Problem, Proposal, problems
from parentis.version import VERSION
from parentis.web.cache import VersionedCache, register_mark
from parentis.web.cases.models import Case, Record
from parentis.web.cases.records import values_of
from parentis.web.prevention.case_types import BID, LAW
from parentis.web.prevention.models import BidRun

CLOSED: Final = ("refused", "withdrawn")


def _returns(home: Home) -> str:
    return workflow.what_if_returns(home)


returns_behind: VersionedCache[str] = VersionedCache(_returns, mark=register_mark, most=1)
"""A mark of the accepted returns that bids are worked out from."""


def proposal_of(case: Case) -> Proposal:
    """A bid's proposal. Raises UserError for an intervention or an authority that is not known, and for a number of
    children in a family that is none."""
    values = values_of(case.record)
    return _proposal(values, str(case.place), case.pk)


def _proposal(values: Mapping[str, Any], place: str, number: int) -> Proposal:
    names = [one.strip() for one in str(values["boroughs"] or "").split(",") if one.strip()]
    places = dict.fromkeys([place, *(region.authority(one).gss for one in names)])
    return Proposal(
        id=str(number),
        title=str(values["title"]),
        entry=entry(str(values["entry"]).strip()),
        authorities=tuple(places),
        start=values["starts_on"],
        ends=values["ends_on"],
        reach=float(values["reach"]),
        eligible=float(values["eligible"]),
        ramp_months=int(values["ramp_months"] or 0),
        costs=Costs(
            fixed=float(values["fixed_cost"]),
            each=float(values["each_cost"]),
            per=str(values["per"]),
            children_per_family=_number(values["children_per_family"]),
            price_base=str(values["price_base"]).strip(),
            children_per_worker=float(values["children_per_worker"] or 0),
        ),
        horizon_months=12 * min(max(int(values["horizon_years"]), 1), 10),
        case=next(case for case, title in CASES.items() if LAW[str(values["law"])] == title),
        compliance=_part(values["compliance"], 1.0) or 0.0,
        earlier_share=_part(values["earlier"]),
        earlier_low=_part(values["earlier_low"]),
        earlier_high=_part(values["earlier_high"]),
        grant=str(values["grant"] or "").strip(),
    )


def _part(percent: int | None, usual: float | None = None) -> float | None:
    return usual if percent is None else min(max(percent / 100, 0.0), 1.0)


def _number(written: object) -> float | None:
    if written in (None, ""):
        return None
    try:
        return float(str(written))
    except ValueError as error:
        raise SpecificationError(
            expected="a number, such as 1.686", found=repr(written), where="Children in a family", do="Correct it."
        ) from error


def problems_of(case: Case) -> tuple[Problem, ...]:
    """What would make the bid's numbers wrong, beside those of the same authorities that are not closed."""
    try:
        own = proposal_of(case)
    except UserError as error:
        return (Problem("unreadable", str(error), True),)
    return problems(own, _others(case))


def _others(case: Case) -> list[Proposal]:
    found = []
    for record in Record.objects.filter(case__kind=BID).exclude(case__state__in=CLOSED).select_related("case"):
        if record.case_id != case.pk and record.case.place == case.place:
            try:
                found.append(proposal_of(record.case))
            except UserError:
                continue
    return found


def mark(case: Case) -> str:
    """Changes with the bid's terms, the returns behind the forecast, and the version of Parentis."""
    told = json.dumps([case.record.values, returns_behind(), VERSION], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def run_of(case: Case) -> BidRun | None:
    """The bid's latest run, whether or not it is of its present terms."""
    return BidRun.objects.filter(case=case).first()


@lru_cache(maxsize=8)
def _read(number: int, asked: str, made: str) -> BidResult:
    del asked, made  # a run is made again under its number
    return BidResult.from_bytes(bytes(BidRun.objects.get(pk=number).stored))


def answer_of(run: BidRun) -> BidResult:
    """What a run holds; the last few are kept in this process."""
    return _read(run.pk, run.asked, run.made_at.isoformat())
