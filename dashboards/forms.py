"""What staff enter to make a cohort. The dates it would have are shown before it is made."""

from django import forms
from django.core.exceptions import ValidationError

from programs.models import Cohort

TEN_YEARS = 520


class CohortNameForm(forms.Form):
    """Code and title, which every way of making a cohort asks for."""

    code = forms.SlugField(
        max_length=80,
        help_text="Letters, digits and hyphens; it stands in the addresses of the cohort's pages and never changes.",
        error_messages={
            "required": "Enter a code, such as “health-equity-2027”.",
            "invalid": "A code has letters, digits and hyphens only, such as “health-equity-2027”.",
        },
    )
    title = forms.CharField(
        max_length=200,
        help_text="What everybody reads.",
        error_messages={"required": "Enter a title, such as “Health Equity Learning Collaborative 2027”."},
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Cohort.objects.filter(code=code).exists():
            raise ValidationError(f"There is a cohort with the code “{code}” already. Choose another code.")
        return code


class CloneForm(CohortNameForm):
    weeks = forms.IntegerField(
        label="Weeks later",
        min_value=-TEN_YEARS,
        max_value=TEN_YEARS,
        help_text="Whole weeks, so that weekdays stay; 52 is a year less a day or two. Quarter ends stay quarter ends.",
        error_messages={
            "required": "Enter by how many weeks the dates move, such as 52.",
            "invalid": "Enter a whole number of weeks, such as 52.",
            "min_value": "Enter at most 520 weeks, which is ten years.",
            "max_value": "Enter at most 520 weeks, which is ten years.",
        },
    )


class NewCohortForm(CohortNameForm):
    starts_on = forms.DateField(
        label="First day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="All dates are counted from this day, or a plan with dates is moved by whole weeks to begin nearest to it.",
        error_messages={"required": "Enter the first day.", "invalid": "Enter a date, such as 2027-06-30."},
    )
