"""The attendance list: boxes into days and members; and the agenda, which staff write in the admin."""

from collections.abc import Iterable
from typing import Any

from django import forms

from practices.models import Member
from sessions_app.models import Segment, SessionDay

Cell = tuple[SessionDay, Member]


def key(day: SessionDay, member: Member) -> str:
    """How a box is named in the form: day and member."""
    return f"{day.pk}-{member.pk}"


class AttendanceForm(forms.Form):
    """``present`` holds the ticked boxes; ``seen``, beside the form, those that were ticked when the page was opened."""

    present = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Somebody on this list has left or joined meanwhile. Reload the page."},
    )

    def __init__(self, cells: Iterable[Cell], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = {key(day, member): (day, member) for day, member in cells}
        self.fields["present"].choices = [(one, one) for one in self.cells]

    def presence(self) -> set[Cell]:
        return {self.cells[one] for one in self.cleaned_data["present"]}

    def seen_before(self) -> set[Cell]:
        """Not validated: a box that has left the list meanwhile decides nothing."""
        return {self.cells[one] for one in self.data.getlist("seen") if one in self.cells}


def _time() -> forms.TimeInput:
    """The browser's own control: the admin's shortcut fills in the reader's now, and the agenda is in the session's zone."""
    return forms.TimeInput(attrs={"type": "time", "step": 60}, format="%H:%M")


class SegmentForm(forms.ModelForm):
    """One line of a day's agenda."""

    class Meta:
        model = Segment
        fields = ["title", "starts_time", "ends_time", "is_educational"]
        labels = {"starts_time": "from", "ends_time": "to", "is_educational": "counts toward credit"}
        help_texts = {"is_educational": ""}
        widgets = {"starts_time": _time(), "ends_time": _time()}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("starts_time"), values.get("ends_time")
        if first and last and last <= first:
            self.add_error("ends_time", "A segment ends after it starts. Enter a later time.")
        return values

    def validate_constraints(self) -> None:
        """The order of the two times is checked above, in words."""
