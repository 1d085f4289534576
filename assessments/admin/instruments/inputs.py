"""What staff type about an instrument: a new one, its settings, its domains, its items with their levels, a file."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.definition import CODE, GATED, MOST_LEVELS, DomainPlan, InstrumentPlan, ItemDefinition
from assessments.models import Rule, Treatment
from core.admin.inputs import FileInput, Rows, code_from

SPARE_LEVELS, SPARE_LINKS = 2, 1
FEWEST_LEVELS_SHOWN = 4
LONGEST_LEVEL_CODE = 40


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _weight(help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0, max_digits=8, decimal_places=3, initial=1, label=_("Weight"), help_text=help_text
    )


class CodedInput(forms.Form):
    """A code that is chosen once; left empty, it is made from the words."""

    code = forms.CharField(
        required=False,
        max_length=60,
        label=_("Code"),
        help_text=_(
            "Names it in files and exports, for good: lower-case letters, digits, hyphens. Empty: made from the words."
        ),
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if code and not CODE.fullmatch(code):
            raise forms.ValidationError(_("Use lower-case letters, digits and single hyphens, such as social-needs."))
        return code


class NewInstrumentInput(CodedInput):
    title = forms.CharField(max_length=200, label=_("Title"), error_messages={"required": _("Enter a title.")})
    is_illustrative = forms.BooleanField(
        required=False, label=_("An illustration"), help_text=_("Every page that shows it says so.")
    )
    field_order = ["title", "code", "is_illustrative"]

    def code_among(self, taken: Iterable[str]) -> str:
        return self.cleaned_data["code"] or code_from(self.cleaned_data["title"], taken, "instrument")


class InstrumentFileInput(FileInput):
    is_no = _("This file is larger than 1 MB, so it is no instrument. Choose another one.")
    help = _("An instrument as YAML, or a data dictionary as CSV, such as you get by “Take a copy”.")


class SettingsInput(forms.Form):
    """How the version counts, and what stands above and below its questions."""

    title = forms.CharField(
        max_length=200,
        label=_("Title"),
        help_text=_("It belongs to the instrument: earlier versions are called so too."),
    )
    is_illustrative = forms.BooleanField(
        required=False, label=_("An illustration"), help_text=_("Every page that shows it says so.")
    )
    rule = forms.ChoiceField(choices=Rule.choices, label=_("Scoring rule"))
    display_max = forms.IntegerField(min_value=1, max_value=1000, label=_("Score shown for best practice"))
    minimum_answered_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label=_("Minimum answered, in percent"),
        help_text=_("Share of a domain's applicable items that need a level before the domain gets a score."),
    )
    not_applicable_as = forms.ChoiceField(choices=Treatment.choices, label=_("“Not applicable”"))
    no_data_as = forms.ChoiceField(choices=Treatment.choices, label=_("“No data”"))
    asks_reviewer = forms.BooleanField(
        required=False, label=_("A third party scores it as well"), help_text=_("Once the team has submitted.")
    )
    introduction = forms.CharField(required=False, label=_("Introduction"), widget=_long(5))
    source = forms.CharField(
        required=False,
        label=_("Source"),
        widget=_long(3),
        help_text=_("Where the items come from, and who may use them."),
    )

    @classmethod
    def initial_of(cls, plan: InstrumentPlan) -> dict[str, Any]:
        return plan.model_dump(exclude={"code", "domains"})


class DomainInput(CodedInput):
    title = forms.CharField(max_length=200, label=_("Title"), error_messages={"required": _("Enter a title.")})
    introduction = forms.CharField(required=False, label=_("Introduction"), widget=_long(3))
    weight = _weight(_("How much the domain counts in the overall score. Only the ratio to the others matters."))
    minimum_answered_percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        label=_("Minimum answered, in percent"),
        help_text=_("Empty: as the version says."),
    )
    field_order = ["title", "code"]

    def __init__(self, *args: Any, present: DomainPlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        if present:
            del self.fields["code"]
            self.initial |= present.model_dump(include={"title", "introduction", "weight", "minimum_answered_percent"})

    def code_among(self, taken: Iterable[str]) -> str:
        if self.present:
            return self.present.code
        return self.cleaned_data["code"] or code_from(self.cleaned_data["title"], taken, "domain")

    def values(self) -> dict[str, Any]:
        names = ("title", "introduction", "weight", "minimum_answered_percent")
        return {name: self.cleaned_data[name] for name in names}


class ItemInput(CodedInput):
    """One item with its levels, the lowest first, and what outside frameworks say of it."""

    domain = forms.ChoiceField(label=_("Domain"))
    text = forms.CharField(label=_("Item"), widget=_long(2))
    guidance = forms.CharField(required=False, label=_("Guidance"), widget=_long(3))
    evidence_asked = forms.CharField(
        required=False, label=_("Evidence asked"), widget=_long(2), help_text=_("What the team should be able to show.")
    )
    weight = _weight(_("Counts with the weighted rules. Only the ratio to the other items matters."))
    is_gate = forms.BooleanField(
        required=False,
        label=_("A gate"),
        help_text=_(
            "Without its highest level the domain has no points; with the rule “Gate criteria, then points” only."
        ),
    )
    allows_not_applicable = forms.BooleanField(required=False, initial=True, label=_("Can be “Not applicable”"))
    allows_no_data = forms.BooleanField(required=False, initial=True, label=_("Can be “No data”"))
    field_order = ["domain", "text", "code"]

    def __init__(
        self, *args: Any, plan: InstrumentPlan, present: ItemDefinition | None = None, domain: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.present = plan, present
        self.fields["domain"].choices = [(one.code, one.title) for one in plan.domains]
        self.initial["domain"] = domain
        if present:
            del self.fields["code"]
            self.initial |= present.model_dump(exclude={"code", "levels", "links"})
        if plan.rule != GATED and not (present and present.is_gate):
            del self.fields["is_gate"]
        self.plain_names = list(self.fields)
        self._add_rows(present)

    def _add_rows(self, present: ItemDefinition | None) -> None:
        levels = [level.model_dump() | {"order": n} for n, level in enumerate(present.levels, 1)] if present else []
        level_fields = {
            "order": (forms.IntegerField, {"min_value": 0, "max_value": 99, "label": _("Order")}),
            "title": (forms.CharField, {"max_length": 80, "label": _("Short name")}),
            "anchor": (forms.CharField, {"label": _("Anchor: what it looks like"), "widget": _long(2)}),
            "code": (forms.CharField, {"max_length": 40, "widget": forms.HiddenInput}),
        }
        shown = min(MOST_LEVELS, max(len(levels) + SPARE_LEVELS, FEWEST_LEVELS_SHOWN))
        self.levels = Rows(
            self, shown, {f"level_{name}": one for name, one in level_fields.items()}, _named("level", levels)
        )
        links = [link.model_dump() for link in present.links] if present else []
        link_fields = {
            "framework": (forms.CharField, {"max_length": 120, "label": _("Framework")}),
            "reference": (forms.CharField, {"max_length": 120, "label": _("Number or name of the passage")}),
            "url": (forms.URLField, {"max_length": 500, "label": _("Address"), "assume_scheme": "https"}),
            "looked_up": (
                forms.DateField,
                {"label": _("Looked up on"), "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
            ),
        }
        named = {f"link_{name}": one for name, one in link_fields.items()}
        self.links = Rows(self, len(links) + SPARE_LINKS, named, _named("link", links))

    def clean(self) -> dict[str, Any]:
        """A row that is half filled in is told, never dropped."""
        for number in range(1, self.levels.shown + 1):
            if self._has(f"level_title_{number}") and not self._has(f"level_anchor_{number}"):
                self.add_error(
                    f"level_anchor_{number}", _("Write what this level looks like, or empty its short name too.")
                )
        for number in range(1, self.links.shown + 1):
            given = {
                name: self._has(f"link_{name}_{number}") for name in ("framework", "reference", "url", "looked_up")
            }
            if any(given.values()) and not given["framework"]:
                self.add_error(f"link_framework_{number}", _("Name the framework, or empty the row."))
            if given["framework"] and not given["looked_up"]:
                self.add_error(f"link_looked_up_{number}", _("Say on which day somebody looked it up."))
        return self.cleaned_data

    def _has(self, name: str) -> bool:
        """Whether something stands there, be it wrong."""
        return bool(self.cleaned_data.get(name)) or name in self.errors

    def definition(self) -> dict[str, Any]:
        """The item as a file has it; rules that it breaks are told by the service."""
        values = self.cleaned_data
        names = ("text", "guidance", "evidence_asked", "weight", "allows_not_applicable", "allows_no_data")
        item = {name: values[name] for name in names} | {"is_gate": values.get("is_gate", False)}
        taken = [one.code for one in self.plan.items]
        code = self.present.code if self.present else values["code"] or code_from(values["text"], taken, "item")
        return item | {"code": code, "levels": self._levels(), "links": self._links()}

    def _levels(self) -> list[dict[str, Any]]:
        rows = [(row["level_order"], number, row) for number, row in self.levels.values("level_anchor")]
        rows.sort(key=lambda row: (row[0] is None, row[0] or 0, row[1]))
        taken = [row["level_code"] for _order, _number, row in rows if row["level_code"]]
        levels = []
        for _order, _number, row in rows:
            title, anchor = row["level_title"] or "", row["level_anchor"]
            code = row["level_code"] or code_from((title or anchor)[: LONGEST_LEVEL_CODE - 4], taken, "level")
            taken.append(code)
            levels.append({"code": code, "title": title, "anchor": anchor})
        return levels

    def _links(self) -> list[dict[str, Any]]:
        names = ("framework", "reference", "url", "looked_up")
        rows = [row for _number, row in self.links.values("link_framework")]
        return [{name: row[f"link_{name}"] or "" for name in names} for row in rows]


def _named(stem: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{f"{stem}_{name}": value for name, value in row.items()} for row in rows]
