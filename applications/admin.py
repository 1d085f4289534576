"""Calls and applications as the staff work with them. Decisions go through the services; what was submitted is read-only."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from applications import permissions, selectors, services
from applications.forms import DecisionForm
from applications.models import Application, Call
from core.admin import SeenAdmin
from core.refusals import Refused
from practices.models import Member, MemberRole


class ReadOnlyAdmin(SeenAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


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


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """The intake: who applies, how far they are, and three decisions, each asked again before a letter is written."""

    list_display = ["team", "practice", "leader", "state", "submitted_at", "standing", "cohort"]
    list_filter = ["state", "standing", "call__cohort"]
    search_fields = [
        "enrollment__team__name",
        "enrollment__team__practice__name",
        "enrollment__team__members__user__name",
        "enrollment__team__members__user__email",
    ]
    actions = ["accept", "put_on_alternate_list", "decline"]
    fields = [
        "team",
        "practice",
        "leader",
        "cohort",
        "state",
        "standing",
        "arrived_at",
        "submitted_at",
        "submitted_by",
        "fingerprint",
        "decided_at",
        "decided_by",
        "decision_note",
        "withdrawn_at",
        "answers",
    ]
    readonly_fields = ["team", "practice", "leader", "cohort", "fingerprint", "answers"]

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        leaders = Member.objects.current().filter(role=MemberRole.LEADER, team=OuterRef("enrollment__team"))
        found = selectors.with_context(Application.objects.visible_to(request.user)).select_related("decided_by")
        return found.annotate(leader_name=Subquery(leaders.values("user__name")[:1]))

    def view_on_site(self, obj: Application) -> str:
        return reverse("applications:detail", args=[obj.public_id])

    @admin.display(ordering="enrollment__team__name")
    def team(self, application: Application) -> str:
        return application.enrollment.team.name

    @admin.display(ordering="enrollment__team__practice__name")
    def practice(self, application: Application) -> str:
        return application.enrollment.team.practice.name

    @admin.display(ordering="leader_name")
    def leader(self, application: Application) -> str:
        return application.leader_name

    @admin.display(ordering="call__cohort")
    def cohort(self, application: Application) -> str:
        return application.call.cohort.title

    @admin.display(description="SHA-256")
    def fingerprint(self, application: Application) -> str:
        if application.sealed is None:
            return ""
        if removed := selectors.removal_words(application):
            return f"{application.sealed_sha256} ({removed})"
        verdict = "unchanged since" if selectors.is_intact(application) else "CHANGED SINCE SUBMISSION"
        return f"{application.sealed_sha256} ({verdict})"

    @admin.display(description="as submitted")
    def answers(self, application: Application) -> SafeString:
        return render_to_string("applications/admin/sealed.html", {"sealed": application.sealed})

    @admin.action(description="Accept…")
    def accept(self, request: HttpRequest, found: QuerySet[Application]) -> HttpResponse | None:
        text = "Each of these teams gets a place in its cohort, and its timeline starts at once."
        return self._decide(request, found, services.accept, "Accept", text)

    @admin.action(description="Put on the alternate list…")
    def put_on_alternate_list(self, request: HttpRequest, found: QuerySet[Application]) -> HttpResponse | None:
        text = "Each of these teams gets a place if one becomes free."
        return self._decide(request, found, services.put_on_alternate_list, "Put on the alternate list", text)

    @admin.action(description="Decline…")
    def decline(self, request: HttpRequest, found: QuerySet[Application]) -> HttpResponse | None:
        text = "These teams get no place in their cohort."
        return self._decide(request, found, services.decline, "Decline", text)

    def _decide(
        self, request: HttpRequest, found: QuerySet[Application], act: Callable[..., None], title: str, text: str
    ) -> HttpResponse | None:
        """Ask once more and name everybody who gets a letter; then decide one by one, and say what was refused."""
        if not permissions.can_decide(request.user):
            raise PermissionDenied
        form = DecisionForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            rows = list(found)
            context = self.admin_site.each_context(request) | {
                "title": title,
                "text": text,
                "rows": rows,
                "people": len({row.leader_name for row in rows}),
                "form": form,
                "opts": self.opts,
                "action": request.POST["action"],
                "checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "applications/admin/decide.html", context)
        done = sum(self._decided(request, row, act, form.cleaned_data["note"]) for row in found)
        if done:
            letters = ngettext("%(n)s letter was written.", "%(n)s letters were written.", done) % {"n": done}
            self.message_user(request, f"{title}: {letters}", messages.SUCCESS)
        return None

    def _decided(self, request: HttpRequest, application: Application, act: Callable[..., None], note: str) -> bool:
        try:
            act(application, by=request.user, note=note)
        except Refused as refusal:
            self.message_user(request, f"{application.enrollment.team.name}: {refusal}", messages.ERROR)
            return False
        return True
