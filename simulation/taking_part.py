"""What the chosen teams do: assess, attend, improve, tell of it; some late, some never, one of them leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.models import User
from assessments import services as assessments
from assessments.models import AnswerKind, Domain, Item
from core import clock
from improvement import services as improvement
from improvement.models import Direction, MeasureKind, Project, QuarterlyUpdate
from practices import services as practices
from practices.models import CORE_ROLES, Member, MemberRole
from programs import services as programs
from programs.models import (
    TAKING_PART,
    Cohort,
    DueFrom,
    Enrollment,
    EnrollmentState,
    Milestone,
    MilestoneKind,
)
from sessions_app import services as sessions
from sessions_app.models import Session
from simulation.agenda import Agenda
from simulation.people import People

DAY = timedelta(days=1)


@dataclass
class TakingPart:
    """One cohort's teams after the choice. ``unfinished``: code of a milestone that the last team but one never does."""

    cohort: Cohort
    people: People
    rng: Random
    staff: User
    unfinished: str = ""
    projects: dict[int, Project] = field(default_factory=dict)

    def schedule(self, agenda: Agenda, milestones: Iterable[Milestone], *, decided_at: datetime) -> None:
        """Put every milestone after the choice on the agenda, one act a team, in the order of the milestones."""
        owed = [row for row in milestones if not row.is_for_applicants and row.due_from != DueFrom.NOBODY]
        for milestone in owed:
            if milestone.kind == MilestoneKind.SESSION:
                agenda.at(milestone.ends_at - timedelta(minutes=5), lambda row=milestone: self._attend(row))
                continue
            start = max(decided_at + DAY, milestone.starts_at - 30 * DAY)
            agenda.at(start, lambda row=milestone: self._schedule_teams(agenda, row))
        updates = [row for row in owed if row.kind == MilestoneKind.UPDATE]
        if len(updates) > 3:
            agenda.at(updates[2].starts_at + 3 * DAY, self._one_team_leaves)
            agenda.at(updates[1].starts_at + 3 * DAY, self._one_leader_changes)

    def _schedule_teams(self, agenda: Agenda, milestone: Milestone) -> None:
        enrollments = self._enrollments()
        for enrollment in enrollments:
            moment = self._moment(milestone, is_reliable=enrollment == enrollments[0])
            is_left_open = milestone.code == self.unfinished and enrollment in enrollments[-2:-1]
            if moment and not is_left_open:
                agenda.at(moment, lambda team=enrollment: self._act(milestone, team))

    def _enrollments(self) -> list[Enrollment]:
        return list(self.cohort.enrollments.filter(state__in=TAKING_PART).select_related("team").order_by("pk"))

    def _moment(self, milestone: Milestone, *, is_reliable: bool) -> datetime | None:
        """When this team does it: mostly in the days before the deadline, sometimes after it, rarely never.

        The first team, which is the demonstration's, does everything in time.
        """
        if milestone.kind == MilestoneKind.CALL:
            return milestone.ends_at - timedelta(minutes=5)
        chance = self.rng.random()
        if chance < 0.03 and not is_reliable:
            return None
        if chance < 0.12 and not is_reliable:
            return milestone.ends_at + DAY * self.rng.uniform(0.5, 9)
        return milestone.ends_at - DAY * self.rng.uniform(0.1, 20)

    def _act(self, milestone: Milestone, enrollment: Enrollment) -> None:
        enrollment.refresh_from_db()
        if enrollment.state not in TAKING_PART:
            return
        act = {
            MilestoneKind.ASSESSMENT: self._assess,
            MilestoneKind.UPDATE: self._update,
        }.get(milestone.kind, self._simply_complete)
        act(milestone, enrollment)

    def _leader(self, enrollment: Enrollment) -> User:
        return enrollment.team.members.current().get(role=MemberRole.LEADER).user

    def _members(self, milestone: Milestone, enrollment: Enrollment) -> list[Member]:
        members = enrollment.team.members.current().select_related("user").order_by("pk")
        return list(members if milestone.due_from == DueFrom.TEAM else members.filter(role__in=CORE_ROLES))

    def _simply_complete(self, milestone: Milestone, enrollment: Enrollment) -> None:
        if not milestone.is_personal:
            programs.complete(enrollment, milestone, by=self._leader(enrollment))
            return
        for member in self._members(milestone, enrollment):
            if self.rng.random() < 0.95:
                programs.complete(enrollment, milestone, by=member.user, member=member)

    def _attend(self, milestone: Milestone) -> None:
        """Staff record the whole list on the last day; a few members stayed away."""
        session = Session.objects.get(milestone=milestone)
        presence = set()
        for enrollment in self._enrollments():
            for member in self._members(milestone, enrollment):
                if self.rng.random() < 0.96:
                    presence |= {(day, member) for day in session.days.all()}
        sessions.record_all(session, presence, by=self.staff)

    def _assess(self, milestone: Milestone, enrollment: Enrollment) -> None:
        leader = self._leader(enrollment)
        round_number = enrollment.assessments.count()
        try:
            assessment = assessments.start_assessment(enrollment, milestone, by=leader)
        except assessments.AssessmentRefused:  # its baseline was never made
            return
        for domain in Domain.objects.filter(version=assessment.version).prefetch_related("items__levels"):
            answers = [self._answer(item, round_number) for item in domain.items.all()]
            assessments.agree_domain(assessment, answers, by=leader)
        assessments.submit(assessment, by=leader, arrived_at=clock.now())

    def _answer(self, item: Item, round_number: int) -> assessments.ItemAnswer:
        """A little better in every round; now and then there is no data."""
        levels = list(item.levels.all())
        drift = self.rng.random() * 1.6 + 0.8 * round_number
        if item.allows_no_data and self.rng.random() < 0.05:
            return assessments.ItemAnswer(item, AnswerKind.NO_DATA)
        return assessments.ItemAnswer(item, AnswerKind.LEVEL, levels[min(int(drift), len(levels) - 1)])

    def _project(self, enrollment: Enrollment) -> Project:
        if enrollment.pk not in self.projects:
            leader = self._leader(enrollment)
            project = improvement.start_project(
                enrollment,
                by=leader,
                title="Synthetic project: symptom screening at every visit",
                problem="Synthetic example: too few visits begin with a documented symptom screening.",
                aim="Raise documented screening from 40 to 80 percent of visits within a year, for all patients.",
            )
            improvement.add_measure(
                project,
                by=leader,
                title="Visits with documented screening",
                kind=MeasureKind.PROCESS,
                numerator="Visits with a documented symptom screening",
                denominator="All visits of the month",
                target_percent=Decimal(80),
                direction=Direction.UP,
            )
            self.projects[enrollment.pk] = project
        return self.projects[enrollment.pk]

    def _update(self, milestone: Milestone, enrollment: Enrollment) -> None:
        leader, project = self._leader(enrollment), self._project(enrollment)
        update = improvement.start_update(enrollment, milestone, by=leader)
        quarters = QuarterlyUpdate.objects.filter(enrollment=enrollment).count()
        visits = self.rng.randint(80, 240)
        rate = min(0.4 + 0.05 * quarters + self.rng.uniform(-0.06, 0.06), 0.97)
        improvement.record_point(
            project.measures.get(),
            by=leader,
            period_start=update.period_start,
            period_end=update.period_end,
            numerator=int(visits * rate),
            denominator=visits,
        )
        improvement.save_update(
            update,
            by=leader,
            base_version=update.version,
            changes="Synthetic: a reminder in the record, tried in one clinic.",
            barriers="Synthetic: staff turnover.",
            next_steps="Synthetic: extend it to a second clinic.",
            progress=min(Decimal(quarters + 1) / 2, Decimal(5)),
            progress_reason="Synthetic: judged by the run of the data.",
        )
        update.refresh_from_db()
        improvement.submit_update(update, by=leader, arrived_at=clock.now())

    def _one_team_leaves(self) -> None:
        leaving = self._enrollments()[-1]
        programs.withdraw(leaving, reason="Staff turnover (synthetic)", by=self.staff)

    def _one_leader_changes(self) -> None:
        """The old leader stays in the core team, so that the size stays within the program's bounds."""
        enrollment = self._enrollments()[len(self._enrollments()) // 2]
        successor = enrollment.team.members.current().filter(role=MemberRole.CORE).order_by("pk").first()
        if successor:
            practices.change_leader(
                enrollment.team, successor, by=self.staff, reason="The former leader handed over (synthetic)"
            )

    def finish(self) -> None:
        """At the end of the program, every team that is still taking part has finished."""
        for enrollment in self._enrollments():
            if enrollment.state == EnrollmentState.ACTIVE:
                programs.finish(enrollment, by=self.staff)
