"""A small trial for the tests of its pages: fields of a complete draft, and steps that people take."""

from collections.abc import Callable
from datetime import date
from typing import Any

from parentis.web.cases.models import Case
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.trials import allocations, frozen_protocols, operating_characteristics, protocols
from parentis.web.trials.case_types import KIND
from parentis.web.trials.hand_in import units_of

CAMDEN, CROYDON = "E09000007", "E09000008"
SIX = "Camden, Croydon, Barnet, Brent, Ealing, Hackney"

DRAFT: dict[str, Any] = {
    "reference": "family-conferences", "title": "Family group conferences before care",
    "question": "Do fewer children come into care?", "estimand": "Share looked after within 12 months, as allocated.",
    "population": "london-older@2", "design": "parallel", "unit": "family",
    "arms_0_name": "Usual", "arms_0_what": "What the borough does now.", "arms_1_name": "Conference",
    "arms_1_what": "A family group conference within 4 weeks.", "arms_1_cost": "2500.00", "replaces": "A legal meeting",
    "boroughs": "Camden, Croydon", "allocation": "blocked", "outcome_measure": "marker:first-entry-at-14",
    "outcome_kind": "share",
    "outcome_better": "lower", "outcome_months": 12, "outcome_baseline": "0.448", "outcome_expected": "0.362",
    "timing_starts": date(2024, 1, 1), "timing_periods": 1, "timing_months": 12, "analysis_method": "cluster robust",
    "analysis_icc": "0.03", "analysis_cac": "1", "analysis_level": "0.95", "stopping_rule": "none",
    "harm_measure": "deaths", "harm_at_most": "0", "harm_then": "The evaluation lead stops the trial.",
    "dpia": "DPIA 12", "ethics": "REC 3",
}  # fmt: skip
CLUSTER: dict[str, Any] = {
    **DRAFT, "reference": "early-moves", "title": "Support before the third move", "design": "cluster",
    "unit": "borough", "boroughs": SIX, "analysis_method": "permutation",
}  # fmt: skip
UNITS = "unit,borough,family\n" + "".join(
    f"{place}{number},{place},f{place}{number // 2}\n" for place in ("Camden", "Croydon") for number in range(20)
)
OUTCOMES = "unit,outcome\n" + "".join(
    f"{place}{number},{'' if number == 3 else number % 2}\n" for place in ("Camden", "Croydon") for number in range(20)
)


def draft(values: dict[str, Any] = DRAFT, place: str = CAMDEN, **changed: Any) -> Case:
    return enter(by=None, kind=KIND, place=place, values={**values, **changed})


def frozen(values: dict[str, Any] = DRAFT, place: str = CAMDEN, **changed: Any) -> Case:
    """Proposed and frozen by the site itself."""
    case = draft(values, place, **changed)
    move(by=None, case=case, move="propose", seen=None, why="Ready.")
    operating_characteristics.keep(protocols.written(case))
    frozen_protocols.freeze(by=None, case=case, seen=None)
    return Case.objects.get(pk=case.pk)


def running(values: dict[str, Any] = DRAFT, place: str = CAMDEN, **changed: Any) -> Case:
    """Frozen, allocated and begun."""
    case = move(by=None, case=frozen(values, place, **changed), move="allocate", seen=None)
    units = units_of(UNITS.encode()) if values["design"] == "parallel" else None
    allocations.draw(by=None, case=case, units=units, seen=None)
    return move(by=None, case=Case.objects.get(pk=case.pk), move="run", seen=None)


MAKERS: dict[str, Callable[..., Case]] = {"draft": draft, "frozen": frozen, "running": running}
