from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practices.models import Member, MemberRole, Practice, Sponsor, Team

BAD_ADDRESS = _("Enter an email address like name@example.org.")
PERCENT = _("Enter a whole number from 0 to 100.")
INVITABLE = [choice for choice in MemberRole.choices if choice[0] != MemberRole.LEADER]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the colleague's email address."), "invalid": BAD_ADDRESS},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=INVITABLE,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role from the list.")},
        help_text=_("The core team attends the sessions. The larger team helps at the practice."),
    )


class SponsorForm(forms.ModelForm):
    class Meta:
        model = Sponsor
        fields = ["name", "email", "position"]
        error_messages = {
            "name": {"required": _("Enter the sponsor's name.")},
            "email": {"required": _("Enter the sponsor's email address."), "invalid": BAD_ADDRESS},
            "position": {"required": _("Enter the sponsor's position, such as Chief Medical Officer.")},
        }


class PracticeForm(forms.ModelForm):
    class Meta:
        model = Practice
        fields = [
            "name",
            "city",
            "region",
            "country",
            "setting",
            "rurality",
            "oncologists",
            "underserved_percent",
            "health_system",
            "domain",
        ]
        labels = {"domain": _("Web or email domain")}
        error_messages = {
            "name": {"required": _("Enter the name of your practice.")},
            "city": {"required": _("Enter the city of your practice.")},
            "country": {"required": _("Choose a country.")},
            "oncologists": dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                _("Enter the number of oncologists as a whole number, such as 12."),
            ),
            "underserved_percent": dict.fromkeys(("invalid", "min_value", "max_value"), PERCENT),
        }

    def clean_underserved_percent(self) -> int | None:
        """Said at the field, before the table says it of the whole form."""
        percent = self.cleaned_data["underserved_percent"]
        if percent is not None and percent > 100:
            raise forms.ValidationError(PERCENT)
        return percent


class EndMembershipForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does this person leave the team?"),
        max_length=200,
        error_messages={"required": _("Say in a few words why this person leaves.")},
        help_text=_("A few words, such as “moved to another practice”. Staff learn from the reasons."),
    )


class TeamForm(forms.ModelForm):
    """A team in the admin: its name, and handing the lead over."""

    new_leader = forms.ModelChoiceField(
        Member.objects.none(),
        required=False,
        label="Hand the lead to",
        help_text="The leader until now stays in the core team.",
    )
    reason = forms.CharField(max_length=200, required=False, label="Reason for the change of leader")

    class Meta:
        model = Team
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Member.objects.current().filter(team=self.instance).exclude(role=MemberRole.LEADER)
        self.fields["new_leader"].queryset = present.select_related("user")  # type: ignore[attr-defined]

    def clean(self) -> dict:
        super().clean()
        values = self.cleaned_data
        if values.get("new_leader") and not values.get("reason"):
            self.add_error("reason", "Enter why the lead changes.")
        return values
