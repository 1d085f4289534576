"""Staff write the agenda here; sessions and their days come from milestones, attendance from its own page."""

from datetime import date

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import wording
from core.admin import SeenAdmin, never
from core.refusals import Refused
from sessions_app import selectors, services
from sessions_app.forms import SegmentForm
from sessions_app.models import Segment, Session, SessionDay


class DayInline(admin.TabularInline):
    model = SessionDay
    fields = readonly_fields = ["date"]
    show_change_link = True
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[SessionDay]:
        return super().get_queryset(request).select_related("session__milestone")

    @admin.display()
    def date(self, obj: SessionDay) -> str:
        # A forged formset has rows that are in no table.
        return wording.day(selectors.date_of(obj)) if obj.pk else ""


@admin.register(Session)
class SessionAdmin(SeenAdmin):
    list_display = ["milestone", "cohort", "mode", "starts_on", "place", "attendance"]
    list_select_related = ["milestone__cohort"]
    list_filter = ["mode", "milestone__cohort"]
    search_fields = ["milestone__title"]
    fields = ["milestone", "cohort", "mode"]
    readonly_fields = ["milestone", "cohort"]
    inlines = [DayInline]
    actions = ["renew_days"]
    has_add_permission = has_delete_permission = never

    def save_model(self, request: HttpRequest, obj: Session, form: object, change: bool) -> None:
        services.change_mode(obj, mode=obj.mode, by=request.user)

    @admin.display(ordering="milestone__cohort")
    def cohort(self, obj: Session) -> str:
        return obj.milestone.cohort.title

    @admin.display(ordering="milestone__starts_on")
    def starts_on(self, obj: Session) -> date:
        return obj.milestone.starts_on

    @admin.display()
    def place(self, obj: Session) -> str:
        return obj.milestone.place

    @admin.display()
    def attendance(self, obj: Session) -> SafeString:
        words = format_html('Record<span class="visually-hidden"> attendance at {}</span>', obj.milestone.title)
        return format_html('<a href="{}">{}</a>', reverse("sessions_app:attendance", args=[obj.public_id]), words)

    @admin.action(description="Bring the days in line with the dates of the milestone")
    def renew_days(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Moving a milestone leaves its session's days alone, for somebody may be recorded on them."""
        for session in queryset:
            try:
                services.schedule_session(session.milestone, mode=session.mode, by=request.user)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, f"{session}: days up to date.", messages.SUCCESS)


class SegmentInline(admin.TabularInline):
    model = Segment
    form = SegmentForm
    extra = 1


@admin.register(SessionDay)
class SessionDayAdmin(admin.ModelAdmin):
    """One day's agenda, in the local time of the session."""

    list_display = ["session", "day", "date", "cohort"]
    list_select_related = ["session__milestone__cohort"]
    list_filter = ["session__milestone__cohort"]
    fields = readonly_fields = ["session", "day", "date", "zone"]
    inlines = [SegmentInline]
    has_add_permission = has_delete_permission = never

    @admin.display(ordering="offset_days")
    def day(self, obj: SessionDay) -> int:
        return obj.offset_days + 1

    @admin.display()
    def date(self, obj: SessionDay) -> str:
        return wording.day(selectors.date_of(obj))

    @admin.display()
    def zone(self, obj: SessionDay) -> str:
        return wording.zone_name(obj.session.milestone.zone)

    @admin.display()
    def cohort(self, obj: SessionDay) -> str:
        return obj.session.milestone.cohort.title

    def save_related(self, request: HttpRequest, form: object, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            services.note_agenda_changed(form.instance.session, by=request.user)
