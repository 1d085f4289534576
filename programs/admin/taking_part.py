"""Enrollments in the admin, with what belongs to one: who helps the team, more time, what it has met. All by services."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin import SeenAdmin
from core.refusals import Refused
from programs import permissions, services
from programs.admin.catalog import never
from programs.forms import ExtensionForm, SupporterForm, WithdrawalForm
from programs.models import Completion, Enrollment, EnrollmentState, Extension, Supporter
from programs.selectors import enrollments_for_list


class SupporterInline(admin.TabularInline):
    model = Supporter
    fields = ["user", "role", "since_on", "until_on"]
    readonly_fields = fields
    extra = 0
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supporter]:
        return super().get_queryset(request).select_related("user")


class ExtensionInline(admin.TabularInline):
    model = Extension
    fields = ["milestone", "ends_on", "ends_time", "reason", "granted_at", "granted_by"]
    readonly_fields = fields
    extra = 0
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[Extension]:
        return super().get_queryset(request).select_related("milestone", "granted_by")


@admin.register(Enrollment)
class EnrollmentAdmin(SeenAdmin):
    """A team in a cohort. What staff do with it stands as buttons above its page."""

    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["team", "practice", "cohort", "state", "joined_on", "left_on", "timeline"]
    list_filter = ["state", "cohort"]
    search_fields = ["team__name", "team__practice__name", "team__members__user__name", "team__members__user__email"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["team", "cohort", "state", "joined_on", "left_on", "left_reason"]
    inlines = [SupporterInline, ExtensionInline]
    actions = ["finish"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        return enrollments_for_list(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/withdraw/", wrap(self.withdraw_view), name="programs_enrollment_withdraw"),
            path("<int:pk>/finish/", wrap(self.finish_view), name="programs_enrollment_finish"),
        ]
        return own + super().get_urls()

    @admin.display(ordering="team__practice__name")
    def practice(self, obj: Enrollment) -> str:
        return obj.team.practice.name

    @admin.display()
    def timeline(self, obj: Enrollment) -> SafeString:
        words = format_html('Timeline<span class="visually-hidden"> of {}</span>', obj.team.name)
        return format_html('<a href="{}">{}</a>', reverse("programs:enrollment", args=[obj.public_id]), words)

    @admin.action(description="Finish: the selected teams have completed the program")
    def finish(self, request: HttpRequest, queryset: QuerySet[Enrollment]) -> None:
        _each(request, queryset, lambda row: services.finish(row, by=request.user), "finished")

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a team that has a place out of its cohort, with the reason."""
        form = WithdrawalForm(request.POST if request.method == "POST" else None)
        text = (
            "The team leaves the cohort today. What falls later is not owed, waiting reminders are cancelled, "
            "and what it has done stays. This cannot be undone."
        )

        def act(enrollment: Enrollment) -> None:
            if enrollment.state not in (EnrollmentState.ACCEPTED, EnrollmentState.ACTIVE):
                state = enrollment.get_state_display().lower()
                raise Refused(
                    f"This team's enrollment is {state}, so it has no place to give up. Decline its application, "
                    "or let its leader withdraw it."
                )
            services.withdraw(enrollment, reason=form.cleaned_data["reason"], by=request.user)

        return self._ask(request, pk, title="Withdraw the team", text=text, form=form, act=act, done="has withdrawn")

    def finish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that a team has completed the program."""
        form = Form(request.POST if request.method == "POST" else None)
        text = (
            "The team has completed the program, as of today. Waiting reminders are cancelled. This cannot be undone."
        )

        def act(enrollment: Enrollment) -> None:
            services.finish(enrollment, by=request.user)

        return self._ask(request, pk, title="Finish the program", text=text, form=form, act=act, done="has finished")

    def _ask(
        self,
        request: HttpRequest,
        pk: int,
        *,
        title: str,
        text: str,
        form: Form,
        act: Callable[[Enrollment], None],
        done: str,
    ) -> HttpResponse:
        """Ask once more on a page of its own; then act, and say what was done or refused on the team's page."""
        enrollment = get_object_or_404(self.get_queryset(request), pk=pk)
        if not permissions.can_manage(request.user, enrollment.cohort):
            raise PermissionDenied
        if form.is_valid():
            try:
                act(enrollment)
                self.message_user(request, f"{enrollment.team} {done}.", messages.SUCCESS)
            except Refused as error:
                self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:programs_enrollment_change", enrollment.pk)
        context = self.admin_site.each_context(request) | {
            "title": title,
            "subtitle": str(enrollment),
            "text": text,
            "form": form,
            "original": enrollment,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/programs/enrollment/ask.html", context)


@admin.register(Supporter)
class SupporterAdmin(admin.ModelAdmin):
    """Help is given by adding a row and ended by an action; a row is never changed."""

    has_change_permission = has_delete_permission = never
    form = SupporterForm
    list_display = ["user", "role", "enrollment", "since_on", "until_on"]
    list_filter = ["role", ("until_on", admin.EmptyFieldListFilter), "enrollment__cohort"]
    list_select_related = ["user", "enrollment__team", "enrollment__cohort"]
    search_fields = ["user__name", "user__email", "enrollment__team__name"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["enrollment", "user", "role"]
    actions = ["end"]

    def get_fields(self, request: HttpRequest, obj: Supporter | None = None) -> list[str]:
        return self.fields if obj is None else [*self.fields, "since_on", "until_on"]

    def save_model(self, request: HttpRequest, obj: Supporter, form: SupporterForm, change: bool) -> None:
        added = services.add_supporter(**form.cleaned_data, by=request.user)
        obj.pk, obj.since_on = added.pk, added.since_on

    @admin.action(description="End the selected people's help as of today")
    def end(self, request: HttpRequest, queryset: QuerySet[Supporter]) -> None:
        _each(request, queryset, lambda row: services.end_supporter(row, by=request.user), "ended")


@admin.register(Completion)
class CompletionAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["milestone", "enrollment", "member", "standing", "arrived_at", "completed_by"]
    list_filter = ["standing", "milestone__kind", "milestone__cohort"]
    list_select_related = ["milestone", "enrollment__team", "enrollment__cohort", "member__user", "completed_by"]
    search_fields = ["enrollment__team__name", "milestone__title", "member__user__name"]
    ordering = ["-completed_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["take_back"]

    @admin.action(description="Take back: the duty is owed again (calls, activities and reports)")
    def take_back(self, request: HttpRequest, queryset: QuerySet[Completion]) -> None:
        _each(request, queryset, lambda row: services.take_back(row, by=request.user), "owed again")


@admin.register(Extension)
class ExtensionAdmin(admin.ModelAdmin):
    """An extension is granted by adding one; the newest counts, and none is taken back."""

    has_change_permission = has_delete_permission = never
    form = ExtensionForm
    list_display = ["milestone", "enrollment", "ends_on", "ends_time", "reason", "granted_at", "granted_by"]
    list_filter = ["milestone__cohort"]
    list_select_related = ["milestone", "enrollment__team", "enrollment__cohort", "granted_by"]
    search_fields = ["enrollment__team__name", "milestone__title", "reason"]
    ordering = ["-granted_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Extension, form: ExtensionForm, change: bool) -> None:
        obj.pk = services.extend(by=request.user, **form.grant).pk


def _each(request: HttpRequest, rows: QuerySet, act: Callable, word: str) -> None:
    """One service call a row; a refusal concerns only its own row."""
    for row in rows:
        words = str(row)
        try:
            act(row)
        except Refused as error:
            messages.error(request, f"{words}: {error}")
        else:
            messages.success(request, f"{words}: {word}.")
