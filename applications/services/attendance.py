"""The core team's word to attend every session: given on the page of the application, or by a link without a sign-in."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from applications import selectors
from applications.models import Application, ApplicationState, AttendanceCommitment
from applications.selectors import AttendanceLink, Word
from applications.services.drafts import lock_draft
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices.models import Member
from practices.selectors import core_team, leader_of
from programs.models import Cohort


class LinkOver(ApplicationRefused):
    """The link does nothing any more. ``link`` says why."""

    def __init__(self, link: AttendanceLink) -> None:
        self.link = link
        super().__init__(link.value)


@transaction.atomic
def ask_to_attend(application: Application, *, by: User, arrived_at: datetime | None = None) -> list[Member]:
    """Ask everybody of the core team who has not confirmed, by a mail with a link that needs no sign-in.

    Whoever asks confirms on the page; whoever was asked within the last day is not asked again. Returns who was asked.

    Raises:
        ApplicationRefused: there is nobody to ask; it can no longer be edited.
        CallClosed: the call is closed.
    """
    lock_draft(application, arrived_at or clock.now(), part="team")
    asked = [
        word.member
        for word in selectors.words_of(application)
        if not word.has_confirmed and word.member.user_id != by.pk and _ask(application, word, by)
    ]
    if not asked:
        raise ApplicationRefused(
            "There is nobody to ask: the others have confirmed, or were asked within the last day."
        )
    return asked


def _ask(application: Application, word: Word, by: User) -> bool:
    now = clock.now()
    stamps = {"asked_at": now, "asked_by": by}
    commitment, is_new = AttendanceCommitment.objects.get_or_create(
        application=application, member=word.member, defaults=stamps
    )
    earlier = AttendanceCommitment.objects.filter(
        Q(asked_at=None) | Q(asked_at__lte=now - selectors.A_DAY), pk=commitment.pk
    )
    if not is_new and not earlier.update(**stamps):
        return False
    commitment.asked_at, commitment.asked_by = now, by
    record("attendancecommitment.asked", commitment, by=by)
    _mail_request(application, commitment, by)
    return True


def _mail_request(application: Application, commitment: AttendanceCommitment, by: User) -> None:
    cohort, member = application.call.cohort, commitment.member
    link = {
        "page": "attendance:word",
        "args": [str(commitment.public_id)],
        "purpose": AttendanceCommitment.PURPOSE,
        "row": commitment.pk,
        "generation": commitment.generation,
    }
    enqueue(
        Draft(
            kind=Kind.INVITATION,
            key=f"attendance:{commitment.pk}:{commitment.generation}:ask:{commitment.asked_at:%Y%m%dT%H%M%S}",
            subject=f"Confirm that you will attend all sessions: {cohort.title}",
            to=member.user,
            template="attendance-request",
            context={
                "link": link,
                "asker": by.name,
                "team": application.enrollment.team.name,
                "cohort": cohort.title,
                "sessions": sessions_in_words(cohort),
            },
            topic=selectors.topic_of(commitment),
            not_after=selectors.closes_at(application),
        )
    )


def sessions_in_words(cohort: Cohort) -> list[str]:
    """“Session 1: July 11, 2024 to July 12, 2024, Alexandria, VA”."""
    return [
        ", ".join(filter(None, (f"{one.title}: {one.when}", one.place)))
        for one in selectors.commitments_of(cohort).sessions
    ]


@transaction.atomic
def commit_to_sessions(
    application: Application, member: Member, *, by: User, by_link: AttendanceCommitment | None = None
) -> AttendanceCommitment:
    """Note that ``member`` confirms to attend all sessions on their present dates; a second time changes nothing.

    ``by_link``: whose link was used, where nobody is signed in.

    Raises:
        ApplicationRefused: the member is not in the application's core team now, or ``by`` is somebody else.
    """
    if not core_team(application.enrollment.team).filter(pk=member.pk).exists():
        raise ApplicationRefused(f"{member.user.name} is not in the core team of this application.")
    if member.user_id != by.pk:
        raise ApplicationRefused(f"Only {member.user.name} can confirm to attend all sessions.")
    dates = selectors.dates_of(application.call.cohort)
    given = {"confirmed_at": clock.now(), "confirmed_by": by, "dates": dates, "declined_at": None}
    commitment, is_new = AttendanceCommitment.objects.get_or_create(
        application=application, member=member, defaults=given
    )
    row = AttendanceCommitment.objects.filter(Q(confirmed_at=None) | ~Q(dates__in=["", dates]), pk=commitment.pk)
    if is_new or row.update(**given):
        commitment.refresh_from_db()
        cancel(selectors.topic_of(commitment), reason="The word was given.")
        record("attendancecommitment.confirmed", commitment, by=by_link or by, by_link=by_link is not None)
    return commitment


def _locked(commitment: AttendanceCommitment, arrived_at: datetime | None) -> Application:
    """The application as it is now, held until the transaction ends.

    Raises:
        LinkOver: the link does nothing any more.
    """
    applications = Application.objects.select_for_update(no_key=True, of=("self",))
    application = applications.select_related("enrollment__team", "call__cohort__program", "call__deadline").get(
        pk=commitment.application_id
    )
    commitment.application = application
    link = selectors.attendance_link(commitment, arrived_at or clock.now())
    if link is not AttendanceLink.OPEN:
        raise LinkOver(link)
    return application


@transaction.atomic
def confirm_by_link(commitment: AttendanceCommitment, *, arrived_at: datetime | None = None) -> None:
    """The word of the member to whom the link was sent, wherever in the core team they stand by now.

    Raises:
        LinkOver: the link does nothing any more.
    """
    application = _locked(commitment, arrived_at)
    person = commitment.member.user
    member = selectors.own_membership(application, person)
    commit_to_sessions(application, member, by=person, by_link=commitment)


@transaction.atomic
def decline_by_link(commitment: AttendanceCommitment, *, said: str, arrived_at: datetime | None = None) -> bool:
    """Tell the leader that the member cannot attend every session. In a draft, a word that was given is taken back.

    Returns whether the leader got a mail: one a day is enough, so that a second one, and its words, do not go out.

    Raises:
        LinkOver: the link does nothing any more.
    """
    application = _locked(commitment, arrived_at)
    if application.state == ApplicationState.DRAFT:
        own = selectors.own_membership(application, commitment.member.user)
        rows = AttendanceCommitment.objects.filter(application=application, member=own, asked_at__isnull=False)
        rows.update(confirmed_at=None, confirmed_by=None, dates="", declined_at=clock.now())
    record("attendancecommitment.declined", commitment, by=commitment, by_link=True)
    return _mail_declined(application, commitment, said)


def _mail_declined(application: Application, commitment: AttendanceCommitment, said: str) -> bool:
    leader, name = leader_of(application.enrollment.team), commitment.member.user.name
    return leader is not None and enqueue(
        Draft(
            kind=Kind.NEWS,
            key=f"attendance:{commitment.pk}:declined:{clock.now():%Y%m%d}",
            subject=f"{name} cannot attend all sessions",
            to=leader.user,
            template="attendance-declined",
            context={
                "link": {"page": "applications:detail", "args": [str(application.public_id)]},
                "name": name,
                "said": said,
                "team": application.enrollment.team.name,
                "cohort": application.call.cohort.title,
            },
            topic=selectors.topic_of(commitment),
        )
    )
