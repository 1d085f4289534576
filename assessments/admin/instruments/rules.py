"""The scoring rules with their worked examples, computed by the functions that compute the scores."""

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from assessments import permissions
from assessments.rules import RULES, TREATMENTS, WHOLE
from core.admin.pages import SAFE, mounted


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, "assessments_instrument", {"rules/": ("rules", rules, SAFE)})


def rules(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """What each rule and treatment does, with an example, and where it comes from."""
    if not permissions.can_write_instruments(request.user):
        raise PermissionDenied
    frame = {"title": _("Scoring rules"), "opts": model_admin.opts}
    context = {"rules": RULES, "treatments": TREATMENTS, "whole": WHOLE}
    return TemplateResponse(
        request,
        "admin/assessments/instrument/rules.html",
        model_admin.admin_site.each_context(request) | frame | context,
    )
