"""The team's pages: who chose what, one item and what the team agrees on for it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import permissions, selectors, services
from assessments.forms import AgreedForm, sent
from assessments.models import AgreedRevision, Assessment, Item
from assessments.selectors import ItemAgreement
from assessments.views.found import domain_of, item_of, of_agreeing, of_team
from assessments.views.saving import autosaved, page, saved, status_of
from core.refusals import Refused

ALL, DIFFERENT, OPEN = "all", "differences", "open"
FILTERS = {
    ALL: lambda one: True,
    DIFFERENT: lambda one: one.is_different,
    OPEN: lambda one: one.agreed is None,
}


@login_required
@require_safe
def together(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All items, the largest gap first, with who chose what."""
    assessment = of_team(request, public_id)
    found = selectors.agreement(assessment)
    chosen = request.GET.get("show") if request.GET.get("show") in FILTERS else ALL
    labels = {ALL: _("All items"), DIFFERENT: _("Only differences"), OPEN: _("Not agreed yet")}
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "rows": [one for one in found if FILTERS[chosen](one)],
        "filters": [
            {"code": code, "label": labels[code], "number": sum(map(keeps, found)), "is_on": code == chosen}
            for code, keeps in FILTERS.items()
        ],
        "total": len(found),
        "agreed": sum(one.agreed is not None for one in found),
        "turns": selectors.turns_of(assessment),
        "can_agree": permissions.can_agree(request.user, assessment),
        "same": selectors.unanimous(assessment, found),
        "domains": selectors.by_domain(assessment, found),
    }
    return render(request, "assessments/together.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_unanimous(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where all chose the same: the list first, then one press for all of it, and for nothing else."""
    assessment = of_agreeing(request, public_id)
    if request.method == "POST":
        try:
            taken = services.take_unanimous(assessment, _shown(request), by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("assessments:take_unanimous", assessment.public_id)
        messages.success(request, _("Agreed on %(number)s items.") % {"number": len(taken)})
        return redirect("assessments:together", assessment.public_id)
    rows = selectors.unanimous(assessment)
    context = {"assessment": assessment, "instrument": assessment.version.instrument, "rows": rows}
    return render(request, "assessments/same.html", context)


def _shown(request: HttpRequest) -> set[int]:
    """The ids of the items that the page of the button listed."""
    return {int(one) for one in request.POST.getlist("item") if one.isascii() and one.isdecimal()}


@login_required
@require_POST
def take_domain(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Agree on all that is open in a domain, as all chose; nothing where the team has to talk about one of its items."""
    assessment = of_agreeing(request, public_id)
    domain = domain_of(assessment, code)
    try:
        taken = services.take_domain(assessment, domain, _shown(request), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = {"number": len(taken), "domain": domain.title}
        messages.success(
            request,
            ngettext(
                "Agreed on %(number)s item of “%(domain)s”.", "Agreed on %(number)s items of “%(domain)s”.", len(taken)
            )
            % words,
        )
    return redirect("assessments:together", assessment.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One item: who chose what, what the team agreed on, its evidence, and how the agreed answer came about."""
    assessment = of_agreeing(request, public_id) if request.method == "POST" else of_team(request, public_id)
    row = item_of(assessment, code)
    form = _form(assessment, row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved(form, _save(request, assessment)):
        messages.success(request, _("Saved."))
        return _onward(request, assessment, row)
    return render(
        request, "assessments/item.html", _item_context(request, assessment, row, form), status=status_of(form)
    )


@login_required
@require_POST
def item_autosave(request: HttpRequest, public_id: UUID, code: str) -> JsonResponse:
    """Save the agreed answer while somebody types (``core.drafts.reply``)."""
    assessment = of_agreeing(request, public_id)
    items = sent([item_of(assessment, code)], request.POST)
    return autosaved(request, AgreedForm(items, {}, request.POST), _save(request, assessment))


def _save(request: HttpRequest, assessment: Assessment) -> partial:
    return partial(services.agree_domain, assessment, by=request.user)


def _form(assessment: Assessment, item: Item, data: dict | None = None) -> AgreedForm:
    present = assessment.answers.filter(item=item).select_related("level", "saved_by")
    return AgreedForm([item], {row.item_id: row for row in present}, data)


def _item_context(request: HttpRequest, assessment: Assessment, item: Item, form: AgreedForm) -> dict[str, object]:
    revisions = AgreedRevision.objects.filter(answer__assessment=assessment, answer__item=item)
    revisions = list(revisions.select_related("level", "saved_by").order_by("version"))
    box = form.box(item)
    return {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "item": item,
        "links": item.links.all(),
        "row": selectors.agreement_on(assessment, [item])[0],
        "box": box,
        "form": form,
        "conflict": form.conflicts.get(item.pk),
        # What stood there when the person opened the page: of the three, the one that both have changed.
        "base": next((one for one in revisions if one.version == form.base_of(item)), None),
        "can_agree": permissions.can_agree(request.user, assessment),
        "evidence": [one for one in selectors.evidence_of(assessment) if one.item_id == item.pk],
        "last": selectors.before(assessment, [item]),
        "revisions": revisions[::-1],
        "page": page(request),
        "autosave_url": reverse("assessments:item_autosave", args=[assessment.public_id, item.code]),
    }


def _onward(request: HttpRequest, assessment: Assessment, item: Item) -> HttpResponse:
    """The next item that is not agreed yet, from here on in the order of the team's page; the list where none is."""
    found = selectors.agreement(assessment)
    here = next(place for place, one in enumerate(found) if one.item.pk == item.pk)
    following = next(filter(_is_open, found[here + 1 :] + found[:here]), None)
    if following is None or request.POST.get("then") == "list":
        return redirect("assessments:together", assessment.public_id)
    return redirect("assessments:item", assessment.public_id, following.item.code)


def _is_open(one: ItemAgreement) -> bool:
    return one.agreed is None
