"""Staff find practices that were entered twice and make them one, or say that they are two: pages of the admin."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from core.refusals import Refused
from practices import permissions, selectors, services
from practices.forms import MergeForm, TellApartForm
from practices.models import Practice

PAGE = "admin:practices_practice_change"


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    wrap = model_admin.admin_site.admin_view

    def duplicates_view(request: HttpRequest, pk: int) -> HttpResponse:
        return duplicates(model_admin, request, pk)

    def merge_view(request: HttpRequest, pk: int) -> HttpResponse:
        return merge(model_admin, request, pk)

    def apart_view(request: HttpRequest, pk: int) -> HttpResponse:
        return apart(model_admin, request, pk)

    def take_back_view(request: HttpRequest, pk: int) -> HttpResponse:
        return take_back(model_admin, request, pk)

    return [
        path("<int:pk>/duplicates/", wrap(duplicates_view), name="practices_practice_duplicates"),
        path("<int:pk>/merge/", wrap(merge_view), name="practices_practice_merge"),
        path("<int:pk>/apart/", wrap(apart_view), name="practices_practice_apart"),
        path("<int:pk>/apart/back/", wrap(require_POST(take_back_view)), name="practices_practice_apart_back"),
    ]


def duplicates(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Which other entries may be this practice, and why."""
    practice = _mergeable(request, pk)
    context = {
        "likely": selectors.likely_duplicates(practice),
        "told_apart": selectors.told_apart(practice),
        "title": "Likely duplicates",
    }
    return _page(model_admin, request, "duplicates", practice, context)


def merge(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The two side by side: whose value to keep for each fact, and what moves. ``?with=`` names the one that goes."""
    kept, gone = _mergeable(request, pk), _other(request)
    if gone is None or gone.pk == kept.pk:
        return redirect("admin:practices_practice_duplicates", kept.pk)
    rows = selectors.compared(kept, gone)
    form = MergeForm(rows, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.merge(kept, gone, facts=form.facts_of_the_other, by=request.user)
            said = f"{gone} is merged into {kept}. Its teams, sites, people and invitations are here now."
            model_admin.message_user(request, said, messages.SUCCESS)
        except Refused as refusal:
            model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect(PAGE, kept.pk)
    context = {
        "gone": gone,
        "form": form,
        "same": [row for row in rows if not row.differs],
        "moving": selectors.moving(gone),
        "staying": selectors.moving(kept),
        "both": selectors.applied_to_both(kept, gone),
        "title": "Merge two entries of one practice",
    }
    return _page(model_admin, request, "merge", kept, context)


def apart(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The two side by side, and why they are two practices all the same. ``?with=`` names the other one."""
    practice, other = _mergeable(request, pk), _other(request)
    if other is None or other.pk == practice.pk:
        return redirect("admin:practices_practice_duplicates", practice.pk)
    form = TellApartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.tell_apart(practice, other, by=request.user, **form.cleaned_data)
            said = f"{practice} and {other} are two practices: they are shown as likely duplicates no more."
            model_admin.message_user(request, said, messages.SUCCESS)
        except Refused as refusal:
            model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:practices_practice_duplicates", practice.pk)
    rows = selectors.compared(practice, other)
    context = {"other": other, "rows": rows, "form": form, "title": "Two practices that look alike"}
    return _page(model_admin, request, "apart", practice, context)


def take_back(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """What ``told`` names was said too early: the two are looked at again."""
    practice = _mergeable(request, pk)
    number = request.POST.get("told", "")
    said = {str(told.row.pk): told.row for told in selectors.told_apart(practice)}
    if number not in said:
        model_admin.message_user(request, "Somebody took this back already.", messages.WARNING)
        return redirect("admin:practices_practice_duplicates", practice.pk)
    try:
        services.take_back(said[number], by=request.user)
        model_admin.message_user(request, "Taken back. They are shown again where they look alike.", messages.SUCCESS)
    except Refused as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
    return redirect("admin:practices_practice_duplicates", practice.pk)


def _mergeable(request: HttpRequest, pk: int) -> Practice:
    practice = get_object_or_404(Practice.objects.visible_to(request.user), pk=pk)
    if not permissions.can_merge(request.user):
        raise PermissionDenied
    return practice


def _other(request: HttpRequest) -> Practice | None:
    """The practice that the query names; None where it names none."""
    number = request.GET.get("with", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # what is longer is no number of a row
        return None
    return Practice.objects.visible_to(request.user).filter(pk=int(number)).first()


def _page(
    model_admin: admin.ModelAdmin, request: HttpRequest, name: str, practice: Practice, context: dict[str, object]
) -> HttpResponse:
    shared = {"original": practice, "opts": model_admin.opts, "subtitle": str(practice)}
    whole = model_admin.admin_site.each_context(request) | shared | context
    return TemplateResponse(request, f"admin/practices/practice/{name}.html", whole)
