"""What is kept about you, your copy of it, and the page on which staff remove a person."""

import json
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.refusals import Refused
from privacy import exports, permissions, selectors, services
from privacy.forms import RemovalForm


@login_required
@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """What is kept about everybody, for how long and why, and the button for one's own copy."""
    return render(request, "privacy/your_data.html")


@login_required
@require_POST
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The person's own data as a JSON file, a few times an hour, after the password was asked for again.

    Asking leads back to the page with the button: a file sent in answer to the password would leave its form standing.
    """
    if not did_recently_reauthenticate(request):
        messages.info(request, _("Confirm that it is you. Then press “Download it” once more."))
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('your_data')})}")
    try:
        services.note_export(request.user, by=request.user)
    except Refused as refusal:
        return render(request, "privacy/your_data.html", {"refusal": str(refusal)}, status=429)
    content = json.dumps(exports.export_person(request.user), indent=1, ensure_ascii=False)
    name = f"my-data-{clock.now():%Y-%m-%d}.json"
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_person(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what removing a person changes and what it leaves; a POST with the reason does it."""
    if not permissions.can_remove_people(request.user):
        raise PermissionDenied(_("Only staff can remove a person."))
    person = get_object_or_404(selectors.people_visible_to(request.user), public_id=public_id)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    refusal = services.obstacle(person, by=request.user)
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            services.anonymise(person, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The person was removed. What they did stays, without their name."))
            return redirect("admin:accounts_user_change", person.pk)
    context = {
        "person": person,
        "refusal": refusal,
        "changes": selectors.footprint(person),
        "form": form,
    }
    return render(request, "privacy/remove_person.html", context)
