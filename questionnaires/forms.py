"""A section of a form as a Django form, made of its questions."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import wording
from documents.forms import UNCHANGED, ShownFile, UploadField, limits_in_words
from documents.models import StoredFile
from documents.services import Checked
from questionnaires import rules
from questionnaires.models import Answer, Condition, Question, QuestionKind, Required
from questionnaires.selectors import AnsweredQuestion, AnsweredSection, in_words, limits_of

NEVER_SEEN = -1  # no answer has this version, so a save that names none can only conflict, never overwrite


class AnswerField(forms.Field):
    """The field of one question; its clean value is what ``save_answers`` takes. A draft may leave every field empty.

    ``required`` only decides whether the label says “optional”: what is missing is told at submission.
    """

    def __init__(self, question: Question, **options: object) -> None:
        self.kind, self.limits = question.kind, limits_of(question)
        is_required = question.required == Required.SUBMISSION
        super().__init__(label=question.text, widget=_widget(question), required=is_required, **options)

    def clean(self, value: object) -> rules.Json:
        try:
            return rules.clean(self.limits, self._read(value))
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
    words = {"data-max-words": question.max_words} if question.max_words else {}
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
        case _:
            return forms.TextInput(attrs=words)


class SectionForm(forms.Form):
    """The questions of one section with their answers, and (hidden) the version of each answer that the person has before them.

    ``mine``: values by question pk that are shown instead of the stored ones, for a person who has to settle a conflict.
    ``file_url``: the address at which the room that shows the form serves a file of it.
    """

    use_required_attribute = False

    def __init__(
        self,
        section: AnsweredSection,
        data: Mapping | None = None,
        files: Mapping | None = None,
        *,
        mine: Mapping[int, object] | None = None,
        file_url: Callable[[StoredFile], str] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.file_url = file_url
        self.items = [item for item in section.questions if _is_shown(item, section)]
        for item in self.items:
            code = item.question.code
            if item.question.kind == QuestionKind.FILE:
                self.fields[code] = self._file_field(item)
            else:
                initial = item.value if mine is None else mine.get(item.question.pk, item.value)
                self.fields[code] = AnswerField(item.question, initial=initial, help_text=_help(item))
            self.fields[_base_name(code)] = forms.CharField(
                required=False, initial=item.version, widget=forms.HiddenInput
            )

    def _file_field(self, item: AnsweredQuestion) -> UploadField:
        is_required = item.question.required == Required.SUBMISSION
        shown = self._shown(item.file)
        return UploadField(label=item.question.text, required=is_required, help_text=_help(item), shown=shown)

    def _shown(self, file: StoredFile | None) -> ShownFile | None:
        return ShownFile.of(file, self.file_url(file) if self.file_url else "") if file else None

    @property
    def values(self) -> dict[int, rules.Json | Checked]:
        """The clean values by question pk; a file that was neither chosen nor removed is not among them."""
        found = {item.question.pk: self.cleaned_data[item.question.code] for item in self.items}
        return {key: value for key, value in found.items() if value is not UNCHANGED}

    @property
    def uploads(self) -> dict[int, Checked]:
        """The good files among what was sent, by question pk, whatever is wrong with the other answers."""
        found = {item.question.pk: self.cleaned_data.get(item.question.code) for item in self.items}
        return {key: value for key, value in found.items() if isinstance(value, Checked)}

    @property
    def base_versions(self) -> dict[int, int]:
        """The version of each answer that the person had before them, by question pk."""
        given = {item.question.pk: self.cleaned_data.get(_base_name(item.question.code), "") for item in self.items}
        return {key: int(text) if text.isdecimal() and len(text) < 10 else NEVER_SEEN for key, text in given.items()}

    def note_saved(self, answers: Iterable[Answer]) -> None:
        """For a form that is shown again: these files are stored by now, so that the next save does not send them anew."""
        self.data = self.data.copy()
        for answer in answers:
            code = answer.question.code
            self.data[_base_name(code)] = str(answer.version)
            field = self.fields[code]
            if isinstance(field, UploadField):
                field.shown = self._shown(answer.file)

    def refuse(self, problems: Mapping[int, str]) -> None:
        """Put what a service said (``AnswersRefused.problems``) beside the questions."""
        questions = {item.question.pk: item.question for item in self.items}
        for key, text in problems.items():
            question = questions.get(key)
            self.add_error(question and question.code, text.removeprefix(f"{question}: "))


def _base_name(code: str) -> str:
    return f"base__{code}"  # no code has two underscores in a row


def _is_shown(item: AnsweredQuestion, section: AnsweredSection) -> bool:
    """A question that hangs on one of the same page is always there: without a script the page cannot wait for the answer."""
    here = {other.question.pk for other in section.questions}
    return item.is_asked or (bool(item.conditions) and all(one.depends_on_id in here for one in item.conditions))


def _help(item: AnsweredQuestion) -> str:
    question = item.question
    parts = [_condition(one) for one in item.conditions] + [question.help_text]
    if question.max_words:
        parts.append(
            ngettext("At most %(n)s word.", "At most %(n)s words.", question.max_words) % {"n": question.max_words}
        )
    if question.kind == QuestionKind.NUMBER and question.unit:
        parts.append(_("In %(unit)s.") % {"unit": question.unit})
    if question.kind == QuestionKind.FILE:
        parts.append(limits_in_words())
    if question.kind == QuestionKind.DATE:
        parts.append(_("For example, May 1, 2024."))
    return escape(" ".join(part for part in parts if part))  # a form's help is shown as markup


def _condition(condition: Condition) -> str:
    source = condition.depends_on
    answers = _(" or ").join(
        f"“{in_words(source, [one] if source.kind == 'choices' else one)}”" for one in condition.values
    )
    return _("Answer this only if “%(question)s” is %(answers)s.") % {"question": source.text, "answers": answers}
