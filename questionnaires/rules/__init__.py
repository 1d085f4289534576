"""What an answer may be, what is still missing of it, and which questions are asked (pure: no Django)."""

from questionnaires.rules.answers import (
    MAX_CHARACTERS,
    clean,
    count_words,
    gap,
    plain,
    refuse_unstorable,
    unfinished,
    words_over,
)
from questionnaires.rules.conditions import Need, asked
from questionnaires.rules.limits import BadAnswer, BadTable, Column, Json, Limits, Plain
from questionnaires.rules.tables import most_rows
from questionnaires.rules.typed import read_date, read_number

__all__ = [
    "MAX_CHARACTERS",
    "BadAnswer",
    "BadTable",
    "Column",
    "Json",
    "Limits",
    "Need",
    "Plain",
    "asked",
    "clean",
    "count_words",
    "gap",
    "most_rows",
    "plain",
    "read_date",
    "read_number",
    "refuse_unstorable",
    "unfinished",
    "words_over",
]
