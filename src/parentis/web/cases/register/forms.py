"""Forms of a register, built from its declared fields."""

from typing import Any

from django import forms

from parentis.web.cases import records
from parentis.web.cases.declarations import case_types
from parentis.web.cases.fields import Edit, Field, FieldType
from parentis.web.cases.forms import SeenForm, form_field, initial_of
from parentis.web.cases.models import Case, Group
from parentis.web.cases.records import register_of
from parentis.web.forms import DateInput

Choices = list[tuple[str, str]]


class PlacedForm(forms.Form):
    """A form about one of the places that the reader may enter things for."""

    place = forms.ChoiceField(label="Place", widget=forms.Select)

    def __init__(self, places: Choices, *args: Any, label: str = "Place", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "Choose"), *places]
        self.fields["place"].label = label


class FilterForm(forms.Form):
    """Every field narrows the list; none is required."""

    place = forms.ChoiceField(label="Place", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, kind: str, places: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        register = register_of(kind)
        self.fields["place"].label = register.place
        self.fields["place"].choices = [("", "Any"), *places]
        self.fields["state"].choices = [
            ("", "Any"),
            *((one.id, one.title) for one in case_types()[kind].machine.states),
        ]
        for one in register.fields:
            if one.filtered:
                self.fields |= _filters(one)
        if any(one.searched for one in register.fields):
            self.fields["words"] = forms.CharField(label="Search", required=False, max_length=100)


def _filters(one: Field) -> dict[str, forms.Field]:
    if one.type is FieldType.DAY:
        return {
            f"{one.id}_{end}": forms.DateField(label=f"{one.label}: {end}", required=False, widget=DateInput)
            for end in ("from", "to")
        }
    choices = {"yes": "Yes", "no": "No"} if one.type is FieldType.YES_NO else one.choices
    return {
        one.id: forms.ChoiceField(label=one.label, required=False, choices=[("", "Any"), *choices.items()]),
    }


class EntryForm(PlacedForm):
    """A new case, with the fields that are filled in when it is entered."""

    def __init__(self, kind: str, places: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(places, *args, label=register_of(kind).place, **kwargs)
        self.kind = kind
        self.declared = [one for one in register_of(kind).fields if one.entered]
        for one in self.declared:
            self.fields[one.id] = form_field(one)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        key = register_of(self.kind).key
        whole = not {"place", *key} & set(self.errors)
        if key and whole and records.find(self.kind, cleaned["place"], cleaned):
            title = case_types()[self.kind].title.lower()
            self.add_error(key[-1], f"This {title} is in the register already.")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {one.id: self.cleaned_data[one.id] for one in self.declared}


class EditForm(SeenForm):
    """Fields that are changed together, with a reason where one is required."""

    why = forms.CharField(
        label="Reason for the change", max_length=500, help_text="Recorded in the history, with the previous values."
    )

    def __init__(self, case: Case, edit: Edit, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.edit = edit
        values = records.values_of(case.record)
        for name in edit.fields:
            declared = register_of(case.kind).field(name)
            self.fields[name] = form_field(declared)
            self.initial[name] = initial_of(declared, values[name])
        if not edit.reason:
            del self.fields["why"]
        self.order_fields([*edit.fields, "why"])

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.edit.fields}


class ImportForm(forms.Form):
    """A filled-in register."""

    file = forms.FileField(
        label="File", max_length=200, help_text="Excel, OpenDocument or CSV, with the headings of the blank template."
    )


class GroupForm(PlacedForm):
    """A group that oversees."""

    name = forms.CharField(label="Name", max_length=150)
    purpose = forms.CharField(
        label="Purpose (optional)", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, kind: str, places: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(places, *args, label=f"Whose {register_of(kind).title.lower()} it oversees", **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        same = Group.objects.filter(kind=self.kind, place=cleaned.get("place"), name__iexact=cleaned.get("name", ""))
        if same.exists():
            self.add_error("name", "A group with this name already exists.")
        return cleaned


class MemberForm(forms.Form):
    """A new member of a group."""

    name = forms.CharField(label="Name", max_length=150)
    organisation = forms.CharField(label="Organisation", max_length=150)
    position = forms.CharField(label="Position (optional)", max_length=150, required=False)
    since = forms.DateField(label="Since", widget=DateInput)


class MeetingForm(forms.Form):
    """A meeting's minutes."""

    held_on = forms.DateField(label="Held on", widget=DateInput)
    minutes = forms.CharField(
        label="Minutes", max_length=20000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Do not name a child. Minutes cannot be changed later.",
    )  # fmt: skip
