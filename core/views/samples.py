"""What the style guide shows: every component with everyday, empty and extreme content."""

from datetime import date, timedelta

from django import forms

from core import clock

LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis"
LONG_TITLE = f"A title that goes on, with {LONG_WORD * 2} in it, and does not break the page"


class SampleForm(forms.Form):
    """One field of each kind; ``context()`` binds it to wrong answers."""

    name = forms.CharField(label="Practice name", error_messages={"required": "Enter the name of the practice"})
    email = forms.EmailField(
        label="Work email", help_text="We send the receipt here.", error_messages={"invalid": "Enter an email address"}
    )
    beds = forms.IntegerField(
        label="New patients a year", min_value=1, error_messages={"min_value": "Enter a number above 0"}
    )
    setting = forms.ChoiceField(
        label="Setting",
        help_text="Choose the one that fits most of your sites.",
        choices=[("a", "Academic center"), ("c", "Community practice"), ("h", "Hospital-owned practice")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a setting"},
    )
    topics = forms.MultipleChoiceField(
        label="Topics",
        choices=[("1", "Care coordination"), ("2", "Symptom management"), ("3", LONG_WORD)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    region = forms.ChoiceField(label="Region", choices=[("", "Choose"), ("n", "Northeast"), ("s", "South")])
    story = forms.CharField(label="What would you like to improve?", widget=forms.Textarea({"rows": 4}), required=False)
    letter = forms.FileField(label="Letter of support", help_text="PDF, at most 10 MB.")
    agree = forms.BooleanField(
        label="The sponsor agrees", error_messages={"required": "Confirm that the sponsor agrees"}
    )

    def clean(self) -> None:
        raise forms.ValidationError("A form-wide problem: this call closed while you were writing.")


def context() -> dict[str, object]:
    """The whole of the page."""
    wrong = {"email": "not an address", "beds": "-1", "topics": ["1"], "story": "Kept as it was typed."}
    wrong = {f"wrong-{name}": value for name, value in wrong.items()}
    return {
        "themes": ("light", "dark"),
        "tones": ("neutral", "info", "success", "warning", "danger"),
        "tasks": _tasks(),
        "entries": _entries(),
        "rows": _rows(),
        "wrong_form": SampleForm(wrong, prefix="wrong"),
        "blank_form": SampleForm(prefix="blank"),
        "soon": clock.now() + timedelta(days=3, hours=1),
        "past": clock.now() - timedelta(days=3),
        "long_title": LONG_TITLE,
        "day": date(2024, 5, 1),
        "teams": [("North Valley Oncology", 48, "82%"), (LONG_WORD, 7, "71%"), ("Harbor Cancer Center", 112, "90%")],
    }


def _tasks() -> list[dict[str, str]]:
    return [
        {
            "title": "The practice",
            "url": "#tasks",
            "status": "Completed",
            "tone": "success",
            "hint": "Name, sites, people",
        },
        {"title": "The team", "url": "#tasks", "status": "In progress", "tone": "info", "hint": ""},
        {"title": LONG_TITLE, "url": "#tasks", "status": "Not started", "tone": "neutral"},
        {"title": "Letter of support", "url": "#tasks", "status": "Needs a change", "tone": "warning"},
        {
            "title": "Check and submit",
            "url": "",
            "status": "Cannot start yet",
            "tone": "neutral",
            "hint": "Complete the rest first.",
        },
    ]


def _entries() -> list[dict[str, str]]:
    return [
        {
            "title": "Application received",
            "when": "March 4, 2024",
            "state": "done",
            "state_label": "Done",
            "url": "#timeline",
        },
        {"title": "Baseline assessment", "when": "April 1, 2024", "state": "late", "state_label": "3 days late"},
        {
            "title": "First learning session",
            "when": "April 12, 2024",
            "state": "current",
            "state_label": "Now",
            "detail": "Two days, online.",
        },
        {
            "title": "Quarterly update",
            "when": "July 1, 2024",
            "state": "upcoming",
            "state_label": "Later",
            "default_note": "(assumed date)",
        },
    ]


def _rows() -> list[dict[str, str]]:
    return [
        {"label": "Practice name", "value": "North Valley Oncology", "change_url": "#summary"},
        {
            "label": "What would you like to improve?",
            "value": f"First line.\nSecond line. {LONG_WORD}",
            "change_url": "#summary",
        },
        {"label": "Fax", "value": "", "change_url": "#summary"},
    ]
