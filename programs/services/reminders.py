"""Finding the reminders whose time has come and writing them into the outbox.

"Has come and is not there yet" heals any outage: nothing is found by an equal date. Each reminder stays useful until the
day of the next one to the same person about the same duty, so after an outage one goes out and the older ones expire with
a reason.

What falls on one person's same day is one mail, so a person's whole day is planned at its beginning and leaves with the
first of it (``notifications.services.digests``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import ceil
from typing import NamedTuple, TypeVar

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from accounts.models import Role, User
from core import wording
from notifications.models import Wording
from notifications.services import Line, enqueue_lines, wordings
from practices.models import Member, MemberRole
from programs import timeline
from programs.models import (
    APPLICATION_KINDS,
    Audience,
    Completion,
    DueFrom,
    Enrollment,
    Extension,
    LatePolicy,
    Milestone,
    Reminder,
    Supporter,
    SupporterRole,
    roles_that_owe,
)
from programs.selectors import deadline_from, in_progress, is_expected, owes_personally
from programs.services.events import entry_in_mail
from programs.services.topics import REMINDER, topic_of

Thing = TypeVar("Thing")

LOOK_BACK = timedelta(days=30)  # what was missed longer ago is not even recorded as expired
HEAD_START = timedelta(days=7)  # a reminder that came longer than this before the team joined was never for it
USEFUL_AFTER = timedelta(days=7)  # how long a reminder after the deadline may still be sent
A_DAY = timedelta(hours=26)  # the longest local day there is, and more
BATCH = 400  # keys asked for at once; SQLite takes a limited number of values in a query
CHUNK = 200  # enrollments held in memory at once


class Moment(NamedTuple):
    """When one reminder comes, and until when it may be sent."""

    at: datetime
    reminder: Reminder
    useful_until: datetime
    is_overdue: bool


@dataclass(frozen=True)
class Duty:
    """What one enrollment owes as a team, or one member of it alone."""

    milestone: Milestone
    enrollment: Enrollment
    extension: Extension | None
    member: Member | None


def plan_due(*, now: datetime) -> int:
    """Write every reminder that is due by ``now`` (aware) or later on its reader's same day, and is not there yet.

    Returns how many. Safe to run twice, late, and beside itself. The number of queries does not grow with the teams until
    they fill a chunk of 200 enrollments; then it grows by the chunk, and memory not at all.
    """
    return sum(enqueue_lines(batch) for batch in _batches(lines_due(now=now), BATCH))


def lines_due(*, now: datetime, milestones: dict[int, list[Milestone]] | None = None) -> Iterator[Line]:
    """Every reminder that is due by ``now`` or later on its reader's same day, written already or not, streamed.

    ``milestones`` by cohort, their reminders prefetched: these alone; otherwise all that may have something due.
    """
    milestones = _milestones_around(now) if milestones is None else milestones
    if not milestones:
        return
    staff = list(User.objects.filter(role=Role.STAFF, is_active=True).order_by("pk"))
    words = _wordings(row for rows in milestones.values() for milestone in rows for row in milestone.reminders.all())
    for enrollment in _owing_enrollments(milestones):
        for duty in _open_duties(enrollment, milestones[enrollment.cohort_id]):
            yield from _lines(duty, staff, now, words)


def lines_ahead(*, since: datetime, until: datetime) -> Iterator[Line]:
    """The reminders whose time comes after ``since`` and by ``until``, written already or not, streamed. Writes nothing."""
    milestones = _milestones_around(until, since=since)
    return (line for line in lines_due(now=until, milestones=milestones) if since < line.due_at <= until)


def lines_of(reminder: Reminder, enrollment: Enrollment, person: User | None = None) -> list[Line]:
    """What one line of a plan would write to whom in one team, done or not and whenever: for looking at it beforehand."""
    milestone, found = reminder.milestone, {}
    extension = enrollment.extensions.filter(milestone=milestone).order_by("granted_at", "id").last()
    enrollment = Enrollment.objects.get(pk=enrollment.pk)  # afresh: what was fetched with it may be other people
    _fetch_people([enrollment])
    members = enrollment.team.members.all()
    owing = [member for member in members if milestone.is_personal and owes_personally(member, milestone)]
    staff = list(User.objects.filter(role=Role.STAFF, is_active=True).order_by("pk"))
    words = _wordings([reminder])
    for member in owing or [None]:
        duty = Duty(milestone, enrollment, extension, member)
        moment = next(row for row in _moments(milestone, extension, [reminder], is_whole=True))
        for reader in _people(duty, reminder.audience, staff):
            if reader.is_active and person in (None, reader):
                found.setdefault(reader.pk, _line(duty, moment, reader, moment.useful_until, words))
    return list(found.values())


def readers(milestones: dict[int, list[Milestone]]) -> dict[int, dict[User, list[Enrollment]]]:
    """Whom each line of these plans (by cohort, reminders prefetched) would write to if its time came now, and about whom.

    By the line's key; those who have done what they owe are not among them.
    """
    found: dict[int, dict[User, list[Enrollment]]] = defaultdict(dict)
    staff = list(User.objects.filter(role=Role.STAFF, is_active=True).order_by("pk"))
    for enrollment in _owing_enrollments(milestones):
        for duty in _open_duties(enrollment, milestones[enrollment.cohort_id]):
            for moment in _moments(duty.milestone, duty.extension, duty.milestone.reminders.all()):
                for person in _people(duty, moment.reminder.audience, staff):
                    about = found[moment.reminder.pk].setdefault(person, []) if person.is_active else [enrollment]
                    if enrollment not in about:
                        about.append(enrollment)
    return found


def _milestones_around(now: datetime, *, since: datetime | None = None) -> dict[int, list[Milestone]]:
    """The milestones, by cohort, of which a reminder has come lately, by their own date or perhaps by an extended one.

    ``since``: or has come only after it, where that is later.
    """
    first = max(since or now - LOOK_BACK, now - LOOK_BACK)
    offsets = Reminder.objects.order_by().values_list("offset_days", "offset_hours").distinct()
    days = [0, *(hours / 24 if days is None else days for days, hours in offsets)]
    before, after = 3 + ceil(-min(days)), 2 + ceil(max(days))
    span = (now.date() - LOOK_BACK - timedelta(days=after), now.date() + timedelta(days=before))
    extended = set(Extension.objects.filter(ends_on__range=span).order_by().values_list("milestone", flat=True))
    near = Milestone.objects.filter(Q(ends_on__range=span) | Q(pk__in=extended)).exclude(due_from=DueFrom.NOBODY)
    found = defaultdict(list)
    # The orders of display join half the tables of the room, and are of no use to a sweep: here and below, by key.
    for milestone in near.order_by("pk").prefetch_related(Prefetch("reminders", Reminder.objects.order_by("pk"))):
        has_come = any(
            first <= moment.at <= now + A_DAY for moment in _moments(milestone, None, milestone.reminders.all())
        )
        if has_come or (milestone.pk in extended and milestone.reminders.all()):
            found[milestone.cohort_id].append(milestone)
    return found


def _owing_enrollments(milestones: dict[int, list[Milestone]]) -> Iterator[Enrollment]:
    """Those to which something may be due, streamed, each with all that the decision needs.

    Most have done what they owe, so people are fetched only for the others.
    """
    wanted = [milestone.pk for rows in milestones.values() for milestone in rows]
    done = Completion.objects.filter(milestone__in=wanted).order_by("pk")
    extensions = Extension.objects.filter(milestone__in=wanted).order_by("granted_at", "id")
    rows = Enrollment.objects.filter(in_progress(), cohort__in=milestones).order_by("pk")
    rows = rows.prefetch_related(Prefetch("completions", done), Prefetch("extensions", extensions))
    for chunk in _batches(rows.iterator(chunk_size=CHUNK), CHUNK):
        owing = [enrollment for enrollment in chunk if _may_owe(enrollment, milestones[enrollment.cohort_id])]
        _fetch_people(owing)
        yield from owing


def _fetch_people(enrollments: list[Enrollment]) -> None:
    """Present members and coaches, as ``_people`` and ``_open_duties`` expect to find them."""
    members = Member.objects.current().select_related("user").order_by("pk")
    coaches = Supporter.objects.filter(role=SupporterRole.COACH, until_on=None).select_related("user").order_by("pk")
    prefetch_related_objects(
        enrollments, "cohort", "team", Prefetch("team__members", members), Prefetch("supporters", coaches)
    )


def _may_owe(enrollment: Enrollment, milestones: list[Milestone]) -> bool:
    """Whether anything is open, as far as can be told without the members: a personal duty always may be."""
    done = {row.milestone_id for row in enrollment.completions.all()}
    return any(
        is_expected(enrollment, milestone) and (milestone.is_personal or milestone.pk not in done)
        for milestone in milestones
    )


def _open_duties(enrollment: Enrollment, milestones: list[Milestone]) -> Iterator[Duty]:
    done = {(row.milestone_id, row.member_id) for row in enrollment.completions.all()}
    extensions = {row.milestone_id: row for row in enrollment.extensions.all()}
    for milestone in milestones:
        if not is_expected(enrollment, milestone):
            continue
        owing = [None]
        if milestone.is_personal:
            owing = [member for member in enrollment.team.members.all() if owes_personally(member, milestone)]
        for member in owing:
            if (milestone.pk, member.pk if member else None) not in done:
                yield Duty(milestone, enrollment, extensions.get(milestone.pk), member)


def _wordings(reminders: Iterable[Reminder]) -> dict[str, Wording]:
    """By code, the newest version of the words of staff's own that these reminders are in; mostly none, and no query."""
    return wordings.newest(reminder.template for reminder in reminders)


def _lines(duty: Duty, staff: list[User], now: datetime, words: dict[str, Wording]) -> Iterator[Line]:
    """The reminders of one duty that are due, each ending before the day on which the next to the same person comes."""
    plans: dict[User, list[Moment]] = defaultdict(list)
    for moment in _moments(duty.milestone, duty.extension, duty.milestone.reminders.all()):
        for person in _people(duty, moment.reminder.audience, staff):
            plans[person].append(moment)
    for person, moments in plans.items():
        if not person.is_active:
            continue
        moments = _once_a_day(moments, person)
        for moment, following in zip(moments, [*moments[1:], None], strict=True):
            until = moment.useful_until
            if following and following.is_overdue == moment.is_overdue:
                until = min(until, _eve(following.at, person))
            if _is_for(duty, moment, until, now, person):
                yield _line(duty, moment, person, until, words)


def _once_a_day(moments: list[Moment], person: User) -> list[Moment]:
    """In order; of several on one day of the reader's, before the deadline or after it, the last, as early as the first."""
    days: dict[tuple[date, bool], Moment] = {}
    for moment in sorted(moments, key=lambda moment: moment.at):
        day = moment.at.astimezone(person.time_zone).date(), moment.is_overdue
        days[day] = moment._replace(at=days[day].at) if day in days else moment
    return list(days.values())


def _moments(
    milestone: Milestone, extension: Extension | None, reminders: Iterable[Reminder], *, is_whole: bool = False
) -> Iterator[Moment]:
    """When the reminders of a plan come; with ``is_whole`` also the one after a deadline past which nothing is taken."""
    deadline = deadline_from(milestone, extension)
    day, zone = (extension.ends_on, extension.zone) if extension else (milestone.ends_on, milestone.zone)
    for reminder in reminders:
        at = timeline.reminder_at(
            day,
            deadline.at,
            zone,
            days=reminder.offset_days,
            hours=reminder.offset_hours,
            send_time=reminder.send_time,
        )
        if at < deadline.at:
            yield Moment(at, reminder, deadline.at, is_overdue=False)
        elif is_whole or milestone.late_policy == LatePolicy.ACCEPT:
            yield Moment(at, reminder, at + USEFUL_AFTER, is_overdue=True)


def _is_for(duty: Duty, moment: Moment, until: datetime, now: datetime, person: User) -> bool:
    """Whether the reminder is to be written: its day has come, and it was meant for a team that was there.

    What says "overdue" is written only once it is.
    """
    may_wait = not moment.is_overdue or deadline_from(duty.milestone, duty.extension).at < now
    has_come = moment.at <= (_end_of_day(now, person) if may_wait else now)
    if moment.at < now - LOOK_BACK or not has_come:
        return False
    began = _began(duty)
    return moment.at >= began or (moment.at >= began - HEAD_START and until > now)


def _end_of_day(now: datetime, person: User) -> datetime:
    """The last moment of the reader's own day."""
    return timeline.resolve(now.astimezone(person.time_zone).date(), timeline.END_OF_DAY, person.time_zone)


def _eve(at: datetime, person: User) -> datetime:
    """The last moment of the day before, as the reader has it: two reminders of one duty never stand in one mail."""
    day = at.astimezone(person.time_zone).date() - timedelta(days=1)
    return timeline.resolve(day, timeline.END_OF_DAY, person.time_zone)


def _began(duty: Duty) -> datetime:
    """Since when the enrollment has owed this: since it began to apply, or since the morning on which it joined."""
    if duty.milestone.kind in APPLICATION_KINDS:
        return duty.enrollment.started_at
    return timeline.resolve(duty.enrollment.joined_on, time.min, duty.enrollment.cohort.zone)


def _people(duty: Duty, audience: str, staff: list[User]) -> list[User]:
    members = duty.enrollment.team.members.all()
    if audience == Audience.STAFF:
        return staff
    if audience == Audience.COACH:
        return [supporter.user for supporter in duty.enrollment.supporters.all()]
    if audience == Audience.LEADER:
        return [member.user for member in members if member.role == MemberRole.LEADER]
    if audience == Audience.MEMBERS:
        return [member.user for member in members]
    if duty.member:
        return [duty.member.user]
    return [member.user for member in members if member.role in roles_that_owe(duty.milestone.due_from)]


def key_of(duty: Duty, person: User, label: str) -> str:
    """``rem:<milestone>:<version>:<recipient>:<enrollment>:<offset>``; an extension is a version of its own.

    Moving the milestone does not touch who was given more time: their date, and so their keys, stay. To those who are not
    the one who owes it (a coach, staff) a personal duty is one mail for the whole team.
    """
    version = f"x{duty.extension.pk}" if duty.extension else str(duty.milestone.version)
    return f"{REMINDER}:{duty.milestone.pk}:{version}:{person.pk}:{duty.enrollment.pk}:{label}"


def _line(duty: Duty, moment: Moment, person: User, until: datetime, words: dict[str, Wording]) -> Line:
    milestone, enrollment = duty.milestone, duty.enrollment
    deadline = deadline_from(milestone, duty.extension)
    zone = duty.extension.zone if duty.extension else milestone.zone
    day = wording.day(deadline.at.astimezone(zone))
    is_for_team = any(member.user_id == person.pk for member in enrollment.team.members.all())
    context = {
        "title": milestone.title,
        "kind": milestone.kind,
        "team": enrollment.team.name,
        "cohort": enrollment.cohort.title,
        "place": milestone.place,
        "days": _days(milestone) if milestone.starts_time is None else "",
        "starts_at": milestone.starts_at.isoformat(),
        "due_at": deadline.at.isoformat(),
        "zone": zone.key,
        "is_overdue": moment.is_overdue,
        "is_for_team": is_for_team,
        "link": {"page": "programs:enrollment", "args": [str(enrollment.public_id)]},
        # What is over has no place in a calendar.
        **({} if moment.is_overdue else entry_in_mail(milestone, enrollment, duty.extension, is_own=is_for_team)),
    }
    own = words.get(moment.reminder.template)
    subject = f"{'Overdue since' if moment.is_overdue else 'Due'} {day}: {milestone.title}"
    if own:
        with timezone.override(person.time_zone):
            subject = wordings.render_subject(own, context | {"recipient_name": person.name})
    return Line(
        key=key_of(duty, person, moment.reminder.label),
        to=person,
        topic=topic_of(milestone, enrollment),
        subject=subject,
        template=wordings.template_of(own) if own else wordings.BUILT_IN,
        context=context,
        due_at=moment.at,
        not_after=until,
    )


def _days(milestone: Milestone) -> str:
    first, last = wording.day(milestone.starts_on), wording.day(milestone.ends_on)
    return first if first == last else f"{first} to {last}"


def _batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
