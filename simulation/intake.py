"""Applying and choosing: from the opening of a call to the letters."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from applications import services as applications
from applications.models import Application, ApplicationState, Call, Letter
from applications.selectors import rules_of
from practices import services as practices
from practices.models import Invitation, MemberRole
from programs import services as programs
from programs.models import SupporterRole
from questionnaires import services as questionnaires
from questionnaires.samples import made_up_answers
from simulation.agenda import Agenda
from simulation.names import practice as practice_facts
from simulation.people import People

# Of a hundred applications that are begun: so many are never sent, so many are taken back, so many come late.
NEVER_SENT, TAKEN_BACK, LATE = 0.08, 0.03, 0.02
TEAMS_PER_COACH = 4
# Colleagues answer their invitations on the next day, after the mail has come, and so does the sponsor.
ANSWERED_AFTER = timedelta(hours=25)


@dataclass
class Applicant:
    number: int
    application: Application | None = None
    leader: User | None = None
    invited: list[tuple[Invitation, User]] = field(default_factory=list)
    letter: Letter | None = None


@dataclass
class Intake:
    """One call and everybody who answers it."""

    call: Call
    people: People
    rng: Random
    staff: User | None
    coaches: list[User]
    teams: int
    applicants: list[Applicant] = field(default_factory=list)
    team_name_prefix: str = "Team"
    drafts: set[int] = field(default_factory=set)

    def schedule(self, agenda: Agenda, count: int, decide_at: datetime | None) -> None:
        """Put ``count`` applications on the agenda, and the choice of the teams at ``decide_at``, if any."""
        opens, closes = self.call.opening.starts_at, self.call.deadline.ends_at
        for number in range(1, count + 1):
            applicant = Applicant(number)
            self.applicants.append(applicant)
            start = opens + (closes - opens) * (self.rng.random() * 0.85)
            if number == 1 or number in self.drafts:
                start = opens + timedelta(hours=number)
            agenda.at(start, lambda who=applicant: self._start(who))
            agenda.at(start + ANSWERED_AFTER, lambda who=applicant: self._join(who))
            if number not in self.drafts:
                self._schedule_end(agenda, applicant, start, closes)
        if decide_at:
            agenda.at(decide_at, self._decide)

    def _schedule_end(self, agenda: Agenda, who: Applicant, start: datetime, closes: datetime) -> None:
        """The first applicants always finish in time, so that there is somebody to choose."""
        fate = 1.0 if who.number <= self.teams else self.rng.random()
        finish = start + (closes - start) * (0.2 + self.rng.random() * 0.79)
        if fate < NEVER_SENT:
            return
        if fate < NEVER_SENT + TAKEN_BACK:
            agenda.at(finish, lambda: self._submit(who, finish))
            agenda.at(finish + timedelta(hours=20), lambda: applications.withdraw(who.application, by=who.leader))
            return
        if fate < NEVER_SENT + TAKEN_BACK + LATE:
            finish = closes + timedelta(hours=3)
        agenda.at(finish, lambda: self._submit(who, finish))

    def _start(self, who: Applicant) -> None:
        program = self.call.cohort.program
        who.leader = self.people.leader(who.number)
        facts = practice_facts(who.number, self.rng)
        practice = practices.create_practice(by=who.leader, is_synthetic=True, **vars(facts))
        who.application = applications.start_application(
            self.call,
            practice=practice,
            team_name=f"{self.team_name_prefix} {who.number:03d}",
            leader=who.leader,
            by=who.leader,
        )
        team = who.application.enrollment.team
        size = self.rng.randint(program.core_team_min, program.core_team_max)
        for place in range(1, size):
            colleague = self.people.colleague(who.number, place)
            who.invited.append(
                (practices.invite(team, email=colleague.email, role=MemberRole.CORE, by=who.leader), colleague)
            )
        practices.name_sponsor(
            team,
            name="Synthetic Sponsor",
            email=f"sponsor.{who.number:05d}@synthetic.example",
            position="Chief Medical Officer",
            by=who.leader,
        )
        if rules_of(self.call.cohort).needs_letter:
            who.letter = applications.ask_for_letter(who.application, by=who.leader)

    def _join(self, who: Applicant) -> None:
        for invitation, colleague in who.invited:
            practices.accept_invitation(invitation, by=colleague)
        if who.letter:
            sponsor = who.letter.sponsor
            applications.start_letter(who.letter)
            applications.give_signed(who.letter, name=sponsor.name, position=sponsor.position)

    def _submit(self, who: Applicant, arrived_at: datetime) -> None:
        questionnaires.save_answers(who.application.response, made_up_answers(self.call.form, self.rng), by=who.leader)
        for member in who.application.enrollment.team.members.current().core():
            applications.commit_to_sessions(who.application, member, by=member.user)
        applications.submit(who.application, by=who.leader, arrived_at=arrived_at)

    def _decide(self) -> None:
        """Accept as many as there are places among those who were on time; three alternates; decline the others."""
        there = [who for who in self.applicants if who.application]
        for who in there:
            who.application.refresh_from_db()
        sent = [who for who in there if who.application.state == ApplicationState.SUBMITTED]
        on_time = [who for who in sent if who.application.submission.standing != "late"]
        first = on_time[:1]  # the demo's named team is the first applicant
        chosen = first + self.rng.sample(on_time[1:], self.teams - len(first))
        rest = [who for who in sent if who not in chosen]
        for who in sorted(chosen, key=lambda who: who.number):
            applications.accept(who.application, by=self.staff)
        for who in rest[:3]:
            applications.put_on_alternate_list(who.application, by=self.staff)
        for who in rest[3:]:
            applications.decline(who.application, by=self.staff)
        self._assign_coaches(sorted(chosen, key=lambda who: who.number))

    def _assign_coaches(self, chosen: list[Applicant]) -> None:
        for place, who in enumerate(chosen):
            coach = self.coaches[place // TEAMS_PER_COACH % len(self.coaches)]
            programs.add_supporter(who.application.enrollment, coach, SupporterRole.COACH, by=self.staff)
