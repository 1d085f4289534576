"""Opening the call of a cohort."""

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Call
from applications.services.eligibility import Definitions, take_eligibility
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record
from programs.models import Cohort, Milestone, MilestoneKind
from questionnaires.models import FormVersion


@transaction.atomic
def open_call(
    cohort: Cohort,
    *,
    form: FormVersion,
    text: str = "",
    eligibility: Definitions | None = None,
    by: User | None = None,
) -> Call:
    """Give the cohort its call; what is there already is brought up to date, so a second run changes nothing.

    Another form, or another edition of it, and other ``eligibility`` questions (as in a program's file) are taken over only
    while nobody has begun to apply, so that all applicants of a call are asked the same; what staff have made their own is left
    alone. An empty ``text`` and no ``eligibility`` (None) leave the present ones.

    Raises:
        ApplicationRefused: the cohort has no opening or no deadline among its milestones, or the questions break a rule.
    """
    opening, deadline = _milestone(cohort, MilestoneKind.OPENING), _milestone(cohort, MilestoneKind.DEADLINE)
    call = Call.objects.select_for_update().filter(cohort=cohort).first()
    if call is None:
        call = Call.objects.create(
            cohort=cohort, opening=opening, deadline=deadline, form=form, text=text, created_at=clock.now()
        )
        record("call.opened", call, by=by)
        if eligibility is not None:
            take_eligibility(call, eligibility, by=by)
        return call
    wanted = {"opening": opening, "deadline": deadline, "text": text or call.text}
    if not call.applications.exists() and not selectors.has_own_form(call):
        wanted["form"] = form
    changed = sorted(name for name, value in wanted.items() if getattr(call, name) != value)
    for name in changed:
        setattr(call, name, wanted[name])
    if changed:
        call.save(update_fields=changed)
        record("call.changed", call, by=by, fields=changed)
    if eligibility is not None:
        take_eligibility(call, eligibility, by=by)
    return call


@transaction.atomic
def describe_call(call: Call, *, text: str, by: User) -> None:
    """Change what the call's page says above the facts of the program."""
    if Call.objects.filter(pk=call.pk).exclude(text=text).update(text=text):
        call.text = text
        record("call.changed", call, by=by, fields=["text"])


def _milestone(cohort: Cohort, kind: str) -> Milestone:
    found = cohort.milestones.filter(kind=kind).order_by("ends_on", "id").first()
    if found is None:
        raise ApplicationRefused(
            f"{cohort.title} has no {MilestoneKind(kind).label.lower()}. Add that milestone first."
        )
    return found
