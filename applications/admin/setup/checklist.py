"""The state of a call's preparation on one page: what is done, what is not, and where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import selectors
from applications.admin.setup.pages import SAFE, call_of, mounted, page, show
from applications.models import Call, Rehearsal
from core import wording
from questionnaires.services import FormRefused, check_whole


@dataclass(frozen=True)
class Item:
    """One line of the list. ``url``: where it is done."""

    title: str
    is_done: bool
    text: str
    url: str
    link: str


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, {"preparation/": ("preparation", preparation, SAFE)})


def preparation(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that a call needs before people apply."""
    call = call_of(request, pk)
    items = list(items_of(call))
    context = {"items": items, "open_items": sum(not item.is_done for item in items)}
    return show(model_admin, request, "preparation.html", call, _("Preparation of the call"), **context)


def items_of(call: Call) -> Iterator[Item]:
    """The lines of the list in the order in which one works."""
    yield _text(call)
    yield from _circumstances(call)
    yield _form(call)
    yield _rehearsal(call)


def _text(call: Call) -> Item:
    words = (
        _("The page of the call says it in your words.") if call.text else _("The page of the call has no text yet.")
    )
    url = reverse("admin:applications_call_change", args=[call.pk])
    return Item(_("Text"), bool(call.text), words, f"{url}#id_text", _("Write the text"))


def _circumstances(call: Call) -> Iterator[Item]:
    plan = reverse("admin:programs_cohort_plan", args=[call.cohort_id])
    milestones = reverse("admin:programs_milestone_changelist") + f"?cohort__id__exact={call.cohort_id}"
    doors = {
        "Dates": (milestones, _("Change the dates")),
        "Eligibility": (page("eligibility", call), _("Edit the questions")),
        "Sessions": (milestones, _("See the sessions")),
        "Reminders": (plan, _("See the reminder plan")),
        "Contact": (reverse("admin:programs_program_change", args=[call.cohort.program_id]), _("See the program")),
        "Places": (reverse("admin:programs_program_change", args=[call.cohort.program_id]), _("See the program")),
    }
    for finding in selectors.circumstances(call):
        url, link = doors[finding.step]
        yield Item(finding.step, finding.is_passed, finding.text, url, link)


def _form(call: Call) -> Item:
    url, link = page("form", call), _("Edit the form")
    if selectors.next_edition(call):
        words = _("A changed form waits to be put in use, or given up.")
        return Item(_("Form"), False, words, page("form_use", call), _("See what changes"))
    try:
        count = len(check_whole(call.form).questions)
    except FormRefused as refusal:
        return Item(_("Form"), False, str(refusal), url, link)
    words = ngettext("%(form)s: %(n)s question.", "%(form)s: %(n)s questions.", count) % {"form": call.form, "n": count}
    return Item(_("Form"), True, words, url, link)


def _rehearsal(call: Call) -> Item:
    url, link = page("rehearsals", call), _("Go to the rehearsals")
    newest = call.rehearsals.select_related("rehearsed_by").first()
    if newest is None:
        return Item(_("Rehearsal"), False, _("It has never been rehearsed."), url, link)
    when = wording.day(newest.rehearsed_at.astimezone(call.deadline.zone).date())
    said = {"when": when, "who": newest.rehearsed_by.name}
    if not newest.is_passed:
        return Item(_("Rehearsal"), False, _("The rehearsal of %(when)s by %(who)s found something.") % said, url, link)
    if is_outdated(call, newest):
        words = _("It passed on %(when)s, and its form was changed since. Rehearse it once more.") % said
        return Item(_("Rehearsal"), False, words, url, link)
    return Item(_("Rehearsal"), True, _("It passed on %(when)s, started by %(who)s.") % said, url, link)


def is_outdated(call: Call, rehearsal: Rehearsal) -> bool:
    """Whether the form is another one than was rehearsed."""
    changes = (call.form.created_at, call.form.edited_at, call.form.frozen_at if call.form.based_on_id else None)
    return any(moment is not None and moment > rehearsal.rehearsed_at for moment in changes)


def warnings(call: Call) -> list[str]:
    """What is amiss, for the call's own page and the list of calls."""
    return [f"{item.title}: {item.text}" for item in items_of(call) if not item.is_done]
