"""Checking the answers, signing off, submitting, and taking an application back."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import permissions, selectors, services
from applications.forms import WithdrawForm
from applications.models import Application, ApplicationState
from applications.requirements import Rules
from applications.selectors import Word
from applications.views.found import editable, file_url, visible
from core import clock
from core.refusals import Refused
from practices.models import Member, MemberRole
from practices.selectors import current_members, facts_of, sponsor_of
from programs.selectors import deadline_of
from questionnaires.selectors import AnsweredSection, sections_with_answers


@dataclass(frozen=True)
class CheckedPart:
    """A part of the check page: rows of the summary list component."""

    title: str
    rows: list[dict[str, object]]


@login_required
@require_safe
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything on one page before it is sent: what is missing, each a link, then all of it, each with “Change”."""
    application = selectors.with_milestones(editable(request.user, public_id))
    sections = sections_with_answers(application.response)
    words = selectors.words_of(application)
    gaps = selectors.gaps_with(application, selectors.unmet_requirements(application, words), sections)
    deadline = deadline_of(application.call.deadline, application.enrollment)
    can_sign_off = permissions.can_sign_off(request.user, application)
    context = {
        "application": application,
        "gaps": gaps,
        "parts": [
            *_parts(application, words),
            *(CheckedPart(one.section.title, _rows(application, one)) for one in sections),
        ],
        "deadline": deadline,
        "standing": selectors.standing_by(deadline, clock.now()),
        "signing": services.sign_off_state(application),
        "can_sign_off": can_sign_off,
        "can_submit": can_sign_off or permissions.can_submit(request.user, application),
    }
    return render(request, "applications/check.html", context)


def _parts(application: Application, words: list[Word]) -> Iterator[CheckedPart]:
    """What stands outside the questions: practice, team, sponsor, the word to attend."""
    rules = selectors.rules_of(application.call.cohort)
    team, key = application.enrollment.team, application.public_id
    page = {name: reverse(f"applications:{name}", args=[key]) for name in ("practice", "team", "sponsor", "detail")}
    facts = [
        {"label": fact.label, "value": fact.value, "change_url": page["practice"]} for fact in facts_of(team.practice)
    ]
    yield CheckedPart(_("Your practice"), facts)
    members = list(current_members(team))
    people = [
        {"label": member.get_role_display(), "value": member.user.name, "change_url": page["team"]}
        for member in members
    ]
    yield CheckedPart(_("Your team"), [*people, *_leader_rows(members, rules, page["team"])])
    yield CheckedPart(_("Sponsor"), list(_support_rows(application, rules, page["sponsor"])))
    if rules.needs_attendance:
        given = [word.member.user.name for word in words if word.has_confirmed]
        row = {
            "label": _("Have confirmed to attend"),
            "value": ", ".join(given),
            "change_url": page["detail"] + "#attendance",
        }
        yield CheckedPart(_("Attendance of all sessions"), [row])


def _support_rows(application: Application, rules: Rules, url: str) -> Iterator[dict[str, object]]:
    sponsor = sponsor_of(application.enrollment.team)
    words = f"{sponsor.name}, {sponsor.position}" if sponsor else ""
    yield {"label": _("Sponsor"), "value": words, "change_url": url}
    letters = selectors.letters_of(application)
    if letters or rules.needs_letter:
        said = [f"{one.letter.sponsor.name}: {_('given') if one.counts else _('not given yet')}" for one in letters]
        yield {"label": _("Letter of support"), "value": ", ".join(said), "change_url": f"{url}#letter"}


def _leader_rows(members: list[Member], rules: Rules, url: str) -> list[dict[str, object]]:
    """What the program asks about its leaders."""
    leader = next((one for one in members if one.role == MemberRole.LEADER), None)
    if leader is None or not (rules.leader_is_physician or rules.leader_is_member):
        return []
    person = leader.user
    rows = [(_("The leader's profession"), person.get_profession_display())]
    if rules.leader_is_member:
        rows.append((_("The leader's ASCO membership"), person.get_asco_membership_display()))
        rows.append((_("The leader's ASCO member number"), person.asco_member_number))
    return [{"label": label, "value": value, "change_url": url} for label, value in rows]


def _rows(application: Application, section: AnsweredSection) -> list[dict[str, str]]:
    url = reverse("applications:section", args=[application.public_id, section.section.code])
    return [
        {
            "label": item.question.text,
            "value": item.words,
            "url": file_url(application, item.file.public_id) if item.file else "",
            "change_url": f"{url}#div_id_{item.question.code}",
        }
        for item in section.asked
    ]


@login_required
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the application. Pressed twice, or sent again by a bad line, it leads to the same receipt."""
    application = visible(request.user, public_id, is_lean=True)
    if not permissions.can_submit(request.user, application):
        raise PermissionDenied(_("Only the leader, and whom the leader asked to submit, send the application."))
    try:
        services.submit(application, by=request.user, arrived_at=request.arrived_at, key=request.POST.get("key"))
    except Refused as refusal:
        messages.error(request, str(refusal))
        page = "check" if application.state == ApplicationState.DRAFT else "detail"
        return redirect(f"applications:{page}", application.public_id)
    return redirect("applications:receipt", application.public_id)


@login_required
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponse:
    """The leader's word for the application as it stands, so that somebody else of the team may send it."""
    application = visible(request.user, public_id)
    if not permissions.can_sign_off(request.user, application):
        raise PermissionDenied(_("Only the team leader signs the application off."))
    try:
        services.sign_off(application, by=request.user, arrived_at=request.arrived_at)
        messages.success(request, _("You have signed the application off. It holds until somebody changes something."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    page = "check" if application.state == ApplicationState.DRAFT else "detail"
    return redirect(f"applications:{page}", application.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """What withdrawing does, and the button that does it."""
    application = visible(request.user, public_id)
    if not permissions.can_withdraw(request.user, application):
        raise PermissionDenied(_("Only the team leader withdraws the application."))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.withdraw(application, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The application has been withdrawn."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("applications:detail", application.public_id)
    if ApplicationState.WITHDRAWN not in application.TRANSITIONS.get(application.state, ()):
        state = application.get_state_display()
        messages.error(request, _("This application is “%(state)s”, so it cannot be withdrawn.") % {"state": state})
        return redirect("applications:detail", application.public_id)
    context = {
        "application": application,
        "form": form,
        "deadline": deadline_of(application.call.deadline, application.enrollment),
        "standing": selectors.standing_for(application, clock.now()),
    }
    return render(request, "applications/withdraw.html", context)


@login_required
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a sent or withdrawn application a draft again, while the call is open."""
    application = visible(request.user, public_id)
    if not permissions.can_reopen(request.user, application):
        raise PermissionDenied(_("Only the team leader opens the application again."))
    try:
        services.reopen(application, by=request.user, arrived_at=request.arrived_at)
        messages.success(request, _("The application is a draft again. Submit it before the deadline."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:detail", application.public_id)
