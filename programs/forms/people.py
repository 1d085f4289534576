"""Who helps a team, and why one leaves."""

from django import forms
from django.db.models import Q

from accounts.models import Role, User
from programs.models import Enrollment, EnrollmentState, Supporter, SupporterRole
from programs.selectors import enrollments_for_list


class SupporterForm(forms.ModelForm):
    """Who helps a team: a coach, faculty, a mentor, a specialist."""

    enrollment = forms.ModelChoiceField(Enrollment.objects.none(), label="Team")
    user = forms.ModelChoiceField(
        User.objects.none(),
        label="Person",
        help_text="Everybody whose role is Coach or ASCO staff. Give somebody else the role Coach first, under People.",
    )
    role = forms.ChoiceField(choices=SupporterRole, initial=SupporterRole.COACH, label="Helps as")

    class Meta:
        model = Supporter
        fields = ("enrollment", "user", "role")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        over = Q(state__in=[EnrollmentState.DECLINED, EnrollmentState.WITHDRAWN, EnrollmentState.FINISHED])
        self.fields["enrollment"].queryset = enrollments_for_list(Enrollment.objects.exclude(over))
        self.fields["user"].queryset = User.objects.filter(is_active=True, role__in=[Role.COACH, Role.STAFF])

    def validate_constraints(self) -> None:
        """Somebody who helps already is no error: the service finds the row."""


class WithdrawalForm(forms.Form):
    """Why a team leaves."""

    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Such as lack of time, staff turnover, a lost champion, low engagement. At most 200 characters.",
        error_messages={"required": "Say why the team leaves: teams are learned from even when they go."},
    )
