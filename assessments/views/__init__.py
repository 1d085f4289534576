"""The pages of assessments, split by noun."""

from assessments.views.alone import alone, alone_autosave, alone_domain, finish_alone, pass_alone
from assessments.views.comparison import cohort_scores, comparison, freeze
from assessments.views.drafting import autosave as report_autosave
from assessments.views.drafting import draft as report_draft
from assessments.views.drafting import edit as report_edit
from assessments.views.evidence import add_evidence, evidence, remove_evidence
from assessments.views.findings import hand_over as report_hand_over
from assessments.views.findings import release as report_release
from assessments.views.findings import release_pdf as report_release_pdf
from assessments.views.findings import report, report_pdf
from assessments.views.findings import send_back as report_send_back
from assessments.views.overview import export, overview
from assessments.views.results import change
from assessments.views.reviewing import finish_review, review, review_autosave, review_domain, reviews
from assessments.views.rounds import detail, domain, reopen, start, submit
from assessments.views.together import item, item_autosave, take_domain, take_unanimous, together

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
    "report",
    "report_autosave",
    "report_draft",
    "report_edit",
    "report_hand_over",
    "report_pdf",
    "report_release",
    "report_release_pdf",
    "report_send_back",
    "review",
    "review_autosave",
    "review_domain",
    "reviews",
    "start",
    "submit",
    "take_domain",
    "take_unanimous",
    "together",
]
