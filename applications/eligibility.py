"""Whether what somebody says before an application fits the call (pure: no Django)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One answer to a question. ``reason`` is what a person reads where it does not fit."""

    code: str
    label: str
    fits: bool
    reason: str = ""


@dataclass(frozen=True)
class Asked:
    """One question with its choices, in their order."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    help: str = ""

    def choice(self, code: str | None) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True)
class Reason:
    """Why an answer does not fit: the code of the question, and the words for the person."""

    question: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What the answers come to. ``unanswered``: codes of the questions without an answer that is one of their choices."""

    unanswered: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def fits(self) -> bool:
        """Every question is answered, and every answer fits. A call without questions fits everybody."""
        return not self.unanswered and not self.reasons


def check(questions: Sequence[Asked], chosen: Mapping[str, str]) -> Outcome:
    """What ``chosen`` (code of a question -> code of a choice) comes to, in the order of the questions."""
    unanswered, reasons = [], []
    for question in questions:
        choice = question.choice(chosen.get(question.code))
        if choice is None:
            unanswered.append(question.code)
        elif not choice.fits:
            reasons.append(Reason(question.code, choice.reason))
    return Outcome(tuple(unanswered), tuple(reasons))


def impassable(questions: Sequence[Asked]) -> list[Asked]:
    """The questions that nobody can pass: none of their choices fits."""
    return [question for question in questions if not any(choice.fits for choice in question.choices)]
