"""The sign-in form: allauth's, with this site's wording."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms


class SignInForm(LoginForm):
    """An address and a password. The page links to the password reset below it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email address"
        self.fields["login"].widget = forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
        self.fields["password"].help_text = ""
