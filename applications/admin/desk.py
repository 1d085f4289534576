"""What staff do with one application from its page in the admin. Each is one service, and a refusal is said on the page."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import confirm_membership
from applications import permissions, selectors, services
from applications.admin.forms import CorrectionForm, NoteForm, RowForm, ScreeningForm
from applications.models import Application, ApplicationState, Screening
from core.refusals import Refused
from practices.selectors import leader_of
from programs.forms import WithdrawalForm

IN_PLAY = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.ALTERNATE)


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """The acts on an application, below its own page: some ask first, the others are a button's press alone."""
    asking = {"screening": screening, "return": return_part, "withdraw": withdraw}
    pressed = {"note": note, "settle": settle, "letter": confirm_letter, "membership": membership}
    methods = require_http_methods(["GET", "HEAD", "POST"])
    views = {
        **{name: methods(partial(view, model_admin)) for name, view in asking.items()},
        **{name: require_POST(partial(view, model_admin)) for name, view in pressed.items()},
    }
    wrap = model_admin.admin_site.admin_view
    return [
        path(f"<int:pk>/{name}/", wrap(view), name=f"applications_application_{name}") for name, view in views.items()
    ]


def application_of(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> Application:
    """The application, for those who run the intake."""
    if not permissions.can_run_intake(request.user):
        raise PermissionDenied
    return get_object_or_404(model_admin.get_queryset(request), pk=pk)


def screening(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A verdict with its reasons. It decides nothing and writes to nobody."""
    application = application_of(model_admin, request, pk)
    present = Screening.objects.filter(application=application).first()
    form = ScreeningForm(request.POST if request.method == "POST" else None, application=application, screening=present)
    text = "Whether this application goes to the committee. It decides nothing, and nobody gets a mail."

    def act() -> None:
        services.screen(application, by=request.user, **form.cleaned_data)

    return _ask(model_admin, request, application, "Screen the application", text, form, act, "The verdict is saved.")


def return_part(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Return one part to the applicants, with what is to be changed."""
    application = application_of(model_admin, request, pk)
    posted = request.POST if request.method == "POST" else None
    form = CorrectionForm(posted, application=application, part=request.GET.get("part", ""))
    text = (
        "The leader gets a mail, and the core team can change this part and no other. The application stays submitted, "
        "with the time at which it arrived."
    )

    def act() -> None:
        services.request_correction(application, by=request.user, **form.cleaned_data)

    return _ask(
        model_admin, request, application, "Return a part for changes", text, form, act, "The part is returned."
    )


def withdraw(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Take the application back for its leader, who asked for it."""
    application = application_of(model_admin, request, pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    text = "For a leader who asks you to. The application leaves the call; until the deadline its leader can open it again."

    def act() -> None:
        if application.state not in IN_PLAY:
            raise Refused(f"This application is “{application.get_state_display()}”, so it cannot be withdrawn.")
        services.withdraw(application, reason=form.cleaned_data["reason"], by=request.user)

    return _ask(model_admin, request, application, "Withdraw the application", text, form, act, "It is withdrawn.")


def note(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    application, form = application_of(model_admin, request, pk), NoteForm(request.POST)
    return _press(
        request, application, form, lambda: services.write_note(application, by=request.user, **form.cleaned_data)
    )


def settle(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    application, form = application_of(model_admin, request, pk), RowForm(request.POST)

    def act() -> None:
        services.settle_correction(application, correction=form.cleaned_data["row"], by=request.user)

    return _press(request, application, form, act, "Settled.")


def confirm_letter(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    application, form = application_of(model_admin, request, pk), RowForm(request.POST)

    def act() -> None:
        letter = selectors.letter_of(application, form.cleaned_data["row"])
        if letter is None:
            raise Refused("This application has no such letter. Reload the page.")
        services.confirm_letter(letter, by=request.user)

    return _press(request, application, form, act, "The letter is confirmed.")


def membership(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The leader's membership was looked up, and is as stated. ``row`` is the person whom the page showed."""
    application, form = application_of(model_admin, request, pk), RowForm(request.POST)

    def act() -> None:
        leader = leader_of(application.enrollment.team)
        if leader is None or leader.user_id != form.cleaned_data["row"]:
            raise Refused("Somebody else leads this team by now. Reload the page.")
        confirm_membership(leader.user, by=request.user)

    return _press(request, application, form, act, "The membership is confirmed.")


def _press(
    request: HttpRequest, application: Application, form: Form, act: Callable[[], object], done: str = "Saved."
) -> HttpResponse:
    """One press of a button: back to the page, which says what became of it."""
    if form.is_valid():
        try:
            act()
            messages.success(request, done)
        except Refused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("admin:applications_application_change", application.pk)


def _ask(
    model_admin: ModelAdmin,
    request: HttpRequest,
    application: Application,
    title: str,
    text: str,
    form: Form,
    act: Callable[[], None],
    done: str,
) -> HttpResponse:
    """The form on a page of its own until it can be done; then the application's page, which says so."""
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("admin:applications_application_change", application.pk)
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "subtitle": str(application),
        "text": text,
        "form": form,
        "original": application,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "applications/admin/ask.html", context)
