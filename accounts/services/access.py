"""One-time links that let somebody in: for new staff, for people whom staff let in, after a lost second factor."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from accounts import selectors
from accounts.models import AccessLink, Role, User
from accounts.selectors import LinkState
from accounts.services.people import PersonRefused, create_person
from accounts.services.sessions import end_sessions
from core import clock, links, wording
from core.refusals import Refused
from core.services import record

ACCESS_LINK_LIFE = timedelta(days=3)


class LinkEnded(Refused):
    """The access link was used, replaced, or has expired."""


@transaction.atomic
def issue_access_link(user: User, *, by: User | None = None) -> AccessLink:
    """Make a one-time link good for three days; the person's older open links end.

    Raises:
        PersonRefused: the account is deactivated.
    """
    if not user.is_active:
        raise PersonRefused(f"The account of {user.name} is deactivated. Activate it first.")
    now = clock.now()
    AccessLink.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=now)
    link = AccessLink.objects.create(user=user, created_at=now, expires_at=now + ACCESS_LINK_LIFE)
    record("accesslink.issued", link, by=by)
    return link


def address_of(link: AccessLink) -> str:
    """The absolute address of an access link. It lets its reader in: show it once, keep it nowhere."""
    return links.absolute("access", link.public_id, links.token(AccessLink.PURPOSE, link.pk, link.generation))


def expiry_words(link: AccessLink) -> str:
    """Until when the link works, in its owner's zone: “May 1, 2024, 8:59 PM Eastern”."""
    zone = link.user.time_zone
    return f"{wording.moment(link.expires_at, zone)} {wording.zone_name(zone)}"


@transaction.atomic
def use_access_link(link: AccessLink, *, password: str) -> User:
    """Set the owner's password and end the link; of two people who press at once one wins. Ends the owner's sessions.

    Raises:
        LinkEnded: used, replaced or expired; says which.
    """
    now = clock.now()
    state = selectors.state_of(link)
    if state is not LinkState.OPEN:
        raise LinkEnded(state.value)
    rows = AccessLink.objects.filter(pk=link.pk, used_at=None, revoked_at=None, expires_at__gt=now)
    if not rows.update(used_at=now):
        raise LinkEnded(LinkState.USED.value)
    link.used_at = now
    user = link.user
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    record("accesslink.used", link, by=user, fields=["password"])
    return user


def mail_access_link(link: AccessLink) -> None:
    """Write the mail that carries an access link to its owner; the outbox erases its body once sent."""
    context = {
        "link_url": address_of(link),
        "recipient_name": link.user.name,
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "expires": expiry_words(link),
    }
    subject = f"Set up your account at {settings.SITE_NAME}"
    context["subject"] = subject
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("mail/access.txt", context),
        to=[link.user.email],
    )
    mail.attach_alternative(render_to_string("mail/access.html", context), "text/html")
    mail.send()


@transaction.atomic
def send_access_link(user: User, *, by: User) -> None:
    """Issue a new one-time link and mail it to its owner.

    Raises:
        PersonRefused: the account is deactivated.
    """
    mail_access_link(issue_access_link(user, by=by))


@transaction.atomic
def create_staff(*, email: str, name: str, by: User | None = None) -> tuple[User, str]:
    """Make a verified staff account without a password; also return the absolute one-time link that sets one.

    Raises:
        AddressRefused: see ``create_person``.
    """
    user = create_person(email=email, name=name, role=Role.STAFF, by=by)
    return user, address_of(issue_access_link(user, by=by))


@transaction.atomic
def welcome_person(*, email: str, name: str, role: str, by: User, **profile: Any) -> User:
    """Make an account for somebody who did not sign up themselves, and mail them their one-time link.

    Raises:
        AddressRefused: see ``create_person``.
    """
    user = create_person(email=email, name=name, role=role, by=by, **profile)
    send_access_link(user, by=by)
    return user


@transaction.atomic
def reset_mfa(user: User, *, by: User | None = None) -> str:
    """Remove all factors and the password, which ends every session of ``user``; return a new absolute one-time link.

    Raises:
        PersonRefused: the account is deactivated.
    """
    return address_of(_drop_factors(user, by))


@transaction.atomic
def reset_mfa_by_mail(user: User, *, by: User) -> None:
    """As ``reset_mfa``; the link goes to the person by mail, so that nobody else sees it.

    Raises:
        PersonRefused: the account is deactivated.
    """
    mail_access_link(_drop_factors(user, by))


def _drop_factors(user: User, by: User | None) -> AccessLink:
    link = issue_access_link(user, by=by)
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()  # the password's hash is part of each session's: all of them end
    user.save(update_fields=["password"])
    end_sessions(user)
    record("user.factors_reset", user, by=by, fields=["password"])
    return link
