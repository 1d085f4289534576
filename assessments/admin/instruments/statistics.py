"""How the items of a version behave over many teams."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from assessments.admin.instruments.pages import SAFE, mounted, show, version_of
from assessments.selectors.statistics import AT_ONCE, FEWEST, statistics_of


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, {"statistics/": ("statistics", statistics, SAFE)})


def statistics(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Shares by level, floor, ceiling and the members' spread; silent while too few teams have submitted."""
    version = version_of(request, pk)
    context = {"found": statistics_of(version), "fewest": FEWEST, "at_once": AT_ONCE}
    return show(model_admin, request, "statistics.html", version, _("Statistics"), **context)
