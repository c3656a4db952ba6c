"""The survey's questions as forms, made from the return's declaration, so that site and template ask the same."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from parentis import region
from parentis.errors import PeriodError
from parentis.returns import Column, the_return
from parentis.returns.uasc import HEADINGS, NOTE_LENGTH, Heading

SURVEY = "uasc.survey"
GROUPS = (("CHILD", "Children under 18"), ("LEAVER", "Care leavers"))
BY_CODE: Mapping[str, Heading] = {one.code: one for one in HEADINGS}
STAFF_ROWS = 4
"Rows of the time sample that the page offers for each group: what is more goes into the return's own template."
COST_CELLS = ("AMOUNT", "UNIT", "DENOMINATOR", "METHOD", "LEDGER_CODE", "NOTE")
STAFF_CELLS = ("ROLE", "HOURS", "PEOPLE", "HOURLY_COST", "WEEKS_SAMPLED")
_NARROW = {"class": "govuk-input--width-10", "inputmode": "decimal"}


def column(table: str, name: str) -> Column:
    return the_return(SURVEY).spec.latest.tables[table].column(name)


def _choices(table: str, name: str) -> list[tuple[str, str]]:
    labels = ((one.code, one.label.removesuffix(": the table staff_time")) for one in column(table, name).codes)
    return [("", "Choose"), *((code, label[0].upper() + label[1:]) for code, label in labels)]


def _number(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, required=False, min_value=Decimal(0), max_digits=18, decimal_places=4,
        widget=forms.TextInput(attrs=_NARROW),
    )  # fmt: skip


def following(code: str) -> str:
    """The next heading, '' after the last."""
    codes = [one.code for one in HEADINGS]
    at = codes.index(code) + 1
    return codes[at] if at < len(codes) else ""


def plain(value: Any) -> str:
    """A cleaned value as the return writes it; '' for none."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value).strip()


class _DraftForm(forms.Form):
    """`seen`: the draft's revision when the form was rendered."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class PeriodForm(forms.Form):
    """A financial year to begin with, or to ask for."""

    period = forms.CharField(
        label="Financial year", max_length=7, help_text="For example 2024-25.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip

    def clean_period(self) -> str:
        try:
            return region.financial_year(str(self.cleaned_data["period"]).strip()).label
        except PeriodError as error:
            raise forms.ValidationError("Enter the year like 2024-25.") from error


class AskForm(PeriodForm):
    """A round: the year, and the due date."""

    due = forms.DateField(
        label="Answers due by", widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"})
    )


class VolumesForm(_DraftForm):
    """Nights, weeks and people: one field for each measure of the return."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in column("denominators", "MEASURE").codes:
            self.fields[code.code] = _number(code.label)

    def volumes(self) -> dict[str, str]:
        given = {name: plain(value) for name, value in self.cleaned_data.items() if name != "seen"}
        return {name: value for name, value in given.items() if value}


class HeadingForm(_DraftForm):
    """A heading's answers for both groups, and the time sample of headings that are staff's time."""

    def __init__(self, heading: Heading, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heading = heading
        for group, _ in GROUPS:
            self._add(
                group,
                "AMOUNT",
                _number("Amount, in pounds", "Leave blank if you do not know it. Enter 0 only if nothing was spent."),
            )
            self._add(
                group,
                "UNIT",
                forms.ChoiceField(label="Basis of the amount", choices=_choices("costs", "UNIT"), required=False),
            )
            self._add(
                group,
                "DENOMINATOR",
                _number("Number in the year", "Only with a price: nights, weeks, hours or items. Do not multiply."),
            )
            self._add(
                group,
                "METHOD",
                forms.ChoiceField(label="Source of the amount", choices=_choices("costs", "METHOD"), required=False),
            )
            self._add(
                group,
                "LEDGER_CODE",
                forms.CharField(label="Ledger code", required=False, max_length=100),
            )
            self._add(
                group,
                "NOTE",
                forms.CharField(
                    label="Notes for readers",
                    required=False,
                    max_length=NOTE_LENGTH,
                    widget=forms.Textarea(attrs={"rows": 2}),
                ),
            )
            for row in range(STAFF_ROWS if heading.staff else 0):
                for cell in STAFF_CELLS:
                    label = f"{_LABELS[cell]}, row {row + 1}"
                    field = (
                        forms.CharField(label=label, required=False, max_length=60)
                        if cell == "ROLE"
                        else _number(label)
                    )
                    self._add(group, f"{cell}_{row}", field)  # fmt: skip

    def _add(self, group: str, cell: str, field: forms.Field) -> None:
        self.fields[f"{group}_{cell}"] = field

    def groups(self) -> Iterator[tuple[str, list[Any], list[list[Any]]]]:
        """For the page: the group's title, its fields, its rows of the time sample."""
        for group, title in GROUPS:
            rows = [
                [self[f"{group}_{cell}_{row}"] for cell in STAFF_CELLS]
                for row in range(STAFF_ROWS if self.heading.staff else 0)
            ]
            yield title, [self[f"{group}_{cell}"] for cell in COST_CELLS], rows

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for group, _ in GROUPS:
            amount, unit = given.get(f"{group}_AMOUNT"), given.get(f"{group}_UNIT")
            if amount and not unit:
                self.add_error(f"{group}_UNIT", "Choose the basis of the amount.")
            if amount and unit and unit != "TOTAL" and not given.get(f"{group}_DENOMINATOR"):
                self.add_error(f"{group}_DENOMINATOR", "Enter the number in the year.")
            sampled = [row for row in self._sample(group, given) if row["ROLE"]]
            if given.get(f"{group}_METHOD") == "TIME_USE" and not sampled:
                self.add_error(f"{group}_METHOD", "Complete the time sample, or choose another source.")
            if any(not (row["HOURS"] and row["PEOPLE"] and row["HOURLY_COST"]) for row in sampled):
                self.add_error(f"{group}_ROLE_0", "Enter the hours, people and hourly cost for each role.")
        return given

    def costs(self) -> dict[str, dict[str, str]]:
        """Group → cells of the answer; an empty group is left out."""
        found = {}
        for group, _ in GROUPS:
            cells = {cell: plain(self.cleaned_data[f"{group}_{cell}"]) for cell in COST_CELLS}
            if any(cells.values()):
                found[group] = cells
        return found

    def staff_time(self) -> list[dict[str, str]]:
        return [
            {"HEADING": self.heading.code, "GROUP": group, **row}
            for group, _ in GROUPS
            for row in self._sample(group, self.cleaned_data)
            if row["ROLE"]
        ]

    def _sample(self, group: str, given: Mapping[str, Any]) -> list[dict[str, str]]:
        rows = range(STAFF_ROWS if self.heading.staff else 0)
        return [{cell: plain(given.get(f"{group}_{cell}_{row}")) for cell in STAFF_CELLS} for row in rows]


_LABELS = {
    "ROLE": "Role",
    "HOURS": "Hours a week per person",
    "PEOPLE": "People, full-time equivalent",
    "HOURLY_COST": "Pounds an hour, with employer's costs",
    "WEEKS_SAMPLED": "Weeks recorded",
}
