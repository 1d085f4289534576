"""Who may do what, for staff: the table that the tests hold the product to, in words."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboards import permissions
from dashboards.selectors import access


@login_required
@require_safe
def who_may_do_what(request: HttpRequest) -> HttpResponse:
    """Every act of the product against every role; ``?role=`` shows one role's alone, and an unknown role shows all."""
    if not permissions.can_see_rights(request.user):
        raise PermissionDenied
    table = access.table()
    chosen = request.GET.get("role", "")
    roles = {chosen: table.roles[chosen]} if chosen in table.roles else table.roles
    rooms = [(room, access.rights(room, roles)) for room in table.rooms]
    context = {
        "roles": roles,
        "all_roles": table.roles,
        "chosen": chosen if chosen in table.roles else "",
        "rooms": [(room, found) for room, found in rooms if found],
    }
    return render(request, "dashboards/access.html", context)
