"""A section of a form as a Django form, made of its questions."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from core import wording
from documents.forms import UNCHANGED, ShownFile, UploadField, limits_in_words
from documents.models import StoredFile
from documents.services import Checked
from questionnaires import rules
from questionnaires.forms.fields import AnswerField
from questionnaires.models import Answer, Condition, QuestionKind, Required
from questionnaires.selectors import AnsweredQuestion, AnsweredSection, Lock, in_words, limits_of, needs_of

LEFT_OUT = _lazy("Answer this: the section cannot be saved without it.")
NEVER_SEEN = -1  # no answer has this version, so a save that names none can only conflict, never overwrite


class VersionInput(forms.HiddenInput):
    """A hidden field without a template of its own: a page has one for each question."""

    def render(self, name: str, value: object, attrs: Mapping | None = None, renderer: object = None) -> SafeString:
        shown = "" if value is None else value
        return format_html(
            '<input type="hidden" name="{}" value="{}" id="{}">', name, shown, (attrs or {}).get("id", "")
        )


class SectionForm(forms.Form):
    """The questions of one section with their answers, and (hidden) the version of each answer that the person has before them.

    ``mine``: values by question pk that are shown instead of the stored ones, for a person who has to settle a conflict.
    ``file_url``: the address at which the room that shows the form serves a file of it. ``locks``: until when answers can be
    changed; what is locked is shown and not taken.
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
        locks: Mapping[int, Lock] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.file_url, self.locks = file_url, locks or {}
        # A page that saves by itself sends only some of a section's questions, and may.
        self.is_whole = len(section.questions) == len(section.section.questions.all())
        self.items = [item for item in section.questions if _is_shown(item, section)]
        for item in self.items:
            code = item.question.code
            if item.question.kind == QuestionKind.FILE:
                self.fields[code] = self._file_field(item)
            else:
                initial = item.value if mine is None else mine.get(item.question.pk, item.value)
                self.fields[code] = AnswerField(item.question, initial=initial, help_text=self._help(item))
            self.fields[code].disabled = self._is_locked(item)
            self.fields[_base_name(code)] = forms.CharField(required=False, initial=item.version, widget=VersionInput)

    def _file_field(self, item: AnsweredQuestion) -> UploadField:
        is_required = item.question.required != Required.NEVER
        shown = self._shown(item.file)
        return UploadField(label=item.question.text, required=is_required, help_text=self._help(item), shown=shown)

    def _is_locked(self, item: AnsweredQuestion) -> bool:
        lock = self.locks.get(item.question.pk)
        return lock is not None and lock.is_on

    def _help(self, item: AnsweredQuestion) -> SafeString:
        """A form's help is shown as markup, so everything in it is escaped here."""
        parts = [*(_condition(one) for one in item.conditions), item.question.help_text, *_limits(item)]
        if lock := self.locks.get(item.question.pk):
            could = _("Could be changed until %(day)s.") if lock.is_on else _("Can be changed until %(day)s.")
            parts.append(could % {"day": wording.day(lock.last_day)})
        text = format_html_join(" ", "{}", ([part] for part in parts if part))
        unfinished = "" if self.is_bound else rules.unfinished(limits_of(item.question), item.value)
        return format_html('{} <strong data-stored-now="">{}</strong>', text, unfinished) if unfinished else text

    def _shown(self, file: StoredFile | None) -> ShownFile | None:
        return ShownFile.of(file, self.file_url(file) if self.file_url else "") if file else None

    def clean(self) -> dict[str, object]:
        """Refuse to save the section without an answer that it cannot be saved without; a bad one is told already."""
        if self.is_whole:
            for item in self._asked():
                code = item.question.code
                if item.question.required == Required.ALWAYS and code not in self.errors and self._is_empty(item):
                    self.add_error(code, LEFT_OUT)
        return self.cleaned_data

    def _asked(self) -> list[AnsweredQuestion]:
        """What is asked by the answers as they stand on this page."""
        here = {item.question.pk: item.conditions for item in self.items}
        needs = {key: [one for one in rows if one.depends_on_id in here] for key, rows in here.items()}
        given = {item.question.pk: self.cleaned_data.get(item.question.code) for item in self.items}
        asked = rules.asked(here, needs_of(needs), given)
        return [item for item in self.items if item.question.pk in asked and not self._is_locked(item)]

    def _is_empty(self, item: AnsweredQuestion) -> bool:
        value = self.cleaned_data.get(item.question.code)
        return item.file is None if value is UNCHANGED else value is None

    @property
    def values(self) -> dict[int, rules.Json | Checked]:
        """The clean values by question pk; what is locked, and a file neither chosen nor removed, is not among them."""
        open_items = [item for item in self.items if not self._is_locked(item)]
        found = {item.question.pk: self.cleaned_data[item.question.code] for item in open_items}
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


def _limits(item: AnsweredQuestion) -> Iterator[str]:
    """What is said below the question of what it takes."""
    question = item.question
    if question.max_words:
        yield ngettext("At most %(n)s word.", "At most %(n)s words.", question.max_words) % {"n": question.max_words}
    if question.kind == QuestionKind.NUMBER and question.unit:
        yield _("In %(unit)s.") % {"unit": question.unit}
    if question.kind == QuestionKind.FILE:
        yield limits_in_words()
    if question.kind == QuestionKind.DATE:
        yield _("For example, May 1, 2024.")
    if question.kind == QuestionKind.TABLE:
        if question.min_rows:
            yield ngettext("At least %(n)s row.", "At least %(n)s rows.", question.min_rows) % {"n": question.min_rows}
        if question.max_rows:
            yield ngettext("At most %(n)s row.", "At most %(n)s rows.", question.max_rows) % {"n": question.max_rows}
        yield _("A row that you leave empty does not count.")


def _condition(condition: Condition) -> str:
    source = condition.depends_on
    answers = _(" or ").join(
        f"“{in_words(source, [one] if source.kind == 'choices' else one)}”" for one in condition.values
    )
    return _("Answer this only if “%(question)s” is %(answers)s.") % {"question": source.text, "answers": answers}
