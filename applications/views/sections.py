"""A section of the call's form: its questions, and the files that answer some of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import selectors, services
from applications.models import Application
from applications.views.found import editable, file_url, visible
from core import clock, drafts
from core.refusals import Refused
from documents.models import StoredFile
from documents.views import attachment
from questionnaires import services as questionnaires
from questionnaires.forms import SectionForm
from questionnaires.models import QuestionKind
from questionnaires.selectors import AnsweredSection, files_of, in_words, sections_with_answers


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """One section. A conflict with a colleague is shown with both texts (409); the rest is saved."""
    application = editable(request.user, public_id, part=code, is_lean=True)
    found = section_of(application, code)
    form = _form(application, found, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, application, form, form.values, seen=(code, _seen_at(request)))
        except questionnaires.Conflict as conflict:
            return _conflict_page(request, application, code, conflict)
        except questionnaires.AnswersRefused as refusal:
            form.refuse(refusal.problems)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("applications:detail", application.public_id)
    elif form.is_bound:
        _keep_files(request, application, form)
    return _page(request, application, found, form)


def _form(application: Application, found: AnsweredSection, *given: object, **options: object) -> SectionForm:
    def address(file: StoredFile) -> str:
        return file_url(application, file.public_id)

    has_locks = any(item.question.locked_days_before is not None for item in found.questions)
    locks = selectors.locks(application, clock.now()) if has_locks else {}
    return SectionForm(found, *given, file_url=address, locks=locks, **options)


def _save(
    request: HttpRequest,
    application: Application,
    form: SectionForm,
    values: dict,
    seen: tuple[str, datetime] | None = None,
) -> list:
    arrived_at, versions = request.arrived_at, form.base_versions
    return services.answer(
        application, values, by=request.user, base_versions=versions, arrived_at=arrived_at, seen=seen
    )


def _keep_files(request: HttpRequest, application: Application, form: SectionForm) -> None:
    """What was typed is shown again for correction; a file cannot be, so the good ones are saved at once."""
    if not form.uploads:
        return
    try:
        form.note_saved(_save(request, application, form, form.uploads))
    except questionnaires.Conflict as conflict:
        text = _("Somebody else changed this file while you were writing. Open the page again to see theirs.")
        form.refuse({answer.question.pk: text for answer in conflict.answers})
    except questionnaires.AnswersRefused as refusal:
        form.refuse(refusal.problems)
    except Refused as refusal:
        form.add_error(None, str(refusal))


def _seen_at(request: HttpRequest) -> datetime:
    now = clock.now()
    return drafts.seen_at(request.POST, now=now) or now


def _page(
    request: HttpRequest, application: Application, found: AnsweredSection, form: SectionForm, **more: object
) -> HttpResponse:
    """Also says what colleagues changed since the person had the section before them; looking at it notes nothing."""
    changes = selectors.changes_since_visit(application, request.user)
    context = {
        "application": application,
        "section": found,
        "form": form,
        "changes": changes.get(found.section.code, []),
        "page": drafts.page(request.user.pk, now=clock.now()),
    }
    return render(request, "applications/section.html", context | more, status=409 if more else 200)


def typed_form(found: AnsweredSection, data: Mapping) -> SectionForm:
    """A form of the questions that a page sent while somebody typed; files come with the button alone."""
    names = drafts.fields_in(data)
    sent = [
        # Whether it is asked is told with the whole form. Here what was typed is kept.
        replace(item, is_asked=True)
        for item in found.questions
        if item.question.code in names and item.question.kind != QuestionKind.FILE
    ]
    return SectionForm(replace(found, questions=sent), data)


def section_of(application: Application, code: str) -> AnsweredSection:
    """The section with its present answers.

    Raises:
        Http404: the form has none of that code.
    """
    for found in sections_with_answers(application.response):
        if found.section.code == code:
            return found
    raise Http404


def _conflict_page(
    request: HttpRequest, application: Application, code: str, conflict: questionnaires.Conflict
) -> HttpResponse:
    """The form anew: the person's own words where both wrote, everywhere else what is stored now."""
    found = section_of(application, code)
    mine = {answer.question.pk: answer.mine for answer in conflict.answers}
    theirs = [{"answer": answer, "words": in_words(answer.question, answer.theirs)} for answer in conflict.answers]
    form = _form(application, found, mine=mine)
    return _page(request, application, found, form, conflicts=theirs)


@login_required
@require_safe
def file(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponseBase:
    """A file that answers a question of the application, or did once, to be saved."""
    application = visible(request.user, public_id)
    return attachment(request, get_object_or_404(files_of(application.response), public_id=file_id))
