"""Applications with what their pages show, and who works on them."""

from django.db.models import QuerySet, prefetch_related_objects

from accounts.models import User
from applications.models import Application, ApplicationState, Call
from practices.models import CORE_ROLES, Member, MemberRole
from practices.selectors import core_team

IN_PLAY = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.ACCEPTED, ApplicationState.ALTERNATE)


def with_context(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Add what a list or a page shows of each: program, dates, team, practice, form."""
    return applications.select_related(
        "call__cohort__program",
        "call__opening",
        "call__deadline",
        "enrollment__cohort",
        "enrollment__team__practice",
        "response__form",
        "submission",
        "submitted_by",
    )


def without_texts(applications: QuerySet[Application]) -> QuerySet[Application]:
    """``with_context`` without what few pages show: the sealed copy, the call's text, the program's file; many kilobytes."""
    return with_context(applications).defer("submission__sealed", "call__cohort__program__definition", "call__text")


def with_little(applications: QuerySet[Application]) -> QuerySet[Application]:
    """For the page of a section and its saves, which are asked for most: what they show, and no further join."""
    needed = applications.select_related("call__cohort", "call__deadline", "enrollment__team", "response__form")
    return needed.defer("call__text")


def with_milestones(application: Application) -> Application:
    """The same with its cohort's milestones, for a page on which several things are asked of them; one query."""
    prefetch_related_objects([application], "call__cohort__milestones")
    return application


def led_by(call: Call, leader: User) -> Application | None:
    """The application to ``call`` that ``leader`` leads and that is still in play."""
    teams = Member.objects.current().filter(user=leader, role=MemberRole.LEADER).values("team")
    return Application.objects.filter(call=call, enrollment__team__in=teams, state__in=IN_PLAY).first()


def members_in_core(application: Application) -> QuerySet[Member]:
    return core_team(application.enrollment.team)


def own_membership(application: Application, user: User) -> Member | None:
    """The membership by which ``user`` belongs to the application's core team now."""
    members = Member.objects.current().filter(team=application.enrollment.team, user=user, role__in=CORE_ROLES)
    return members.select_related("user").first()
