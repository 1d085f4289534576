"""What people type about a project, its measures, its data and its updates, turned into values."""

from django import forms
from django.utils.translation import gettext_lazy as _

from improvement.models import CoachComment, DataPoint, Measure, Project, QuarterlyUpdate
from improvement.selectors import QUESTIONS, WRITTEN

BAD_DATE = _("Enter a date like 07/31/2024.")
BAD_COUNT = _("Enter a whole number, such as 24.")
DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ["title", "problem", "aim"]
        widgets = {"problem": forms.Textarea(attrs={"rows": 5}), "aim": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "problem": _("What goes wrong, for which patients, and how you know. No patient identifiers."),
            "aim": _("How much, by when, for whom. It can wait until your first session."),
        }
        error_messages = {
            "title": {"required": _("Give the project a short name.")},
            "problem": {"required": _("Describe the problem in a sentence or two.")},
        }


class MeasureForm(forms.ModelForm):
    class Meta:
        model = Measure
        fields = ["title", "kind", "numerator", "denominator", "target_percent", "direction"]
        widgets = {"kind": forms.RadioSelect, "direction": forms.RadioSelect}
        labels = {
            "title": _("Name of the measure"),
            "kind": _("What kind of measure is it?"),
            "numerator": _("Numerator: what is counted"),
            "denominator": _("Denominator: out of what"),
            "target_percent": _("Target (percent)"),
            "direction": _("Which way is better?"),
        }
        help_texts = {
            "numerator": _("For example: patients with a documented distress screening."),
            "denominator": _("For example: new patients seen in the month."),
        }
        error_messages = {
            "title": {"required": _("Give the measure a short name.")},
            "kind": {"required": _("Choose the kind of measure.")},
            "numerator": {"required": _("Say what is counted.")},
            "denominator": {"required": _("Say out of what it is counted.")},
            "target_percent": dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_digits", "max_whole_digits"),
                _("Enter a number from 0 to 100, such as 80."),
            ),
            "direction": {"required": _("Choose which way is better.")},
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # A radio group has no use for the empty choice.
        self.fields["kind"].choices = self.fields["kind"].choices[1:]


class PointForm(forms.ModelForm):
    class Meta:
        model = DataPoint
        fields = ["period_start", "period_end", "numerator", "denominator", "note"]
        widgets = {"period_start": DATE, "period_end": DATE}
        labels = {
            "period_start": _("First day of the period"),
            "period_end": _("Last day of the period"),
            "numerator": _("Numerator (patients)"),
            "denominator": _("Denominator (patients)"),
        }
        help_texts = {
            "period_start": _("To correct a period that is in the table, enter its first day."),
            "denominator": _("Enter 0 if no patient was eligible."),
            "note": _("What a reader should know about this number. No patient identifiers."),
        }
        error_messages = {
            "period_start": {"required": _("Enter the first day of the period."), "invalid": BAD_DATE},
            "period_end": {"required": _("Enter the last day of the period."), "invalid": BAD_DATE},
            "numerator": {
                "required": _("Enter how many were counted."),
                "invalid": BAD_COUNT,
                "min_value": BAD_COUNT,
                "max_value": BAD_COUNT,
            },
            "denominator": {
                "required": _("Enter out of how many."),
                "invalid": BAD_COUNT,
                "min_value": BAD_COUNT,
                "max_value": BAD_COUNT,
            },
        }

    def clean(self) -> dict[str, object]:
        values = super().clean()
        numerator, denominator = values.get("numerator"), values.get("denominator")
        if numerator is not None and denominator is not None and numerator > denominator:
            self.add_error("numerator", _("The numerator cannot be larger than the denominator. Check both numbers."))
        start, end = values.get("period_start"), values.get("period_end")
        if start and end and start > end:
            self.add_error("period_end", _("The last day of the period cannot be before its first day."))
        return values


class UpdateForm(forms.ModelForm):
    """The draft of an update. Everything may stay empty until it is filed; ``base_version`` is what the person saw."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = QuarterlyUpdate
        fields = WRITTEN
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in WRITTEN if name != "progress"} | {
            "progress": forms.RadioSelect
        }
        labels = QUESTIONS
        help_texts = {
            "changes": _("Changes tested or put into practice, and what you saw. No patient identifiers."),
            "barriers": _("If there is no data for this quarter, say here why."),
            "progress": _(
                "Your own judgment, on the published scale; your coach gives a score beside it. It can wait until you file."
            ),
            "progress_reason": _("It can wait until you file."),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_version"].initial = self.instance.version
        self.fields["progress"].choices = self.fields["progress"].choices[1:]

    def mark_needed(self) -> None:
        """For a page that is about to be shown: what filing needs is not called optional, though a draft may leave it empty."""
        self.use_required_attribute = False
        for name in ("progress", "progress_reason"):
            self.fields[name].required = True

    def written(self) -> dict[str, object]:
        """The values of the update's own columns, ready for ``services.save_update``."""
        return {name: self.cleaned_data[name] for name in WRITTEN}


class CommentForm(forms.ModelForm):
    class Meta:
        model = CoachComment
        fields = ["text", "progress"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        labels = {"text": _("Your comment"), "progress": _("Your score")}
        error_messages = {"text": {"required": _("Write your comment first.")}}
        help_texts = {
            "progress": _("Your own view on the same scale. It stands beside the team's and does not replace it.")
        }
