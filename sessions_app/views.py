"""The pages of sessions: the list, one session, and the attendance list of staff."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.refusals import Refused
from core.wording import zone_name
from sessions_app import permissions, selectors, services
from sessions_app.forms import AttendanceForm, key
from sessions_app.models import Session, SessionDay


def _visible(request: HttpRequest, public_id: UUID) -> Session:
    rows = Session.objects.visible_to(request.user).select_related("milestone__cohort")
    return get_object_or_404(rows, public_id=public_id)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sessions of the reader's cohorts, in order of their dates."""
    sessions = Session.objects.visible_to(request.user).select_related("milestone__cohort")
    return render(request, "sessions_app/index.html", {"sessions": sessions})


@login_required
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Days, agenda and place of a session, and who attended of the teams that the reader may see."""
    session = _visible(request, public_id)
    days = selectors.days_of(session)
    enrollments = selectors.enrollments_at(session, request.user)
    context = {
        "session": session,
        "zone": zone_name(session.milestone.zone),
        "days": [{"date": selectors.date_of(day), "segments": day.segments.all()} for day in days],
        "presences": selectors.presences(session, days, enrollments),
        "can_record": permissions.can_record(request.user, session),
    }
    return render(request, "sessions_app/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One list of teams, members and the days that have come; one save for all of it."""
    session = _visible(request, public_id)
    if not permissions.can_record(request.user, session):
        raise PermissionDenied(_("Only program staff record attendance."))
    days = [day for day in selectors.days_of(session) if selectors.has_come(day)]
    listed = selectors.presences(session, days, selectors.enrollments_at(session, request.user))
    data = request.POST if request.method == "POST" else None
    form = AttendanceForm(((day, one.member) for one in listed for day in days), data=data)
    if request.method == "POST" and form.is_valid() and _record(request, session, form):
        return redirect("sessions_app:attendance", session.public_id)
    context = {
        "session": session,
        "form": form,
        "dates": [selectors.date_of(day) for day in days],
        "rows": [_row(one, days, form) for one in listed],
    }
    return render(request, "sessions_app/attendance.html", context)


def _row(presence: selectors.Presence, days: list[SessionDay], form: AttendanceForm) -> dict:
    ticked = set(form.data.getlist("present")) if form.is_bound else None
    boxes = []
    for day, mark in zip(days, presence.marks, strict=True):
        name = key(day, presence.member)
        is_ticked = bool(mark) if ticked is None else name in ticked
        boxes.append({"key": name, "date": selectors.date_of(day), "mark": mark, "is_ticked": is_ticked})
    return {"team": presence.enrollment.team, "member": presence.member, "boxes": boxes}


def _record(request: HttpRequest, session: Session, form: AttendanceForm) -> bool:
    try:
        changed = services.record_all(session, form.presence(), by=request.user, seen=form.seen_before())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    said = ngettext("%(count)s entry changed.", "%(count)s entries changed.", changed) % {"count": changed}
    messages.success(request, _("Attendance saved. ") + said)
    return True
