"""The places where a practice sees patients."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.refusals import Refused
from practices import permissions, services
from practices.forms import SiteForm
from practices.models import Practice, Site
from practices.views.practices import editable


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_site(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a site to a practice."""
    practice = editable(request.user, public_id)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_site(practice, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(site)s is added.") % {"site": added.name})
            return redirect("practices:practice", practice.public_id)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "practices/site.html", {"practice": practice, "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct a site, or go on to remove it."""
    found = _editable_site(request.user, public_id)
    # A row of its own: a form writes into its instance while it validates.
    form = SiteForm(request.POST or None, instance=Site.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_site(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(site)s is saved.") % {"site": saved.name})
            return redirect("practices:practice", found.practice.public_id)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "practices/site.html", {"practice": found.practice, "site": found, "form": form})


@login_required
@require_POST
def remove_site(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a site out."""
    found = _editable_site(request.user, public_id)
    try:
        services.remove_site(found, by=request.user)
        messages.success(request, _("%(site)s is removed.") % {"site": found.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("practices:practice", found.practice.public_id)


def _editable_site(user: User, public_id: str) -> Site:
    sites = Site.objects.filter(practice__in=Practice.objects.visible_to(user)).select_related("practice")
    found = get_object_or_404(sites, public_id=public_id)
    if not permissions.can_edit_practice(user, found.practice):
        raise PermissionDenied(_("Only who leads or writes for one of its teams, and staff, can change a practice."))
    return found
