"""The intake. Decisions go through the services; what was submitted is read-only."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from applications import permissions, selectors, services
from applications.admin.readonly import ReadOnlyAdmin
from applications.forms import DecisionForm
from applications.models import Application
from core.refusals import Refused
from practices.models import Member, MemberRole


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """The intake: who applies, how far they are, and three decisions, each asked again before a letter is written."""

    list_display = ["team", "practice", "leader", "state", "submitted_at", "standing", "cohort"]
    list_filter = ["state", "submission__standing", "call__cohort"]
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
    readonly_fields = ["team", "practice", "leader", "cohort", "standing", "arrived_at", "fingerprint", "answers"]

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

    @admin.display(ordering="submission__standing")
    def standing(self, application: Application) -> str:
        return application.submission.get_standing_display() if application.submission else ""

    @admin.display(description="arrived")
    def arrived_at(self, application: Application) -> datetime | None:
        return application.submission and application.submission.arrived_at

    @admin.display(description="SHA-256")
    def fingerprint(self, application: Application) -> str:
        if application.submission is None:
            return ""
        digest = application.submission.sealed_sha256
        if removed := selectors.removal_words(application):
            return f"{digest} ({removed})"
        verdict = "unchanged since" if selectors.is_intact(application) else "CHANGED SINCE SUBMISSION"
        return f"{digest} ({verdict})"

    @admin.display(description="as submitted")
    def answers(self, application: Application) -> SafeString:
        sealed = application.submission and application.submission.sealed
        return render_to_string("applications/admin/sealed.html", {"sealed": sealed})

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
