"""The words of allauth's own forms: every error says what to do, every label is written as the rest of the site is."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 12 characters. Four unrelated words are easy to remember and hard to guess.")
LABELS = {
    "Current Password": _("Current password"),
    "New Password": _("New password"),
    "New Password (again)": _("New password, once more"),
    "Password (again)": _("Password, once more"),
}
REQUIRED = {
    "name": _("Enter your full name."),
    "login": _("Enter your email address."),
    "email": _("Enter your email address."),
    "password": _("Enter your password."),
    "oldpassword": _("Enter your current password."),
    "password1": _("Choose a password."),
    "password2": _("Enter the new password once more."),
    "time_zone": _("Choose your time zone."),
    "code": _("Enter the code."),
}
BAD_ADDRESS = _("Enter an email address like name@example.org.")


class PlainWords(forms.Form):
    """Mixed into a form of allauth's: fields that it names get our words, whatever else they do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(str(field.label), field.label)
            if name in REQUIRED:
                field.error_messages["required"] = REQUIRED[name]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = BAD_ADDRESS
            if name == "password1":
                field.help_text = PASSWORD_HINT


class Credential(forms.JSONField):
    """What a passkey sends. A number of thousands of digits is no credential either: Python refuses to read it."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("Your browser sent something that is no passkey. Try again.")) from error


class LoginWebAuthnForm(webauthn.LoginWebAuthnForm):
    credential = Credential(required=True, widget=forms.HiddenInput)


class ReauthenticateWebAuthnForm(webauthn.ReauthenticateWebAuthnForm):
    credential = Credential(required=True, widget=forms.HiddenInput)


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    credential = Credential(required=True, widget=forms.HiddenInput)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without your password"),
        help_text=_(
            "It is then a passkey: your device asks for your fingerprint, your face or its PIN. "
            "Otherwise it is asked for after your password."
        ),
        required=False,
    )


class LoginForm(PlainWords, account.LoginForm):
    pass


class AddEmailForm(PlainWords, account.AddEmailForm):
    pass


class ChangeEmailForm(PlainWords, account.ChangeEmailForm):
    pass


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(PlainWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    pass


class ConfirmEmailVerificationCodeForm(PlainWords, account.ConfirmEmailVerificationCodeForm):
    pass


class CodeForm(PlainWords):
    """Mixed into a form that takes the code of an app: one that is wrong is noted."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()  # type: ignore[misc]
        except forms.ValidationError as error:
            if error.code == "incorrect_code":
                get_adapter().note_refusal(self.user, method="code")
            raise


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateMFAForm(CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainWords, AllauthActivateTOTPForm):
    @property
    def secret_parts(self) -> list[str]:
        """The secret in fours, for whoever types it into a telephone."""
        return [self.secret[start : start + 4] for start in range(0, len(self.secret), 4)]
