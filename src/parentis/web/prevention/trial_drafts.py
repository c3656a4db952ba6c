"""A draft protocol for a trial of a bid's effect, handed to the trial registry."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from parentis import region
from parentis.services.prevention.bid_answers import Terms
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.catalogue import entry
from parentis.web.cases.models import Case
from parentis.web.cases.register.operations import enter
from parentis.web.prevention.bid_pages import best_trial

TRIAL = "trial"
"The registry's kind of case."


def draft(
    *, by: Any, case: Case, entry_id: str, answer: BidResult, today: date, request: HttpRequest | None
) -> Case:  # fmt: skip
    """A new trial in its first state, with what the bid knows; the evaluation lead fills in the rest."""
    one = entry(entry_id)
    effect = one.effect
    values: dict[str, Any] = {
        "reference": f"bid-{case.pk}-{today:%Y%m%d}",
        "title": f"{one.title}: a trial for “{answer.header['title']}”"[:150],
        "question": f"Does “{one.title}” change {effect.quantity if effect else 'entry'} as its bid takes it to? "
        f"For: {one.population}",
        "arms_0_name": "As now",
        "arms_1_name": one.title[:150],
        "unit": "family",
        "design": "parallel",
        "boroughs": ", ".join(region.authority(code).name for code in answer.header["authorities"]),
        "replaces": "Deciding the bid on a published effect alone.",
        "source": f"prevention: value of information, bid {case.pk}, {today:%Y-%m-%d}",
    }
    if effect is not None and effect.baseline is not None:
        expected = effect.baseline * one.distribution().centre
        values |= {
            "outcome_kind": "share", "outcome_months": effect.measured_months,
            "outcome_better": "lower" if expected < effect.baseline else "higher",
            "outcome_baseline": f"{effect.baseline:.3f}", "outcome_expected": f"{expected:.3f}",
        }  # fmt: skip
        best = best_trial(answer, Terms(on=today), effect.baseline)
        if best is not None:
            values["estimand"] = f"Difference of risks at {effect.measured_months} months, {best.n:,} families in all."
    return enter(by=by, kind=TRIAL, place=str(case.place), values=values, request=request)
