"""Reads of assessments: scores, rounds, change between rounds, and agreement among members."""

from assessments.selectors.agreement import ItemAgreement, agreement, may_compare, turn_of, waited_for
from assessments.selectors.instruments import (
    differences,
    earlier_versions,
    frozen_places,
    instruments_with_versions,
    plan_of,
)
from assessments.selectors.rounds import answers_of, missing_baseline, newest_version, rounds_of, unanswered
from assessments.selectors.scores import AssessmentScores, DomainResult, reviewers_scores_of, scores, scores_of
from assessments.selectors.shared import Change, DomainChange, ItemChange, change, items_of, shared_items, signed

__all__ = [
    "AssessmentScores",
    "Change",
    "DomainChange",
    "DomainResult",
    "ItemAgreement",
    "ItemChange",
    "agreement",
    "answers_of",
    "change",
    "differences",
    "earlier_versions",
    "frozen_places",
    "instruments_with_versions",
    "items_of",
    "may_compare",
    "missing_baseline",
    "newest_version",
    "plan_of",
    "reviewers_scores_of",
    "rounds_of",
    "scores",
    "scores_of",
    "shared_items",
    "signed",
    "turn_of",
    "unanswered",
    "waited_for",
]
