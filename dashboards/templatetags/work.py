"""What a team has made in a program, for pages of rooms below that cannot know it."""

from django import template
from django.template.context import Context

from assessments.models import Assessment
from improvement.models import Project, QuarterlyUpdate
from improvement.permissions import can_edit
from programs.models import Enrollment, EnrollmentState

register = template.Library()


@register.inclusion_tag("dashboards/work.html", takes_context=True)
def team_work(context: Context, enrollment: Enrollment) -> dict[str, object]:
    """Project, assessments and updates of an enrollment that the reader may see, each with its state. Four queries.

    Nothing is shown to a team that has not taken part.
    """
    user = context["request"].user
    if enrollment.state not in (EnrollmentState.ACTIVE, EnrollmentState.FINISHED, EnrollmentState.WITHDRAWN):
        return {}
    mine = {"enrollment": enrollment}
    projects = Project.objects.visible_to(user).filter(**mine).order_by("-started_at", "-pk")
    assessments = Assessment.objects.visible_to(user).filter(**mine).select_related("milestone")
    updates = QuarterlyUpdate.objects.visible_to(user).filter(**mine).select_related("milestone")
    return {
        "enrollment": enrollment,
        "projects": list(projects),
        "assessments": assessments.order_by("-milestone__ends_on"),
        "updates": updates.order_by("-period_end"),
        "may_start": can_edit(user, enrollment),
    }
