"""Pages that belong to no room: privacy, contact, the style guide, and what is shown when something goes wrong."""

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from core.views import samples

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What this installation keeps, why, and who sees it."""
    return render(request, "pages/privacy.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Where help is."""
    return render(request, "pages/contact.html")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only where the product is being built."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "pages/styleguide.html", samples.context())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400. A body that is too large arrives here too, and has its own page and status."""
    if isinstance(exception, TOO_LARGE):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """handler403. A view may give a sentence for the person: ``raise PermissionDenied("Only the team leader can…")``."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret did not match: usually a page left open while the person signed in or out elsewhere."""
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Uses neither context processors nor the database nor the URL table: any of them may be what broke."""
    context = {name: getattr(settings, name) for name in ("SITE_NAME", "SUPPORT_EMAIL", "STATIC_URL")}
    return HttpResponse(render_to_string("500.html", context), status=500)
