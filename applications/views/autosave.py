"""What a section's page sends by itself while somebody types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import services
from applications.services import Kept
from applications.views.found import editable
from applications.views.sections import section_of, typed_form
from core import clock, drafts, pace
from core.refusals import Refused
from questionnaires.forms import SectionForm
from questionnaires.selectors import in_words

# Of one person. A page that saves by itself sends at most one request at a time, and while somebody types one in 1.2 seconds.
MOST_A_MINUTE = 120


@login_required
@require_POST
def autosave(request: HttpRequest, public_id: str, code: str) -> JsonResponse:
    """Save the answers that were sent, each for itself, and say what became of each (``core.drafts.reply``).

    With ``seen_at`` the page says that the person has the section before them, as it was then.
    """
    if wait := pace.seconds_to_wait("autosave", request.user.public_id, most=MOST_A_MINUTE):
        text = _("Too much was saved within a minute. Wait a moment; the page sends your words again.")
        return JsonResponse({"error": text}, status=429, headers={"Retry-After": str(wait)})
    application = editable(request.user, public_id, part=code, is_lean=True)
    found, now = section_of(application, code), clock.now()
    if seen := drafts.seen_at(request.POST, now=now):
        services.note_visit(application, code, by=request.user, at=seen)
    form = typed_form(found, request.POST)
    form.is_valid()
    values = {item.question.pk: form.cleaned_data[name] for name, item in _items(form) if name in form.cleaned_data}
    try:
        kept = services.keep_answers(
            application, values, by=request.user, base_versions=form.base_versions, arrived_at=request.arrived_at
        )
    except Refused as refusal:
        return drafts.reply(drafts.Outcome(refused=str(refusal)), now=now)
    return drafts.reply(_outcome(form, kept, request.user.pk), now=now)


def _items(form: SectionForm) -> list[tuple]:
    return [(item.question.code, item) for item in form.items]


def _outcome(form: SectionForm, kept: Kept, reader: int) -> drafts.Outcome:
    names = {item.question.pk: name for name, item in _items(form)}
    form.refuse(kept.problems)
    conflicts = {
        names[one.question.pk]: drafts.Theirs(
            in_words(one.question, one.theirs),
            one.saved_by.name,
            one.saved_at,
            one.version,
            is_own=one.saved_by.pk == reader,
        )
        for one in kept.conflicts
    }
    saved = {names[key]: version for key, version in kept.versions.items()}
    problems = {name: " ".join(form.errors[name]) for name in names.values() if name in form.errors}
    return drafts.Outcome(saved, problems, conflicts)
