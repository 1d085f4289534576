"""The practice's page for its people: facts, sites, who may apply for it, and letting a colleague in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.refusals import Refused
from practices import permissions, selectors, services
from practices.forms import LetInForm, SeenPracticeForm
from practices.models import Affiliation, Practice, Team


@login_required
@require_safe
def practice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is known of a practice, as of when, and its people's ways in; a merged one leads to the one that was kept."""
    practices = Practice.objects.visible_to(request.user)
    kept = practices.filter(merged__public_id=public_id).first()
    if kept is not None:
        return redirect("practices:practice", kept.public_id)
    return _page(request, get_object_or_404(practices, public_id=public_id), LetInForm())


def _page(request: HttpRequest, practice: Practice, form: LetInForm) -> HttpResponse:
    may_edit = permissions.can_edit_practice(request.user, practice)
    invitations = selectors.open_invitations_to(practice)
    context = {
        "practice": practice,
        "facts": selectors.facts_of(practice),
        "sites": practice.sites.all(),
        "teams": Team.objects.visible_to(request.user).filter(practice=practice),
        "let_in": selectors.let_in_now(practice),
        "may_edit": may_edit,
        "invitations": selectors.open_places(invitations) if may_edit else [],
        "form": form,
    }
    return render(request, "practices/practice.html", context)


def editable(user: User, public_id: str) -> Practice:
    """The practice, to be changed.

    Raises:
        Http404: there is none that ``user`` may see.
        PermissionDenied: ``user`` may not change it.
    """
    practice = get_object_or_404(Practice.objects.visible_to(user), public_id=public_id)
    if not permissions.can_edit_practice(user, practice):
        raise PermissionDenied(_("Only who leads or writes for one of its teams, and staff, can change a practice."))
    return practice


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the facts, for every team of the practice."""
    practice = editable(request.user, public_id)
    # A row of its own: a form writes into its instance while it validates.
    stored = Practice.objects.get(pk=practice.pk)
    form = SeenPracticeForm(request.POST or None, instance=stored, initial={"seen": services.stamp(stored)})
    theirs = []
    if request.method == "POST" and form.is_valid():
        try:
            services.update_practice(practice, by=request.user, **form.cleaned_data)
        except services.FactsChanged as refusal:
            theirs = form.compare(refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The facts of the practice are saved."))
            return redirect("practices:practice", practice.public_id)
    context = {"practice": practice, "form": form, "theirs": theirs, "teams": practice.teams.count()}
    return render(request, "practices/change.html", context)


@login_required
@require_POST
def let_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a colleague in by mail. What is said is the same whether they have an account or not."""
    practice = get_object_or_404(Practice.objects.visible_to(request.user), public_id=public_id)
    if not permissions.can_let_in(request.user, practice):
        raise PermissionDenied(_("Only who leads or writes for one of its teams, and staff, can let people in."))
    form = LetInForm(request.POST)
    if form.is_valid():
        try:
            sent = services.invite_to_practice(practice, by=request.user, **form.cleaned_data)
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("practices:practice", practice.public_id)
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return _page(request, practice, form)


@login_required
@require_POST
def end_affiliation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody who was let in applies for the practice no more."""
    rows = Affiliation.objects.filter(practice__in=Practice.objects.visible_to(request.user), ended_at=None)
    affiliation = get_object_or_404(rows.select_related("practice", "user"), public_id=public_id)
    if not permissions.can_end_affiliation(request.user, affiliation):
        raise PermissionDenied(_("Only who leads or writes for one of its teams, and staff, can end this."))
    services.end_affiliation(affiliation, by=request.user)
    messages.success(request, _("%(name)s is no longer let in.") % {"name": affiliation.user.name})
    if Practice.objects.visible_to(request.user).filter(pk=affiliation.practice_id).exists():
        return redirect("practices:practice", affiliation.practice.public_id)
    return redirect("home")
