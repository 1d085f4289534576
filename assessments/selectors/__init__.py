"""Reads of assessments: scores, rounds, change between rounds, and agreement among members."""

from assessments.selectors.agreement import ItemAgreement, agreement, may_compare, turn_of, waited_for
from assessments.selectors.instruments import (
    differences,
    earlier_versions,
    frozen_places,
    instruments_with_versions,
    plan_of,
)
from assessments.selectors.movement import Movement, movement
from assessments.selectors.profile import DomainLine, ItemLine, Profile, cell_of, profile, submitted_rounds
from assessments.selectors.rounds import answers_of, missing_baseline, newest_version, rounds_of, unanswered
from assessments.selectors.scores import (
    AssessmentScores,
    DomainResult,
    Figure,
    figure_of,
    figures,
    overall_figure,
    reviewers_scores_of,
    scores,
    scores_of,
)
from assessments.selectors.shared import Change, DomainChange, ItemChange, change, items_of, shared_items, signed

__all__ = [
    "AssessmentScores",
    "Change",
    "DomainChange",
    "DomainLine",
    "DomainResult",
    "Figure",
    "ItemAgreement",
    "ItemChange",
    "ItemLine",
    "Movement",
    "Profile",
    "agreement",
    "answers_of",
    "cell_of",
    "change",
    "differences",
    "earlier_versions",
    "figure_of",
    "figures",
    "frozen_places",
    "instruments_with_versions",
    "items_of",
    "may_compare",
    "missing_baseline",
    "movement",
    "newest_version",
    "overall_figure",
    "plan_of",
    "profile",
    "reviewers_scores_of",
    "rounds_of",
    "scores",
    "scores_of",
    "shared_items",
    "signed",
    "submitted_rounds",
    "turn_of",
    "unanswered",
    "waited_for",
]
