"""Reading calls and applications: whether a call is open, what an application still needs, and what was sealed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership, Profession, User
from applications.models import Application, ApplicationState, AttendanceCommitment, Call
from applications.requirements import Facts, Requirement, Rules, Unmet, unmet
from practices.models import CORE_ROLES, Member, MemberRole, Practice
from practices.selectors import core_team, leader_of, sponsor_of
from programs.models import Cohort, LatePolicy, MilestoneKind
from programs.selectors import deadline_of
from programs.timeline import Deadline, Window, window
from questionnaires.selectors import AnsweredSection, sections_with_answers

# Asked of every practice, because the committee balances a cohort by them. An underserved share of 0 is an answer.
PRACTICE_FACTS = ("setting", "rurality", "oncologists", "underserved_percent")
# Codes of the eligibility statements in a program's file that the software checks; the others are for people to judge.
LEADER, ATTENDANCE, US_ONLY = "leader", "attendance", "us-only"
PAGES = {
    Requirement.PRACTICE: "applications:practice",
    Requirement.COUNTRY: "applications:practice",
    Requirement.LEADER: "applications:team",
    Requirement.TEAM: "applications:team",
    Requirement.SPONSOR: "applications:sponsor",
    Requirement.ATTENDANCE: "applications:detail",
}
ANCHORS = {Requirement.ATTENDANCE: "#attendance"}
IN_PLAY = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.ACCEPTED, ApplicationState.ALTERNATE)


class CallStanding(StrEnum):
    """How a call stands at a moment. LATE: the deadline has passed, late applications are taken and marked."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, in the program's own words, and the page where it is put right."""

    text: str
    url_name: str
    args: tuple[str, ...]
    anchor: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args) + self.anchor


# --- Calls ------------------------------------------------------------------------------------------------------------


def calls() -> QuerySet[Call]:
    """All calls with what their pages show, the latest deadline first."""
    rows = Call.objects.select_related("cohort__program", "opening", "deadline")
    return rows.order_by("-deadline__ends_on", "cohort__code")


def call_deadline(call: Call) -> Deadline:
    """The call's deadline for everybody; an extension of one enrollment is not in it."""
    row = call.deadline
    return Deadline(row.ends_at, row.grace_minutes, row.late_policy == LatePolicy.ACCEPT)


def standing_of(call: Call, at: datetime) -> CallStanding:
    """How ``call`` stands at ``at`` (aware), for somebody without an application."""
    if at < call.opening.starts_at:
        return CallStanding.UPCOMING
    return _as_standing(window(call_deadline(call), at))


def standing_for(application: Application, at: datetime) -> CallStanding:
    """How the call stands at ``at`` for this application, its extension included."""
    return _as_standing(window(deadline_of(application.call.deadline, application.enrollment), at))


def _as_standing(found: Window) -> CallStanding:
    if found in (Window.OPEN, Window.GRACE):
        return CallStanding.OPEN
    return CallStanding.LATE if found is Window.LATE else CallStanding.CLOSED


# --- Applications -----------------------------------------------------------------------------------------------------


def with_context(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Add what a list or a page shows of each: program, dates, team, practice, form."""
    return applications.select_related(
        "call__cohort__program",
        "call__opening",
        "call__deadline",
        "enrollment__cohort",
        "enrollment__team__practice",
        "response__form",
        "submitted_by",
    )


def led_by(call: Call, leader: User) -> Application | None:
    """The application to ``call`` that ``leader`` leads and that is still in play."""
    teams = Member.objects.current().filter(user=leader, role=MemberRole.LEADER).values("team")
    return Application.objects.filter(call=call, enrollment__team__in=teams, state__in=IN_PLAY).first()


def rules_of(cohort: Cohort) -> Rules:
    """What the cohort's program asks, from its columns and its file; a program without statements asks for everything."""
    program = cohort.program
    facts = program.definition.get("program", {})
    codes = {statement["code"] for statement in facts.get("eligibility", [])} or {LEADER, ATTENDANCE}
    return Rules(
        core_min=program.core_team_min,
        core_max=program.core_team_max,
        leader_is_physician=LEADER in codes,
        leader_is_member=LEADER in codes,
        needs_sponsor=facts.get("sponsor", {}).get("required", True),
        needs_attendance=ATTENDANCE in codes and cohort.milestones.filter(kind=MilestoneKind.SESSION).exists(),
        countries=("US",) if US_ONLY in codes else (),
    )


def unconfirmed(application: Application) -> list[Member]:
    """Those of the present core team who have not given their word to attend all sessions."""
    given = AttendanceCommitment.objects.filter(application=application).values("member")
    return list(core_team(application.enrollment.team).exclude(pk__in=given))


def missing_practice_facts(practice: Practice) -> tuple[str, ...]:
    """The names, as a person reads them, of what is not known of the practice."""
    names = [name for name in PRACTICE_FACTS if getattr(practice, name) in (None, "")]
    return tuple(str(Practice._meta.get_field(name).verbose_name) for name in names)


def facts_of(application: Application) -> Facts:
    """What stands in the application, for ``requirements.unmet``."""
    team = application.enrollment.team
    leader = leader_of(team)
    person = leader.user if leader else User()
    return Facts(
        leader=person.name,
        is_physician=person.profession == Profession.PHYSICIAN,
        is_member=person.asco_membership in (Membership.MEMBER, Membership.FELLOW),
        has_member_number=bool(person.asco_member_number.strip()),
        core_size=core_team(team).count(),
        unconfirmed=tuple(member.user.name for member in unconfirmed(application)),
        has_sponsor=sponsor_of(team) is not None,
        country=str(team.practice.country),
        missing_practice_facts=missing_practice_facts(team.practice),
    )


def unmet_requirements(application: Application) -> list[Unmet]:
    """The program's requirements that this application does not meet, its answers aside."""
    return unmet(rules_of(application.call.cohort), facts_of(application))


def gaps(application: Application) -> list[Gap]:
    """Everything that stands between this application and its submission, in the order of its tasks."""
    return [*_requirement_gaps(application), *_answer_gaps(application, sections_with_answers(application.response))]


def gaps_with(application: Application, missing: list[Unmet], sections: list[AnsweredSection]) -> list[Gap]:
    """``gaps`` for a page that has read both halves already."""
    return [*_as_gaps(application, missing), *_answer_gaps(application, sections)]


def _requirement_gaps(application: Application) -> list[Gap]:
    return _as_gaps(application, unmet_requirements(application))


def _as_gaps(application: Application, missing: list[Unmet]) -> list[Gap]:
    args = (str(application.public_id),)
    return [Gap(one.text, PAGES[one.requirement], args, ANCHORS.get(one.requirement, "")) for one in missing]


def _answer_gaps(application: Application, sections: list[AnsweredSection]) -> list[Gap]:
    return [
        Gap(
            f"{section.section.title}: answer “{item.question.text}”",
            "applications:section",
            (str(application.public_id), section.section.code),
            f"#div_id_{item.question.code}",
        )
        for section in sections
        for item in section.questions
        if item.is_missing
    ]


def members_in_core(application: Application) -> QuerySet[Member]:
    return core_team(application.enrollment.team)


def own_membership(application: Application, user: User) -> Member | None:
    """The membership by which ``user`` belongs to the application's core team now."""
    members = Member.objects.current().filter(team=application.enrollment.team, user=user, role__in=CORE_ROLES)
    return members.select_related("user").first()


# --- The sealed copy --------------------------------------------------------------------------------------------------


def canonical(sealed: dict) -> bytes:
    """The one spelling of a sealed copy that is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(sealed: dict) -> str:
    """SHA-256 of the canonical spelling, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(sealed)).hexdigest()


def is_intact(application: Application) -> bool:
    """Whether the sealed copy still is what was submitted."""
    return application.sealed is not None and digest(application.sealed) == application.sealed_sha256


def removal_words(application: Application) -> str:
    """What was taken out of the sealed copy later, so that the fingerprint no longer fits it; empty if nothing was."""
    sealed = application.sealed or {}
    if "removed" in sealed:
        return f"of the original; the content was removed on {sealed['removed_on']}"
    if "people_removed_on" in sealed:
        return f"of the original; a person was removed from it on {sealed['people_removed_on']}"
    return ""
