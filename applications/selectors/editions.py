"""The form of a call: the edition in use, the next one in writing, and what a change means for applications."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from applications.models import Application, ApplicationState, Call
from questionnaires.models import FormVersion
from questionnaires.selectors import changes_between, newest_edition


def own_form_code(call: Call) -> str:
    """The code of the form that staff have made for this call alone; no program's form has an underscore in its code."""
    return f"call_{call.pk}"


def has_own_form(call: Call) -> bool:
    """Whether staff have edited the form; a program's file leaves it alone from then on."""
    return call.form.code == own_form_code(call)


def is_settled(call: Call, at: datetime) -> bool:
    """Whether the edition in use stays as it is: the call has opened, or somebody has answered it."""
    return call.form.frozen_at is not None or at >= call.opening.starts_at


def next_edition(call: Call) -> FormVersion | None:
    """The edition that staff are writing and that is not in use yet."""
    newest = newest_edition(own_form_code(call))
    is_next = newest is not None and newest.frozen_at is None and newest.pk != call.form_id
    return newest if is_next else None


def edited_edition(call: Call) -> FormVersion:
    """What the editor shows: the next edition where there is one, else the one in use."""
    return next_edition(call) or call.form


def to_carry(call: Call, form: FormVersion) -> QuerySet[Application]:
    """The drafts that would go over to ``form``. What was sent stays on the edition on which it was sent."""
    drafts = Application.objects.filter(call=call, state=ApplicationState.DRAFT)
    return drafts.exclude(response__form=form).select_related("response").order_by("pk")


@dataclass(frozen=True)
class FormChange:
    """The form of an application was changed while it was a draft: when, and how, one sentence each."""

    at: datetime
    sentences: list[str]


def form_change(application: Application) -> FormChange | None:
    """What the applicants have to know of; none where the form is the one with which they began.

    An edition is frozen when it is put in use, so one that was frozen after they began was put in use meanwhile.
    """
    form = application.response.form
    if form.based_on_id is None or form.frozen_at is None or form.frozen_at <= application.created_at:
        return None
    sentences = changes_between(form.based_on, form)
    return FormChange(form.frozen_at, sentences) if sentences else None
