"""What a sponsor does by the link, without an account. Opening the link does none of it: each of these is a button."""

from datetime import datetime

from django.db import transaction

from applications import selectors
from applications.models import Application, Letter, LetterWay
from applications.selectors import LetterLink
from applications.services.letters.mails import mail_declined, mail_thanks
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record
from documents import services as documents
from notifications.services import cancel

MOST_WORDS = 1_500
MOST_CHARACTERS = 20_000


class LetterClosed(ApplicationRefused):
    """The link does nothing any more. ``link`` says why; done is one of the reasons."""

    def __init__(self, link: LetterLink) -> None:
        self.link = link
        done = "The letter was sent a moment ago, from another window or by somebody else with this link."
        super().__init__(done if link is LetterLink.DONE else link.value)


class DraftConflict(ApplicationRefused):
    """Somebody else with the link saved other words since. ``theirs`` is what is stored, under ``version``."""

    def __init__(self, theirs: str, version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__("The letter was changed in another window since you opened this page.")


def _locked(letter: Letter, arrived_at: datetime | None) -> Letter:
    """The row as it is now, held together with its application, so that nothing is added while that is sealed.

    Raises:
        LetterClosed: the link does nothing any more.
    """
    Application.objects.select_for_update(no_key=True).get(pk=letter.application_id)
    related = ("sponsor", "application__call__deadline", "application__call__cohort__program")
    rows = Letter.objects.select_for_update(of=("self",)).select_related(
        *related, "application__enrollment__team__practice"
    )
    row = rows.get(pk=letter.pk)
    link = selectors.letter_link(row, arrived_at or clock.now())
    if link is not LetterLink.OPEN:
        raise LetterClosed(link)
    return row


@transaction.atomic
def start_letter(letter: Letter, *, arrived_at: datetime | None = None) -> None:
    """Note that somebody read what is committed and pressed Continue; a second time changes nothing.

    Raises:
        LetterClosed: the link does nothing any more.
    """
    row = _locked(letter, arrived_at)
    if row.started_at and not row.declined_at:
        return
    row.started_at, row.declined_at = row.started_at or clock.now(), None
    row.save(update_fields=["started_at", "declined_at"])
    record("letter.started", row, by=row, by_link=True)


@transaction.atomic
def save_draft(letter: Letter, text: str, *, base_version: int, arrived_at: datetime | None = None) -> int:
    """Keep what the sponsor has written so far, for nobody else to see. Returns the new version.

    Raises:
        DraftConflict: other words were saved since ``base_version``; nothing is written.
        LetterClosed: the link does nothing any more.
    """
    row = _locked(letter, arrived_at)
    _refuse_stale(row, text, base_version)
    if row.draft == text:
        return row.draft_version
    row.draft, row.draft_version = text, row.draft_version + 1
    row.started_at = row.started_at or clock.now()
    row.save(update_fields=["draft", "draft_version", "started_at"])
    return row.draft_version


def _refuse_stale(row: Letter, text: str, base_version: int) -> None:
    if base_version != row.draft_version and row.draft != text:
        raise DraftConflict(row.draft, row.draft_version)


@transaction.atomic
def give_written(letter: Letter, text: str, *, base_version: int, arrived_at: datetime | None = None) -> Letter:
    """The letter as it was written on the page.

    Raises:
        DraftConflict, LetterClosed: see ``save_draft``.
    """
    row = _locked(letter, arrived_at)
    _refuse_stale(row, text, base_version)
    row.draft = ""  # the text holds it
    return _finish(
        row, LetterWay.WRITTEN, text=text, signed_name=row.sponsor.name, signed_position=row.sponsor.position
    )


@transaction.atomic
def give_signed(letter: Letter, *, name: str, position: str, arrived_at: datetime | None = None) -> Letter:
    """The program's own statement, signed with the name and the position that were typed.

    Raises:
        LetterClosed: the link does nothing any more.
    """
    row = _locked(letter, arrived_at)
    text = selectors.statement_of(row.application.call.cohort.program)
    return _finish(row, LetterWay.SIGNED, text=text, signed_name=name, signed_position=position)


@transaction.atomic
def give_uploaded(letter: Letter, checked: documents.Checked, *, arrived_at: datetime | None = None) -> Letter:
    """A letter that the sponsor has as a file. It counts against a quota of its own, not against the team's.

    Raises:
        LetterClosed: the link does nothing any more.
        documents.services.FileRefused: the quota is used up.
    """
    row = _locked(letter, arrived_at)
    file = documents.keep(checked, by=None, quota_key=f"letter:{row.pk}")
    return _finish(row, LetterWay.UPLOADED, file=file)


def _finish(row: Letter, way: str, **content: object) -> Letter:
    """Words that were written and not sent stay, where the letter was given in another way."""
    now = clock.now()
    content |= {"way": way, "done_at": now, "started_at": row.started_at or now, "declined_at": None}
    for name, value in content.items():
        setattr(row, name, value)
    row.save(update_fields=[*content, "draft"])
    cancel(selectors.topic_of(row), reason="The letter is here.")
    record("letter.given", row, by=row, by_link=True, fields=["done_at", "way"])
    mail_thanks(row)
    return row


@transaction.atomic
def decline_letter(letter: Letter, *, said: str, arrived_at: datetime | None = None) -> bool:
    """Tell the leader that the sponsor cannot support the application. The link stays: minds change.

    Returns whether the leader got a mail: one a day is enough, so that a second one, and its words, do not go out.

    Raises:
        LetterClosed: the link does nothing any more.
    """
    row = _locked(letter, arrived_at)
    row.declined_at = clock.now()
    row.save(update_fields=["declined_at"])
    record("letter.declined", row, by=row, by_link=True)
    return mail_declined(row, said)
