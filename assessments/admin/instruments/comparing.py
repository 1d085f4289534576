"""Two versions beside each other: which items stay comparable, and every difference with its texts."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import selectors
from assessments.admin.instruments.pages import SAFE, mounted, show, version_of
from assessments.definition import Comparison, Kind

KINDS = {
    Kind.LEVELS: gettext_lazy("Levels changed: not comparable"),
    Kind.NEW: gettext_lazy("New"),
    Kind.GONE: gettext_lazy("Gone"),
    Kind.REWORDED: gettext_lazy("Changed, and still comparable"),
    Kind.SAME: gettext_lazy("The same"),
}


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, {"compare/": ("compare", compare, SAFE)})


def compare(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """With the version before, or with the one whose number ``?with=`` names."""
    version = version_of(request, pk)
    others = list(selectors.earlier_versions(version))
    other = next((one for one in others if str(one.number) == request.GET.get("with")), others[0] if others else None)
    context: dict[str, object] = {"others": others, "other": other}
    if other:
        found = selectors.differences(other, version)
        context |= {"found": found, "groups": _groups(found), "shared": sum(one.is_shared for one in found.items)}
    return show(model_admin, request, "compare.html", version, _("Compare versions"), **context)


def _groups(found: Comparison) -> list[tuple[str, list]]:
    return [(title, items) for kind, title in KINDS.items() if (items := found.of_kind(kind))]
