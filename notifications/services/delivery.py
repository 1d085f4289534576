"""The sender: reads its own table only, and delivers what is due."""

import logging
import random
import smtplib
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, islice

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string

from core.services import beat
from notifications.models import Item, Message, Policy
from notifications.services import bounces, breaker, claims, digests, refusals
from notifications.services.attachments import dates_of
from notifications.services.rendering import render

logger = logging.getLogger(__name__)

BATCH = 50
GROUP = 10  # mails that are marked as started in one commit
# A mail that its own template cannot make into words; retrying would not help.
UNRENDERABLE = (TemplateDoesNotExist, TemplateSyntaxError, NoReverseMatch, KeyError, ValueError)


def send_due(*, limit: int | None = None) -> int:
    """Deliver what is due, at most ``limit`` mails, and return how many the relay took.

    Safe to run beside itself: a row belongs to whoever claimed it. When the relay cannot be reached the run stops, the
    claimed rows go back, and a later run tries again; after three such runs the breaker gives the relay a minute's rest.
    """
    beat("sender")
    claims.recover(_relay_log())
    sent = 0
    while True:
        claims.expire()  # also what a dead sender held, and what came back during this run
        if breaker.is_open() or (limit is not None and sent >= limit):
            break
        batch = claims.claim(BATCH if limit is None else min(BATCH, limit - sent))
        if not batch:
            break
        beat("sender")  # a queue of hours is no silence
        wanted = refusals.withhold(batch)
        taken, reachable = _deliver(wanted) if wanted else (0, True)
        sent += taken
        if not reachable:
            break
    return sent


def _relay_log() -> claims.RelayLog | None:
    return import_string(settings.RELAY_LOG) if settings.RELAY_LOG else None


def _deliver(batch: list[Message]) -> tuple[int, bool]:
    """Send one batch over one connection: how many were taken, and whether the relay could be reached."""
    relay = get_connection(settings.DELIVERY_EMAIL_BACKEND)
    try:
        relay.open()
    except OSError as error:  # smtplib's errors are OSErrors
        logger.warning("The mail relay cannot be reached: %s", error)
        breaker.note_failure(str(error))
        for message in batch:
            claims.put_back(message, wait=_backoff(message))
        return 0, False
    breaker.note_success()
    try:
        return sum(_send_group(group, relay) for group in _groups(batch)), True
    finally:
        relay.close()


def _groups(batch: list[Message]) -> Iterator[list[Message]]:
    """Those to mark as started together. If a sender dies, what it had marked and not sent is sent by its successor.

    Not so what must never come twice: that would be parked, so a decision letter is marked alone.
    """
    for policy, mails in groupby(batch, key=lambda message: message.policy):
        rest = iter(mails)
        while group := list(islice(rest, GROUP if policy == Policy.REPEAT else 1)):
            yield group


def _send_group(group: list[Message], relay: BaseEmailBackend) -> int:
    began = time.monotonic()
    started = claims.start_all(group)
    lines = digests.lines_of(started)  # now that they are marked, nothing takes a line out of them any more
    sent = 0
    for message in started:
        # A slow relay must not use up the lease: after a third of it, the claim is made sure of for each mail by itself.
        is_fresh = time.monotonic() - began < settings.MAIL_LEASE_SECONDS / 3
        if is_fresh or claims.start(message):
            sent += _send(message, lines.get(message.pk, []), relay)
    return sent


def _send(message: Message, lines: list[Item], relay: BaseEmailBackend) -> bool:
    needless = _why_needless(message, lines)
    if needless:
        claims.give_up(message, needless)
        return False
    try:
        mail = _compose(message, lines, relay)
    except UNRENDERABLE as error:
        logger.exception("Mail %s cannot be rendered.", message.pk)
        claims.fail(message, f"It cannot be rendered: {error}")
        return False
    try:
        mail.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        _refused(message, error)
        return False
    except OSError as error:
        # The connection broke somewhere between the first byte and the relay's answer.
        logger.warning("Mail %s: the connection broke: %s", message.pk, error)
        log = _relay_log()
        fate = log(message.message_id) if log else claims.Fate.UNKNOWN
        claims.settle(message, fate, wait=_backoff(message))
        relay.close()
        return False
    return claims.finish(message)


def _why_needless(message: Message, lines: list[Item]) -> str:
    """Why a mail that gathers must not go although it was claimed; empty where it must."""
    if message.template != digests.GATHERED:
        return ""
    if not message.recipient.is_active:
        return "The account was deactivated."
    return "" if lines else "All that it reminded of was settled."


def _compose(message: Message, lines: list[Item], relay: BaseEmailBackend) -> EmailMultiAlternatives:
    body = render(message, lines)
    mail = EmailMultiAlternatives(
        body.subject,
        body.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.address],
        headers={
            "Message-ID": message.message_id,
            "X-Mail-Kind": message.kind,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            **refusals.headers(message),
        },
        reply_to=[settings.SUPPORT_EMAIL],
        connection=relay,
    )
    if body.html:
        mail.attach_alternative(body.html, "text/html")
    dates = dates_of(message, lines)
    if dates:
        mail.attach(dates)
    return mail


def _refused(message: Message, error: smtplib.SMTPException) -> None:
    """5xx ends the mail with its reason; 4xx comes back later."""
    code, words = _answer(error)
    if 500 <= code < 600:
        if claims.fail(message, f"The mail server refused it: {code} {words}"):
            bounces.note(message)
    else:
        claims.put_back(message, wait=_backoff(message))


def _answer(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error
    return code, words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def _backoff(message: Message) -> timedelta:
    """One minute, doubled with every attempt up to an hour, give or take a fifth."""
    minutes = min(2**message.attempts, 60)
    return timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
