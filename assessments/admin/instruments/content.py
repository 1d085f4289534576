"""A version on one page: its settings, its domains and items, and a page for the settings and for each domain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import selectors, services
from assessments.admin.instruments.inputs import DomainInput, SettingsInput
from assessments.admin.instruments.pages import BOTH, POST, SAFE, ask, attempt, mounted, page, show, version_of
from assessments.definition import DomainPlan, InstrumentPlan, ItemDefinition
from assessments.models import InstrumentVersion, Rule, Treatment

UP = "up"


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {
        "content/": ("content", content, SAFE),
        "settings/": ("settings", settings, BOTH),
        "domains/add/": ("domain_add", add_domain, BOTH),
        "domains/<slug:code>/change/": ("domain_change", change_domain, BOTH),
        "domains/<slug:code>/move/": ("domain_move", move_domain, POST),
        "domains/<slug:code>/remove/": ("domain_remove", remove_domain, BOTH),
    }
    return mounted(model_admin, pages)


@dataclass(frozen=True)
class Line:
    """An item in the list, and what else is to be known of it."""

    item: ItemDefinition
    facts: list[str]


def content(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the version asks and how it counts; a frozen one is only read."""
    version = version_of(request, pk)
    plan = selectors.plan_of(version)
    context = {
        "plan": plan,
        "settings": list(_settings(plan)),
        "domains": [
            (domain, [Line(item, list(_facts(plan, item))) for item in domain.items]) for domain in plan.domains
        ],
        "is_fixed": version.frozen_at is not None,
        "can_compare": selectors.earlier_versions(version).exists(),
        "newest": version.instrument.versions.order_by("-number").first(),
    }
    return show(model_admin, request, "content.html", version, _("Content"), **context)


def _settings(plan: InstrumentPlan) -> Iterator[tuple[str, str]]:
    yield _("Scoring rule"), str(Rule(plan.rule).label)
    yield _("Score shown for best practice"), str(plan.display_max)
    yield (
        _("Minimum answered"),
        _("%(n)s percent of a domain's applicable items") % {"n": plan.minimum_answered_percent},
    )
    yield _("“Not applicable”"), str(Treatment(plan.not_applicable_as).label)
    yield _("“No data”"), str(Treatment(plan.no_data_as).label)
    yield _("Third party"), _("Scores it as well") if plan.asks_reviewer else _("Not asked")


def _facts(plan: InstrumentPlan, item: ItemDefinition) -> Iterator[str]:
    yield item.code
    yield ngettext("%(n)s level", "%(n)s levels", len(item.levels)) % {"n": len(item.levels)}
    if plan.rule in (Rule.WEIGHTED_MEAN, Rule.GATE_AND_POINTS) and not item.is_gate:
        yield _("weight %(weight)s") % {"weight": f"{item.weight:f}"}
    if item.is_gate:
        yield _("gate")
    if not item.allows_not_applicable:
        yield _("never “Not applicable”")
    if not item.allows_no_data:
        yield _("never “No data”")
    if item.links:
        yield ngettext("%(n)s link", "%(n)s links", len(item.links)) % {"n": len(item.links)}


def settings(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Rule, scale, minimum, treatments, third party, and the texts around the questions."""
    version = version_of(request, pk)
    form = SettingsInput(request.POST or None, initial=SettingsInput.initial_of(selectors.plan_of(version)))
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            services.put_settings(version, dict(form.cleaned_data), by=request.user)

        if attempt(request, act, _("The settings are saved."), form):
            return redirect(page("content", version))
    return show(model_admin, request, "form.html", version, _("Settings"), form=form, back=page("content", version))


# --- Domains ----------------------------------------------------------------------------------------------------------


def add_domain(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A further domain, at the end; it needs an item before the version can be used."""
    version = version_of(request, pk)
    return _edit_domain(model_admin, request, version, DomainInput(request.POST or None), _("Add a domain"))


def change_domain(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Title, introduction, weight, minimum."""
    version = version_of(request, pk)
    form = DomainInput(request.POST or None, present=_domain(version, code))
    return _edit_domain(model_admin, request, version, form, _("Change a domain"))


def _edit_domain(
    model_admin: ModelAdmin, request: HttpRequest, version: InstrumentVersion, form: DomainInput, title: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        code = form.code_among([one.code for one in selectors.plan_of(version).domains])
        is_new = form.present is None

        def act() -> None:
            services.put_domain(version, code, form.values(), is_new=is_new, by=request.user)

        if attempt(request, act, _("The domain is saved."), form):
            return redirect(f"{page('content', version)}#{code}")
    return show(model_admin, request, "form.html", version, title, form=form, back=page("content", version))


def move_domain(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One place up or down."""
    return move(request, version_of(request, pk), services.move_domain, code)


def remove_domain(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A domain less, with its items."""
    version = version_of(request, pk)
    domain = _domain(version, code)
    count = len(domain.items)
    text = ngettext(
        "“%(title)s” is removed with its %(n)s item.", "“%(title)s” is removed with its %(n)s items.", count
    ) % {"title": domain.title, "n": count}
    act = services.remove_domain
    return remove(model_admin, request, version, code, act, _("Remove a domain"), text, _("Remove this domain"))


def _domain(version: InstrumentVersion, code: str) -> DomainPlan:
    for domain in selectors.plan_of(version).domains:
        if domain.code == code:
            return domain
    raise Http404


# --- Domains and items ------------------------------------------------------------------------------------------------


def move(request: HttpRequest, version: InstrumentVersion, act: Callable[..., None], code: str) -> HttpResponse:
    places = -1 if request.POST.get("to") == UP else 1
    attempt(request, lambda: act(version, code, by_places=places, by=request.user), "")
    return redirect(f"{page('content', version)}#{code}")


def remove(
    model_admin: ModelAdmin,
    request: HttpRequest,
    version: InstrumentVersion,
    code: str,
    act: Callable[..., None],
    title: str,
    text: str,
    button: str,
) -> HttpResponse:
    return ask(
        model_admin,
        request,
        version,
        title=title,
        text=text,
        button=button,
        back=page("content", version),
        act=lambda: act(version, code, by=request.user),
        done=_("Removed."),
    )
