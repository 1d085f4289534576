"""What is known of a person before their name is taken out."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from accounts.models import User
from applications.models import Application
from core import clock
from notifications.models import Message, State
from practices.models import Invitation, Member, MemberRole, Sponsor, Team
from privacy.models import Removal
from programs.models import EnrollmentState, Supporter
from sessions_app.models import Attendance

# In these a team needs its leader.
IN_PROGRESS = (
    EnrollmentState.APPLYING,
    EnrollmentState.ACCEPTED,
    EnrollmentState.ALTERNATE,
    EnrollmentState.ACTIVE,
)
SIX_YEARS = timedelta(days=6 * 365 + 2)


@dataclass(frozen=True)
class Footprint:
    """How many rows removing a person changes, and what it leaves: counts, each with its words on the page."""

    addresses: int
    factors: int
    memberships: int
    supported: int
    waiting_mail: int
    mail: int
    invitations: int
    sponsorships: int
    sealed: int
    attendance: int  # days of the last six years that lose their name


def people_visible_to(user: User) -> QuerySet[User]:
    """Staff see everybody; nobody else sees the pages about other people's accounts."""
    return User.objects.all() if user.is_active and user.is_staff else User.objects.none()


def was_removed(person: User) -> bool:
    return Removal.objects.filter(user=person).exists()


def teams_led(person: User) -> QuerySet[Team]:
    """Teams under way that the person leads."""
    led = Member.objects.current().filter(user=person, role=MemberRole.LEADER)
    return Team.objects.filter(members__in=led, enrollments__state__in=IN_PROGRESS).distinct()


def addresses_of(person: User) -> list[str]:
    """Every address that is or may be the person's, in lower case."""
    further = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return sorted({person.email.lower(), *(address.lower() for address in further)})


def by_address(field: str, addresses: list[str]) -> Q:
    found = Q(pk__in=[])
    for address in addresses:
        found |= Q(**{f"{field}__iexact": address})
    return found


def applications_of(person: User) -> QuerySet[Application]:
    """With a sealed copy that may name the person: of teams they belong to or did, and where they are the sponsor."""
    teams = Member.objects.filter(user=person).values("team")
    sponsored = Sponsor.objects.filter(by_address("email", addresses_of(person))).values("team")
    mine = Q(enrollment__team__in=teams) | Q(enrollment__team__in=sponsored) | Q(submitted_by=person)
    return Application.objects.filter(mine, submissions__isnull=False).distinct()


def footprint(person: User) -> Footprint:
    """About ten counts; for the page and the command that ask first."""
    addresses = addresses_of(person)
    mail = Message.objects.filter(Q(recipient=person) | by_address("address", addresses))
    present = Attendance.objects.filter(member__user=person, was_present=True)
    return Footprint(
        addresses=EmailAddress.objects.filter(user=person).count(),
        factors=Authenticator.objects.filter(user=person).count(),
        memberships=Member.objects.current().filter(user=person).count(),
        supported=Supporter.objects.filter(user=person, until_on=None).count(),
        waiting_mail=mail.filter(state__in=[State.PENDING, State.FAILED, State.PARKED]).count(),
        mail=mail.count(),
        invitations=Invitation.objects.filter(by_address("email", addresses)).count(),
        sponsorships=Sponsor.objects.filter(by_address("email", addresses)).count(),
        sealed=applications_of(person).count(),
        attendance=present.filter(recorded_at__gte=clock.now() - SIX_YEARS).count(),
    )
