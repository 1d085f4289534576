"""The page of one domain: input into answers, with what each person saw when the page was opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext

from assessments.models import AgreedAnswer, AnswerKind, Item
from assessments.services import ItemAnswer

LEVEL = "level:"  # before a level's code, so that no code can be taken for one of the two further answers


@dataclass(frozen=True)
class ItemRow:
    """What the template needs for one item. ``version`` is the saved one, which the next save is measured against."""

    item: Item
    answer: BoundField
    evidence: BoundField
    version_name: str
    version: int
    saved: AgreedAnswer | None


class DomainForm(forms.Form):
    """One fieldset an item. Items that the person left as they were are not saved, whatever others did meanwhile."""

    def __init__(self, items: Iterable[Item], saved: dict[int, AgreedAnswer], **kwargs: Any) -> None:
        super().__init__(initial=_initial(saved), **kwargs)
        self.items, self.saved = list(items), saved
        for item in self.items:
            self.fields[f"answer-{item.pk}"] = forms.ChoiceField(
                label=item.text,
                choices=_choices(item),
                widget=forms.RadioSelect,
                required=False,
                show_hidden_initial=True,
                error_messages={"invalid_choice": gettext("Choose one of the answers of this item")},
            )
            self.fields[f"evidence-{item.pk}"] = forms.CharField(
                label=gettext("Evidence"),
                required=False,
                max_length=5000,
                show_hidden_initial=True,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
            self.fields[f"version-{item.pk}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, min_value=0
            )

    def rows(self) -> list[ItemRow]:
        return [self._row(item) for item in self.items]

    def _row(self, item: Item) -> ItemRow:
        saved = self.saved.get(item.pk)
        answer, evidence = self[f"answer-{item.pk}"], self[f"evidence-{item.pk}"]
        return ItemRow(item, answer, evidence, f"version-{item.pk}", saved.version if saved else 0, saved)

    def clean(self) -> dict:
        for item in self._touched():
            if not self.cleaned_data.get(f"answer-{item.pk}") and f"answer-{item.pk}" not in self.errors:
                self.add_error(f"answer-{item.pk}", gettext("Choose an answer for “%s”") % item.text)
        return self.cleaned_data

    def answers(self) -> list[ItemAnswer]:
        """The answers that the person gave or changed, as the service takes them."""
        return [self._answer(item) for item in self._touched()]

    def show_conflicts(self, current: dict[int, AgreedAnswer]) -> None:
        """Say at each item what somebody else saved meanwhile; what the person typed stays in the form."""
        self.saved |= current
        self.initial |= _initial(current)
        for pk, answer in current.items():
            said = gettext(
                "%(name)s answered “%(answer)s” meanwhile. Yours is still chosen below; save again to keep yours."
            )
            label = answer.level or answer.get_kind_display()
            self.add_error(f"answer-{pk}", said % {"name": answer.saved_by.name, "answer": label})

    def _touched(self) -> list[Item]:
        changed = set(self.changed_data)
        return [item for item in self.items if {f"answer-{item.pk}", f"evidence-{item.pk}"} & changed]

    def _answer(self, item: Item) -> ItemAnswer:
        value = self.cleaned_data[f"answer-{item.pk}"]
        level = next((one for one in item.levels.all() if value == f"{LEVEL}{one.code}"), None)
        evidence = self.cleaned_data[f"evidence-{item.pk}"].replace("\r\n", "\n")
        return ItemAnswer(
            item, AnswerKind.LEVEL if level else value, level, evidence, self.cleaned_data[f"version-{item.pk}"] or 0
        )


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


def _initial(saved: dict[int, AgreedAnswer]) -> dict[str, str]:
    initial = {}
    for pk, answer in saved.items():
        initial[f"answer-{pk}"] = f"{LEVEL}{answer.level.code}" if answer.level else answer.kind
        initial[f"evidence-{pk}"] = answer.evidence
    return initial
