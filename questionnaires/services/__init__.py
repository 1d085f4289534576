"""Writing forms and answers."""

from questionnaires.services.answers import hold, remove_answers, save_answers, start_response
from questionnaires.services.copies import copy_of, drop
from questionnaires.services.dictionary import export_csv, export_yaml, read_csv, read_yaml
from questionnaires.services.editing import (
    move_question,
    move_section,
    put_form,
    put_question,
    put_section,
    remove_question,
    remove_section,
)
from questionnaires.services.editions import LeftBehind, carry_over, check_whole, draft_of, freeze
from questionnaires.services.loading import load_form
from questionnaires.services.refusals import AnswersRefused, Conflict, ConflictingAnswer, FormRefused, Given

__all__ = [
    "AnswersRefused",
    "Conflict",
    "ConflictingAnswer",
    "FormRefused",
    "Given",
    "LeftBehind",
    "carry_over",
    "check_whole",
    "copy_of",
    "draft_of",
    "drop",
    "export_csv",
    "export_yaml",
    "freeze",
    "hold",
    "load_form",
    "move_question",
    "move_section",
    "put_form",
    "put_question",
    "put_section",
    "read_csv",
    "read_yaml",
    "remove_answers",
    "remove_question",
    "remove_section",
    "save_answers",
    "start_response",
]
