"""Writes of assessments, split by noun: instruments, rounds, answers."""

from assessments.services.answers import AnswersChanged, ItemAnswer, agree, agree_domain
from assessments.services.instruments import load_instrument
from assessments.services.rounds import AssessmentRefused, NotComplete, reopen, start_assessment, submit

__all__ = [
    "AnswersChanged",
    "AssessmentRefused",
    "ItemAnswer",
    "NotComplete",
    "agree",
    "agree_domain",
    "load_instrument",
    "reopen",
    "start_assessment",
    "submit",
]
