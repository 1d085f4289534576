"""The page of an enrollment: its timeline, what is due, and the people."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock, wording
from programs import permissions, selectors
from programs.models import Enrollment, Source
from programs.selectors import HELD, Entry


@login_required
@require_safe
def enrollment(request: HttpRequest, public_id: str) -> HttpResponse:
    """A team's way through its cohort, for its members, its supporters and staff."""
    rows = selectors.enrollments_for_list(Enrollment.objects.visible_to(request.user))
    row = get_object_or_404(rows, public_id=public_id)
    now = clock.now()
    entries = selectors.entries_for(row, now=now)
    context = {
        "enrollment": row,
        "timeline": [_line(entry, now) for entry in entries],
        "due": [
            {"duty": duty, "is_late": duty.is_late(now)} for duty in selectors.due_next(entries, request.user, now=now)
        ],
        "may_work": permissions.can_work_in(request.user, row),
        "members": selectors.members_of(row),
        "supporters": selectors.supporters_of(row),
    }
    return render(request, "programs/enrollment.html", context)


def _line(entry: Entry, now: datetime) -> dict[str, str]:
    """An entry in words, as the timeline component takes it."""
    milestone = entry.milestone
    detail = " · ".join(
        part for part in (milestone.place, milestone.note, _("Extended") if entry.is_extended else "") if part
    )
    return {
        "title": entry.title,
        "when": _when(entry, now),
        "state": entry.state,
        "state_label": entry.state_label or (_("Next") if entry.state == "current" else ""),
        "detail": detail,
        "default_note": _("(may still change)")
        if milestone.source == Source.DEFAULT and milestone.ends_at > now
        else "",
    }


def _when(entry: Entry, now: datetime) -> str:
    milestone = entry.milestone
    if milestone.kind in HELD and milestone.starts_time is None:
        first, last = wording.day(milestone.starts_on), wording.day(milestone.ends_on)
        return first if first == last else _("{first} to {last}").format(first=first, last=last)
    at = milestone.starts_at if milestone.kind in HELD else entry.at
    words = wording.deadline(at, entry.zone, reader_zone=timezone.get_current_timezone(), now=now)
    return f"{words.own} ({words.reader})" if words.reader else words.own
