from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from practices.models import FACTS, Affiliation, Member, MemberRole, Practice, Site, Sponsor, Team
from practices.selectors import Compared, Fact, what_differs
from practices.services import FactsChanged, stamp

BAD_ADDRESS = _("Enter an email address like name@example.org.")
KEPT, GONE = "kept", "gone"
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
        fields = FACTS
        labels = {"domain": _("Web or email domain"), "street": _("Street address")}
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


class SeenPracticeForm(PracticeForm):
    """The facts on a page: it sends back which state of them it showed, so that nobody overwrites unseen."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def compare(self, refusal: FactsChanged) -> list[Fact]:
        """After a refusal: say so, show from now on the present state, and hand back what is stored where it differs."""
        stored = Practice.objects.get(pk=self.instance.pk)
        self.add_error(None, str(refusal))
        self.data = self.data.copy()
        self.data["seen"] = stamp(stored)
        return what_differs(stored, self.cleaned_data)


class SiteForm(forms.ModelForm):
    country = CountryField(blank_label=_("The same as the practice's")).formfield(required=False, label=_("Country"))

    class Meta:
        model = Site
        fields = ["name", "city", "region", "country"]
        error_messages = {
            "name": {"required": _("Enter the name of the site, such as North Clinic.")},
            "city": {"required": _("Enter the city of the site.")},
        }


class LetInForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the colleague's email address."), "invalid": BAD_ADDRESS},
        help_text=_("They get a mail with a link, good for 30 days."),
    )


class AffiliationForm(forms.ModelForm):
    """Letting somebody in, in the admin."""

    class Meta:
        model = Affiliation
        fields = ["user", "practice"]


class MergeForm(forms.Form):
    """Which of two practices goes on, and of each fact that differs, whose value is kept."""

    def __init__(self, rows: Iterable[Compared], data: Mapping | None = None) -> None:
        super().__init__(data)
        self.rows = [row for row in rows if row.differs]
        for row in self.rows:
            # What is known is offered before what is empty.
            self.fields[row.name] = forms.ChoiceField(
                label=row.label,
                choices=[(KEPT, row.kept or _("empty")), (GONE, row.gone or _("empty"))],
                initial=KEPT if row.kept or not row.gone else GONE,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one of the two.")},
            )

    @property
    def facts_of_the_other(self) -> list[str]:
        """The names of the facts to be taken from the practice that goes."""
        return [row.name for row in self.rows if self.cleaned_data[row.name] == GONE]


class TellApartForm(forms.Form):
    """How staff know that two entries that look alike are two practices."""

    reason = forms.CharField(
        label=_("How do you know that these are two practices?"),
        max_length=300,
        help_text=_("A few words for whoever looks next, such as “two hospitals of one health system, asked both”."),
        error_messages={"required": _("Say in a few words how you know that these are two practices.")},
    )


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
