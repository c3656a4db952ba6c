"""Making a token."""

from django import forms

from parentis.web.api.scopes import SCOPES

LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"))


class TokenForm(forms.Form):
    """A name to know it by, what it is for, and how long."""

    name = forms.CharField(label="Name", max_length=100, help_text="Which program uses it, and where.")
    scopes = forms.MultipleChoiceField(
        label="What it is for",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="It can do what you may do, and of that only what you choose here.",
    )
    days = forms.ChoiceField(label="How long it works", choices=LASTS, widget=forms.RadioSelect, initial="90")
