"""The teams that practices send, their members and sponsors, and the places that are offered by mail."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from core.constraints import both_or_neither
from practices.models.practices import Practice


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
