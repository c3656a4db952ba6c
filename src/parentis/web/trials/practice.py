"""The practice site's trials, all made up: finished with an effect and with none, given up, running, and one that waits
to be frozen. And samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from parentis import region
from parentis.services.trials import Protocol, to_form
from parentis.services.trials.cards import ABANDONED, FINISHED
from parentis.services.trials.practice import PracticeTrial, practice_trials
from parentis.web.cases import records
from parentis.web.cases import values as of
from parentis.web.cases.models import Case, Record
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.cases.register.practice import example_case
from parentis.web.trials import allocations, analyses, frozen_protocols
from parentis.web.trials.case_types import KIND, NAMES

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


WHY = "Practice."
LEAD = region.authority("Camden").gss


@transaction.atomic
def make_practice_trials() -> int:
    """The practice trials, each taken as far as it is, and one protocol more; 0 where there were any."""
    if Record.objects.filter(case__kind=KIND).exists():
        return 0
    made = practice_trials()
    for one in made:
        _make(one)
    waiting = replace(
        made[0].frozen.protocol, id="respite-weekends", title="Respite weekends for foster carers of teenagers",
        question="Shall boroughs offer foster carers of teenagers a weekend of respite each month?",
    )  # fmt: skip
    move(by=None, case=_draft(waiting), move="propose", seen=None, why=WHY)
    return len(made) + 1


def _make(one: PracticeTrial) -> None:
    case = _step(_draft(one.frozen.protocol), "propose")
    frozen_protocols.freeze(by=None, case=case, seen=None, seal=one.seal)
    case = _step(case, "allocate")
    allocations.draw(by=None, case=case, units=one.units, seen=None)
    case = _step(case, "run")
    if one.state == ABANDONED:
        move(by=None, case=case, move="abandon", seen=None, why=one.card.says.partition(": ")[2] or WHY)
        return
    analyses.keep(by=None, case=case, frame=one.data, source="Practice file", seen=None)
    if one.state == FINISHED:
        analyses.take(by=None, case=_again(case), look=1)
        allocations.reveal(by=None, case=_again(case), seen=None)
        case = _step(case, "finish")
        for step in ("propose-scale", "confirm-scale") if one.planted else ("propose-end", "confirm-end"):
            case = _step(case, step)


def _draft(protocol: Protocol) -> Case:
    texts, register = to_form(protocol), records.register_of(KIND)
    values = {
        name: of.read(field, texts[dotted]) if texts[dotted] else None
        for name, dotted in NAMES.items()
        if (field := register.field(name))
    }
    values["boroughs"] = ", ".join(region.authority(code).name for code in protocol.boroughs)
    place = LEAD if LEAD in protocol.boroughs else protocol.boroughs[0]
    return enter(by=None, kind=KIND, place=place, practice=True, values=values)


def _step(case: Case, step: str) -> Case:
    return move(by=None, case=_again(case), move=step, seen=None, why=WHY)


def _again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def _of(**more: Any) -> Sample:
    return lambda places, place: {"pk": example_case(KIND, places[place].authority).pk, **more}


SAMPLES: dict[str, Sample] = {
    **{
        f"trial-{name}": _of()
        for name in ("freeze", "allocation", "allocate", "arms", "reveal", "log", "analysis", "outcomes", "analyse")
    },
    "trial-plan": _of(number=1),
    "trial-plan-text": _of(number=1),
    "trial-result-csv": _of(look=1),
    "trials-card": lambda places, place: {"reference": "none", "version": 1},
}
