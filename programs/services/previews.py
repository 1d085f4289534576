"""What a reminder looks like to the one who gets it, on the page or as a test in one's own letterbox."""

import re
import uuid

from django.db import transaction
from django.db.models import Model
from django.utils.html import format_html

from accounts.models import User
from core import links
from core.refusals import Refused
from core.services import record
from notifications.models import Kind, Message
from notifications.services import Draft, Rendered, enqueue, preview, refusals
from programs.models import Enrollment, Reminder
from programs.services.reminders import lines_of

BODY = re.compile(r"<body[^>]*>", re.I)


def readers_of(reminder: Reminder, enrollment: Enrollment) -> list[User]:
    """Whom a line of a plan is for in one team, whether they have done what it reminds of or not; by name."""
    return sorted({line.to for line in lines_of(reminder, enrollment)}, key=lambda person: (person.name, person.pk))


def mail_for(reminder: Reminder, enrollment: Enrollment, person: User) -> Rendered:
    """The mail that ``person`` would get, in their own time zone. Writes nothing.

    Raises:
        Refused: this line does not write to this person.
    """
    lines = lines_of(reminder, enrollment, person)
    if not lines:
        raise Refused(
            f"This reminder does not write to {person} about {enrollment.team}. Choose somebody from the list."
        )
    return preview(person, lines)


@transaction.atomic
def send_test(mail: Rendered, *, of: User | None, name: str, press: uuid.UUID, about: Model, by: User) -> bool:
    """Send ``mail`` to ``by`` themselves, and say first whose mail it is a test of; False where this press has sent it.

    It goes as an alert, which nobody can turn off: a test that does not come would tell the wrong thing. The link that
    would turn the kind off for the person whose mail it is, ``of``, leads home instead.
    """
    words = f"This is a test. It shows what {name} would get; nothing was sent to them."
    text, html = (_harmless(part, of) for part in (mail.text, mail.html))
    note = format_html("<p><strong>{}</strong></p><hr>", words)
    marked, count = BODY.subn(lambda hit: hit[0] + note, html, count=1)
    is_new = enqueue(
        Draft(
            kind=Kind.ALERT,
            key=f"test:{by.pk}:{press}",
            to=by,
            subject=f"Test: {mail.subject}"[:250],
            text=f"{words}\n\n{text}",
            html=marked if count else note + html,
        )
    )
    if is_new:
        record(f"{about._meta.model_name}.test_mail_sent", about, by=by)
    return is_new


def _harmless(part: str, of: User | None) -> str:
    """Without the links by which somebody who holds them acts for the person."""
    for kind in refusals.REFUSABLE if of else ():
        part = part.replace(refusals.refusal_url(Message(kind=kind, recipient=of)), links.absolute("home"))
    return part
