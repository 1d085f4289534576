"""The audit trail and the heartbeats, to be read by staff. Nothing here can be written; the chain's seals are not shown."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Case, Model, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.models import ActorKind, AuditEntry, Heartbeat

User = get_user_model()


class SeenAdmin(admin.ModelAdmin):
    """For a model with ``visible_to``: lists, pages and buttons of the admin come through the same door as all others."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)


def never(self: object, request: HttpRequest, obj: object = None) -> bool:
    """For ``has_add_permission`` and its like, where the admin shows what services alone write."""
    return False


def _model_of(label: str) -> type[Model] | None:
    """The model of an audit row's object; None where a later version of the software has dropped it."""
    try:
        return apps.get_model(label)
    except LookupError:
        return None


def words_of(entry: AuditEntry) -> str:
    """The act in words: “Quarterly update submitted”, “Person role changed”."""
    _, _, act = entry.verb.partition(".")
    model = _model_of(entry.object_type)
    name = model._meta.verbose_name if model else entry.object_type.rpartition(".")[2]
    return f"{name} {act.replace('_', ' ')}".capitalize()


class ObjectTypeFilter(admin.SimpleListFilter):
    """By what an act was done on, in the words of the admin."""

    title = "object"
    parameter_name = "object_type"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        labels = AuditEntry.objects.order_by("object_type").values_list("object_type", flat=True).distinct()
        models = {label: _model_of(label) for label in labels}
        named = [(label, str(model._meta.verbose_name) if model else label) for label, model in models.items()]
        return sorted(((label, name.capitalize()) for label, name in named), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """Who did what to which object, newest first. Values are not here: they live in the rooms' own tables."""

    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["at", "actor", "act", "object", "change", "changed_fields"]
    list_display_links = ["act"]
    list_filter = ["actor_kind", ObjectTypeFilter]
    search_fields = ["verb"]
    search_help_text = (
        "A verb such as “accepted”, the number of an object, or the name or e-mail of who acted or is concerned."
    )
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    fields = ["at", "actor", "act", "object", "change", "changed_fields", "verb", "actor_kind"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        people = User._default_manager.filter(pk=OuterRef("actor_id")).values("name")
        name = Case(When(actor_kind=ActorKind.USER, then=Subquery(people)))
        return super().get_queryset(request).annotate(actor_name=name)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        people = User._default_manager.filter(Q(name__icontains=term) | Q(email__icontains=term)).values("pk")
        found = Q(verb__icontains=term.replace(" ", "_")) | Q(actor_kind=ActorKind.USER, actor_id__in=people)
        found |= Q(object_type=User._meta.label_lower, object_id__in=people)
        if term.isascii() and term.isdigit() and len(term) < 19:  # what is longer is no number of a row
            found |= Q(object_id=int(term))
        return queryset.filter(found), False

    @admin.display(description="who")
    def actor(self, entry: AuditEntry) -> SafeString | str:
        if entry.actor_kind == ActorKind.SYSTEM:
            return "The software itself"
        if entry.actor_kind == ActorKind.LINK:
            return f"Somebody with a link (number {entry.actor_id})"
        if entry.actor_name is None:
            return f"Person {entry.actor_id}"
        return _link(User, entry.actor_id, entry.actor_name)

    @admin.display(description="what", ordering="verb")
    def act(self, entry: AuditEntry) -> str:
        return words_of(entry)

    @admin.display(description="object")
    def object(self, entry: AuditEntry) -> SafeString | str:
        model = _model_of(entry.object_type)
        if model is None:
            return f"{entry.object_type} {entry.object_id}"
        words = f"{model._meta.verbose_name} {entry.object_id}".capitalize()
        return _link(model, entry.object_id, words) if admin.site.is_registered(model) else words

    @admin.display(description="state")
    def change(self, entry: AuditEntry) -> str:
        return f"{entry.from_state} → {entry.to_state}" if entry.to_state else ""

    @admin.display(description="fields")
    def changed_fields(self, entry: AuditEntry) -> str:
        return ", ".join(name.replace("_", " ") for name in entry.fields)


def _link(model: type[Model], pk: int, words: str) -> SafeString:
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
    return format_html('<a href="{}">{}</a>', page, words)


@admin.register(Heartbeat)
class HeartbeatAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = never
    list_display = ["name", "beat_at"]
