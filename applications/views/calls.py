"""Calls for applications: the list, and the page of one call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications import permissions, selectors
from applications.models import Call
from applications.selectors import CallStanding
from core import clock, wording
from programs.models import Milestone, MilestoneKind, Program, Source

STANDINGS = {
    CallStanding.UPCOMING: (gettext_lazy("Opens soon"), "neutral"),
    CallStanding.OPEN: (gettext_lazy("Open"), "success"),
    CallStanding.LATE: (gettext_lazy("Deadline passed"), "warning"),
    CallStanding.CLOSED: (gettext_lazy("Closed"), "neutral"),
}


@dataclass(frozen=True)
class ListedCall:
    call: Call
    standing: CallStanding

    @property
    def label(self) -> str:
        return STANDINGS[self.standing][0]

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]

    @property
    def is_open(self) -> bool:
        return self.standing is CallStanding.OPEN


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Public: the open calls first, then what opens soon, then every program."""
    now = clock.now()
    calls = selectors.calls().filter(pk__in=Call.objects.visible_to(request.user))
    listed = [ListedCall(call, selectors.standing_of(call, now)) for call in calls]
    context = {
        "open_calls": [one for one in listed if one.is_open],
        "upcoming": [one for one in listed if one.standing is CallStanding.UPCOMING],
        "past": [one for one in listed if one.standing in (CallStanding.LATE, CallStanding.CLOSED)],
        "programs": Program.objects.all(),
    }
    return render(request, "calls/list.html", context)


@require_safe
def call_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Public: what the program is, who may apply, what it costs, when it happens, and by when to apply."""
    call = visible_call(request, code)
    now = clock.now()
    milestones = call.cohort.milestones.order_by("ends_on", "ends_time", "id")
    own = selectors.led_by(call, request.user) if request.user.is_authenticated else None
    context = {
        "call": call,
        "listed": ListedCall(call, selectors.standing_of(call, now)),
        "facts": call.cohort.program.definition.get("program", {}),
        "rules": selectors.rules_of(call.cohort),
        "timeline": timeline_of(milestones, now),
        "application": own,
        "can_start": not request.user.is_authenticated or permissions.can_start(request.user),
        "asks_first": bool(selectors.asked_of(call)),
        "server_time": time_of_server(now, call.deadline.zone),
    }
    return render(request, "calls/detail.html", context)


def time_of_server(now: datetime, zone: tzinfo) -> str:
    """“10:32:05 AM Eastern”: with seconds, because it decides to the second."""
    local = now.astimezone(zone)
    hour, half = local.hour % 12 or 12, "AM" if local.hour < 12 else "PM"
    return f"{hour}:{local:%M:%S} {half} {wording.zone_name(zone)}"


def visible_call(request: HttpRequest, code: str) -> Call:
    """The call of the cohort, with everything its pages show.

    Raises:
        Http404: there is none.
    """
    return get_object_or_404(selectors.calls().filter(pk__in=Call.objects.visible_to(request.user)), cohort__code=code)


def timeline_of(milestones: Iterable[Milestone], now: datetime) -> list[dict[str, str]]:
    """Entries for the timeline component; the first that is still to come is marked, and so is a date that is our default."""
    entries, seen_next = [], False
    for milestone in milestones:
        state, label = "done", _("Past")
        if milestone.ends_at >= now:
            state, label = ("upcoming", "") if seen_next else ("current", _("Next"))
            seen_next = True
        entries.append(
            {
                "title": milestone.title,
                "when": when_in_words(milestone),
                "state": state,
                "state_label": label,
                "detail": " ".join(part for part in (milestone.place, milestone.note) if part),
                "default_note": _("(may still change)")
                if milestone.source == Source.DEFAULT and state != "done"
                else "",
            }
        )
    return entries


def when_in_words(milestone: Milestone) -> str:
    """“July 11, 2024 to July 12, 2024”; a deadline with its time and zone."""
    if milestone.kind == MilestoneKind.DEADLINE or milestone.ends_time:
        return f"{wording.moment(milestone.ends_at, milestone.zone)} {wording.zone_name(milestone.zone)}"
    if milestone.starts_on == milestone.ends_on:
        return wording.day(milestone.ends_on)
    return f"{wording.day(milestone.starts_on)} {_('to')} {wording.day(milestone.ends_on)}"
