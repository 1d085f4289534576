"""The home page of everybody, the board of a cohort, and making one."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from applications import selectors as applications
from applications.models import Application, ApplicationState
from assessments.selectors import to_review
from core import clock
from core.refusals import Refused
from dashboards import permissions, services
from dashboards.forms import CloneForm, CohortNameForm, NewCohortForm
from dashboards.selectors import cohorts, duties
from dashboards.selectors.board import board
from notifications import selectors as mail
from programs import services as programs
from programs.definition import PlannedCohort
from programs.models import Cohort, Program

LINES_SHOWN = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of everybody: what it holds depends on who asks."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "dashboards/landing.html", {"calls": duties.open_calls(now=clock.now())})
    if user.is_staff:
        return _staff_home(request)
    if user.role == Role.LEADERSHIP:
        return render(request, "dashboards/leadership.html", {"figures": cohorts.cohort_figures(now=clock.now())})
    return _own_home(request)


def _own_home(request: HttpRequest) -> HttpResponse:
    """Teams that the person belongs to, teams that they support, reviews; a coach may well be in a team too."""
    user, now = request.user, clock.now()
    cards, coached = duties.cards(user, now=now), duties.coached_teams(user, now=now)
    context = {
        "cards": cards,
        "coached": coached,
        "is_coach": bool(coached) or user.role == Role.COACH,
        "is_reviewer": user.role == Role.REVIEWER,
        "to_review": to_review(user),
        "is_participant": bool(cards) or user.role == Role.PARTICIPANT,
        # Only somebody without a team is looking for a call here; the others have it in the menu.
        "calls": [] if cards else duties.open_calls(now=now),
    }
    return render(request, "dashboards/home.html", context)


def _staff_home(request: HttpRequest) -> HttpResponse:
    late = cohorts.late_now(now=clock.now())
    context = {
        "cohorts": cohorts.cohort_counts(),
        "intakes": applications.running(now=clock.now()),
        "late": late[:LINES_SHOWN],
        "late_total": len(late),
        "to_decide": Application.objects.visible_to(request.user).filter(state=ApplicationState.SUBMITTED).count(),
        "mail": mail.counts_by_state(),
        "to_review": to_review(request.user),
    }
    return render(request, "dashboards/staff.html", context)


@login_required
@require_safe
def cohort_board(request: HttpRequest, code: str) -> HttpResponse:
    """Milestones against teams; leadership gets the counts without the teams."""
    if not permissions.can_see_boards(request.user):
        raise PermissionDenied
    cohort = get_object_or_404(Cohort.objects.select_related("program"), code=code)
    now, shows_teams = clock.now(), permissions.can_see_team_names(request.user)
    late = cohorts.late_now(now=now, cohort=cohort) if shows_teams else []
    shown = board(cohort, now=now)
    # Counts without names are figures of a cohort: they are shown where enough teams contribute.
    is_enough = shows_teams or len(shown.teams) >= cohorts.TEAMS_NEEDED
    context = {"board": shown, "shows_teams": shows_teams, "is_enough": is_enough, "late": late}
    return render(request, "dashboards/board.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_clone(request: HttpRequest, code: str) -> HttpResponse:
    """The next run of a cohort: its dates moved by whole weeks, looked at first."""
    cohort = get_object_or_404(Cohort.objects.select_related("program"), code=code)
    form = CloneForm(request.POST if request.method == "POST" else None, initial={"weeks": 52, "title": cohort.title})

    def plan(values: dict) -> PlannedCohort:
        return programs.planned_clone(cohort, values["weeks"])

    def make(values: dict) -> Cohort:
        return services.clone_cohort(cohort, **values, is_synthetic=cohort.is_synthetic, by=request.user)

    return _make_cohort(request, form, plan, make, {"source": cohort, "program": cohort.program})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_new(request: HttpRequest, code: str) -> HttpResponse:
    """A cohort of a program from the plan in its file; the only way to begin one whose file has offsets and no dates."""
    program = get_object_or_404(Program, code=code)
    form = NewCohortForm(request.POST if request.method == "POST" else None, initial={"title": program.title})

    def plan(values: dict) -> PlannedCohort:
        return programs.planned_cohort(program, values["starts_on"])

    def make(values: dict) -> Cohort:
        return services.open_cohort(program, **values, by=request.user)

    return _make_cohort(request, form, plan, make, {"source": None, "program": program})


def _make_cohort(
    request: HttpRequest,
    form: CohortNameForm,
    plan: Callable[[dict], PlannedCohort],
    make: Callable[[dict], Cohort],
    context: dict,
) -> HttpResponse:
    """Show the dates of the plan until “create” is pressed; a refusal stands above the form."""
    if not permissions.can_make_cohorts(request.user):
        raise PermissionDenied
    planned = None
    if form.is_valid():
        try:
            if "create" in request.POST:
                cohort = make(form.cleaned_data)
                messages.success(request, _("“{title}” is made. Check its milestones.").format(title=cohort.title))
                return redirect("admin:programs_cohort_change", cohort.pk)
            planned = plan(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "dashboards/cohort_form.html", context | {"form": form, "planned": planned})
