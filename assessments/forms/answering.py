"""Items with their answers: one's own alone, a third party's, or the team's. Input into answers, and back.

Each item is one box of the page with one version (``core.drafts``): its answer and its words are saved together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from assessments.models import AgreedAnswer, AnswerKind, Item, MemberAnswer, Priority, ReviewerAnswer
from assessments.services import ItemAnswer, Kept, OwnAnswer
from core import drafts

LEVEL = "level:"  # before a level's code, so that no code can be taken for one of the two further answers
MOST_LETTERS = 5000
MOST_DIGITS = 9  # of a version that a page sends
Row = AgreedAnswer | MemberAnswer | ReviewerAnswer


@dataclass(frozen=True)
class ItemBox:
    """What the template needs for one item. ``version``: what the next save is measured against."""

    item: Item
    name: str
    answer: BoundField
    words: BoundField
    priority: BoundField | None
    version: int
    saved: Row | None


class ItemsForm(forms.Form):
    """Answers that one person gives, each with a note. ``saved``: what stands, by item id."""

    words_label = gettext_lazy("Note")
    words_hint = gettext_lazy("Why? The others read it once everybody has answered. No patient identifiers, please.")
    has_priority = False
    must_answer = False

    def __init__(self, items: Iterable[Item], saved: Mapping[int, Row], data: Mapping | None = None) -> None:
        super().__init__(data, initial=_initial(saved))
        self.items, self.saved, self.conflicts = list(items), dict(saved), {}
        for item in self.items:
            self.fields[f"answer-{item.pk}"] = forms.ChoiceField(
                label=item.text,
                choices=_choices(item),
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": gettext("Choose one of the answers of this item")},
            )
            self.fields[f"words-{item.pk}"] = forms.CharField(
                label=self.words_label,
                required=False,
                max_length=MOST_LETTERS,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
            if self.has_priority:
                self.fields[f"priority-{item.pk}"] = forms.TypedChoiceField(
                    label=gettext("How soon do we want to work on this?"),
                    choices=Priority.choices,
                    coerce=int,
                    required=False,
                    empty_value=None,
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    def boxes(self) -> list[ItemBox]:
        return [self.box(item) for item in self.items]

    def box(self, item: Item) -> ItemBox:
        saved = self.saved.get(item.pk)
        # Until it is saved, what was typed stays measured against what the person had before them.
        version = (
            self.base_of(item) if self.is_bound and item.pk not in self.conflicts else saved.version if saved else 0
        )
        priority = self[f"priority-{item.pk}"] if self.has_priority else None
        answer, words = self[f"answer-{item.pk}"], self[f"words-{item.pk}"]
        return ItemBox(item, name_of(item), answer, words, priority, version, saved)

    def clean(self) -> dict:
        for item in self.items:
            name = f"answer-{item.pk}"
            if self.cleaned_data.get(name) or name in self.errors:
                continue
            if self._has_more(item):
                self.add_error(name, gettext("Choose an answer for “%s”; what you wrote is saved with it") % item.text)
            elif self.must_answer:
                self.add_error(name, gettext("Choose what the team agrees on for “%s”") % item.text)
        return self.cleaned_data

    def answers(self) -> list:
        """The answers that can be saved, as the service takes them; an item without one is left open."""
        return [self._answer(item) for item in self.items if self._is_given(item)]

    def take(self, kept: Kept) -> None:
        """After a save: what stands now, and where somebody wrote as well. What the person typed stays in the form."""
        self.saved |= kept.saved | kept.conflicts
        self.conflicts = kept.conflicts

    def outcome(self, kept: Kept, reader: int) -> drafts.Outcome:
        """What became of each item, as the page's script reads it."""
        names = {item.pk: name_of(item) for item in self.items}
        problems = {names[item.pk]: " ".join(words) for item in self.items if (words := self._problems(item))}
        conflicts = {
            names[key]: drafts.Theirs(
                in_words(row), row.saved_by.name, row.saved_at, row.version, row.saved_by_id == reader
            )
            for key, row in kept.conflicts.items()
        }
        return drafts.Outcome({names[key]: row.version for key, row in kept.saved.items()}, problems, conflicts)

    def _problems(self, item: Item) -> list[str]:
        return [one for part in ("answer", "words", "priority") for one in self.errors.get(f"{part}-{item.pk}", [])]

    def _is_given(self, item: Item) -> bool:
        return bool(self.cleaned_data.get(f"answer-{item.pk}")) and not self._problems(item)

    def _has_more(self, item: Item) -> bool:
        return any(self.cleaned_data.get(f"{part}-{item.pk}") for part in ("words", "priority"))

    def base_of(self, item: Item) -> int:
        """The version that the person had before them when they wrote."""
        given = self.data.get(drafts.BASE + name_of(item), "")
        return int(given) if given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS else 0

    def _answer(self, item: Item) -> OwnAnswer | ItemAnswer:
        return OwnAnswer(item, *self._chosen(item), self._words(item), self.base_of(item))

    def _chosen(self, item: Item) -> tuple:
        value = self.cleaned_data[f"answer-{item.pk}"]
        level = next((one for one in item.levels.all() if value == f"{LEVEL}{one.code}"), None)
        return (AnswerKind.LEVEL if level else value), level

    def _words(self, item: Item) -> str:
        return self.cleaned_data[f"words-{item.pk}"].replace("\r\n", "\n")


class ReviewForm(ItemsForm):
    """The third party's."""

    words_hint = gettext_lazy("What you saw in the evidence. The team reads it once your review is finished.")


class AgreedForm(ItemsForm):
    """The team's answer to one item, with its evidence in words and how much the team wants to work on it."""

    words_label = gettext_lazy("Evidence in words")
    words_hint = gettext_lazy("What shows it? No patient identifiers, please.")
    has_priority = must_answer = True

    def _answer(self, item: Item) -> ItemAnswer:
        priority = self.cleaned_data[f"priority-{item.pk}"]
        return ItemAnswer(item, *self._chosen(item), self._words(item), self.base_of(item), priority)


def name_of(item: Item) -> str:
    """Of the item's box in the page, beside which its version stands."""
    return f"item-{item.pk}"


def sent(items: Iterable[Item], data: Mapping) -> list[Item]:
    """Those of ``items`` that a page sent while somebody typed."""
    names = drafts.fields_in(data)
    return [item for item in items if name_of(item) in names]


def in_words(row: Row) -> str:
    """An answer with its note or evidence, as somebody else reads it."""
    words = row.evidence if isinstance(row, AgreedAnswer) else row.note
    return f"{row.level or row.get_kind_display()}\n{words}".strip()


def _choices(item: Item) -> list[tuple[str, str]]:
    choices = [(f"{LEVEL}{level.code}", _label(level.title, level.anchor)) for level in item.levels.all()]
    if item.allows_not_applicable:
        choices.append(
            (AnswerKind.NOT_APPLICABLE, _label(gettext("Not applicable"), gettext("This does not concern our site.")))
        )
    if item.allows_no_data:
        choices.append((AnswerKind.NO_DATA, _label(gettext("No data"), gettext("We cannot say at present."))))
    return choices


def _label(title: str, text: str) -> str:
    return format_html("<strong>{}</strong><br>{}", title, text) if title else text


def _initial(saved: Mapping[int, Row]) -> dict[str, str | int]:
    initial: dict[str, str | int] = {}
    for pk, row in saved.items():
        initial[f"answer-{pk}"] = f"{LEVEL}{row.level.code}" if row.level else row.kind
        initial[f"words-{pk}"] = row.evidence if isinstance(row, AgreedAnswer) else row.note
        if isinstance(row, AgreedAnswer):
            initial[f"priority-{pk}"] = row.priority
    return initial
