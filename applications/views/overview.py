"""A person's applications, and one application as a list of tasks."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from applications import permissions, selectors, services
from applications.models import Application, ApplicationState
from applications.requirements import Requirement, Unmet
from applications.selectors import Change, Word
from applications.views.found import visible
from applications.views.receipts import submissions_of
from core import clock, wording
from programs.selectors import deadline_of
from questionnaires.selectors import AnsweredSection, SectionStatus, sections_with_answers

TONES = {
    ApplicationState.DRAFT: "info",
    ApplicationState.SUBMITTED: "success",
    ApplicationState.ACCEPTED: "success",
    ApplicationState.ALTERNATE: "info",
    ApplicationState.DECLINED: "neutral",
    ApplicationState.WITHDRAWN: "neutral",
}
STATUS = {
    SectionStatus.NOT_STARTED: "neutral",
    SectionStatus.IN_PROGRESS: "info",
    SectionStatus.COMPLETED: "success",
}


@dataclass(frozen=True)
class Task:
    """One line of the task list component."""

    title: str
    url: str
    status: str
    tone: str
    hint: str = ""


@login_required
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """The applications that the person writes (for staff: all of them), newest first."""
    found = selectors.with_context(Application.objects.visible_to(request.user)).order_by("-created_at", "-pk")[:200]
    rows = [{"application": one, "tone": TONES[one.state]} for one in found]
    return render(request, "applications/list.html", {"rows": rows})


@login_required
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The task list of a draft, with what is done and what is missing; of a sent application, how it stands."""
    application = selectors.with_milestones(visible(request.user, public_id))
    words = selectors.words_of(application)
    unconfirmed = [word.member for word in words if not word.has_confirmed]
    own = next((word.member for word in words if word.member.user_id == request.user.pk), None)
    rules = selectors.rules_of(application.call.cohort)
    deadline = deadline_of(application.call.deadline, application.enrollment)
    can_edit = permissions.can_edit(request.user, application)
    context = {
        "application": application,
        "tone": TONES[application.state],
        "deadline": deadline,
        "standing": selectors.standing_by(deadline, clock.now()),
        "rules": rules,
        "core": words,
        "must_confirm": own is not None and own in unconfirmed and rules.needs_attendance,
        "can_edit": can_edit,
        "can_ask": can_edit and set(unconfirmed) - {own},
        "can_lead": permissions.can_withdraw(request.user, application),
        "submissions": submissions_of(application),
    }
    if application.state == ApplicationState.DRAFT:
        context["carried"] = selectors.carried(application)
        context["form_change"] = selectors.form_change(application)
        context["signing"] = services.sign_off_state(application)
        changes = selectors.changes_since_visit(application, request.user)
        context["tasks"] = list(_tasks(application, words, changes))
    return render(request, "applications/detail.html", context)


def _tasks(application: Application, words: list[Word], changes: dict[str, list[Change]]) -> Iterator[Task]:
    missing = selectors.unmet_requirements(application, words)
    sections = sections_with_answers(application.response)
    yield from _first_tasks(application, len(words), missing)
    for section in sections:
        yield _section_task(application, section, changes.get(section.section.code, []))
    if selectors.rules_of(application.call.cohort).needs_attendance:
        yield _attendance_task(application, words)
    count = len(selectors.gaps_with(application, missing, sections))
    left = ngettext("%(n)s thing is missing", "%(n)s things are missing", count) % {"n": count}
    yield _task(
        application, _("Check and submit"), "check", (left, "warning") if count else (_("Ready to submit"), "success")
    )


def _first_tasks(application: Application, core: int, missing: list[Unmet]) -> Iterator[Task]:
    open_ones = {one.requirement for one in missing}
    team = application.enrollment.team
    yield _task(
        application,
        _("Your practice"),
        "practice",
        _progress(not open_ones & {Requirement.PRACTICE, Requirement.COUNTRY}),
        team.practice.name,
    )
    people = ngettext("%(n)s person in the core team", "%(n)s people in the core team", core) % {"n": core}
    yield _task(
        application, _("Your team"), "team", _progress(not open_ones & {Requirement.LEADER, Requirement.TEAM}), people
    )
    has_sponsor = Requirement.SPONSOR not in open_ones
    has_letter = Requirement.LETTER not in open_ones
    status = _progress(has_sponsor and has_letter, is_started=has_sponsor)
    yield _task(
        application, _("Sponsor"), "sponsor", status, "" if has_letter else _("The letter of support is missing")
    )


def _section_task(application: Application, section: AnsweredSection, changes: list[Change]) -> Task:
    url = reverse("applications:section", args=[application.public_id, section.section.code])
    hint = ""
    if changes:
        hint = _("Changed since you looked: %(what)s") % {"what": "; ".join(map(_change_words, changes))}
    return Task(section.section.title, url, _status_words(section.status), STATUS[section.status], hint)


def _change_words(change: Change) -> str:
    """“What is your aim? (Cora Colleague, May 1, 2024, 2:03 PM)”, in the reader's zone."""
    return f"{change.text} ({change.by}, {wording.moment(change.at, timezone.get_current_timezone())})"


def _attendance_task(application: Application, words: list[Word]) -> Task:
    given = sum(word.has_confirmed for word in words)
    status, tone = _progress(given == len(words), is_started=given > 0)
    hint = _("%(given)s of %(all)s have confirmed") % {"given": given, "all": len(words)}
    url = reverse("applications:detail", args=[application.public_id]) + "#attendance"
    return Task(_("Attendance of all sessions"), url, status, tone, hint)


def _task(application: Application, title: str, page: str, status: tuple[str, str], hint: str = "") -> Task:
    return Task(title, reverse(f"applications:{page}", args=[application.public_id]), *status, hint)


def _progress(is_complete: bool, *, is_started: bool = True) -> tuple[str, str]:
    status = SectionStatus.IN_PROGRESS if is_started else SectionStatus.NOT_STARTED
    status = SectionStatus.COMPLETED if is_complete else status
    return _status_words(status), STATUS[status]


def _status_words(status: SectionStatus) -> str:
    return {
        SectionStatus.NOT_STARTED: _("Not started"),
        SectionStatus.IN_PROGRESS: _("In progress"),
        SectionStatus.COMPLETED: _("Completed"),
    }[status]
