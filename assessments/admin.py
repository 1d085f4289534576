"""Staff read instruments and rounds here; both are written through services only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assessments.models import AgreedAnswer, Assessment, Domain, Instrument, InstrumentVersion, Item
from core.admin import SeenAdmin


def _never(self: object, request: HttpRequest, obj: object = None) -> bool:
    return False


class VersionInline(admin.TabularInline):
    model = InstrumentVersion
    fields = ["number", "rule", "display_max", "minimum_answered_percent", "created_at", "frozen_at"]
    readonly_fields = ["created_at", "frozen_at"]
    show_change_link = True
    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(Instrument)
class InstrumentAdmin(admin.ModelAdmin):
    list_display = ["title", "code", "is_illustrative"]
    inlines = [VersionInline]
    has_add_permission = has_change_permission = has_delete_permission = _never


class DomainInline(admin.TabularInline):
    model = Domain
    fields = ["position", "code", "title", "weight"]
    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(InstrumentVersion)
class InstrumentVersionAdmin(admin.ModelAdmin):
    list_display = ["instrument", "number", "rule", "created_at", "frozen_at"]
    list_select_related = ["instrument"]
    list_filter = ["instrument"]
    inlines = [DomainInline]
    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    list_display = ["code", "text", "domain", "weight"]
    list_select_related = ["domain"]
    list_filter = ["domain__version__instrument"]
    search_fields = ["code", "text"]
    has_add_permission = has_change_permission = has_delete_permission = _never


class AnswerInline(admin.TabularInline):
    model = AgreedAnswer
    fields = ["item", "kind", "level", "evidence", "saved_at", "saved_by"]
    has_add_permission = has_change_permission = has_delete_permission = _never

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
    has_add_permission = has_change_permission = has_delete_permission = _never

    @admin.display(ordering="enrollment__team__name")
    def team(self, obj: Assessment) -> str:
        return obj.enrollment.team.name
