"""What each rule acts on: functions from a moment to the rows that are older. A row that was dealt with is not found again."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.deletion import PROTECT
from django.db.models.functions import Coalesce

from accounts.models import REMOVED_DOMAIN, AccessLink, BrowserSession, Role, User
from applications.models import Application, ApplicationState, Export, Letter, Note, Submission
from applications.selectors import EXPORT_KEPT
from documents.models import StoredFile
from documents.selectors import unreferenced
from notifications.models import Message, State
from practices.models import Invitation, Member, Sponsor
from privacy.selectors.people import IN_PROGRESS
from programs.models import Enrollment, EnrollmentState, Supporter
from questionnaires.models import Answer, AnswerRevision
from sessions_app.models import Attendance

YEAR = 365
EXPORT_DAYS = EXPORT_KEPT.days
QUIET_DAYS = 3 * YEAR
EDUCATION_DAYS = 6 * YEAR + 2  # six years, two of them leap years


def sent_mail(before: datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=State.SENT, sent_at__lt=before)


def unsent_mail(before: datetime) -> QuerySet[Message]:
    """Parked mail waits for a person's decision and is not among them."""
    ended = [State.FAILED, State.CANCELLED, State.EXPIRED]
    return Message.objects.filter(state__in=ended, created_at__lt=before)


def access_links(before: datetime) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(expires_at__lt=before)


def invitations(before: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(expires_at__lt=before)


def earlier_answers(before: datetime) -> QuerySet[AnswerRevision]:
    """By when a version was written; the present one never."""
    return AnswerRevision.objects.filter(saved_at__lt=before).exclude(version=F("answer__version"))


def _with_content() -> QuerySet[Application]:
    answers = Answer.objects.filter(response=OuterRef("response"))
    here = {"application": OuterRef("pk")}
    sealed = Submission.objects.filter(**here).exclude(sealed__has_key="removed")
    words = Exists(Letter.objects.filter(**here)) | Exists(Note.objects.filter(**here))
    return Application.objects.filter(Exists(answers) | Exists(sealed) | words | ~Q(decision_note=""))


def abandoned_applications(before: datetime) -> QuerySet[Application]:
    """Never submitted, or withdrawn, to a call whose deadline is past by that long."""
    states = [ApplicationState.DRAFT, ApplicationState.WITHDRAWN]
    return _with_content().filter(state__in=states, call__deadline__ends_on__lt=before.date())


def declined_applications(before: datetime) -> QuerySet[Application]:
    states = [ApplicationState.DECLINED, ApplicationState.ALTERNATE]
    return _with_content().filter(state__in=states, decided_at__lt=before)


def unverified_accounts(before: datetime) -> QuerySet[User]:
    """Nobody ever showed that the address is theirs, and nothing that lasts refers to the account."""
    found = User.objects.filter(joined_at__lt=before, last_login=None, role=Role.PARTICIPANT)
    found = found.exclude(email__endswith=f"@{REMOVED_DOMAIN}")
    found = found.filter(~Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)))
    for relation in User._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is PROTECT and relation.auto_created:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.filter(~Exists(rows))
    return found


def quiet_people(before: datetime) -> QuerySet[User]:
    """No sign-in since, in no team that is under way, supporting none, not staff; and no attendance that must keep its name."""
    member = Member.objects.current().filter(user=OuterRef("pk"), team__enrollments__state__in=IN_PROGRESS)
    education = before - timedelta(days=EDUCATION_DAYS - QUIET_DAYS)
    present = Attendance.objects.filter(member__user=OuterRef("pk"), was_present=True, recorded_at__gte=education)
    return (
        User.objects.filter(removal=None)
        .exclude(role=Role.STAFF)
        .alias(seen=Coalesce("last_login", "joined_at"))
        .filter(
            ~Exists(member),
            ~Exists(Supporter.objects.filter(user=OuterRef("pk"), until_on=None)),
            ~Exists(present),
            seen__lt=before,
        )
    )


def former_sponsors(before: datetime) -> QuerySet[Sponsor]:
    """Those whose time ended, and those of teams of which nothing is under way and whose last step is that long ago."""
    on = before.date()
    lively = Enrollment.objects.filter(team=OuterRef("team")).filter(
        Q(state__in=[EnrollmentState.APPLYING, EnrollmentState.ACCEPTED, EnrollmentState.ACTIVE])
        | Q(left_on__gte=on)
        | Q(application__decided_at__gte=before)
        | Q(left_on=None, application__decided_at=None, started_at__gte=before)
    )
    over = Q(until_on__lt=on) | (Q(until_on=None, team__created_at__lt=before) & ~Exists(lively))
    return Sponsor.objects.filter(over).exclude(email__endswith=f"@{REMOVED_DOMAIN}")


def loose_files(before: datetime) -> QuerySet[StoredFile]:
    return unreferenced().filter(created_at__lt=before)


def expired_sessions(before: datetime) -> QuerySet[BrowserSession]:
    return BrowserSession.objects.filter(expire_date__lt=before)


def admin_log(before: datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)


def exports(before: datetime) -> QuerySet[Export]:
    """Asked for that long ago, whatever became of them."""
    return Export.objects.filter(asked_at__lt=before).select_related("file")
