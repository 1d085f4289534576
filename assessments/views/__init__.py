"""The pages of assessments, split by noun."""

from assessments.views.results import change
from assessments.views.rounds import detail, domain, reopen, start, submit

__all__ = ["change", "detail", "domain", "reopen", "start", "submit"]
