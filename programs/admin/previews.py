"""How a reminder looks to anybody who would get it, and a test of it to oneself."""

import uuid

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.models import User
from core.refusals import Refused
from programs.admin.plans import cohort_of, line_of, mount, show
from programs.models import Cohort, Enrollment, EnrollmentState, Reminder
from programs.services import previews

OVER = (EnrollmentState.DECLINED, EnrollmentState.WITHDRAWN)


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return [
        mount(model_admin, "<int:pk>/plan/<int:line>/preview/", "plan_preview", preview),
        mount(model_admin, "<int:pk>/plan/<int:line>/mail/", "plan_mail", mail),
    ]


@xframe_options_sameorigin
@csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": [],
    }
)
def framed(request: HttpRequest, html: str) -> HttpResponse:
    """The HTML part of a mail, for a frame of our own pages: mail carries its style in itself, and here nothing else."""
    return HttpResponse(html)


def preview(model_admin: ModelAdmin, request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Subject, text and HTML of a reminder as one person of one team gets it. POST: the same to oneself, as a test."""
    cohort = cohort_of(request, pk)
    row = line_of(cohort, line)
    teams, team, people, person = _chosen(cohort, row, request)
    rendered = previews.mail_for(row, team, person) if person else None
    if request.method == "POST" and rendered:
        return _send_test(request, row, team, person)
    context = {
        "line": row,
        "teams": teams,
        "team": team,
        "people": people,
        "person": person,
        "mail": rendered,
        "press": uuid.uuid4(),
    }
    return show(model_admin, request, "plan/preview.html", cohort, f"Preview: {row} “{row.milestone}”", **context)


def mail(model_admin: ModelAdmin, request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """The HTML part alone."""
    cohort = cohort_of(request, pk)
    row = line_of(cohort, line)
    _, team, _, person = _chosen(cohort, row, request)
    if person is None:
        raise Http404
    return framed(request, previews.mail_for(row, team, person).html)


def _chosen(
    cohort: Cohort, row: Reminder, request: HttpRequest
) -> tuple[list[Enrollment], Enrollment | None, list[User], User | None]:
    """The teams, the one asked for (or the first), the people whom the line is for in it, and the one asked for."""
    asked = request.POST if request.method == "POST" else request.GET
    teams = list(
        cohort.enrollments.exclude(state__in=OVER).select_related("team", "cohort").order_by("team__name", "pk")
    )
    team = next((one for one in teams if str(one.pk) == asked.get("team")), teams[0] if teams else None)
    people = previews.readers_of(row, team) if team else []
    person = next((one for one in people if str(one.pk) == asked.get("person")), people[0] if people else None)
    return teams, team, people, person


def _send_test(request: HttpRequest, row: Reminder, team: Enrollment, person: User) -> HttpResponse:
    try:
        press = uuid.UUID(request.POST.get("press", ""))
    except ValueError:
        press = uuid.uuid4()
    try:
        rendered = previews.mail_for(row, team, person)
        name = f"{person.name} ({team.team.name})"
        previews.send_test(rendered, of=person, name=name, press=press, about=row.milestone, by=request.user)
        messages.success(request, f"A test is on its way to you, {request.user.email}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    page = reverse("admin:programs_cohort_plan_preview", args=[row.milestone.cohort_id, row.pk])
    return redirect(f"{page}?team={team.pk}&person={person.pk}")
