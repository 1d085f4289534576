"""What people say about themselves, and what staff say about them."""

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneFormField

from accounts import selectors
from accounts.forms.entrance import PlainWords
from accounts.models import Membership, User

# Where nearly everybody is who takes part; the other hundreds of zones stand below, in a fixed order.
FIRST_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)


class ZoneInOrder(forms.BaseForm):
    """Mixed into a form with a time zone: those of the United States first, the rest by their hour and name."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        rows = {str(value): (value, label) for value, label in self.fields["time_zone"].choices}
        hours = list(dict.fromkeys(label.partition(" ")[0] for _value, label in rows.values()))
        first = [rows.pop(name) for name in FIRST_ZONES if name in rows]
        rest = sorted(rows.values(), key=lambda row: (hours.index(row[1].partition(" ")[0]), row[1]))
        self.fields["time_zone"].choices = [(_("United States"), first), (_("Everywhere else"), rest)]


class SignupForm(ZoneInOrder, PlainWords, AllauthSignupForm):
    name = forms.CharField(label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = TimeZoneFormField(
        label=_("Your time zone"),
        initial="America/New_York",
        help_text=_("Deadlines are shown in this zone as well."),
        choices_display="WITH_GMT_OFFSET",
        # site.js chooses the browser's zone, so that nobody has to look for it.
        widget=forms.Select(attrs={"data-browser-zone": True}),
    )
    field_order = ["name", "email", "password1", "time_zone"]


class ProfileForm(ZoneInOrder, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "profession", "asco_membership", "asco_member_number", "time_zone"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {
            "time_zone": _("Deadlines are shown in this zone as well."),
            "asco_membership": _("As you state it; staff look it up and confirm it."),
        }
        error_messages = {
            "name": {"required": _("Enter your full name.")},
            "time_zone": {"required": _("Choose your time zone.")},
        }

    def clean(self) -> dict:
        """A member has a number; nobody else needs one."""
        super().clean()
        values = self.cleaned_data
        if values.get("asco_membership") == Membership.MEMBER and not values.get("asco_member_number"):
            self.add_error("asco_member_number", _("Enter your ASCO member number."))
        return values


class PersonForm(ProfileForm):
    """A person in the admin: the profile with role and activation."""

    class Meta(ProfileForm.Meta):
        fields = ["name", "role", "profession", "asco_membership", "asco_member_number", "time_zone", "is_active"]


class NewPersonForm(ZoneInOrder, forms.ModelForm):
    """Somebody whom staff let in: a reviewer, a coach, a colleague. They get a one-time link by mail."""

    class Meta:
        model = User
        fields = ["email", "name", "role", "profession", "time_zone"]
        error_messages = {
            "email": {"required": _("Enter the person's email address.")},
            "name": {"required": _("Enter the person's full name.")},
            "role": {"required": _("Choose a role.")},
            "time_zone": {"required": _("Choose the person's time zone.")},
        }

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if selectors.is_address_used(email):
            raise forms.ValidationError(_("This address has an account already."))
        return email
