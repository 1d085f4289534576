"""What the pages of the admin where staff write a form or an instrument share: codes, numbered rows, a file."""

import re
from collections.abc import Iterable, Iterator

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE = 60
BIGGEST_FILE = 1_000_000


def code_from(text: str, taken: Iterable[str], fallback: str) -> str:
    """A code that says what it is about and that nothing else has: “Why now?” becomes why-now."""
    stem = re.sub(r"-+", "-", slugify(text).replace("_", "-"))[: LONGEST_CODE - 4].strip("-")
    stem, taken = stem if CODE.fullmatch(stem) else fallback, set(taken)
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)


class Rows:
    """Numbered fields for a list of things of one kind, as many as a person may need without a script."""

    def __init__(self, form: forms.Form, shown: int, fields: dict[str, forms.Field], present: list[dict]) -> None:
        self.form, self.names, self.shown = form, list(fields), shown
        for number in range(1, shown + 1):
            values = present[number - 1] if number <= len(present) else {}
            for name, (kind, options) in fields.items():
                form.fields[f"{name}_{number}"] = kind(required=False, **options)
                if name in values:
                    form.initial[f"{name}_{number}"] = values[name]

    def bound(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """For the page: the fields row by row."""
        for number in range(1, self.shown + 1):
            yield number, [self.form[f"{name}_{number}"] for name in self.names]

    def values(self, key: str) -> Iterator[tuple[int, dict]]:
        """What was typed, of the rows in which ``key`` is filled in."""
        for number in range(1, self.shown + 1):
            row = {name: self.form.cleaned_data.get(f"{name}_{number}") for name in self.names}
            if row[key]:
                yield number, row


class FileInput(forms.Form):
    """A YAML or CSV file of at most a megabyte. Subclasses say what kind of thing it holds."""

    is_no = _("This file is larger than 1 MB. Choose another one.")
    help = ""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.csv,text/csv"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = self.help

    def clean_file(self) -> object:
        upload = self.cleaned_data["file"]
        if upload.size > BIGGEST_FILE:
            raise ValidationError(self.is_no)
        if not upload.name.lower().endswith((".yaml", ".yml", ".csv")):
            raise ValidationError(_("Choose a file that ends in .yaml, .yml or .csv."))
        return upload
