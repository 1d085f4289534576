"""Why a person is removed."""

from django import forms


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Kept for good, so name nobody: “Asked for it by mail on May 3”.",
        error_messages={
            "required": "Say why, without naming anybody.",
            "max_length": "Say it in at most 200 characters.",
        },
    )
    sure = forms.BooleanField(
        label="I know that this cannot be undone",
        error_messages={"required": "Tick that you know this cannot be undone."},
    )
