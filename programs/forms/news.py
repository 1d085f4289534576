"""What staff enter to write to the people of a cohort."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.refusals import Refused
from notifications.models import Kind
from notifications.services import wordings
from programs.models import Cohort, Enrollment, EnrollmentState
from programs.services.news import Choice, Group, Words

OWN_WORDS = ""


class TeamChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, enrollment: Enrollment) -> str:
        return f"{enrollment.team.name} ({enrollment.get_state_display().lower()})"

    def clean(self, value: list[str]) -> QuerySet[Enrollment]:
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code != "invalid":
                raise
            raise ValidationError("Select a valid choice. What was sent names no team.", "invalid_choice") from error


class NewsForm(forms.Form):
    """To whom, and in which words. ``submission`` is made with the empty form, so that pressing twice is one mail."""

    groups = forms.MultipleChoiceField(
        choices=Group,
        widget=forms.CheckboxSelectMultiple,
        label="To whom",
        error_messages={"required": "Choose to whom you want to write."},
    )
    states = forms.MultipleChoiceField(
        choices=EnrollmentState,
        required=False,
        initial=[EnrollmentState.ACTIVE],
        widget=forms.CheckboxSelectMultiple,
        label="Of teams that are",
    )
    teams = TeamChoice(
        Enrollment.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Or of these teams alone",
        help_text="If you choose any here, only these count, whatever is ticked above.",
    )
    wording = forms.ChoiceField(required=False, label="Wording", help_text="Or write your own words below.")
    subject = forms.CharField(required=False, max_length=250, widget=forms.TextInput(attrs={"size": 80}))
    body = forms.CharField(
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        label="Text",
        error_messages={"max_length": "Shorten the text to 20,000 characters."},
    )
    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages=dict.fromkeys(("required", "invalid"), "Open this page anew and copy your text into it."),
    )

    def __init__(self, *args: object, cohort: Cohort, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = cohort.enrollments.select_related("team").order_by("team__name", "pk")
        self.fields["wording"].choices = [(OWN_WORDS, "My own words, below"), *wordings.choices(Kind.NEWS)]
        names = ", ".join(f"{{{name}}}" for name in wordings.known(Kind.NEWS))
        self.fields["body"].help_text = f"Say first what to do and by when. You can use {names}."

    @property
    def choice(self) -> Choice:
        values = self.cleaned_data
        teams = tuple(row.pk for row in values["teams"])
        return Choice(tuple(values["groups"]), tuple(values["states"]), teams)

    @property
    def words(self) -> Words:
        chosen = wordings.current(self.cleaned_data["wording"]) if self.cleaned_data["wording"] else None
        if chosen:
            return Words(chosen.subject, chosen.body)
        body = self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n").strip()
        return Words(self.cleaned_data["subject"], body)

    def clean(self) -> dict[str, object]:
        values = super().clean()
        if not values.get("states") and not values.get("teams") and "teams" in values:
            self.add_error("states", "Choose at least one state, or teams below.")
        if "wording" in values and "subject" in values and "body" in values:
            self._check_words(values)
        return values

    def _check_words(self, values: dict[str, object]) -> None:
        if values["wording"]:
            if values["subject"].strip() or values["body"].strip():
                self.add_error("wording", "Choose a wording or write your own words, not both. Your words are below.")
            return
        for name, check in (("subject", wordings.check_subject), ("body", wordings.check_body)):
            try:
                check(values[name], Kind.NEWS)
            except Refused as error:
                self.add_error(name, ValidationError(str(error)))
