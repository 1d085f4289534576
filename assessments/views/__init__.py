"""The pages of assessments, split by noun."""

from assessments.views.alone import alone, alone_autosave, alone_domain, finish_alone, pass_alone
from assessments.views.comparison import cohort_scores, comparison, freeze
from assessments.views.evidence import add_evidence, evidence, remove_evidence
from assessments.views.overview import export, overview
from assessments.views.results import change
from assessments.views.reviewing import finish_review, review, review_autosave, review_domain, reviews
from assessments.views.rounds import detail, domain, reopen, start, submit
from assessments.views.together import item, item_autosave, take_unanimous, together

__all__ = [
    "add_evidence",
    "alone",
    "alone_autosave",
    "alone_domain",
    "change",
    "cohort_scores",
    "comparison",
    "detail",
    "domain",
    "evidence",
    "export",
    "finish_alone",
    "finish_review",
    "freeze",
    "item",
    "item_autosave",
    "overview",
    "pass_alone",
    "remove_evidence",
    "reopen",
    "review",
    "review_autosave",
    "review_domain",
    "reviews",
    "start",
    "submit",
    "take_unanimous",
    "together",
]
