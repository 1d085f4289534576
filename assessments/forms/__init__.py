"""Forms of the assessments' pages, split by noun."""

from assessments.forms.answering import DomainForm

__all__ = ["DomainForm"]
