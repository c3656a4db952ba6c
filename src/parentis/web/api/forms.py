"""Making a token."""

from django import forms

from parentis.web.api.scopes import SCOPES

LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"))


class TokenForm(forms.Form):
    """A name to know it by, what it is for, and how long."""

    name = forms.CharField(
        label="Name", max_length=100, help_text="The program that will use the token, and where it runs."
    )
    scopes = forms.MultipleChoiceField(
        label="Permissions",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="The token can only do what you select here, and only where you have access.",
    )
    days = forms.ChoiceField(label="Expires after", choices=LASTS, widget=forms.RadioSelect, initial="90")
