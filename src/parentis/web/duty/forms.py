"""Forms of the rota. Times are in London local time."""

from typing import Any

from django import forms

from parentis.web.duty import rota
from parentis.web.duty.desks import DESKS
from parentis.web.duty.local_time import LocalTimeError, instant
from parentis.web.duty.models import DESK_CHOICES
from parentis.web.people.models import Person


class DeskForm(forms.Form):
    """Somebody at a desk."""

    desk = forms.ChoiceField(label="Desk", choices=DESK_CHOICES)
    person = forms.ModelChoiceField(label="Who", queryset=Person.objects.none())

    def __init__(self, authority: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holders = {one.pk for desk in DESKS for one in rota.holders_of(authority, desk.id)}
        self.fields["person"].queryset = Person.objects.filter(pk__in=holders)


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class LocalDateTimeField(forms.DateTimeField):
    """A local time in London, as an instant; `last` picks the second of two in the night the clocks go back."""

    def __init__(self, *, last: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=_moment(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)
        self.last = last

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        for written in self.input_formats:
            try:
                return instant(self.strptime(str(value).strip(), written), last=self.last)
            except LocalTimeError as error:
                raise forms.ValidationError(str(error)) from None
            except ValueError:
                continue
        raise forms.ValidationError("Enter a date and time.")


class ShiftForm(DeskForm):
    """A shift at a desk."""

    starts_at = LocalDateTimeField(label="From")
    ends_at = LocalDateTimeField(label="Until", last=True)


class EscalationStepForm(DeskForm):
    """A line of a phone list."""

    minutes = forms.IntegerField(label="Called after (minutes)", min_value=1, max_value=600)
    phone = forms.CharField(label="Phone", max_length=30)


class HoursForm(forms.Form):
    """Office hours on working days."""

    opens = forms.TimeField(label="Opens", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label="Closes", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class ImportForm(forms.Form):
    """A rota as a workbook."""

    file = forms.FileField(label="File", max_length=200)
