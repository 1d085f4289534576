"""A person's own teams, the teams that a coach supports, and the calls that are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application, ApplicationState, Call
from applications.selectors import CallStanding, calls, standing_of, waiting_requests
from assessments.models import Assessment
from core import wording
from improvement.models import Project, QuarterlyUpdate, UpdateState
from improvement.selectors import latest_filed, updates_of
from practices.models import Member
from programs.models import Enrollment, EnrollmentState, MilestoneKind
from programs.selectors import Obligation, obligations
from sessions_app.models import Session

NEXT_SHOWN, DONE_SHOWN = 5, 3
# What the core team starts by itself: the address, and the button before and after.
STARTED = {
    MilestoneKind.ASSESSMENT: ("assessments:start", _("Start the assessment"), _("Go on with the assessment")),
    MilestoneKind.UPDATE: ("improvement:start_update", _("Start the update"), _("Go on with the update")),
}
SEEN = {MilestoneKind.DEADLINE: _("Go on with the application"), MilestoneKind.SESSION: _("See the session")}
# Somebody else notes that these were met, so a passed date is no reproach to the team.
NOTED_BY_STAFF = (MilestoneKind.SESSION, MilestoneKind.CALL)
# What stays on a home page: a team that was declined or has left finds its history elsewhere.
GONE = (EnrollmentState.DECLINED, EnrollmentState.WITHDRAWN)


@dataclass(frozen=True)
class Task:
    """One line of a task list, as ``{% task_list %}`` takes it."""

    title: str
    url: str
    status: str
    tone: str
    hint: str


@dataclass(frozen=True)
class Step:
    """The one thing to do next, with the button that leads to it. ``opens_new``: the button is a POST that starts it."""

    task: Task
    url: str
    label: str
    opens_new: bool


@dataclass(frozen=True)
class Card:
    """One enrollment on its member's home page. ``lately``: what was met, and past sessions whose attendance is not recorded.

    ``returned``: the parts of the application that staff want changed, and nobody has yet.
    """

    enrollment: Enrollment
    returned: list[Task]
    late: list[Task]
    coming: list[Task]
    lately: list[Task]
    application: Application | None
    project: Project | None
    earlier_projects: list[Project]
    may_start_project: bool
    step: Step | None

    @property
    def also_late(self) -> list[Task]:
        """What is overdue beside the next step."""
        return self.late[1:]

    @property
    def later(self) -> list[Task]:
        """What comes after the next step."""
        return self.coming if self.late else self.coming[1:]

    @property
    def key(self) -> str:
        """Names the card in the page, for headings."""
        return str(self.enrollment.pk)


@dataclass(frozen=True)
class CoachedTeam:
    """One line of a coach's list. ``late`` holds titles of what is overdue."""

    enrollment: Enrollment
    last_update: QuarterlyUpdate | None
    late: list[str]


def own_enrollments(user: User) -> QuerySet[Enrollment]:
    """The enrollments of the teams that ``user`` belongs to now."""
    teams = Member.objects.current().filter(user=user).values("team")
    rows = Enrollment.objects.visible_to(user).filter(team__in=teams).exclude(state__in=GONE)
    return rows.select_related("cohort__program", "team__practice").order_by("-cohort__starts_on", "pk")


def cards(user: User, *, now: datetime) -> list[Card]:
    """What is late, next and recently done for each of the person's teams, personal duties only their own.

    Thirteen queries at most, however many teams, and one more for each application that staff returned.
    """
    enrollments = list(own_enrollments(user))
    if not enrollments:
        return []
    pages = _Pages(enrollments, user)
    duties = [duty for duty in obligations(enrollments) if duty.member is None or duty.member.user_id == user.pk]
    return [_card(row, [duty for duty in duties if duty.enrollment == row], pages, user, now) for row in enrollments]


def _card(enrollment: Enrollment, duties: list[Obligation], pages: "_Pages", user: User, now: datetime) -> Card:
    unmet = sorted((duty for duty in duties if not duty.is_done), key=lambda duty: duty.due_at)
    met = sorted((duty for duty in duties if duty.is_done), key=lambda duty: duty.completion.completed_at, reverse=True)
    passed = [duty for duty in unmet if duty.is_late(now)]
    unrecorded = [duty for duty in passed if duty.milestone.kind in NOTED_BY_STAFF]
    late = [duty for duty in passed if duty.milestone.kind not in NOTED_BY_STAFF]
    coming = [duty for duty in unmet if not duty.is_late(now)]
    first = [*late, *coming][:1]
    return Card(
        enrollment=enrollment,
        returned=pages.returned(enrollment, user),
        late=[_task(duty, pages, user, now) for duty in late],
        coming=[_task(duty, pages, user, now) for duty in coming[:NEXT_SHOWN]],
        lately=[_task(duty, pages, user, now) for duty in [*unrecorded, *met[:DONE_SHOWN]]],
        application=pages.applications.get(enrollment.pk),
        project=pages.projects.get(enrollment.pk),
        earlier_projects=[row for row in pages.all_projects if row.enrollment_id == enrollment.pk][:-1],
        may_start_project=pages.may_start_project(enrollment),
        step=pages.step_for(first[0], _task(first[0], pages, user, now)) if first else None,
    )


def _task(duty: Obligation, pages: "_Pages", user: User, now: datetime) -> Task:
    status, tone = status_of(duty, now, is_begun=pages.is_begun(duty))
    return Task(duty.milestone.title, pages.url_for(duty), status, tone, _hint(duty, user, now))


def _hint(duty: Obligation, user: User, now: datetime) -> str:
    """When it was done, when and where it takes place, or when it is due, in words."""
    milestone = duty.milestone
    if duty.is_done:
        return f"Done {wording.moment(duty.completion.completed_at, user.time_zone)}"
    if milestone.kind in NOTED_BY_STAFF:
        days = [wording.day(milestone.starts_on), wording.day(milestone.ends_on)]
        when = " to ".join(dict.fromkeys(days))
        return f"{when}, {milestone.place}" if milestone.place else when
    return f"Due {wording.deadline(duty.due_at, duty.zone, reader_zone=user.time_zone, now=now)}"


def status_of(duty: Obligation, now: datetime, *, is_begun: bool = False) -> tuple[str, str]:
    """The words and the tone of a duty's state."""
    if duty.is_done:
        return ("Completed late", "warning") if duty.is_late(now) else ("Completed", "success")
    if duty.is_late(now):
        return (
            ("Attendance not recorded", "neutral") if duty.milestone.kind in NOTED_BY_STAFF else ("Overdue", "danger")
        )
    if duty.milestone.kind in NOTED_BY_STAFF:
        return "To come", "neutral"
    return ("In progress", "info") if is_begun else ("Not started", "neutral")


class _Pages:
    """What exists already for the duties of some enrollments, so that each task leads to its own page."""

    def __init__(self, enrollments: list[Enrollment], user: User) -> None:
        # The larger team sees the enrollment but not the application.
        applications = Application.objects.visible_to(user).exclude(state=ApplicationState.WITHDRAWN)
        applications = applications.filter(enrollment__in=enrollments)
        self.applications = {row.enrollment_id: row for row in applications}
        self.requests = waiting_requests(self.applications.values())
        assessments = Assessment.objects.filter(enrollment__in=enrollments)
        self.assessments = {(row.enrollment_id, row.milestone_id): row for row in assessments}
        sessions = Session.objects.filter(milestone__cohort__in={row.cohort_id for row in enrollments})
        self.sessions = {row.milestone_id: row for row in sessions}
        self.updates = updates_of(enrollments)
        self.all_projects = list(Project.objects.filter(enrollment__in=enrollments).order_by("started_at", "pk"))
        self.projects = {row.enrollment_id: row for row in self.all_projects}
        self.core_of = set(Member.objects.current().core().filter(user=user).values_list("team", flat=True))

    def returned(self, enrollment: Enrollment, user: User) -> list[Task]:
        """Each part of the application that staff returned, with the page that says what is to be changed."""
        application = self.applications.get(enrollment.pk)
        requests = self.requests.get(application.pk, []) if application else []
        return [
            Task(
                gettext("Change “%(part)s” in your application") % {"part": one.part.title},
                one.url,
                one.words,
                one.tone,
                gettext("Asked %(at)s") % {"at": wording.moment(one.correction.asked_at, user.time_zone)},
            )
            for one in requests
        ]

    def url_for(self, duty: Obligation) -> str:
        """The page where the duty is done; the timeline, which starts things, where there is none yet."""
        kind, key = duty.milestone.kind, (duty.enrollment.pk, duty.milestone.pk)
        name, found = {
            MilestoneKind.DEADLINE: ("applications:detail", self.applications.get(duty.enrollment.pk)),
            MilestoneKind.ASSESSMENT: ("assessments:detail", self.assessments.get(key)),
            MilestoneKind.SESSION: ("sessions_app:detail", self.sessions.get(duty.milestone.pk)),
            MilestoneKind.UPDATE: ("improvement:update", self.updates.get(key)),
        }.get(kind, ("", None))
        if found is None:
            return reverse("programs:enrollment", args=[duty.enrollment.public_id])
        return reverse(name, args=[found.public_id])

    def step_for(self, duty: Obligation, task: Task) -> Step:
        """Where the button of the next thing leads: to its page, or to its start where somebody of the core team may start it."""
        kind, enrollment = duty.milestone.kind, duty.enrollment
        if kind == MilestoneKind.UPDATE and self.may_start_project(enrollment):
            address = reverse("improvement:new_project", args=[enrollment.public_id])
            return Step(task, address, _("Start your project first"), opens_new=False)
        if kind in STARTED:
            address, start, go_on = STARTED[kind]
            if self.is_begun(duty):
                return Step(task, task.url, go_on, opens_new=False)
            if self.is_core(enrollment) and enrollment.state == EnrollmentState.ACTIVE:
                return Step(
                    task, reverse(address, args=[enrollment.public_id, duty.milestone.code]), start, opens_new=True
                )
        has_page = task.url != reverse("programs:enrollment", args=[enrollment.public_id])
        return Step(task, task.url, SEEN.get(kind, "") if has_page else _("See the timeline"), opens_new=False)

    def is_core(self, enrollment: Enrollment) -> bool:
        return enrollment.team_id in self.core_of

    def may_start_project(self, enrollment: Enrollment) -> bool:
        """As ``improvement.permissions.can_edit``, for many enrollments at once; and there is no project yet."""
        return (
            self.is_core(enrollment)
            and enrollment.state == EnrollmentState.ACTIVE
            and enrollment.pk not in self.projects
        )

    def is_begun(self, duty: Obligation) -> bool:
        key = (duty.enrollment.pk, duty.milestone.pk)
        if duty.milestone.kind == MilestoneKind.DEADLINE:
            return duty.enrollment.pk in self.applications
        return key in self.assessments or (key in self.updates and self.updates[key].state == UpdateState.DRAFT)


def coached_teams(user: User, *, now: datetime) -> list[CoachedTeam]:
    """The active teams that ``user`` supports now, with their last filed update and what is overdue. Seven queries at most."""
    supported = Enrollment.objects.visible_to(user).filter(supporters__user=user, supporters__until_on=None)
    rows = supported.filter(state__in=[EnrollmentState.ACTIVE, EnrollmentState.FINISHED]).distinct()
    enrollments = list(rows.select_related("cohort__program", "team__practice").order_by("team__name", "pk"))
    if not enrollments:
        return []
    filed, late = latest_filed(enrollments), late_titles(obligations(enrollments), now)
    return [CoachedTeam(row, filed.get(row.pk), late.get(row.pk, [])) for row in enrollments]


def late_titles(duties: Iterable[Obligation], now: datetime) -> dict[int, list[str]]:
    """What is overdue by enrollment id, each milestone once, in the order of deadlines; what staff record is left out."""
    found: dict[int, list[str]] = {}
    for duty in duties:
        if duty.is_done or not duty.is_late(now) or duty.milestone.kind in NOTED_BY_STAFF:
            continue
        titles = found.setdefault(duty.enrollment.pk, [])
        if duty.milestone.title not in titles:
            titles.append(duty.milestone.title)
    return found


def open_calls(*, now: datetime) -> list[Call]:
    """The calls that take applications now, the nearest deadline first. One query."""
    taking = [call for call in calls() if standing_of(call, now) == CallStanding.OPEN]
    return sorted(taking, key=lambda call: call.deadline.ends_at)
