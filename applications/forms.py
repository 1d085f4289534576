"""What applicants enter outside the questions of the call's own form."""

from collections.abc import Iterable, Mapping
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import User
from practices.models import Practice

NEW = _("A practice that is not in this list")


class StartForm(forms.Form):
    """Which practice applies, and what the team is called. A practice is chosen from one's own or entered here."""

    practice = forms.ModelChoiceField(
        Practice.objects.none(),
        required=False,
        label=_("Your practice"),
        empty_label=NEW,
        to_field_name="public_id",
    )
    name = forms.CharField(required=False, max_length=200, label=_("Name of the new practice"))
    city = forms.CharField(required=False, max_length=100, label=_("City"))
    region = forms.CharField(required=False, max_length=100, label=_("State or region"))
    country = CountryField().formfield(required=False, label=_("Country"), initial="US")
    team_name = forms.CharField(
        max_length=200,
        label=_("Name of your team"),
        help_text=_("For example, the name of your clinic or your project."),
        error_messages={"required": _("Enter a name for your team.")},
    )

    def __init__(self, data: Mapping | None = None, *, user: User) -> None:
        super().__init__(data)
        own = Practice.objects.visible_to(user)
        if own.exists():
            cast(forms.ModelChoiceField, self.fields["practice"]).queryset = own
            self.fields["practice"].initial = own.first().public_id
            self.fields["name"].help_text = _(
                "Leave this and the next three fields empty if you chose a practice above."
            )
        else:
            del self.fields["practice"]
            self.fields["name"].label = _("Name of your practice")

    def clean(self) -> dict[str, object]:
        super().clean()
        values = self.cleaned_data
        if not values.get("practice") and "practice" not in self.errors:
            for name, text in (
                ("name", _("Enter the name of your practice.")),
                ("city", _("Enter the city of your practice.")),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return values

    @property
    def needed(self) -> list[str]:
        """What the page does not call optional."""
        return ["practice", "country"] if "practice" in self.fields else ["name", "city", "country"]

    @property
    def choice(self) -> dict[str, object]:
        """``practice`` or ``new_practice``, as ``start_application`` takes them."""
        values = self.cleaned_data
        if values.get("practice"):
            return {"practice": values["practice"]}
        facts = {name: values[name] for name in ("name", "city", "region")}
        return {"new_practice": facts | {"country": values["country"] or "US"}}


class LeaderForm(forms.ModelForm):
    """What the program asks about its leaders; it is part of their profile."""

    class Meta:
        model = User
        fields = ["profession", "asco_membership", "asco_member_number"]
        help_texts = {"asco_member_number": _("It stands on your ASCO profile. Staff confirm it.")}


def mark_needed(form: forms.BaseForm, names: Iterable[str]) -> None:
    """For a page that is about to be shown: these fields may stay empty in a draft, and are not “optional” all the same."""
    form.use_required_attribute = False
    for name in names:
        form.fields[name].required = True


class DecisionForm(forms.Form):
    note = forms.CharField(
        required=False,
        label=_("Note for staff"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 30}),
        help_text=_("The applicants do not see it."),
    )
