"""Earlier applications that can be carried forward to a call, and what came along."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from applications.models import Application, Call
from practices.models import Member
from questionnaires.models import Answer, AnswerRevision, Question, QuestionKind, Response
from questionnaires.rules import Json


@dataclass(frozen=True)
class Carried:
    """What came along from ``source``, and what did not, both as the texts of questions."""

    source: Application
    came: tuple[str, ...]
    stayed: tuple[str, ...]


def carryable(call: Call, user: User) -> QuerySet[Application]:
    """Applications to other calls, in any state, of teams that ``user`` writes for and that are not in this call's cohort.

    Newest first. A team takes part in a cohort once, so one that applied here already goes on with that application.
    """
    teams = Member.objects.current().writers().filter(user=user).values("team")
    found = Application.objects.visible_to(user).filter(enrollment__team__in=teams).exclude(call=call)
    found = found.exclude(enrollment__team__enrollments__cohort=call.cohort)
    return found.select_related("call__cohort", "enrollment__team__practice", "response").order_by("-created_at", "-pk")


def matching(source: Response, target: Response) -> dict[Answer, Question]:
    """The answers of ``source`` that have a question of the same code and kind in ``target``, with that question.

    A statement is accepted anew for every call.
    """
    questions = {question.code: question for question in Question.objects.filter(section__form_id=target.form_id)}
    found = {}
    for answer in source.answers.filter(value__isnull=False).select_related("question", "file").order_by("question_id"):
        twin = questions.get(answer.question.code)
        if twin is not None and twin.kind == answer.question.kind and twin.kind != QuestionKind.STATEMENT:
            found[answer] = twin
    return found


def _is_same(begun: Json, value: Json) -> bool:
    """A copied file has the name and the content of the other one."""
    if isinstance(begun, dict) and isinstance(value, dict):
        return (begun["name"], begun["sha256"]) == (value["name"], value["sha256"])
    return begun == value


def carried(application: Application) -> Carried | None:
    """What came along into ``application`` when it was carried forward; None where it was begun afresh. Five queries."""
    source = application.copied_from
    if source is None:
        return None
    pairs = matching(source.response, application.response)
    first = AnswerRevision.objects.filter(answer__response=application.response, version=1)
    begun_with = dict(first.values_list("answer__question", "value"))
    came = {answer for answer, twin in pairs.items() if _is_same(begun_with.get(twin.pk), answer.value)}
    answered = source.response.answers.filter(value__isnull=False).select_related("question")
    ordered = answered.order_by("question__section__position", "question__position")
    texts = [(answer.question.text, answer in came) for answer in ordered]
    return Carried(
        source,
        came=tuple(text for text, is_here in texts if is_here),
        stayed=tuple(text for text, is_here in texts if not is_here),
    )
