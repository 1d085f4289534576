"""What applicants enter outside the questions of the call's own form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import User
from applications.eligibility import Asked
from applications.models import Application
from applications.services.letters import MOST_CHARACTERS, MOST_WORDS
from core import wording
from documents.forms import UploadField, limits_in_words
from documents.rules import JPEG, PDF, PNG, WORD
from documents.services import Checked
from practices.forms import InviteForm
from practices.models import Access, Member, Practice
from questionnaires.forms import counted_words

NEW = _("A practice that is not in this list")


class PracticeChoice(forms.ModelChoiceField):
    """Practices by name and city, with since when their facts are as they are."""

    def label_from_instance(self, practice: Practice) -> str:
        on = wording.day(timezone.localtime(practice.as_of).date())
        words = {"practice": practice.name, "city": practice.city, "date": on}
        return _("%(practice)s, %(city)s (facts as of %(date)s)") % words


class StartForm(forms.Form):
    """Which practice applies, and what the team is called. A practice is chosen from one's own or entered here."""

    practice = PracticeChoice(
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

    def __init__(
        self, data: Mapping | None = None, *, user: User | AnonymousUser, initial: Mapping[str, str] | None = None
    ) -> None:
        """``initial``: what the person typed before they signed in."""
        super().__init__(data, initial=dict(initial or {}))
        own = Practice.objects.visible_to(user)
        if own.exists():
            cast(forms.ModelChoiceField, self.fields["practice"]).queryset = own
            self.fields["practice"].initial = None if self.initial.get("name") else own.first().public_id
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
    def words(self) -> dict[str, str]:
        """What was typed, to be kept until the person has signed in; a practice is chosen by those alone who have."""
        return {name: value for name, value in self.cleaned_data.items() if name != "practice" and value}

    @property
    def choice(self) -> dict[str, object]:
        """``practice`` or ``new_practice``, as ``start_application`` takes them."""
        values = self.cleaned_data
        if values.get("practice"):
            return {"practice": values["practice"]}
        facts = {name: values[name] for name in ("name", "city", "region")}
        return {"new_practice": facts | {"country": values["country"] or "US"}}


class EligibilityForm(forms.Form):
    """The questions that come before an application, each with its choices as radio buttons."""

    def __init__(
        self, data: Mapping | None = None, *, asked: Sequence[Asked], initial: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.use_required_attribute = False
        for question in asked:
            self.fields[question.code] = forms.ChoiceField(
                label=question.text,
                help_text=escape(question.help),  # a form's help is shown as markup
                choices=[(choice.code, choice.label) for choice in question.choices],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose an answer: %(question)s") % {"question": question.text},
                    "invalid_choice": _("Choose one of the answers: %(question)s") % {"question": question.text},
                },
            )

    @property
    def chosen(self) -> dict[str, str]:
        """Code of a question -> code of a choice, as ``applications.eligibility.check`` takes them."""
        return dict(self.cleaned_data)


class CarryForm(forms.Form):
    """Which earlier application is carried forward."""

    application = forms.ModelChoiceField(Application.objects.none(), to_field_name="public_id")

    def __init__(self, data: Mapping, *, earlier: QuerySet[Application]) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["application"]).queryset = earlier


class TeamInviteForm(InviteForm):
    """An invitation from within an application: with the role, what the person may do with the application."""

    access = forms.ChoiceField(
        required=False,
        label=_("Your application"),
        choices=[
            (Access.ROLE, _("As the role has it: the core team edits, the larger team does not see it")),
            (Access.EDIT, _("Edits")),
            (Access.SUBMIT, _("Edits and submits")),
        ],
        error_messages={"invalid_choice": _("Choose from the list what the person may do.")},
        help_text=_("Whoever submits sends what you have signed off."),
    )


class AccessForm(forms.Form):
    """What a present member may do with the application."""

    member = forms.ModelChoiceField(Member.objects.none(), to_field_name="public_id")
    access = forms.ChoiceField(required=False, choices=Access.choices)

    def __init__(self, data: Mapping, *, members: QuerySet[Member]) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["member"]).queryset = members


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=200,
        label=_("Why do you withdraw?"),
        help_text=_("A few words, if you like. Staff learn from the reasons."),
    )


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


class CorrectionAnswerForm(forms.Form):
    """“Changes made”, with a word for the staff. ``correction`` is the request that the page showed."""

    answer = forms.CharField(
        required=False,
        max_length=5_000,
        label=_("A word for the staff"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example, where you changed something."),
        error_messages={"max_length": _("Shorten your answer to 5,000 characters.")},
    )
    correction = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        max_value=2**63 - 1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Open this page anew and send your answer again.")
        ),
    )


class DecisionForm(forms.Form):
    note = forms.CharField(
        required=False,
        label=_("Note for staff"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 30}),
        help_text=_("The applicants do not see it."),
    )


# --- Letters of support and words to attend -----------------------------------------------------------------------------

LETTER_KINDS = (PDF, WORD, PNG, JPEG)


class LetterFileForm(forms.Form):
    """A letter as a file."""

    file = UploadField(label=_("The letter as a file"), allowed=LETTER_KINDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = limits_in_words(LETTER_KINDS)

    def clean_file(self) -> Checked:
        chosen = self.cleaned_data["file"]
        if not isinstance(chosen, Checked):
            raise forms.ValidationError(_("Choose the file with the letter."))
        return chosen


class LetterTextForm(forms.Form):
    """A letter as it is being written. A draft may be empty or too long; what is sent may not (``check_whole``)."""

    text = forms.CharField(
        required=False,
        label=_("Your letter"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 14, "cols": 30, **counted_words(MOST_WORDS)}),
        error_messages={"max_length": _("Shorten the letter: this page takes %(limit_value)d characters.")},
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def check_whole(self) -> bool:
        """Whether it can be sent; if not, the field says what to do."""
        text = self.cleaned_data["text"]
        words = len(text.split())
        if not words:
            self.add_error("text", _("Write your letter first, or choose one of the other ways below."))
        elif words > MOST_WORDS:
            over = {"words": words, "most": MOST_WORDS, "over": words - MOST_WORDS}
            self.add_error("text", _("The letter has %(words)d words of %(most)d. Take out %(over)d words.") % over)
        return not self.errors


class SignatureForm(forms.Form):
    """A typed signature under the program's own statement."""

    name = forms.CharField(
        max_length=150, label=_("Your full name"), error_messages={"required": _("Enter your full name.")}
    )
    position = forms.CharField(
        max_length=150,
        label=_("Your position at the practice"),
        error_messages={"required": _("Enter your position, such as Chief Medical Officer.")},
    )


class WordToLeaderForm(forms.Form):
    """What somebody who cannot do what was asked says to the team leader."""

    said = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word to the team leader"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 30}),
        error_messages={"max_length": _("Shorten this to 500 characters.")},
    )
