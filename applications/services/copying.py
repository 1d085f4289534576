"""Carrying an earlier application forward to another call."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, Call
from applications.services.drafts import begin, check_start
from applications.services.refusals import ApplicationRefused
from core import clock
from documents import services as documents
from documents.models import StoredFile
from practices.selectors import leader_of
from questionnaires import services as questionnaires
from questionnaires.models import Answer, Question, Response


@transaction.atomic
def carry_forward(
    call: Call,
    source: Application,
    *,
    by: User,
    eligibility: Mapping[str, str] | None = None,
    arrived_at: datetime | None = None,
) -> Application:
    """Begin an application to ``call`` with the same team (and so its practice, people and sponsor) and the same answers.

    Files come along as rows and contents of their own, which count for the new application. Words that others gave (to attend,
    the sponsor's letter) and accepted statements do not come along. ``source`` is left as it is. Whether ``by`` writes for
    the team, the caller has asked (``selectors.carryable``).

    Raises:
        CallClosed, NotEligible, ApplicationRefused: as ``start_application``; or the team has no leader.
        core.refusals.Refused: the team is in this cohort already.
    """
    team = source.enrollment.team
    leader = leader_of(team)
    if leader is None:
        raise ApplicationRefused("That team has no leader any more. Start afresh instead.")
    check_start(call, leader.user, eligibility, arrived_at or clock.now())
    application = begin(call, team, eligibility, by=by, copied_from=source)
    copy_answers(source.response, application.response, by=by)
    return application


def copy_answers(source: Response, target: Response, *, by: User) -> list[Answer]:
    """Save the answers of ``source`` in ``target``, where a question of the same code and kind takes them; return those.

    An answer that breaks a rule of the new question (a choice that is gone, a number out of bounds) is left behind; so is a
    file that is not taken any more, that the scanner refused, or for which no room is left.
    """
    pairs = selectors.matching(source, target)
    values = {twin.pk: answer.value for answer, twin in pairs.items() if answer.file is None}
    try:
        saved = questionnaires.save_answers(target, values, by=by)
    except questionnaires.AnswersRefused as refusal:
        fitting = {key: value for key, value in values.items() if key not in refusal.problems}
        saved = questionnaires.save_answers(target, fitting, by=by)
    for answer, twin in pairs.items():
        if answer.file is not None:
            saved += _copy_file(answer.file, twin, target, by)
    return saved


def _copy_file(file: StoredFile, question: Question, target: Response, by: User) -> list[Answer]:
    """One by one: a file for which no room is left keeps no other one back."""
    try:
        checked = documents.again(file)
    except (documents.FileRefused, documents.NotServed):
        return []
    with checked.upload:
        try:
            return questionnaires.save_answers(target, {question.pk: checked}, by=by)
        except questionnaires.AnswersRefused:
            return []
