"""What staff enter about a cohort's reminders: a line of the plan, and what to look at."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from programs import timeline
from programs.models import Audience, Cohort, DueFrom, MilestoneKind, Reminder
from programs.services import plans

DAYS, HOURS = "days", "hours"
BEFORE, AFTER = "before", "after"
YEARS = range(1990, 2200)


class FilterForm(forms.Form):
    """Which lines of the plan to show. What is not among the choices filters nothing."""

    kind = forms.ChoiceField(
        choices=[("", "All kinds"), *MilestoneKind.choices], required=False, label="Kind of milestone"
    )
    audience = forms.ChoiceField(choices=[("", "Everybody"), *Audience.choices], required=False, label="Reminders to")

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("kind", "audience")}


class LineForm(forms.Form):
    """One line of the plan of a milestone of ``cohort``; with ``line`` that one, whose milestone stays."""

    milestone = forms.ModelChoiceField(Cohort.objects.none(), empty_label="Choose a milestone")
    number = forms.IntegerField(
        min_value=0,
        max_value=plans.FARTHEST_DAYS * 24,
        label="How long",
        error_messages={
            "required": "Enter a number, such as 14. For the day itself enter 0.",
            "invalid": "Enter a whole number, such as 14.",
            "min_value": "Enter 0 or more, and choose “before” or “after”.",
            "max_value": "A reminder can be at most 365 days before or after the deadline. Choose a shorter distance.",
        },
    )
    unit = forms.ChoiceField(choices=[(DAYS, "days"), (HOURS, "hours")], initial=DAYS)
    side = forms.ChoiceField(choices=[(BEFORE, "before"), (AFTER, "after")], initial=BEFORE, label="Before or after")
    send_time = forms.TimeField(
        required=False,
        initial=timeline.REMINDER_TIME,
        widget=forms.TimeInput(attrs={"type": "time", "step": 60}, format="%H:%M"),
        label="Time of day",
        help_text="For days, in the milestone's time zone. Empty: 9:00 AM. Hours are counted from the deadline itself.",
        error_messages={"invalid": "Enter a time of day, such as 9:00."},
    )
    audience = forms.ChoiceField(choices=Audience, initial=Audience.OWING, label="To whom")
    template = forms.ChoiceField(label="Wording")

    def __init__(self, *args: object, cohort: Cohort, line: Reminder | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if line:
            del self.fields["milestone"]
            self.initial |= _initial(line)
        else:
            milestones = cohort.milestones.exclude(due_from=DueFrom.NOBODY)
            self.fields["milestone"].queryset = milestones
            self.fields["milestone"].error_messages |= {
                "required": "Choose the milestone that the reminder is about.",
                "invalid_choice": "Choose a milestone of this cohort that somebody owes.",
            }
        self.fields["template"].choices = plans.wording_choices()

    @property
    def rule(self) -> plans.Rule:
        values = self.cleaned_data
        number = values["number"] * (-1 if values["side"] == BEFORE else 1)
        is_days = values["unit"] == DAYS
        return plans.Rule(
            days=number if is_days else None,
            hours=None if is_days else number,
            send_time=values["send_time"] or timeline.REMINDER_TIME,
            audience=values["audience"],
            template=values["template"],
        )


def _initial(line: Reminder) -> dict[str, object]:
    is_days = line.offset_days is not None
    number = line.offset_days if is_days else line.offset_hours
    return {
        "number": abs(number),
        "unit": DAYS if is_days else HOURS,
        "side": AFTER if number > 0 else BEFORE,
        "send_time": line.send_time,
        "audience": line.audience,
        "template": line.template,
    }


class MonthField(forms.CharField):
    """``2026-03`` as the first day of that month."""

    def clean(self, value: str) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            found = date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise ValidationError("A month is written as 2026-03.") from error
        if found.year not in YEARS:
            raise ValidationError("Choose a month between 1990 and 2199.")
        return found


class MonthForm(forms.Form):
    month = MonthField(required=False, max_length=7)
