"""The field of one question."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import wording
from questionnaires import rules
from questionnaires.forms.tables import TableInput
from questionnaires.models import Question, QuestionKind, Required
from questionnaires.selectors import limits_of


class AnswerField(forms.Field):
    """The field of one question; its clean value is what ``save_answers`` takes. A draft may leave every field empty.

    ``required`` only decides whether the label says “optional”: what is missing is told at submission.
    """

    def __init__(self, question: Question, **options: object) -> None:
        self.kind, self.limits = question.kind, limits_of(question)
        is_required = question.required != Required.NEVER
        super().__init__(label=question.text, widget=_widget(question), required=is_required, **options)

    def clean(self, value: object) -> rules.Json:
        try:
            return rules.clean(self.limits, self._read(value))
        except rules.BadTable as error:
            self.widget.wrong = error.cells
            raise ValidationError(error.sentences) from error
        except rules.BadAnswer as error:
            raise ValidationError(str(error)) from error

    def _read(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        rules.refuse_unstorable(value)
        if self.kind == QuestionKind.NUMBER and value.strip():
            return rules.read_number(value, self.limits.unit)
        if self.kind == QuestionKind.DATE and value.strip():
            return rules.read_date(value)
        return value.strip()

    def prepare_value(self, value: object) -> object:
        """A stored date is shown as a person would type it; what somebody typed is shown as it is."""
        if self.kind == QuestionKind.DATE and isinstance(value, str):
            try:
                return wording.day(date.fromisoformat(value))
            except ValueError:
                return value
        return value


def _widget(question: Question) -> forms.Widget:
    choices = [(choice["code"], choice["label"]) for choice in question.choices]
    words = counted_words(question.max_words) if question.max_words else {}
    match question.kind:
        case QuestionKind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 8, **words})
        case QuestionKind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case QuestionKind.CHOICE:
            return forms.RadioSelect(choices=choices)
        case QuestionKind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=choices)
        case QuestionKind.STATEMENT:
            return forms.CheckboxInput()
        case QuestionKind.TABLE:
            return TableInput(question)
        case _:
            return forms.TextInput(attrs=words)


def counted_words(most: int) -> dict[str, object]:
    """What ``static/js/words.js`` counts with, and its sentences."""
    return {
        "data-max-words": most,
        "data-words": _("{n} of {most} words"),
        "data-words-over": _("{n} of {most} words: take out {over}"),
    }
