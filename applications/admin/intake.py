"""The intake. Decisions go through the services; what was submitted is read-only."""

from collections.abc import Callable
from datetime import UTC

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from accounts.services import confirm_membership
from applications import permissions, selectors, services
from applications.admin import desk, filters
from applications.admin.forms import NoteForm
from applications.admin.readonly import ReadOnlyAdmin
from applications.forms import DecisionForm
from applications.models import Application, Verdict
from core import wording
from core.refusals import Refused
from practices.selectors import leader_of


class IntakeList(ChangeList):
    """The page of the list that is shown, each row with what is read of all of them at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        found = selectors.listed(self.result_list)
        for row in self.result_list:
            row.listed = found[row.pk]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """The intake: who applies, how far they are, and three decisions, each asked again before a letter is written."""

    class Media:
        css = {"all": ["css/intake.css"]}

    list_display = [
        "team",
        "practice",
        "leader",
        "state",
        "progress",
        "letter",
        "verdict",
        "submitted_at",
        "standing",
        "cohort",
    ]
    list_filter = [
        "state",
        filters.VerdictFilter,
        "submission__standing",
        filters.CorrectionFilter,
        filters.LetterFilter,
        filters.MembershipFilter,
        filters.DuplicateFilter,
        "enrollment__team__practice__setting",
        "enrollment__team__practice__rurality",
        filters.RegionFilter,
        "call__cohort",
    ]
    search_fields = [
        "enrollment__team__name",
        "enrollment__team__practice__name",
        "enrollment__team__members__user__name",
        "enrollment__team__members__user__email",
    ]
    ordering = ["-pk"]  # the newest first, and found by an index
    actions = ["screen_as_eligible", "confirm_membership", "accept", "put_on_alternate_list", "decline"]
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
    ]
    readonly_fields = ["team", "practice", "leader", "cohort", "standing", "arrived_at", "fingerprint"]

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        found = selectors.for_list(Application.objects.visible_to(request.user))
        return selectors.with_leader(found.select_related("decided_by", "screening"))

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return IntakeList

    def get_urls(self) -> list[URLPattern]:
        return desk.urls(self) + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The page of one application: how it stands, what staff have done with it, and what was submitted."""
        application = self.get_object(request, object_id)
        context = {"desk": selectors.desk_of(application), "note_form": NoteForm()} if application else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

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

    @admin.display()
    def progress(self, application: Application) -> SafeString | str:
        """Of a draft what is done, and in words what is missing; of what was sent, whether a part is returned."""
        progress = application.listed.progress
        if progress is None:
            return application.listed.returned
        missing = ", ".join(step.title for step in progress.missing) or "nothing"
        return format_html(
            '{} of {}<span class="quiet-line">Missing: {}</span>', progress.done, len(progress.steps), missing
        )

    @admin.display(description="letter")
    def letter(self, application: Application) -> str:
        return application.listed.letter

    @admin.display(description="screening", ordering="screening__verdict")
    def verdict(self, application: Application) -> str:
        screening = getattr(application, "screening", None)
        return screening.get_verdict_display() if screening else ""

    @admin.display(ordering="call__cohort")
    def cohort(self, application: Application) -> str:
        return application.call.cohort.title

    @admin.display(ordering="submission__standing")
    def standing(self, application: Application) -> str:
        return application.submission.get_standing_display() if application.submission else "-"

    @admin.display(description="arrived")
    def arrived_at(self, application: Application) -> str:
        """By the clock of the call, and in UTC: what the export says, too."""
        if application.submission is None:
            return "-"
        at, zone = application.submission.arrived_at, application.call.deadline.zone
        return f"{wording.moment(at, zone)} {wording.zone_name(zone)} ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"

    @admin.display(description="SHA-256")
    def fingerprint(self, application: Application) -> str:
        if application.submission is None:
            return "-"
        digest = application.submission.sealed_sha256
        if removed := selectors.removal_words(application):
            return f"{digest} ({removed})"
        verdict = "unchanged since" if selectors.is_intact(application) else "CHANGED SINCE SUBMISSION"
        return f"{digest} ({verdict})"

    @admin.action(description="Screen as eligible (those that nobody has screened yet)")
    def screen_as_eligible(self, request: HttpRequest, found: QuerySet[Application]) -> None:
        def act(application: Application) -> None:
            services.screen(application, verdict=Verdict.ELIGIBLE, by=request.user)

        self._each(request, found, act, "Eligible")

    @admin.action(description="Confirm the ASCO membership of the leaders")
    def confirm_membership(self, request: HttpRequest, found: QuerySet[Application]) -> None:
        def act(application: Application) -> None:
            confirm_membership(leader_of(application.enrollment.team).user, by=request.user)

        self._each(request, found, act, "Membership confirmed")

    def _each(
        self, request: HttpRequest, found: QuerySet[Application], act: Callable[[Application], None], done: str
    ) -> None:
        """One service call a row; a refusal concerns only its own row."""
        if not permissions.can_run_intake(request.user):
            raise PermissionDenied
        names = []
        for application in found:
            try:
                act(application)
                names.append(application.enrollment.team.name)
            except Refused as refusal:
                self.message_user(request, f"{application.enrollment.team.name}: {refusal}", messages.ERROR)
        if names:
            self.message_user(request, f"{done}: {', '.join(names)}.", messages.SUCCESS)

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
