"""The core team's word to attend every session: on the application's page, and by a link without a sign-in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import selectors, services
from applications.forms import WordToLeaderForm
from applications.models import AttendanceCommitment
from applications.selectors import AttendanceLink
from applications.services import LinkOver
from applications.views.found import editable, visible
from core import links
from core.refusals import Refused
from practices.selectors import leader_of


@login_required
@require_POST
def commit(request: HttpRequest, public_id: str) -> HttpResponse:
    """A core member's word to attend all sessions."""
    application = visible(request.user, public_id)
    member = selectors.own_membership(application, request.user)
    if member is None:
        raise PermissionDenied(_("Only members of the core team confirm to attend."))
    try:
        services.commit_to_sessions(application, member, by=request.user)
        messages.success(request, _("Thank you. You have confirmed to attend all sessions."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:detail", application.public_id)


@login_required
@require_POST
def ask_everybody(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask those of the core team who have not confirmed, each by a mail with a link."""
    application = editable(request.user, public_id, part="team")
    try:
        asked = services.ask_to_attend(application, by=request.user, arrived_at=request.arrived_at)
        names = ", ".join(member.user.name for member in asked)
        messages.success(request, _("The mail is on its way to %(names)s.") % {"names": names})
    except Refused as refusal:
        messages.error(request, str(refusal))
    response = redirect("applications:detail", application.public_id)
    response["Location"] += "#attendance"
    return response


RELATED = (
    "member__user",
    "asked_by",
    "application__call__cohort__program",
    "application__call__opening",
    "application__call__deadline",
    "application__enrollment__team__practice",
)


def _asked() -> QuerySet[AttendanceCommitment]:
    return AttendanceCommitment.objects.select_related(*RELATED)


@links.opened(_asked)
def word(request: HttpRequest, found: AttendanceCommitment, token: str) -> HttpResponse:
    """Every session with its days, place and costs. Opening the page changes nothing; the button confirms."""
    if request.method == "POST":
        try:
            services.confirm_by_link(found, arrived_at=request.arrived_at)
        except LinkOver as over:
            return _over(request, found, over.link)
        return redirect("attendance:word", found.public_id, token)
    link = selectors.attendance_link(found, request.arrived_at)
    if link is not AttendanceLink.OPEN:
        return _over(request, found, link)
    return _page(request, found, token, WordToLeaderForm())


def _page(request: HttpRequest, found: AttendanceCommitment, token: str, form: WordToLeaderForm) -> HttpResponse:
    application = found.application
    own = selectors.own_membership(application, found.member.user)
    # The person may stand elsewhere in the team by now, with a row of their own.
    present = AttendanceCommitment.objects.filter(application=application, member=own).first()
    dates = selectors.dates_of(application.call.cohort)
    leader = leader_of(application.enrollment.team)
    context = {
        "commitment": found,
        "present": present,
        "state": selectors.word_state(present, dates),
        "token": token,
        "application": application,
        "team": application.enrollment.team,
        "cohort": application.call.cohort,
        "leader": leader and leader.user,
        "commitments": selectors.commitments_of(application.call.cohort),
        "form": form,
    }
    return render(request, "attendance/word.html", context)


def _over(request: HttpRequest, found: AttendanceCommitment, link: AttendanceLink) -> HttpResponse:
    context = {"team": found.application.enrollment.team, "sentence": link.value}
    return render(request, "attendance/ended.html", context, status=410)


@links.opened(_asked, methods=("POST",))
def cannot_attend(request: HttpRequest, found: AttendanceCommitment, token: str) -> HttpResponse:
    """The member cannot attend every session; the team leader is told."""
    form = WordToLeaderForm(request.POST)
    link = selectors.attendance_link(found, request.arrived_at)
    if link is not AttendanceLink.OPEN:
        return _over(request, found, link)
    if not form.is_valid():
        return _page(request, found, token, form)
    try:
        is_told = services.decline_by_link(found, arrived_at=request.arrived_at, **form.cleaned_data)
    except LinkOver as over:
        return _over(request, found, over.link)
    if is_told:
        messages.success(request, _("Thank you. The team leader is told."))
    else:
        messages.warning(request, _("The team leader was told today already, so no further mail was sent."))
    return redirect("attendance:word", found.public_id, token)
