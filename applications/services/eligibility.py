"""The questions that come before an application: from the program's file, and as staff change them."""

from collections.abc import Sequence

from django.db import transaction
from pydantic import ValidationError

from accounts.models import User
from applications import selectors
from applications.models import Call, EligibilityQuestion
from applications.services.refusals import ApplicationRefused
from core.services import record
from programs.definition import EligibilityAsked, check_eligibility

FIXED = (
    "Somebody has begun to apply, so which questions and answers there are, and which fit, stay as they are."
    " You can still correct the words."
)
Definitions = Sequence[EligibilityAsked | dict]


class EligibilityRefused(ApplicationRefused):
    """The questions cannot be set like that. ``problems`` holds a sentence for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


@transaction.atomic
def set_eligibility(call: Call, questions: Definitions, *, by: User | None) -> list[EligibilityQuestion]:
    """Make these the questions of the call, in this order. They are the staff's from now on: a program's file leaves them alone.

    ``questions`` are definitions or plain dicts in their shape. Once somebody has begun to apply only words may change: which
    questions and answers there are, their order and what fits, stay as they were when the first person was asked.

    Raises:
        EligibilityRefused: the questions break a rule, or somebody has begun to apply and more than words would change.
    """
    wanted = _checked(questions)
    locked = Call.objects.select_for_update().get(pk=call.pk)  # against a first application, which points at this row
    if _write(locked, wanted):
        Call.objects.filter(pk=call.pk).update(has_own_eligibility=True)
        call.has_own_eligibility = True
        record("call.eligibility_changed", call, by=by)
    return list(call.eligibility_questions.all())


@transaction.atomic
def take_eligibility(call: Call, questions: Definitions, *, by: User | None) -> bool:
    """Take the questions of the program's file over, where staff have not changed them and nobody has begun; whether it did.

    Raises:
        EligibilityRefused: the questions break a rule.
    """
    wanted = _checked(questions)
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.has_own_eligibility or selectors.has_started(locked):
        return False
    is_changed = _write(locked, wanted)
    if is_changed:
        record("call.eligibility_changed", call, by=by)
    return is_changed


@transaction.atomic
def put_eligibility(call: Call, question: EligibilityAsked | dict, *, by: User, replacing: str = "") -> None:
    """Add a question behind the others, or put it in the place of the one with the code ``replacing``.

    Raises:
        EligibilityRefused: as ``set_eligibility``, or there is no such question any more.
    """
    present = _present(call)
    if not replacing:
        set_eligibility(call, [*present, question], by=by)
        return
    place = _place(present, replacing)
    set_eligibility(call, [*present[:place], question, *present[place + 1 :]], by=by)


@transaction.atomic
def remove_eligibility(call: Call, code: str, *, by: User) -> None:
    """Ask one question less. Raises as ``put_eligibility``."""
    present = _present(call)
    del present[_place(present, code)]
    set_eligibility(call, present, by=by)


@transaction.atomic
def move_eligibility(call: Call, code: str, *, by: User, up: bool) -> None:
    """Ask a question one place earlier or later; at the end of the list nothing happens. Raises as ``put_eligibility``."""
    present = _present(call)
    place = _place(present, code)
    other = place - 1 if up else place + 1
    if 0 <= other < len(present):
        present[place], present[other] = present[other], present[place]
        set_eligibility(call, present, by=by)


def _present(call: Call) -> list[dict]:
    Call.objects.select_for_update().get(pk=call.pk)
    return [_plain(question) for question in call.eligibility_questions.all()]


def _plain(question: EligibilityQuestion) -> dict:
    choices = [{"reason": "", **choice} for choice in question.choices]
    return {"code": question.code, "text": question.text, "help": question.help_text, "choices": choices}


def _place(present: list[dict], code: str) -> int:
    for place, question in enumerate(present):
        if question["code"] == code:
            return place
    raise EligibilityRefused(["This question is no longer there. Look at the list again."])


def _checked(questions: Definitions) -> list[EligibilityAsked]:
    try:
        return check_eligibility([EligibilityAsked.model_validate(_as_dict(question)) for question in questions])
    except ValidationError as error:
        raise EligibilityRefused([_sentence(detail) for detail in error.errors()]) from error
    except ValueError as error:
        raise EligibilityRefused([str(error)]) from error


def _as_dict(question: EligibilityAsked | dict) -> dict:
    return question if isinstance(question, dict) else question.model_dump()


def _sentence(detail: dict) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    where = ", ".join(f"number {step + 1}" if isinstance(step, int) else str(step) for step in detail["loc"])
    return f"{where.capitalize() or 'The question'}: {detail['msg'][0].lower()}{detail['msg'][1:]}."


def _write(call: Call, wanted: list[EligibilityAsked]) -> bool:
    """Write what differs; whether anything did."""
    present, plain = _present(call), [question.model_dump() for question in wanted]
    if present == plain:
        return False
    if not selectors.has_started(call):
        call.eligibility_questions.all().delete()
        EligibilityQuestion.objects.bulk_create(
            EligibilityQuestion(call=call, position=position, **_columns(question))
            for position, question in enumerate(plain, start=1)
        )
        return True
    if _fixed(present) != _fixed(plain):
        raise EligibilityRefused([FIXED])
    for question in plain:
        call.eligibility_questions.filter(code=question["code"]).update(**_columns(question))
    return True


def _columns(question: dict) -> dict:
    return {
        "code": question["code"],
        "text": question["text"],
        "help_text": question["help"],
        "choices": question["choices"],
    }


def _fixed(questions: list[dict]) -> list[tuple]:
    return [
        (question["code"], [(choice["code"], choice["fits"]) for choice in question["choices"]])
        for question in questions
    ]
