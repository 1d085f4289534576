"""Staff read rounds here; they are written through services only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assessments.models import AgreedAnswer, Assessment
from core.admin import SeenAdmin, never


class AnswerInline(admin.TabularInline):
    model = AgreedAnswer
    fields = ["item", "kind", "level", "evidence", "saved_at", "saved_by"]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgreedAnswer]:
        rows = super().get_queryset(request).select_related("item", "level", "saved_by")
        return rows.order_by("item__domain__position", "item__position")


@admin.register(Assessment)
class AssessmentAdmin(SeenAdmin):
    list_display = ["team", "milestone", "version", "state", "started_at", "submitted_at"]
    list_select_related = ["enrollment__team", "milestone", "version__instrument"]
    list_filter = ["state", "milestone__cohort"]
    search_fields = ["enrollment__team__name", "enrollment__team__practice__name"]
    inlines = [AnswerInline]
    has_add_permission = has_change_permission = has_delete_permission = never

    @admin.display(ordering="enrollment__team__name")
    def team(self, obj: Assessment) -> str:
        return obj.enrollment.team.name
