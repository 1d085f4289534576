"""Staff find the reports of findings here; they are written, handed over and released on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.models import Release, Report, ReportState
from core.admin import SeenAdmin, never


class ReleaseInline(admin.TabularInline):
    model = Release
    fields = readonly_fields = ["number", "released_at", "released_by", "sealed_sha256"]
    extra = 0
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(Report)
class ReportAdmin(SeenAdmin):
    list_display = ["team", "milestone", "state", "drafted_by", "changed_at", "handed_by", "released_at", "page"]
    list_select_related = [
        "assessment__enrollment__team",
        "assessment__milestone__cohort",
        "drafted_by",
        "handed_by",
    ]
    list_filter = ["state", "assessment__milestone__cohort"]
    search_fields = ["assessment__enrollment__team__name", "assessment__enrollment__team__practice__name"]
    search_help_text = "The name of a team or a practice."
    fields = readonly_fields = [
        "assessment",
        "state",
        "page",
        "drafted_at",
        "drafted_by",
        "changed_at",
        "changed_by",
        "handed_at",
        "handed_by",
        "released_at",
        "released_by",
        "sealed_sha256",
    ]
    inlines = [ReleaseInline]
    has_add_permission = has_delete_permission = never
    has_change_permission = never

    def view_on_site(self, obj: Report) -> str:
        return reverse("assessments:report", args=[obj.public_id])

    @admin.display(ordering="assessment__enrollment__team__name")
    def team(self, obj: Report) -> str:
        return obj.assessment.enrollment.team.name

    @admin.display(description="round", ordering="assessment__milestone")
    def milestone(self, obj: Report) -> str:
        return obj.assessment.milestone.title

    @admin.display(description="report")
    def page(self, obj: Report) -> SafeString:
        is_draft = obj.state == ReportState.DRAFT
        address = reverse("assessments:report_edit" if is_draft else "assessments:report", args=[obj.public_id])
        return format_html('<a href="{}">{}</a>', address, "Write" if is_draft else "Read")


def report_cell(report: Report | None) -> SafeString | str:
    """For the list of rounds: the state of a round's report, with the way to it."""
    if report is None:
        return "–"
    address = reverse("assessments:report", args=[report.public_id])
    return format_html('<a href="{}">{}</a>', address, report.get_state_display())
