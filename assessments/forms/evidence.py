"""One file or one web address that shows what the team says of an item."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms import UNCHANGED, UploadField, limits_in_words
from documents.services import Checked


class EvidenceForm(forms.Form):
    file = UploadField(label=_("File"), required=False)
    url = forms.CharField(
        label=_("Or a web address"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("A page that the readers of your assessment can open."),
    )
    title = forms.CharField(
        label=_("What it is"), required=False, max_length=200, help_text=_("For example: screening policy, May 2024.")
    )

    def __init__(self, *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        self.fields["file"].help_text = limits_in_words()

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if url:
            forms.URLField(
                assume_scheme="https",
                error_messages={"invalid": _("Enter a web address that begins with https://.")},
            ).clean(url)
        return url

    @property
    def upload(self) -> Checked | None:
        file = self.cleaned_data["file"]
        return None if file is UNCHANGED else file
