"""When things are: the moment of a milestone, and more time for one team. The services' own checks speak beside the fields."""

from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError

from core import wording
from core.refusals import Refused
from programs import services
from programs.forms.local_times import LocalTimeInput, settle
from programs.models import DueFrom, Enrollment, Extension, Milestone, MilestoneKind
from programs.selectors import enrollments_for_list, in_progress

MOMENT = ("starts_on", "starts_time", "ends_on", "ends_time")


# The browser's own controls: the admin's shortcuts fill in the reader's today and now, and these moments are the milestone's.
def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


# What has no length: people look at its end alone.
DUE_BY_A_DAY = (MilestoneKind.DEADLINE, MilestoneKind.ASSESSMENT, MilestoneKind.UPDATE, MilestoneKind.REPORT)


class MilestoneForm(forms.ModelForm):
    """The moment of a milestone, in its own zone."""

    class Meta:
        model = Milestone
        fields = MOMENT
        widgets = {
            "starts_on": _day(),
            "starts_time": LocalTimeInput(),
            "ends_on": _day(),
            "ends_time": LocalTimeInput(),
        }

    @property
    def moment(self) -> dict[str, date | time | None]:
        """The four values, as ``move_milestone`` takes them."""
        return {name: self.cleaned_data[name] for name in MOMENT}

    def clean(self) -> dict[str, object]:
        values = super().clean()
        for end in ("starts", "ends"):
            settle(self, f"{end}_on", f"{end}_time", self.instance.zone)
        if "back" in self.data:
            raise ValidationError("Nothing is moved yet. Change the dates, or leave this page.")
        self._set_start(values)
        if not self.errors:
            try:
                services.check_move(Milestone.objects.get(pk=self.instance.pk), **self.moment)
            except Refused as error:
                raise ValidationError(str(error)) from error
        return values

    def _set_start(self, values: dict[str, object]) -> None:
        """What is due by one day begins on that day, so its start goes along; otherwise nothing ends before it begins."""
        was, starts, ends = self.instance, values.get("starts_on"), values.get("ends_on")
        if not starts or not ends:
            return
        if was.kind in DUE_BY_A_DAY and was.starts_on == was.ends_on == starts and not values.get("starts_time"):
            values["starts_on"] = ends
        elif ends < starts:
            self.add_error("ends_on", "It would end before it starts. Enter a later day, or an earlier start.")


class MilestoneChoice(forms.ModelChoiceField):
    """A title alone says little: every cohort has a first quarterly update."""

    def label_from_instance(self, milestone: Milestone) -> str:
        """The cohort last: what is cut off on a telephone is what the team's name says already."""
        return f"{milestone.title}, {wording.day(milestone.ends_on)} ({milestone.cohort})"


class ExtensionForm(forms.ModelForm):
    """More time for one team, with the reason. ``initial`` with an enrollment offers the milestones of its cohort only."""

    enrollment = forms.ModelChoiceField(Enrollment.objects.none(), label="Team")
    milestone = MilestoneChoice(Milestone.objects.none())

    class Meta:
        model = Extension
        fields = ("enrollment", "milestone", "ends_on", "ends_time", "reason")
        widgets = {"ends_on": _day(), "ends_time": LocalTimeInput()}
        help_texts = {
            "ends_on": "In the milestone's time zone.",
            "ends_time": "Empty: the end of the day, 23:59:59.",
            "reason": "For staff and the audit trail; the team does not see it.",
        }
        error_messages = {
            "ends_on": {"required": "Enter the day until which the team has time."},
            "reason": {"required": "Write down why the team gets more time."},
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enrollment"].error_messages["required"] = "Choose the team that gets more time."
        self.fields["milestone"].error_messages["required"] = "Choose what the team gets more time for."
        teams = enrollments_for_list(Enrollment.objects.filter(in_progress()))
        milestones = Milestone.objects.exclude(due_from=DueFrom.NOBODY).select_related("cohort")
        chosen = str(self.initial.get("enrollment", ""))
        if not self.is_bound and chosen.isdecimal():
            milestones = milestones.filter(cohort__in=teams.filter(pk=int(chosen)).values("cohort"))
        self.fields["enrollment"].queryset = teams
        self.fields["milestone"].queryset = milestones.order_by("cohort", "ends_on", "id")

    @property
    def grant(self) -> dict[str, object]:
        """As ``services.extend`` takes it."""
        return dict(self.cleaned_data)

    def clean(self) -> dict[str, object]:
        values = super().clean()
        if values.get("milestone"):
            settle(self, "ends_on", "ends_time", values["milestone"].zone)
        if not self.errors:
            try:
                services.check_extension(**self.grant)
            except Refused as error:
                raise ValidationError(str(error)) from error
        return values
