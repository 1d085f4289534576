"""The questions that come before an application: a list, and a page a question."""

from dataclasses import asdict

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from applications import selectors, services
from applications.admin.setup.inputs import EligibilityInput
from applications.admin.setup.pages import BOTH, POST, SAFE, ask, attempt, call_of, mounted, page, show
from applications.models import Call
from programs.definition import MOST_QUESTIONS


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {
        "eligibility/": ("eligibility", listing, SAFE),
        "eligibility/add/": ("eligibility_add", add, BOTH),
        "eligibility/<slug:code>/change/": ("eligibility_change", change, BOTH),
        "eligibility/<slug:code>/move/": ("eligibility_move", move, POST),
        "eligibility/<slug:code>/remove/": ("eligibility_remove", remove, BOTH),
    }
    return mounted(model_admin, pages)


def listing(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The questions as they are asked, each answer with what it comes to."""
    call = call_of(request, pk)
    questions = selectors.asked_of(call)
    context = {
        "questions": questions,
        "is_fixed": selectors.has_started(call),
        "can_add": len(questions) < MOST_QUESTIONS,
    }
    return show(model_admin, request, "eligibility.html", call, _("Who can apply"), **context)


def add(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A further question."""
    call = call_of(request, pk)
    return _edit(model_admin, request, call, EligibilityInput(request.POST or None), _("Add a question"))


def change(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Other words, other answers."""
    call = call_of(request, pk)
    form = EligibilityInput(request.POST or None, present=_present(call, code))
    return _edit(model_admin, request, call, form, _("Change a question"))


def _edit(
    model_admin: ModelAdmin, request: HttpRequest, call: Call, form: EligibilityInput, title: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        taken = [asked.code for asked in selectors.asked_of(call)]
        wanted = form.definition(taken)

        def act() -> None:
            services.put_eligibility(call, wanted, replacing=form.code, by=request.user)

        if attempt(request, act, _("The question is saved."), form):
            return redirect(page("eligibility", call))
    context = {"form": form, "is_fixed": selectors.has_started(call), "back": page("eligibility", call)}
    return show(model_admin, request, "eligibility_question.html", call, title, **context)


def _present(call: Call, code: str) -> dict:
    for asked in selectors.asked_of(call):
        if asked.code == code:
            return asdict(asked)
    raise Http404


def move(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One place up or down."""
    call = call_of(request, pk)
    is_up = request.POST.get("to") == "up"
    attempt(request, lambda: services.move_eligibility(call, code, up=is_up, by=request.user), "")
    return redirect(page("eligibility", call))


def remove(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One question less."""
    call = call_of(request, pk)
    text = _("People are no longer asked “%(question)s” before they apply.") % {
        "question": _present(call, code)["text"]
    }
    return ask(
        model_admin,
        request,
        call,
        title=_("Remove a question"),
        text=text,
        button=_("Remove this question"),
        back=page("eligibility", call),
        act=lambda: services.remove_eligibility(call, code, by=request.user),
        done=_("The question is removed."),
    )
