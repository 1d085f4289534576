"""The sponsor's page of an application: who supports the team, and how the letter of support stands."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import selectors, services
from applications.forms import LetterFileForm
from applications.models import Application, Letter
from applications.selectors import LetterState
from applications.views.found import editable, visible
from core.refusals import Refused
from documents.views import attachment
from practices.forms import SponsorForm
from practices.models import Sponsor
from practices.selectors import sponsor_of

PART = "sponsor"
TONES = {
    LetterState.ASKED: "neutral",
    LetterState.STARTED: "info",
    LetterState.DECLINED: "warning",
    LetterState.DONE: "success",
}


def state_words(state: LetterState) -> str:
    return {
        LetterState.ASKED: _("Asked"),
        LetterState.STARTED: _("Started"),
        LetterState.DECLINED: _("Cannot support it"),
        LetterState.DONE: _("Done"),
    }[state]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sponsor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who of the practice's senior leaders supports the team, and the letter of support."""
    application = _editable(request, public_id)
    # A row of its own: a form writes into its instance while it validates.
    form = SponsorForm(request.POST or None, instance=sponsor_of(application.enrollment.team))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_sponsor(application, by=request.user, arrived_at=request.arrived_at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("applications:sponsor", application.public_id)
    return _page(request, application, form, LetterFileForm())


def _editable(request: HttpRequest, public_id: str) -> Application:
    return editable(request.user, public_id, part="sponsor")


def _page(
    request: HttpRequest, application: Application, form: SponsorForm, upload_form: LetterFileForm
) -> HttpResponse:
    present = sponsor_of(application.enrollment.team)
    letters = selectors.letters_of(application)
    context = {
        "application": application,
        "form": form,
        "upload_form": upload_form,
        "sponsor": present,
        "rules": selectors.rules_of(application.call.cohort),
        "letters": [{"one": one, "words": state_words(one.state), "tone": TONES[one.state]} for one in letters],
        "is_asked": _is_asked(present, letters),
        "has_letter": _has_letter(present, letters),
    }
    return render(request, "applications/sponsor.html", context)


def _is_asked(present: Sponsor | None, letters: list[selectors.LetterStanding]) -> bool:
    return any(one.letter.sponsor == present for one in letters)


def _has_letter(present: Sponsor | None, letters: list[selectors.LetterStanding]) -> bool:
    return any(one.letter.sponsor == present and one.counts for one in letters)


@login_required
@require_POST
def letter_ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the sponsor for the letter, by mail."""
    application = _editable(request, public_id)
    try:
        asked = services.ask_for_letter(application, by=request.user, arrived_at=request.arrived_at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The mail to %(email)s is on its way.") % {"email": asked.sponsor.email})
    return _back(application)


def _back(application: Application) -> HttpResponse:
    response = redirect("applications:sponsor", application.public_id)
    response["Location"] += "#letter"
    return response


@login_required
@require_POST
def letter_upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand in a letter that the team has itself."""
    application = _editable(request, public_id)
    upload_form = LetterFileForm(request.POST, request.FILES)
    if upload_form.is_valid():
        try:
            services.upload_letter(
                application, upload_form.cleaned_data["file"], by=request.user, arrived_at=request.arrived_at
            )
        except Refused as refusal:
            upload_form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The letter is uploaded."))
            return _back(application)
    form = SponsorForm(instance=sponsor_of(application.enrollment.team))
    return _page(request, application, form, upload_form)


@login_required
@require_POST
def letter_remind(request: HttpRequest, public_id: str, letter_id: UUID) -> HttpResponse:
    """Send the sponsor the link once more."""
    done = _("The reminder is on its way.")
    return _act(request, public_id, letter_id, services.remind_sponsor, done)


@login_required
@require_POST
def letter_end(request: HttpRequest, public_id: str, letter_id: UUID) -> HttpResponse:
    """Take a request back, or set a letter aside."""
    return _act(request, public_id, letter_id, services.end_letter, _("Taken back. The link does nothing any more."))


def _act(request: HttpRequest, public_id: str, letter_id: UUID, act: Callable, done: str) -> HttpResponse:
    application = _editable(request, public_id)
    try:
        act(_letter(application, letter_id), by=request.user, arrived_at=request.arrived_at)
        messages.success(request, done)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(application)


def _letter(application: Application, letter_id: UUID) -> Letter:
    letter = get_object_or_404(Letter.objects.select_related("sponsor"), application=application, public_id=letter_id)
    letter.application = application
    return letter


@login_required
@never_cache
@require_POST
def letter_copy(request: HttpRequest, public_id: str, letter_id: UUID) -> HttpResponse:
    """Show the sponsor's link, for the applicants to hand on. That they had it is recorded before they see it."""
    application = _editable(request, public_id)
    letter = _letter(application, letter_id)
    try:
        address = services.copy_link(letter, by=request.user, arrived_at=request.arrived_at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _back(application)
    context = {"application": application, "letter": letter, "address": address}
    return render(request, "applications/letter_link.html", context)


@login_required
@require_safe
def letter(request: HttpRequest, public_id: str, letter_id: UUID) -> HttpResponse:
    """A letter that is done, to be read by those who write the application and by staff. A draft is the sponsor's alone."""
    application = visible(request.user, public_id)
    found = get_object_or_404(selectors.done_letters(application), public_id=letter_id)
    standing = selectors.LetterStanding(found, selectors.letter_state(found))
    return render(request, "applications/letter.html", {"application": application, "standing": standing})


@login_required
@require_safe
def letter_file(request: HttpRequest, public_id: str, letter_id: UUID) -> HttpResponseBase:
    """The file of a letter, to be saved."""
    application = visible(request.user, public_id)
    found = get_object_or_404(selectors.done_letters(application).exclude(file=None), public_id=letter_id)
    return attachment(request, found.file)
