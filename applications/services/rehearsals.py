"""The pre-flight of a call: made-up applications go all the way through it and are taken back; a report is what is left."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from uuid import uuid4

from django.db import transaction

from accounts import services as accounts
from accounts.models import Membership, Profession, User
from applications import selectors
from applications.eligibility import Asked
from applications.models import Application, Call, Rehearsal
from applications.selectors import Finding
from applications.services.attendance import commit_to_sessions
from applications.services.drafts import answer, start_application
from applications.services.letters import ask_for_letter, edit_sponsor, give_signed, start_letter
from applications.services.submission import submit
from core import clock
from core.refusals import Refused
from core.services import record
from documents import services as documents
from practices import services as practices
from practices.models import MemberRole
from practices.selectors import core_team
from programs.models import Standing
from questionnaires import services as questionnaires
from questionnaires.models import FormVersion
from questionnaires.samples import Filling, fillings
from questionnaires.selectors import files_of

# Each way through the form is a whole application. Beyond so many, the rest is named and not tried.
MOST_WAYS = 30
SYNTHETIC = "Synthetic (rehearsal)"
PRACTICE = {
    "name": f"{SYNTHETIC} Practice",
    "city": "Sampleton",
    "region": "OH",
    "country": "US",
    "setting": "community",
    "rurality": "rural",
    "oncologists": 4,
    "underserved_percent": 40,
    "is_synthetic": True,
}


@dataclass
class Tried:
    """What became of one made-up application: what could not be answered, what could not be sent, and the files it wrote."""

    unanswered: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def rehearse(call: Call, *, by: User, form: FormVersion | None = None, most_ways: int = MOST_WAYS) -> Rehearsal:
    """Send made-up applications through the call as it is set up, take them back, and keep the report.

    One answers everything at its limits and arrives in the last second; one answers the least; one goes down each branch of the
    conditions, up to ``most_ways`` in all. Nobody is written to and no application, person or file is left. ``form``: another
    edition of the call's form, to be tried before it is used.

    Whether it opens in the future or is over makes no difference: the applications arrive while it is open.
    """
    form = form or call.form
    report = [Finding("Form", True, f"What was rehearsed: {form}."), *selectors.circumstances(call)]
    if call.opening.starts_at < call.deadline.ends_at:  # else nothing could arrive, and the report says so once
        report += _ways(call, form, most_ways)
    is_passed = all(finding.is_passed for finding in report)
    with transaction.atomic():
        rehearsal = Rehearsal.objects.create(
            call=call,
            rehearsed_at=clock.now(),
            rehearsed_by=by,
            is_passed=is_passed,
            report=[finding.as_json() for finding in report],
        )
        record("call.rehearsed", call, by=by)
    return rehearsal


def _ways(call: Call, form: FormVersion, most: int) -> Iterator[Finding]:
    ways = fillings(form)
    for number, filling in enumerate(islice(ways, most)):
        if filling.is_blind:
            text = f"“{filling.wanted.text}” is never asked: what it hangs on cannot come about. Change its condition."
            yield Finding("Answered", False, text)
            continue
        tried = _try(call, form, filling, is_full=number == 0)
        yield from (Finding("Answered", False, f"{filling.words}: {text}") for text in tried.unanswered)
        yield from (Finding("Sent", False, f"{filling.words}: {text}") for text in tried.unsent)
        if not tried.unanswered and not tried.unsent:
            yield Finding("Sent", True, f"{filling.words}: answered and sent.")
    if left := sum(1 for _ in ways):
        text = f"The form has {left} more ways through it than are tried at once. Try those by the preview."
        yield Finding("Answered", True, text)


def _try(call: Call, form: FormVersion, filling: Filling, *, is_full: bool) -> Tried:
    """One application from the start to its receipt, taken back at once, the contents of its files after the rest."""
    tried = Tried()
    call = Call.objects.select_related("cohort__program", "opening", "deadline", "form").get(pk=call.pk)
    call.form = form
    try:
        with transaction.atomic():
            _go(call, filling, tried, is_full=is_full)
            transaction.set_rollback(True)
    except Refused as refusal:
        tried.unsent.append(str(refusal))
    finally:
        documents.discard(tried.files)
    return tried


def _go(call: Call, filling: Filling, tried: Tried, *, is_full: bool) -> None:
    opened, closes = call.opening.starts_at, call.deadline.ends_at
    program = call.cohort.program
    leader = _person("Leader", profession=Profession.PHYSICIAN, asco_membership=Membership.MEMBER)
    application = start_application(
        call,
        new_practice=PRACTICE,
        team_name=f"{SYNTHETIC} Team",
        leader=leader,
        by=leader,
        eligibility=_fitting(selectors.asked_of(call)),
        arrived_at=opened,
    )
    team = application.enrollment.team
    for _ in range((program.core_team_max if is_full else program.core_team_min) - 1):
        practices.add_member(team, _person("Colleague", profession=Profession.NURSE), MemberRole.CORE, by=leader)
    try:
        answer(application, filling.values, by=leader, arrived_at=opened)
    except questionnaires.AnswersRefused as refusal:
        tried.unanswered += refusal.problems.values()
    finally:
        tried.files += files_of(application.response).values_list("file", flat=True)
    _support(application, leader)
    if missing := selectors.gaps(application):
        tried.unsent += [gap.text for gap in missing] if not tried.unanswered else []
        return
    submit(application, by=leader, arrived_at=closes if is_full else opened, key=application.submission_key)
    if application.submission.standing != Standing.OPEN:
        tried.unsent.append("what arrives in the last second counts as late.")


def _support(application: Application, leader: User) -> None:
    """A sponsor with a letter, and everybody's word to attend."""
    call = application.call
    at = {"arrived_at": call.opening.starts_at}
    rules = selectors.rules_of(call.cohort)
    sponsor = {"name": f"{SYNTHETIC} Sponsor", "position": "Chief Medical Officer"}
    if rules.needs_sponsor or rules.needs_letter:
        edit_sponsor(application, email=_address("sponsor"), by=leader, **sponsor, **at)
    if rules.needs_letter:
        letter = ask_for_letter(application, by=leader, **at)
        start_letter(letter, **at)
        give_signed(letter, **sponsor, **at)
    if rules.needs_attendance:
        for member in core_team(application.enrollment.team):
            commit_to_sessions(application, member, by=member.user)


def _person(part: str, **fields: str) -> User:
    number = "SYN-REHEARSAL" if fields.get("asco_membership") else ""
    return accounts.create_person(
        email=_address(part.lower()), name=f"{SYNTHETIC} {part}", is_synthetic=True, asco_member_number=number, **fields
    )


def _address(part: str) -> str:
    return f"rehearsal-{part}-{uuid4().hex}@synthetic.example"


def _fitting(questions: list[Asked]) -> dict[str, str]:
    """The first answer that fits to each question; where none does, the pre-flight says so by itself."""
    return {
        question.code: next((choice.code for choice in question.choices if choice.fits), "") for question in questions
    }
