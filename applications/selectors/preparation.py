"""What a call still needs before anybody should apply to it, apart from its form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from accounts.models import Role, User
from applications.eligibility import impassable
from applications.models import Call
from applications.selectors.eligibility import asked_of
from applications.selectors.missing import ATTENDANCE
from core import wording
from programs.models import MilestoneKind


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what, whether it is well, and the words for staff."""

    step: str
    is_passed: bool
    text: str

    def as_json(self) -> dict[str, object]:
        return {"step": self.step, "is_passed": self.is_passed, "text": self.text}


def circumstances(call: Call) -> list[Finding]:
    """Dates, eligibility, sessions, reminders, who answers questions, and places."""
    return [
        _dates(call),
        *_eligibility(call),
        *_sessions(call),
        _reminders(call),
        *_staff(call),
        _seats(call),
    ]


def _dates(call: Call) -> Finding:
    opening, deadline = call.opening.starts_at, call.deadline.ends_at
    if deadline <= opening:
        return Finding(
            "Dates", False, "The deadline is before the opening, so nobody could ever apply. Move one of the two."
        )
    zone = call.deadline.zone
    words = f"Open from {wording.moment(opening, zone)} to {wording.moment(deadline, zone)} {wording.zone_name(zone)}."
    return Finding("Dates", True, words)


def _eligibility(call: Call) -> Iterator[Finding]:
    questions = asked_of(call)
    for wall in impassable(questions):
        yield Finding("Eligibility", False, f"Nobody can pass “{wall.text}”: none of its answers fits.")
    if not questions:
        text = "Nobody is asked whether they may apply. Add a few questions, so that people learn it before they write."
        yield Finding("Eligibility", False, text)
    elif not impassable(questions):
        yield Finding(
            "Eligibility", True, f"Questions that come before an application: {len(questions)}. Each can be passed."
        )


def _sessions(call: Call) -> Iterator[Finding]:
    facts = call.cohort.program.definition.get("program", {})
    if ATTENDANCE not in {statement["code"] for statement in facts.get("eligibility", [])}:
        return
    count = call.cohort.milestones.filter(kind=MilestoneKind.SESSION).count()
    if not count:
        text = (
            "The core team has to attend all sessions, but the cohort has no session with a date. Add them to its plan."
        )
        yield Finding("Sessions", False, text)
    else:
        yield Finding(
            "Sessions", True, f"Sessions that the core team is asked to attend: {count}, each with its dates."
        )


def _reminders(call: Call) -> Finding:
    count = call.deadline.reminders.filter(offset_days__lt=0).count()
    count += call.deadline.reminders.filter(offset_hours__lt=0).count()
    if not count:
        return Finding(
            "Reminders", False, "Nobody is reminded of the deadline before it comes. Add a reminder to its plan."
        )
    return Finding("Reminders", True, f"Reminders of the deadline before it comes: {count}.")


def _staff(call: Call) -> Iterator[Finding]:
    if not User.objects.filter(role=Role.STAFF, is_active=True).exists():
        yield Finding("Contact", False, "Nobody of the staff has an account, so nobody can help or decide.")
    words = call.cohort.program.definition.get("program", {}).get("contact", {}).get("text", "")
    if not settings.SUPPORT_EMAIL or settings.SUPPORT_EMAIL.endswith("@example.org"):
        text = "Applicants have no address to write to. Set SUPPORT_EMAIL to one that somebody reads."
        yield Finding("Contact", False, text)
    elif not words:
        yield Finding("Contact", False, "The program does not say whom applicants may ask. Add contact to its file.")
    else:
        yield Finding("Contact", True, f"Applicants write to {settings.SUPPORT_EMAIL}.")


def _seats(call: Call) -> Finding:
    program = call.cohort.program
    least, most = program.teams_min, program.teams_max
    if least is None or most is None:
        return Finding("Places", True, "How many teams are chosen is not published.")
    return Finding("Places", True, f"{least} to {most} teams are chosen.")
