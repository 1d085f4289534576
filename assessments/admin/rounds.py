"""Staff read rounds here, and name the third party; all else is written through the team's own pages."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.models import User
from assessments import permissions, selectors, services
from assessments.admin.findings import report_cell
from assessments.models import AgreedAnswer, Assessment, AssessmentState
from core.admin import SeenAdmin, never
from core.refusals import Refused


class AnswerInline(admin.TabularInline):
    model = AgreedAnswer
    fields = ["item", "kind", "level", "evidence", "saved_at", "saved_by"]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgreedAnswer]:
        rows = super().get_queryset(request).select_related("item", "level", "saved_by")
        return rows.order_by("item__domain__position", "item__position")


class PersonField(ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} ({obj.get_role_display()})"


class ReviewerForm(forms.Form):
    """Offers nobody who has or had a part in the team's practice; the service asks once more."""

    reviewer = PersonField(queryset=User.objects.none(), empty_label="Choose a person")

    def __init__(self, *given: object, assessment: Assessment, **options: object) -> None:
        super().__init__(*given, initial={"reviewer": assessment.reviewer_id}, **options)
        self.fields["reviewer"].queryset = selectors.reviewers_for(assessment)


def ask_reviewer(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Name the third party on a page of its own; then the round's page, which says so."""
    if not permissions.can_ask_reviewer(request.user):
        raise PermissionDenied
    assessment = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    form = ReviewerForm(request.POST if request.method == "POST" else None, assessment=assessment)
    if form.is_valid():
        try:
            services.ask_reviewer(assessment, form.cleaned_data["reviewer"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"{assessment.reviewer.name} is asked, and finds it under “Assessments to review”."
            )
            return redirect("admin:assessments_assessment_change", assessment.pk)
    context = model_admin.admin_site.each_context(request) | {
        "title": "Name the reviewer",
        "subtitle": str(assessment),
        "form": form,
        "original": assessment,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "assessments/admin/reviewer.html", context)


@admin.register(Assessment)
class AssessmentAdmin(SeenAdmin):
    list_display = ["team", "milestone", "version", "state", "started_at", "submitted_at", "review", "findings"]
    list_select_related = ["enrollment__team", "milestone", "version__instrument", "reviewer", "report"]
    list_filter = ["state", "version__asks_reviewer", "milestone__cohort"]
    search_fields = ["enrollment__team__name", "enrollment__team__practice__name"]
    readonly_fields = ["review"]
    exclude = ["reviewer"]
    inlines = [AnswerInline]
    actions = ["draft_reports"]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(partial(ask_reviewer, self))
        name = "assessments_assessment_reviewer"
        return [path("<int:pk>/reviewer/", self.admin_site.admin_view(view), name=name), *super().get_urls()]

    @admin.display(ordering="enrollment__team__name")
    def team(self, obj: Assessment) -> str:
        return obj.enrollment.team.name

    @admin.display(description="third party")
    def review(self, obj: Assessment) -> str:
        """Who scores as well and how far that is, with the way to name somebody."""
        if not obj.version.asks_reviewer:
            return "Not asked by this instrument"
        words = (
            f"{obj.reviewer.name}, {'finished' if obj.review_done_at else 'asked'}" if obj.reviewer else "Nobody yet"
        )
        if obj.state != AssessmentState.SUBMITTED or obj.review_done_at is not None:
            return words
        label = "Name somebody else" if obj.reviewer else "Name the reviewer"
        return format_html(
            '{} · <a href="{}">{}</a>', words, reverse("admin:assessments_assessment_reviewer", args=[obj.pk]), label
        )

    @admin.display(description="report of findings", ordering="report__state")
    def findings(self, obj: Assessment) -> SafeString | str:
        return report_cell(getattr(obj, "report", None))

    @admin.action(description="Draft the reports of findings", permissions=["view"])
    def draft_reports(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> None:
        """One a round; a report that is there stays as it is, and what cannot be drafted says why."""
        for assessment in queryset:
            try:
                services.draft_report(assessment, by=request.user)
            except Refused as refusal:
                self.message_user(request, f"{assessment}: {refusal}", messages.ERROR)
            else:
                said = f"{assessment}: the report is there. Open it from its cell in this list."
                self.message_user(request, said, messages.SUCCESS)
