"""The questions that come before an application, as the pure check reads them."""

from applications.eligibility import Asked, Choice
from applications.models import Call


def asked_of(call: Call) -> list[Asked]:
    """The call's questions in their order, for ``applications.eligibility.check``; one query."""
    return [
        Asked(
            code=question.code,
            text=question.text,
            help=question.help_text,
            choices=tuple(
                Choice(choice["code"], choice["label"], choice["fits"], choice.get("reason", ""))
                for choice in question.choices
            ),
        )
        for question in call.eligibility_questions.order_by("position")
    ]


def has_started(call: Call) -> bool:
    """Whether anybody has begun to apply, and so has answered the questions."""
    return call.applications.exists()
