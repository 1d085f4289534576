"""Reading forms and answers."""

from questionnaires.selectors.answered import (
    AnsweredQuestion,
    AnsweredSection,
    SectionStatus,
    files_of,
    gaps,
    missing_in,
    sections_with_answers,
)
from questionnaires.selectors.editions import (
    changes_between,
    conditions_of,
    definition_of,
    in_order,
    needs_of,
    newest_edition,
    plan_of,
)
from questionnaires.selectors.locks import Lock, has_locks, last_day, locks_of
from questionnaires.selectors.words import cell_in_words, in_words, limits_of

__all__ = [
    "AnsweredQuestion",
    "AnsweredSection",
    "Lock",
    "SectionStatus",
    "cell_in_words",
    "changes_between",
    "conditions_of",
    "definition_of",
    "files_of",
    "gaps",
    "has_locks",
    "in_order",
    "in_words",
    "last_day",
    "limits_of",
    "locks_of",
    "missing_in",
    "needs_of",
    "newest_edition",
    "plan_of",
    "sections_with_answers",
]
