"""A date of the spine as a calendar entry.

What is held takes its time: whole days, or from its start to its end. What is due is half an hour that ends with the
deadline to the second, so that every calendar shows the right hour in its own zone; it leaves the time free.

An entry is named by its milestone, and that name is the team's: when the date moves, or the team is given more time, the
entry moves. Somebody from outside the team who follows several teams sees the later date of one as an entry of its own.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from core import clock, links, wording
from core.calendars import Event, to_json
from programs.models import Cohort, Enrollment, Extension, Milestone, MilestoneKind, Source
from programs.selectors import HELD, CalendarDate, calendar_dates

BEFORE_THE_DEADLINE = timedelta(minutes=30)
UNSAID_LENGTH = timedelta(hours=1)  # of a call whose end nobody has said


def events_for(user: User, cohort: Cohort | None = None) -> list[Event]:
    """The entries of a person's calendar (``selectors.calendar_dates``), each under a name of its own."""
    dates = calendar_dates(user, cohort)
    is_mixed = len({date.milestone.cohort_id for date in dates}) > 1
    named: set[int] = set()
    seen: set[tuple[int, int | None]] = set()
    events = []
    for date in dates:
        key = (date.milestone.pk, date.extension.pk if date.extension else None)
        if key in seen:
            continue
        seen.add(key)
        takes_the_name = date.milestone.pk not in named and (date.is_own or date.extension is None)
        if takes_the_name:
            named.add(date.milestone.pk)
        events.append(_event_of_date(date, takes_the_name, is_mixed))
    return sorted(events, key=lambda event: (str(event.starts), event.uid))


def _event_of_date(date: CalendarDate, takes_the_name: bool, is_mixed: bool) -> Event:
    milestone, enrollment = date.milestone, date.enrollment
    if enrollment is None:
        page = links.absolute("admin:programs_milestone_change", milestone.pk)
    else:
        milestone.cohort = enrollment.cohort
        page = _page(enrollment)
    suffix = milestone.cohort.title if is_mixed else ""
    if takes_the_name and not date.is_own:
        return event_of(milestone, None, suffix=suffix, url=page)
    return event_of(milestone, enrollment, date.extension, is_own=takes_the_name, suffix=suffix, url=page)


def event_of(
    milestone: Milestone,
    enrollment: Enrollment | None,
    extension: Extension | None = None,
    *,
    is_own: bool = True,
    suffix: str = "",
    url: str = "",
) -> Event:
    """One entry: the cohort's own date (no enrollment), a team's for its members, or a team's for somebody outside it.

    ``extension`` is the team's newest and does not move what is held. ``suffix`` stands behind the title in brackets.
    The cohort is expected to be loaded, so this asks nothing of the database.
    """
    extension = None if milestone.kind in HELD else extension
    cohort = enrollment.cohort if enrollment else milestone.cohort
    is_outside = enrollment is not None and not is_own
    name = f"{milestone.public_id}.{enrollment.public_id}" if is_outside else str(milestone.public_id)
    starts, ends, is_whole = _span(milestone, extension)
    marks = [mark for mark in (enrollment.team.name if is_outside else "", suffix) if mark]
    title = milestone.title if milestone.kind in HELD else f"Due: {milestone.title}"
    return Event(
        uid=f"{name}@{links.host()}",
        sequence=_sequence(milestone, extension),
        title=f"{title} ({', '.join(marks)})" if marks else title,
        starts=starts,
        ends=ends,
        all_day=is_whole,
        zone=_zone(milestone, extension).key,
        place=milestone.place,
        description=_description(milestone, enrollment, extension, cohort),
        url=url or (_page(enrollment) if enrollment else ""),
        stamp=extension.granted_at if extension else cohort.created_at,
        busy=milestone.kind == MilestoneKind.SESSION or (milestone.kind == MilestoneKind.CALL and not is_whole),
    )


def entry_in_mail(
    milestone: Milestone, enrollment: Enrollment, extension: Extension | None, *, is_own: bool = True
) -> dict[str, dict]:
    """What the context of a mail about this date says of it, so that the mail brings an ``.ics``."""
    return {"event": to_json(event_of(milestone, enrollment, extension, is_own=is_own))}


def _sequence(milestone: Milestone, extension: Extension | None) -> int:
    """Rises with every move, and with every extension: the newest has the highest key."""
    return milestone.version - 1 + (extension.pk if extension else 0)


def _zone(milestone: Milestone, extension: Extension | None) -> ZoneInfo:
    return extension.zone if extension else milestone.zone


def _page(enrollment: Enrollment) -> str:
    return links.absolute("programs:enrollment", enrollment.public_id)


def _span(milestone: Milestone, extension: Extension | None) -> tuple[datetime, datetime, bool]:
    """Start, end, and whether these are whole days, the first and the last."""
    if milestone.kind not in HELD:
        at = extension.ends_at if extension else milestone.ends_at
        round_end = at + timedelta(seconds=1) if at.second == 59 else at
        return round_end - BEFORE_THE_DEADLINE, at, False
    if milestone.starts_time is None:
        return milestone.starts_on, milestone.ends_on, True
    starts, ends = milestone.starts_at, milestone.ends_at
    if milestone.ends_time is None and milestone.starts_on == milestone.ends_on:
        ends = min(starts + UNSAID_LENGTH, ends)
    return starts, ends, False


def _description(
    milestone: Milestone, enrollment: Enrollment | None, extension: Extension | None, cohort: Cohort
) -> str:
    lines = [f"{enrollment.team.name}, {cohort.title}" if enrollment else cohort.title]
    if milestone.kind not in HELD:
        zone = _zone(milestone, extension)
        at = extension.ends_at if extension else milestone.ends_at
        lines.append(f"Due {wording.moment(at, zone)} {wording.zone_name(zone)}.")
    if extension:
        lines.append("The team was given more time.")
    elif milestone.source == Source.DEFAULT and milestone.ends_at > clock.now():
        lines.append("This date may still change.")
    if milestone.note:
        lines.append(milestone.note)
    return "\n".join(lines)
