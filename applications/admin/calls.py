"""Calls: dates belong to the cohort's milestones, questions to the form."""

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications import services
from applications.admin import intake_pages, setup
from applications.admin.readonly import ReadOnlyAdmin
from applications.admin.setup.checklist import warnings
from applications.models import Call
from core import wording
from programs.models import Milestone


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """The text is written here; everything else that a call needs has pages of its own (``applications.admin.setup``)."""

    list_display = ["cohort", "opens", "closes", "form", "number_of_applications", "prepare", "intake"]
    list_filter = ["cohort__program"]
    list_select_related = ["cohort", "opening", "deadline", "form"]
    search_fields = ["cohort__title", "cohort__code"]
    fields = ["cohort", "opens", "closes", "questions", "text", "created_at"]
    readonly_fields = ["cohort", "opens", "closes", "questions", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).annotate(applications_count=Count("applications"))

    def get_urls(self) -> list[URLPattern]:
        return intake_pages.urls(self) + setup.urls(self) + super().get_urls()

    def view_on_site(self, obj: Call) -> str:
        return reverse("calls:detail", args=[obj.cohort.code])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """What is amiss is said above the page, as long as it is."""
        call = self.get_object(request, object_id) if request.method in ("GET", "HEAD") else None
        for sentence in warnings(call) if call else []:
            messages.warning(request, sentence)
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Call, form: ModelForm, change: bool) -> None:
        services.describe_call(obj, text=form.cleaned_data["text"], by=request.user)

    @admin.display(ordering="opening__starts_on")
    def opens(self, call: Call) -> SafeString:
        return _moment(call.opening, wording.moment(call.opening.starts_at, call.opening.zone))

    @admin.display(ordering="deadline__ends_on")
    def closes(self, call: Call) -> SafeString:
        return _moment(call.deadline, wording.moment(call.deadline.ends_at, call.deadline.zone))

    @admin.display(description="form")
    def questions(self, call: Call) -> SafeString:
        page = reverse("admin:applications_call_form", args=[call.pk])
        return format_html('<a href="{}">{}</a>', page, call.form)

    @admin.display(description="applications", ordering="applications_count")
    def number_of_applications(self, call: Call) -> int:
        return call.applications_count

    @admin.display(description="preparation")
    def prepare(self, call: Call) -> SafeString:
        page = reverse("admin:applications_call_preparation", args=[call.pk])
        return format_html('<a href="{}">{}</a>', page, _("Prepare"))

    @admin.display()
    def intake(self, call: Call) -> SafeString:
        page = reverse("admin:applications_call_intake", args=[call.pk])
        return format_html('<a href="{}">{}</a>', page, _("Who is how far"))


def _moment(milestone: Milestone, words: str) -> SafeString:
    """A date with the way to where it is changed: the milestone's own page."""
    page = reverse("admin:programs_milestone_change", args=[milestone.pk])
    zone = wording.zone_name(milestone.zone)
    return format_html('<a href="{}">{} {}</a>', page, words, zone)
