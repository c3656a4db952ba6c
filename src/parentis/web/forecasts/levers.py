"""Levers: the changes that the page offers, as data, and the scenario made from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from parentis.services import demand
from parentis.web.question_pages import QuestionForm

Change = demand.Rate | demand.Mix | demand.Price
Make = Callable[[float, date | None, float], Change]


@dataclass(frozen=True, slots=True)
class Lever:
    """A percentage that the user sets; 0 changes nothing. `change(per cent, start, ramp_months)`."""

    id: str
    title: str
    help: str
    least: int
    most: int
    change: Make


def _rate(kind: str, **of: Any) -> Make:
    return lambda percent, start, ramp: demand.Rate(
        kind=kind, factor=1 + percent / 100, start=start, ramp_months=ramp, **of
    )


def _mix(source: str, target: str) -> Make:
    return lambda percent, start, ramp: demand.Mix(
        source=source, target=target, share=percent / 100, start=start, ramp_months=ramp
    )


def _price(*states: str) -> Make:
    return lambda percent, start, ramp: demand.Price(
        factor=1 + percent / 100, states=states, start=start, ramp_months=ramp
    )


CHANGE, INSTEAD = "Per cent change; use a minus for fewer.", "Per cent of those otherwise placed there."
DEARER = "Per cent change in the price of a night, above the rise in the forecast."
LEVERS: Mapping[str, tuple[Lever, ...]] = {
    "Children": (
        Lever("entries", "Children coming into care", CHANGE, -50, 50, _rate("entry", uasc=False)),
        Lever("uasc", "Unaccompanied children coming into care", "Per cent change.", -100, 100,
              _rate("entry", uasc=True)),
        Lever("home", "Children returning home", "Per cent change in the yearly rate.", -50, 100,
              _rate("exit", to=("returned home",))),
        Lever("moves", "Changes of placement", "Per cent change in the yearly rate.", -50, 50, _rate("move")),
    ),
    "Where they live": (
        Lever("step_down", "Fostered in-house instead of in a children's home", INSTEAD, 0, 100,
              _mix("residential", "fostering in-house")),
        Lever("agency", "Fostered by an agency instead of in a children's home", INSTEAD, 0, 100,
              _mix("residential", "fostering independent")),
        Lever("in_house", "Fostered in-house instead of by an agency", INSTEAD, 0, 100,
              _mix("fostering independent", "fostering in-house")),
        Lever("supported", "In supported accommodation instead of a children's home", INSTEAD, 0, 100,
              _mix("residential", "supported")),
    ),
    "Prices": (
        Lever("price_residential", "Price of children's homes", DEARER, -50, 100, _price("residential")),
        Lever("price_agency", "Price of agency fostering", DEARER, -50, 100, _price("fostering independent")),
        Lever("price_supported", "Price of supported accommodation", DEARER, -50, 100, _price("supported")),
        Lever("price_all", "Price of every placement", DEARER, -50, 100, _price()),
    ),
}  # fmt: skip
INFLATION = "inflation"
EVERY = {lever.id: lever for group in LEVERS.values() for lever in group}
AGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": ("All ages", ()),
    "0-4": ("0 to 4", ("0", "1-2", "3-4")),
    "5-9": ("5 to 9", ("5-9",)),
    "10-15": ("10 to 15", ("10-12", "13-15")),
    "16-17": ("16 and over", ("16", "17+")),
}
"By value of the field: its words, and the model's age bands."
WHO = {"": "All children", "uasc": "Unaccompanied children only", "others": "Without unaccompanied children"}


class LeversForm(QuestionForm):
    """Whose forecast, the levers, their start, and how gradually they take effect."""

    def __init__(self, *args: Any, choices: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = _choice("Place", choices or {})
        self.fields["ages"] = _choice("Age", {value: words for value, (words, _) in AGES.items()})
        self.fields["who"] = _choice("Unaccompanied asylum-seeking children", WHO)
        for lever in EVERY.values():
            self.fields[lever.id] = forms.IntegerField(
                label=lever.title, help_text=lever.help, required=False, min_value=lever.least, max_value=lever.most,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            )  # fmt: skip
        self.fields[INFLATION] = forms.FloatField(
            label="General inflation", required=False, min_value=-5, max_value=15,
            help_text="Percentage points a year above the official forecast; a minus for below.",
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "step": "any"}),
        )  # fmt: skip
        self.fields["start"] = forms.DateField(
            label="From", required=False, help_text="Leave empty to start from the last return.",
            widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        )  # fmt: skip
        self.fields["ramp_months"] = forms.IntegerField(
            label="Months until full effect", required=False, min_value=0, max_value=36,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        )  # fmt: skip

    def groups(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """The fields under their headings, with whether the heading's part is open: something in it is set."""
        parts: dict[str, Sequence[str]] = {
            "": ("place", "ages", "who"),
            **{title: [one.id for one in of] for title, of in LEVERS.items()},
        }
        parts["Prices"] = [*parts["Prices"], INFLATION]
        parts["When"] = ("start", "ramp_months")
        return [
            (title, [self[name] for name in names], title == "Children" or any(self[name].value() for name in names))
            for title, names in parts.items()
        ]

    def given(self) -> dict[str, object]:
        """The values set, as plain JSON for storage, without those that change nothing."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def _choice(label: str, choices: Mapping[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=list(choices.items()),
        widget=forms.Select(attrs={"class": "govuk-select"}),
    )  # fmt: skip


def scenario(levers: Mapping[str, object]) -> demand.Scenario:
    """The scenario of stored levers."""
    start = date.fromisoformat(str(levers["start"])) if levers.get("start") else None
    ramp = float(str(levers.get("ramp_months") or 0))
    set_ones = [(lever, float(str(levers[lever.id]))) for lever in EVERY.values() if levers.get(lever.id)]
    return demand.Scenario("", tuple(lever.change(percent, start, ramp) for lever, percent in set_ones))


def inflation(levers: Mapping[str, object]) -> float:
    """What stored levers add to each year's general inflation: 0.01 for a percentage point."""
    return float(str(levers.get(INFLATION) or 0)) / 100


def words(levers: Mapping[str, object]) -> str:
    """The levers as one line: `Children coming into care −10%`."""
    said = [f"{lever.title} {_signed(levers[lever.id])}%" for lever in EVERY.values() if levers.get(lever.id)]
    if levers.get(INFLATION):
        said.append(f"general inflation {_signed(levers[INFLATION])} percentage points a year")
    return "; ".join(said) or "No changes"


def whom_in_words(levers: Mapping[str, object]) -> str:
    """Which children are asked about, where not all: `Age 10 to 15; unaccompanied children only`."""
    ages, who = str(levers.get("ages") or ""), str(levers.get("who") or "")
    said = ([f"Age {AGES[ages][0]}"] if ages in AGES and ages else []) + ([WHO[who]] if who in WHO and who else [])
    return "; ".join(said)


def _signed(value: object) -> str:
    return f"{float(str(value)):+g}".replace("-", "−")
