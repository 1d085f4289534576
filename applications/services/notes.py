"""What staff write down about an application for each other. Notes are added, never changed."""

from django.db import transaction

from accounts.models import User
from applications.models import Application, Note
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record

LONGEST = 5_000


@transaction.atomic
def write_note(application: Application, *, text: str, by: User) -> Note:
    """Add a note. The same words by the same person on top of the list are a second press, and change nothing.

    Raises:
        ApplicationRefused: nothing is written, or more than 5,000 characters.
    """
    text = text.strip()
    if not text:
        raise ApplicationRefused("Write the note first.")
    if len(text) > LONGEST:
        raise ApplicationRefused(f"Shorten the note to {LONGEST:,} characters; it has {len(text):,}.")
    Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    newest = application.notes.order_by("-id").first()
    if newest and (newest.written_by_id, newest.text) == (by.pk, text):
        return newest
    note = Note.objects.create(application=application, text=text, written_at=clock.now(), written_by=by)
    record("note.written", note, by=by)
    return note
