"""Which mails a run must have delivered, worked out apart from the code that plans them.

The planner asks at every sweep what has come due. This asks the other way round, once, after the run: from the milestones,
their reminder plans, the members and the history of what was done when, at which sweep must which mail have gone? It uses
none of the planner's functions.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from applications.models import Application, Letter
from core.models import AuditEntry
from improvement.models import QuarterlyUpdate
from notifications.models import Kind
from practices.models import Invitation, Member
from programs.models import Cohort, Completion, Enrollment, Milestone

DAY = timedelta(days=1)
WEEK = 7 * DAY
OWED_BY = {
    "leader": {"leader"},
    "enrollment": {"leader", "core"},
    "core_team": {"leader", "core"},
    "team": {"leader", "core", "larger"},
}
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Expectation:
    address: str
    kind: str
    subject: str


@dataclass(frozen=True)
class Grid:
    """The moments at which the software was swept."""

    start: datetime
    every: timedelta
    end: datetime

    def first_after(self, moment: datetime) -> datetime:
        """The first sweep at or after ``moment``; FOREVER if the run had ended by then."""
        if moment > self.end:
            return FOREVER
        steps = max(-((self.start - moment) // self.every), 0)
        sweep = self.start + steps * self.every
        return sweep if sweep <= self.end else FOREVER


def expected_mail(cohort: Cohort, grid: Grid) -> list[Expectation]:
    """Every mail that must have come to somebody by the end of the run."""
    return [*_answers(cohort, grid.end), *_reminders(cohort, grid)]


def _answers(cohort: Cohort, end: datetime) -> Iterator[Expectation]:
    """One mail for each invitation, submission, decision and filed update; to ask for each letter, to thank for it, and of it."""
    for invitation in Invitation.objects.filter(team__enrollments__cohort=cohort):
        yield Expectation(invitation.email, Kind.INVITATION, "")
    for letter in Letter.objects.filter(application__call__cohort=cohort).select_related("sponsor", "asked_by"):
        yield Expectation(letter.sponsor.email, Kind.INVITATION, "")
        if letter.done_at:
            yield Expectation(letter.sponsor.email, Kind.RECEIPT, "")
            yield Expectation(letter.asked_by.email, Kind.NEWS, "")
    for application in Application.objects.filter(call__cohort=cohort).select_related("submitted_by"):
        if application.submitted_at:
            yield Expectation(application.submitted_by.email, Kind.RECEIPT, "")
        if application.decided_at:
            yield Expectation(application.submitted_by.email, Kind.DECISION, "")
    for update in QuarterlyUpdate.objects.filter(enrollment__cohort=cohort, submitted_at__lte=end).select_related(
        "submitted_by"
    ):
        yield Expectation(update.submitted_by.email, Kind.RECEIPT, "")


@dataclass(frozen=True, order=True)
class _Line:
    """One reminder in a mail; the order is that of the mail."""

    deadline: datetime
    milestone: str
    subject: str


def _reminders(cohort: Cohort, grid: Grid) -> Iterator[Expectation]:
    """What a person is reminded of at one sweep is one mail: a run sweeps once a day, after the day's reminders."""
    history, mails = _History(cohort), defaultdict(list)
    milestones = cohort.milestones.exclude(due_from="nobody").prefetch_related("reminders")
    for milestone in milestones:
        for enrollment in history.enrollments:
            for address, sweep, line in _of_duty(milestone, enrollment, history, grid):
                mails[address, sweep].append(line)
    for (address, _), lines in mails.items():
        more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
        yield Expectation(address, Kind.REMINDER, min(lines).subject + more)


def _of_duty(
    milestone: Milestone, enrollment: Enrollment, history: "_History", grid: Grid
) -> Iterator[tuple[str, datetime, _Line]]:
    """The reminders of one milestone to one team: to whom, and at which sweep."""
    began, ended = history.owed_between(enrollment, milestone)
    deadline = _instant(milestone.ends_on, milestone.ends_time or time(23, 59, 59), milestone.zone)
    moments = sorted(
        _instant(milestone.ends_on + timedelta(days=row.offset_days), row.send_time, milestone.zone)
        for row in milestone.reminders.all()
    )
    for moment, following in pairwise([*moments, FOREVER]):
        sweep = grid.first_after(max(moment, began))
        useful_until = min(following, deadline if moment < deadline else moment + WEEK)
        if moment < began - WEEK or sweep >= ended or sweep > useful_until:
            continue
        word = "Due" if moment < deadline else "Overdue since"
        subject = f"{word} {milestone.ends_on:%B} {milestone.ends_on.day}, {milestone.ends_on.year}: {milestone.title}"
        for member in history.members[enrollment.team_id]:
            if history.owes(member, milestone, enrollment, sweep):
                yield member.user.email, sweep, _Line(deadline, f"{milestone.pk}:", subject)


def _instant(day: object, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


class _History:
    """Who was what, and what was done, when."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.enrollments = list(Enrollment.objects.filter(cohort=cohort).order_by("pk"))
        self.members = defaultdict(list)
        for member in Member.objects.filter(team__enrollments__cohort=cohort).select_related("user"):
            self.members[member.team_id].append(member)
        self.done = {
            (row.milestone_id, row.enrollment_id, row.member_id): row.completed_at
            for row in Completion.objects.filter(enrollment__cohort=cohort)
        }
        self.moves = defaultdict(dict)
        for entry in AuditEntry.objects.filter(object_type="programs.enrollment").order_by("at", "id"):
            self.moves[entry.object_id].setdefault(entry.to_state, entry.at)

    def owed_between(self, enrollment: Enrollment, milestone: Milestone) -> tuple[datetime, datetime]:
        """From when to when ``milestone`` was on this team's list at all; the same moment twice: never."""
        moves = self.moves[enrollment.pk]
        if milestone.kind in ("opening", "deadline"):
            ends = [at for state, at in moves.items() if state != "applying" and state]
            return enrollment.started_at, min(ends, default=FOREVER)
        if "active" not in moves or milestone.ends_on < enrollment.joined_on:
            return FOREVER, FOREVER
        left = moves.get("withdrawn", FOREVER)
        if enrollment.left_on and milestone.ends_on > enrollment.left_on:
            return moves["active"], left
        return moves["active"], min(left, moves.get("finished", FOREVER))

    def owes(self, member: Member, milestone: Milestone, enrollment: Enrollment, sweep: datetime) -> bool:
        """Whether the duty was this member's at ``sweep``, and still open."""
        if member.role not in OWED_BY[milestone.due_from]:
            return False
        day = sweep.date()
        if member.joined_on > day or (member.left_on and member.left_on <= day):
            return False
        personal = milestone.due_from in ("core_team", "team")
        done = self.done.get((milestone.pk, enrollment.pk, member.pk if personal else None), FOREVER)
        return done > sweep
