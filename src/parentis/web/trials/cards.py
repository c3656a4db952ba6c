"""Evidence cards of every trial that was ever frozen: made from its plan, its last result and its state. Negative, null
and abandoned trials have theirs as all others have."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from parentis.services.trials import Beside, EvidenceCard, TrialResult, cards_in_order, evidence_card
from parentis.services.trials.analysis.result import PAUSE_HARM, STOP_BENEFIT, STOP_FUTILITY, STOP_HARM
from parentis.services.trials.cards import ABANDONED, FINISHED, RUNNING, STOPPED
from parentis.services.trials.protocol.record import SHARE
from parentis.web.cases import history
from parentis.web.cases.models import Case
from parentis.web.trials import protocols
from parentis.web.trials.case_types import KIND
from parentis.web.trials.models import Result

STATES = {
    "analysed": FINISHED, "scale-proposed": FINISHED, "end-proposed": FINISHED, "scaled": FINISHED, "ended": FINISHED,
    "stopped": STOPPED, "harm-stopped": STOPPED, "abandoned": ABANDONED,
}  # fmt: skip
"State of a case to that of its card; in every other state after the freeze it is running."


BEFORE_THE_END = (STOP_BENEFIT, STOP_FUTILITY, STOP_HARM, PAUSE_HARM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card with what the site knows beside it. `why` it was stopped or given up; empty otherwise."""

    card: EvidenceCard
    case: int
    reference: str
    version: int
    place: str
    state: str
    harm: bool
    why: str
    frozen_at: datetime
    analysed_at: datetime | None
    practice: bool
    share: bool
    "Whether the outcome is a share, told in percentage points."


def cards(cases: Iterable[Case] | None = None) -> list[Shown]:
    """Those that run first, then by the day they ended, whatever was found."""
    found = Case.objects.filter(kind=KIND, protocols__isnull=False).distinct() if cases is None else cases
    made = {one.card.id: one for one in map(shown, found)}
    return [made[one.id] for one in cards_in_order(one.card for one in made.values())]


def shown(case: Case) -> Shown:
    """The card of a trial whose protocol is frozen: of its latest result, under the version that this names, or of the
    version in force."""
    result = case.trial_results.first()
    version = case.protocols.get(number=result.version) if result else case.protocols.first()
    plan, found = protocols.frozen_of(version), None if result is None else found_of(result)
    state = STATES.get(case.state, RUNNING)
    why = _why(case) if state in (STOPPED, ABANDONED) else ""
    said = f"{case.state_now.title}. {why}" if state == STOPPED else why
    if state == STOPPED and (found is None or found.decision not in BEFORE_THE_END):
        state = ABANDONED  # stopped without a rule that said so: people decided, and the card has their reason
    ended = timezone.localdate(case.closed_at or result.at) if state != RUNNING and (case.closed_at or result) else None
    made = evidence_card(
        plan, found, state=state, harms=why if case.state == "harm-stopped" else "", ended=ended, why=said
    )
    return Shown(
        card=made, case=case.pk, reference=plan.protocol.id, version=version.number, place=case.place_name,
        state=case.state_now.title, harm=case.state == "harm-stopped" or is_harm(result), why=why,
        frozen_at=case.protocols.last().at,
        analysed_at=result.at if result else None, practice=case.record.practice,
        share=plan.protocol.outcome.kind == SHARE,
    )  # fmt: skip


def is_harm(result: Result | None) -> bool:
    """Whether a look found the harm rule met."""
    return result is not None and result.found.get("decision") in (PAUSE_HARM, STOP_HARM)


def found_of(result: Result) -> TrialResult:
    """A kept result as the analysis gave it. Raises IntegrityError where it names another plan than the version's."""
    version = result.case.protocols.filter(number=result.version).first()
    if version is None or version.sha256 != result.sha256:
        raise protocols.changed(result.case, "the plan of a result")
    held = dict(result.found)
    names = [one.name for one in dataclasses.fields(Beside)]
    held["beside"] = tuple(Beside(**{name: one[name] for name in names}) for one in held["beside"])
    held["notes"] = tuple(held["notes"])
    return TrialResult(**held)


def row(one: Shown) -> dict[str, Any]:
    """A card as plain values, for JSON and CSV."""
    values = {name: _plain(value) for name, value in dataclasses.asdict(one.card).items()}
    return {
        **values, "decision": one.state, "stopped_for_harm": one.harm, "why": one.why,
        "frozen_on": one.frozen_at.date().isoformat(),
        "analysed_on": one.analysed_at.date().isoformat() if one.analysed_at else None, "practice": one.practice,
    }  # fmt: skip


def _why(case: Case) -> str:
    """The reason of the step that ended the trial."""
    steps = {"harm-stopped": "stop-for-harm", "stopped": "propose-stop", "abandoned": "abandon"}
    for entry in case.entries.filter(what="moved").select_related("value", "case").order_by("-sequence"):
        value = history.value_of(entry) or {}
        if value.get("move") == steps.get(case.state):
            return str(value.get("why") or "")
    return ""


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if value == value else None
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
