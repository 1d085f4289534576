"""Writes of assessments, split by noun: instruments, rounds, answers, evidence, reviews, findings, comparison."""

from assessments.services.alone import answer_alone, begin_turn, finish_turn, pass_turn
from assessments.services.answers import AnswersChanged, ItemAnswer, agree, agree_domain
from assessments.services.comparing import freeze_comparison
from assessments.services.drafting import ADD, KeptWords, Step, keep_words, version_of, words_of
from assessments.services.editing import (
    move_domain,
    move_item,
    put_domain,
    put_instrument,
    put_item,
    put_settings,
    remove_domain,
    remove_item,
)
from assessments.services.evidence import add_evidence, remove_evidence
from assessments.services.files import read_file, take_file, trial_of_file, trial_of_taking
from assessments.services.findings import (
    FindingText,
    ReportChanged,
    draft_report,
    edit_report,
)
from assessments.services.instruments import load_instrument
from assessments.services.keeping import Kept, keep
from assessments.services.own import OwnAnswer
from assessments.services.refusals import InstrumentRefused
from assessments.services.releasing import hand_over, release, send_back
from assessments.services.reviewing import ask_reviewer, finish_review, review
from assessments.services.rounds import AssessmentRefused, NotComplete, reopen, start_assessment, submit
from assessments.services.strategies import (
    UnknownCode,
    bring_back_strategy,
    load_strategies,
    refuse_unknown,
    retire_strategy,
    write_strategy,
)
from assessments.services.together import take_domain, take_unanimous
from assessments.services.versions import (
    check_whole,
    create_instrument,
    drop_version,
    put_in_use,
    write_next,
)

__all__ = [
    "ADD",
    "AnswersChanged",
    "AssessmentRefused",
    "FindingText",
    "InstrumentRefused",
    "ItemAnswer",
    "Kept",
    "KeptWords",
    "NotComplete",
    "OwnAnswer",
    "ReportChanged",
    "Step",
    "UnknownCode",
    "add_evidence",
    "agree",
    "agree_domain",
    "answer_alone",
    "ask_reviewer",
    "begin_turn",
    "bring_back_strategy",
    "check_whole",
    "create_instrument",
    "draft_report",
    "drop_version",
    "edit_report",
    "finish_review",
    "finish_turn",
    "freeze_comparison",
    "hand_over",
    "keep",
    "keep_words",
    "load_instrument",
    "load_strategies",
    "move_domain",
    "move_item",
    "pass_turn",
    "put_domain",
    "put_in_use",
    "put_instrument",
    "put_item",
    "put_settings",
    "read_file",
    "refuse_unknown",
    "release",
    "remove_domain",
    "remove_evidence",
    "remove_item",
    "reopen",
    "retire_strategy",
    "review",
    "send_back",
    "start_assessment",
    "submit",
    "take_domain",
    "take_file",
    "take_unanimous",
    "trial_of_file",
    "trial_of_taking",
    "version_of",
    "words_of",
    "write_next",
    "write_strategy",
]
