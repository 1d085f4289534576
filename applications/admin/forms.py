"""What staff enter about an application."""

from django import forms

from applications.models import Application, Screening, Verdict
from applications.selectors import parts_of, statements_of

WIDE = {"rows": 5, "cols": 80}
AGAIN = dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Open this page anew and enter it again.")
BIGGEST = 2**31 - 1


class ScreeningForm(forms.Form):
    """The verdict with its reasons. ``version`` is that of the verdict that the person had before them."""

    verdict = forms.ChoiceField(
        choices=Verdict, widget=forms.RadioSelect, error_messages={"required": "Choose a verdict."}
    )
    reasons = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What the program asks, and this team does not meet"
    )
    text = forms.CharField(
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs=WIDE),
        label="In words",
        help_text="For staff. The applicants do not see it, and get no mail.",
        error_messages={"max_length": "Shorten it to 5,000 characters."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=BIGGEST, error_messages=AGAIN)

    def __init__(self, data: object = None, *, application: Application, screening: Screening | None) -> None:
        initial: dict[str, object] = {"version": 0}
        if screening:
            initial = {name: getattr(screening, name) for name in ("verdict", "reasons", "text", "version")}
        super().__init__(data, initial=initial)
        statements = statements_of(application.call.cohort)
        self.fields["reasons"].choices = [(one.code, one.text) for one in statements]
        if not statements:
            del self.fields["reasons"]


class CorrectionForm(forms.Form):
    """Which part goes back to the applicants, and what they read."""

    section = forms.ChoiceField(label="Part", error_messages={"required": "Choose the part that is to be changed."})
    message = forms.CharField(
        max_length=5_000,
        widget=forms.Textarea(attrs=WIDE),
        label="What is to be changed",
        help_text="The applicants read it, in the mail to the leader too. Say until when, if it cannot wait: nothing else does.",
        error_messages={
            "required": "Write what is to be changed. The applicants read it.",
            "max_length": "Shorten it to 5,000 characters.",
        },
    )

    def __init__(self, data: object = None, *, application: Application, part: str = "") -> None:
        super().__init__(data, initial={"section": part})
        self.fields["section"].choices = [("", "Choose…"), *((one.code, one.title) for one in parts_of(application))]


class NoteForm(forms.Form):
    text = forms.CharField(
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        label="New note",
        help_text="For staff. A note is added and never changed.",
        error_messages={"required": "Write the note first.", "max_length": "Shorten the note to 5,000 characters."},
    )


class RowForm(forms.Form):
    """A button beside a row of the page: which row."""

    row = forms.IntegerField(min_value=1, max_value=2**63 - 1, error_messages=AGAIN)
