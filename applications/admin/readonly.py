"""What no hand adds or deletes."""

from django.http import HttpRequest

from core.admin import SeenAdmin


class ReadOnlyAdmin(SeenAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
