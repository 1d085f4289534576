"""The library of strategies: staff add, reword and retire them; reports keep the words that they were given."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import ngettext

from assessments import selectors, services
from assessments.forms import StrategyForm
from assessments.models import Strategy
from core.admin import never


class ForFilter(admin.SimpleListFilter):
    """By the item or domain that a strategy is for; only what the library has."""

    title = "item or domain"
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        rows = Strategy.objects.order_by("domain_code", "item_code").values_list("domain_code", "item_code").distinct()
        codes = {code for row in rows for code in row if code}
        return [(code, code) for code in sorted(codes)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Strategy]) -> QuerySet[Strategy]:
        code = self.value()
        return queryset.filter(domain_code=code) | queryset.filter(item_code=code) if code else queryset


@admin.register(Strategy)
class StrategyAdmin(admin.ModelAdmin):
    """None is deleted: what is retired is suggested no more, and stays in the reports that have it."""

    form = StrategyForm
    list_display = ["title", "instrument", "domain_code", "item_code", "used_in", "is_retired", "written_by"]
    list_select_related = ["instrument", "written_by"]
    list_filter = ["is_retired", "instrument", ForFilter]
    search_fields = ["title", "text", "code", "item_code", "domain_code", "source"]
    search_help_text = "Words of the title or the text, or the code of an item or a domain."
    fields = ["title", "code", "instrument", "domain_code", "item_code", "text", "source", "url"]
    actions = ["retire", "bring_back"]
    has_delete_permission = never

    def get_queryset(self, request: HttpRequest) -> QuerySet[Strategy]:
        return selectors.with_uses(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Strategy | None = None) -> list[str]:
        return ["code", "instrument"] if obj else []

    def save_model(self, request: HttpRequest, obj: Strategy, form: ModelForm, change: bool) -> None:
        services.write_strategy(obj, by=request.user)

    @admin.display(description="reports that suggest it", ordering="uses")
    def used_in(self, obj: Strategy) -> int:
        return obj.uses

    @admin.action(description="Retire: suggest them no more", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Strategy]) -> None:
        self._each(request, queryset.filter(is_retired=False), services.retire_strategy)

    @admin.action(description="Bring back what was retired", permissions=["change"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Strategy]) -> None:
        self._each(request, queryset.filter(is_retired=True), services.bring_back_strategy)

    def _each(self, request: HttpRequest, queryset: QuerySet[Strategy], act: Callable[..., None]) -> None:
        rows = list(queryset)
        for strategy in rows:
            act(strategy, by=request.user)
        said = ngettext("%(n)d strategy was changed.", "%(n)d strategies were changed.", len(rows)) % {"n": len(rows)}
        self.message_user(request, said, messages.SUCCESS if rows else messages.WARNING)
