"""Staff's list of all mail, and the mail in their own words.

The list shows what waits, what failed and why. Bodies are not shown, for some carry codes and links.
"""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.admin import SeenAdmin
from notifications import services
from notifications.forms import WordingForm
from notifications.models import Kind, Message, Wording
from notifications.selectors import newest_wordings
from notifications.services import rendering, wordings


def nobody(admin_class: object, request: HttpRequest, obj: object = None) -> bool:
    """The outbox is written by services alone."""
    return False


@admin.register(Message)
class MessageAdmin(SeenAdmin):
    has_add_permission = has_change_permission = has_delete_permission = nobody
    list_display = ["subject", "address", "kind", "state", "reason", "not_before", "sent_at", "attempts"]
    list_filter = ["state", "kind"]
    search_fields = ["subject", "address", "dedupe_key", "topic", "message_id"]
    date_hierarchy = "not_before"
    show_full_result_count = False
    actions = ["send_again", "mark_as_sent", "drop"]
    fields = [
        "subject",
        "address",
        "recipient",
        "kind",
        "policy",
        "state",
        "reason",
        "topic",
        "template",
        "dedupe_key",
        "message_id",
        "created_at",
        "not_before",
        "not_after",
        "attempts",
        "smtp_started_at",
        "sent_at",
    ]

    @admin.action(description="Send again what failed or is parked", permissions=["view"])
    def send_again(self, request: HttpRequest, found: QuerySet[Message]) -> None:
        self._decide(request, found, services.send_again)

    @admin.action(description="Mark as sent what is parked", permissions=["view"])
    def mark_as_sent(self, request: HttpRequest, found: QuerySet[Message]) -> None:
        self._decide(request, found, services.mark_as_sent)

    @admin.action(description="Give up what failed or is parked", permissions=["view"])
    def drop(self, request: HttpRequest, found: QuerySet[Message]) -> None:
        self._decide(request, found, services.drop)

    def _decide(self, request: HttpRequest, found: QuerySet[Message], act: Callable[..., None]) -> None:
        """Do it to each; those to which it cannot be done are named, and left as they are."""
        done = 0
        for message in found:
            try:
                act(message, by=request.user)
            except services.TooLate as refusal:
                messages.warning(request, str(refusal))
            except services.VerdictRefused:
                sentence = f"“{message}” is {message.get_state_display().lower()}, so this cannot be done to it."
                messages.warning(request, sentence)
            else:
                done += 1
        if done:
            messages.success(
                request,
                ngettext("%(count)d mail was changed.", "%(count)d mails were changed.", done) % {"count": done},
            )


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin):
    """Mail in staff's own words. A change is a new version; none is ever deleted, for mail may be planned with it."""

    has_delete_permission = nobody
    list_display = ["title", "code", "kind", "version", "subject", "written_at", "written_by"]
    list_filter = ["kind"]
    list_select_related = ["written_by"]
    search_fields = ["title", "code", "subject", "body"]
    ordering = ["title", "code"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wording]:
        return newest_wordings()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._page(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The newest version can be written anew; an older one can be read."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = Wording.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if found is None:
            raise Http404
        return self._page(request, found)

    def _page(self, request: HttpRequest, found: Wording | None) -> HttpResponse:
        newest = wordings.current(found.code) if found else None
        form, preview = None, None
        if found == newest:
            form = WordingForm(request.POST if request.method == "POST" else None, wording=found)
        if form and form.is_valid():
            if "_preview" in request.POST:
                preview = rendering.sample(_unsaved(form), request.user)
            elif saved := self._save(request, form):
                return redirect("admin:notifications_wording_change", saved.pk)
        title = _("Change “%(title)s”") % {"title": found.title} if found else _("Write a wording")
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "form": form,
            "original": found,
            "newest": newest,
            "is_newest": found == newest,
            "preview": preview,
            "placeholders": _placeholders(found.kind if found else ""),
            "versions": Wording.objects.filter(code=found.code).select_related("written_by") if found else [],
        }
        return TemplateResponse(request, "admin/notifications/wording/page.html", context)

    def _save(self, request: HttpRequest, form: WordingForm) -> Wording | None:
        """The version that is now the newest; None with the reason on the form."""
        try:
            saved = wordings.write(**form.cleaned_data, by=request.user)
        except wordings.WordingRefused as refusal:
            form.add_error(None, str(refusal))
            return None
        self.message_user(request, _("“%(title)s” is saved.") % {"title": saved}, messages.SUCCESS)
        return saved


def _unsaved(form: WordingForm) -> Wording:
    return Wording(**{name: form.cleaned_data[name] for name in ("code", "title", "kind", "subject", "body")})


def _placeholders(kind: str) -> list[dict[str, str]]:
    """What may stand in braces, for one kind of mail or for all."""
    rows = wordings.known(kind) if kind else wordings.PLACEHOLDERS
    return [
        {
            "code": f"{{{name}}}",
            "stands_for": row.stands_for,
            "sample": row.sample,
            "kinds": ", ".join(Kind(one).label for one in row.kinds),
        }
        for name, row in rows.items()
    ]
