"""Practices, their sites, and the teams that practices send. A practice is entered once and reused."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField

from accounts.models import User
from core.constraints import both_or_neither


class Setting(models.TextChoices):
    ACADEMIC = "academic", "Academic center"
    COMMUNITY = "community", "Community practice"
    HOSPITAL = "hospital", "Hospital-based practice"
    SAFETY_NET = "safety_net", "Safety-net provider"
    OTHER = "other", "Other"


class Rurality(models.TextChoices):
    RURAL = "rural", "Rural"
    SUBURBAN = "suburban", "Suburban"
    URBAN = "urban", "Urban"


class PracticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "PracticeQuerySet":
        """Staff see all; others the practices whose teams they belong to now, or into which they were let."""
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        of_teams = Member.objects.current().filter(user=user).values("team__practice")
        let_in = Affiliation.objects.filter(user=user, ended_at=None).values("practice")
        return self.filter(Q(pk__in=of_teams) | Q(pk__in=let_in))


class Practice(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField("ZIP or postal code", max_length=20, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField("state or region", max_length=100, blank=True)
    country = CountryField(default="US")
    setting = models.CharField(max_length=12, choices=Setting, blank=True)
    rurality = models.CharField(max_length=10, choices=Rurality, blank=True)
    oncologists = models.PositiveSmallIntegerField("number of oncologists", null=True, blank=True)
    underserved_percent = models.PositiveSmallIntegerField(
        "patients from underserved groups (percent)", null=True, blank=True
    )
    health_system = models.CharField("affiliated health system", max_length=200, blank=True)
    domain = models.CharField("web or e-mail domain", max_length=120, blank=True)
    is_synthetic = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        help_text="Where its teams went when staff found that it had been entered twice.",
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="practice_underserved_is_percent",
                condition=Q(underserved_percent__isnull=True) | Q(underserved_percent__lte=100),
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
            both_or_neither("merged", table="practice"),
            models.CheckConstraint(
                name="practice_merged_into_another",
                condition=Q(merged_into=None, merged_at=None)
                | (Q(merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_into=models.F("id"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where a practice sees patients."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="sites")
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    region = models.CharField("state or region", max_length=100, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """Somebody who may apply for a practice: let in by one of its people or by staff, never by naming it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="affiliations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="affiliations")
    let_in_at = models.DateTimeField()
    let_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "user"], condition=Q(ended_at=None), name="affiliation_once_in_a_practice"
            ),
            both_or_neither("let_in", table="affiliation"),
            both_or_neither("ended", table="affiliation"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.practice_id}"


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "TeamQuerySet":
        """Staff see all; others the teams they belong to now. Coaches see the people of theirs through ``programs``."""
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(pk__in=Member.objects.current().filter(user=user).values("team"))


class Team(models.Model):
    """The people whom one practice sends to one cohort (and, if they stay together, to the next)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class MemberRole(models.TextChoices):
    LEADER = "leader", "Team leader"
    CORE = "core", "Core team"
    LARGER = "larger", "Larger team"


CORE_ROLES = (MemberRole.LEADER, MemberRole.CORE)


class Access(models.TextChoices):
    """What a member may do with the team's application, where that is more than the role brings.

    By their roles the leader edits and submits, the core team edits, and the larger team does neither.
    """

    ROLE = "", "As the role has it"
    EDIT = "edit", "Edits"
    SUBMIT = "submit", "Edits and submits"


class MemberQuerySet(models.QuerySet):
    def current(self) -> "MemberQuerySet":
        return self.filter(left_on=None)

    def core(self) -> "MemberQuerySet":
        """The leader is a member of the core team."""
        return self.filter(role__in=CORE_ROLES)

    def writers(self) -> "MemberQuerySet":
        """The core team, and who else was asked to write the application."""
        return self.filter(Q(role__in=CORE_ROLES) | Q(access__in=[Access.EDIT, Access.SUBMIT]))


class Member(models.Model):
    """One person's time in one role of one team. A change of role ends a row and begins another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=MemberRole)
    access = models.CharField("application", max_length=6, choices=Access, default=Access.ROLE, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    left_reason = models.CharField(max_length=200, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["team", "joined_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(left_on=None),
                name="member_once_in_a_team",
                violation_error_message="This person is a member of the team already.",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(left_on=None, role=MemberRole.LEADER),
                name="team_has_one_leader",
                violation_error_message="A team has one leader.",
            ),
            models.CheckConstraint(
                name="member_leaves_after_joining", condition=Q(left_on=None) | Q(left_on__gte=models.F("joined_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Sponsor(models.Model):
    """A senior leader of the practice who supports the team; needs no account."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="sponsors")
    name = models.CharField(max_length=150)
    email = models.EmailField()
    position = models.CharField("position at the practice", max_length=150)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(until_on=None), name="team_has_one_sponsor"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A place in a team, or the right to apply for a practice, offered by mail.

    The link's token is derived from the row; opening it changes nothing.
    """

    PURPOSE = "invitation"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="invitations")
    practice = models.ForeignKey(Practice, models.CASCADE, null=True, blank=True, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=MemberRole, default=MemberRole.CORE)
    access = models.CharField("application", max_length=6, choices=Access, default=Access.ROLE, blank=True)
    generation = models.PositiveIntegerField(default=1)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["invited_at", "id"]
        constraints = [
            both_or_neither("invited", table="invitation"),
            both_or_neither("accepted", table="invitation"),
            both_or_neither("revoked", table="invitation"),
            models.CheckConstraint(
                name="invitation_to_one_thing",
                condition=Q(team__isnull=False, practice=None) | Q(team=None, practice__isnull=False),
            ),
            models.CheckConstraint(name="invitation_ends_once", condition=Q(accepted_at=None) | Q(revoked_at=None)),
            models.UniqueConstraint(
                models.functions.Lower("email"),
                "team",
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
                violation_error_message="This person is invited already.",
            ),
            models.UniqueConstraint(
                models.functions.Lower("email"),
                "practice",
                condition=Q(accepted_at=None, revoked_at=None),
                name="practice_invitation_open_once",
                violation_error_message="This person is invited already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team or self.practice}"
