"""Forms of the assessments' pages, split by noun."""

from assessments.forms.answering import AgreedForm, ItemsForm, ReviewForm, in_words, sent
from assessments.forms.evidence import EvidenceForm
from assessments.forms.findings import ReportForm, SendBackForm, StrategyForm

__all__ = [
    "AgreedForm",
    "EvidenceForm",
    "ItemsForm",
    "ReportForm",
    "ReviewForm",
    "SendBackForm",
    "StrategyForm",
    "in_words",
    "sent",
]
