"""Saving what a page of items sends: by its button, and by itself while somebody types."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from assessments import services
from assessments.forms import ItemsForm
from assessments.models import Assessment, Domain
from core import clock, drafts
from core.refusals import Refused

Save = Callable[[Sequence], list]


def saved(form: ItemsForm, save: Save) -> bool:
    """Keep what a valid form holds. False: the form says why, or what somebody else wrote; its words are still in it."""
    try:
        form.take(services.keep(save, form.answers()))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return not form.conflicts


def autosaved(request: HttpRequest, form: ItemsForm, save: Save) -> JsonResponse:
    """Keep what a page sent while somebody typed, each item for itself."""
    form.is_valid()
    try:
        kept = services.keep(save, form.answers())
    except Refused as refusal:
        return drafts.reply(drafts.Outcome(refused=str(refusal)), now=clock.now())
    return drafts.reply(form.outcome(kept, request.user.pk), now=clock.now())


def status_of(form: ItemsForm) -> int:
    return drafts.CONFLICT if form.conflicts else 200


def page(request: HttpRequest) -> drafts.Page:
    """What the page has to know of its reader to save by itself."""
    return drafts.page(request.user.pk, now=clock.now())


def onward(request: HttpRequest, assessment: Assessment, domain: Domain, overview: str) -> HttpResponse:
    """To the next domain; after the last one, or where the person asked for it, to the ``overview``.

    The page of a domain is named after it: “assessments:alone” and “assessments:alone_domain”.
    """
    following = Domain.objects.filter(version=domain.version_id, position__gt=domain.position).first()
    if following is None or request.POST.get("then") == "list":
        return redirect(overview, assessment.public_id)
    return redirect(f"{overview}_domain", assessment.public_id, following.code)
