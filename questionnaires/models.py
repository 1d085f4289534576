"""Forms as data: versions, sections, questions and conditions; answers as one row a question, with their revisions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.constraints import both_or_neither
from documents.models import StoredFile


class FormVersion(models.Model):
    """One edition of a form. Frozen once something is answered on it; a later edition has a higher number."""

    code = models.SlugField(max_length=80)
    number = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Last changed by staff; from then on a program's file no longer decides what this form asks.",
    )

    class Meta:
        ordering = ["code", "number"]
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.title} (version {self.number})"


class Section(models.Model):
    form = models.ForeignKey(FormVersion, models.CASCADE, related_name="sections")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["form", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "code"], name="section_code_once"),
            models.UniqueConstraint(fields=["form", "position"], name="section_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class QuestionKind(models.TextChoices):
    SHORT_TEXT = "short_text", "Short text"
    LONG_TEXT = "long_text", "Long text"
    NUMBER = "number", "Number"
    CHOICE = "choice", "One of several"
    CHOICES = "choices", "Any of several"
    DATE = "date", "Date"
    STATEMENT = "statement", "Statement to accept"
    FILE = "file", "File"
    TABLE = "table", "Table of people"


class Required(models.TextChoices):
    NEVER = "never", "Never"
    SUBMISSION = "submission", "At submission"
    ALWAYS = "always", "Always: the section cannot be saved without it"


class Question(models.Model):
    section = models.ForeignKey(Section, models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=QuestionKind)
    text = models.CharField(max_length=500)
    help_text = models.TextField(blank=True)
    required = models.CharField(max_length=12, choices=Required, default=Required.SUBMISSION)
    max_words = models.PositiveIntegerField(null=True, blank=True)
    minimum = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    choices = models.JSONField(default=list, blank=True, help_text="A list of {code, label}.")
    columns = models.JSONField(
        default=list, blank=True, help_text="Of a table: a list of {code, label, kind, required, choices}."
    )
    min_rows = models.PositiveSmallIntegerField(null=True, blank=True)
    max_rows = models.PositiveSmallIntegerField(null=True, blank=True)
    shown_to_reviewers = models.BooleanField(default=True)
    locked_days_before = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="From so many days before the deadline on, the answer can no longer be changed.",
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["section", "position"]
        constraints = [
            models.CheckConstraint(
                name="question_rows_in_order",
                condition=Q(min_rows=None) | Q(max_rows=None) | Q(min_rows__lte=F("max_rows")),
            ),
            models.UniqueConstraint(fields=["section", "code"], name="question_code_once"),
            models.UniqueConstraint(fields=["section", "position"], name="question_position_once"),
            models.CheckConstraint(
                name="question_bounds_in_order",
                condition=Q(minimum=None) | Q(maximum=None) | Q(minimum__lte=F("maximum")),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Condition(models.Model):
    """Ask ``question`` only if ``depends_on`` was answered with one of ``values``."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="conditions")
    depends_on = models.ForeignKey(Question, models.CASCADE, related_name="+")
    values = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "depends_on"], name="condition_once"),
            models.CheckConstraint(name="condition_not_on_itself", condition=~Q(question=F("depends_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} if {self.depends_on_id}"


class Response(models.Model):
    """One filling-in of one form. The room that asks (a call, an evaluation) points at it."""

    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="responses")
    created_at = models.DateTimeField(editable=False)

    def __str__(self) -> str:
        return f"response {self.pk}"


class Answer(models.Model):
    """The present answer to one question. Compared by version and swapped while the response's row is held."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.JSONField(null=True, help_text="Validated by the kind of the question.")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    is_unfinished = models.BooleanField(
        default=False,
        editable=False,
        help_text="It has too many words, too few rows or an empty cell (rules.unfinished), noted so that many can be counted.",
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="answer_once"),
            both_or_neither("saved", table="answer"),
        ]
        indexes = [models.Index(fields=["response"], condition=models.Q(is_unfinished=True), name="answer_unfinished")]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class AnswerRevision(models.Model):
    """Every value that an answer has had, the present one included; of a burst of saves while one person typed, the last."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    began_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the burst began; empty where the button saved."
    )
    passed = models.JSONField(
        default=dict, editable=False, help_text="The burst's earlier versions, each with a fingerprint of its value."
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="revision_once"),
            both_or_neither("saved", table="revision"),
        ]

    def __str__(self) -> str:
        return f"revision {self.version} of {self.answer_id}"
