"""Staff read instruments here; they are written through services only."""

from django.contrib import admin

from assessments.models import Domain, Instrument, InstrumentVersion, Item
from core.admin import never


class VersionInline(admin.TabularInline):
    model = InstrumentVersion
    fields = ["number", "rule", "display_max", "minimum_answered_percent", "created_at", "frozen_at"]
    readonly_fields = ["created_at", "frozen_at"]
    show_change_link = True
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(Instrument)
class InstrumentAdmin(admin.ModelAdmin):
    list_display = ["title", "code", "is_illustrative"]
    inlines = [VersionInline]
    has_add_permission = has_change_permission = has_delete_permission = never


class DomainInline(admin.TabularInline):
    model = Domain
    fields = ["position", "code", "title", "weight"]
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(InstrumentVersion)
class InstrumentVersionAdmin(admin.ModelAdmin):
    list_display = ["instrument", "number", "rule", "created_at", "frozen_at"]
    list_select_related = ["instrument"]
    list_filter = ["instrument"]
    inlines = [DomainInline]
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    list_display = ["code", "text", "domain", "weight"]
    list_select_related = ["domain"]
    list_filter = ["domain__version__instrument"]
    search_fields = ["code", "text"]
    has_add_permission = has_change_permission = has_delete_permission = never
