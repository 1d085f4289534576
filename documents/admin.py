"""What is stored, for staff to look up by its scan state. Contents are downloaded where they belong, not here."""

from django.contrib import admin

from core.admin import never
from documents.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["original_name", "content_type", "size", "uploaded_by", "created_at", "scan_state", "scan_tries"]
    list_filter = ["scan_state", "content_type"]
    list_select_related = ["uploaded_by"]
    search_fields = ["original_name", "uploaded_by__name", "uploaded_by__email", "sha256"]
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    fields = [*list_display, "sha256", "quota_key"]
    readonly_fields = fields
