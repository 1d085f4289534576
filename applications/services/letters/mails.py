"""The mail about a letter: to the sponsor, who has no account, and to the leader."""

from datetime import datetime

from applications import selectors
from applications.models import Letter
from core import clock, wording
from notifications.models import Kind
from notifications.services import Draft, enqueue
from practices.selectors import leader_of
from programs.selectors import deadline_of


def link_of(letter: Letter) -> dict[str, object]:
    """The link as the outbox keeps it: its token is derived at delivery."""
    return {
        "page": "letters:letter",
        "args": [str(letter.public_id)],
        "purpose": Letter.PURPOSE,
        "row": letter.pk,
        "generation": letter.generation,
    }


def due_in_words(letter: Letter) -> str:
    """The deadline of the application, its extension included, in the zone of the call."""
    application = letter.application
    due = deadline_of(application.call.deadline, application.enrollment)
    zone = application.call.deadline.zone
    return f"{wording.moment(due.at, zone)} {wording.zone_name(zone)}"


def _words(letter: Letter) -> dict[str, object]:
    application = letter.application
    team, cohort = application.enrollment.team, application.call.cohort
    return {
        "sponsor": letter.sponsor.name,
        "team": team.name,
        "practice": team.practice.name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "due": due_in_words(letter),
    }


def mail_request(letter: Letter, *, reminded_at: datetime | None = None) -> None:
    """Ask the sponsor, or remind them. It leaves only while a letter can still be added."""
    asker = letter.reminded_by.name if reminded_at else letter.asked_by.name
    what = f"remind:{reminded_at:%Y%m%dT%H%M%S}" if reminded_at else "ask"
    subject = f"{asker} asks you for a letter of support"
    enqueue(
        Draft(
            kind=Kind.INVITATION,
            key=f"letter:{letter.pk}:{letter.generation}:{what}",
            subject=f"Reminder: {subject}" if reminded_at else subject,
            address=letter.sponsor.email,
            template="letter-request",
            context=_words(letter) | {"link": link_of(letter), "asker": asker, "is_reminder": reminded_at is not None},
            topic=selectors.topic_of(letter),
            not_after=selectors.closes_at(letter.application),
        )
    )


def mail_thanks(letter: Letter) -> None:
    """The sponsor's receipt, with the letter to keep where it is a text; and the news to the leader."""
    words = _words(letter)
    enqueue(
        Draft(
            kind=Kind.RECEIPT,
            key=f"letter:{letter.pk}:done",
            subject=f"Thank you: your letter for {words['team']} has been received",
            address=letter.sponsor.email,
            template="letter-received",
            context=words
            | {
                "link": link_of(letter),
                "letter": letter.text,
                "name": letter.signed_name,
                "position": letter.signed_position,
                "file_name": letter.file.original_name if letter.file else "",
                "file_sha256": letter.file.sha256 if letter.file else "",
            },
            topic=selectors.topic_of(letter),
        )
    )
    _tell_leader(letter, f"letter:{letter.pk}:news", f"{words['sponsor']} has given the letter of support", {})


def mail_declined(letter: Letter, said: str) -> bool:
    """Tell the leader that the sponsor cannot support the application; False where the leader was told so today."""
    key = f"letter:{letter.pk}:declined:{clock.now():%Y%m%d}"
    subject = f"{letter.sponsor.name} cannot give a letter of support"
    return _tell_leader(letter, key, subject, {"is_declined": True, "said": said})


def _tell_leader(letter: Letter, key: str, subject: str, more: dict[str, object]) -> bool:
    leader = leader_of(letter.application.enrollment.team)
    link = {"page": "applications:sponsor", "args": [str(letter.application.public_id)]}
    return leader is not None and enqueue(
        Draft(
            kind=Kind.NEWS,
            key=key,
            subject=subject,
            to=leader.user,
            template="letter-news",
            context=_words(letter) | {"link": link} | more,
            topic=selectors.topic_of(letter),
        )
    )
