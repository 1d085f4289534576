"""What the style guide shows: every component with everyday, empty and extreme content."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from django import forms

from core import clock
from core.charts import Point, Row, Svg, rows_chart

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
        "dumbbell": _dumbbell(),
        "bands": _bands(),
        "heat": [(step, f"Level {step + 1} of 5") for step in range(5)],
        "teams": [("North Valley Oncology", 48, "82%"), (LONG_WORD, 7, "71%"), ("Harbor Cancer Center", 112, "90%")],
    }


def _dumbbell() -> Svg:
    """From the first time to the latest: everyday, with something open, without a figure, and with a name that is long."""
    moved = [("hollow", 1, "First: 20"), ("tick", 3, "Between: 60"), ("filled", 4, "Latest: 80")]
    fallen = [("hollow", 3, "First: 60"), ("filled", 2, "Latest: 40")]
    rows = [
        Row("Everyday", _points(moved), "20 → 60 → 80 (+60) · 5 of 5", joined=True),
        Row(
            "Partly open", _points(fallen), "60 → 40 (−20) · 3 of 5 · open from 25 to 75", _share(1, 3, 4), joined=True
        ),
        Row("Empty", words="No figure: too little is known"),
        Row(LONG_TITLE, _points(moved[-1:]), "80 · 5 of 5"),
    ]
    return rows_chart(
        rows, name="dumbbell", title="Moved most: Everyday (+60)", description="From 0 to 100.", ends=("0", "100")
    )


def _bands() -> Svg:
    """A group's middle half and median, with and without one's own place."""
    rows = [
        Row(
            "With your own",
            _points([("bar", 2, "Median 40"), ("diamond", 4, "Yours: 80")]),
            "20–60, median 40 · yours 80",
        ),
        Row("Without", _points([("bar", 3, "Median 60")]), "40–80, median 60"),
        Row("Not shown", words="Not shown"),
    ]
    bands = [_share(1, 3), _share(2, 4), None]
    rows = [replace(row, band=band) for row, band in zip(rows, bands, strict=True)]
    return rows_chart(
        rows, name="bands", title="Yours is above the median", description="From 0 to 100.", ends=("0", "100")
    )


def _points(points: list[tuple[str, int, str]]) -> list[Point]:
    """Shape, fifths of the scale, words."""
    return [Point(Fraction(fifths, 5), shape, words) for shape, fifths, words in points]


def _share(low: int, high: int, of: int = 5) -> tuple[Fraction, Fraction]:
    return Fraction(low, of), Fraction(high, of)


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
