"""What staff type about a call: questions before the application, sections and questions of the form, a file."""

from collections.abc import Iterable, Iterator

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import wording
from core.admin.inputs import FileInput, Rows, code_from
from programs.definition import MOST_CHOICES
from programs.models import Milestone
from questionnaires.definition import FormPlan, QuestionDefinition
from questionnaires.definition.schema import CODE, MOST_COLUMNS, SELECTIONS, TEXTS
from questionnaires.models import QuestionKind, Required
from questionnaires.selectors import last_day

SPARE_ROWS = 2
SEPARATOR = ":"  # no code has one
COLUMN_KINDS = (
    ("short_text", _("Text")),
    ("email", _("E-mail address")),
    ("number", _("Number")),
    ("choice", _("One of several")),
)


class SectionInput(forms.Form):
    title = forms.CharField(max_length=200, label=_("Title"))
    introduction = forms.CharField(
        required=False,
        label=_("Introduction"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What applicants read above the questions. It may be empty."),
    )


class EligibilityInput(forms.Form):
    """A question that comes before an application, with its answers."""

    text = forms.CharField(max_length=300, label=_("Question"), widget=forms.Textarea(attrs={"rows": 2}))
    help = forms.CharField(required=False, label=_("Help"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, present: dict | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = present["choices"] if present else []
        self.code = present["code"] if present else ""
        if present:
            self.initial |= {"text": present["text"], "help": present["help"]}
        fields = {
            "label": (forms.CharField, {"max_length": 200, "label": _("Answer")}),
            "fits": (forms.BooleanField, {"label": _("Fits"), "initial": True}),
            "reason": (
                forms.CharField,
                {
                    "max_length": 500,
                    "label": _("If it does not fit: why, in friendly words"),
                    "widget": forms.Textarea(attrs={"rows": 2}),
                },
            ),
            "code": (forms.CharField, {"widget": forms.HiddenInput}),
        }
        self.rows = Rows(self, min(MOST_CHOICES, max(len(choices) + SPARE_ROWS, 4)), fields, choices)

    def definition(self, taken: Iterable[str]) -> dict[str, object]:
        """The question as a program's file has it. ``taken``: the codes of the others."""
        values, choices = self.cleaned_data, []
        for _number, row in self.rows.values("label"):
            used = [choice["code"] for choice in choices]
            code = row["code"] or code_from(row["label"], used, "answer")
            choices.append({"code": code, "label": row["label"], "fits": row["fits"], "reason": row["reason"] or ""})
        code = self.code or code_from(values["text"], taken, "question")
        return {"code": code, "text": values["text"], "help": values["help"], "choices": choices}


class QuestionInput(forms.Form):
    """One question of the form, with the fields that belong to its ``kind``. ``form``: the form in which it stands."""

    text = forms.CharField(
        max_length=500,
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the question.")},
    )
    help = forms.CharField(required=False, label=_("Help"), widget=forms.Textarea(attrs={"rows": 2}))
    section = forms.ChoiceField(label=_("Section"))
    required = forms.ChoiceField(choices=Required.choices, initial=Required.SUBMISSION, label=_("Needs an answer"))
    ask_if = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Ask only if"),
        help_text=_("Answers to one earlier question. With none chosen, everybody is asked."),
    )
    shown_to_reviewers = forms.BooleanField(required=False, initial=True, label=_("Shown to reviewers"))
    locked_days_before = forms.IntegerField(
        required=False, min_value=0, max_value=365, label=_("Fixed so many days before the deadline")
    )

    def __init__(
        self,
        *args: object,
        kind: str,
        form: FormPlan,
        deadline: Milestone,
        present: QuestionDefinition | None = None,
        section: str = "",
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.form, self.present = kind, form, present
        self.fields["section"].choices = [(one.code, one.title) for one in form.sections]
        self.fields["ask_if"].choices = list(_askable(form, present))
        if not self.fields["ask_if"].choices:
            del self.fields["ask_if"]
        self.fields["locked_days_before"].help_text = _locked_help(deadline, present)
        self.initial |= {"section": section} | (_initial(present) if present else {})
        self._add_limits()

    def _add_limits(self) -> None:
        """The fields of the kind, behind those of every question."""
        self.rows = None
        whole, decimal = forms.IntegerField, forms.DecimalField
        if self.kind in TEXTS:
            self.fields["max_words"] = whole(required=False, min_value=1, label=_("At most so many words"))
        if self.kind == QuestionKind.NUMBER:
            self.fields["minimum"] = decimal(required=False, max_digits=14, decimal_places=4, label=_("Lowest"))
            self.fields["maximum"] = decimal(required=False, max_digits=14, decimal_places=4, label=_("Highest"))
            self.fields["unit"] = forms.CharField(required=False, max_length=40, label=_("Unit"))
        if self.kind in SELECTIONS:
            self.fields["choices"] = forms.CharField(
                label=_("Answers to choose from"),
                error_messages={"required": _("Write the answers, one a line, at least two.")},
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text=_(
                    "One a line. What stands before the equals sign names the answer for conditions and exports; leave it"
                    " as it is when you correct the words. A new line needs none."
                ),
            )
        if self.kind == QuestionKind.TABLE:
            self.fields["min_rows"] = whole(required=False, min_value=1, label=_("At least so many rows"))
            self.fields["max_rows"] = whole(required=False, min_value=1, label=_("At most so many rows"))
            present = [_column_values(column) for column in self.present.columns] if self.present else []
            fields = {
                "label": (forms.CharField, {"max_length": 200, "label": _("Column")}),
                "kind": (forms.ChoiceField, {"choices": COLUMN_KINDS, "label": _("Holds"), "initial": "short_text"}),
                "required": (forms.BooleanField, {"label": _("Needed"), "initial": True}),
                "choices": (forms.CharField, {"label": _("If one of several: the answers, with | between")}),
                "code": (forms.CharField, {"widget": forms.HiddenInput}),
            }
            self.rows = Rows(self, min(MOST_COLUMNS, max(len(present) + SPARE_ROWS, 4)), fields, present)

    @property
    def plain_names(self) -> list[str]:
        """The fields that stand by themselves; those of the columns stand in rows."""
        return [name for name in self.fields if not name[-1].isdigit()]

    def clean_ask_if(self) -> dict[str, object] | None:
        pairs = [value.split(SEPARATOR, 1) for value in self.cleaned_data["ask_if"]]
        sources = {source for source, _value in pairs}
        if len(sources) > 1:
            raise ValidationError(_("Choose answers to one question only: a condition looks at one."))
        if not pairs:
            return None
        return {"question": sources.pop(), "values": [True if value == "true" else value for _source, value in pairs]}

    def definition(self) -> dict[str, object]:
        """The question as a file has it; rules that it breaks are told by the service."""
        values = dict(self.cleaned_data)
        section = values.pop("section")
        wanted = {name: values[name] for name in ("text", "help", "required", "shown_to_reviewers")}
        names = ("max_words", "minimum", "maximum", "unit", "min_rows", "max_rows", "locked_days_before", "ask_if")
        wanted |= {name: _plain(values[name]) for name in names if name in values}
        if self.kind in SELECTIONS:
            wanted["choices"] = _choices(values["choices"].splitlines())
        if self.rows:
            wanted["columns"] = self._columns()
        taken = [question.code for question in self.form.questions]
        code = self.present.code if self.present else code_from(values["text"], taken, "question")
        return {"section": section, "question": wanted | {"code": code, "kind": self.kind}}

    def _columns(self) -> list[dict[str, object]]:
        columns: list[dict[str, object]] = []
        for _number, row in self.rows.values("label"):
            used = [str(column["code"]) for column in columns]
            column = {"code": row["code"] or code_from(row["label"], used, "column"), "label": row["label"]}
            column |= {"kind": row["kind"] or "short_text", "required": row["required"]}
            columns.append(column | {"choices": _choices((row["choices"] or "").split("|"))})
        return columns


class UploadInput(FileInput):
    is_no = _("This file is larger than 1 MB, so it is no form. Choose another one.")
    help = _("A form as YAML, or a data dictionary as CSV, such as you get by “Take a copy”.")


class KindInput(forms.Form):
    """Which kind of question is added, and where."""

    kind = forms.ChoiceField(choices=QuestionKind.choices, label=_("Kind of question"))
    section = forms.ChoiceField(label=_("Section"))

    def __init__(self, *args: object, form: FormPlan, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [(one.code, one.title) for one in form.sections]


# --- Between what is typed and a definition ---------------------------------------------------------------------------


def _plain(value: object) -> object:
    """A decimal as a file has it: whole where it is whole."""
    if value is None or isinstance(value, int | str | dict):
        return value
    return int(value) if value == int(value) else float(value)


def _choices(lines: Iterable[str]) -> list[dict[str, str]]:
    """“yes = Yes, always” as a code and a label; a line without a code gets one."""
    choices: list[dict[str, str]] = []
    for line in (line.strip() for line in lines):
        code, equals, label = (part.strip() for part in line.partition("="))
        if not equals or not CODE.fullmatch(code):
            code, label = "", line
        if label:
            used = [choice["code"] for choice in choices]
            choices.append({"code": code or code_from(label, used, "answer"), "label": label})
    return choices


def _column_values(column: object) -> dict[str, object]:
    values = column.model_dump()
    return values | {"choices": " | ".join(f"{one['code']} = {one['label']}" for one in values["choices"])}


def _initial(present: QuestionDefinition) -> dict[str, object]:
    values = present.model_dump(exclude={"ask_if", "choices", "columns", "code", "kind"})
    if present.choices:
        values["choices"] = "\n".join(f"{choice.code} = {choice.label}" for choice in present.choices)
    if present.ask_if:
        source = present.ask_if.question
        values["ask_if"] = [f"{source}{SEPARATOR}{str(v).lower() if v is True else v}" for v in present.ask_if.values]
    return values


def _askable(form: FormPlan, present: QuestionDefinition | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The answers on which a question can hang, by the earlier question; a new question stands behind all others."""
    for question in form.questions:
        if present and question.code == present.code:
            return
        if question.kind == QuestionKind.STATEMENT:
            yield question.text, [(f"{question.code}{SEPARATOR}true", _("It is accepted"))]
        elif question.kind in SELECTIONS:
            yield (
                question.text,
                [(f"{question.code}{SEPARATOR}{choice.code}", choice.label) for choice in question.choices],
            )


def _locked_help(deadline: Milestone, present: QuestionDefinition | None) -> str:
    rule = _("From then on the answer can no longer be changed. Empty: it can be changed until the deadline.")
    if present is None or present.locked_days_before is None:
        return str(rule)
    day = last_day(present, deadline.ends_on)
    return f"{rule} " + _("Now: it can be changed until %(day)s.") % {"day": wording.day(day)}
