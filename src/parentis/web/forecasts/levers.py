"""Levers: the few changes that the page offers, as data, and the scenario made from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from parentis.services import demand
from parentis.web.question_pages import QuestionForm

Change = demand.Rate | demand.Mix


@dataclass(frozen=True, slots=True)
class Lever:
    """A percentage that the user sets; 0 changes nothing. `change(per cent, start, ramp_months)`."""

    id: str
    title: str
    help: str
    least: int
    most: int
    change: Callable[[float, date | None, float], Change]


def _rate(kind: str, **of: Any) -> Callable[[float, date | None, float], Change]:
    return lambda percent, start, ramp: demand.Rate(
        kind=kind, factor=1 + percent / 100, start=start, ramp_months=ramp, **of
    )


def _mix(source: str, target: str) -> Callable[[float, date | None, float], Change]:
    return lambda percent, start, ramp: demand.Mix(
        source=source, target=target, share=percent / 100, start=start, ramp_months=ramp
    )


LEVERS = (
    Lever("entries", "Children coming into care", "Per cent change; use a minus for fewer.", -50, 50,
          _rate("entry", uasc=False)),
    Lever("uasc", "Unaccompanied children coming into care", "Per cent change.", -100, 100,
          _rate("entry", uasc=True)),
    Lever("home", "Children returning home", "Per cent change in the yearly rate.", -50, 100,
          _rate("exit", to=("returned home",))),
    Lever("step_down", "Fostered in-house instead of in a children's home", "Per cent of those otherwise placed there.",
          0, 100, _mix("residential", "fostering in-house")),
    Lever("in_house", "Fostered in-house instead of by an agency", "Per cent of those otherwise placed there.", 0, 100,
          _mix("fostering independent", "fostering in-house")),
)  # fmt: skip


class LeversForm(QuestionForm):
    """The levers, their start, and how gradually they take effect."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for lever in LEVERS:
            self.fields[lever.id] = forms.IntegerField(
                label=lever.title, help_text=lever.help, required=False, min_value=lever.least, max_value=lever.most,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            )  # fmt: skip
        self.fields["start"] = forms.DateField(
            label="From", required=False, help_text="Leave empty to start from the last return.",
            widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        )  # fmt: skip
        self.fields["ramp_months"] = forms.IntegerField(
            label="Months until full effect", required=False, min_value=0, max_value=36,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        )  # fmt: skip

    def given(self) -> dict[str, object]:
        """The values set, as plain JSON for storage, without those that change nothing."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def scenario(levers: Mapping[str, object]) -> demand.Scenario:
    """The scenario of stored levers."""
    start = date.fromisoformat(str(levers["start"])) if levers.get("start") else None
    ramp = float(str(levers.get("ramp_months") or 0))
    changes = tuple(lever.change(float(str(levers[lever.id])), start, ramp) for lever in LEVERS if levers.get(lever.id))
    return demand.Scenario("", changes)


def words(levers: Mapping[str, object]) -> str:
    """The levers as one line: `Children coming into care −10%`."""
    said = [f"{lever.title} {f'{levers[lever.id]:+}%'.replace('-', '−')}" for lever in LEVERS if levers.get(lever.id)]
    return "; ".join(said) or "No changes"
