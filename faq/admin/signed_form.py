"""Signing: whoever decides gives the password again, so that a screen left open decides nothing."""

from typing import Any

from django import forms

from faq import sign_in
from faq.admin.forms import VerbForm


class SignedForm(VerbForm):
    """A decision that is signed. The password is asked for anew each time the page comes back: no page may hold it."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Sign with your password."},
    )

    def clean_password(self) -> Any:
        """Raises ValidationError for another password, and after too many of them."""
        sign_in.confirm(self.by, self.cleaned_data["password"])
