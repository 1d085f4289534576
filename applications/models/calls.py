"""Calls for applications, and what is asked before anybody begins."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from programs.models import Cohort, Milestone
from questionnaires.models import FormVersion


class CallQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "CallQuerySet":
        """Calls are public: everybody sees every one, signed in or not."""
        return self


class Call(models.Model):
    """The call of one cohort. It holds no date of its own: opening and deadline are milestones."""

    cohort = models.OneToOneField(Cohort, models.CASCADE, related_name="call")
    opening = models.OneToOneField(Milestone, models.PROTECT, related_name="+")
    deadline = models.OneToOneField(Milestone, models.PROTECT, related_name="+")
    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="calls")
    text = models.TextField(blank=True, help_text="What the call page says above the facts of the program.")
    has_own_eligibility = models.BooleanField(
        default=False,
        editable=False,
        help_text="Staff have changed its eligibility questions; the program's file leaves them alone.",
    )
    created_at = models.DateTimeField(editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="call_two_milestones", condition=~Q(opening=models.F("deadline")))]

    def __str__(self) -> str:
        return f"Call for {self.cohort}"


class EligibilityQuestion(models.Model):
    """Asked on the call's page, before an account is needed. Each of its ``choices`` says whether it fits, and if not why."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="eligibility_questions")
    code = models.SlugField(max_length=60)
    text = models.CharField(max_length=300)
    help_text = models.TextField(blank=True)
    choices = models.JSONField(
        help_text="A list of {code, label, fits, reason}; the reason is shown where it does not fit."
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="eligibility_code_once"),
            models.UniqueConstraint(fields=["call", "position"], name="eligibility_position_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Rehearsal(models.Model):
    """A pre-flight of a call: made-up applications went through it, and were taken back; the report is what is left."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rehearsals")
    rehearsed_at = models.DateTimeField(editable=False)
    rehearsed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    is_passed = models.BooleanField()
    report = models.JSONField(help_text="A list of {step, is_passed, text}, in the order in which it happened.")

    class Meta:
        ordering = ["call", "-rehearsed_at", "-id"]

    def __str__(self) -> str:
        return f"Pre-flight of {self.call_id}"
