"""Calls: dates belong to the cohort's milestones, questions to the form."""

from datetime import datetime

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from applications import services
from applications.admin.readonly import ReadOnlyAdmin
from applications.models import Call


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """Dates belong to the cohort's milestones, the questions to the program's file; only the text is written here."""

    list_display = ["cohort", "opens", "closes", "form", "number_of_applications"]
    list_filter = ["cohort__program"]
    list_select_related = ["cohort", "opening", "deadline", "form"]
    search_fields = ["cohort__title", "cohort__code"]
    fields = ["cohort", "opening", "deadline", "form", "text", "created_at"]
    readonly_fields = ["cohort", "opening", "deadline", "form", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).annotate(applications_count=Count("applications"))

    def save_model(self, request: HttpRequest, obj: Call, form: ModelForm, change: bool) -> None:
        services.describe_call(obj, text=form.cleaned_data["text"], by=request.user)

    @admin.display(ordering="opening__starts_on")
    def opens(self, call: Call) -> datetime:
        return call.opening.starts_at

    @admin.display(ordering="deadline__ends_on")
    def closes(self, call: Call) -> datetime:
        return call.deadline.ends_at

    @admin.display(description="applications", ordering="applications_count")
    def number_of_applications(self, call: Call) -> int:
        return call.applications_count
