"""Writes of assessments, split by noun: instruments, rounds, answers, evidence, reviews, findings, comparison."""

from assessments.services.alone import OwnAnswer, answer_alone, begin_turn, finish_turn
from assessments.services.answers import AnswersChanged, ItemAnswer, agree, agree_domain
from assessments.services.comparing import freeze_comparison
from assessments.services.evidence import add_evidence, remove_evidence
from assessments.services.findings import (
    FindingText,
    ReportChanged,
    draft_report,
    edit_report,
    hand_over,
    release,
    send_back,
)
from assessments.services.instruments import load_instrument
from assessments.services.reviewing import ask_reviewer, finish_review, review
from assessments.services.rounds import AssessmentRefused, NotComplete, reopen, start_assessment, submit
from assessments.services.strategies import load_strategies, retire_strategy, write_strategy

__all__ = [
    "AnswersChanged",
    "AssessmentRefused",
    "FindingText",
    "ItemAnswer",
    "NotComplete",
    "OwnAnswer",
    "ReportChanged",
    "add_evidence",
    "agree",
    "agree_domain",
    "answer_alone",
    "ask_reviewer",
    "begin_turn",
    "draft_report",
    "edit_report",
    "finish_review",
    "finish_turn",
    "freeze_comparison",
    "hand_over",
    "load_instrument",
    "load_strategies",
    "release",
    "remove_evidence",
    "reopen",
    "retire_strategy",
    "review",
    "send_back",
    "start_assessment",
    "submit",
    "write_strategy",
]
