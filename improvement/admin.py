"""Staff's workplace for improvement work: everything to read, and a filed update to give back."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import SeenAdmin
from core.refusals import Refused
from improvement import services
from improvement.models import CoachComment, DataPoint, Measure, PdsaCycle, Project, QuarterlyUpdate


def nobody(admin_class: object, request: HttpRequest, obj: object = None) -> bool:
    """What a team wrote is the team's: staff read it here and change nothing by hand."""
    return False


class MeasureInline(admin.TabularInline):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    model = Measure
    extra = 0
    fields = ["title", "kind", "numerator", "denominator", "target_percent", "direction"]


class CycleInline(admin.TabularInline):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    model = PdsaCycle
    extra = 0
    fields = ["title", "starts_on", "ends_on", "decision"]


class PointInline(admin.TabularInline):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    model = DataPoint
    extra = 0
    fields = ["period_start", "period_end", "numerator", "denominator", "note", "version"]


class CommentInline(admin.TabularInline):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    model = CoachComment
    extra = 0
    fields = ["written_at", "written_by", "progress", "text"]


@admin.register(Project)
class ProjectAdmin(SeenAdmin):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    list_display = ["title", "enrollment", "started_at"]
    list_filter = ["enrollment__cohort"]
    list_select_related = ["enrollment__team", "enrollment__cohort"]
    search_fields = ["title", "enrollment__team__name", "enrollment__team__practice__name"]
    inlines = [MeasureInline, CycleInline]


@admin.register(Measure)
class MeasureAdmin(SeenAdmin):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    list_display = ["title", "project", "kind", "target_percent", "direction"]
    list_filter = ["kind", "project__enrollment__cohort"]
    list_select_related = ["project"]
    search_fields = ["title", "project__title"]
    inlines = [PointInline]


@admin.register(QuarterlyUpdate)
class QuarterlyUpdateAdmin(SeenAdmin):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    list_display = ["milestone", "enrollment", "state", "progress", "submitted_at"]
    list_filter = ["state", "enrollment__cohort", "progress"]
    list_select_related = ["milestone", "enrollment__team", "enrollment__cohort"]
    search_fields = ["enrollment__team__name", "milestone__title"]
    date_hierarchy = "period_end"
    inlines = [CommentInline]
    actions = ["reopen"]

    @admin.action(description="Give filed updates back to their teams")
    def reopen(self, request: HttpRequest, queryset: QuerySet[QuarterlyUpdate]) -> None:
        for update in queryset.select_related("enrollment", "milestone"):
            try:
                services.reopen_update(update, by=request.user)
            except Refused as refusal:
                self.message_user(request, f"{update.milestone}: {refusal}", messages.ERROR)
            else:
                self.message_user(
                    request, f"{update.milestone} of {update.enrollment.team} is open again.", messages.SUCCESS
                )
