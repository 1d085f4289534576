"""What is run and when: programs, cohorts, their milestones and the reminders of each."""

import uuid
from datetime import datetime, time

from django.db import models
from django.db.models import F, Q
from timezone_field import TimeZoneField

from practices.models import CORE_ROLES, MemberRole
from programs import timeline


class Program(models.Model):
    """What a kind of collaborative is, as read from its file in ``programs/catalog/``."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    length_months = models.PositiveSmallIntegerField()
    core_team_min = models.PositiveSmallIntegerField()
    core_team_max = models.PositiveSmallIntegerField()
    teams_min = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Places; empty where nobody has said."
    )
    teams_max = models.PositiveSmallIntegerField(null=True, blank=True)
    definition = models.JSONField(help_text="The validated file, whole.")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="program_core_team_in_order",
                condition=Q(core_team_min__gte=1) & Q(core_team_min__lte=F("core_team_max")),
            ),
            models.CheckConstraint(
                name="program_teams_in_order",
                condition=Q(teams_min=None) | Q(teams_max=None) | Q(teams_min__lte=F("teams_max")),
            ),
            models.CheckConstraint(name="program_lasts", condition=Q(length_months__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title


class Cohort(models.Model):
    """One run of a program."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="cohorts")
    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    zone = TimeZoneField(use_pytz=False, default="America/New_York")
    starts_on = models.DateField()
    is_synthetic = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-starts_on", "code"]

    def __str__(self) -> str:
        return self.title


class MilestoneKind(models.TextChoices):
    OPENING = "opening", "Opening of the call for applications"
    DEADLINE = "deadline", "Application deadline"
    CALL = "call", "Call"
    SESSION = "session", "In-person session"
    ASSESSMENT = "assessment", "Assessment"
    UPDATE = "update", "Quarterly update"
    REPORT = "report", "Report"
    ACTIVITY = "activity", "Activity"


APPLICATION_KINDS = (MilestoneKind.OPENING, MilestoneKind.DEADLINE)


class DueFrom(models.TextChoices):
    """Who owes a milestone. ``core_team`` and ``team`` are personal: every member owes it alone."""

    NOBODY = "nobody", "Nobody"
    LEADER = "leader", "The team leader"
    ENROLLMENT = "enrollment", "The team as a whole"
    CORE_TEAM = "core_team", "Every member of the core team"
    TEAM = "team", "Every member of the team"


PERSONAL = (DueFrom.CORE_TEAM, DueFrom.TEAM)


class Source(models.TextChoices):
    SEED = "seed", "Published by ASCO"
    DEFAULT = "default", "Our default, which staff can change"
    STAFF = "staff", "Set by staff"


class LatePolicy(models.TextChoices):
    ACCEPT = "accept", "Accept and mark as late"
    CLOSED = "closed", "No late work"


class Milestone(models.Model):
    """What happens or is due, when, and from whom. ``version`` rises whenever the moment moves."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="milestones")
    code = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=MilestoneKind)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    starts_on = models.DateField()
    starts_time = models.TimeField(null=True, blank=True, help_text="Empty: the whole day.")
    ends_on = models.DateField()
    ends_time = models.TimeField(null=True, blank=True, help_text="Empty: the end of the day, 23:59:59.")
    zone = TimeZoneField(use_pytz=False)
    place = models.CharField(max_length=200, blank=True)
    due_from = models.CharField(max_length=12, choices=DueFrom, default=DueFrom.NOBODY)
    source = models.CharField(max_length=8, choices=Source)
    late_policy = models.CharField(max_length=8, choices=LatePolicy, default=LatePolicy.ACCEPT)
    grace_minutes = models.PositiveIntegerField(default=0, help_text="Taken as on time; shown to staff only.")
    version = models.PositiveIntegerField(default=1)
    instrument = models.SlugField(max_length=60, blank=True, help_text="Assessment kind: the instrument's code.")
    has_own_plan = models.BooleanField(
        "reminders changed by staff", default=False, help_text="Loading the program's file then leaves them alone."
    )

    class Meta:
        ordering = ["ends_on", "ends_time", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "code"], name="milestone_code_once"),
            models.CheckConstraint(name="milestone_ends_after_start", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(
                name="milestone_assessment_has_instrument",
                condition=Q(kind=MilestoneKind.ASSESSMENT) | Q(instrument=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def starts_at(self) -> datetime:
        """The first moment, in UTC."""
        return timeline.resolve(self.starts_on, self.starts_time or time.min, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The last moment, in UTC; for what is due, the deadline."""
        return timeline.resolve(self.ends_on, self.ends_time or timeline.END_OF_DAY, self.zone)

    @property
    def is_personal(self) -> bool:
        return self.due_from in PERSONAL

    @property
    def is_for_applicants(self) -> bool:
        return self.kind in APPLICATION_KINDS


class Audience(models.TextChoices):
    OWING = "owing", "Those who still owe it"
    LEADER = "leader", "The team leader"
    MEMBERS = "members", "All members of the team"
    COACH = "coach", "The team's coach"
    STAFF = "staff", "ASCO staff"


class Reminder(models.Model):
    """One line of a milestone's reminder plan: so long before (negative) or after the deadline, to whom."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reminders")
    offset_days = models.SmallIntegerField(
        null=True, blank=True, help_text="Counted in local days; sent at the local time."
    )
    offset_hours = models.SmallIntegerField(null=True, blank=True, help_text="Counted in real hours from the deadline.")
    send_time = models.TimeField(default=time(9), help_text="Local time for an offset in days.")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.OWING)
    template = models.CharField(max_length=60, default="reminder")

    class Meta:
        ordering = ["milestone", "offset_days", "offset_hours"]
        constraints = [
            models.CheckConstraint(
                name="reminder_has_one_offset",
                condition=Q(offset_days__isnull=True, offset_hours__isnull=False)
                | Q(offset_days__isnull=False, offset_hours__isnull=True),
            ),
            # Two constraints for what would be one with NULLS NOT DISTINCT, which SQLite does not know.
            models.UniqueConstraint(
                fields=["milestone", "offset_days", "audience"],
                condition=Q(offset_hours=None),
                name="reminder_day_once",
            ),
            models.UniqueConstraint(
                fields=["milestone", "offset_hours", "audience"],
                condition=Q(offset_days=None),
                name="reminder_hour_once",
            ),
        ]

    def __str__(self) -> str:
        number, unit = (self.offset_hours, "hour") if self.offset_days is None else (self.offset_days, "day")
        if number == 0:
            return "On the day" if unit == "day" else "At the deadline"
        return f"{abs(number)} {unit}{'' if abs(number) == 1 else 's'} {'after' if number > 0 else 'before'}"

    @property
    def label(self) -> str:
        """The offset as it stands in a key: ``-14d``, ``+36h``."""
        return f"{self.offset_hours:+d}h" if self.offset_days is None else f"{self.offset_days:+d}d"


def roles_that_owe(due_from: str) -> tuple[str, ...]:
    """The roles in a team whose members owe what is due from ``due_from``, each alone or on the team's behalf."""
    return {
        DueFrom.NOBODY: (),
        DueFrom.LEADER: (MemberRole.LEADER,),
        DueFrom.ENROLLMENT: tuple(CORE_ROLES),
        DueFrom.CORE_TEAM: tuple(CORE_ROLES),
        DueFrom.TEAM: tuple(MemberRole),
    }[due_from]
