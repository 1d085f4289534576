"""Calls for applications: the list, the page of one call, and starting an application."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions, selectors, services
from applications.forms import StartForm, mark_needed
from applications.models import Call
from applications.selectors import CallStanding
from core import clock, wording
from core.refusals import Refused
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
    call = _visible_call(request, code)
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
    }
    return render(request, "calls/detail.html", context)


def _visible_call(request: HttpRequest, code: str) -> Call:
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
                "default_note": _("our default, may change")
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


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Choose or enter the practice, name the team; a POST begins the application. Somebody who leads one is sent to it."""
    call = _visible_call(request, code)
    if not permissions.can_start(request.user):
        raise PermissionDenied(_("Staff decide about applications and do not apply themselves."))
    if own := selectors.led_by(call, request.user):
        return redirect("applications:detail", own.public_id)
    form = StartForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.start_application(
                call,
                team_name=form.cleaned_data["team_name"],
                leader=request.user,
                by=request.user,
                arrived_at=request.arrived_at,
                **form.choice,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your application has been started. Work on its parts in any order."))
            return redirect("applications:detail", application.public_id)
    listed = ListedCall(call, selectors.standing_of(call, clock.now()))
    mark_needed(form, form.needed)
    return render(request, "calls/start.html", {"call": call, "listed": listed, "form": form})
