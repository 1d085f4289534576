"""What stands between an application and its submission."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import Membership, Profession, User
from applications.models import Application
from applications.requirements import Facts, Requirement, Rules, Unmet, unmet
from applications.selectors.attendance import Word, words_of
from applications.selectors.letters import letter_facts, letters_of
from practices.models import MemberRole, Practice
from practices.selectors import sponsor_of
from programs.models import Cohort, MilestoneKind
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
    Requirement.LETTER: "applications:sponsor",
    Requirement.ATTENDANCE: "applications:detail",
}
ANCHORS = {Requirement.ATTENDANCE: "#attendance", Requirement.LETTER: "#letter"}


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


def rules_of(cohort: Cohort) -> Rules:
    """What the cohort's program asks, from its columns and its file; a program without statements asks for everything."""
    program = cohort.program
    facts = program.definition.get("program", {})
    codes = {statement["code"] for statement in facts.get("eligibility", [])} or {LEADER, ATTENDANCE}
    letter = letter_facts(program)
    return Rules(
        core_min=program.core_team_min,
        core_max=program.core_team_max,
        leader_is_physician=LEADER in codes,
        leader_is_member=LEADER in codes,
        needs_sponsor=facts.get("sponsor", {}).get("required", True),
        needs_attendance=ATTENDANCE in codes
        and any(one.kind == MilestoneKind.SESSION for one in cohort.milestones.all()),
        countries=("US",) if US_ONLY in codes else (),
        needs_letter=letter.get("required", False),
        letter_text=letter.get("text", ""),
    )


def missing_practice_facts(practice: Practice) -> tuple[str, ...]:
    """The names, as a person reads them, of what is not known of the practice."""
    names = [name for name in PRACTICE_FACTS if getattr(practice, name) in (None, "")]
    return tuple(str(Practice._meta.get_field(name).verbose_name) for name in names)


def facts_of(application: Application, words: Sequence[Word] | None = None) -> Facts:
    """What stands in the application, for ``requirements.unmet``. ``words``: ``words_of`` it, where they were read already."""
    team = application.enrollment.team
    words = words_of(application) if words is None else words
    person = next((word.member.user for word in words if word.member.role == MemberRole.LEADER), User())
    return Facts(
        leader=person.name,
        is_physician=person.profession == Profession.PHYSICIAN,
        is_member=person.asco_membership in (Membership.MEMBER, Membership.FELLOW),
        has_member_number=bool(person.asco_member_number.strip()),
        core_size=len(words),
        unconfirmed=tuple(word.member.user.name for word in words if not word.has_confirmed),
        has_sponsor=sponsor_of(team) is not None,
        country=str(team.practice.country),
        missing_practice_facts=missing_practice_facts(team.practice),
        **_letter_facts(application),
    )


def _letter_facts(application: Application) -> dict[str, object]:
    """Whether a letter of support is there, and who was asked in vain so far; one query."""
    found = letters_of(application)
    waiting = [one.letter.sponsor.name for one in found if one.is_waiting]
    return {"has_letter": any(one.counts for one in found), "letter_asked_of": waiting[-1] if waiting else ""}


def unmet_requirements(application: Application, words: Sequence[Word] | None = None) -> list[Unmet]:
    """The program's requirements that this application does not meet, its answers aside. ``words`` as in ``facts_of``."""
    return unmet(rules_of(application.call.cohort), facts_of(application, words))


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
            f"{section.section.title}: {item.gap}",
            "applications:section",
            (str(application.public_id), section.section.code),
            f"#div_id_{item.question.code}",
        )
        for section in sections
        for item in section.questions
        if item.is_missing
    ]
