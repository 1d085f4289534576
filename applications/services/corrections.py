"""Returning a part of a submitted application: “Changes requested”, then “Changes made”, then settled.

The application stays submitted, with the arrival and the standing of its first submission; what its people change is sealed as
a further submission.
"""

import uuid

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, ApplicationState, Correction
from applications.services.refusals import ApplicationRefused, GapsRemain
from applications.services.submission import keep_sealed
from core import clock
from core.services import record
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices.selectors import leader_of

LONGEST = 5_000


@transaction.atomic
def request_correction(application: Application, *, section: str, message: str, by: User) -> Correction:
    """Return a part (a section's code, or practice, team, sponsor) with a message; the leader gets a mail.

    Where the part was returned and its people have made their changes, that is settled and this asks again. The same words
    twice are one request.

    Raises:
        ApplicationRefused: it is not submitted, has no such part, the message is empty, or the part is returned already and
            its people have not answered yet.
    """
    message = _words(message, "Write what is to be changed. The applicants read it.")
    _hold(application)
    part = selectors.part_of(application, section)
    if part is None:
        raise ApplicationRefused("This application has no such part. Reload the page.")
    before = application.corrections.filter(section=section, settled_at=None).first()
    if before and before.answered_at is None:
        if before.message == message:
            return before
        raise ApplicationRefused(f"“{part.title}” is returned already, and its people have not answered yet.")
    if before:
        _settle(before, by)
    correction = Correction.objects.create(
        application=application, section=section, message=message, asked_at=clock.now(), asked_by=by
    )
    record("correction.asked", correction, by=by, fields=[section])
    _mail_request(application, correction, part.title)
    return correction


@transaction.atomic
def answer_correction(application: Application, *, correction: int, by: User, answer: str = "") -> Correction:
    """Say “Changes made”: the application is sealed anew as a correction, and whoever asked for it gets a mail.

    ``correction`` is the number of the request that the page showed; pressing twice is once.

    Raises:
        GapsRemain: something is missing in the part.
        ApplicationRefused: the request is not open, it is another one by now, or there is neither a change nor a word.
    """
    _hold(application)
    row = application.corrections.filter(pk=correction).select_related("asked_by").first()
    if row is None or (row.settled_at and not row.answered_at):
        raise ApplicationRefused("There is nothing to answer here any more. Reload the page.")
    if row.answered_at:
        return row
    if len(answer := answer.strip()) > LONGEST:
        raise ApplicationRefused(f"Shorten your answer to {LONGEST:,} characters; it has {len(answer):,}.")
    if missing := selectors.gaps_in_part(application, row.section):
        raise GapsRemain(missing)
    row.answered_at, row.answered_by, row.answer = clock.now(), by, answer
    row.save(update_fields=["answered_at", "answered_by", "answer"])
    _seal_again(application, by)
    if not answer and selectors.changed_by(row, list(application.submissions.order_by("number"))) == []:
        raise ApplicationRefused(
            "Nothing has been changed since staff asked. Open the part and change it, or write in a word why it stays."
        )
    record("correction.answered", row, by=by, fields=[row.section])
    _mail_answer(application, row)
    return row


@transaction.atomic
def settle_correction(application: Application, *, correction: int, by: User) -> Correction:
    """Close a request: what was asked for is there, or is no longer needed. A second time changes nothing.

    Raises:
        ApplicationRefused: there is no such request.
    """
    Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    row = application.corrections.filter(pk=correction).first()
    if row is None:
        raise ApplicationRefused("There is no such request. Reload the page.")
    if row.settled_at is None:
        _settle(row, by)
    return row


def close_corrections(application: Application, *, by: User) -> None:
    """Settle every open request, because the application is decided. Call it in the decision's transaction."""
    for row in application.corrections.filter(settled_at=None):
        _settle(row, by)


def _settle(row: Correction, by: User) -> None:
    row.settled_at, row.settled_by = clock.now(), by
    row.save(update_fields=["settled_at", "settled_by"])
    record("correction.settled", row, by=by, fields=[row.section])
    cancel(_topic(row), reason="The request was settled.")


def _hold(application: Application) -> None:
    """Bring the application up to date and hold it: it has to be submitted, and neither decided nor withdrawn."""
    Application.objects.select_for_update().get(pk=application.pk)
    application.refresh_from_db()
    if application.state != ApplicationState.SUBMITTED:
        raise ApplicationRefused(
            f"This application is “{application.get_state_display()}”, so nothing of it is returned for changes."
        )


def _words(text: str, empty: str) -> str:
    text = text.strip()
    if not text:
        raise ApplicationRefused(empty)
    if len(text) > LONGEST:
        raise ApplicationRefused(f"Shorten the text to {LONGEST:,} characters; it has {len(text):,}.")
    return text


def _seal_again(application: Application, by: User) -> None:
    """A further submission, in force from now on. It needs a key of its own: a replay of the first must not find it."""
    first = application.submission
    application.submission_key = uuid.uuid4()
    application.submission = keep_sealed(
        application, by=by, arrived_at=first.arrived_at, standing=first.standing, is_correction=True
    )
    application.save(update_fields=["submission_key", "submission"])


def _topic(row: Correction) -> str:
    return f"correction:{row.pk}"


def _mail_request(application: Application, row: Correction, title: str) -> None:
    leader, cohort = leader_of(application.enrollment.team).user, application.call.cohort
    context = {
        "recipient_name": leader.name,
        "cohort": cohort.title,
        "team": application.enrollment.team.name,
        "part": title,
        "message": row.message,
        "link": {"page": "applications:correction", "args": [str(application.public_id), row.section]},
    }
    enqueue(
        Draft(
            kind=Kind.RECEIPT,  # of what they sent; nobody turns it off
            key=f"correction:{row.pk}:asked",
            subject=f"Please change a part of your application to {cohort.title}",
            to=leader,
            template="correction-asked",
            context=context,
            topic=_topic(row),
        )
    )


def _mail_answer(application: Application, row: Correction) -> None:
    part, asked_by = selectors.part_of(application, row.section), row.asked_by
    if not asked_by.is_active:
        return
    context = {
        "recipient_name": asked_by.name,
        "team": application.enrollment.team.name,
        "cohort": application.call.cohort.title,
        "part": part.title if part else row.section,
        "answer": row.answer,
        "link": {"page": "admin:applications_application_change", "args": [application.pk]},
    }
    enqueue(
        Draft(
            kind=Kind.ALERT,
            key=f"correction:{row.pk}:answered",
            subject=f"Changes made: {application.enrollment.team.name}",
            to=asked_by,
            template="correction-answered",
            context=context,
            topic=_topic(row),
        )
    )
