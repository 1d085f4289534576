"""A page an item: its words, its weight, its levels and what outside frameworks say of it."""

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from assessments import selectors, services
from assessments.admin.instruments.content import move, remove
from assessments.admin.instruments.inputs import ItemInput
from assessments.admin.instruments.pages import BOTH, POST, attempt, mounted, page, show, version_of
from assessments.definition import DomainPlan, InstrumentPlan, ItemDefinition
from assessments.models import InstrumentVersion


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {
        "items/add/": ("item_add", add, BOTH),
        "items/<slug:code>/change/": ("item_change", change, BOTH),
        "items/<slug:code>/move/": ("item_move", move_item, POST),
        "items/<slug:code>/remove/": ("item_remove", remove_item, BOTH),
    }
    return mounted(model_admin, pages)


def add(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A further item, at the end of the domain that is chosen; ``?domain=`` chooses it beforehand."""
    version = version_of(request, pk)
    plan = selectors.plan_of(version)
    if not plan.domains:
        return redirect(page("domain_add", version))
    form = ItemInput(request.POST or None, plan=plan, domain=request.GET.get("domain", ""))
    return _edit(model_admin, request, version, form, _("Add an item"))


def change(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Everything about an item."""
    version = version_of(request, pk)
    plan = selectors.plan_of(version)
    domain, item = _item(plan, code)
    form = ItemInput(request.POST or None, plan=plan, present=item, domain=domain.code)
    return _edit(model_admin, request, version, form, _("Change an item"))


def _edit(
    model_admin: ModelAdmin, request: HttpRequest, version: InstrumentVersion, form: ItemInput, title: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        wanted, code = form.definition(), form.present.code if form.present else ""

        def act() -> None:
            services.put_item(version, form.cleaned_data["domain"], wanted, code=code, by=request.user)

        if attempt(request, act, _("The item is saved."), form):
            return redirect(f"{page('content', version)}#{wanted['code']}")
    return show(model_admin, request, "item.html", version, title, form=form, back=page("content", version))


def move_item(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One place up or down within its domain."""
    return move(request, version_of(request, pk), services.move_item, code)


def remove_item(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """An item less."""
    version = version_of(request, pk)
    _domain, item = _item(selectors.plan_of(version), code)
    text = _("“%(item)s” is removed with its levels.") % {"item": item.text}
    act = services.remove_item
    return remove(model_admin, request, version, code, act, _("Remove an item"), text, _("Remove this item"))


def _item(plan: InstrumentPlan, code: str) -> tuple[DomainPlan, ItemDefinition]:
    for domain in plan.domains:
        for item in domain.items:
            if item.code == code:
                return domain, item
    raise Http404
