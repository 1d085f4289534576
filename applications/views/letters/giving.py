"""The sponsor's pages, without an account: whoever holds the link is let in.

Opening any of them changes nothing, however often and with whatever scanner. Each act is the press of a button.
"""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from applications import selectors, services
from applications.forms import LetterFileForm, LetterTextForm, SignatureForm, WordToLeaderForm, mark_needed
from applications.models import Letter
from applications.selectors import LetterLink
from applications.services import DraftConflict, LetterClosed
from core import links
from core.refusals import Refused
from practices.selectors import leader_of
from programs.selectors import deadline_of

RELATED = (
    "sponsor",
    "asked_by",
    "file",
    "application__call__cohort__program",
    "application__call__opening",
    "application__call__deadline",
    "application__enrollment__team__practice",
)


def _asked() -> QuerySet[Letter]:
    return Letter.objects.select_related(*RELATED)


@links.opened(_asked)
def by_link(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """Who asks, for what, and what is committed. Continue (a POST) starts; once the letter is there, a copy to keep."""
    if request.method == "POST":
        try:
            services.start_letter(letter, arrived_at=request.arrived_at)
        except LetterClosed as closed:
            return _over(request, letter, closed.link)
        return redirect("letters:write", letter.public_id, token)
    link = selectors.letter_link(letter, request.arrived_at)
    if link is not LetterLink.OPEN:
        return _over(request, letter, link)
    return _request_page(request, letter, token, WordToLeaderForm())


def _facts(letter: Letter, token: str) -> dict[str, object]:
    application = letter.application
    leader = leader_of(application.enrollment.team)
    return {
        "letter": letter,
        "token": token,
        "application": application,
        "team": application.enrollment.team,
        "cohort": application.call.cohort,
        "asker": letter.asked_by or (leader and leader.user),
        "leader": leader and leader.user,
        "deadline": deadline_of(application.call.deadline, application.enrollment),
        "commitments": selectors.commitments_of(application.call.cohort),
    }


def _request_page(request: HttpRequest, letter: Letter, token: str, decline_form: BaseForm) -> HttpResponse:
    return render(request, "letters/request.html", _facts(letter, token) | {"decline_form": decline_form})


def _over(request: HttpRequest, letter: Letter, link: LetterLink, *, unsent: str = "") -> HttpResponse:
    """The thank-you page with a copy, or why the link has ended. ``unsent``: words of this browser that came too late."""
    letter.refresh_from_db(fields=["done_at", "way", "text", "file", "draft", "signed_name", "signed_position"])
    context = {
        "letter": letter,
        "team": letter.application.enrollment.team,
        "cohort": letter.application.call.cohort,
        "unsent": unsent or ("" if letter.text == letter.draft else letter.draft),
        "is_late": bool(unsent),
        "sentence": link.value,
    }
    if link is LetterLink.DONE:
        return render(request, "letters/done.html", context, status=409 if unsent else 200)
    return render(request, "letters/ended.html", context, status=410)


@links.opened(_asked)
def write_letter(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """The three ways to give the letter. A POST keeps the draft, or sends it with ``send``."""
    if request.method != "POST":
        link = selectors.letter_link(letter, request.arrived_at)
        if link is LetterLink.OPEN and letter.started_at:
            return _ways(request, letter, token)
        return redirect("letters:letter", letter.public_id, token)
    form = LetterTextForm(request.POST)
    is_sent = "send" in request.POST
    if not form.is_valid() or (is_sent and not form.check_whole()):
        return _ways(request, letter, token, text_form=form)
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    try:
        if is_sent:
            services.give_written(letter, text, base_version=version, arrived_at=request.arrived_at)
            return redirect("letters:letter", letter.public_id, token)
        services.save_draft(letter, text, base_version=version, arrived_at=request.arrived_at)
    except DraftConflict as conflict:
        return _conflict(request, letter, token, text, conflict)
    except LetterClosed as closed:
        return _too_late(request, letter, token, closed, text)
    messages.success(request, _("Your draft is saved. Nobody else sees it until you send it."))
    return redirect("letters:write", letter.public_id, token)


def _ways(
    request: HttpRequest,
    letter: Letter,
    token: str,
    *,
    text_form: LetterTextForm | None = None,
    file_form: LetterFileForm | None = None,
    signature_form: SignatureForm | None = None,
    **more: object,
) -> HttpResponse:
    link = selectors.letter_link(letter, request.arrived_at)
    if link is not LetterLink.OPEN:  # what was sent was not right either
        return _over(request, letter, link, unsent=text_form["text"].value() or "" if text_form else "")
    program = letter.application.call.cohort.program
    sponsor = letter.sponsor
    text_form = text_form or LetterTextForm(initial={"text": letter.draft, "version": letter.draft_version})
    mark_needed(text_form, ["text"])
    context = _facts(letter, token) | {
        "text_form": text_form,
        "file_form": file_form or LetterFileForm(),
        "signature_form": signature_form or SignatureForm(initial={"name": sponsor.name, "position": sponsor.position}),
        "statement": selectors.statement_of(program),
    }
    return render(request, "letters/write.html", context | more, status=409 if more else 200)


def _conflict(request: HttpRequest, letter: Letter, token: str, text: str, conflict: DraftConflict) -> HttpResponse:
    """Mine in the field, under the version that is stored now; theirs above it. Saving again is a decision."""
    form = LetterTextForm(initial={"text": text, "version": conflict.version})
    return _ways(request, letter, token, text_form=form, theirs=conflict.theirs, has_conflict=True)


def _too_late(request: HttpRequest, letter: Letter, token: str, closed: LetterClosed, text: str) -> HttpResponse:
    """A second press of the same button is answered as the first; other words are shown, for they were not sent."""
    letter.refresh_from_db(fields=["text"])
    if closed.link is LetterLink.DONE and letter.text == text:
        return redirect("letters:letter", letter.public_id, token)
    return _over(request, letter, closed.link, unsent=text)


@links.opened(_asked, methods=("POST",))
def upload_by_link(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """The letter as a file."""
    form = LetterFileForm(request.POST, request.FILES)
    if form.is_valid():
        chosen = form.cleaned_data["file"]
        given = _give(request, letter, token, form, lambda at: services.give_uploaded(letter, chosen, arrived_at=at))
        if given is not None:
            return given
    return _ways(request, letter, token, file_form=form)


@links.opened(_asked, methods=("POST",))
def sign_letter(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """The program's own statement, signed by a typed name."""
    form = SignatureForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        given = _give(request, letter, token, form, lambda at: services.give_signed(letter, **words, arrived_at=at))
        if given is not None:
            return given
    return _ways(request, letter, token, signature_form=form)


def _give(request: HttpRequest, letter: Letter, token: str, form: BaseForm, act: Callable) -> HttpResponse | None:
    """The thank-you page; None where the form now says what to do."""
    try:
        act(request.arrived_at)
    except LetterClosed as closed:
        if closed.link is LetterLink.DONE:
            messages.warning(request, str(closed))
            return redirect("letters:letter", letter.public_id, token)
        return _over(request, letter, closed.link)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    return redirect("letters:letter", letter.public_id, token)


@links.opened(_asked, methods=("POST",))
def decline_letter(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """The sponsor cannot support it; the team leader is told."""
    form = WordToLeaderForm(request.POST)
    link = selectors.letter_link(letter, request.arrived_at)
    if link is not LetterLink.OPEN:
        return _over(request, letter, link)
    if not form.is_valid():
        return _request_page(request, letter, token, form)
    try:
        is_told = services.decline_letter(letter, arrived_at=request.arrived_at, **form.cleaned_data)
    except LetterClosed as closed:
        return _over(request, letter, closed.link)
    context = {
        "letter": letter,
        "token": token,
        "team": letter.application.enrollment.team,
        "is_told": is_told,
        "said": form.cleaned_data["said"],
    }
    return render(request, "letters/declined.html", context)
