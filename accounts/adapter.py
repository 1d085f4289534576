"""Where allauth asks what this product wants."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import browsers, selectors, services
from accounts.models import User
from accounts.services import sessions
from core import clock, wording
from core.services import record

# What is told by mail of a change of what one signs in with, by allauth's name of the occasion: subject and first sentence.
NOTICES = {
    "account/email/password_changed": (_("Your password was changed"), _("You have a new password.")),
    "account/email/password_set": (_("Your password was set"), _("You have a password now.")),
    "account/email/password_reset": (_("Your password was changed"), _("You have a new password.")),
    "account/email/email_changed": (
        _("Your email address was changed"),
        _("You sign in with another address from now on, and mail goes there."),
    ),
    "mfa/email/totp_activated": (_("Second factor added"), _("An app with codes was added to your account.")),
    "mfa/email/totp_deactivated": (_("Second factor removed"), _("The app with codes was removed from your account.")),
    "mfa/email/webauthn_added": (_("Passkey added"), _("A passkey or security key was added to your account.")),
    "mfa/email/webauthn_removed": (
        _("Passkey removed"),
        _("A passkey or security key was removed from your account."),
    ),
    "mfa/email/recovery_codes_generated": (
        _("New recovery codes"),
        _("New recovery codes were made for your account, and the old ones do not work any more."),
    ),
}
OTHERWISE = (_("Your account was changed"), _("How you sign in was changed."))
NOT_YOU = _(
    "Was it you? Then there is nothing to do. Was it not you? Write to us, and set a new password here at once:"
)
GUESSED = (
    _("Somebody tried to sign in to your account"),
    _("Several tries to sign in to your account were refused within an hour; nobody came in."),
    _(
        "Was it you? Wait five minutes and try again, or set a new password. Was it not you? Write to us. A new password:"
    ),
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. Write to support to have it switched on again."),
        "email_password_mismatch": _("Email address and password do not belong together. Check both, and try again."),
        "email_taken": _("This address belongs to another account. Enter another address."),
        "duplicate_email": _("This is your address already. Enter another one."),
        "same_as_current": _("This is your address already. Enter another one."),
        "enter_current_password": _("This is not your current password. Enter it again."),
        "incorrect_password": _("This is not your password. Enter it again."),
        "incorrect_code": _("This code is not right. Check it, or ask for a new one."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again, or set a new password."),
        "rate_limited": _("Too many tries. Wait five minutes, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Take name and time zone from the sign-up form; the moment of joining from the product's clock.

        A form sent twice at once finds the address taken only at the database; the second one goes to sign-in.
        """
        user.joined_at = clock.now()
        user.name = form.cleaned_data["name"].strip()
        user.time_zone = form.cleaned_data["time_zone"]
        try:
            with transaction.atomic():
                user = super().save_user(request, user, form, commit)
                record("user.signed_up", user, by=user)
        except IntegrityError:
            raise ImmediateHttpResponse(redirect("account_login")) from None
        return user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """As allauth does: the address becomes the person's one address. Whether the old one bounced no longer matters."""
        with transaction.atomic():
            is_confirmed = super().confirm_email(request, email_address)
            if is_confirmed:
                services.note_arrival(email_address.user)
        return is_confirmed

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """As allauth does, after every step of signing in; it is noted by which."""
        steps = get_authentication_records(request, user)
        services.note_sign_in(user, methods=[step.get("type") or step["method"] for step in steps])
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A password that is wrong, at the door or where it is asked for once more."""
        address = credentials.get("email") or ""
        self.note_refusal(selectors.person_of(address), method="password")

    def note_refusal(self, user: User | None, *, method: str) -> None:
        """Write it down, and tell the person where it is one of many."""
        if services.note_refusal(user, method=method) and user:
            self._tell(user, user.email, *GUESSED)

    def set_password(self, user: User, password: str) -> None:
        """As allauth does, for a new password and for a forgotten one; whoever else is signed in as this person is out."""
        super().set_password(user, password)
        is_own = self.request.user.is_authenticated and self.request.user.pk == user.pk
        sessions.end_sessions(user, keep=self.request.session.session_key if is_own else "")

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """As allauth does, but every link comes from ``SITE_URL`` and never from the request's Host header."""
        ours = {key: _at_site(value) if key.endswith("_url") else value for key, value in context.items()}
        site = {"name": settings.SITE_NAME, "domain": urlsplit(settings.SITE_URL).netloc}
        super().send_mail(
            template_prefix, email, ours | {"current_site": site, "support_email": settings.SUPPORT_EMAIL}
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict | None = None, email: str | None = None
    ) -> None:
        """Tell of a new password, address or factor; ``email`` is the old address, where that is what changed."""
        self._tell(user, email or user.email, *NOTICES.get(template_prefix, OTHERWISE), NOT_YOU)

    def _tell(self, user: User, address: str, subject: str, sentence: str, advice: str) -> None:
        words = {
            "subject": subject,
            "sentence": sentence,
            "advice": advice,
            "at": wording.moment(clock.now(), user.time_zone),
            "browser": browsers.words_of(self.request.headers.get("User-Agent", "")),
            "password_reset_url": reverse("account_reset_password"),
        }
        self.send_mail("account/email/changed", address, words)

    def is_safe_url(self, url: str | None) -> bool:
        """As allauth says, and of what is no address at all: no."""
        try:
            return super().is_safe_url(url)
        except ValueError:  # a bracket that opens the number of a host and does not close
            return False

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL


def _at_site(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.SITE_URL}{parts.path}" + (f"?{parts.query}" if parts.query else "")


class SecondFactorAdapter(DefaultMFAAdapter):
    """The words of allauth's second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Wait until your app shows the next one, and enter that."),
        "unverified_email": _("Confirm your email address first. Then set up a second factor."),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """“Chrome on Windows” says more than allauth's “Master key”; whoever adds it can write another name."""
        return browsers.words_of(self.request.headers.get("User-Agent", ""))
