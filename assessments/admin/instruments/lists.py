"""The lists of instruments and their versions, with the ways to the pages where they are written."""

from django.contrib import admin
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.admin.instruments import (
    beginning,
    comparing,
    content,
    exchange,
    items,
    preview,
    rules,
    statistics,
    use,
)
from assessments.models import Domain, Instrument, InstrumentVersion, Item
from core.admin import never


class VersionInline(admin.TabularInline):
    model = InstrumentVersion
    fields = readonly_fields = ["number", "rule", "display_max", "standing", "created_at", "frozen_at", "open"]
    show_change_link = False
    has_add_permission = has_change_permission = has_delete_permission = never

    @admin.display(description="state")
    def standing(self, obj: InstrumentVersion) -> str:
        return standing_of(obj)

    @admin.display(description="content")
    def open(self, obj: InstrumentVersion) -> SafeString:
        return link_to(obj)


def standing_of(version: InstrumentVersion) -> str:
    if version.frozen_at:
        return _("Frozen: assessments use it")
    return _("Draft, being written") if version.is_in_writing else _("Draft, for the next round")


def link_to(version: InstrumentVersion) -> SafeString:
    url = reverse("admin:assessments_instrumentversion_content", args=[version.pk])
    words = _("Read it") if version.frozen_at else _("Edit it")
    return format_html('<a href="{}">{}<span class="visually-hidden"> {}</span></a>', url, words, version)


@admin.register(Instrument)
class InstrumentAdmin(admin.ModelAdmin):
    list_display = ["title", "code", "is_illustrative"]
    inlines = [VersionInline]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_urls(self) -> list[URLPattern]:
        return beginning.urls(self) + rules.urls(self) + super().get_urls()


class DomainInline(admin.TabularInline):
    model = Domain
    fields = ["position", "code", "title", "weight"]
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(InstrumentVersion)
class InstrumentVersionAdmin(admin.ModelAdmin):
    list_display = ["instrument", "number", "rule", "standing", "created_at", "frozen_at", "open"]
    list_select_related = ["instrument"]
    list_filter = ["instrument"]
    inlines = [DomainInline]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_urls(self) -> list[URLPattern]:
        rooms = (content, items, exchange, use, comparing, preview, statistics)
        return [pattern for room in rooms for pattern in room.urls(self)] + super().get_urls()

    @admin.display(description="state", ordering="frozen_at")
    def standing(self, obj: InstrumentVersion) -> str:
        return standing_of(obj)

    @admin.display(description="content")
    def open(self, obj: InstrumentVersion) -> SafeString:
        return link_to(obj)


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    list_display = ["code", "text", "domain", "weight"]
    list_select_related = ["domain"]
    list_filter = ["domain__version__instrument"]
    search_fields = ["code", "text"]
    has_add_permission = has_change_permission = has_delete_permission = never
