"""Forms about people."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from parentis.web.error_messages import next_step
from parentis.web.people.models import Organisation, Person
from parentis.web.people.roles import KIND_TITLES, Kind, roles_of


class InviteForm(forms.Form):
    """An address and a role."""

    email = forms.EmailField(
        label="Email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Their work address. They will get a link that expires after seven days.",
    )
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(one.id, f"{one.title}: {one.what}") for one in roles_of(organisation.kind)]


class WhyForm(forms.Form):
    """A reason, for the record."""

    why = forms.CharField(label="Why", max_length=300, help_text="Recorded in the audit record.")


class JoinForm(forms.Form):
    """A name and a password."""

    name = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 characters or more. Three random words make a good password.",
    )
    again = forms.CharField(
        label="Confirm password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", "The passwords do not match.")
        if password:
            try:
                validate_password(password, Person(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class OrganisationForm(forms.Form):
    """An organisation and the authorities it covers."""

    kind = forms.ChoiceField(
        label="Kind", choices=[(kind.value, title) for kind, title in KIND_TITLES.items()], widget=forms.RadioSelect
    )
    name = forms.CharField(label="Name", max_length=200)
    authority = forms.CharField(
        label="Authority", required=False, help_text="For an authority: its name, ONS code or DfE number."
    )
    footprint = forms.CharField(
        label="Footprint",
        required=False,
        help_text="For other organisations: the group of authorities they work with, such as london.",
    )

    def clean(self) -> dict[str, Any]:
        from django.utils.text import slugify

        from parentis.errors import UserError
        from parentis.region import authority, footprint

        cleaned: dict[str, Any] = super().clean()
        is_authority = cleaned.get("kind") == Kind.AUTHORITY
        read: Callable[[str], str] = (
            (lambda text: authority(text).gss) if is_authority else (lambda text: footprint(text).id)
        )
        needed, other = ("authority", "footprint") if is_authority else ("footprint", "authority")
        cleaned[other] = ""
        if is_authority and not cleaned.get("authority"):
            self.add_error("authority", "Enter the authority.")
        elif text := cleaned.get(needed):
            try:
                cleaned[needed] = read(text)
            except UserError as error:
                self.add_error(needed, next_step(error))
        if "," in cleaned.get("name", ""):
            self.add_error("name", "Do not use commas: they separate names in the audit record.")
        cleaned["slug"] = slugify(cleaned.get("name", ""))[:50]
        same = Organisation.objects.filter(name__iexact=cleaned.get("name", ""))
        if same.exists() or Organisation.objects.filter(slug=cleaned["slug"]).exists():
            self.add_error("name", "An organisation with this name already exists.")
        if cleaned.get("authority") and Organisation.objects.filter(authority=cleaned["authority"]).exists():
            self.add_error("authority", "This authority has already been added.")
        return cleaned
