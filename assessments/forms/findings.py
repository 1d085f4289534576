"""What staff type into the draft of a report, what a second person says of it, and the strategies of the library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from assessments.models import Finding, Strategy
from assessments.selectors import Offer, Weight
from assessments.services import Step, UnknownCode, refuse_unknown, version_of
from core import drafts

LONGEST = 10_000
Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class FindingRow:
    """What the page needs for one finding. ``library``: the choice of a further strategy, None where there is none."""

    finding: Finding
    weight: Weight | None
    title: BoundField
    text: BoundField
    strategies: BoundField
    library: BoundField | None


class ReportForm(forms.Form):
    """All words of a draft, each with its version. ``only``: the fields that a page sent by itself."""

    introduction = forms.CharField(
        label=_("Introduction"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the team should know before it reads on. An empty line begins a new paragraph."),
    )

    def __init__(
        self,
        findings: Iterable[Finding],
        words: Mapping[str, str],
        *,
        offers: Mapping[int, Offer] | None = None,
        only: set[str] | None = None,
        **given: Any,
    ) -> None:
        super().__init__(initial=words, **given)
        self.findings, self.words = list(findings), words
        for finding in self.findings:
            self._add_fields(finding, (offers or {}).get(finding.pk))
        for name in [name for name in self.fields if only is not None and name not in only]:
            del self.fields[name]

    def _add_fields(self, finding: Finding, offer: Offer | None) -> None:
        self.fields[f"title-{finding.pk}"] = forms.CharField(
            label=_("Title"),
            max_length=200,
            error_messages={"required": _("Give “%s” a title.") % finding},
        )
        self.fields[f"text-{finding.pk}"] = forms.CharField(
            label=_("What was found"),
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 5}),
            error_messages={"required": _("Say what was found under “%s”.") % finding},
        )
        self.fields[f"strategies-{finding.pk}"] = forms.CharField(
            label=_("Suggested strategies"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("One strategy a paragraph, with an empty line between two. Delete a paragraph to remove it."),
        )
        if offer and (choices := _choices(offer)):
            self.fields[f"add-{finding.pk}"] = forms.ChoiceField(
                label=_("Add one from the library"), required=False, choices=choices
            )

    def rows(self, weights: Mapping[int, Weight]) -> list[FindingRow]:
        """The priorities in their order, then all others."""
        inside = sorted(self.findings, key=lambda one: (one.rank is None, one.rank or one.position))
        return [
            FindingRow(
                one,
                weights.get(one.pk),
                self[f"title-{one.pk}"],
                self[f"text-{one.pk}"],
                self[f"strategies-{one.pk}"],
                self[f"add-{one.pk}"] if f"add-{one.pk}" in self.fields else None,
            )
            for one in inside
        ]

    def versions(self) -> list[tuple[str, str]]:
        """The hidden fields: what the person had before them. A page that comes back keeps what it sent."""
        return [
            (drafts.BASE + name, str(self.data.get(drafts.BASE + name) or version_of(text)))
            for name, text in self.words.items()
        ]

    def typed(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if not name.startswith("add-")}

    def bases(self) -> dict[str, int | None]:
        sent = {name: self.data.get(drafts.BASE + name, "") for name in self.words}
        return {name: int(text) if text.isascii() and text.isdecimal() else None for name, text in sent.items()}

    def step(self) -> Step | None:
        """What the pressed button asks for besides saving: ``step`` is “up-12”."""
        verb, _dash, number = self.data.get("step", "").partition("-")
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return None
        chosen = self.cleaned_data.get(f"add-{number}", "")
        return Step(verb, int(number), int(chosen) if chosen else None)


def _choices(offer: Offer) -> Choices:
    groups = (
        (_("For this item"), offer.own),
        (_("For this domain"), offer.domain),
        (_("All others"), offer.others),
    )
    found: Choices = [(str(label), [(str(one.pk), one.title) for one in rows]) for label, rows in groups if rows]
    return [("", _("Choose a strategy")), *found] if found else []


class SendBackForm(forms.Form):
    remark = forms.CharField(
        label=_("What should be changed?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what should be changed, so that the first person can act on it.")},
    )


class StrategyForm(forms.ModelForm):
    """One strategy of the library. Its item or domain is named by code, as the newest version of the instrument has it."""

    url = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Strategy
        fields = ["title", "code", "instrument", "domain_code", "item_code", "text", "source", "url"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5}), "source": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "code": _("Small letters, digits and dashes; it names the strategy for ever."),
            "domain_code": _("The code of a domain: the strategy is for all its items."),
            "item_code": _("The code of an item: the strategy is for this item alone."),
            "text": _("One paragraph, as a team reads it in its report."),
            "source": _("Where it comes from, if anywhere."),
        }

    def clean_text(self) -> str:
        """One paragraph: in a report an empty line begins the next strategy."""
        return " ".join(self.cleaned_data["text"].split())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        instrument = values.get("instrument") or (self.instance.instrument if self.instance.pk else None)
        codes = {name: values.get(name, "") for name in ("domain_code", "item_code")}
        if instrument is not None and not any(name in self.errors for name in codes):
            try:
                refuse_unknown(instrument, **codes)
            except UnknownCode as refusal:
                self.add_error(refusal.field, str(refusal))
        return values
