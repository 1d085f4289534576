"""What the acts of this room say when they say no."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from core.refusals import Refused
from documents.services import Checked
from questionnaires import rules
from questionnaires.models import Question

Given = rules.Json | Checked  # a file is given as a checked upload and stored when its answer is written


class AnswersRefused(Refused):
    """An answer breaks a rule of its question. ``problems`` holds the sentences by question."""

    def __init__(self, problems: dict[int, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True)
class ConflictingAnswer:
    """One question answered by two people at once. ``mine`` was not saved; ``theirs`` (version ``version``) stands."""

    question: Question
    mine: Given
    theirs: rules.Json
    version: int
    saved_by: User
    saved_at: datetime


class Conflict(Refused):
    """Somebody else changed the same answers. What only one side changed has been saved."""

    def __init__(self, answers: list[ConflictingAnswer]) -> None:
        self.answers = answers
        names = "; ".join(f"“{answer.question.text}” ({answer.saved_by})" for answer in answers)
        super().__init__(
            f"Somebody else changed these answers while you were writing: {names}. Choose which text to keep."
        )


class FormRefused(Refused):
    """A form, or a change of one, that does not hold. ``sentences`` says all that is wrong, each by itself."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__(" ".join(self.sentences))
