"""Forms about one's own account that allauth leaves to us."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 100


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """A credential that no browser made is a wrong answer, not an error of ours."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


LABELS = {
    "login": _("Email address or user name"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
}


class Labelled(forms.Form):
    """Fields of allauth under our names, which a summary of errors repeats."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & LABELS.keys():
            self.fields[name].label = LABELS[name]


class SignInForm(Labelled, LoginForm):  # type: ignore[misc]
    """Who one is, and the password."""


class NewPasswordForm(Labelled, ChangePasswordForm):  # type: ignore[misc]
    """Another password, by somebody who knows the present one."""


class LostPasswordForm(Labelled, ResetPasswordKeyForm):  # type: ignore[misc]
    """Another password, by somebody who came by a link."""


class StrictCredential(forms.Form):
    def clean_credential(self) -> Authenticator:
        with refusing_nonsense():
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        return found


class LoginPasskeyForm(StrictCredential, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with the passkey alone."""


class PasskeyForm(StrictCredential, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey after the password."""


class AgainPasskeyForm(StrictCredential, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey once more, before something that protects the account."""


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = forms.CharField(label=_("What to call it"), max_length=NAME_LENGTH)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey with a name of its owner's choice."""

    name = forms.CharField(
        label=_("What to call it"),
        required=False,
        max_length=NAME_LENGTH,
        help_text=_("So that you know it again: my phone, the key in the drawer."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_("It then asks for your fingerprint, face or PIN each time."),
    )
    field_order: Any = ("name", "passwordless", "credential")

    def clean(self) -> dict[str, Any]:
        with refusing_nonsense():
            cleaned: dict[str, Any] = super().clean()
        return cleaned
