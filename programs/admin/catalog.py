"""Programs, cohorts and milestones in the admin. Every change goes through the services."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.refusals import Refused
from programs import services
from programs.admin import news, plans, previews
from programs.forms import MilestoneForm
from programs.models import Cohort, Milestone, Program, Reminder, Source
from programs.services import effects


def never(self: object, request: HttpRequest, obj: Model | None = None) -> bool:
    return False


class MilestoneInline(admin.TabularInline):
    """Each row links to its own page, where its moment can be changed."""

    model = Milestone
    fields = ["kind", "starts_on", "ends_on", "ends_time", "zone", "due_from", "source"]
    extra = 0
    show_change_link = True
    has_add_permission = has_change_permission = has_delete_permission = never


class ReminderInline(admin.TabularInline):
    """The plan is changed on the cohort's own page (``programs.admin.plans``), which says first whom that writes to."""

    model = Reminder
    fields = ["offset_days", "offset_hours", "send_time", "audience"]
    extra = 0
    has_add_permission = has_change_permission = has_delete_permission = never


@admin.register(Program)
class ProgramAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["title", "length_months", "core_team", "places", "loaded_at"]
    fields = ["title", "code", "summary", "length_months", "core_team", "places", "facts", "loaded_at"]

    @admin.display(description="core team")
    def core_team(self, obj: Program) -> str:
        return f"{obj.core_team_min} to {obj.core_team_max}"

    @admin.display()
    def places(self, obj: Program) -> str:
        return f"{obj.teams_min} to {obj.teams_max}" if obj.teams_min is not None else "Not published"

    @admin.display()
    def facts(self, obj: Program) -> SafeString:
        """Everything the program says of itself, each with its source."""
        facts = obj.definition.get("program", {})
        rows = [
            (
                name.replace("_", " ").capitalize(),
                entry.get("text") or entry.get("title") or _plain(entry),
                Source(entry["source"]).label,
            )
            for name, value in facts.items()
            for entry in (value if isinstance(value, list) else [value])
            if isinstance(entry, dict)
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {} <em>({})</em></li>", rows))


def _plain(entry: dict[str, object]) -> str:
    """“24 months”, “2 to 4”; whatever else there is with its name."""
    known = {key: value for key, value in entry.items() if key != "source" and value not in (None, "")}
    if set(known) == {"min", "max"}:
        return f"{known['min']} to {known['max']}"
    if set(known) == {"months"}:
        return f"{known['months']} months"
    return ", ".join(key if value is True else f"{key.replace('_', ' ')}: {value}" for key, value in known.items())


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    """Cohorts come from a program's file, from ``dashboards`` (a new one, a clone) or the same commands, furnished."""

    list_display = ["title", "program", "code", "starts_on", "zone", "is_synthetic"]
    list_filter = ["program", "is_synthetic"]
    list_select_related = ["program"]
    search_fields = ["title", "code"]
    fields = ["title", "program", "code", "zone", "starts_on", "is_synthetic"]
    readonly_fields = fields
    inlines = [MilestoneInline]
    has_add_permission = has_change_permission = has_delete_permission = never

    def get_urls(self) -> list[URLPattern]:
        return plans.urls(self) + previews.urls(self) + news.urls(self) + super().get_urls()


@admin.register(Milestone)
class MilestoneAdmin(admin.ModelAdmin):
    form = MilestoneForm
    list_display = ["title", "cohort", "kind", "starts_on", "ends_on", "due_from", "source", "version"]
    list_filter = ["cohort", "kind", "source"]
    list_select_related = ["cohort"]
    search_fields = ["title", "code"]
    fields = [
        "cohort",
        "title",
        "kind",
        "due_from",
        "starts_on",
        "starts_time",
        "ends_on",
        "ends_time",
        "zone",
        "source",
        "version",
    ]
    readonly_fields = ["cohort", "title", "kind", "due_from", "zone", "source", "version"]
    inlines = [ReminderInline]
    actions = ["note_as_met"]
    has_add_permission = has_delete_permission = never

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Whom moving writes to is shown before it is done."""
        first = self._who_is_told(request, object_id) if request.method == "POST" and object_id else None
        return first or super().changeform_view(request, object_id, form_url, extra_context)

    def _who_is_told(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """The page that asks once more; None where nobody is written to, or where this list was looked at."""
        milestone = self.get_object(request, unquote(object_id))
        if milestone is None or not self.has_change_permission(request, milestone):
            return None
        form = self.get_form(request, milestone, change=True)(request.POST, instance=milestone)
        if not form.is_valid():
            return None
        try:
            readers = effects.told_of_move(milestone, form.moment, by=request.user)
        except Refused:  # said by the page itself
            return None
        seen = effects.fingerprint(readers)
        if not readers or request.POST.get("seen") == seen:
            return None
        context = self.admin_site.each_context(request) | {
            "title": f"Move “{milestone}”",
            "subtitle": str(milestone),
            "opts": self.opts,
            "original": milestone,
            "readers": readers,
            "seen": seen,
            "has_changed": "seen" in request.POST,
            "kept": [(name, value) for name, value in request.POST.items() if name not in plans.OWN_FIELDS],
        }
        return TemplateResponse(request, "admin/programs/milestone/who_is_told.html", context)

    def save_model(self, request: HttpRequest, obj: Milestone, form: MilestoneForm, change: bool) -> None:
        """The only thing that changes here is the moment, and moving it has its service; the form has asked it already."""
        try:
            services.move_milestone(Milestone.objects.get(pk=obj.pk), by=request.user, **form.moment)
        except Refused as error:  # somebody else moved it between the form's check and now
            messages.error(request, str(error))

    @admin.action(description="Note as met by every active team: a call that was held, a report that came")
    def note_as_met(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> None:
        for milestone in queryset:
            try:
                new = services.complete_for_all(milestone, by=request.user)
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"{milestone}: {new} noted.")
