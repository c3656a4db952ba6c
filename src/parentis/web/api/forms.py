"""Making a token; changing what a program proves itself with."""

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


class SecretForm(forms.Form):
    """How long the secrets before a new one still work."""

    overlap = forms.ChoiceField(
        label="The secrets it has now",
        choices=(("0", "End at once"), ("1", "Work for another day"), ("7", "Work for another week")),
        widget=forms.RadioSelect,
        initial="1",
        help_text="End them at once if somebody may have seen one.",
    )


class KeyForm(forms.Form):
    """A public key."""

    key = forms.CharField(
        label="Public key",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=5000,
        help_text="As PEM or JWK: EC P-256, Ed25519, or RSA of 2,048 bits or more. The private key stays with you.",
    )


class AddressesForm(forms.Form):
    """Networks, one to a line."""

    addresses = forms.CharField(
        label="Addresses it may come from",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="One to a line, such as 192.0.2.10 or 192.0.2.0/24. Leave it empty for every address.",
    )
