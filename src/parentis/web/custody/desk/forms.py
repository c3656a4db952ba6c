"""Forms for manual notices, the routing desk, index uploads and stored data."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from parentis import region
from parentis.web.cases.forms import SeenForm
from parentis.web.cases.models import Case
from parentis.web.custody.boards.forms import form_field
from parentis.web.custody.case_types import DESK_PLACE
from parentis.web.custody.models import Suite

BY_HAND = (
    "record_number", "first_name", "surname", "other_names", "date_of_birth", "confirmed_by", "sex", "ethnicity_self",
    "address", "postcode", "claimed_status", "claimed_authority", "claimed_residence", "needs", "arrival", "authorised",
    "offence_group", "aa_requested",
)  # fmt: skip
"""The fields of the table that the form for a manual notice has."""
NEEDED = frozenset({"record_number", "arrival"})
STANDINGS = (("looked after", "It looks after the child"), ("case", "It has a case, an order or leaving care duties"),
             ("none", "Neither"))  # fmt: skip


class NoticeForm(forms.Form):
    """A notice entered by hand. Unknown fields are left empty; the notice is sent all the same."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    suite = forms.ModelChoiceField(label="Suite", queryset=Suite.objects.none())

    def __init__(self, suites: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suite"].queryset = suites
        for name in BY_HAND:
            self.fields[name] = form_field(name, needed=name in NEEDED)

    def said(self) -> Mapping[str, Any]:
        """The input for `read_news`; empty fields are left out."""
        return {name: self.cleaned_data[name] for name in BY_HAND if self.cleaned_data[name] not in (None, "")}


class LookForm(forms.Form):
    """Why the desk compares a child with those on the indexes."""

    why = forms.CharField(label="Why do you need to compare this child with the indexes?", min_length=5,
                          max_length=300, help_text="This is recorded with your name.")  # fmt: skip


class RouteForm(SeenForm):
    """Which authority to send the case to, and why."""

    looked = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    authority = forms.ChoiceField(label="Send to")
    standing = forms.ChoiceField(label="Its responsibility for the child", choices=STANDINGS, widget=forms.RadioSelect)
    why = forms.CharField(
        label="Why this authority is responsible", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Recorded in the history. Do not name a child.",
    )  # fmt: skip

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.offer(())

    def offer(self, likely: Iterable[str]) -> None:
        """Offer the region's authorities as choices, with these codes first."""
        self.fields["authority"].choices = [("", ""), *_choices(likely)]


class IndexForm(forms.Form):
    """An authority's index, uploaded as a file."""

    authority = forms.ChoiceField(label="Authority")
    file = forms.FileField(label="The index", help_text="CSV, Excel or OpenDocument, up to 5 MB.")
    confirmed = forms.CharField(
        label="Why many children are no longer on it (optional)", max_length=300, required=False,
        help_text="Only where it has many fewer children than the last one. This is recorded with your name.",
    )  # fmt: skip

    def __init__(self, authorities: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = sorted(_named(authorities), key=lambda one: one[1])


class HoldForm(forms.Form):
    """Why a legal hold is placed or lifted."""

    why = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
                          help_text="Recorded in the history. Do not name a child.")  # fmt: skip


class CopyForm(forms.Form):
    """Who receives a copy, and why: both are shown on every sheet."""

    to = forms.CharField(label="Recipient", max_length=100, help_text="The child, or the person acting for them.")
    why = forms.CharField(label="Reason for the request", max_length=200)


class FindForm(forms.Form):
    """The person whose data is requested."""

    first_name = forms.CharField(label="First name", max_length=100)
    surname = forms.CharField(label="Surname", max_length=100)
    date_of_birth = forms.DateField(label="Date of birth", widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="Reason for the request", max_length=200, help_text="This is recorded with your name.")


def _choices(first: Iterable[str]) -> list[tuple[str, str]]:
    """The region's authorities by name, with those in `first` before all others."""
    london = set(region.members(DESK_PLACE, timezone.localdate()))
    near = [one for one in dict.fromkeys(first) if one in london]
    return [*_named(near), *sorted(_named(london - set(near)), key=lambda one: one[1])]


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, region.authority(one).name) for one in codes]
