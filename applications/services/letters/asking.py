"""What the applicants do about the sponsor and the letter, while the application can be edited."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, Letter, LetterWay
from applications.services.drafts import lock_draft
from applications.services.letters.mails import mail_request
from applications.services.refusals import ApplicationRefused
from core import clock, links, wording
from core.services import record
from documents import services as documents
from notifications.services import cancel
from practices import services as practices
from practices.models import Sponsor
from practices.selectors import sponsor_of

# A sponsor's mailbox is somebody else's: whoever changes the sponsor again and again does not write to half a hospital.
MOST_REQUESTS_A_DAY = 10
# The code of the part that staff return when the sponsor or the letter is to be changed.
PART = "sponsor"


@transaction.atomic
def edit_sponsor(
    application: Application, *, name: str, email: str, position: str, by: User, arrived_at: datetime | None = None
) -> Sponsor:
    """Name the team's sponsor. Requests to somebody else end; a letter that is done stays and counts.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited.
    """
    _lock(application, arrived_at)
    sponsor = practices.name_sponsor(application.enrollment.team, name=name, email=email, position=position, by=by)
    others = Letter.objects.filter(application=application, done_at=None, ended_at=None).exclude(sponsor=sponsor)
    for letter in others:
        _end(letter, by, "Somebody else was named as the sponsor.")
    return sponsor


@transaction.atomic
def ask_for_letter(application: Application, *, by: User, arrived_at: datetime | None = None) -> Letter:
    """Ask the present sponsor for the letter of support, by a mail with a link that needs no account.

    Raises:
        ApplicationRefused, CallClosed: no sponsor is named; this one was asked, or has given it; too many were asked today;
            it can no longer be edited.
    """
    _lock(application, arrived_at)
    sponsor, now = _present_sponsor(application), clock.now()
    there = Letter.objects.filter(application=application, sponsor=sponsor, ended_at=None).first()
    if there is not None:
        state = "given the letter" if there.done_at else "been asked"
        raise ApplicationRefused(f"{sponsor.name} has {state} already.")
    today = Letter.objects.filter(application=application, asked_at__gt=now - selectors.A_DAY)
    if today.count() >= MOST_REQUESTS_A_DAY:
        raise ApplicationRefused(f"{MOST_REQUESTS_A_DAY} people were asked within a day. Go on tomorrow.")
    letter = Letter.objects.create(application=application, sponsor=sponsor, asked_at=now, asked_by=by)
    record("letter.asked", letter, by=by)
    mail_request(letter)
    return letter


def _present_sponsor(application: Application) -> Sponsor:
    sponsor = sponsor_of(application.enrollment.team)
    if sponsor is None:
        raise ApplicationRefused("Name the sponsor first.")
    return sponsor


def _lock(application: Application, arrived_at: datetime | None) -> None:
    lock_draft(application, arrived_at or clock.now(), part=PART)


@transaction.atomic
def remind_sponsor(letter: Letter, *, by: User, arrived_at: datetime | None = None) -> None:
    """Send the link once more, at most once a day.

    Raises:
        ApplicationRefused, CallClosed: it is done or ended, or the last mail is not a day old; it can no longer be edited.
    """
    letter = _locked(letter, arrived_at)
    earliest, now = selectors.remind_from(letter), clock.now()
    if selectors.letter_state(letter) not in (selectors.LetterState.ASKED, selectors.LetterState.STARTED):
        raise ApplicationRefused(f"There is nothing to remind {letter.sponsor.name} of any more. Reload the page.")
    if earliest is None:
        raise ApplicationRefused(f"{letter.sponsor.name} was not asked by mail.")
    if earliest > now:
        at = f"{wording.moment(earliest, by.time_zone)} {wording.zone_name(by.time_zone)}"
        raise ApplicationRefused(f"{letter.sponsor.name} had a mail within the last day. Remind them from {at} on.")
    letter.reminded_at, letter.reminded_by = now, by
    letter.save(update_fields=["reminded_at", "reminded_by"])
    record("letter.reminded", letter, by=by)
    mail_request(letter, reminded_at=now)


def _locked(letter: Letter, arrived_at: datetime | None) -> Letter:
    """The row as it is now, held together with its application until the transaction ends."""
    _lock(letter.application, arrived_at)
    return Letter.objects.select_for_update(of=("self",)).select_related("sponsor", "application").get(pk=letter.pk)


@transaction.atomic
def copy_link(letter: Letter, *, by: User, arrived_at: datetime | None = None) -> str:
    """The address of the sponsor's page, for the applicants to hand on themselves. That they had it stays with the letter.

    Raises:
        ApplicationRefused, CallClosed: it is done or ended; it can no longer be edited.
    """
    letter = _locked(letter, arrived_at)
    if selectors.letter_state(letter) in (selectors.LetterState.DONE, selectors.LetterState.ENDED):
        raise ApplicationRefused("This letter is done or no longer asked for, so its link leads nowhere.")
    if letter.link_copied_at is None:
        letter.link_copied_at, letter.link_copied_by = clock.now(), by
        letter.save(update_fields=["link_copied_at", "link_copied_by"])
    record("letter.link_copied", letter, by=by)
    token = links.token(Letter.PURPOSE, letter.pk, letter.generation)
    return links.absolute("letters:letter", letter.public_id, token)


@transaction.atomic
def end_letter(letter: Letter, *, by: User, arrived_at: datetime | None = None) -> None:
    """Take a request back, or set a letter aside so that another one can take its place. It is kept, and counts no more.

    Raises:
        ApplicationRefused, CallClosed: it has ended already; it can no longer be edited.
    """
    letter = _locked(letter, arrived_at)
    if letter.ended_at:
        raise ApplicationRefused("This letter was taken back already. Reload the page.")
    _end(letter, by, "The request was taken back.")


def _end(letter: Letter, by: User, reason: str) -> None:
    letter.ended_at, letter.ended_by = clock.now(), by
    letter.save(update_fields=["ended_at", "ended_by"])
    cancel(selectors.topic_of(letter), reason=reason)
    record("letter.ended", letter, by=by)


@transaction.atomic
def upload_letter(
    application: Application, checked: documents.Checked, *, by: User, arrived_at: datetime | None = None
) -> Letter:
    """Hand in a letter that the applicants have themselves; staff make sure that it is the sponsor's.

    A request to the same sponsor is met by it.

    Raises:
        ApplicationRefused, CallClosed: no sponsor is named; this one's letter is there already; it can no longer be edited.
        documents.services.FileRefused: the quota is used up.
    """
    _lock(application, arrived_at)
    sponsor, now = _present_sponsor(application), clock.now()
    letters = Letter.objects.select_for_update(of=("self",))
    letter = letters.filter(application=application, sponsor=sponsor, ended_at=None).first()
    if letter is not None and letter.done_at:
        raise ApplicationRefused(f"The letter of {sponsor.name} is here already. Set it aside first.")
    letter = letter or Letter(application=application, sponsor=sponsor)
    letter.file = documents.keep(checked, by=by, quota_key=f"response:{application.response_id}")
    letter.way, letter.done_at, letter.uploaded_by = LetterWay.APPLICANT, now, by
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:
        raise ApplicationRefused("The letter was changed a moment ago. Reload the page.") from None
    cancel(selectors.topic_of(letter), reason="The letter is here.")
    record("letter.uploaded", letter, by=by)
    return letter
