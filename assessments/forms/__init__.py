"""Forms of the assessments' pages, split by noun."""

from assessments.forms.answering import AgreedForm, ItemsForm, ReviewForm, in_words, sent
from assessments.forms.evidence import EvidenceForm

__all__ = ["AgreedForm", "EvidenceForm", "ItemsForm", "ReviewForm", "in_words", "sent"]
