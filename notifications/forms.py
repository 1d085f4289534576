"""The form of a wording, and the switches of a person's preferences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import Kind, Wording
from notifications.services import refusals, wordings


class WordingForm(forms.Form):
    """One version of a wording. Of a wording that is there, code and kind stay: plans go by them."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("For staff: how the wording is called where a reminder is planned."),
        error_messages={"required": _("Give the wording a title.")},
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens. It stays as it is for ever."),
        error_messages={"required": _("Give the wording a code, such as update-friendly.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind, Kind(kind).label) for kind in wordings.KINDS], initial=Kind.REMINDER
    )
    subject = forms.CharField(
        label=_("Subject"), max_length=250, error_messages={"required": _("Write a subject.")}, widget=forms.TextInput
    )
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea,
        help_text=_(
            "Plain text. An empty line begins a paragraph; addresses that begin with https:// become links. The button to "
            "the page, our name and the address for questions are added below."
        ),
        error_messages={"required": _("Write the text of the mail.")},
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    field_order = ["title", "code", "kind", "subject", "body", "based_on"]

    def __init__(self, *args: Any, wording: Wording | None = None, **kwargs: Any) -> None:
        if wording is not None:
            names = ("title", "code", "kind", "subject", "body")
            kwargs["initial"] = {name: getattr(wording, name) for name in names} | {"based_on": wording.version}
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = self.fields["kind"].disabled = wording is not None
        for name in ("title", "subject", "body"):
            self.fields[name].widget.attrs |= {"class": f"vLargeTextField wording-{name}", "spellcheck": "true"}

    def clean(self) -> dict[str, Any]:
        """What a mail could not fill in is refused here, beside its field and with the list of what it can."""
        cleaned = super().clean() or self.cleaned_data
        for name, test in (("subject", wordings.check_subject), ("body", wordings.check_body)):
            if name in cleaned and "kind" in cleaned:
                try:
                    test(cleaned[name].replace("\r\n", "\n") if name == "body" else cleaned[name], cleaned["kind"])
                except wordings.WordingRefused as refusal:
                    self.add_error(name, str(refusal))
        return cleaned


class PreferenceForm(forms.Form):
    """One switch turned: the kind of mail that is to stop, or the one that is to come again."""

    turn_off = forms.ChoiceField(choices=[(kind, kind) for kind in refusals.REFUSABLE], required=False)
    turn_on = forms.ChoiceField(choices=[(kind, kind) for kind in refusals.REFUSABLE], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("turn_off") and not cleaned.get("turn_on"):
            raise forms.ValidationError(_("Choose the kind of mail to turn on or off."))
        return cleaned
