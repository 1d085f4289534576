"""Practices, their sites and who was let in, in the admin. Every change goes through the services."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_countries.filters import CountryFilter

from core.admin import SeenAdmin
from core.refusals import Refused
from core.services import record_all
from practices import exports, selectors, services
from practices.admin import merging
from practices.admin.inlines import ReadOnlyInline
from practices.forms import AffiliationForm, PracticeForm
from practices.models import Affiliation, Practice, Site, Team

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SiteInline(admin.TabularInline):
    model = Site
    extra = 0


class TeamInline(ReadOnlyInline):
    model = Team
    fields = readonly_fields = ["name", "created_at"]
    show_change_link = True


class AffiliationInline(ReadOnlyInline):
    model = Affiliation
    fields = ["user", "let_in_at", "let_in_by", "ended_at", "ended_by"]
    verbose_name_plural = "let in, apart from its teams"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("user", "let_in_by", "ended_by", "practice")


class LikelyDuplicates(admin.SimpleListFilter):
    """Entered twice, by all that is known. Looked for only when somebody asks."""

    title = "likely duplicates"
    parameter_name = "likely_duplicate"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", "Likely entered twice")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Practice]) -> QuerySet[Practice]:
        return queryset.filter(pk__in=selectors.with_likely_duplicates()) if self.value() == "yes" else queryset


class MergedFilter(admin.SimpleListFilter):
    """Entries that count, and those that went into another one."""

    title = "merged into another entry"
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Practice]) -> QuerySet[Practice]:
        return queryset.filter(merged_into__isnull=self.value() == "no") if self.value() else queryset


class InRegion(admin.SimpleListFilter):
    """The regions that were entered. Django's own filter has a link without words for those who left it empty."""

    title = "state or region"
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        entered = Practice.objects.visible_to(request.user).exclude(region="").order_by("region")
        return [(region, region) for region in entered.values_list("region", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Practice]) -> QuerySet[Practice]:
        return queryset.filter(region=self.value()) if self.value() else queryset


@admin.register(Practice)
class PracticeAdmin(SeenAdmin):
    form = PracticeForm
    list_display = ["name", "city", "region", "country", "setting", "rurality", "teams", "is_synthetic", "merged"]
    list_filter = [
        LikelyDuplicates,
        "setting",
        "rurality",
        ("country", CountryFilter),
        InRegion,
        "is_synthetic",
        MergedFilter,
    ]
    list_select_related = ["merged_into"]
    search_fields = ["name", "street", "postal_code", "city", "health_system", "domain"]
    readonly_fields = ["as_of", "is_synthetic", "merged"]
    list_per_page = 50
    show_full_result_count = False
    inlines = [SiteInline, TeamInline, AffiliationInline]
    actions = ["export_csv", "export_excel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Practice]:
        return selectors.counted(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        return merging.urls(self) + super().get_urls()

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        """What was merged is read and not changed any more."""
        is_merged = obj is not None and obj.merged_into_id is not None
        return super().has_change_permission(request, obj) and not is_merged

    @admin.display(ordering="team_count")
    def teams(self, practice: Practice) -> int:
        return practice.team_count  # type: ignore[attr-defined]

    @admin.display(description="merged into")
    def merged(self, practice: Practice) -> SafeString | str:
        if practice.merged_into is None:
            return ""
        page = reverse("admin:practices_practice_change", args=[practice.merged_into_id])
        return format_html('<a href="{}">{}</a>', page, practice.merged_into)

    def view_on_site(self, obj: Practice) -> str:
        return reverse("practices:practice", args=[obj.public_id])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say a service's refusal as a message; what was begun is rolled back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Practice, form: ModelForm, change: bool) -> None:
        if change:
            services.update_practice(obj, by=request.user, **form.cleaned_data)
        else:
            obj.pk = services.create_practice(by=request.user, **form.cleaned_data).pk
            obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Site and formset.has_changed():
            services.note_sites_changed(form.instance, by=request.user)

    @admin.action(description="Export the selected practices as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Practice]) -> HttpResponse:
        return _file(request, queryset, exports.as_csv, "practices.csv", "text/csv; charset=utf-8")

    @admin.action(description="Export the selected practices to Excel", permissions=["view"])
    def export_excel(self, request: HttpRequest, queryset: QuerySet[Practice]) -> HttpResponse:
        return _file(request, queryset, exports.as_workbook, "practices.xlsx", EXCEL)


def _file(request: HttpRequest, queryset: QuerySet[Practice], write: Any, name: str, kind: str) -> HttpResponse:
    """The table as a download, with an audit row for each practice of which a copy leaves the house."""
    found = list(selectors.counted(queryset))
    record_all("practice.exported", found, by=request.user)
    return HttpResponse(
        write(found), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    """To be found here; they are changed on the page of their practice."""

    list_display = ["name", "city", "region", "country", "practice"]
    list_filter = [("country", CountryFilter), ("practice__setting", admin.ChoicesFieldListFilter)]
    list_select_related = ["practice"]
    search_fields = ["name", "city", "region", "practice__name"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False


@admin.register(Affiliation)
class AffiliationAdmin(admin.ModelAdmin):
    """Who may apply for a practice apart from its teams. Staff let somebody in by adding a row, and end it by an action."""

    form = AffiliationForm
    list_display = ["user", "practice", "let_in_at", "let_in_by", "ended_at", "ended_by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "practice", "let_in_by", "ended_by"]
    search_fields = ["user__name", "user__email", "practice__name"]
    raw_id_fields = ["user", "practice"]  # the list that searches fails at a forged key
    list_per_page = 50
    show_full_result_count = False
    actions = ["end"]

    def has_change_permission(self, request: HttpRequest, obj: Affiliation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Affiliation | None = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say a service's refusal as a message."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Affiliation, form: ModelForm, change: bool) -> None:
        obj.pk = services.let_in(by=request.user, **form.cleaned_data).pk
        obj.refresh_from_db()

    @admin.action(description="End the selected: they apply for the practice no more", permissions=["add"])
    def end(self, request: HttpRequest, queryset: QuerySet[Affiliation]) -> None:
        for affiliation in queryset.filter(ended_at=None).select_related("user"):
            services.end_affiliation(affiliation, by=request.user)
            self.message_user(request, f"Ended for {affiliation.user.name}.", messages.SUCCESS)
